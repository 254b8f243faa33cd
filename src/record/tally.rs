//! What the recorder has done so far, for `/health` and metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::metrics::Timings;

/// Counters, one for each answer. They count replies: what the client was told.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) durable: AtomicU64,
    pub(super) unrecorded: AtomicU64,
    pub(super) replayed: AtomicU64,
    pub(super) overloaded: AtomicU64,
    pub(super) reused_tokens: AtomicU64,
    pub(super) conflicts: AtomicU64,
    pub(super) poison: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) outages: AtomicU64,
    /// How long commits took, and how many decisions they held.
    pub(super) timings: Timings,
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Whether batches go to the database at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// They do.
    Up,
    /// The last one failed; a probe looks for its return.
    Away,
}

/// One look at the recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecorderHealth {
    /// Decisions answered `durable`.
    pub durable: u64,
    /// Decisions answered `unrecorded`.
    pub unrecorded: u64,
    /// Repeated requests that got the stored reply.
    pub replayed: u64,
    /// Requests turned away because the queue was full.
    pub overloaded: u64,
    /// Requests refused because another replica knew their token.
    pub reused_tokens: u64,
    /// Second contents under a key that was taken (they are recorded and counted as durable too).
    pub conflicts: u64,
    /// Rows that PostgreSQL refuses for their content.
    pub poison: u64,
    /// Batches committed.
    pub batches: u64,
    /// Times a writer found the database away: one outage is counted by each writer that was at work.
    pub outages: u64,
    /// Decisions waiting to be written.
    pub queue_depth: usize,
    /// Whether the database answers.
    pub database: DatabaseState,
}

impl Tally {
    pub(super) fn health(&self, queue_depth: usize, database: DatabaseState) -> RecorderHealth {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        RecorderHealth {
            durable: read(&self.durable),
            unrecorded: read(&self.unrecorded),
            replayed: read(&self.replayed),
            overloaded: read(&self.overloaded),
            reused_tokens: read(&self.reused_tokens),
            conflicts: read(&self.conflicts),
            poison: read(&self.poison),
            batches: read(&self.batches),
            outages: read(&self.outages),
            queue_depth,
            database,
        }
    }
}
