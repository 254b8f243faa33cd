//! Decisions become durable here: a bounded queue, writers that commit what is waiting in one statement, and answers
//! that go out only after the commit.

mod answers;
mod decision;
mod lane;
mod leaf;
mod outage;
mod pseudonym;
mod quiet;
mod recorder;
mod recorders;
mod shown;
mod tally;

pub use decision::Decision;
pub use leaf::LeafContent;
pub use pseudonym::{People, PseudonymError, Pseudonyms};
pub use quiet::{Quiet, QuietReport};
pub use recorder::{RecordError, Recorded, Recorder};
pub use recorders::Recorders;
pub use tally::{DatabaseState, RecorderHealth};
