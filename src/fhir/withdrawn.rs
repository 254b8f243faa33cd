//! Results whose report was withdrawn. A laboratory that takes a report back takes back what stands in it, also where each result
//! was left as it was (fhir/guide.md D3; clinical guide, 8.1).

use std::collections::{HashMap, HashSet};

use crate::domain::evidence::ExcludedWhy;

use super::entries::{Entries, Kind};
use super::gather::is_other_patient;
use super::wire::{references, text};

/// What stands in withdrawn reports and in no other, with the reason.
#[derive(Debug, Default)]
pub(super) struct Withdrawn {
    of_entry: HashMap<usize, ExcludedWhy>,
}

impl Withdrawn {
    /// Nearly every record holds no such report, and is looked at no further.
    pub(super) fn of(entries: &Entries<'_>, patient: Option<&str>) -> Self {
        let is_report = |at: &usize| entries.all[*at].kind == Kind::DiagnosticReport && !entries.all[*at].outdated;
        let reports = || (0..entries.all.len()).filter(is_report);
        let own = |at: usize| Some((at, reason(entries, at)?)).filter(|_| !is_other_patient(entries, at, patient));
        let gone: Vec<(usize, ExcludedWhy)> = reports().filter_map(own).collect();
        if gone.is_empty() {
            return Self::default();
        }
        // a result that another report gives is still reported
        let mut reported = HashSet::new();
        for report in reports().filter(|report| reason(entries, *report).is_none()) {
            listed(entries, report, &mut |at| reported.insert(at));
        }
        let mut of_entry = HashMap::new();
        for (report, why) in gone {
            listed(entries, report, &mut |at| !reported.contains(&at) && of_entry.insert(at, why).is_none());
        }
        Self { of_entry }
    }

    /// Why the result of this entry is not used.
    pub(super) fn why(&self, at: usize) -> Option<ExcludedWhy> {
        if self.of_entry.is_empty() { None } else { self.of_entry.get(&at).copied() }
    }
}

/// An unknown status of a report says nothing of results that have a status of their own.
fn reason(entries: &Entries<'_>, report: usize) -> Option<ExcludedWhy> {
    match text(entries.all[report].resource.status()).as_deref() {
        Some("entered-in-error") => Some(ExcludedWhy::EnteredInError),
        Some("cancelled") => Some(ExcludedWhy::Cancelled),
        _ => None,
    }
}

/// Everything that a report lists or contains, and what its panels list. `take`: is it new?
fn listed(entries: &Entries<'_>, report: usize, take: &mut dyn FnMut(usize) -> bool) {
    let contained = (report + 1..entries.all.len()).take_while(|at| entries.all[*at].owner == Some(report));
    let mut next: Vec<usize> = contained.collect();
    let resolved = |sent, from: usize, next: &mut Vec<usize>| {
        next.extend(references(sent).iter().filter_map(|reference| entries.resolve(reference, from)));
    };
    resolved(entries.all[report].resource.result(), report, &mut next);
    while let Some(at) = next.pop() {
        if entries.all[at].kind == Kind::Observation && take(at) {
            resolved(entries.all[at].resource.has_member(), at, &mut next);
        }
    }
}
