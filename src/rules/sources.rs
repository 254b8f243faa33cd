//! What stands behind a rule: a source, a reason, and a day on which both are looked at again.

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::entries::{Faults, Placed};
use super::error::Fault;
use super::files::RuleFile;
use super::format::{CommonFile, Header, StainingEntry, TableFile};
use super::ids::misnamed;

/// Rows and lines of a table without a source or a reason.
pub(super) fn of_table(file: &TableFile) -> Faults {
    let mut faults = Faults::new();
    header(&file.ruleset, &mut faults);
    for row in &file.row {
        if row.cite.as_deref().is_some_and(is_blank) {
            faults.push((row.at(), format!("row {} cites no source", row.id)));
        }
        reason(row.at(), &format!("row {}", row.id), &row.because, &mut faults);
    }
    for word in &file.word {
        reason(word.at(), &format!("row {}", word.id), &word.because, &mut faults);
    }
    let staining = |entries: &[Placed<StainingEntry>], what: &str, faults: &mut Faults| {
        for entry in entries {
            reason(entry.at(), what, &entry.because, faults);
        }
    };
    staining(&file.contradiction, "a contradiction", &mut faults);
    staining(&file.remark, "a remark", &mut faults);
    staining(&file.reading, "a reading", &mut faults);
    if let Some(mild) = &file.mild_contradiction {
        reason(mild.at(), "the mild contradiction", &mild.because, &mut faults);
    }
    if let Some(recount) = &file.recount {
        reason(recount.at(), "the recount", &recount.because, &mut faults);
    }
    for entry in &file.expression {
        reason(entry.at(), "an expression", &entry.because, &mut faults);
    }
    for entry in &file.addition {
        reason(entry.at(), "an addition", &entry.because, &mut faults);
    }
    faults
}

/// Cases without a reason, and the header.
pub(super) fn of_common(file: &CommonFile) -> Faults {
    let mut faults = Faults::new();
    header(&file.ruleset, &mut faults);
    for case in &file.case {
        reason(case.at(), &format!("case {}", case.id.0), &case.because, &mut faults);
    }
    faults
}

/// Header of a file that is a list of rules and no table.
pub(super) fn of_list(file: &str, id: &Placed<String>, guideline: &str) -> Faults {
    let unnamed = guideline.trim().is_empty().then(|| "the file names no guideline".to_owned());
    misnamed(id, file).into_iter().chain(unnamed).map(|what| (id.at(), what)).collect()
}

fn header(header: &Placed<Header>, faults: &mut Faults) {
    if is_blank(&header.cite) {
        faults.push((header.at(), "the rule set cites no source".to_owned()));
    }
    if header.guideline.trim().is_empty() {
        faults.push((header.at(), "the rule set names no guideline".to_owned()));
    }
}

pub(super) fn is_blank(cite: &[String]) -> bool {
    cite.is_empty() || cite.iter().any(|one| one.trim().is_empty())
}

pub(super) fn reason(at: usize, what: &str, because: &str, faults: &mut Faults) {
    if because.trim().is_empty() {
        faults.push((at, format!("{what} gives no reason")));
    }
}

/// The day on which a rule file of any kind is due for review: `review_due`, under `[ruleset]` or at the top.
///
/// # Errors
/// A fault where no day is named. A file that is no TOML has none either; that is told elsewhere.
pub(super) fn review_due(file: &RuleFile) -> Result<Option<(Date, usize)>, Fault> {
    let Ok(root) = DeTable::parse(&file.text) else { return Ok(None) };
    let (root, section) = (root.get_ref(), root.get_ref().get("ruleset"));
    let inside = section.and_then(|section| section.get_ref().as_table()).and_then(|section| section.get("review_due"));
    let Some(value) = inside.or_else(|| root.get("review_due")) else {
        return Err(
            file.fault(section.map_or(0, |section| section.span().start), "no day of review is named (review_due)")
        );
    };
    let text = match value.get_ref() {
        DeValue::Datetime(day) => day.to_string(),
        DeValue::String(day) => day.to_string(),
        _ => String::new(),
    };
    match text.parse() {
        Ok(day) => Ok(Some((day, value.span().start))),
        Err(_) => Err(file.fault(value.span().start, "review_due is no date")),
    }
}

/// Files whose day of review has passed on `today`.
pub(super) fn overdue(files: &[RuleFile], today: Date) -> Vec<Fault> {
    let due = |file: &RuleFile| review_due(file).ok().flatten().filter(|(due, _)| *due < today);
    files
        .iter()
        .filter(|file| file.holds_rules())
        .filter_map(|file| due(file).map(|(due, at)| file.fault(at, &format!("the review was due on {due}"))))
        .collect()
}
