//! Data that did not come, or not all of which may have come: named by what their prefetch keys hold, and nothing is dropped in silence.

use crate::assessment::Assessment;
use crate::cdshooks::Key;

/// What may be incomplete, then what was not visible; of each, `shown` keys by name and the number of the others.
pub(super) fn gaps(assessment: &Assessment<'_>, shown: usize) -> impl Iterator<Item = String> {
    [("may be incomplete", assessment.partial), ("not visible here", assessment.unseen)]
        .into_iter()
        .filter(|(_, keys)| !keys.is_empty())
        .map(move |(what, keys)| format!("{what}: {}", named(keys, shown)))
}

/// The patient comes last: no rule reads the resource.
fn named(keys: &[Box<str>], shown: usize) -> String {
    let (last, first): (Vec<&str>, Vec<&str>) =
        keys.iter().map(|key| &**key).partition(|key| *key == Key::Patient.name());
    let ordered: Vec<&str> = first.into_iter().chain(last).collect();
    let names = ordered.iter().take(shown).map(|key| in_words(key)).collect::<Vec<_>>().join(", ");
    match ordered.len().saturating_sub(shown) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

/// What a key of the prefetch holds, as a clinician says it.
fn in_words(key: &str) -> &str {
    let known = Key::ALL.into_iter().find(|known| known.name() == key);
    known.map_or(key, |known| match known {
        Key::Patient => "patient data",
        Key::Her2 => "HER2 results",
        Key::Pathology => "pathology reports",
        Key::Conditions => "diagnoses",
        Key::MedRequests => "medication orders",
        Key::MedAdmins => "doses given",
        Key::MedStatements => "medication list",
        Key::Procedures => "procedures",
        Key::Lvef => "LVEF",
        Key::EchoReports => "echo reports",
        Key::Pregnancy => "pregnancy tests",
        Key::Biomarkers => "biomarkers and stage",
        Key::Specimens => "specimens",
    })
}
