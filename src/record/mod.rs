//! Decisions become durable here: a bounded queue, writers that commit what is waiting in one statement, answers that go
//! out only after the commit, and a spool on the local disk for the time in which there is none.

mod answers;
mod audit;
mod conductor;
mod decision;
mod keeper;
mod key_file;
mod lane;
mod leaf;
mod opened;
mod pseudonym;
mod quiet;
mod recorder;
mod recorders;
mod sealer;
mod shown;
mod spare;
mod spool;
mod tally;
mod telling;

pub use crate::journal::{DatabaseState, Limits, Patience, SpoolState, WhenFull};
pub use audit::{AuditReport, audit, prove};
pub use decision::Decision;
pub use key_file::KeyFileError;
pub use leaf::{LeafBytes, LeafContent};
pub use opened::Spool;
pub use pseudonym::{People, PseudonymError, Pseudonyms};
pub use quiet::{Quiet, QuietReport};
pub use recorder::{RecordError, Recorded, Recorder};
pub use recorders::Recorders;
pub use sealer::{
    SEALING_DISTANCE, SealHead, Sealer, has_sealing_key, public_key, published_head, read_head, sealing_key,
};
pub use spool::{Released, SpoolError};
pub use tally::RecorderHealth;
