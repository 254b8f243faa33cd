//! The commands of the binary: one file each, one function each.

mod assess;
mod audit;
mod beside;
mod cli;
mod database;
mod doctor;
mod guard;
mod knowledge;
mod lost_keys;
mod migrate;
mod opening;
mod place;
mod preflight;
mod retention;
pub mod rules;
mod serve;
mod silence;
mod spool;
mod watching;

pub use cli::run;
pub use serve::{ServeArguments, serve};
