//! Beside the service: its figures, its spans, the wall clock, and feedback that found no card.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use tokio::task::JoinSet;

use crate::config::Watching;
use crate::http;
use crate::metrics::{Exposition, Metrics, RecordFigures, SpoolFigures, WallClock};
use crate::record::{DatabaseState, RecorderHealth, Recorders};
use crate::store::Store;
use crate::traces::{Traces, TracesError};

/// How often the wall clock is looked at.
const CLOCK_EVERY: Duration = Duration::from_secs(1);
/// How often orphans are counted; nobody acts on them within minutes.
const ORPHANS_EVERY: Duration = Duration::from_secs(30);

/// What watches one service. It ends when this is dropped.
pub(super) struct Watch {
    metrics: Arc<Metrics>,
    traces: Option<Arc<Traces>>,
    running: JoinSet<()>,
}

impl Watch {
    /// Nothing runs yet but the way to the collector of spans.
    pub(super) fn new(watching: &Watching) -> Result<Self, TracesError> {
        let metrics = Arc::new(Metrics::new(Instant::now(), SystemTime::now()));
        let traces = watching.traces_endpoint.as_deref().map(Traces::start).transpose()?.map(Arc::new);
        Ok(Self { metrics, traces, running: JoinSet::new() })
    }

    pub(super) fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    pub(super) fn traces(&self) -> Option<Arc<Traces>> {
        self.traces.clone()
    }

    /// Shows the figures on `listener`, where there is one, and starts to look at the clock and at feedback.
    pub(super) fn start(
        &mut self,
        listener: Option<TcpListener>,
        recorders: &Recorders,
        store: &Store,
    ) -> io::Result<()> {
        if let Some(listener) = listener {
            let of = recorders.clone();
            let exposition = Exposition::new(self.metrics(), recorders.timings(), move || record_figures(&of.health()));
            let server = http::serve_metrics(listener, exposition)?;
            println!("metrics on http://{}/metrics", server.address());
            self.running.spawn(async {
                if let Err(error) = server.run().await {
                    tracing::error!(%error, "the metrics listener ended");
                }
            });
            self.running.spawn(count_orphans(self.metrics(), store.clone()));
        }
        self.running.spawn(watch_clock(self.metrics()));
        Ok(())
    }

    /// Ends what runs, and sends the last spans.
    pub(super) async fn end(self) {
        let Self { traces, running, .. } = self;
        drop(running);
        if let Some(traces) = traces {
            // The exporter blocks, and this thread still has tasks to run.
            let _ = tokio::task::spawn_blocking(move || traces.stop()).await;
        }
    }
}

/// The record in the words of the metrics.
fn record_figures(health: &RecorderHealth) -> RecordFigures {
    RecordFigures {
        durable: health.durable,
        spooled: health.spooled,
        unrecorded: health.unrecorded,
        refused: health.refused,
        replayed: health.replayed,
        conflicts: health.conflicts,
        overloaded: health.overloaded,
        poison: health.poison,
        batches: health.batches,
        outages: health.outages,
        queue_depth: u64::try_from(health.queue_depth).unwrap_or(u64::MAX),
        database_up: health.database == DatabaseState::Up,
        spool: SpoolFigures {
            bytes: health.spool_bytes,
            segments: u64::try_from(health.spool_segments).unwrap_or(u64::MAX),
            replayed: health.replayed_rows,
            damaged: health.damaged,
        },
    }
}

async fn watch_clock(metrics: Arc<Metrics>) {
    let mut clock = WallClock::new(SystemTime::now(), Instant::now());
    let mut tick = tokio::time::interval(CLOCK_EVERY);
    loop {
        tick.tick().await;
        if let Some(back) = clock.look(SystemTime::now(), Instant::now()) {
            metrics.clock_jumps.fetch_add(1, Ordering::Relaxed);
            let millis = u64::try_from(back.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(millis, "the wall clock went back");
        }
    }
}

/// While the database is away the last figure stands; that it is away is told elsewhere.
async fn count_orphans(metrics: Arc<Metrics>, store: Store) {
    let mut tick = tokio::time::interval(ORPHANS_EVERY);
    loop {
        tick.tick().await;
        if let Ok(orphans) = store.orphan_feedback().await {
            metrics.orphans(orphans.count, orphans.oldest);
        }
    }
}
