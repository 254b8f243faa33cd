//! Measurements beside HER2: ejection fraction, pregnancy test, PD-L1 combined positive score, operations.

use crate::domain::decimal::{Decimal, Quantity};
use crate::domain::history::{EjectionFraction, Event, PregnancyTest};
use crate::domain::when::When;

use super::claims::{Interpretation, claims};
use super::codes::{self, System, Test, Word};
use super::entries::Entry;
use super::marker_codes::Marker;
use super::markers::{Detected, detected, status_word};
use super::number::{Meaning, quantity};
use super::wire::{Coding, Raw, Resource, concept, items, members, period, period_start, text};

members! {
    ProcedureMembers {
        performed_date_time: "performedDateTime",
        performed_period: "performedPeriod",
        // R5
        occurrence_date_time: "occurrenceDateTime",
        occurrence_period: "occurrencePeriod",
    }
}

/// The clinically relevant time of an Observation, else the day it was issued.
pub(super) fn observed(observation: &Resource<'_>) -> Option<When> {
    let date = |raw| text(raw).and_then(|date| When::parse(&date));
    date(observation.effective_date_time())
        .or_else(|| date(observation.effective_instant()))
        .or_else(|| period_start(observation.effective_period()).and_then(|date| When::parse(&date)))
        .or_else(|| date(observation.issued()))
}

/// Does a measurement hold a value of any kind?
pub(super) fn has_value(observation: &Resource<'_>) -> bool {
    let values = [
        observation.value_quantity(),
        observation.value_string(),
        observation.value_codeable_concept(),
        observation.value_range(),
        observation.value_ratio(),
        observation.value_integer(),
        observation.value_boolean(),
    ];
    values.iter().any(Option::is_some)
}

/// A left ventricular ejection fraction in percent. A fraction of one, another unit and what no heart has are set aside.
pub(super) fn ejection_fraction(entry: &Entry<'_>) -> Option<EjectionFraction> {
    let percent = quantity(entry.resource.value_quantity(), Meaning::Percent).ok()?;
    let plausible = percent.number >= Decimal::from(5) && percent.number <= Decimal::from(95);
    let (when, reference) = (observed(&entry.resource), entry.reference.clone());
    plausible.then_some(EjectionFraction { percent, when, reference })
}

/// A pregnancy test that says yes or no; a concentration of hCG is none.
pub(super) fn pregnancy_test(entry: &Entry<'_>) -> Option<PregnancyTest> {
    let resource = &entry.resource;
    if claims(resource).contradict(Interpretation::Counts) {
        return None;
    }
    let positive = match (says_pregnant(resource), status_word(resource), detected(resource)) {
        (Some(pregnant), ..) => pregnant,
        (None, Some(word), _) => word == Word::Positive,
        (None, None, Some(found)) => matches!(found, Detected::Yes),
        (None, None, None) => return None,
    };
    Some(PregnancyTest { positive, preliminary: false, when: observed(resource), reference: entry.reference.clone() })
}

fn says_pregnant(observation: &Resource<'_>) -> Option<bool> {
    let value = concept(observation.value_codeable_concept());
    let said = |coding: &Coding<'_>| match (codes::system(coding.system.as_deref()), coding.code.as_deref()?) {
        (System::Loinc | System::Missing, "LA15173-0") => Some(true),
        (System::Loinc | System::Missing, "LA26683-5") => Some(false),
        // from memory
        (System::Snomed, "77386006") => Some(true),
        (System::Snomed, "60001007") => Some(false),
        _ => None,
    };
    let said: Vec<bool> = value.coding.iter().filter_map(said).collect();
    let first = *said.first()?;
    said.iter().all(|one| *one == first).then_some(first)
}

/// The combined positive score: the value under its own code, or a component of a PD-L1 result. A tumour proportion score is
/// another measure and never read as one.
pub(super) fn combined_positive_score(observation: &Resource<'_>, marker: Marker) -> Option<Quantity> {
    if marker == Marker::CombinedPositiveScore {
        return score(observation);
    }
    let is_score = |coding: &Coding<'_>| codes::test(coding) == Some(Test::Marker(Marker::CombinedPositiveScore));
    let components = items(observation.component()).filter_map(Resource::of);
    let mut scores = components.filter(|component| concept(component.code()).coding.iter().any(is_score));
    scores.find_map(|component| score(&component))
}

fn score(resource: &Resource<'_>) -> Option<Quantity> {
    let sent = resource.value_quantity();
    // some send it with a percent sign
    let score = quantity(sent, Meaning::Score).or_else(|_| quantity(sent, Meaning::Percent)).ok()?;
    let plausible = score.number >= Decimal::from(0) && score.number <= Decimal::from(100);
    plausible.then_some(score)
}

/// A completed operation on a breast cancer: the only kind that a rule asks about.
pub(super) fn operation(entry: &Entry<'_>) -> Option<Event> {
    let resource = &entry.resource;
    let code = concept(resource.code());
    let known = code.coding.iter().any(|coding| {
        codes::system(coding.system.as_deref()) == System::Snomed
            && coding.code.as_deref().is_some_and(is_breast_surgery)
    });
    if !known || text(resource.status()).as_deref() != Some("completed") {
        return None;
    }
    let members = ProcedureMembers::of(entry.json)?;
    let (start, end) = period(members.performed_period().or(members.occurrence_period()));
    let day = text(members.performed_date_time()).or_else(|| text(members.occurrence_date_time())).or(start).or(end);
    Some(Event { when: day.and_then(|day| When::parse(&day)), reference: entry.reference.clone() })
}

/// Partial mastectomy, lumpectomy, excision of breast tissue; simple, modified radical, radical, bilateral mastectomy.
fn is_breast_surgery(code: &str) -> bool {
    matches!(code.trim(), "64368001" | "392021009" | "69031006" | "172043006" | "406505007" | "384723003" | "27865001")
}
