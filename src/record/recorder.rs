//! The door of the room: one call for a decision, one for feedback.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::store::{FeedbackEvent, FeedbackStored, SeenToken, Store, StoreError, TokenStanding};

use super::answers::{Job, again};
use super::decision::Decision;
use super::recorders::Recorders;
use super::tally::{RecorderHealth, count};

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Committed. A conflicting decision is recorded whole and durable too.
    Durable,
    /// Not known to be stored. The reply still goes out and says so.
    Unrecorded,
    /// This request was answered before: the stored reply, byte for byte.
    Replayed(Bytes),
    /// The token was used for something else before: answer 401. Nothing is stored.
    TokenReused,
    /// Too much is waiting, or the service is closing: answer 503 and `Retry-After`.
    Overloaded,
}

/// Why feedback was not stored.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The database did not take it.
    #[error("feedback could not be stored")]
    Store(#[from] StoreError),
}

/// Records decisions. Cheap to clone; all clones share one queue and its writer.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Job>,
    of: Recorders,
}

impl Recorder {
    /// The only recorder of a process, with its writer on the current tokio runtime.
    #[must_use]
    pub fn start(store: Store) -> Self {
        Recorders::new(store).start()
    }

    pub(super) const fn new(queue: mpsc::Sender<Job>, of: Recorders) -> Self {
        Self { queue, of }
    }

    /// Whether the queue would take a decision now: worth asking before the work of an assessment is done.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.queue.capacity() > 0 && !self.queue.is_closed()
    }

    /// Records `decision` and answers after its commit, at `deadline` at the latest.
    pub async fn record(&self, decision: Decision, deadline: Instant) -> Recorded {
        let recorded = self.recorded(decision, deadline.into()).await;
        count(self.counter(&recorded));
        recorded
    }

    async fn recorded(&self, decision: Decision, deadline: tokio::time::Instant) -> Recorded {
        let place = match self.queue.try_reserve() {
            Ok(place) => place,
            Err(TrySendError::Full(()) | TrySendError::Closed(())) => return Recorded::Overloaded,
        };
        let (job, answered) = Job::new(decision.into_row(), deadline, self.of.open());
        place.send(job);
        match tokio::time::timeout_at(deadline, answered).await {
            Ok(Ok(recorded)) => recorded,
            // Too late, or the writer is gone: it may be stored or not, so nothing is promised.
            Ok(Err(_)) | Err(_) => Recorded::Unrecorded,
        }
    }

    fn counter(&self, recorded: &Recorded) -> &AtomicU64 {
        let tally = self.of.tally();
        match recorded {
            Recorded::Durable => &tally.durable,
            Recorded::Unrecorded => &tally.unrecorded,
            Recorded::Replayed(_) => &tally.replayed,
            Recorded::TokenReused => &tally.reused_tokens,
            Recorded::Overloaded => &tally.overloaded,
        }
    }

    /// Stores the usable events of one feedback request, whatever their order, and says how many there were.
    ///
    /// # Errors
    /// [`RecordError::Store`]: nothing is known to be stored; the client should send it again.
    pub async fn feedback(&self, events: Vec<FeedbackEvent>) -> Result<FeedbackStored, RecordError> {
        Ok(again(|| self.of.store().store_feedback(&events)).await?)
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
