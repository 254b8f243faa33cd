//! The commands: one file each, one function each.

mod serve;

pub use serve::{ServeArguments, serve};
