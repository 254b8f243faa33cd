//! What the recorder has done so far, for `/health` and metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::journal::{DatabaseState, SpoolState, WhenFull};
use crate::metrics::Timings;

/// Counters, one for each answer. They count replies: what the client was told.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) durable: AtomicU64,
    pub(super) spooled: AtomicU64,
    pub(super) unrecorded: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) replayed: AtomicU64,
    pub(super) overloaded: AtomicU64,
    pub(super) reused_tokens: AtomicU64,
    pub(super) conflicts: AtomicU64,
    pub(super) poison: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) outages: AtomicU64,
    /// How long commits took, and how many decisions they held.
    pub(super) timings: Timings,
    pub(super) replayed_rows: AtomicU64,
    pub(super) damaged: AtomicU64,
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// One look at the recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecorderHealth {
    /// Decisions answered `durable`.
    pub durable: u64,
    /// Decisions answered `spooled`.
    pub spooled: u64,
    /// Decisions answered `unrecorded`.
    pub unrecorded: u64,
    /// Requests refused because nothing records, where the site wants that.
    pub refused: u64,
    /// Repeated requests that got the stored reply.
    pub replayed: u64,
    /// Requests turned away because too much was waiting.
    pub overloaded: u64,
    /// Requests refused because another replica knew their token.
    pub reused_tokens: u64,
    /// Second contents under a key that was taken (they are recorded and counted as durable too).
    pub conflicts: u64,
    /// Rows that PostgreSQL refuses for their content. They lie in quarantine.
    pub poison: u64,
    /// Batches committed.
    pub batches: u64,
    /// Times the database was found away.
    pub outages: u64,
    /// Rows that went from the spool to the database.
    pub replayed_rows: u64,
    /// Segments of the spool that were found damaged.
    pub damaged: u64,
    /// Whether the spool takes decisions.
    pub spool: SpoolState,
    /// Bytes in the spool.
    pub spool_bytes: u64,
    /// Files in the spool.
    pub spool_segments: usize,
    /// Decisions waiting to be written.
    pub queue_depth: usize,
    /// What is known of the database.
    pub database: DatabaseState,
    /// What the site wants where nothing records.
    pub when_full: WhenFull,
    /// Whether decisions are recorded at all.
    pub kept: bool,
}

#[cfg(test)]
impl RecorderHealth {
    /// Of a recorder that has done nothing yet, for tests.
    pub(crate) fn of_nothing() -> Self {
        Tally::default().health(0, DatabaseState::Up, (WhenFull::Serve, true), (SpoolState::Takes, 0, 0))
    }
}

impl Tally {
    pub(super) fn health(
        &self,
        queue_depth: usize,
        database: DatabaseState,
        (when_full, kept): (WhenFull, bool),
        (spool, spool_bytes, spool_segments): (SpoolState, u64, usize),
    ) -> RecorderHealth {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        RecorderHealth {
            durable: read(&self.durable),
            spooled: read(&self.spooled),
            unrecorded: read(&self.unrecorded),
            refused: read(&self.refused),
            replayed: read(&self.replayed),
            overloaded: read(&self.overloaded),
            reused_tokens: read(&self.reused_tokens),
            conflicts: read(&self.conflicts),
            poison: read(&self.poison),
            batches: read(&self.batches),
            outages: read(&self.outages),
            replayed_rows: read(&self.replayed_rows),
            damaged: read(&self.damaged),
            spool,
            spool_bytes,
            spool_segments,
            queue_depth,
            database,
            when_full,
            kept,
        }
    }
}
