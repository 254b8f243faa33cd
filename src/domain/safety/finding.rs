//! What an order check finds.

use crate::domain::decimal::Quantity;
use crate::domain::evidence::Reading;
use crate::domain::history::{Erbb2Mutation, StageGroup};
use crate::domain::medicine::Medicine;
use crate::domain::words::vocabulary;

use super::rules::{Ground, HeartLimit, Window};

vocabulary! {
    /// What a finding is about. **Declared in order of precedence** among findings of one severity.
    Check, "order check" {
        /// The tumour is HER2-negative and the medicine needs more.
        Her2Negative = "her2_negative",
        PregnancyPositive = "pregnancy_positive",
        /// Below a limit of the label.
        LvefLow = "lvef_low",
        /// Before the first dose, at a value of which the label says that it was not studied.
        LvefNotStudied = "lvef_not_studied",
        /// Two of trastuzumab, trastuzumab emtansine and trastuzumab deruxtecan in the same draft orders.
        ProductsTogether = "products_together",
        /// Nobody can tell which of several medicines the order names.
        ProductUnclear = "product_unclear",
        /// Another of the three is under way.
        ProductChanged = "product_changed",
        /// Negative, but another sample was positive, or the tests or the laboratory disagree.
        Her2NegativeDoubted = "her2_negative_doubted",
        /// ISH group 2, 3 or 4 that the guideline calls negative with a comment.
        Her2NegativeByComment = "her2_negative_by_comment",
        /// HER2 results exist only for another tumour, or two tumours differ.
        Her2OtherTumour = "her2_other_tumour",
        Her2Equivocal = "her2_equivocal",
        /// Preliminary results only.
        Her2NotFinal = "her2_not_final",
        /// Results of carcinoma in situ and of nothing else.
        Her2InSituOnly = "her2_in_situ_only",
        /// No usable result.
        Her2Unknown = "her2_unknown",
        /// Classified, but the HER2 condition of the label is not met.
        Her2ConditionNotMet = "her2_condition_not_met",
        /// HER2-low or ultralow, and the stage or the receptors are not those of the label.
        LabelSettingNotMet = "label_setting_not_met",
        /// Classified, but the record does not answer the HER2 condition of the label.
        Her2ConditionOpen = "her2_condition_open",
        /// HER2-ultralow, and the record does not say whether hormone receptors are positive.
        LabelReceptorsUnknown = "label_receptors_unknown",
        /// An ERBB2 variant is on record, and not whether it is one of the label.
        Erbb2VariantOpen = "erbb2_variant_open",
        /// Interstitial lung disease or pneumonitis on record.
        LungDisease = "lung_disease",
        /// Below a limit in one setting or course of treatment and not in another, and the record does not say which.
        LvefPerhapsLow = "lvef_perhaps_low",
        /// A fall against the value before treatment.
        LvefFall = "lvef_fall",
        /// None found in what was sent.
        LvefMissing = "lvef_missing",
        /// The key could not be had: nothing is known about it.
        LvefNotVisible = "lvef_not_visible",
        /// The newest one is on file, and is not readable or not final.
        LvefUnread = "lvef_unread",
        /// Older than the label or the policy asks for, or without a date.
        LvefStale = "lvef_stale",
        /// Dated to the year or the month only, a part of which is older than the label or the policy asks for.
        LvefPerhapsStale = "lvef_perhaps_stale",
        /// The label says to go on and to measure again soon.
        LvefRepeat = "lvef_repeat",
        /// One is on file that may be the last, and is not readable or not final.
        PregnancyUnread = "pregnancy_unread",
        /// The key could not be had: nothing is known about a test.
        PregnancyNotVisible = "pregnancy_not_visible",
        /// No test found in what was sent, before the first dose.
        PregnancyMissing = "pregnancy_missing",
        RasMutant = "ras_mutant",
        /// Something on RAS is on file, and it does not settle the status.
        RasOpen = "ras_open",
        RasUnknown = "ras_unknown",
        CpsBelow = "cps_below",
        CpsUnknown = "cps_unknown",
        /// The residual tumour does not carry the order, and the result before neoadjuvant treatment does.
        Her2PositiveBefore = "her2_positive_before",
        /// No label that is known here covers this tumour.
        TumourNotLabelled = "tumour_not_labelled",
    }
}

vocabulary! {
    /// How urgent a finding is, the least urgent first.
    Severity, "severity" {
        /// To be known; nothing on record speaks against the order.
        Info = "info",
        Warning = "warning",
        /// Only when an order is signed, and only for a HER2-negative tumour with a medicine that needs more, an LVEF below
        /// the limit of the label, and a recent positive pregnancy test.
        Critical = "critical",
    }
}

/// What a finding turns on, beside what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<'k> {
    /// The limits that the ejection fraction meets or may meet.
    Limits {
        /// In the order of the rule.
        limits: Vec<&'k HeartLimit>,
        /// Percentage points against the value before treatment, where both are known.
        fall: Option<Quantity>,
    },
    /// Place among the findings of the record of the result before neoadjuvant treatment.
    Before(usize),
    /// Which condition beside HER2 is not met.
    Setting {
        /// A stage that is not metastatic.
        stage: Option<StageGroup>,
        /// Receptors are negative, and the label asks for positive ones.
        receptors_negative: bool,
    },
    /// The variant on record.
    Variant(Erbb2Mutation),
    /// The lung disease is older than any dose of the medicine.
    BeforeMedicine,
}

/// One thing that speaks against an order, or is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyFinding<'k> {
    /// What it is about.
    pub check: Check,
    /// How urgent it is.
    pub severity: Severity,
    /// The medicine that is ordered.
    pub agent: Medicine,
    /// Reference of the draft order.
    pub order: &'k str,
    /// The rule with its reason and sources.
    pub ground: &'k Ground,
    /// Place among the findings of the record of the specimen that answers, where the check is about the HER2 status.
    pub result: Option<usize>,
    /// The time within which a value was looked for, where the check is about its age.
    pub window: Option<&'k Window>,
    /// What it turns on, where the reading alone does not say so.
    pub told: Option<Told<'k>>,
    /// What was read from where, the deciding reading first and the order last.
    pub evidence: Vec<Reading>,
    /// Further orders of which the same is found and that are not listed; counted on the last one that is.
    pub more: usize,
}
