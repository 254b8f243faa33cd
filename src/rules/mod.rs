//! Rule files: TOML in, a proved [`Rulebook`](crate::domain::rulebook::Rulebook), therapy rules and review sheets out.

mod considerations;
mod considerations_sheet;
mod error;
mod format;
mod load;
mod order_safety;
mod sheet;
mod totality;
mod translate;

pub use considerations::therapies;
pub use error::{Fault, RulesError};
pub use load::{RuleFile, embedded_files, files_in, load, load_dir, load_embedded};
pub use order_safety::order_rules;
pub use sheet::{Sheet, sheets};
