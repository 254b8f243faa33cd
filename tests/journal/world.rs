//! One schedule: writers, a disk, a keeper and a database that fail at random, around one journal.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use herald::journal::{
    Action, Batch, DatabaseState, DiskStep, Event, Fault, Journal, KeeperStep, Limits, Outcome, Places, SpoolState,
    WhenFull, step,
};

use crate::chance::Chance;
use crate::disk::{Disk, ROW, Row};

const LIMITS: Limits = Limits { bytes: 8_000, when_full: WhenFull::Serve };
const WRITERS: usize = 3;
const QUEUE: usize = 12;
const BATCH_LIMIT: Duration = Duration::from_millis(250);
const FLUSH_LIMIT: Duration = Duration::from_secs(2);
/// The longest time that passes between two events.
const LONGEST_STEP: u64 = 300;

/// How often something was seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub durable: u64,
    pub spooled: u64,
    pub unrecorded: u64,
    pub replayed: u64,
    pub quarantined: u64,
    pub crashes: u64,
    pub flush_failures: u64,
    pub lost_replies: u64,
}

impl Seen {
    pub fn add(&mut self, one: &Self) {
        self.durable += one.durable;
        self.spooled += one.spooled;
        self.unrecorded += one.unrecorded;
        self.replayed += one.replayed;
        self.quarantined += one.quarantined;
        self.crashes += one.crashes;
        self.flush_failures += one.flush_failures;
        self.lost_replies += one.lost_replies;
    }
}

struct Job {
    key: u64,
    is_poison: bool,
    answer: Option<Outcome>,
    /// Nobody waits any more: the process that took it has crashed.
    gone: bool,
    since: Instant,
}

/// What a writer has in hand.
enum Hand {
    Nothing,
    Commit { batch: Batch, rows: Vec<Option<Row>>, places: Places, until: Instant },
    Spool { rows: Vec<Row>, batch: Batch, since: Instant },
    Quarantine { batch: Batch, rows: Vec<Option<Row>>, places: Vec<usize>, since: Instant },
}

pub struct World {
    chance: Chance,
    now: Instant,
    journal: Journal,
    jobs: Vec<Job>,
    queue: VecDeque<Row>,
    writers: Vec<Hand>,
    offered: HashMap<Batch, Vec<Row>>,
    /// What the disk and the keeper are at; the keeper may be resting.
    disk_work: VecDeque<Action>,
    keeper_work: Option<Action>,
    chunk: Vec<Row>,
    woken: bool,
    rests_until: Instant,
    next_batch: Batch,
    disk: Disk,
    /// Key, and who holds it.
    database: HashMap<u64, Row>,
    quarantine: HashSet<Row>,
    /// Statements that the server carries out after everybody gave them up.
    late: Vec<Vec<Row>>,
    is_down: bool,
    /// It answers, and takes no write.
    denies: bool,
    /// It answers as if it took writes, and takes none.
    pretends: bool,
    disk_fails: bool,
    seen: Seen,
}

impl World {
    pub fn run(mut chance: Chance) -> Seen {
        let now = Instant::now();
        let journal = Journal::new(LIMITS, Vec::new(), now);
        let (is_down, disk_fails) = (chance.one_in(3), chance.one_in(8));
        let mut world = Self {
            chance,
            now,
            journal,
            jobs: Vec::new(),
            queue: VecDeque::new(),
            writers: (0..WRITERS).map(|_| Hand::Nothing).collect(),
            offered: HashMap::new(),
            disk_work: VecDeque::new(),
            keeper_work: None,
            chunk: Vec::new(),
            woken: true,
            rests_until: now,
            next_batch: 0,
            disk: Disk::default(),
            database: HashMap::new(),
            quarantine: HashSet::new(),
            late: Vec::new(),
            is_down,
            denies: false,
            pretends: false,
            disk_fails,
            seen: Seen::default(),
        };
        let steps = 40 + world.chance.below(160);
        for _ in 0..steps {
            world.anything();
        }
        world.settle();
        world.seen
    }

