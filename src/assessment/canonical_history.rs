//! Canonical evidence beside HER2: markers, treatments, heart, pregnancy, lungs, and the orders that are checked.

use serde::Serialize;
use smol_str::SmolStr;

use crate::domain::decimal::Quantity;
use crate::domain::history::{EjectionFraction, Event, History, PregnancyTest, Treatment};
use crate::domain::order::DraftOrder;
use crate::domain::when::When;

#[derive(Serialize)]
pub(super) struct HistoryForm<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ras: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ras_open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    erbb2_mutation: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    squamous: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hormone_receptor: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pd_l1_cps: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extent: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metastatic_since: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest_metastasis: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tumours_differ: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    treatments: Vec<TreatmentForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ejection_fractions: Vec<FractionForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread_ejection_fractions: Vec<EventForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pregnancy_tests: Vec<PregnancyForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread_pregnancy_tests: Vec<EventForm<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recorded_male: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lung_disease: Vec<EventForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    operations: Vec<EventForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    progressions: Vec<EventForm<'a>>,
}

impl<'a> HistoryForm<'a> {
    pub(super) fn of(history: &'a History) -> Self {
        Self {
            ras: history.ras.map(|ras| ras.as_str()),
            ras_open: history.ras_open,
            erbb2_mutation: history.erbb2_mutation.map(|mutation| mutation.as_str()),
            squamous: history.squamous,
            hormone_receptor: history.hormone_receptor.map(|receptor| receptor.as_str()),
            pd_l1_cps: history.pd_l1_cps.as_ref().map(Quantity::as_sent),
            extent: history.extent.map(|extent| extent.as_str()),
            stage: history.stage.map(|stage| stage.as_str()),
            metastatic_since: shown(&history.metastatic_since),
            newest_metastasis: shown(&history.newest_metastasis),
            tumours_differ: history.tumours_differ,
            treatments: history.treatments.iter().map(TreatmentForm::of).collect(),
            ejection_fractions: history.ejection_fractions.iter().map(FractionForm::of).collect(),
            unread_ejection_fractions: history.unread_ejection_fractions.iter().map(EventForm::of).collect(),
            pregnancy_tests: history.pregnancy_tests.iter().map(PregnancyForm::of).collect(),
            unread_pregnancy_tests: history.unread_pregnancy_tests.iter().map(EventForm::of).collect(),
            recorded_male: history.recorded_male,
            lung_disease: history.lung_disease.iter().map(EventForm::of).collect(),
            operations: history.operations.iter().map(EventForm::of).collect(),
            progressions: history.progressions.iter().map(EventForm::of).collect(),
        }
    }
}

fn shown(when: &Option<When>) -> Option<&str> {
    when.as_ref().map(When::shown)
}

#[derive(Serialize)]
struct TreatmentForm<'a> {
    medicine: &'static str,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ended: bool,
    reference: &'a str,
}

impl<'a> TreatmentForm<'a> {
    fn of(treatment: &'a Treatment) -> Self {
        Self {
            medicine: treatment.medicine.as_str(),
            source: treatment.source.as_str(),
            from: shown(&treatment.from),
            until: shown(&treatment.until),
            ended: treatment.ended,
            reference: &treatment.reference,
        }
    }
}

#[derive(Serialize)]
struct FractionForm<'a> {
    percent: SmolStr,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'a str>,
    reference: &'a str,
}

impl<'a> FractionForm<'a> {
    fn of(fraction: &'a EjectionFraction) -> Self {
        Self { percent: fraction.percent.as_sent(), when: shown(&fraction.when), reference: &fraction.reference }
    }
}

#[derive(Serialize)]
struct PregnancyForm<'a> {
    positive: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    preliminary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'a str>,
    reference: &'a str,
}

impl<'a> PregnancyForm<'a> {
    fn of(test: &'a PregnancyTest) -> Self {
        Self {
            positive: test.positive,
            preliminary: test.preliminary,
            when: shown(&test.when),
            reference: &test.reference,
        }
    }
}

#[derive(Serialize)]
struct EventForm<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'a str>,
    reference: &'a str,
}

impl<'a> EventForm<'a> {
    fn of(event: &'a Event) -> Self {
        Self { when: shown(&event.when), reference: &event.reference }
    }
}

#[derive(Serialize)]
pub(super) struct OrderForm<'a> {
    reference: &'a str,
    medicines: Vec<&'static str>,
    naming: &'static str,
    selected: bool,
}

impl<'a> OrderForm<'a> {
    pub(super) fn of(order: &'a DraftOrder) -> Self {
        Self {
            reference: &order.reference,
            medicines: order.medicines.iter().map(|medicine| medicine.as_str()).collect(),
            naming: order.naming.as_str(),
            selected: order.selected,
        }
    }
}
