//! Counters with closed sets of labels: every combination has its place from the start, so counting is one addition.

use std::array;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::MetricEncoder;

/// A label and every value that it can have. The last one stands for whatever is not on the list.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// Its values; never empty.
    pub values: &'static [&'static str],
}

impl Label {
    /// The place of `value`; of a word that is not on the list, the last place.
    pub(super) fn place(&self, value: &str) -> usize {
        let last = self.values.len().saturating_sub(1);
        self.values.iter().position(|known| *known == value).unwrap_or(last)
    }
}

/// Counters of one name, one for each combination of the values of `N` labels.
#[derive(Debug)]
pub struct Counters<const N: usize> {
    labels: [Label; N],
    counts: Box<[AtomicU64]>,
}

impl<const N: usize> Counters<N> {
    /// All at zero.
    #[must_use]
    pub fn new(labels: [Label; N]) -> Self {
        let places = labels.iter().map(|label| label.values.len()).product();
        Self { labels, counts: (0..places).map(|_| AtomicU64::new(0)).collect() }
    }

    /// One more.
    pub fn count(&self, values: [&str; N]) {
        self.add(values, 1);
    }

    /// `by` more.
    pub fn add(&self, values: [&str; N], by: u64) {
        if let Some(count) = self.at(values) {
            count.fetch_add(by, Ordering::Relaxed);
        }
    }

    /// The count of one combination.
    #[must_use]
    pub fn of(&self, values: [&str; N]) -> u64 {
        self.at(values).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    fn at(&self, values: [&str; N]) -> Option<&AtomicU64> {
        let labels = self.labels.iter().zip(values);
        self.counts.get(labels.fold(0, |at, (label, value)| at * label.values.len() + label.place(value)))
    }

    pub(super) fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (place, count) in self.counts.iter().enumerate() {
            let labels = self.labels_at(place);
            encode_count(&mut encoder.encode_family(&labels)?, count.load(Ordering::Relaxed))?;
        }
        Ok(())
    }

    /// Names and values at `place`: the last label changes first.
    fn labels_at(&self, mut place: usize) -> [(&'static str, &'static str); N] {
        let mut values = [""; N];
        for (value, label) in values.iter_mut().zip(&self.labels).rev() {
            *value = label.values[place % label.values.len()];
            place /= label.values.len();
        }
        array::from_fn(|at| (self.labels[at].name, values[at]))
    }
}

/// Writes the value of one counter.
pub(super) fn encode_count(encoder: &mut MetricEncoder<'_>, count: u64) -> fmt::Result {
    encoder.encode_counter::<[(&str, &str); 0], u64, f64>(&count, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Label = Label { name: "shape", values: &["round", "square", "other"] };
    const COLOUR: Label = Label { name: "colour", values: &["red", "other"] };

    #[test]
    fn every_combination_of_labels_has_a_count_of_its_own() {
        let counters = Counters::new([SHAPE, COLOUR]);
        counters.count(["square", "red"]);
        counters.add(["square", "red"], 2);
        counters.count(["round", "other"]);
        assert_eq!(counters.of(["square", "red"]), 3);
        assert_eq!(counters.of(["round", "other"]), 1);
        assert_eq!(counters.of(["round", "red"]), 0);
        assert_eq!(counters.labels_at(2), [("shape", "square"), ("colour", "red")]);
        assert_eq!(counters.labels_at(5), [("shape", "other"), ("colour", "other")]);
    }

    #[test]
    fn a_word_that_nobody_listed_never_becomes_a_label() {
        let counters = Counters::new([SHAPE]);
        counters.count(["Jane Doe"]);
        assert_eq!(counters.of(["other"]), 1);
        assert_eq!(counters.labels_at(2), [("shape", "other")]);
    }
}
