//! Data that did not come, or not all of which may have come: named by their prefetch keys, and nothing is dropped in silence.

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
    let names = ordered.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    match ordered.len().saturating_sub(shown) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}
