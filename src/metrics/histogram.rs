//! Histograms made of atomics. (The one of prometheus-client takes a lock for each value, which no reply should wait for.)

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::MetricEncoder;

use super::counters::Label;

/// How often values fell between given bounds. Cheap to clone; all clones share their counts.
#[derive(Debug, Clone)]
pub struct Histogram(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// How many of the unit that is counted make one of the unit that is told.
    scale: f64,
    /// The largest value of each bucket but the last, ascending.
    bounds: &'static [u64],
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
}

const MICROS: u64 = 1_000;
const MILLIS: u64 = 1_000 * MICROS;
const SECONDS: u64 = 1_000 * MILLIS;

/// Bounds for times, in nanoseconds: the deadlines of the service, 250 and 450 ms, are among them.
const TIMES: &[u64] = &[
    500 * MICROS,
    MILLIS,
    2 * MILLIS,
    5 * MILLIS,
    10 * MILLIS,
    20 * MILLIS,
    50 * MILLIS,
    100 * MILLIS,
    250 * MILLIS,
    450 * MILLIS,
    SECONDS,
    5 * SECONDS,
    10 * SECONDS,
];

/// Bounds for the number of rows in a batch, which holds 256 at most.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];

impl Histogram {
    /// Of times; they are told in seconds.
    #[must_use]
    pub fn times() -> Self {
        Self::new(SECONDS as f64, TIMES)
    }

    /// Of numbers of rows.
    #[must_use]
    pub fn sizes() -> Self {
        Self::new(1.0, SIZES)
    }

    fn new(scale: f64, bounds: &'static [u64]) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Inner { scale, bounds, buckets, sum: AtomicU64::new(0) }))
    }

    /// Counts a time.
    pub fn time(&self, time: Duration) {
        self.number(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Counts a number, in the unit of the bounds.
    pub fn number(&self, number: u64) {
        let Inner { bounds, buckets, sum, .. } = &*self.0;
        let bucket = bounds.iter().position(|bound| number <= *bound).unwrap_or(bounds.len());
        buckets[bucket].fetch_add(1, Ordering::Relaxed);
        sum.fetch_add(number, Ordering::Relaxed);
    }

    /// How many values were counted.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.0.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }

    /// The count is the sum of what was read of the buckets, so that one exposition agrees with itself.
    pub(super) fn encode(&self, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        let Inner { scale, bounds, buckets, sum } = &*self.0;
        let bounds = bounds.iter().map(|bound| *bound as f64 / scale).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> =
            bounds.zip(buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed))).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = sum.load(Ordering::Relaxed) as f64 / scale;
        encoder.encode_histogram::<[(&str, &str); 0]>(sum, count, &buckets, None)
    }
}

/// Histograms of one name, one for each value of a label.
#[derive(Debug)]
pub struct Histograms {
    label: Label,
    of: Box<[Histogram]>,
}

impl Histograms {
    /// Of times.
    #[must_use]
    pub fn times(label: Label) -> Self {
        Self { label, of: label.values.iter().map(|_| Histogram::times()).collect() }
    }

    /// The histogram of one value.
    #[must_use]
    pub fn of(&self, value: &str) -> &Histogram {
        &self.of[self.label.place(value)]
    }

    pub(super) fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (value, histogram) in self.label.values.iter().zip(&self.of) {
            let labels = [(self.label.name, *value)];
            histogram.encode(&mut encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_belongs_below_it_and_one_beyond_all_bounds_is_still_counted() {
        let sizes = Histogram::sizes();
        for number in [1, 2, 3, 256, 257] {
            sizes.number(number);
        }
        let counts: Vec<u64> = sizes.0.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect();
        assert_eq!(counts, [1, 1, 1, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(sizes.counted(), 5);
        assert_eq!(sizes.0.sum.load(Ordering::Relaxed), 519);
    }
}
