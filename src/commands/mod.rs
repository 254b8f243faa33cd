//! The commands of the binary: one file each, one function each.

mod assess;
mod audit;
mod beside;
mod cli;
mod database;
mod knowledge;
mod migrate;
mod retention;
pub mod rules;
mod serve;
mod silence;

pub use cli::run;
pub use serve::{ServeArguments, serve};
