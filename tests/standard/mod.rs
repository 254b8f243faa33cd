//! What CDS Hooks asks of a service's documents, written down apart from the code that makes them, so that a fault of the
//! one is not a fault of the other. Every reply of every test here is held against it.

mod card;
mod discovery;
mod kept;
mod ours;
mod words;

pub use card::faults_of_response;
pub use discovery::faults_of_discovery;
pub use kept::keep;
pub use ours::faults_of_our_reply;
