//! HER2 medicine as pure functions: evidence in, findings out. No I/O, no clock, no FHIR, no serde.

pub mod classify;
pub mod columns;
pub mod consideration;
pub mod decimal;
pub mod evidence;
pub mod exact;
pub mod finding;
pub mod flags;
pub mod flips;
pub mod history;
pub mod ihc;
pub mod ish;
mod ish_reading;
mod judge;
pub mod over_time;
mod overall;
pub mod range;
mod recount;
mod resolve;
pub mod rulebook;
pub mod specimen;
mod staining;
pub mod thresholds;
pub mod tumour;
pub mod when;
pub mod words;
