//! Ids of rules: the name of the file and that of the row, `gastric-cap-2016/IHC-3plus`. One is part of every decision that
//! was ever recorded: it names one row for ever, and no two files share one.

use std::collections::BTreeSet;

use super::entries::Faults;

/// What is wrong if `id` is not the name of its file, by which its rows are told from those of every other file.
pub(super) fn misnamed(id: &str, file: &str) -> Option<String> {
    (file.strip_suffix(".toml") != Some(id)).then(|| format!("the id \"{id}\" is not the name of the file"))
}

/// Rows of one file whose id is taken, each row with its place.
pub(super) fn taken<'f>(rows: impl IntoIterator<Item = (usize, &'f str)>, retired: &[String]) -> Faults {
    let (mut seen, mut faults) = (BTreeSet::new(), Faults::new());
    for (at, id) in rows {
        if !seen.insert(id) {
            faults.push((at, format!("row id {id} is used twice")));
        }
        if retired.iter().any(|retired| retired == id) {
            faults.push((at, format!("row id {id} is retired and never used again")));
        }
    }
    faults
}
