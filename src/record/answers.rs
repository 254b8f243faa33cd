//! What waits in the queue, and how it is answered when its key was taken or its decision lies in the spool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::journal::Outcome;
use crate::store::{Conflict, DecisionRow, KeyHolder, SpooledRow, Store, StoreError};

use super::conductor::Conductor;
use super::lane::RESERVE;
use super::recorder::Recorded;
use super::spool::{Errand, Place, mark};
use super::tally::count;

/// A decision that waits to be written, and who waits for it.
pub(super) struct Job {
    pub(super) row: DecisionRow,
    pub(super) deadline: Instant,
    /// Since when it waits.
    pub(super) queued: Instant,
    answer: oneshot::Sender<Recorded>,
    _open: Open,
}

/// Counts the jobs that are not answered yet, wherever they are.
pub(super) struct Open(Arc<AtomicUsize>);

impl Open {
    fn one_more(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(open))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Job {
    pub(super) fn new(
        row: DecisionRow,
        deadline: Instant,
        open: &Arc<AtomicUsize>,
    ) -> (Self, oneshot::Receiver<Recorded>) {
        let (answer, answered) = oneshot::channel();
        (Self { row, deadline, queued: Instant::now(), answer, _open: Open::one_more(open) }, answered)
    }

    /// Nobody may wait any more: the decision is stored all the same, which is allowed; only the reverse is not.
    pub(super) fn answer(self, recorded: Recorded) {
        let _ = self.answer.send(recorded);
    }
}

impl From<Outcome> for Recorded {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Durable => Self::Durable,
            Outcome::Spooled => Self::Spooled,
            Outcome::Unrecorded => Self::Unrecorded,
        }
    }
}

/// Work beside the writer, for one job each.
pub(super) struct Beside {
    pub(super) store: Store,
    pub(super) conductor: Arc<Conductor>,
}

impl Beside {
    /// Answers a job whose key belongs to another decision: the stored reply where the content is the same, else the whole
    /// decision is recorded as a conflict. What the database does not settle in time goes to the spool.
    pub(super) async fn settle(self, job: Job, holder: KeyHolder) {
        let until = job.deadline.checked_sub(RESERVE).unwrap_or(job.deadline);
        match tokio::time::timeout_at(until, self.settled(&job.row, &holder)).await {
            Ok(Ok(recorded)) => job.answer(recorded),
            Ok(Err(error)) => {
                tracing::error!(cause = %error, decision = %job.row.decision_id, "a repeated request could not be settled");
                self.spool(job).await;
            }
            Err(_) => self.spool(job).await,
        }
    }

    /// Answers a job whose decision lies in the spool of this process with the reply that was given then.
    pub(super) async fn repeat(self, job: Job, place: Place) {
        let (answer, answered) = oneshot::channel();
        self.conductor.send(Errand::Fetch { place, answer });
        let row = answered.await.ok().flatten().and_then(|row| SpooledRow::read(&row.0).ok());
        match row {
            Some(SpooledRow::Decision(first)) if mark(&first) == mark(&job.row) => match first.reply() {
                Ok(reply) => job.answer(Recorded::ReplayedFromSpool(reply)),
                Err(_) => self.spool(job).await,
            },
            // Replayed and deleted in this moment: the replay finds out which of the two came first.
            _ => self.spool(job).await,
        }
    }

    async fn spool(self, job: Job) {
        let rows = vec![(job.row.to_spool(), Some(mark(&job.row)))];
        let outcome = self.conductor.spool(self.conductor.new_batch(), rows).await;
        job.answer(outcome.into());
    }

    async fn settled(&self, row: &DecisionRow, holder: &KeyHolder) -> Result<Recorded, StoreError> {
        let Self { store, conductor } = self;
        if holder.request_hash == row.request_hash
            && let Some(reply) = again(|| store.stored_reply(&row.tenant, holder)).await?
        {
            return Ok(Recorded::Replayed(reply));
        }
        match again(|| store.store_conflict(row)).await? {
            Conflict::Recorded => {
                count(&conductor.tally.conflicts);
                Ok(Recorded::Durable)
            }
            Conflict::Replayed(reply) => Ok(Recorded::Replayed(reply)),
        }
    }
}

/// Once more after an outage that may have been momentary. Only for calls that are safe to repeat.
pub(super) async fn again<T, F>(call: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    match call().await {
        Err(StoreError::Unavailable(_)) => call().await,
        answer => answer,
    }
}
