//! PostgreSQL: every SQL statement of Herald lives here, and sqlx stops here.

mod answered_cards;
mod conflicts;
mod connect;
mod decision_row;
mod decisions;
mod dismissals;
mod error;
mod feedback;
mod instants;
mod migrate;
mod packing;
mod partitions;
mod recent;
mod repeated;
mod sample_trials;
mod silences;
mod spooled_rows;
pub mod statements;
mod trials;

pub use answered_cards::{AnsweredCard, ShowingDecision, UnknownCard};
pub use conflicts::Conflict;
pub use connect::{Durability, Statements, Store, StoreOptions};
pub use decision_row::{DecisionRow, KeyHolder};
pub use decisions::{Stored, WriterConnection};
pub use error::{Outage, SqlState, StoreError};
pub use feedback::{FeedbackEvent, FeedbackOutcome, FeedbackStored, OverrideReason};
pub use migrate::{MigrateError, migrate};
pub use packing::{Content, Packed, SharedPiece, Unpacked};
pub use recent::{KnownOutcome, RecentDecision, RecordState};
pub use sample_trials::{SAMPLE_SOURCE, sample_trials};
pub use silences::NewSilence;
pub use spooled_rows::SpooledRow;
