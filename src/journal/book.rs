//! The book of the spool: which segments there are, how full they are, and what the disk does next.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::actions::{Action, Actions, Batch, DiskStep, Outcome, Places};
use super::frames::HEADER_BYTES;

/// After a disk that is full or broken, nothing is tried for this long: each attempt costs every client its time. It is called
/// failing beyond that, until something was written and flushed.
const BACK_OFF: Duration = Duration::from_secs(1);
/// A disk that has worked on one step for so long is not waited for.
const HUNG: Duration = Duration::from_secs(2);
/// One segment, at most. It is read whole when it is replayed.
const LARGEST_SEGMENT: u64 = 4 << 20;
/// At this share of the size that the site allows, in per cent, no more is taken.
const FULL_AT: u64 = 90;

/// What a hook is answered while neither the database nor the spool takes its decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// The cards, with the word `unrecorded`.
    Serve,
    /// Nothing: try again later.
    Refuse,
}

/// What the site allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole spool.
    pub bytes: u64,
    /// What is answered beyond.
    pub when_full: WhenFull,
}

/// A gigabyte: some 500,000 decisions.
impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 30, when_full: WhenFull::Serve }
    }
}

impl Limits {
    /// Bytes that are reserved for one segment.
    #[must_use]
    pub fn segment(self) -> u64 {
        (self.bytes / 4).clamp(2 * HEADER_BYTES, LARGEST_SEGMENT)
    }

    /// Bytes that are taken; beyond, the spool is full.
    #[must_use]
    pub fn usable(self) -> u64 {
        self.bytes / 100 * FULL_AT
    }
}

/// A segment that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its number: they are replayed in this order.
    pub number: u64,
    /// Bytes of it that count, header included.
    pub length: u64,
}

/// Whether the spool takes batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpoolState {
    /// It does.
    Takes,
    /// As much lies in it as it may hold.
    Full,
    /// The disk failed, and nothing was written and flushed since.
    Failing,
}

#[derive(Debug)]
struct Open {
    number: u64,
    /// Written.
    length: u64,
    /// Flushed.
    flushed: u64,
}

#[derive(Debug)]
struct Waiting {
    batch: Batch,
    bytes: u64,
    /// A flush failed once already.
    again: bool,
}

#[derive(Debug)]
enum Doing {
    Nothing,
    Creating,
    Writing(Vec<Waiting>),
    Flushing(Vec<Waiting>),
    CuttingBack,
    Sealing,
    Proving,
}

#[derive(Debug)]
pub(super) struct Book {
    limits: Limits,
    open: Option<Open>,
    sealed: VecDeque<Segment>,
    queue: Vec<Waiting>,
    doing: Doing,
    /// Since when.
    since: Instant,
    next: u64,
    /// When it failed last; nothing once it works again.
    failed_at: Option<Instant>,
    /// A batch found no room, and none has been made since.
    turned_away: bool,
    seal_wanted: bool,
    closing: bool,
}

impl Book {
    pub(super) fn new(limits: Limits, found: Vec<Segment>, now: Instant) -> Self {
        let next = found.iter().map(|segment| segment.number.saturating_add(1)).max().unwrap_or(1);
        Self {
            limits,
            open: None,
            sealed: found.into(),
            queue: Vec::new(),
            doing: Doing::Nothing,
            since: now,
            next,
            failed_at: None,
            turned_away: false,
            seal_wanted: false,
            closing: false,
        }
    }

    pub(super) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Bytes that lie in the spool or wait for it.
    pub(super) fn bytes(&self) -> u64 {
        let pending: u64 = self.pending().map(|waiting| waiting.bytes).sum();
        let sealed: u64 = self.sealed.iter().map(|segment| segment.length).sum();
        sealed + self.open.as_ref().map_or(0, |open| open.flushed) + pending
    }

    pub(super) fn segments(&self) -> usize {
        self.sealed.len() + usize::from(self.open.is_some())
    }

    pub(super) fn state(&self, now: Instant) -> SpoolState {
        if self.hangs(now) || self.failed_at.is_some() {
            return SpoolState::Failing;
        }
        if self.is_full() { SpoolState::Full } else { SpoolState::Takes }
    }

    /// Whether a batch may be tried: also on a disk that failed, once it was left alone for a while.
    pub(super) fn admits(&self, now: Instant) -> bool {
        !self.hangs(now) && !self.is_full() && (self.failed_at.is_none() || self.may_try_again(now))
    }

