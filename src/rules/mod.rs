//! Rule files: TOML in, a proved [`Rulebook`](crate::domain::rulebook::Rulebook), therapy rules and review sheets out.

mod cases;
mod cases_table;
mod cell;
mod considerations;
mod considerations_sheet;
mod entries;
mod error;
mod files;
mod format;
mod ids;
mod load;
mod order_safety;
mod order_safety_sheet;
mod planes;
mod reach;
mod sheet;
mod sheet_table;
mod sheet_words;
mod signoff;
mod sources;
mod systems;
mod totality;
mod translate;

pub use cases::check_cases;
pub use considerations::therapies;
pub use error::{Fault, RulesError};
pub use files::{RuleFile, SIGNOFF, cases_in, embedded_files, files_in};
pub use load::{check_files, load, load_dir, load_embedded};
pub use order_safety::order_rules;
pub use sheet::{Sheet, sheets};
pub use signoff::{REVIEWERS, Signature, Signer, sign};
