//! One writer: takes what is waiting, commits it in one statement, answers.
//!
//! There is no timer. While one batch is being committed the next one gathers in the queue; a lone request goes at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::journal::Bisection;
use crate::store::{DecisionRow, KeyHolder, Store, StoreError, Stored, Taken, WriterConnection};

use super::answers::{Job, settle};
use super::outage::Gate;
use super::recorder::Recorded;
use super::tally::{Tally, count};

/// Most rows of one statement.
const LARGEST_BATCH: usize = 256;
/// Longest wait for one batch: a server that is silent for longer is treated as gone.
const BATCH_LIMIT: Duration = Duration::from_millis(250);
/// Kept back from the earliest deadline of a batch, for what is done when the database fails.
const RESERVE: Duration = Duration::from_millis(60);
/// Below this there is no sense in asking.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(20);

pub(super) type Queue = Arc<Mutex<mpsc::Receiver<Job>>>;

pub(super) struct Lane {
    store: Store,
    gate: Gate,
    tally: Arc<Tally>,
    /// Not in a pool: a pool spends a round trip on every return.
    line: Option<WriterConnection>,
    /// Repeats and conflicts are settled beside the lane, so that they never hold up a batch.
    beside: JoinSet<()>,
}

impl Lane {
    pub(super) fn new(store: Store, gate: Gate, tally: Arc<Tally>) -> Self {
        Self { store, gate, tally, line: None, beside: JoinSet::new() }
    }

    /// Writes until the queue is closed and empty.
    pub(super) async fn run(mut self, queue: Queue, mut closing: watch::Receiver<bool>) {
        // So that the first decision need not wait for a connection. Without a database its own attempt will tell.
        self.line = self.store.open_writer(BATCH_LIMIT).await.ok();
        loop {
            let batch = next_batch(&queue, &mut closing).await;
            if batch.is_empty() {
                break;
            }
            self.write(batch).await;
            while self.beside.try_join_next().is_some() {}
        }
        while self.beside.join_next().await.is_some() {}
        if let Some(line) = self.line.take() {
            line.close().await;
        }
    }

    async fn write(&mut self, mut batch: Vec<Job>) {
        if !self.gate.admits() {
            batch.into_iter().for_each(|job| job.answer(Recorded::Unrecorded));
            return;
        }
        // Two writers that insert keys in different orders could wait for each other.
        batch.sort_unstable_by(|a, b| key(&a.row).cmp(&key(&b.row)));
        let until = give_up_at(Instant::now(), batch.iter().map(|job| job.deadline));
        match self.attempt(&rows(&batch), until).await {
            Ok(stored) => self.answer(batch, stored),
            Err(StoreError::Rejected(_)) => self.bisect(batch, until).await,
            Err(error) => self.give_up(batch, &error),
        }
    }

    /// Stores the rows, with one retry on what may pass: repeating the statement is safe.
    async fn attempt(&mut self, rows: &[&DecisionRow], until: Instant) -> Result<Stored, StoreError> {
        match self.attempt_once(rows, until).await {
            Err(StoreError::Unavailable(_)) if left(until) >= SHORTEST_ATTEMPT => self.attempt_once(rows, until).await,
            outcome => outcome,
        }
    }