    fn anything(&mut self) {
        match self.chance.below(64) {
            0 => self.crash(),
            1..=3 => self.is_down = !self.is_down,
            4 => self.disk_fails = !self.disk_fails,
            5..=24 => self.arrive(),
            25..=27 => self.carry_out_late(),
            28 if self.chance.one_in(2) => self.denies = !self.denies,
            28 => self.pretends = !self.pretends,
            29..=32 => self.now += Duration::from_millis(self.chance.below(LONGEST_STEP)),
            33..=47 => {
                let at = usize::try_from(self.chance.below(WRITERS as u64)).unwrap();
                self.writer(at);
            }
            48..=56 => self.disk_goes_on(),
            _ => self.keeper_goes_on(),
        }
        self.time_out();
        assert!(self.journal.spooled().0 <= LIMITS.bytes, "the spool grows beyond its size");
    }

    fn arrive(&mut self) {
        if self.queue.len() < QUEUE {
            // Some keys come twice, as an EHR repeats a request.
            let key = if self.chance.one_in(20) { self.chance.below(8) } else { 1_000 + self.jobs.len() as u64 };
            let is_poison = self.chance.one_in(60);
            self.queue.push_back(self.jobs.len());
            self.jobs.push(Job { key, is_poison, answer: None, gone: false, since: self.now });
        }
    }

    fn writer(&mut self, at: usize) {
        match std::mem::replace(&mut self.writers[at], Hand::Nothing) {
            Hand::Nothing if self.queue.is_empty() => {}
            Hand::Nothing => {
                let rows: Vec<Option<Row>> = self.queue.drain(..self.queue.len().min(5)).map(Some).collect();
                let batch = self.new_batch();
                rows.iter().flatten().for_each(|row| self.jobs[*row].since = self.now);
                let event = Event::Taken { batch, rows: rows.len(), until: self.now + BATCH_LIMIT };
                self.tell_writer(at, rows, event);
            }
            Hand::Commit { batch, rows, places, until } => {
                let tried = taken(&rows, &places);
                let event = match self.statement(&tried, Some(until)) {
                    Statement::Stored => Event::Stored(batch),
                    Statement::Refused => Event::Refused(batch),
                    Statement::Failed(fault) => Event::Failed(batch, fault),
                };
                self.tell_writer(at, rows, event);
            }
            Hand::Quarantine { batch, rows, places, .. } => {
                let kept = !(self.disk_fails && self.chance.one_in(2));
                if kept {
                    self.quarantine.extend(taken(&rows, &Places::These(places)));
                }
                self.tell_writer(at, rows, Event::Quarantined(batch, kept));
            }
            waiting @ Hand::Spool { .. } => self.writers[at] = waiting,
        }
    }

    /// What the machine wants of this writer, in order; the rows in hand go where the actions send them.
    fn tell_writer(&mut self, at: usize, mut rows: Vec<Option<Row>>, event: Event) {
        for action in step(&mut self.journal, event, self.now) {
            match action {
                Action::Commit { batch, places, until } => {
                    self.writers[at] = Hand::Commit { batch, rows: rows.clone(), places, until };
                }
                Action::Answer { places, outcome, .. } => {
                    take(&mut rows, &places).into_iter().for_each(|row| self.answer(row, outcome));
                }
                Action::Spool { places, .. } => {
                    let rows = take(&mut rows, &places);
                    let batch = self.new_batch();
                    self.offered.insert(batch, rows.clone());
                    let bytes = ROW * rows.len() as u64;
                    self.writers[at] = Hand::Spool { rows, batch, since: self.now };
                    self.tell_disk(Event::Offered(batch, bytes));
                }
                Action::Quarantine { batch, places } => {
                    self.writers[at] = Hand::Quarantine { batch, rows: rows.clone(), places, since: self.now };
                }
                other => self.wake(&other),
            }
        }
    }

    fn tell_disk(&mut self, event: Event) {
        for action in step(&mut self.journal, event, self.now) {
            match action {
                Action::Answer { batch, outcome, .. } => {
                    self.offered.remove(&batch);
                    let waits = |hand: &Hand| matches!(hand, Hand::Spool { batch: waiting, .. } if *waiting == batch);
                    // A writer that gave the flush up has answered already.
                    if let Some(at) = self.writers.iter().position(waits)
                        && let Hand::Spool { rows, .. } = std::mem::replace(&mut self.writers[at], Hand::Nothing)
                    {
                        rows.into_iter().for_each(|row| self.answer(row, outcome));
                    }
                }
                Action::WakeKeeper | Action::WakeDisk => self.wake(&action),
                other => self.disk_work.push_back(other),
            }
        }
    }