    /// Whether the disk should show that it works again.
    pub(super) fn wants_proof(&self, now: Instant) -> bool {
        !self.closing && matches!(self.doing, Doing::Nothing) && self.may_try_again(now)
    }

    fn may_try_again(&self, now: Instant) -> bool {
        self.failed_at.is_some_and(|at| now.saturating_duration_since(at) >= BACK_OFF)
    }

    fn hangs(&self, now: Instant) -> bool {
        !matches!(self.doing, Doing::Nothing) && now.saturating_duration_since(self.since) > HUNG
    }

    fn is_full(&self) -> bool {
        self.turned_away && self.holds_rows()
    }

    /// Whether anything waits to be replayed.
    pub(super) fn holds_rows(&self) -> bool {
        let flushed = self.open.as_ref().is_some_and(|open| open.flushed > HEADER_BYTES);
        let sealed = self.sealed.iter().any(|segment| segment.length > HEADER_BYTES);
        flushed || sealed || self.pending().next().is_some()
    }

    fn pending(&self) -> impl Iterator<Item = &Waiting> {
        let in_hand: &[Waiting] = match &self.doing {
            Doing::Writing(batches) | Doing::Flushing(batches) => batches,
            Doing::Nothing | Doing::Creating | Doing::CuttingBack | Doing::Sealing | Doing::Proving => &[],
        };
        in_hand.iter().chain(&self.queue)
    }

    pub(super) fn offered(&mut self, batch: Batch, bytes: u64, now: Instant) -> Actions {
        let has_room = self.bytes() + bytes + HEADER_BYTES <= self.limits.usable();
        self.turned_away |= !has_room;
        if !has_room || !self.admits(now) {
            return Actions::one(answer(batch, Outcome::Unrecorded));
        }
        self.queue.push(Waiting { batch, bytes, again: false });
        Actions::default()
    }

    pub(super) fn step(&mut self, step: DiskStep, now: Instant) -> Actions {
        self.since = now;
        match (step, std::mem::replace(&mut self.doing, Doing::Nothing)) {
            (DiskStep::Free, Doing::Nothing) => self.next_step(now),
            // Asked in the middle of a step, which a shell does not do; the step stands.
            (DiskStep::Free, doing) => {
                self.doing = doing;
                Actions::default()
            }
            (DiskStep::Created(true), Doing::Creating) => {
                self.open = Some(Open { number: self.next, length: HEADER_BYTES, flushed: HEADER_BYTES });
                self.next += 1;
                // Nobody waits: it was made to see whether it can be, with its space reserved and its name flushed. Nothing lies
                // in it, so it goes the way of those that were replayed.
                if self.queue.is_empty() {
                    self.failed_at = None;
                    return self.seal();
                }
                self.next_step(now)
            }
            (DiskStep::Proved(proved), _) => {
                self.failed_at = (!proved).then_some(now);
                self.next_step(now)
            }
            (DiskStep::Flushed(false), Doing::Proving) => {
                self.failed_at = Some(now);
                self.seal()
            }
            (DiskStep::Written(true), Doing::Writing(batches)) => {
                let Some(open) = &mut self.open else { return self.give_up(batches, now) };
                open.length += batches.iter().map(|waiting| waiting.bytes).sum::<u64>();
                self.doing = Doing::Flushing(batches);
                Actions::one(Action::Flush(open.number))
            }
            (DiskStep::Written(false), Doing::Writing(batches)) => self.cut_back(batches, now),
            (DiskStep::Flushed(true), Doing::Flushing(batches)) => self.flushed(batches, now),
            (DiskStep::Flushed(false), Doing::Flushing(batches)) => self.flush_failed(batches, now),
            (DiskStep::CutBack(true) | DiskStep::Sealed, _) => self.next_step(now),
            // A segment whose end is unknown is not appended to.
            (DiskStep::CutBack(false), _) => self.seal(),
            // The segment could not be made.
            (DiskStep::Created(_) | DiskStep::Written(_) | DiskStep::Flushed(_), doing) => {
                let batches = match doing {
                    Doing::Writing(batches) | Doing::Flushing(batches) => batches,
                    Doing::Nothing | Doing::Creating | Doing::CuttingBack | Doing::Sealing | Doing::Proving => {
                        Vec::new()
                    }
                };
                self.give_up(batches, now)
            }
        }
    }

