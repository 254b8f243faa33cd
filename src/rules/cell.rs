//! The name of a cell as a pathologist would say it: "IHC 2+, ISH group 4, recount not done".

use super::format::TableFile;
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};

/// A cell with the states of its second count; they are left out where the table knows no confirming count, or where all
/// of them are meant.
pub(super) fn in_words(file: &TableFile, ihc: IhcColumn, ish: IshColumn, seconds: &[RecountColumn]) -> String {
    let confirms = file.recount.as_ref().is_some_and(|recount| recount.settles.is_empty());
    let cell = format!("IHC {}, ISH {}", plain(ihc.as_str()), plain(ish.as_str()));
    if !confirms || seconds.len() == RecountColumn::ALL.len() {
        return cell;
    }
    let seconds: Vec<String> = seconds.iter().map(|second| plain(second.as_str())).collect();
    format!("{cell}, recount {}", seconds.join(" or "))
}

/// "none" and "missing" are a test that was not done.
pub(super) fn plain(word: &str) -> String {
    match word {
        "none" | "missing" => "not done".to_owned(),
        _ => word.replace('-', " "),
    }
}
