//! Decisions become durable here: a bounded queue, writers that commit what is waiting in one statement, and answers
//! that go out only after the commit.

mod answers;
mod audit;
mod decision;
mod key_file;
mod lane;
mod leaf;
mod outage;
mod pseudonym;
mod quiet;
mod recorder;
mod recorders;
mod sealer;
mod shown;
mod tally;

pub use audit::{AuditReport, audit, prove};
pub use decision::Decision;
pub use key_file::KeyFileError;
pub use leaf::{LeafBytes, LeafContent};
pub use pseudonym::{People, PseudonymError, Pseudonyms};
pub use quiet::{Quiet, QuietReport};
pub use recorder::{RecordError, Recorded, Recorder};
pub use recorders::Recorders;
pub use sealer::{SEALING_DISTANCE, SealHead, Sealer, public_key, published_head, read_head, sealing_key};
pub use tally::{DatabaseState, RecorderHealth};
