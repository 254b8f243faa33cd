//! What a record shows beside HER2, gathered resource by resource: markers, treatments, heart, pregnancy, lungs, operations.

use crate::domain::history::{History, Treatment};

use super::entries::Entries;
use super::markers::Markers;
use super::treatment::treatments;

/// Everything that was found, before it is weighed.
#[derive(Debug, Default)]
pub(super) struct Background {
    pub markers: Markers,
    treatments: Vec<Treatment>,
}

impl Background {
    /// Adds what a MedicationRequest, MedicationAdministration or MedicationStatement shows.
    pub(super) fn take_treatment(&mut self, entries: &Entries<'_>, at: usize) {
        self.treatments.extend(treatments(entries, at));
    }

    /// What rules and labels may ask.
    pub(super) fn into_history(self) -> History {
        History { treatments: self.treatments, ..self.markers.history() }
    }
}
