//! What a record shows beside HER2, gathered resource by resource and weighed at the end: markers, treatments, heart,
//! pregnancy, lungs, operations, extent.

use crate::domain::decimal::Quantity;
use crate::domain::history::{EjectionFraction, Event, Extent, History, PregnancyTest, Treatment};
use crate::domain::when::When;

use super::disease::Disease;
use super::entries::{Entries, Entry};
use super::marker_codes::Marker;
use super::markers::Markers;
use super::measured::{combined_positive_score, ejection_fraction, has_value, observed, operation, pregnancy_test};
use super::treatment::treatments;

/// Everything that was found, before it is weighed.
#[derive(Debug, Default)]
pub(super) struct Background {
    markers: Markers,
    disease: Disease,
    scores: Vec<(Quantity, Option<When>)>,
    treatments: Vec<Treatment>,
    ejection_fractions: Vec<EjectionFraction>,
    unread_ejection_fractions: Vec<Event>,
    pregnancy_tests: Vec<PregnancyTest>,
    unread_pregnancy_tests: Vec<Event>,
    operations: Vec<Event>,
}

impl Background {
    /// Adds what one final Observation says.
    pub(super) fn take_marker(&mut self, entry: &Entry<'_>, marker: Marker) {
        let observation = &entry.resource;
        match marker {
            Marker::ReceptorEr => self.markers.add_oestrogen(observation),
            Marker::ReceptorPr => self.markers.add_progesterone(observation),
            Marker::Ras => self.markers.add_ras(observation),
            Marker::Kras => self.markers.add_kras(observation),
            Marker::Variant => self.markers.add_variant(observation),
            Marker::PdL1 | Marker::CombinedPositiveScore => {
                let score = combined_positive_score(observation, marker);
                self.scores.extend(score.map(|score| (score, observed(observation))));
            }
            Marker::EjectionFraction => match ejection_fraction(entry) {
                Some(fraction) => self.ejection_fractions.push(fraction),
                None => self.unread_ejection_fractions.extend(unread(entry)),
            },
            Marker::PregnancyTest => match pregnancy_test(entry) {
                Some(test) => self.pregnancy_tests.push(test),
                None => self.unread_pregnancy_tests.extend(unread(entry)),
            },
            Marker::StageGroup => self.disease.add_stage(observation, observed(observation)),
            Marker::MetastasisCategory => self.disease.add_metastasis_category(observation, observed(observation)),
            Marker::DiseaseStatus => {
                let event = Event { when: observed(observation), reference: entry.reference.clone() };
                self.disease.add_status(observation, event);
            }
        }
    }

    /// Adds what a preliminary Observation says, where it would be unsafe to pass over it: a newer ejection fraction, and a
    /// pregnancy test.
    pub(super) fn take_preliminary(&mut self, entry: &Entry<'_>, marker: Marker) {
        match marker {
            Marker::EjectionFraction => self.unread_ejection_fractions.extend(unread(entry)),
            Marker::PregnancyTest => match pregnancy_test(entry).filter(|test| test.positive) {
                Some(test) => self.pregnancy_tests.push(PregnancyTest { preliminary: true, ..test }),
                None => self.unread_pregnancy_tests.extend(unread(entry)),
            },
            Marker::Ras | Marker::Kras => self.markers.add_preliminary_ras(&entry.resource),
            _ => {}
        }
    }

    /// Adds what a MedicationRequest, MedicationAdministration or MedicationStatement shows.
    pub(super) fn take_treatment(&mut self, entries: &Entries<'_>, at: usize) {
        self.treatments.extend(treatments(entries, at));
    }

    /// Adds a completed operation on the primary tumour.
    pub(super) fn take_procedure(&mut self, entry: &Entry<'_>) {
        self.operations.extend(operation(entry));
    }

    /// Adds a Condition that is no primary tumour.
    pub(super) fn take_condition(&mut self, entry: &Entry<'_>) {
        self.disease.add_condition(entry);
    }

    /// Adds the diagnosis of the primary tumour that the record is about.
    pub(super) fn take_primary(&mut self, entry: &Entry<'_>) {
        self.disease.add_primary(entry);
    }

    /// What rules and labels may ask.
    pub(super) fn into_history(self, seen: Seen<'_>) -> History {
        let extent = self.disease.extent(seen.from_metastasis, seen.newest).filter(|_| seen.one_tumour);
        let since = self.disease.metastatic_since(seen.from_metastasis);
        History {
            pd_l1_cps: newest_score(self.scores),
            extent,
            stage: self.disease.stage().filter(|_| seen.one_tumour),
            metastatic_since: since.filter(|_| extent == Some(Extent::Metastatic)),
            newest_metastasis: self.disease.newest_metastasis().filter(|_| extent == Some(Extent::Metastatic)),
            squamous: self.disease.squamous() && seen.one_tumour,
            tumours_differ: seen.tumours_differ,
            treatments: self.treatments,
            ejection_fractions: self.ejection_fractions,
            unread_ejection_fractions: self.unread_ejection_fractions,
            pregnancy_tests: self.pregnancy_tests,
            unread_pregnancy_tests: self.unread_pregnancy_tests,
            recorded_male: seen.recorded_male,
            lung_disease: self.disease.lung_disease,
            operations: self.operations,
            progressions: self.disease.progressions,
            ..self.markers.history()
        }
    }
}

/// What the specimens and the diagnoses say of the disease.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    /// The diagnoses name one tumour: stage and metastases are its own.
    pub one_tumour: bool,
    /// They name more than one, past ones among them.
    pub tumours_differ: bool,
    /// Collection, if it is known, of the first specimen from outside the organ of the primary and its regional nodes.
    pub from_metastasis: Option<Option<&'a When>>,
    /// Collection of the newest specimen.
    pub newest: Option<&'a When>,
    /// The Patient resource calls the patient male.
    pub recorded_male: bool,
}

/// A measurement that is not used, so that an older one is not taken for the last and none for never measured.
fn unread(entry: &Entry<'_>) -> Option<Event> {
    let event = || Event { when: observed(&entry.resource), reference: entry.reference.clone() };
    has_value(&entry.resource).then(event)
}

/// The newest score; two undated or equally new ones that differ leave the question open.
fn newest_score(scores: Vec<(Quantity, Option<When>)>) -> Option<Quantity> {
    let day = |when: &Option<When>| when.as_ref().map(When::first_day);
    let newest = scores.iter().map(|(_, when)| day(when)).max()?;
    let mut newest = scores.into_iter().filter(|(_, when)| day(when) == newest).map(|(score, _)| score);
    let first = newest.next()?;
    newest.all(|other| other.as_sent() == first.as_sent()).then_some(first)
}