    async fn attempt_once(&mut self, rows: &[&DecisionRow], until: Instant) -> Result<Stored, StoreError> {
        let mut line = match self.line.take().or_else(|| self.gate.spare()) {
            Some(line) => line,
            None => self.store.open_writer(left(until)).await?,
        };
        let began = Instant::now();
        let outcome = line.store(rows, left(until)).await;
        if outcome.as_ref().err().is_none_or(StoreError::leaves_connection_usable) {
            self.line = Some(line);
        }
        if outcome.is_ok() {
            count(&self.tally.batches);
            self.tally.timings.commit.time(began.elapsed());
            self.tally.timings.batch.number(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        }
        outcome
    }

    fn answer(&mut self, batch: Vec<Job>, stored: Stored) {
        match stored {
            Stored::All => batch.into_iter().for_each(|job| job.answer(Recorded::Durable)),
            Stored::KeysTaken(holders) => {
                batch.into_iter().zip(holders).for_each(|(job, taken)| match taken {
                    Taken::By(holder) => self.answer_holder(job, holder),
                    Taken::TokenReused => job.answer(Recorded::TokenReused),
                });
            }
        }
    }

    fn answer_holder(&mut self, job: Job, holder: KeyHolder) {
        if holder.decision_id == job.row.decision_id {
            job.answer(Recorded::Durable);
        } else {
            self.beside.spawn(settle(job, holder, self.store.clone(), Arc::clone(&self.tally)));
        }
    }

    /// One of the rows can never be stored: find it, store the others.
    async fn bisect(&mut self, batch: Vec<Job>, until: Instant) {
        let mut search = Bisection::of(batch.len());
        let mut jobs: Vec<Option<Job>> = batch.into_iter().map(Some).collect();
        while let Some(places) = search.next_attempt() {
            let rows: Vec<&DecisionRow> =
                places.iter().filter_map(|place| jobs[*place].as_ref()).map(|job| &job.row).collect();
            match self.attempt(&rows, until).await {
                Ok(stored) => {
                    search.stored();
                    let done: Vec<Job> = places.iter().filter_map(|place| jobs[*place].take()).collect();
                    self.answer(done, stored);
                }
                Err(StoreError::Rejected(_)) => search.refused(),
                Err(error) => {
                    self.give_up(jobs.into_iter().flatten().collect(), &error);
                    return;
                }
            }
        }
        for job in jobs.into_iter().flatten() {
            count(&self.tally.poison);
            tracing::error!(decision = %job.row.decision_id, "the database refuses this decision for its content");
            job.answer(Recorded::Unrecorded);
        }
    }

    fn give_up(&self, batch: Vec<Job>, error: &StoreError) {
        self.gate.failed(error);
        batch.into_iter().for_each(|job| job.answer(Recorded::Unrecorded));
    }
}

fn rows(batch: &[Job]) -> Vec<&DecisionRow> {
    batch.iter().map(|job| &job.row).collect()
}

fn key(row: &DecisionRow) -> (&str, &str, &str) {
    (&row.tenant, &row.service, &row.hook_instance)
}

/// When a batch is given up: in time for its earliest deadline, and never later than the limit of a batch. A deadline that
/// has passed or is too near for an attempt asks for nothing: whoever waits for it is answered at that time anyway, and the
/// others, and the judgement on the database, must not suffer for it.
fn give_up_at(now: Instant, deadlines: impl Iterator<Item = Instant>) -> Instant {
    let latest = now + BATCH_LIMIT;
    let earliest =
        deadlines.filter_map(|deadline| deadline.checked_sub(RESERVE)).filter(|end| *end >= now + SHORTEST_ATTEMPT);
    earliest.min().map_or(latest, |end| end.min(latest))
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// What is waiting, at least one job; nothing once the queue is closed and empty.
async fn next_batch(queue: &Queue, closing: &mut watch::Receiver<bool>) -> Vec<Job> {
    let mut batch = Vec::new();
    let mut queue = queue.lock().await;
    tokio::select! {
        biased;
        _ = queue.recv_many(&mut batch, LARGEST_BATCH) => {}
        () = closed(closing) => {
            queue.close();
            queue.recv_many(&mut batch, LARGEST_BATCH).await;
        }
    }
    batch
}

/// Waits for closing time, or for the recorder to be dropped.
pub(super) async fn closed(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_batch_is_given_up_in_time_for_its_earliest_deadline() {
        let now = Instant::now();
        let at = |millis: u64| now + Duration::from_millis(millis);
        assert_eq!(give_up_at(now, [at(450), at(200)].into_iter()), at(140));
        assert_eq!(give_up_at(now, [at(450)].into_iter()), at(250));
        assert_eq!(give_up_at(now, [at(80), at(450)].into_iter()), at(20));
    }

    #[tokio::test]
    async fn a_deadline_that_has_passed_or_is_near_does_not_cut_the_others_short() {
        let now = Instant::now();
        let near = now + Duration::from_millis(79);
        assert_eq!(give_up_at(now, [near].into_iter()), now + BATCH_LIMIT);
        let passed = now.checked_sub(Duration::from_millis(1)).unwrap();
        assert_eq!(give_up_at(now, [passed].into_iter()), now + BATCH_LIMIT);
    }
}
