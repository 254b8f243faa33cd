//! HER2 immunohistochemistry as the pathologist reported it. Herald never scores a slide again.

use super::decimal::Quantity;
use super::words::vocabulary;

vocabulary! {
    /// The reported score.
    IhcScore, "IHC score" {
        Zero = "0",
        OnePlus = "1+",
        TwoPlus = "2+",
        ThreePlus = "3+",
        /// Tested, but not assessable (controls failed, too little invasive tumour).
        Indeterminate = "indeterminate",
    }
}

vocabulary! {
    /// How far the membrane is stained.
    MembranePattern, "membrane pattern" {
        None = "none",
        Incomplete = "incomplete",
        Complete = "complete",
        Basolateral = "basolateral",
        Lateral = "lateral",
        Circumferential = "circumferential",
        Segmental = "segmental",
        PartMembrane = "part_membrane",
    }
}

vocabulary! {
    /// How strong the stain is.
    StainingIntensity, "staining intensity" {
        None = "none",
        Faint = "faint",
        WeakModerate = "weak_moderate",
        Moderate = "moderate",
        ModerateIntense = "moderate_intense",
        Strong = "strong",
        Intense = "intense",
    }
}

vocabulary! {
    /// A word of the laboratory for an IHC result, without a score.
    IhcWord, "word of an IHC result" {
        Positive = "positive",
        Negative = "negative",
        Equivocal = "equivocal",
        Indeterminate = "indeterminate",
    }
}

impl IhcScore {
    /// The word of the class that the score lies in.
    #[must_use]
    pub const fn class(self) -> IhcWord {
        match self {
            Self::ThreePlus => IhcWord::Positive,
            Self::TwoPlus => IhcWord::Equivocal,
            Self::OnePlus | Self::Zero => IhcWord::Negative,
            Self::Indeterminate => IhcWord::Indeterminate,
        }
    }
}

/// One IHC result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ihc {
    /// The score; None where only a word, or nothing, was sent.
    pub score: Option<IhcScore>,
    /// Stained cells in percent, 0 to 100.
    pub percent: Option<Quantity>,
    /// Membrane pattern, if sent.
    pub pattern: Option<MembranePattern>,
    /// Staining intensity, if sent.
    pub intensity: Option<StainingIntensity>,
    /// Cohesive stained tumour cells in a biopsy (gastric scoring).
    pub cluster_cells: Option<u32>,
    /// A bound of their number, where no more is known of it.
    pub cluster_bound: Option<Quantity>,
    /// The laboratory's word, beside a score or instead of one.
    pub interpretation: Option<IhcWord>,
}
