//! One writer: takes what is waiting, commits it in one statement, answers. What the database does not take goes to the
//! spool. What is done when is decided by the state machine of `journal`; this carries it out.
//!
//! There is no timer. While one batch is being committed the next one gathers in the queue; a lone request goes at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::journal::{Action, Batch, Event, Outcome, Patience, Places};
use crate::store::{DecisionRow, Store, StoreError, Stored, Taken, WriterConnection};

use super::answers::{Beside, Job};
use super::conductor::Conductor;
use super::recorder::Recorded;
use super::spare::Spare;
use super::spool::mark;
use super::tally::count;

/// Most rows of one statement.
const LARGEST_BATCH: usize = 256;
/// Longest wait for one batch: a server that is silent for longer is treated as gone.
pub(super) const BATCH_LIMIT: Duration = Duration::from_millis(250);
/// Kept back from the earliest deadline of a batch, for what is done when the database fails.
pub(super) const RESERVE: Duration = Duration::from_millis(60);
/// Below this there is no sense in asking.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(20);

pub(super) type Queue = Arc<Mutex<mpsc::Receiver<Job>>>;

pub(super) struct Lane {
    store: Store,
    conductor: Arc<Conductor>,
    /// Not in a pool: a pool spends a round trip on every return.
    line: Option<WriterConnection>,
    /// For the first batch after an outage.
    spare: Spare,
    /// Repeats and conflicts are settled beside the lane, so that they never hold up a batch.
    beside: JoinSet<()>,
    patience: Patience,
    /// What it says, for whoever lets decisions into the queue.
    slow: Arc<AtomicBool>,
}

/// A batch in hand. A place is empty once its job is answered.
struct Hand {
    batch: Batch,
    jobs: Vec<Option<Job>>,
    /// What the last statement told of the keys.
    stored: Stored,
    /// Why the database refused a row.
    class: String,
}

impl Hand {
    fn take(&mut self, places: &Places) -> Vec<Job> {
        match places {
            Places::All => self.jobs.drain(..).flatten().collect(),
            Places::These(places) => places.iter().filter_map(|at| self.jobs.get_mut(*at)?.take()).collect(),
        }
    }
}

impl Lane {
    pub(super) fn new(store: Store, conductor: Arc<Conductor>, spare: Spare, slow: Arc<AtomicBool>) -> Self {
        Self { store, conductor, line: None, spare, beside: JoinSet::new(), patience: Patience::default(), slow }
    }

    /// Writes until the queue is closed and empty.
    pub(super) async fn run(mut self, queue: Queue, mut closing: watch::Receiver<bool>) {
        // So that the first decision need not wait for a connection. Without a database its own attempt will tell.
        self.line = self.store.open_writer(BATCH_LIMIT).await.ok();
        loop {
            let mut batch = next_batch(&queue, &mut closing).await;
            // The first of them has waited longest.
            let Some(first) = batch.first() else { break };
            let now = Instant::now();
            let slow = self.patience.came_out(now.saturating_duration_since(first.queued), now.into());
            self.slow.store(slow, Ordering::Release);
            if !self.conductor.index.is_empty() {
                batch = self.without_repeats(batch);
            }
            if !batch.is_empty() {
                self.write(batch).await;
            }
            while self.beside.try_join_next().is_some() {}
        }
        while self.beside.join_next().await.is_some() {}
        if let Some(line) = self.line.take() {
            line.close().await;
        }
    }

    /// Answers the requests whose decision lies in the spool, and returns the others.
    fn without_repeats(&mut self, batch: Vec<Job>) -> Vec<Job> {
        let mut others = Vec::with_capacity(batch.len());
        for job in batch {
            match self.conductor.index.find(mark(&job.row)) {
                Some(place) => {
                    let beside = self.beside();
                    self.beside.spawn(beside.repeat(job, place));
                }
                None => others.push(job),
            }
        }
        others
    }