    fn disk_goes_on(&mut self) {
        let fails = self.disk_fails && self.chance.one_in(4);
        let Some(action) = self.disk_work.pop_front() else {
            return self.tell_disk(Event::Disk(DiskStep::Free));
        };
        let done = match action {
            Action::Create(number) => {
                if !fails {
                    self.disk.create(number);
                }
                DiskStep::Created(!fails)
            }
            Action::Write { segment, at, batches } => {
                let rows: Vec<Row> = batches.iter().flat_map(|batch| self.offered[batch].clone()).collect();
                let short = usize::try_from(self.chance.below(rows.len() as u64 + 1)).unwrap();
                self.disk.write(segment, at, &rows, if fails { short } else { rows.len() });
                DiskStep::Written(!fails)
            }
            Action::Flush(segment) => {
                if fails {
                    self.seen.flush_failures += 1;
                    self.disk.fail_flush(segment, &mut self.chance);
                } else {
                    self.disk.flush(segment);
                }
                DiskStep::Flushed(!fails)
            }
            Action::CutBack(segment, to) => {
                if !fails {
                    self.disk.cut(segment, to);
                }
                DiskStep::CutBack(!fails)
            }
            Action::Prove(..) if fails && self.chance.one_in(2) => DiskStep::Proved(false),
            Action::Prove(segment, _) => {
                if fails {
                    self.disk.fail_flush(segment, &mut self.chance);
                    DiskStep::Flushed(false)
                } else {
                    DiskStep::Proved(true)
                }
            }
            Action::Seal(segment, length) => {
                self.disk.cut(segment, length);
                DiskStep::Sealed
            }
            other => panic!("{other:?} is nothing for the disk"),
        };
        self.tell_disk(Event::Disk(done));
    }

    fn keeper_goes_on(&mut self) {
        let news = match self.keeper_work.take() {
            Some(Action::Rest(longest)) if !self.woken && self.now < self.rests_until => {
                self.keeper_work = Some(Action::Rest(longest));
                return;
            }
            None | Some(Action::Rest(_) | Action::Pause(_)) => {
                self.woken = false;
                KeeperStep::Free { chance: 7 }
            }
            Some(Action::Probe(pause)) => {
                self.now += pause.min(Duration::from_millis(LONGEST_STEP));
                KeeperStep::Probed(self.answers())
            }
            // A server that is there may have no connection to spare.
            Some(Action::Look) => {
                self.now += Duration::from_millis(self.chance.below(LONGEST_STEP));
                let has_connection = !self.chance.one_in(12);
                KeeperStep::Probed(if has_connection { self.answers() } else { Err(Fault::Away) })
            }
            Some(Action::Read { .. }) if self.disk_fails && self.chance.one_in(2) => KeeperStep::NotRead,
            Some(Action::Read { segment, from, to, most }) => {
                let (rows, next, end) = self.disk.read(segment, from, to, most.min(1 + self.chance.below(6) as usize));
                self.chunk.clone_from(&rows);
                KeeperStep::Read { rows: rows.len(), next, end }
            }
            Some(Action::Replay(places)) => {
                let rows: Vec<Option<Row>> = self.chunk.iter().copied().map(Some).collect();
                let tried = taken(&rows, &places);
                match self.statement(&tried, None) {
                    Statement::Stored => {
                        self.seen.replayed += tried.len() as u64;
                        KeeperStep::Stored
                    }
                    Statement::Refused => KeeperStep::Refused,
                    Statement::Failed(fault) => KeeperStep::Failed(fault),
                }
            }
            Some(Action::ReplayQuarantine(places)) => {
                let kept = !(self.disk_fails && self.chance.one_in(2));
                if kept {
                    self.quarantine.extend(places.iter().map(|at| self.chunk[*at]));
                }
                KeeperStep::Quarantined(kept)
            }
            Some(Action::Delete(segment)) => {
                let fails = self.disk_fails && self.chance.one_in(2);
                if !fails {
                    self.disk.delete(segment);
                    self.nothing_is_lost();
                }
                KeeperStep::Deleted(!fails)
            }
            Some(other) => panic!("{other:?} is nothing for the keeper"),
        };
        for action in step(&mut self.journal, Event::Keeper(news), self.now) {
            match action {
                Action::WakeKeeper | Action::WakeDisk => self.wake(&action),
                other => {
                    if let Action::Rest(longest) = &other {
                        self.rests_until = self.now + *longest;
                    }
                    self.keeper_work = Some(other);
                }
            }
        }
    }

