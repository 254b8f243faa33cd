//! The other specimens of a card: what differs from the lead is named with its kind and date, what an amended result said before,
//! and what was withdrawn.

use crate::assessment::{Assessment, comparison};
use crate::domain::evidence::ExcludedWhy;
use crate::domain::finding::{Basis, Category, Expression, Finding, Flag, NextStep};
use crate::domain::specimen::{Site, SpecimenKind};

use super::phrases;
use super::suggestion::is_reference;
use super::wording::LONGEST_SUMMARY;

/// Withdrawn results, and readings before an amendment, that are named one by one.
const SHOWN: usize = 2;

/// The specimen that the comparison is about: the newest one of the other status, else the one that was low, else the one
/// whose expression differs.
fn counterpart<'a>(lead: &Finding, assessment: &'a Assessment<'_>) -> Option<&'a Finding> {
    let opposite = match lead.category {
        Category::Positive => Category::Negative,
        Category::Negative | Category::Equivocal | Category::Indeterminate | Category::Insufficient => {
            Category::Positive
        }
    };
    let newest = |fits: &dyn Fn(&Finding) -> bool| {
        let others = assessment.record.findings.iter().filter(|other| {
            !std::ptr::eq(*other, lead) && other.is_of_same_primary(lead) && other.is_usable() && fits(other)
        });
        others.reduce(|best, other| if is_newer(other, best) { other } else { best })
    };
    let has = |flag| lead.flags.contains(flag);
    let status_differs = has(Flag::DiscordantOverTime)
        || has(Flag::PriorPositive)
        || has(Flag::CoreVsExcisionDiscordant)
        || has(Flag::MultifocalDiscordant)
        || has(Flag::HeterogeneousBetweenSpecimens);
    let of_opposite = || status_differs.then(|| newest(&|other| other.category == opposite)).flatten();
    let low = || has(Flag::EverLow).then(|| newest(&|other| other.expression == Expression::Low)).flatten();
    let changed = || {
        let differs = |other: &Finding| other.category == lead.category && other.expression != lead.expression;
        has(Flag::ExpressionChangedOverTime).then(|| newest(&differs)).flatten()
    };
    of_opposite().or_else(low).or_else(changed)
}

fn is_newer(finding: &Finding, than: &Finding) -> bool {
    match (&finding.collected, &than.collected) {
        (Some(a), Some(b)) => a.when.chronological(&b.when).is_gt(),
        (a, b) => a.is_some() && b.is_none(),
    }
}

/// The newest preliminary result beside a final lead, where it is newer.
pub(super) fn preliminary<'a>(lead: &Finding, assessment: &'a Assessment<'_>) -> Option<&'a Finding> {
    let newer = assessment.record.findings.iter().filter(|other| {
        other.basis == Basis::Preliminary
            && lead.basis == Basis::Final
            && other.is_of_same_primary(lead)
            && is_newer(other, lead)
    });
    newer.reduce(|best, other| if is_newer(other, best) { other } else { best })
}

/// That result with its date, for the detail.
pub(super) fn not_final(lead: &Finding, assessment: &Assessment<'_>) -> String {
    let waits = lead.next_step == NextStep::AwaitFinal;
    let newer = preliminary(lead, assessment).filter(|_| waits);
    newer.map_or_else(String::new, |newer| format!(" Newer, not final: {}.", named(newer, Some(lead))))
}

/// Both results in one sentence, each with its kind of specimen and its date; None where the lead differs from no other
/// specimen.
pub(super) fn discordance(lead: &Finding, assessment: &Assessment<'_>) -> Option<String> {
    let other = counterpart(lead, assessment).filter(|other| other.category != lead.category)?;
    let sentence = |lead: &str, other: &str| format!("HER2 differs: {lead}, {other}: review together.");
    let whole = sentence(&named(lead, Some(other)), &named(other, Some(lead)));
    let fits = whole.chars().count() <= LONGEST_SUMMARY;
    // the detail names the kinds in any case
    Some(if fits { whole } else { sentence(&status(lead), &status(other)) })
}

/// What the comparison says, and the other result, for the detail.
pub(super) fn compared(lead: &Finding, assessment: &Assessment<'_>) -> String {
    let words: Vec<&str> = comparison(lead).collect();
    let mut text = if words.is_empty() { String::new() } else { format!(" Other specimens: {}.", words.join("; ")) };
    if let Some(other) = counterpart(lead, assessment) {
        text.push_str(&format!(" Compared with: {}.", named(other, Some(lead))));
    }
    text
}

/// `metastasis positive (IHC 3+, 2026-10-12)`; seen from `beside`, tissue that is not of the metastasis is of the primary.
pub(super) fn named(finding: &Finding, beside: Option<&Finding>) -> String {
    let beside_metastasis = beside.is_some_and(|other| other.site == Site::Metastatic);
    let tissue = match (finding.site, finding.kind) {
        (Site::Metastatic, _) => "metastasis ",
        (Site::Primary, _) if beside_metastasis => "primary ",
        (_, SpecimenKind::Biopsy) => "biopsy ",
        (_, SpecimenKind::Resection) => "resection ",
        (_, SpecimenKind::Unknown) => "",
    };
    format!("{tissue}{}", status(finding))
}

/// `positive (IHC 3+, 2026-10-12)`
fn status(finding: &Finding) -> String {
    let ground = finding.ihc.as_ref().and_then(phrases::ihc_ground).map_or_else(String::new, |ihc| format!("{ihc}, "));
    let date = finding.collected.as_ref().map_or("date unknown", |date| date.when.shown());
    format!("{} ({ground}{date})", finding.category)
}

/// A result that was amended or replaced, with what it read before where that differs from what it reads now.
pub(super) fn amended(finding: &Finding) -> String {
    let now = |reads: &str| finding.evidence.iter().any(|reading| &*reading.reads == reads);
    // a final result that an amended one overrules is still listed among the evidence
    let listed = |reference: &str| finding.evidence.iter().any(|reading| &*reading.reference == reference);
    let before = finding.before.iter().filter(|reading| listed(&reading.reference) || !now(&reading.reads));
    let mut before: Vec<&str> =
        before.map(|reading| &*reading.reads).filter(|reads| phrases::is_short(reads)).take(SHOWN).collect();
    before.dedup();
    match (before.is_empty(), finding.flags.contains(Flag::AmendedResult)) {
        (false, true) => format!(" Amended; before: {}.", before.join(", ")),
        (false, false) => format!(" Replaces an earlier result: {}.", before.join(", ")),
        (true, true) => " Amended result.".to_owned(),
        (true, false) => String::new(),
    }
}

/// Results that their sender took back: the card after a withdrawal says which.
pub(super) fn withdrawn(assessment: &Assessment<'_>) -> String {
    let gone = |why: ExcludedWhy| matches!(why, ExcludedWhy::EnteredInError | ExcludedWhy::Cancelled);
    let references: Vec<&str> = assessment
        .excluded
        .iter()
        .filter(|excluded| gone(excluded.why) && is_reference(&excluded.reference))
        .map(|excluded| &*excluded.reference)
        .take(SHOWN)
        .collect();
    if references.is_empty() { String::new() } else { format!(" Withdrawn, not used: {}.", references.join(", ")) }
}
