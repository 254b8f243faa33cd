//! The rules by which decisions are written, without any I/O: when to stop asking a database that does not answer, and
//! how to find the one row that spoils a batch. The room `record` carries them out.

mod bisection;
mod breaker;

pub use bisection::Bisection;
pub use breaker::{Breaker, Failed};
