//! What may happen to the writer, and what is to be done about it. Batches and segments are handles: the bytes stay with
//! whoever carries the actions out.

use std::time::{Duration, Instant};

/// A batch in somebody's hands. Given by the shell, never used twice in a process.
pub type Batch = u64;

/// Rows of a batch, by their places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Places {
    /// All of them.
    All,
    /// These.
    These(Vec<usize>),
}

/// Where rows are, as their clients are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Committed.
    Durable,
    /// On the local disk, flushed.
    Spooled,
    /// Nowhere.
    Unrecorded,
}

/// Why the database stored nothing, as far as it matters for when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is away, or did not answer: it may be back any moment.
    Away,
    /// It answers and takes no decision: read-only, without a grant, its disk full. Asking again at once changes nothing.
    Denied,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A writer took a batch. After `until` its rows need another way.
    Taken {
        /// The batch.
        batch: Batch,
        /// Its rows.
        rows: usize,
        /// When the database is given up.
        until: Instant,
    },
    /// The last attempt for this batch was committed.
    Stored(Batch),
    /// It was refused for the content of a row; nothing of it is stored.
    Refused(Batch),
    /// It failed for a reason that may pass, or nothing was heard: it may be stored or not.
    Failed(Batch, Fault),
    /// The rows that can never be stored lie in quarantine, or could not be put there.
    Quarantined(Batch, bool),
    /// A batch lies before the disk, as so many bytes of frames.
    Offered(Batch, u64),
    /// The disk has carried out a step, or asks for one.
    Disk(DiskStep),
    /// The keeper has carried out a step, or asks for one.
    Keeper(KeeperStep),
    /// The service stops: nothing is probed or replayed any more.
    Closing,
}

/// News from the one thread that touches the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskStep {
    /// Nothing is in hand.
    Free,
    /// The new segment is there, with its space reserved and its name flushed, or not.
    Created(bool),
    /// The frames are written whole, or not.
    Written(bool),
    /// The flush has returned well, or not.
    Flushed(bool),
    /// The segment was cut back to what is flushed, or not.
    CutBack(bool),
    /// The segment is closed at its length.
    Sealed,
    /// Bytes that mean nothing are written and flushed, or could not be written. A flush of them that failed is
    /// [`DiskStep::Flushed`].
    Proved(bool),
}

/// News from the one task that probes and replays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeeperStep {
    /// Nothing is in hand; `chance` is a random byte.
    Free {
        /// For the jitter of the next pause.
        chance: u8,
    },
    /// After a probe, which has written: the database takes decisions, or not. After a look: it would.
    Probed(Result<(), Fault>),
    /// A chunk was read: so many rows, where the next one begins, and whether the segment ends there.
    Read {
        /// Rows in the chunk.
        rows: usize,
        /// Offset of what follows.
        next: u64,
        /// Nothing follows.
        end: bool,
    },
    /// The segment cannot be read now.
    NotRead,
    /// The last attempt was committed.
    Stored,
    /// It was refused for the content of a row.
    Refused,
    /// It failed for a reason that may pass.
    Failed(Fault),
    /// What can never be stored lies in quarantine, or could not be put there.
    Quarantined(bool),
    /// The segment is deleted, or not.
    Deleted(bool),
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Whoever holds the batch: store these rows in one statement, heeding `until`.
    Commit {
        /// The batch.
        batch: Batch,
        /// Its rows.
        places: Places,
        /// When to give up.
        until: Instant,
    },
    /// Whoever holds the batch: tell the clients of these rows.
    Answer {
        /// The batch.
        batch: Batch,
        /// Its rows.
        places: Places,
        /// What to tell.
        outcome: Outcome,
    },
    /// Whoever holds the batch: lay these rows before the disk; its answer is the answer of all of them.
    Spool {
        /// The batch.
        batch: Batch,
        /// Its rows.
        places: Places,
    },
    /// Whoever holds the batch: put these rows into quarantine.
    Quarantine {
        /// The batch.
        batch: Batch,
        /// Its rows.
        places: Vec<usize>,
    },
    /// Disk: make this segment, reserve its space, flush its directory.
    Create(u64),
    /// Disk: append these batches to the segment, which is so long.
    Write {
        /// The segment.
        segment: u64,
        /// Its length before.
        at: u64,
        /// In this order.
        batches: Vec<Batch>,
    },
    /// Disk: flush the segment.
    Flush(u64),
    /// Disk: write bytes that mean nothing behind this length of the segment, where the next frame will lie, and flush them:
    /// a write failed before, and nobody should have to find out whether the next one would.
    Prove(u64, u64),
    /// Disk: cut the segment back to this length.
    CutBack(u64, u64),
    /// Disk: close the segment and never write to it again; this length of it is flushed. After a failed flush the
    /// descriptor is only closed, since the kernel may have dropped what was not written.
    Seal(u64, u64),
    /// Wake the disk: it should ask for a step.
    WakeDisk,
    /// Wake the keeper: it should ask for a step.
    WakeKeeper,
    /// Keeper: wait, then find out by writing whether the database takes decisions again.
    Probe(Duration),
    /// Keeper: wait, then ask again.
    Pause(Duration),
    /// Keeper: ask at once whether the database would take decisions, which nobody has seen for a while.
    Look,
    /// Keeper: wait until woken, so long at most.
    Rest(Duration),
    /// Keeper: read a chunk of this segment, of which `to` bytes count.
    Read {
        /// The segment.
        segment: u64,
        /// Where.
        from: u64,
        /// Length that counts.
        to: u64,
        /// Most rows of the chunk.
        most: usize,
    },
    /// Keeper: store these rows of the chunk.
    Replay(Places),
    /// Keeper: put these rows of the chunk into quarantine.
    ReplayQuarantine(Vec<usize>),
    /// Keeper: delete this segment and flush the directory. Every row of it is committed or in quarantine.
    Delete(u64),
}

/// What one event leads to, in order. One action costs no allocation, and more than one is rare.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Actions {
    first: Option<Action>,
    more: Vec<Action>,
}

impl Actions {
    pub(super) const fn one(action: Action) -> Self {
        Self { first: Some(action), more: Vec::new() }
    }

    pub(super) fn and(mut self, action: Action) -> Self {
        match self.first {
            None => self.first = Some(action),
            Some(_) => self.more.push(action),
        }
        self
    }

    pub(super) fn then(self, others: Self) -> Self {
        others.into_iter().fold(self, Self::and)
    }
}

impl IntoIterator for Actions {
    type Item = Action;
    type IntoIter = std::iter::Chain<std::option::IntoIter<Action>, std::vec::IntoIter<Action>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.more)
    }
}
