//! The page that a collector reads: every figure of the service as OpenMetrics text.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::counters::{Counters, encode_count};
use super::figures::Metrics;
use super::histogram::Histograms;
use super::process::Process;
use super::record::{RecordFigures, Timings};

/// Everything that is shown.
pub struct Exposition(Registry);

impl Exposition {
    /// The form of the page, as `Content-Type` names it.
    pub const CONTENT_TYPE: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// What the service counted, and the record as `look` finds it each time.
    #[must_use]
    pub fn new(
        metrics: Arc<Metrics>,
        timings: Timings,
        look: impl Fn() -> RecordFigures + Send + Sync + 'static,
    ) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Source { metrics, timings, look: Box::new(look) }));
        Self(registry)
    }

    /// The page as it is now.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = String::new();
        // Writing to memory cannot fail.
        let _ = text::encode(&mut page, &self.0);
        page
    }
}

struct Source {
    metrics: Arc<Metrics>,
    timings: Timings,
    look: Box<dyn Fn() -> RecordFigures + Send + Sync>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

impl Collector for Source {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.metrics.encode(&mut encoder, Instant::now())?;
        (self.look)().encode(&mut encoder)?;
        self.timings.encode(&mut encoder)?;
        let Some(process) = Process::now() else { return Ok(()) };
        let mut page = Page(&mut encoder);
        page.gauge("process_resident_memory_bytes", "Resident memory", process.resident_bytes)?;
        page.gauge("process_open_fds", "Open file descriptors", process.open_files)?;
        page.seconds_spent("process_cpu_seconds", "Processor time", process.cpu_seconds)
    }
}

/// Writes one figure after the other. Names are given without the ending that OpenMetrics adds to counters.
pub(super) struct Page<'p, 'e>(pub(super) &'p mut DescriptorEncoder<'e>);

impl Page<'_, '_> {
    pub(super) fn counters<const N: usize>(&mut self, name: &str, help: &str, counters: &Counters<N>) -> fmt::Result {
        counters.encode(self.0.encode_descriptor(name, help, None, MetricType::Counter)?)
    }

    pub(super) fn histograms(&mut self, name: &str, help: &str, histograms: &Histograms) -> fmt::Result {
        histograms.encode(self.0.encode_descriptor(name, help, None, MetricType::Histogram)?)
    }

    pub(super) fn count(&mut self, name: &str, help: &str, count: u64) -> fmt::Result {
        encode_count(&mut self.0.encode_descriptor(name, help, None, MetricType::Counter)?, count)
    }

    pub(super) fn seconds_spent(&mut self, name: &str, help: &str, seconds: f64) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        encoder.encode_counter::<[(&str, &str); 0], f64, f64>(&seconds, None)
    }

    pub(super) fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.0.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
    }

    pub(super) fn seconds(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.0.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
    }

    pub(super) fn info(&mut self, name: &str, help: &str, labels: &[(&str, &str); 2]) -> fmt::Result {
        self.0.encode_descriptor(name, help, None, MetricType::Info)?.encode_info(labels)
    }
}
