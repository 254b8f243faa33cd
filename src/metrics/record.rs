//! The record in figures: what became of decisions, how long commits take, and what waits on this disk.

use std::fmt;

use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::counters::{Counters, Label};
use super::exposition::Page;
use super::histogram::Histogram;

/// One look at the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordFigures {
    /// Replies that said `durable`.
    pub durable: u64,
    /// Replies that said `spooled`.
    pub spooled: u64,
    /// Replies that said `unrecorded`.
    pub unrecorded: u64,
    /// Requests refused because nothing records, where the site wants that.
    pub refused: u64,
    /// Repeated requests that got the stored reply.
    pub replayed: u64,
    /// Second contents under a key that was taken; they are among the durable ones too.
    pub conflicts: u64,
    /// Requests turned away because too much was waiting.
    pub overloaded: u64,
    /// Decisions that the database refuses for their content.
    pub poison: u64,
    /// Batches committed.
    pub batches: u64,
    /// Times that the database was found away.
    pub outages: u64,
    /// Decisions waiting to be written.
    pub queue_depth: u64,
    /// Whether the database takes decisions.
    pub database_up: bool,
    /// What waits on this disk.
    pub spool: SpoolFigures,
}

/// What waits on this disk for a database that was away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpoolFigures {
    /// Size of its files.
    pub bytes: u64,
    /// Number of its files.
    pub segments: u64,
    /// Rows that went from there to the database.
    pub replayed: u64,
    /// Files that were found damaged.
    pub damaged: u64,
}

/// How long commits take, and how many decisions they hold. Cheap to clone; all clones share their counts.
#[derive(Debug, Clone)]
pub struct Timings {
    /// From the batch in hand to its commit, failed attempts left out.
    pub commit: Histogram,
    /// Decisions of one committed batch.
    pub batch: Histogram,
}

impl Default for Timings {
    fn default() -> Self {
        Self { commit: Histogram::times(), batch: Histogram::sizes() }
    }
}

const STATE: Label = Label {
    name: "state",
    values: &["durable", "spooled", "unrecorded", "refused", "replayed", "conflict", "overloaded"],
};

impl RecordFigures {
    pub(super) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        let states = Counters::new([STATE]);
        let counts =
            [self.durable, self.spooled, self.unrecorded, self.refused, self.replayed, self.conflicts, self.overloaded];
        for (state, count) in STATE.values.iter().zip(counts) {
            states.add([state], count);
        }
        page.counters("herald_decisions", "Replies to hooks by what became of their decision", &states)?;
        page.count(
            "herald_decisions_unrecorded",
            "Replies that said unrecorded: cards were shown and nothing holds them",
            self.unrecorded,
        )?;
        page.count("herald_poison", "Decisions that the database refuses for their content", self.poison)?;
        page.count("herald_batches", "Batches committed", self.batches)?;
        page.count("herald_database_outages", "Times that the database was found away", self.outages)?;
        page.gauge("herald_database_up", "1 while the database takes decisions", u8::from(self.database_up).into())?;
        page.gauge("herald_queue_decisions", "Decisions waiting to be written", self.queue_depth)?;
        let spool = self.spool;
        page.gauge("herald_spool_bytes", "Size of the spool", spool.bytes)?;
        page.gauge("herald_spool_segments", "Files of the spool", spool.segments)?;
        page.count("herald_spool_replayed_rows", "Rows that went from the spool to the database", spool.replayed)?;
        page.count("herald_spool_damaged", "Files of the spool that were found damaged", spool.damaged)
    }
}

impl Timings {
    pub(super) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, histogram) in [
            ("herald_commit_seconds", "Time from a batch in hand to its commit", &self.commit),
            ("herald_batch_decisions", "Decisions of one committed batch", &self.batch),
        ] {
            histogram.encode(&mut encoder.encode_descriptor(name, help, None, MetricType::Histogram)?)?;
        }
        Ok(())
    }
}
