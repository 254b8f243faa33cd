//! The door of the room: one call for a decision, one for feedback.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc::error::TrySendError;

use crate::journal::{Outcome, WhenFull};
use crate::store::{FeedbackEvent, FeedbackStored, SeenToken, Store, StoreError, TokenStanding};

use super::answers::{Job, again};
use super::conductor::FLUSH_LIMIT;
use super::decision::Decision;
use super::lane::BATCH_LIMIT;
use super::opened::Spool;
use super::recorders::{Entrance, Recorders};
use super::tally::{RecorderHealth, count};

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Committed. A conflicting decision is recorded whole and durable too.
    Durable,
    /// On the local disk, flushed, until it is replayed into the database.
    Spooled,
    /// Not known to be stored. The reply still goes out and says so.
    Unrecorded,
    /// The same, where the site wants no reply without a record: answer 503 and `Retry-After`.
    Refused,
    /// This request was answered before: the stored reply, byte for byte.
    Replayed(Bytes),
    /// The token was used for something else before: answer 401. Nothing is stored.
    TokenReused,
    /// The same, and the decision still lies in the spool.
    ReplayedFromSpool(Bytes),
    /// Too much is waiting, or the service is closing: answer 503 and `Retry-After`.
    Overloaded,
}

/// Why feedback was not stored.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The database did not take it.
    #[error("feedback could not be stored")]
    Store(#[from] StoreError),
    /// Nor did the spool.
    #[error("feedback could not be spooled")]
    NotSpooled,
}

/// Records decisions. Cheap to clone; all clones share one queue and its writer.
#[derive(Clone)]
pub struct Recorder {
    entrance: Entrance,
    of: Recorders,
}

impl Recorder {
    /// The only recorder of a process, with its writer and its keeper on the current tokio runtime.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(store: Store, spool: Spool) -> std::io::Result<Self> {
        let recorders = Recorders::new(store, spool)?;
        tokio::spawn(recorders.keep());
        Ok(recorders.start())
    }

    pub(super) const fn new(entrance: Entrance, of: Recorders) -> Self {
        Self { entrance, of }
    }

    /// Whether a decision would be written in time now: worth asking before the work of an assessment is done.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.entrance.is_open()
    }

    /// Somebody was sent away before any work was done for him.
    pub fn turned_away(&self) {
        count(&self.of.tally().overloaded);
    }

    /// Somebody was refused before any work was done for him, because nothing records.
    pub fn refused(&self) {
        count(&self.of.tally().refused);
    }

    /// Records `decision` and answers after its commit, or after the flush of the spool. The database is given up in time for
    /// `deadline`; the flush is waited for also beyond it, so that no reply is unrecorded for want of time.
    pub async fn record(&self, decision: Decision, deadline: Instant) -> Recorded {
        if !self.of.keep_decisions() {
            count(&self.of.tally().unrecorded);
            return Recorded::Unrecorded;
        }
        let recorded = match self.recorded(decision, deadline.into()).await {
            Recorded::Unrecorded if self.of.conductor().limits.when_full == WhenFull::Refuse => Recorded::Refused,
            recorded => recorded,
        };
        count(self.counter(&recorded));
        recorded
    }

    async fn recorded(&self, decision: Decision, deadline: tokio::time::Instant) -> Recorded {
        let place = match self.entrance.waiting.try_reserve() {
            Ok(place) => place,
            Err(TrySendError::Full(()) | TrySendError::Closed(())) => return Recorded::Overloaded,
        };
        let (job, answered) = Job::new(decision.into_row(), deadline, self.of.open());
        place.send(job);
        // A decision that took longer than its deadline is written all the same, so its answer is waited for all the same.
        let latest = deadline.max(tokio::time::Instant::now() + BATCH_LIMIT) + FLUSH_LIMIT;
        match tokio::time::timeout_at(latest, answered).await {
            Ok(Ok(recorded)) => recorded,
            // Too late, or the writer is gone: it may be stored or not, so nothing is promised.
            Ok(Err(_)) | Err(_) => Recorded::Unrecorded,
        }
    }

    fn counter(&self, recorded: &Recorded) -> &AtomicU64 {
        let tally = self.of.tally();
        match recorded {
            Recorded::Durable => &tally.durable,
            Recorded::Spooled => &tally.spooled,
            Recorded::Unrecorded => &tally.unrecorded,
            Recorded::Refused => &tally.refused,
            Recorded::Replayed(_) | Recorded::ReplayedFromSpool(_) => &tally.replayed,
            Recorded::TokenReused => &tally.reused_tokens,
            Recorded::Overloaded => &tally.overloaded,
        }
    }

    /// Stores the usable events of one feedback request, whatever their order, and says how many there were. While the
    /// database is away they go to the spool.
    ///
    /// # Errors
    /// [`RecordError`]: nothing is known to be stored; the client should send it again.
    pub async fn feedback(&self, events: Vec<FeedbackEvent>) -> Result<FeedbackStored, RecordError> {
        let conductor = self.of.conductor();
        if conductor.database_answers() {
            match again(|| self.of.store().store_feedback(&events)).await {
                Err(StoreError::Unavailable(_)) => {}
                stored => return Ok(stored?),
            }
        }
        let usable: Vec<&FeedbackEvent> = events.iter().filter(|event| event.is_usable()).collect();
        let unusable = events.len() - usable.len();
        if usable.is_empty() {
            return Ok(FeedbackStored { unusable, ..FeedbackStored::default() });
        }
        let rows = usable.iter().map(|event| (event.to_spool(), None)).collect();
        match conductor.spool(conductor.new_batch(), rows).await {
            Outcome::Spooled => Ok(FeedbackStored { spooled: usable.len(), unusable, ..FeedbackStored::default() }),
            Outcome::Durable | Outcome::Unrecorded => Err(RecordError::NotSpooled),
        }
    }

    /// Notes that a token is used for something that is no decision.
    ///
    /// # Errors
    /// [`RecordError::Store`]: not known to be noted.
    pub async fn spend_token(&self, token: &SeenToken) -> Result<TokenStanding, RecordError> {
        Ok(again(|| self.of.store().spend_token(token)).await?)
    }

    /// [`Recorders::health`].
    #[must_use]
    pub fn health(&self) -> RecorderHealth {
        self.of.health()
    }

    /// [`Recorders::drain`].
    pub async fn drain(&self) {
        self.of.drain().await;
    }
}
