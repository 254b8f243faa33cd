//! Words of the page of rules: categories with their shape, ranges, marks, and the short form of an id.

use maud::{Markup, html};

use super::wording::{category_shape, tone, words};
use crate::domain::rulebook::{Axis, Detail, IshBand, Row, RuleSource, StainingCondition};
use crate::domain::specimen::Scoring;

/// The category of a row, told apart by shape as well as by word.
pub(super) fn category(row: &Row) -> Markup {
    let category = row.category.as_str();
    html! {
        span.(tone(category)) { span.mark aria-hidden="true" { (category_shape(category)) } " " strong { (words(category)) } }
        @if let Some(provisional) = row.provisional { ", provisionally " (provisional) }
        @if let Some(comment) = row.comment { span.comment { ". " (comment.numbers()) ": " (comment.in_words()) } }
    }
}

/// `G4-2plus` of `breast-asco-cap-2018/G4-2plus`.
pub(super) fn short(rule: &str) -> &str {
    rule.rsplit('/').next().unwrap_or(rule)
}

/// † where a line was not compared with its source.
pub(super) fn unconfirmed(is_unconfirmed: bool) -> Markup {
    html! { @if is_unconfirmed { abbr title="unconfirmed" { "†" } } }
}

/// ‡ where a line is ours and no guideline's.
pub(super) fn policy(is_policy: bool) -> Markup {
    html! { @if is_policy { abbr title="policy" { "‡" } } }
}

/// † and ‡, read aloud in words.
pub(super) fn marks(source: Option<&RuleSource>) -> Markup {
    html! {
        (unconfirmed(source.is_some_and(|source| source.unconfirmed)))
        (policy(source.is_some_and(|source| source.policy)))
    }
}

/// "ratio 2.0 or more, HER2 copies below 4.0": no sign that could be misread.
pub(super) fn numbers_of(band: &IshBand) -> String {
    let ranges = band.ranges.iter().map(|(axis, range)| format!("{} {range}", name_of(*axis)));
    let missing = band.missing.iter().map(|axis| format!("no {}", name_of(*axis)));
    let parts: Vec<String> = ranges.chain(missing).collect();
    if parts.is_empty() { "any number".to_owned() } else { parts.join(", ") }
}

const fn name_of(axis: Axis) -> &'static str {
    match axis {
        Axis::Ratio => "HER2/CEP17 ratio",
        Axis::Copies => "HER2 copies",
        Axis::PercentCells => "percent of cells with a ratio of 2 or more",
    }
}

/// "specimen resection, percent below 10": what a line about staining asks for.
pub(super) fn details(condition: &StainingCondition) -> String {
    let not_sent: Vec<&str> = condition
        .not_sent
        .iter()
        .map(|detail| match detail {
            Detail::Percent => "percent",
            Detail::Pattern => "pattern",
            Detail::Intensity => "intensity",
        })
        .collect();
    let parts = [
        ("specimen", listed(&condition.kind)),
        ("percent", condition.percent.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("cells in a cluster", condition.cluster_cells.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("pattern", listed(&condition.pattern)),
        ("pattern not", listed(&condition.pattern_not)),
        ("intensity", listed(&condition.intensity)),
        ("intensity not", listed(&condition.intensity_not)),
        ("not sent:", not_sent.join(", ")),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(name, words)| format!("{name} {words}"))
        .collect();
    if said.is_empty() { "any details".to_owned() } else { said.join("; ") }
}

/// The name under which a scoring system is known.
pub(super) const fn system(scoring: Scoring) -> &'static str {
    match scoring {
        Scoring::Breast => "breast",
        Scoring::Gastric => "gastric",
        Scoring::EndometrialTrial => "trial NCT01367002",
        Scoring::Heracles => "HERACLES",
        Scoring::PathwayBtc => "PATHWAY BTC",
        Scoring::Unknown => "not known",
    }
}

/// Words of the contract, in plain writing.
pub(super) fn listed<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(|one| one.to_string().replace('_', " ")).collect::<Vec<_>>().join(", ")
}
