//! Findings: what a rule makes of one specimen, with its reasons.

use smol_str::SmolStr;

use super::decimal::Decimal;
use super::evidence::{OverallWord, Reading};
use super::flags::Flags;
use super::ihc::Ihc;
use super::ish::Ish;
use super::specimen::{Scoring, Side, Site, SpecimenKind};
use super::tumour::Tumour;
use super::when::Collected;
use super::words::vocabulary;

vocabulary! {
    /// The HER2 status of a specimen.
    Category, "category" {
        Positive = "positive",
        Negative = "negative",
        /// A step of the guideline is outstanding.
        Equivocal = "equivocal",
        /// Tested, but failed or self-contradictory.
        Indeterminate = "indeterminate",
        /// What was sent does not allow a classification.
        Insufficient = "insufficient",
    }
}

vocabulary! {
    /// For breast negatives only: a term of drug labels, never a status.
    Expression, "expression" {
        Low = "low",
        Ultralow = "ultralow",
        Null = "null",
        ZeroUnspecified = "zero_unspecified",
        Undetermined = "undetermined",
        UnknownNoIhc = "unknown_no_ihc",
        NotApplicable = "not_applicable",
    }
}

vocabulary! {
    /// What an equivocal case would be if nothing more came. It never opens a therapy consideration.
    Provisional, "provisional status" {
        Positive = "positive",
        Negative = "negative",
    }
}

vocabulary! {
    /// The comment that the breast guideline asks for with a negative of groups 2 to 4.
    Comment, "comment" {
        Group2 = "ASCO_CAP_2018_G2",
        Group3 = "ASCO_CAP_2018_G3",
        Group4 = "ASCO_CAP_2018_G4",
    }
}

impl Comment {
    /// What the comment says, in our own words and short enough for a card that has the numbers (clinical reference 4.1).
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Group2 => {
                "Too few such patients were in the trials to show a benefit; without IHC 3+ it is called negative."
            }
            Self::Group3 => {
                "Such patients without overexpression were not in the first trials, so with IHC 0 or 1+ it is called negative."
            }
            Self::Group4 => {
                "Benefit is uncertain and a repeat may cross a threshold by chance; without IHC 3+ it is called negative."
            }
        }
    }

    /// The numbers of its group.
    #[must_use]
    pub const fn numbers(self) -> &'static str {
        match self {
            Self::Group2 => "Group 2 (ratio 2.0 or more, fewer than 4.0 copies)",
            Self::Group3 => "Group 3 (ratio below 2.0, 6.0 copies or more)",
            Self::Group4 => "Group 4 (ratio below 2.0, 4.0 to below 6.0 copies)",
        }
    }
}

/// Beside a comment, where a negative of groups 2 to 4 is told as low (clinical reference 3.3, UNCONFIRMED).
pub const LOW_IN_GROUPS_2_TO_4: &str = "HER2-low in groups 2 to 4 is unconfirmed.";

vocabulary! {
    /// The one step that would help most. **Declared in order of precedence**: where several apply, the smallest wins.
    NextStep, "next step" {
        ObtainTumorType = "obtain_tumor_type",
        ConfirmInvasiveComponent = "confirm_invasive_component",
        AwaitFinal = "await_final",
        LabClarification = "lab_clarification",
        ObtainScoringSystem = "obtain_scoring_system",
        ObtainSpecimenType = "obtain_specimen_type",
        ObtainPercentage = "obtain_percentage",
        RepeatAssayOrNewSpecimen = "repeat_assay_or_new_specimen",
        AdjudicatePerLabProcedure = "adjudicate_per_lab_procedure",
        ObtainIhc = "obtain_ihc",
        ObtainIhcOrIsh = "obtain_ihc_or_ish",
        ConcomitantIhc = "concomitant_ihc",
        ConcomitantIhcOrDualProbe = "concomitant_ihc_or_dual_probe",
        CountAtLeast20Cells = "count_at_least_20_cells",
        ObtainCopyNumber = "obtain_copy_number",
        ObtainRatioOrCep17 = "obtain_ratio_or_cep17",
        BlindedRecount = "blinded_recount",
        DualProbeIsh = "dual_probe_ish",
        Count20MoreOrAltProbeOrNewBlock = "count_20_more_or_alt_probe_or_new_block",
        RepeatIhcAndIsh = "repeat_ihc_and_ish",
        AwaitIsh = "await_ish",
        ReflexIsh = "reflex_ish",
        ReflexIshOrNewSpecimen = "reflex_ish_or_new_specimen",
        MultidisciplinaryReview = "multidisciplinary_review",
        PathologistReview = "pathologist_review",
        ClarifyMembraneStaining = "clarify_membrane_staining",
        ObtainIhcForLowUltralow = "obtain_ihc_for_low_ultralow",
        ClinicianReviewEverLow = "clinician_review_ever_low",
        CheckRasStatus = "check_ras_status",
        Erbb2MutationTesting = "erbb2_mutation_testing",
        OptionalIshTrialOnly = "optional_ish_trial_only",
        None = "none",
    }
}

