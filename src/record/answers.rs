//! What waits in the queue, and how it is answered when its key was taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::store::{Conflict, DecisionRow, KeyHolder, Store, StoreError};

use super::recorder::Recorded;
use super::tally::{Tally, count};

/// A decision that waits to be written, and who waits for it.
pub(super) struct Job {
    pub(super) row: DecisionRow,
    pub(super) deadline: Instant,
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
        (Self { row, deadline, answer, _open: Open::one_more(open) }, answered)
    }

    /// Nobody may wait any more: the decision is stored all the same, which is allowed; only the reverse is not.
    pub(super) fn answer(self, recorded: Recorded) {
        let _ = self.answer.send(recorded);
    }
}

/// Answers a job whose key belongs to another decision: the stored reply where the content is the same, else the whole
/// decision is recorded as a conflict.
pub(super) async fn settle(job: Job, holder: KeyHolder, store: Store, tally: Arc<Tally>) {
    let recorded = match settled(&job.row, &holder, &store, &tally).await {
        Ok(recorded) => recorded,
        Err(error) => {
            tracing::error!(cause = %error, decision = %job.row.decision_id, "a repeated request could not be settled");
            Recorded::Unrecorded
        }
    };
    job.answer(recorded);
}

async fn settled(row: &DecisionRow, holder: &KeyHolder, store: &Store, tally: &Tally) -> Result<Recorded, StoreError> {
    if holder.request_hash == row.request_hash
        && let Some(reply) = again(|| store.stored_reply(&row.tenant, holder)).await?
    {
        return Ok(Recorded::Replayed(reply));
    }
    match again(|| store.store_conflict(row)).await? {
        Conflict::Recorded => {
            count(&tally.conflicts);
            Ok(Recorded::Durable)
        }
        Conflict::Replayed(reply) => Ok(Recorded::Replayed(reply)),
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