    /// What a probe finds.
    fn answers(&self) -> Result<(), Fault> {
        match (self.is_down, self.denies && !self.pretends) {
            (true, _) => Err(Fault::Away),
            (false, true) => Err(Fault::Denied),
            (false, false) => Ok(()),
        }
    }

    fn statement(&mut self, rows: &[Row], until: Option<Instant>) -> Statement {
        if self.is_down {
            if self.chance.one_in(3) {
                self.now = until.unwrap_or(self.now).max(self.now);
                if self.chance.one_in(2) {
                    self.late.push(rows.to_vec());
                }
            }
            return Statement::Failed(Fault::Away);
        }
        if self.denies || self.pretends {
            return Statement::Failed(Fault::Denied);
        }
        if rows.iter().any(|row| self.jobs[*row].is_poison) {
            return Statement::Refused;
        }
        self.insert(rows);
        if self.chance.one_in(12) {
            self.seen.lost_replies += 1;
            return Statement::Failed(Fault::Away);
        }
        Statement::Stored
    }

    fn insert(&mut self, rows: &[Row]) {
        for row in rows {
            self.database.entry(self.jobs[*row].key).or_insert(*row);
        }
    }

    fn carry_out_late(&mut self) {
        if let Some(rows) = self.late.pop()
            && !rows.iter().any(|row| self.jobs[*row].is_poison)
        {
            self.insert(&rows);
        }
    }

    fn answer(&mut self, row: Row, outcome: Outcome) {
        let job = &mut self.jobs[row];
        assert!(job.answer.is_none(), "job {row} is answered twice");
        job.answer = Some(outcome);
        let took = self.now - job.since;
        let longest = BATCH_LIMIT + FLUSH_LIMIT + Duration::from_millis(3 * LONGEST_STEP);
        assert!(took <= longest, "job {row} waited {took:?}");
        match outcome {
            Outcome::Durable => {
                self.seen.durable += 1;
                assert!(self.database.contains_key(&job.key), "job {row} is called durable and is not stored");
            }
            Outcome::Spooled => {
                self.seen.spooled += 1;
                self.quarantined_or_readable(row);
            }
            Outcome::Unrecorded => self.seen.unrecorded += 1,
        }
    }

    fn quarantined_or_readable(&self, row: Row) {
        let found = self.database.contains_key(&self.jobs[row].key)
            || self.disk.holds(row)
            || (self.jobs[row].is_poison && self.quarantine.contains(&row));
        assert!(found, "job {row} is acknowledged and found nowhere");
    }

    fn nothing_is_lost(&self) {
        for (row, job) in self.jobs.iter().enumerate() {
            match job.answer {
                Some(Outcome::Durable) => assert!(self.database.contains_key(&job.key), "job {row} is lost"),
                Some(Outcome::Spooled) => self.quarantined_or_readable(row),
                Some(Outcome::Unrecorded) | None => {}
            }
        }
    }

    /// What the shell does: a statement is given up at its time, and nobody waits for ever for a disk that hangs.
    fn time_out(&mut self) {
        for at in 0..self.writers.len() {
            let over = |since: Instant| self.now - since >= FLUSH_LIMIT;
            let is_late = match &self.writers[at] {
                Hand::Nothing => false,
                Hand::Commit { until, .. } => self.now >= *until,
                Hand::Spool { since, .. } | Hand::Quarantine { since, .. } => over(*since),
            };
            if !is_late {
                continue;
            }
            match std::mem::replace(&mut self.writers[at], Hand::Nothing) {
                Hand::Nothing => {}
                Hand::Commit { batch, rows, places, .. } => {
                    self.late.push(taken(&rows, &places));
                    self.tell_writer(at, rows, Event::Failed(batch, Fault::Away));
                }
                Hand::Spool { rows, .. } => rows.into_iter().for_each(|row| self.answer(row, Outcome::Unrecorded)),
                Hand::Quarantine { batch, rows, .. } => self.tell_writer(at, rows, Event::Quarantined(batch, false)),
            }
        }
    }

