//! Which plain words belong to a result. More than the category, because what a result means for a patient turns on the
//! tumour and on the score; never more than the assessment says.

use crate::domain::finding::{Category, Expression, NextStep};
use crate::domain::ihc::IhcScore;
use crate::domain::tumour::Tumour;
use crate::domain::words::vocabulary;

vocabulary! {
    /// A result as the handout tells it.
    PlainResult, "plain result" {
        /// Breast and stomach: extra HER2.
        Positive = "positive",
        /// Other tumours: positive with the score that a label across tumours asks for.
        PositiveThreePlus = "positive-3plus",
        /// Other tumours: positive by another way.
        PositiveOther = "positive-other",
        /// Breast only.
        Low = "low",
        /// Breast only.
        Ultralow = "ultralow",
        /// Not enough to be called positive.
        Negative = "negative",
        /// Breast: negative, and low or ultralow is not settled.
        NegativeOpen = "negative-open",
        /// Another step is due.
        Equivocal = "equivocal",
        /// A score of 2+ where no label asks for ISH.
        Middle = "middle",
        /// Failed, contradictory, or not enough was sent.
        NoAnswer = "no-answer",
        /// Preliminary.
        NotFinal = "not-final",
    }
}

impl PlainResult {
    /// The words for a classified specimen.
    #[must_use]
    pub fn of(
        tumour: Tumour,
        category: Category,
        expression: Expression,
        step: NextStep,
        score: Option<IhcScore>,
    ) -> Self {
        match category {
            _ if step == NextStep::AwaitFinal => Self::NotFinal,
            Category::Positive if matches!(tumour, Tumour::Breast | Tumour::Gastroesophageal) => Self::Positive,
            Category::Positive if score == Some(IhcScore::ThreePlus) => Self::PositiveThreePlus,
            Category::Positive => Self::PositiveOther,
            Category::Negative if tumour == Tumour::Breast => of_breast_negative(expression),
            Category::Negative => Self::Negative,
            Category::Equivocal if scored_across_tumours(tumour) => Self::Middle,
            Category::Equivocal => Self::Equivocal,
            Category::Indeterminate | Category::Insufficient => Self::NoAnswer,
        }
    }

    /// Whether a specimen of this tumour can have this result: what the list of handouts offers.
    #[must_use]
    pub const fn fits(self, tumour: Tumour) -> bool {
        let own_label = matches!(tumour, Tumour::Breast | Tumour::Gastroesophageal);
        match self {
            Self::Positive => own_label,
            Self::PositiveThreePlus | Self::PositiveOther => !own_label,
            Self::Low | Self::Ultralow | Self::NegativeOpen => matches!(tumour, Tumour::Breast),
            Self::Equivocal => !scored_across_tumours(tumour),
            Self::Middle => scored_across_tumours(tumour),
            Self::Negative | Self::NoAnswer | Self::NotFinal => true,
        }
    }
}

const fn of_breast_negative(expression: Expression) -> PlainResult {
    match expression {
        Expression::Low => PlainResult::Low,
        Expression::Ultralow => PlainResult::Ultralow,
        Expression::ZeroUnspecified | Expression::Undetermined | Expression::UnknownNoIhc => PlainResult::NegativeOpen,
        Expression::Null | Expression::NotApplicable => PlainResult::Negative,
    }
}

/// The tumours of the common rule, where 2+ calls for no further test by itself.
const fn scored_across_tumours(tumour: Tumour) -> bool {
    match tumour {
        Tumour::Ovarian
        | Tumour::Biliary
        | Tumour::Lung
        | Tumour::Urothelial
        | Tumour::Cervical
        | Tumour::Pancreatic
        | Tumour::Salivary
        | Tumour::OtherSolid => true,
        Tumour::Breast | Tumour::Gastroesophageal | Tumour::Endometrial | Tumour::Colorectal | Tumour::Unknown => false,
    }
}

/// Where the handout of a result is served. It names a kind of result and no patient.
#[must_use]
pub fn handout_address(tumour: Tumour, result: PlainResult) -> String {
    format!("/handout/{tumour}/{result}")
}
