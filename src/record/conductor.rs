//! The state machine in the middle of its writers: one lock for a batch, and a word to whoever has to act.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use crate::journal::{Action, Batch, DatabaseState, Event, Fault, Journal, Limits, Outcome, SpoolState, step};
use crate::store::StoreError;

use super::spool::{Errand, Index};
use super::tally::{Tally, count};
use super::telling::Telling;

/// A disk that has not flushed after this is not waited for.
pub(super) const FLUSH_LIMIT: Duration = Duration::from_secs(2);

/// What writers, disk and keeper share.
pub(super) struct Conductor {
    journal: Mutex<Journal>,
    disk: Sender<Errand>,
    pub(super) keeper: Notify,
    pub(super) tally: Arc<Tally>,
    pub(super) index: Index,
    pub(super) limits: Limits,
    telling: Telling,
    batches: AtomicU64,
    /// The last that was heard is that decisions are not recorded.
    unrecorded: AtomicBool,
}

impl Conductor {
    pub(super) fn new(journal: Journal, disk: Sender<Errand>, tally: Arc<Tally>) -> Self {
        let limits = journal.limits();
        Self {
            journal: Mutex::new(journal),
            disk,
            keeper: Notify::new(),
            tally,
            index: Index::default(),
            limits,
            telling: Telling::default(),
            batches: AtomicU64::new(0),
            unrecorded: AtomicBool::new(false),
        }
    }

    /// A handle that nobody else has.
    pub(super) fn new_batch(&self) -> Batch {
        self.batches.fetch_add(1, Ordering::Relaxed)
    }

    /// Tells the machine, wakes whom it names, and returns what is for the caller.
    pub(super) fn step(&self, event: Event) -> impl Iterator<Item = Action> {
        let now = Instant::now();
        let (actions, was_outage, is_outage) = {
            let mut journal = self.journal();
            let was_outage = journal.is_outage();
            (step(&mut journal, event, now), was_outage, journal.is_outage())
        };
        if is_outage && !was_outage {
            count(&self.tally.outages);
        }
        if is_outage || was_outage {
            self.telling.look(is_outage, self.tally.spooled.load(Ordering::Relaxed), now);
        }
        actions.into_iter().filter(move |action| match action {
            Action::WakeKeeper => {
                self.keeper.notify_one();
                false
            }
            Action::WakeDisk => {
                self.send(Errand::Wake);
                false
            }
            _ => true,
        })
    }

    /// Notes why the database stored nothing, to be told if it is an outage.
    pub(super) fn blame(&self, error: &StoreError) -> Fault {
        self.telling.blame(error);
        if error.is_denial() { Fault::Denied } else { Fault::Away }
    }

    /// Lays rows before the disk and waits for its word.
    pub(super) async fn spool(&self, batch: Batch, rows: Vec<(Vec<u8>, Option<u128>)>) -> Outcome {
        let (answer, answered) = oneshot::channel();
        self.send(Errand::Append { batch, rows, answer });
        let outcome = match tokio::time::timeout(FLUSH_LIMIT, answered).await {
            Ok(Ok(outcome)) => outcome,
            // The disk hangs or its thread is gone.
            Ok(Err(_)) | Err(_) => Outcome::Unrecorded,
        };
        self.heard(outcome);
        outcome
    }

    /// Says aloud when decisions begin to be recorded nowhere, and when that is over; once each, whatever comes between.
    pub(super) fn heard(&self, outcome: Outcome) {
        let unrecorded = outcome == Outcome::Unrecorded;
        if !turns(&self.unrecorded, unrecorded) {
            return;
        }
        match (unrecorded, self.look().1.0) {
            (false, _) => tracing::warn!("decisions are recorded again"),
            (true, SpoolState::Full) => tracing::error!(
                "DECISIONS ARE NOT RECORDED from now on: the database is away and the spool is full. Bring the database back; \
                 if that takes long, give spool_bytes a greater value and start again"
            ),
            (true, SpoolState::Failing | SpoolState::Takes) => tracing::error!(
                "DECISIONS ARE NOT RECORDED from now on: the database is away and the spool cannot be written. Look at the disk \
                 of the data directory (space, faults, permissions), or bring the database back"
            ),
        }
    }

    /// Puts rows into quarantine; false where they could not be flushed.
    pub(super) async fn quarantine(&self, rows: Vec<Vec<u8>>, class: &str) -> bool {
        for _ in &rows {
            count(&self.tally.poison);
        }
        tracing::error!(
            count = rows.len(),
            sqlstate = class,
            "the database refuses rows for their content; they lie in quarantine"
        );
        let (answer, answered) = oneshot::channel();
        self.send(Errand::Quarantine { rows, class: class.to_owned(), answer });
        matches!(tokio::time::timeout(FLUSH_LIMIT, answered).await, Ok(Ok(true)))
    }

    /// A thread that is gone answers nothing: the channel of the answer tells.
    pub(super) fn send(&self, errand: Errand) {
        let _ = self.disk.send(errand);
    }

    pub(super) fn database_answers(&self) -> bool {
        self.journal().database_answers()
    }

    /// What is known of the database; whether the spool takes decisions, its bytes, its segments. All of one moment.
    pub(super) fn look(&self) -> (DatabaseState, (SpoolState, u64, usize)) {
        let journal = self.journal();
        let (bytes, segments) = journal.spooled();
        (journal.database(), (journal.spool(Instant::now()), bytes, segments))
    }

    /// Every field is whole between two steps, and a step does not panic: a panic elsewhere leaves it usable.
    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `now` is news. Of several threads that bring the same news one is told so.
fn turns(last: &AtomicBool, now: bool) -> bool {
    // Without a write as long as nothing changes.
    last.load(Ordering::Relaxed) != now && last.swap(now, Ordering::Relaxed) != now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_is_told_when_it_begins_and_when_it_ends() {
        let last = AtomicBool::new(false);
        let told: Vec<bool> = [false, true, true, true, false, false, true].map(|now| turns(&last, now)).into();
        assert_eq!(told, [false, true, false, false, true, false, true]);
    }
}
