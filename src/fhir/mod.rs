//! The borrowed FHIR reader: raw JSON in, HER2 evidence out, with everything that was set aside and why.

mod background;
mod bundle;
mod claims;
mod codes;
mod combine;
mod component;
mod diagnoses;
mod disease;
mod document;
mod entries;
mod extract;
mod few;
mod gather;
mod join;
mod laterality;
mod marker_codes;
mod markers;
mod measured;
mod medicine;
mod narrative;
mod number;
mod observation;
mod orders;
mod shown;
mod site;
mod specimen;
mod stage;
mod text;
mod topic;
mod treatment;
mod wire;

pub use document::{DocumentError, read_documents, sources};
pub use entries::Source;
pub use extract::{extract, patients};
pub use medicine::absent_medications;
pub use orders::{DraftOrders, draft_orders};
