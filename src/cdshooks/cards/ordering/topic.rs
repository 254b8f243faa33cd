//! What a card at ordering is about: one card for each, however many medicines it concerns.

use crate::cdshooks::cards::overrides::{
    ALREADY_DONE, AWARE, BOARD_DECIDED, DONE_OUTSIDE, ECHO_SCHEDULED, NOT_APPROPRIATE, POSITIVE_ELSEWHERE,
    RESULT_WRONG, TRIAL_PROTOCOL,
};
use crate::cdshooks::response::Coding;
use crate::domain::safety::Check;

/// The things a card may be about. Of two cards none is about the same thing as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Her2,
    Pregnancy,
    Heart,
    Product,
    Lungs,
    Ras,
    PdL1,
    Label,
}

impl Topic {
    pub(super) const fn of(check: Check) -> Self {
        match Question::of(check) {
            Question::Against | Question::Open | Question::Before => Self::Her2,
            Question::Pregnant | Question::PregnancyMissing => Self::Pregnancy,
            Question::HeartLow | Question::HeartMissing => Self::Heart,
            Question::Product => Self::Product,
            Question::Lungs => Self::Lungs,
            Question::Ras => Self::Ras,
            Question::PdL1 => Self::PdL1,
            Question::Label => Self::Label,
        }
    }
}

/// What a finding leaves to the clinician. Findings of one question have one code and one list of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    /// HER2 speaks against the order.
    Against,
    /// HER2 is not known as far as the order needs it.
    Open,
    /// HER2 was positive before neoadjuvant treatment.
    Before,
    Pregnant,
    PregnancyMissing,
    HeartLow,
    HeartMissing,
    Product,
    Lungs,
    Ras,
    PdL1,
    Label,
}

impl Question {
    const fn of(check: Check) -> Self {
        match check {
            Check::Her2Negative
            | Check::Her2NegativeDoubted
            | Check::Her2NegativeByComment
            | Check::Her2OtherTumour
            | Check::Her2ConditionNotMet
            | Check::LabelSettingNotMet => Self::Against,
            Check::Her2Equivocal
            | Check::Her2NotFinal
            | Check::Her2InSituOnly
            | Check::Her2Unknown
            | Check::Her2ConditionOpen
            | Check::LabelReceptorsUnknown
            | Check::Erbb2VariantOpen => Self::Open,
            Check::Her2PositiveBefore => Self::Before,
            Check::PregnancyPositive => Self::Pregnant,
            Check::PregnancyUnread | Check::PregnancyNotVisible | Check::PregnancyMissing => Self::PregnancyMissing,
            Check::LvefLow | Check::LvefNotStudied | Check::LvefPerhapsLow | Check::LvefFall | Check::LvefRepeat => {
                Self::HeartLow
            }
            Check::LvefMissing
            | Check::LvefNotVisible
            | Check::LvefUnread
            | Check::LvefStale
            | Check::LvefPerhapsStale => Self::HeartMissing,
            Check::ProductsTogether | Check::ProductUnclear | Check::ProductChanged => Self::Product,
            Check::LungDisease => Self::Lungs,
            Check::RasMutant | Check::RasOpen | Check::RasUnknown => Self::Ras,
            Check::CpsBelow | Check::CpsUnknown => Self::PdL1,
            Check::TumourNotLabelled => Self::Label,
        }
    }
}