    fn crash(&mut self) {
        self.seen.crashes += 1;
        self.queue.clear();
        self.offered.clear();
        self.disk_work.clear();
        self.keeper_work = None;
        self.woken = true;
        self.writers.iter_mut().for_each(|hand| *hand = Hand::Nothing);
        self.jobs.iter_mut().filter(|job| job.answer.is_none()).for_each(|job| job.gone = true);
        let found = self.disk.crash(&mut self.chance);
        self.journal = Journal::new(LIMITS, found, self.now);
        self.nothing_is_lost();
    }

    /// All is well again: everybody is answered, the spool runs empty, and nothing is lost.
    fn settle(&mut self) {
        (self.is_down, self.disk_fails) = (false, false);
        (self.denies, self.pretends) = (false, false);
        let mut steps = 0;
        let at_rest = |world: &Self| {
            world.queue.is_empty()
                && world.writers.iter().all(|hand| matches!(hand, Hand::Nothing))
                && world.disk_work.is_empty()
                && world.disk.is_empty()
        };
        while !at_rest(self) {
            for at in 0..WRITERS {
                self.writer(at);
            }
            self.disk_goes_on();
            self.keeper_goes_on();
            self.time_out();
            self.now += Duration::from_millis(10);
            steps += 1;
            assert!(steps < 5_000, "something never ends");
        }
        self.nothing_is_lost();
        let unanswered = self.jobs.iter().filter(|job| job.answer.is_none() && !job.gone).count();
        assert_eq!(unanswered, 0, "somebody is never answered");
        for (row, job) in self.jobs.iter().enumerate() {
            if job.answer == Some(Outcome::Spooled) && !job.is_poison {
                assert!(self.database.contains_key(&job.key), "job {row} was spooled and never replayed");
            }
        }
        self.idle_and_still_told();
        let give_up = self.now + Duration::from_secs(3);
        while self.journal.spool(self.now) == SpoolState::Failing {
            assert!(self.now < give_up, "a disk that works is called failing although nobody asks it");
            self.disk_goes_on();
            self.now += Duration::from_millis(10);
        }
        self.seen.quarantined += self.quarantine.len() as u64;
    }

    /// Nobody asks any more. That the database goes and comes back is found out all the same.
    fn idle_and_still_told(&mut self) {
        for (is_down, found) in [(true, DatabaseState::Away), (false, DatabaseState::Up)] {
            self.is_down = is_down;
            let give_up = self.now + Duration::from_secs(20);
            while self.journal.database() != found {
                assert!(self.now < give_up, "an idle service never finds the database {found:?}");
                self.keeper_goes_on();
                self.disk_goes_on();
                self.now += Duration::from_millis(10);
            }
        }
    }

    fn wake(&mut self, action: &Action) {
        match action {
            Action::WakeKeeper => self.woken = true,
            // The disk looks up whenever it is its turn.
            Action::WakeDisk => {}
            other => panic!("{other:?} has no addressee"),
        }
    }

    fn new_batch(&mut self) -> Batch {
        self.next_batch += 1;
        self.next_batch
    }
}

enum Statement {
    Stored,
    Refused,
    Failed(Fault),
}

fn taken(rows: &[Option<Row>], places: &Places) -> Vec<Row> {
    match places {
        Places::All => rows.iter().flatten().copied().collect(),
        Places::These(places) => places.iter().map(|at| rows[*at].unwrap()).collect(),
    }
}

fn take(rows: &mut [Option<Row>], places: &Places) -> Vec<Row> {
    match places {
        Places::All => rows.iter_mut().filter_map(Option::take).collect(),
        Places::These(places) => places.iter().map(|at| rows[*at].take().unwrap()).collect(),
    }
}
