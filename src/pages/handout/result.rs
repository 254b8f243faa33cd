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
        /// The test failed or has to be done: more tissue may be needed.
        NoAnswer = "no-answer",
        /// Something that the laboratory or the team may know is missing, or contradicts itself.
        Incomplete = "incomplete",
        /// Carcinoma in situ alone, for which HER2 is not used.
        InSitu = "in-situ",
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
            Category::Positive if has_own_label(tumour) => Self::Positive,
            Category::Positive if score == Some(IhcScore::ThreePlus) => Self::PositiveThreePlus,
            Category::Positive => Self::PositiveOther,
            Category::Negative if tumour == Tumour::Breast => of_breast_negative(expression),
            Category::Negative => Self::Negative,
            Category::Equivocal if is_middle(tumour, step) => Self::Middle,
            Category::Equivocal => Self::Equivocal,
            Category::Indeterminate | Category::Insufficient => of_no_answer(step),
        }
    }

    /// Whether a specimen of this tumour can have this result: what the list of handouts offers.
    #[must_use]
    pub const fn fits(self, tumour: Tumour) -> bool {
        match self {
            Self::Positive => has_own_label(tumour),
            Self::PositiveThreePlus | Self::PositiveOther => !has_own_label(tumour),
            Self::Low | Self::Ultralow | Self::NegativeOpen => matches!(tumour, Tumour::Breast),
            Self::Equivocal => !scored_across_tumours(tumour),
            Self::Middle => !has_own_label(tumour),
            Self::Negative | Self::NoAnswer | Self::Incomplete | Self::InSitu | Self::NotFinal => true,
        }
    }
}

/// Positive there does not hang on the score of 3+.
const fn has_own_label(tumour: Tumour) -> bool {
    matches!(tumour, Tumour::Breast | Tumour::Gastroesophageal)
}

/// A 2+ that no further test settles: of the tumours of the common rule, and where the rule leaves the ISH to trials.
fn is_middle(tumour: Tumour, step: NextStep) -> bool {
    scored_across_tumours(tumour) || (step == NextStep::OptionalIshTrialOnly && !has_own_label(tumour))
}

/// Nobody should fear another biopsy where a word from the laboratory is all that is missing.
const fn of_no_answer(step: NextStep) -> PlainResult {
    match step {
        NextStep::ConfirmInvasiveComponent => PlainResult::InSitu,
        NextStep::ObtainTumorType
        | NextStep::LabClarification
        | NextStep::ObtainScoringSystem
        | NextStep::ObtainSpecimenType
        | NextStep::ObtainPercentage
        | NextStep::ObtainIhc
        | NextStep::ObtainIhcOrIsh
        | NextStep::ObtainCopyNumber
        | NextStep::ObtainRatioOrCep17
        | NextStep::ClarifyMembraneStaining
        | NextStep::PathologistReview => PlainResult::Incomplete,
        _ => PlainResult::NoAnswer,
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
