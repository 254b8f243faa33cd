//! HER2 in situ hybridisation: signals counted in nuclei, with or without the chromosome 17 probe.

use super::decimal::Quantity;
use super::words::vocabulary;

vocabulary! {
    /// Number of probes. Single only if the sender says so.
    IshMethod, "ISH method" {
        Dual = "dual",
        Single = "single",
    }
}

vocabulary! {
    /// A word of the laboratory for an ISH result.
    IshWord, "word of an ISH result" {
        /// Amplified, detected.
        Positive = "positive",
        /// Not amplified.
        Negative = "negative",
        Equivocal = "equivocal",
        Failed = "failed",
    }
}

/// The numbers of one count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// HER2/CEP17 ratio as sent.
    pub ratio: Option<Quantity>,
    /// Mean HER2 copies per nucleus.
    pub her2: Option<Quantity>,
    /// Mean CEP17 copies per nucleus.
    pub cep17: Option<Quantity>,
    /// Cells counted.
    pub cells: Option<u32>,
    /// Fewer cells than this were counted, where no more is said of their number.
    pub cells_below: Option<u32>,
}

/// A second count of the same slide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recount {
    /// Its numbers.
    pub count: Count,
    /// Was the second observer blinded to the first count? None if not said.
    pub blinded: Option<bool>,
}

/// One ISH result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ish {
    /// Dual unless the sender says single.
    pub method: IshMethod,
    /// The numbers of the first count.
    pub count: Count,
    /// Percent of cells with a ratio of 2 or more (HERACLES).
    pub percent_cells_ratio_ge_2: Option<Quantity>,
    /// The laboratory's word.
    pub interpretation: Option<IshWord>,
    /// A ratio or mean of zero or less, or negative copies, was sent: the count cannot be right, although the number itself
    /// is not shown.
    pub implausible: bool,
    /// The second count, where one was sent (an ISH Observation derived from this one).
    pub recount: Option<Recount>,
}

impl Default for Ish {
    fn default() -> Self {
        Self {
            method: IshMethod::Dual,
            count: Count::default(),
            percent_cells_ratio_ge_2: None,
            interpretation: None,
            implausible: false,
            recount: None,
        }
    }
}