    fn next_step(&mut self, now: Instant) -> Actions {
        let wanted: u64 = self.queue.iter().map(|waiting| waiting.bytes).sum();
        let full = |open: &Open| open.length > HEADER_BYTES && open.length + wanted > self.limits.segment();
        let seal_now = self.queue.is_empty() && self.seal_wanted;
        if self.open.as_ref().is_some_and(|open| if self.queue.is_empty() { seal_now } else { full(open) }) {
            return self.seal();
        }
        if self.queue.is_empty() {
            return if self.wants_proof(now) { self.prove() } else { Actions::default() };
        }
        let Some(open) = &self.open else {
            self.doing = Doing::Creating;
            return Actions::one(Action::Create(self.next));
        };
        let batches = std::mem::take(&mut self.queue);
        let handles = batches.iter().map(|waiting| waiting.batch).collect();
        let write = Action::Write { segment: open.number, at: open.length, batches: handles };
        self.doing = Doing::Writing(batches);
        Actions::one(write)
    }

    /// A new segment proves most, since its space is reserved with it. The one that is open has its space: there the next
    /// bytes are tried.
    fn prove(&mut self) -> Actions {
        match &self.open {
            None => {
                self.doing = Doing::Creating;
                Actions::one(Action::Create(self.next))
            }
            Some(open) => {
                self.doing = Doing::Proving;
                Actions::one(Action::Prove(open.number, open.length))
            }
        }
    }

    /// Only what is flushed counts, and only now it is said.
    fn flushed(&mut self, batches: Vec<Waiting>, now: Instant) -> Actions {
        if let Some(open) = &mut self.open {
            open.flushed = open.length;
        }
        self.failed_at = None;
        let told = batches.into_iter().map(|waiting| answer(waiting.batch, Outcome::Spooled));
        told.fold(Actions::default(), Actions::and).and(Action::WakeKeeper).then(self.next_step(now))
    }

    /// The kernel may have dropped the pages: never again on this descriptor. A new segment, and the same batches once more.
    fn flush_failed(&mut self, batches: Vec<Waiting>, now: Instant) -> Actions {
        if batches.iter().any(|waiting| waiting.again) {
            return self.give_up(batches, now).then(self.seal());
        }
        let later = std::mem::take(&mut self.queue);
        self.queue = batches.into_iter().map(|waiting| Waiting { again: true, ..waiting }).chain(later).collect();
        self.seal()
    }

    fn cut_back(&mut self, batches: Vec<Waiting>, now: Instant) -> Actions {
        let told = self.give_up(batches, now);
        match &mut self.open {
            Some(open) => {
                open.length = open.flushed;
                self.doing = Doing::CuttingBack;
                told.and(Action::CutBack(open.number, open.flushed))
            }
            None => told,
        }
    }

    fn seal(&mut self) -> Actions {
        self.seal_wanted = false;
        let Some(open) = self.open.take() else { return Actions::default() };
        self.sealed.push_back(Segment { number: open.number, length: open.flushed });
        self.doing = Doing::Sealing;
        Actions::one(Action::Seal(open.number, open.flushed)).and(Action::WakeKeeper)
    }

    fn give_up(&mut self, batches: Vec<Waiting>, now: Instant) -> Actions {
        self.failed_at = Some(now);
        let all = batches.into_iter().chain(std::mem::take(&mut self.queue));
        all.map(|waiting| answer(waiting.batch, Outcome::Unrecorded)).fold(Actions::default(), Actions::and)
    }

    /// The segment to replay next. The open one is closed for it, once nothing older is left.
    pub(super) fn oldest(&mut self) -> (Option<Segment>, Actions) {
        if let Some(segment) = self.sealed.front() {
            return (Some(*segment), Actions::default());
        }
        if self.open.as_ref().is_some_and(|open| open.flushed > HEADER_BYTES) {
            self.seal_wanted = true;
            return (None, Actions::one(Action::WakeDisk));
        }
        (None, Actions::default())
    }

    pub(super) fn forget(&mut self, number: u64) {
        self.sealed.retain(|segment| segment.number != number);
        self.turned_away = false;
    }

    /// Close the open segment when there is nothing to write, and make none any more that holds nothing.
    pub(super) fn close(&mut self) {
        self.seal_wanted = true;
        self.closing = true;
    }
}

const fn answer(batch: Batch, outcome: Outcome) -> Action {
    Action::Answer { batch, places: Places::All, outcome }
}
