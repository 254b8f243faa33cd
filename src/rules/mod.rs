//! Rule files: TOML in, a proved [`Rulebook`](crate::domain::rulebook::Rulebook) and its review sheets out.

mod error;
mod format;
mod load;
mod sheet;
mod totality;
mod translate;

pub use error::{Fault, RulesError};
pub use load::{RuleFile, embedded_files, files_in, load, load_dir, load_embedded};
pub use sheet::{Sheet, sheets};
