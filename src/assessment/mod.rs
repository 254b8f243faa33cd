//! The assessment: the product of the pure core, and its three forms (JSON of the contract, text, canonical evidence).

mod assess;
mod canonical;
mod canonical_history;
mod comparison;
mod printed;
mod shape;
mod text;

pub use assess::{Assessment, Knowledge, RulesIdentity, assess};
pub use canonical::canonical_evidence;
pub use comparison::comparison;
pub use printed::PrintedLists;
pub use shape::WithPrinted;
pub use text::as_text;
