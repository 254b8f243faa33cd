//! A trial of the first, small registry: which tumours it takes and by which HER2 result. The other criteria are not
//! held here, so a listed trial can only be named as one "to check".

use jiff::civil::Date;

use crate::domain::tumour::Tumour;
use crate::domain::words::vocabulary;

vocabulary! {
    /// One HER2 result that meets a trial's HER2 criterion, in the trial's own scoring system.
    Her2Condition, "HER2 condition of a trial" {
        /// "HER2-positive" by the guideline of the tumour, without further detail in the trial's text.
        Positive = "positive",
        /// HER2-low: IHC 1+, or 2+ with negative ISH.
        Low = "low",
        /// HER2-ultralow: IHC 0 with some membrane staining.
        Ultralow = "ultralow",
        Ihc0 = "ihc0",
        Ihc1 = "ihc1",
        Ihc2 = "ihc2",
        Ihc3 = "ihc3",
        /// IHC 2+ together with amplification by ISH.
        Ihc2IshPositive = "ihc2_ish_positive",
        /// Amplification by ISH, whatever the IHC score.
        IshPositive = "ish_positive",
    }
}

/// One trial for one tumour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTrial {
    /// `NCT` and eight digits.
    pub nct: String,
    /// The brief or official title, as registered.
    pub title: String,
    /// As registered, for instance `Phase 1/Phase 2`.
    pub phase: String,
    /// The registry's word: `RECRUITING`, `NOT_YET_RECRUITING`, … An unknown word is kept.
    pub status: String,
    /// The first day of the month in which that status was read.
    pub verified: Date,
    /// Where the row comes from.
    pub source: String,
    /// The tumour this row is about.
    pub tumour: Tumour,
    /// Any one of these meets the HER2 criterion.
    pub her2: Vec<Her2Condition>,
}
