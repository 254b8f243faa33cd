//! HER2 medicine as pure functions: evidence in, findings out. No I/O, no clock, no FHIR, no serde.

pub mod consideration;
pub mod decimal;
pub mod evidence;
pub mod finding;
pub mod history;
pub mod ihc;
pub mod ish;
pub mod over_time;
pub mod specimen;
pub mod tumour;
pub mod when;
pub mod words;