    async fn write(&mut self, mut batch: Vec<Job>) {
        // Two writers that insert keys in different orders could wait for each other.
        batch.sort_unstable_by(|a, b| a.row.key().cmp(&b.row.key()));
        let until = give_up_at(Instant::now(), batch.iter().map(|job| job.deadline));
        let jobs: Vec<Option<Job>> = batch.into_iter().map(Some).collect();
        let rows = jobs.len();
        let mut hand = Hand { batch: self.conductor.new_batch(), jobs, stored: Stored::All, class: String::new() };
        let mut event = Some(Event::Taken { batch: hand.batch, rows, until: until.into() });
        let conductor = Arc::clone(&self.conductor);
        while let Some(happened) = event.take() {
            for action in conductor.step(happened) {
                match action {
                    Action::Commit { places, until, .. } => {
                        event = Some(self.commit(&mut hand, &places, until.into()).await);
                    }
                    Action::Answer { places, outcome, .. } => self.answer(&mut hand, &places, outcome),
                    Action::Spool { places, .. } => self.spool(hand.take(&places)).await,
                    Action::Quarantine { places, .. } => event = Some(self.quarantine(&hand, &places).await),
                    _ => {}
                }
            }
        }
    }

    async fn commit(&mut self, hand: &mut Hand, places: &Places, until: Instant) -> Event {
        let rows: Vec<&DecisionRow> = match places {
            Places::All => hand.jobs.iter().flatten().map(|job| &job.row).collect(),
            Places::These(places) => places.iter().filter_map(|at| Some(&hand.jobs.get(*at)?.as_ref()?.row)).collect(),
        };
        match self.attempt(&rows, until).await {
            Ok(stored) => {
                hand.stored = stored;
                Event::Stored(hand.batch)
            }
            Err(StoreError::Rejected(state)) => {
                state.as_str().clone_into(&mut hand.class);
                Event::Refused(hand.batch)
            }
            Err(error) => {
                tracing::debug!(cause = %error, "a batch is not stored");
                Event::Failed(hand.batch, self.conductor.blame(&error))
            }
        }
    }

    async fn attempt(&mut self, rows: &[&DecisionRow], until: Instant) -> Result<Stored, StoreError> {
        let mut line = match self.line.take().or_else(|| self.spare.take()) {
            Some(line) => line,
            None => self.store.open_writer(left(until)).await?,
        };
        let began = Instant::now();
        let outcome = line.store(rows, left(until)).await;
        if outcome.as_ref().err().is_none_or(StoreError::leaves_connection_usable) {
            self.line = Some(line);
        }
        if outcome.is_ok() {
            let tally = &self.conductor.tally;
            count(&tally.batches);
            tally.timings.commit.time(began.elapsed());
            tally.timings.batch.number(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        }
        outcome
    }

    fn answer(&mut self, hand: &mut Hand, places: &Places, outcome: Outcome) {
        let stored = std::mem::replace(&mut hand.stored, Stored::All);
        let jobs = hand.take(places);
        self.conductor.heard(outcome);
        match (outcome, stored) {
            (Outcome::Durable, Stored::KeysTaken(holders)) => {
                for (job, taken) in jobs.into_iter().zip(holders) {
                    match taken {
                        Taken::TokenReused => job.answer(Recorded::TokenReused),
                        Taken::By(holder) if holder.decision_id == job.row.decision_id => {
                            job.answer(Recorded::Durable);
                        }
                        Taken::By(holder) => {
                            let beside = self.beside();
                            self.beside.spawn(beside.settle(job, holder));
                        }
                    }
                }
            }
            (outcome, _) => jobs.into_iter().for_each(|job| job.answer(outcome.into())),
        }
    }

    /// While this flush runs the next batch gathers, as it does for a commit.
    async fn spool(&mut self, jobs: Vec<Job>) {
        let rows = jobs.iter().map(|job| (job.row.to_spool(), Some(mark(&job.row)))).collect();
        let outcome = self.conductor.spool(self.conductor.new_batch(), rows).await;
        jobs.into_iter().for_each(|job| job.answer(outcome.into()));
    }

    async fn quarantine(&mut self, hand: &Hand, places: &[usize]) -> Event {
        let jobs = places.iter().filter_map(|at| hand.jobs.get(*at)?.as_ref());
        let rows = jobs.map(|job| job.row.to_spool()).collect();
        Event::Quarantined(hand.batch, self.conductor.quarantine(rows, &hand.class).await)
    }

    fn beside(&self) -> Beside {
        Beside { store: self.store.clone(), conductor: Arc::clone(&self.conductor) }
    }
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
