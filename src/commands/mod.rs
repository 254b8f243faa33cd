//! The commands of the binary: one file each, one function each.

mod assess;
mod cli;
mod database;
mod knowledge;
mod migrate;
pub mod rules;
mod serve;
mod silence;
mod spool;

pub use cli::run;
pub use serve::{ServeArguments, serve};
