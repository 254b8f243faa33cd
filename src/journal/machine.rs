//! The state machine: batches on their way to the database, the breaker, the spool and its replay.

use std::time::{Duration, Instant};

use super::actions::{Action, Actions, Batch, Event, Fault, Outcome, Places};
use super::bisection::Bisection;
use super::book::{Book, Limits, Segment, SpoolState};
use super::breaker::Breaker;
use super::heard::{DatabaseState, Heard};
use super::replay::Replay;

/// Below this there is no sense in asking the database.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(20);

/// Everything that is known of what is being written.
#[derive(Debug)]
pub struct Journal {
    breaker: Breaker,
    heard: Heard,
    flights: Vec<Flight>,
    book: Book,
    replay: Replay,
    closing: bool,
}

/// A batch that is being committed.
#[derive(Debug)]
struct Flight {
    batch: Batch,
    rows: usize,
    until: Instant,
    retried: bool,
    /// Once it was refused: the search for the row that spoils it, and what is tried now.
    search: Option<(Bisection, Vec<usize>)>,
}

impl Journal {
    /// Nothing on its way yet. `found`: the closed segments that an earlier process left, in their order.
    #[must_use]
    pub fn new(limits: Limits, found: Vec<Segment>, now: Instant) -> Self {
        let book = Book::new(limits, found, now);
        let (breaker, heard, replay) = (Breaker::default(), Heard::default(), Replay::new(now));
        Self { breaker, heard, flights: Vec::new(), book, replay, closing: false }
    }

    /// Whether batches go to the database.
    #[must_use]
    pub const fn database_answers(&self) -> bool {
        self.breaker.admits()
    }