vocabulary! {
    /// Remarks on a finding.
    Flag, "flag" {
        NearThreshold = "near_threshold",
        UnusualPattern2Plus = "unusual_pattern_2plus",
        IhcScorePctInconsistent = "ihc_score_pct_inconsistent",
        IhcScorePatternInconsistent = "ihc_score_pattern_inconsistent",
        IhcIshDiscordant = "ihc_ish_discordant",
        IshFailed = "ish_failed",
        InterpretationOnlyNoNumbers = "interpretation_only_no_numbers",
        ObsoleteIshEquivocal = "obsolete_ish_equivocal",
        ImplausibleValue = "implausible_value",
        RatioComputed = "ratio_computed",
        RatioCopyInconsistent = "ratio_copy_inconsistent",
        CellsBelow20 = "cells_below_20",
        CellsNotReported = "cells_not_reported",
        RatioWithoutCopyNumber = "ratio_without_copy_number",
        CopyNumberWithoutRatio = "copy_number_without_ratio",
        RecountInvalid = "recount_invalid",
        RecountChangedGroup = "recount_changed_group",
        LabInterpretationDisagrees = "lab_interpretation_disagrees",
        ConcomitantIhcRecommended = "concomitant_ihc_recommended",
        ScoringSystemUnknown = "scoring_system_unknown",
        ScoringSystemDependent = "scoring_system_dependent",
        PolysomyRuleNotStandardised = "polysomy_rule_not_standardised",
        LabelRequiresIhc3 = "label_requires_ihc3",
        RasUnknown = "ras_unknown",
        OutsideUsEuLabelOnly = "outside_us_eu_label_only",
        NotInvasive = "not_invasive",
        AmendedResult = "amended_result",
        NotFinal = "not_final",
        IshPending = "ish_pending",
        ExcludedStatus = "excluded_status",
        ConflictingResults = "conflicting_results",
        IshOtherSpecimenIgnored = "ish_other_specimen_ignored",
        IshBeforeIhc = "ish_before_ihc",
        NewerSpecimenNotEvaluable = "newer_specimen_not_evaluable",
        CoreVsExcisionDiscordant = "core_vs_excision_discordant",
        MultifocalDiscordant = "multifocal_discordant",
        HeterogeneousBetweenSpecimens = "heterogeneous_between_specimens",
        DiscordantOverTime = "discordant_over_time",
        PriorPositive = "prior_positive",
        PostTrastuzumabLossPossible = "post_trastuzumab_loss_possible",
        ExpressionChangedOverTime = "expression_changed_over_time",
        EverLow = "ever_low",
        TextDerived = "text_derived",
        AmbiguousScore = "ambiguous_score",
        StatusWordOnly = "status_word_only",
        NegationInText = "negation_in_text",
    }
}

/// What the classification of a specimen rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// At least one final (or amended) result that can be used.
    Final,
    /// Preliminary results only.
    Preliminary,
    /// Nothing usable: everything was set aside, is pending, or is not invasive.
    Nothing,
}

/// The IHC of a finding as it is shown: the result that counted.
pub type IhcShown = Ihc;

/// The ISH of a finding as it is shown: the result that counted, with what the rule derived from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IshShown {
    /// The result as sent.
    pub ish: Ish,
    /// HER2 ÷ CEP17 where no ratio was sent: exact value, text cut after 4 decimals.
    pub ratio_computed: Option<Decimal>,
    /// ISH group 1 to 5 (breast, dual probe), if the numbers allow one.
    pub group: Option<u8>,
}

/// A single change of a value that would change the category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The change in words, made from the table.
    pub change: SmolStr,
    /// What the category would be.
    pub category: Category,
    /// The row that would apply.
    pub rule: SmolStr,
}

/// What a rule makes of one specimen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Primary tumour of the specimen.
    pub tumour: Tumour,
    /// The reference as sent.
    pub specimen: Option<SmolStr>,
    /// Date and where it comes from.
    pub collected: Option<Collected>,
    /// How it was taken.
    pub kind: SpecimenKind,
    /// Primary or metastatic tissue.
    pub site: Site,
    /// Which of two breast cancers it comes from; None where the record does not hold two.
    pub side: Option<Side>,
    /// The scoring system that was applied.
    pub scoring: Scoring,
    /// `Some(false)` only if the sender said in situ only.
    pub invasive: Option<bool>,
    /// The IHC that counted.
    pub ihc: Option<IhcShown>,
    /// The ISH that counted.
    pub ish: Option<IshShown>,
    /// The status.
    pub category: Category,
    /// Label term beside a breast negative.
    pub expression: Expression,
    /// Beside an equivocal status.
    pub provisional: Option<Provisional>,
    /// The one next step.
    pub next_step: NextStep,
    /// Remarks, in the order of the vocabulary.
    pub flags: Flags,
    /// Comment that the guideline asks for.
    pub comment: Option<Comment>,
    /// `breast-asco-cap-2018/G4-2plus`: rule set and row.
    pub rule: SmolStr,
    /// The laboratory's overall word.
    pub lab_reported: Option<OverallWord>,
    /// What was read from where.
    pub evidence: Vec<Reading>,
    /// What was read before a result was amended or replaced.
    pub before: Vec<Reading>,
    /// Single changes that would change the category.
    pub flips: Vec<Flip>,
    /// What this rests on.
    pub basis: Basis,
}

impl Finding {
    /// Comes from the same primary tumour as `other`. Two organs are two primaries, and so are two breasts.
    #[must_use]
    pub fn is_of_same_primary(&self, other: &Self) -> bool {
        (self.tumour, self.side) == (other.tumour, other.side)
    }

    /// Rests on a usable, invasive result.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        !matches!(self.basis, Basis::Nothing)
    }
}
