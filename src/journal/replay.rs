//! What the keeper does: knock at the database while it is away, empty the spool into it when it is back, and look after it
//! now and then while nobody asks.
//!
//! Segments go in their order, chunk by chunk; one is deleted only after every row of it is committed or in quarantine.

use std::time::{Duration, Instant};

use super::actions::{Action, Actions, KeeperStep, Places};
use super::bisection::Bisection;
use super::book::Book;
use super::breaker::Breaker;
use super::frames::HEADER_BYTES;
use super::heard::Heard;
use super::pace::Pace;

/// After a disk or a quarantine that failed.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// A chunk that was read and is being stored.
#[derive(Debug)]
struct Chunk {
    rows: usize,
    next: u64,
    end: bool,
    search: Option<Bisection>,
}

#[derive(Debug)]
pub(super) struct Replay {
    /// Where the next chunk of the oldest segment begins. What lies before is committed.
    cursor: u64,
    chunk: Option<Chunk>,
    /// All of the oldest segment is committed: it may be deleted.
    finished: bool,
    pace: Pace,
}

impl Replay {
    pub(super) const fn new(now: Instant) -> Self {
        Self { cursor: HEADER_BYTES, chunk: None, finished: false, pace: Pace::new(now) }
    }

    /// A live batch was taken in hand.
    pub(super) const fn give_way(&mut self, now: Instant) {
        self.pace.live_came(now);
    }

    pub(super) fn step(
        &mut self,
        step: KeeperStep,
        book: &mut Book,
        breaker: &mut Breaker,
        heard: &mut Heard,
        now: Instant,
    ) -> Actions {
        if matches!(step, KeeperStep::Probed(Ok(())) | KeeperStep::Stored | KeeperStep::Refused) {
            heard.answered(now);
        }
        match step {
            KeeperStep::Free { chance } => self.next(book, breaker, heard, chance, now),
            KeeperStep::Probed(found) => {
                match found {
                    Ok(()) => breaker.recovered(book.holds_rows()),
                    Err(fault) if !heard.answered_meanwhile() => breaker.failed_to_answer(fault),
                    Err(_) => {}
                }
                Actions::one(Action::Pause(Duration::ZERO))
            }
            KeeperStep::Read { rows, next, end } => {
                self.chunk = Some(Chunk { rows, next, end, search: None });
                if rows == 0 { self.chunk_done(now) } else { Actions::one(Action::Replay(Places::All)) }
            }
            KeeperStep::Stored => {
                breaker.stored();
                self.stored(now)
            }
            KeeperStep::Refused => self.refused(now),
            KeeperStep::Failed(fault) => {
                // From the cursor again, later: what did get in is found to be there.
                self.chunk = None;
                breaker.failed_to_write(fault);
                Actions::one(Action::Pause(Duration::ZERO))
            }
            KeeperStep::Quarantined(true) => self.chunk_done(now),
            KeeperStep::Quarantined(false) | KeeperStep::NotRead | KeeperStep::Deleted(false) => {
                self.chunk = None;
                Actions::one(Action::Pause(AFTER_FAULT))
            }
            KeeperStep::Deleted(true) => {
                if let (Some(segment), _) = book.oldest() {
                    book.forget(segment.number);
                }
                (self.cursor, self.finished) = (HEADER_BYTES, false);
                Actions::one(Action::Pause(Duration::ZERO))
            }
        }
    }

    fn next(&mut self, book: &mut Book, breaker: &mut Breaker, heard: &mut Heard, chance: u8, now: Instant) -> Actions {
        // A spool that failed proves that it works again, whether or not anybody asks.
        let proof = if book.wants_proof(now) { Actions::one(Action::WakeDisk) } else { Actions::default() };
        if !breaker.admits() {
            return proof.and(Action::Probe(breaker.pause(chance)));
        }
        let Some(until_look) = heard.until_look(now) else {
            heard.looks(now);
            return proof.and(Action::Look);
        };
        let (segment, asked) = book.oldest();
        let asked = proof.then(asked);
        let Some(segment) = segment else { return asked.and(Action::Rest(until_look)) };
        if self.finished {
            return asked.and(Action::Delete(segment.number));
        }
        let most = self.pace.rows(now);
        asked.and(Action::Read { segment: segment.number, from: self.cursor, to: segment.length, most })
    }

    fn stored(&mut self, now: Instant) -> Actions {
        match self.chunk.as_mut().and_then(|chunk| chunk.search.as_mut()) {
            None => self.chunk_done(now),
            Some(search) => {
                search.stored();
                self.go_on(now)
            }
        }
    }

    fn refused(&mut self, now: Instant) -> Actions {
        if let Some(chunk) = &mut self.chunk {
            match &mut chunk.search {
                Some(search) => search.refused(),
                None => chunk.search = Some(Bisection::of(chunk.rows)),
            }
        }
        self.go_on(now)
    }

    fn go_on(&mut self, now: Instant) -> Actions {
        let Some(search) = self.chunk.as_mut().and_then(|chunk| chunk.search.as_mut()) else {
            return self.chunk_done(now);
        };
        match search.next_attempt() {
            Some(places) => Actions::one(Action::Replay(Places::These(places))),
            None if search.culprits().is_empty() => self.chunk_done(now),
            None => Actions::one(Action::ReplayQuarantine(search.culprits().to_vec())),
        }
    }

    fn chunk_done(&mut self, now: Instant) -> Actions {
        if let Some(chunk) = self.chunk.take() {
            (self.cursor, self.finished) = (chunk.next, chunk.end);
        }
        Actions::one(Action::Pause(self.pace.rest(now)))
    }
}
