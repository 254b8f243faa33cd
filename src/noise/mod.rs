//! What keeps a card from being shown: which finding it is about, who answered that finding, and what a site silenced. Pure:
//! time is an argument, and what is remembered is filled in from outside.

mod dismissed;
mod finding_key;
mod memory;
mod silence;

pub use dismissed::{Answer, Dismissal, Dismissed, Quiet, QuietWhy};
pub use finding_key::{CardFacts, FindingKey, Labels, RecordFacts, SpecimenFacts};
pub use memory::Memory;
pub use silence::{NotASubject, Silence, Silences, Subject};