/// A finding in a few words, for the line of what has no card of its own.
pub(super) const fn in_short(check: Check) -> &'static str {
    match check {
        Check::Her2Negative => "HER2-negative",
        Check::Her2NegativeDoubted => "HER2-negative, not beyond doubt",
        Check::Her2NegativeByComment => "HER2-negative with a comment",
        Check::Her2InSituOnly => "HER2 of carcinoma in situ only",
        Check::LabelSettingNotMet => "stage or receptors against the label",
        Check::LabelReceptorsUnknown => "receptor status",
        Check::Erbb2VariantOpen => "ERBB2 variant",
        Check::Her2PositiveBefore => "HER2 of the residual tumour",
        Check::Her2OtherTumour => "HER2 of another tumour",
        Check::Her2Equivocal | Check::Her2NotFinal | Check::Her2Unknown => "HER2 status",
        Check::Her2ConditionNotMet | Check::Her2ConditionOpen => "HER2 condition of the label",
        Check::PregnancyPositive => "positive pregnancy test",
        Check::PregnancyUnread | Check::PregnancyNotVisible | Check::PregnancyMissing => "pregnancy test",
        Check::LvefLow => "LVEF below the limit of the label",
        Check::LvefPerhapsLow => "LVEF perhaps below the limit of the label",
        Check::LvefNotStudied => "LVEF that the label calls not studied",
        Check::LvefFall => "fall of LVEF",
        Check::LvefRepeat => "LVEF to be measured again",
        Check::LvefMissing | Check::LvefNotVisible | Check::LvefUnread | Check::LvefStale | Check::LvefPerhapsStale => {
            "recent LVEF"
        }
        Check::ProductsTogether | Check::ProductUnclear | Check::ProductChanged => "which product is meant",
        Check::LungDisease => "lung disease on record",
        Check::RasMutant | Check::RasOpen | Check::RasUnknown => "RAS status",
        Check::CpsBelow | Check::CpsUnknown => "PD-L1 CPS",
        Check::TumourNotLabelled => "a draft order outside the tumours of its label",
    }
}

/// The code by which EHRs filter and remember. It never changes with the patient.
pub(super) const fn source_topic(check: Check) -> Coding {
    let (code, display) = match Question::of(check) {
        Question::Against => ("HER2ORDERCONFLICT", "Order against the HER2 status"),
        Question::Open => ("HER2ORDEROPEN", "Order while the HER2 status is open"),
        Question::Before => ("HER2BEFORE", "HER2 before neoadjuvant treatment"),
        Question::Pregnant => ("HER2PREGNANCY", "Order with a positive pregnancy test"),
        Question::PregnancyMissing => ("HER2PREGNANCYMISSING", "No pregnancy test that could be read"),
        Question::HeartLow => ("HER2LVEFLOW", "LVEF against the label"),
        Question::HeartMissing => ("HER2LVEFMISSING", "No recent LVEF"),
        Question::Product => ("HER2PRODUCT", "Trastuzumab products to be told apart"),
        Question::Lungs => ("HER2LUNG", "Order with lung disease on record"),
        Question::Ras => ("HER2RAS", "RAS status for an order"),
        Question::PdL1 => ("HER2CPS", "PD-L1 CPS for an order"),
        Question::Label => ("HER2LABELTUMOUR", "Order outside the tumours of the label"),
    };
    Coding { code, system: super::super::kind::TOPICS, display }
}

/// The topics of all cards at ordering, each once.
pub(in crate::cdshooks::cards) fn topics() -> Vec<Coding> {
    let mut topics: Vec<Coding> = Check::ALL.iter().map(|check| source_topic(*check)).collect();
    topics.dedup();
    topics.push(super::unread::TOPIC);
    topics
}

/// Three to five reasons, the wrong result always among them.
pub(super) fn override_reasons(check: Check) -> Vec<Coding> {
    match Question::of(check) {
        Question::Against => vec![POSITIVE_ELSEWHERE, TRIAL_PROTOCOL, BOARD_DECIDED, NOT_APPROPRIATE, RESULT_WRONG],
        Question::Open => vec![POSITIVE_ELSEWHERE, ALREADY_DONE, TRIAL_PROTOCOL, NOT_APPROPRIATE, RESULT_WRONG],
        Question::Before | Question::Lungs => vec![AWARE, BOARD_DECIDED, NOT_APPROPRIATE, RESULT_WRONG],
        Question::Pregnant | Question::PregnancyMissing => vec![DONE_OUTSIDE, AWARE, NOT_APPROPRIATE, RESULT_WRONG],
        Question::HeartLow => vec![DONE_OUTSIDE, ECHO_SCHEDULED, AWARE, NOT_APPROPRIATE, RESULT_WRONG],
        Question::HeartMissing => vec![DONE_OUTSIDE, ECHO_SCHEDULED, NOT_APPROPRIATE, RESULT_WRONG],
        Question::Product => vec![AWARE, BOARD_DECIDED, TRIAL_PROTOCOL, RESULT_WRONG],
        Question::Label => vec![BOARD_DECIDED, TRIAL_PROTOCOL, AWARE, RESULT_WRONG],
        Question::Ras | Question::PdL1 => {
            vec![DONE_OUTSIDE, ALREADY_DONE, TRIAL_PROTOCOL, NOT_APPROPRIATE, RESULT_WRONG]
        }
    }
}
