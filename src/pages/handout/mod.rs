//! The handout: a HER2 result in plain words, with questions to ask, given to a patient by the clinician.

mod page;
mod result;
mod texts;

pub use page::{handout, handouts};
pub use result::{PlainResult, handout_address};
pub use texts::{Handout, HandoutError, Handouts, Word};