    /// Whether an outage lasts: it ends when a decision was stored, not when the database answers.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        self.breaker.is_outage()
    }

    /// What is known of the database. Batches go there also while nothing is known yet.
    #[must_use]
    pub const fn database(&self) -> DatabaseState {
        match (self.breaker.is_outage(), self.heard.ever()) {
            (false, true) => DatabaseState::Up,
            (false, false) => DatabaseState::Unheard,
            (true, _) => DatabaseState::Away,
        }
    }

    /// Whether the spool takes batches.
    #[must_use]
    pub fn spool(&self, now: Instant) -> SpoolState {
        self.book.state(now)
    }

    /// What the site allows.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.book.limits()
    }

    /// Bytes in the spool, and the segments they lie in.
    #[must_use]
    pub fn spooled(&self) -> (u64, usize) {
        (self.book.bytes(), self.book.segments())
    }

    fn admit(&mut self, batch: Batch, rows: usize, until: Instant, now: Instant) -> Actions {
        if !self.breaker.admits() {
            return self.to_spool(batch, Places::All, now);
        }
        self.flights.push(Flight { batch, rows, until, retried: false, search: None });
        Actions::one(Action::Commit { batch, places: Places::All, until })
    }

    fn stored(&mut self, batch: Batch, now: Instant) -> Actions {
        self.heard.answered(now);
        self.breaker.stored();
        let Some(at) = self.flight(batch) else { return Actions::default() };
        match self.flights[at].search.as_mut() {
            None => {
                self.flights.swap_remove(at);
                Actions::one(Action::Answer { batch, places: Places::All, outcome: Outcome::Durable })
            }
            Some((search, attempt)) => {
                search.stored();
                let places = Places::These(std::mem::take(attempt));
                let told = Action::Answer { batch, places, outcome: Outcome::Durable };
                Actions::one(told).then(self.search_on(at, now))
            }
        }
    }

    fn refused(&mut self, batch: Batch, now: Instant) -> Actions {
        self.heard.answered(now);
        let Some(at) = self.flight(batch) else { return Actions::default() };
        let flight = &mut self.flights[at];
        match &mut flight.search {
            Some((search, _)) => search.refused(),
            None => flight.search = Some((Bisection::of(flight.rows), Vec::new())),
        }
        self.search_on(at, now)
    }

    /// The next attempt of a search. One that has no time left goes on in the replay, and the database is not blamed for it.
    fn search_on(&mut self, at: usize, now: Instant) -> Actions {
        let flight = &mut self.flights[at];
        let (batch, until) = (flight.batch, flight.until);
        let Some((search, attempt)) = &mut flight.search else { return Actions::default() };
        flight.retried = false;
        match search.next_attempt() {
            Some(_) if until.saturating_duration_since(now) < SHORTEST_ATTEMPT => self.rest_to_spool(at, now),
            Some(places) => {
                attempt.clone_from(&places);
                Actions::one(Action::Commit { batch, places: Places::These(places), until })
            }
            None if search.culprits().is_empty() => {
                self.flights.swap_remove(at);
                Actions::default()
            }
            None => Actions::one(Action::Quarantine { batch, places: search.culprits().to_vec() }),
        }
    }

    fn failed(&mut self, batch: Batch, fault: Fault, now: Instant) -> Actions {
        let Some(at) = self.flight(batch) else { return Actions::default() };
        let flight = &mut self.flights[at];
        let places = flight.search.as_ref().map_or(Places::All, |(_, attempt)| Places::These(attempt.clone()));
        if fault == Fault::Away && !flight.retried && flight.until.saturating_duration_since(now) >= SHORTEST_ATTEMPT {
            // Repeating the statement is safe.
            flight.retried = true;
            return Actions::one(Action::Commit { batch, places, until: flight.until });
        }
        let woken =
            if self.breaker.failed_to_write(fault) { Actions::one(Action::WakeKeeper) } else { Actions::default() };
        woken.then(self.rest_to_spool(at, now))
    }

    /// What is not stored of this flight goes to the spool.
    fn rest_to_spool(&mut self, at: usize, now: Instant) -> Actions {
        let flight = self.flights.swap_remove(at);
        let places = flight.search.map_or(Places::All, |(search, _)| {
            Places::These(search.unsettled().chain(search.culprits().iter().copied()).collect())
        });
        self.to_spool(flight.batch, places, now)
    }

    fn to_spool(&self, batch: Batch, places: Places, now: Instant) -> Actions {
        Actions::one(if self.book.admits(now) {
            Action::Spool { batch, places }
        } else {
            Action::Answer { batch, places, outcome: Outcome::Unrecorded }
        })
    }

    fn quarantined(&mut self, batch: Batch, kept: bool) -> Actions {
        let Some(at) = self.flight(batch) else { return Actions::default() };
        let flight = self.flights.swap_remove(at);
        let culprits = flight.search.map_or_else(Vec::new, |(search, _)| search.culprits().to_vec());
        let outcome = if kept { Outcome::Spooled } else { Outcome::Unrecorded };
        Actions::one(Action::Answer { batch, places: Places::These(culprits), outcome })
    }

    fn flight(&self, batch: Batch) -> Option<usize> {
        self.flights.iter().position(|flight| flight.batch == batch)
    }
}

/// What follows from `event`. The only way in which a journal changes.
pub fn step(journal: &mut Journal, event: Event, now: Instant) -> Actions {
    match event {
        Event::Taken { batch, rows, until } => {
            journal.replay.give_way(now);
            journal.admit(batch, rows, until, now)
        }
        Event::Stored(batch) => journal.stored(batch, now),
        Event::Refused(batch) => journal.refused(batch, now),
        Event::Failed(batch, fault) => journal.failed(batch, fault, now),
        Event::Quarantined(batch, kept) => journal.quarantined(batch, kept),
        Event::Offered(batch, bytes) => journal.book.offered(batch, bytes, now),
        Event::Disk(disk) => journal.book.step(disk, now),
        // What the keeper has in hand is judged to its end; it begins nothing new.
        Event::Keeper(super::KeeperStep::Free { .. }) if journal.closing => Actions::one(Action::Rest(Duration::MAX)),
        Event::Keeper(keeper) => {
            let Journal { book, replay, breaker, heard, .. } = journal;
            replay.step(keeper, book, breaker, heard, now)
        }
        Event::Closing => {
            journal.closing = true;
            journal.book.close();
            Actions::one(Action::WakeDisk).and(Action::WakeKeeper)
        }
    }
}
