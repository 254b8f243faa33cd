//! What was seen: the evidence of a card with specimen and date, numbers as sent, and the comment that the guideline asks for.

use std::borrow::Cow;

use crate::assessment::Assessment;
use crate::domain::finding::{Finding, Flag, IshShown, LOW_IN_GROUPS_2_TO_4, NextStep};
use crate::domain::ihc::Ihc;
use crate::domain::ish::{Count, Recount};
use crate::domain::specimen::{Site, SpecimenKind};

use super::kind::{Kind, is_unread};
use super::phrases;

/// Readings that are named one by one; the page behind the card and the assessment have all.
const READINGS_SHOWN: usize = 4;

/// The evidence with specimen and date, the laboratory's word beside it.
pub(super) fn seen(kind: Kind, finding: &Finding) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(4);
    parts.extend(finding.ihc.as_ref().map(|shown| ihc(shown, is_contradicted(finding))));
    parts.extend(finding.ish.as_ref().map(ish));
    if parts.is_empty() {
        // Results that could not be used are still named: two scores, a pending test, a contradiction.
        let shown = finding.evidence.iter().filter(|reading| phrases::is_short(&reading.reads));
        parts.extend(shown.map(|reading| reading.reads.to_string()).take(READINGS_SHOWN));
        parts.dedup();
    }
    let mut text = if parts.is_empty() { "no usable result".to_owned() } else { parts.join("; ") };
    text.push_str(match (finding.kind, finding.site) {
        (SpecimenKind::Biopsy, Site::Metastatic) => ", biopsy of a metastasis",
        (SpecimenKind::Resection, Site::Metastatic) => ", resected metastasis",
        (SpecimenKind::Unknown, Site::Metastatic) => ", metastasis",
        (SpecimenKind::Biopsy, Site::Primary | Site::Unknown) => ", biopsy",
        (SpecimenKind::Resection, Site::Primary | Site::Unknown) => ", resection",
        (SpecimenKind::Unknown, Site::Primary | Site::Unknown) => "",
    });
    match &finding.collected {
        Some(collected) => text.push_str(&format!(", {}.", collected.when.shown())),
        None => text.push_str(", date unknown."),
    }
    text.extend(second_count(finding));
    if let Some(word) = finding.lab_reported {
        text.push_str(&format!(" Reported by the laboratory: {}.", phrases::overall_word(word)));
    }
    if let Some(provisional) = finding.provisional {
        text.push_str(&format!(" Provisionally {provisional}."));
    }
    // where a word differs from the numbers, that is worth more than why the numbers read as they do
    if let Some(comment) = finding.comment.filter(|_| kind != Kind::Clarify) {
        text.push_str(&format!(" {}", comment.in_words()));
        if kind == Kind::Low {
            text.push_str(&format!(" {LOW_IN_GROUPS_2_TO_4}"));
        }
    }
    text
}

fn is_contradicted(finding: &Finding) -> bool {
    finding.flags.contains(Flag::IhcScorePctInconsistent) || finding.flags.contains(Flag::IhcScorePatternInconsistent)
}

/// `details`: those that contradict the score are shown, since nobody could see the contradiction without them.
fn ihc(ihc: &Ihc, details: bool) -> String {
    let mut words = phrases::ihc_ground(ihc).unwrap_or_else(|| "IHC".to_owned());
    if let Some(percent) = ihc.percent.as_ref().and_then(phrases::short) {
        words.push_str(&format!(", {percent} % of cells"));
    }
    if details {
        words.extend(ihc.cluster_cells.map(|cells| format!(", cluster of {cells} cells")));
        let bound = ihc.cluster_bound.as_ref().filter(|_| ihc.cluster_cells.is_none()).and_then(phrases::short);
        words.extend(bound.map(|cells| format!(", cluster of {cells} cells")));
        words.extend(ihc.pattern.map(|pattern| format!(", pattern {pattern}")));
        words.extend(ihc.intensity.map(|intensity| format!(", intensity {intensity}")));
    }
    words
}

/// Numbers as sent; one that is too long to read is left to the assessment.
fn ish(shown: &IshShown) -> String {
    let mut parts = numbers(&shown.ish.count);
    let amplified = shown.ish.percent_cells_ratio_ge_2.as_ref().and_then(phrases::short);
    parts.extend(amplified.map(|percent| format!("ratio 2 or more in {percent} % of cells")));
    parts.extend(shown.ish.interpretation.map(|word| word.to_string()));
    parts.extend(shown.group.map(|group| format!("group {group}")));
    let probe = phrases::by_single_probe(&shown.ish);
    match (parts.is_empty(), probe.is_empty()) {
        (true, _) => format!("ISH{probe} without numbers"),
        (false, true) => format!("ISH {}", parts.join(", ")),
        (false, false) => format!("ISH{probe}, {}", parts.join(", ")),
    }
}

/// The second count in a sentence of its own, if it has numbers; and where it does not count, why.
fn second_count(finding: &Finding) -> Option<String> {
    let recount = finding.ish.as_ref()?.ish.recount.as_ref()?;
    let numbers = numbers(&recount.count).join(", ");
    let asks = matches!(finding.next_step, NextStep::BlindedRecount);
    let why = (asks && finding.flags.contains(Flag::RecountInvalid)).then(|| why_not_counted(recount)).flatten();
    match (numbers.is_empty(), why) {
        (true, None) => None,
        (true, Some(why)) => Some(format!(" Second count: {why}.")),
        (false, None) => Some(format!(" Second count: {numbers}.")),
        (false, Some(why)) => Some(format!(" Second count: {numbers}; {why}.")),
    }
}

/// Why a second count of the breast rule does not count. Missing is said as missing.
fn why_not_counted(recount: &Recount) -> Option<&'static str> {
    match recount.blinded {
        None => Some("not stated to be blinded, so not counted"),
        Some(false) => Some("not blinded, so not counted"),
        Some(true) => match recount.count.cells {
            None if recount.count.cells_below.is_none() => Some("number of cells not stated, so not counted"),
            Some(_) | None => None,
        },
    }
}

fn numbers(count: &Count) -> Vec<String> {
    let mut parts: Vec<String> = Vec::with_capacity(4);
    parts.extend(count.ratio.as_ref().and_then(phrases::short).map(|ratio| format!("ratio {ratio}")));
    parts.extend(count.her2.as_ref().and_then(phrases::short).map(|copies| format!("{copies} HER2 copies per cell")));
    parts.extend(count.cells.map(|cells| format!("{cells} cells")));
    let below = count.cells_below.filter(|_| count.cells.is_none());
    parts.extend(below.map(|below| format!("fewer than {below} cells")));
    parts
}

/// "Not found" only where nothing was set aside that may be the ISH.
pub(super) fn no_ish(assessment: &Assessment<'_>) -> Cow<'static, str> {
    match assessment.excluded.iter().filter(|excluded| is_unread(excluded.why)).count() {
        0 => " No ISH result found in what was sent.".into(),
        1 => " No ISH result could be read: one HER2 entry could not be used, see the report first.".into(),
        many => {
            format!(" No ISH result could be read: {many} HER2 entries could not be used, see the report first.").into()
        }
    }
}
