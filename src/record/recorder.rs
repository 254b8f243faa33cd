//! The door of the room: one call for a decision, one for feedback, one for closing time.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

use crate::store::{FeedbackEvent, FeedbackStored, Store, StoreError};

use super::answers::{Job, again};
use super::decision::Decision;
use super::lane::Lane;
use super::outage::Gate;
use super::tally::{RecorderHealth, Tally, count};

/// Decisions that may wait. At a thousand a second that is two seconds: more would only make everybody late.
const QUEUE: usize = 2_048;
/// Two, so that one gathers and sends while the other waits for its flush.
pub(super) const LANES: usize = 2;

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Committed. A conflicting decision is recorded whole and durable too.
    Durable,
    /// Not known to be stored. The reply still goes out and says so.
    Unrecorded,
    /// This request was answered before: the stored reply, byte for byte.
    Replayed(Bytes),
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

/// Records decisions. Cheap to clone; all clones share the queue and the writers.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Job>,
    closing: Arc<watch::Sender<bool>>,
    lanes: Arc<Mutex<Vec<JoinHandle<()>>>>,
    store: Store,
    gate: Gate,
    tally: Arc<Tally>,
}

impl Recorder {
    /// Starts the writers on the current tokio runtime. The database need not be there yet.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (closing, closed) = watch::channel(false);
        let queue = Arc::new(Mutex::new(receiver));
        let tally = Arc::new(Tally::default());
        let gate = Gate::new(store.clone(), Arc::clone(&tally), closed.clone());
        let lanes = (0..LANES)
            .map(|_| {
                let lane = Lane::new(store.clone(), gate.clone(), Arc::clone(&tally));
                tokio::spawn(lane.run(Arc::clone(&queue), closed.clone()))
            })
            .collect();
        let lanes = Arc::new(Mutex::new(lanes));
        Self { queue: sender, closing: Arc::new(closing), lanes, store, gate, tally }
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
        let (job, answered) = Job::new(decision.into_row(), deadline);
        place.send(job);
        match tokio::time::timeout_at(deadline, answered).await {
            Ok(Ok(recorded)) => recorded,
            // Too late, or the writer is gone: it may be stored or not, so nothing is promised.
            Ok(Err(_)) | Err(_) => Recorded::Unrecorded,
        }
    }

    fn counter(&self, recorded: &Recorded) -> &AtomicU64 {
        match recorded {
            Recorded::Durable => &self.tally.durable,
            Recorded::Unrecorded => &self.tally.unrecorded,
            Recorded::Replayed(_) => &self.tally.replayed,
            Recorded::Overloaded => &self.tally.overloaded,
        }
    }

    /// Stores the usable events of one feedback request, whatever their order, and says how many there were.
    ///
    /// # Errors
    /// [`RecordError::Store`]: nothing is known to be stored; the client should send it again.
    pub async fn feedback(&self, events: Vec<FeedbackEvent>) -> Result<FeedbackStored, RecordError> {
        Ok(again(|| self.store.store_feedback(&events)).await?)
    }

    /// Counters, queue and database at this moment.
    #[must_use]
    pub fn health(&self) -> RecorderHealth {
        self.tally.health(self.queue.max_capacity() - self.queue.capacity(), self.gate.state())
    }

    /// Takes nothing more, writes what is waiting, and returns when all of it is answered.
    pub async fn drain(&self) {
        self.closing.send_replace(true);
        for lane in self.lanes.lock().await.drain(..) {
            if lane.await.is_err() {
                tracing::error!("a writer ended by a panic");
            }
        }
    }
}
