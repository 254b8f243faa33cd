//! The columns of a decision table: everything that the IHC, the ISH and the second count of a specimen can say to it.
//!
//! Rules are data and may combine these words freely. What a word means is software and stands here.

use super::words::vocabulary;

vocabulary! {
    /// What the IHC says to the table.
    IhcColumn, "IHC column" {
        Three = "3+",
        Two = "2+",
        One = "1+",
        /// Score 0; in breast, with nothing said about staining.
        Zero = "0",
        /// Breast: score 0 with faint partial staining in 10 % or less.
        ZeroStained = "0 stained",
        /// Breast: score 0 without any staining.
        ZeroUnstained = "0 unstained",
        /// One of the two, not known which: the word "negative", two scores 0 and 1+, or a mild contradiction.
        ZeroOrOne = "0 or 1+",
        /// HERACLES: positive by score and percentage.
        Positive = "positive",
        /// HERACLES: to be confirmed by ISH.
        ToConfirm = "to confirm",
        /// HERACLES: negative by score and percentage.
        Negative = "negative",
        /// Tested, but not assessable.
        Indeterminate = "indeterminate",
        /// The score contradicts its own details.
        Contradicted = "contradicted",
        /// Two results of the specimen differ.
        Conflicting = "conflicting",
        /// The score depends on whether this is a biopsy or a resection, and that is not known.
        KindNeeded = "kind needed",
        /// The score depends on a percentage that was not sent.
        PercentageNeeded = "percentage needed",
        /// No IHC.
        Missing = "none",
    }
}

vocabulary! {
    /// What the ISH says to the table.
    IshColumn, "ISH column" {
        /// Breast, dual probe: ratio ≥ 2.0, copies ≥ 4.0.
        Group1 = "group-1",
        Group2 = "group-2",
        Group3 = "group-3",
        Group4 = "group-4",
        Group5 = "group-5",
        /// Breast, single probe.
        SingleHigh = "single-high",
        SingleMiddle = "single-middle",
        SingleLow = "single-low",
        /// Outside breast.
        Amplified = "amplified",
        NotAmplified = "not-amplified",
        /// Gastric line 4: not final.
        Between = "between",
        /// Endometrial: ratio below 2.0 with many copies.
        HighCopies = "high-copies",
        /// Only a word of the laboratory, without numbers.
        WordPositive = "word-positive",
        WordNegative = "word-negative",
        WordEquivocal = "word-equivocal",
        /// A ratio alone, which leaves several groups open.
        RatioOnly = "ratio-only",
        /// A ratio alone, below the threshold.
        RatioOnlyLow = "ratio-only-low",
        /// Copies without a ratio.
        CopiesOnly = "copies-only",
        /// Copies without a ratio, below the threshold.
        CopiesOnlyLow = "copies-only-low",
        /// HERACLES: the percentage of cells with a ratio of 2 or more is missing.
        PercentageNeeded = "percentage-needed",
        /// Outside breast: numbers of a single probe, for which there is no rule.
        SingleProbe = "single-probe",
        TooFewCells = "too-few-cells",
        Inconsistent = "inconsistent",
        Implausible = "implausible",
        /// Failed, or not assessable because the result contradicts itself.
        Failed = "failed",
        /// Two usable results that lead to different categories.
        Conflicting = "conflicting",
        /// No ISH.
        Missing = "none",
    }
}

impl IshColumn {
    /// The number of the breast group.
    #[must_use]
    pub const fn group(self) -> Option<u8> {
        match self {
            Self::Group1 => Some(1),
            Self::Group2 => Some(2),
            Self::Group3 => Some(3),
            Self::Group4 => Some(4),
            Self::Group5 => Some(5),
            _ => None,
        }
    }

    /// A result that can stand for the specimen: complete numbers, or the laboratory's word.
    #[must_use]
    pub fn is_usable(self) -> bool {
        self <= Self::WordEquivocal
    }
}

vocabulary! {
    /// What the second count says to the table.
    RecountColumn, "recount column" {
        Missing = "missing",
        Invalid = "invalid",
        SameGroup = "same group",
        OtherGroup = "other group",
    }
}

vocabulary! {
    /// Findings that need no table.
    Case, "case" {
        TumourUnknown = "tumour-unknown",
        HistologyNeeded = "histology-needed",
        NotCovered = "not-covered",
        NotInvasive = "not-invasive",
        /// The stated scoring system does not belong to the tumour.
        ScoringNotOfTumour = "scoring-not-of-tumour",
        /// No system is stated, and the systems of the tumour differ.
        ScoringUnknown = "scoring-unknown",
        /// No row of a table fits. The proof at loading excludes it.
        NoRow = "no-row",
    }
}
