//! The other specimens of a card: what differs from the lead is named with its date, and so is a result that was withdrawn.

use crate::assessment::Assessment;
use crate::domain::evidence::ExcludedWhy;
use crate::domain::finding::{Category, Expression, Finding, Flag};
use crate::domain::specimen::Site;

use super::phrases;
use super::suggestion::is_reference;

/// Withdrawn results that are named one by one.
const WITHDRAWN_SHOWN: usize = 2;

/// Flags of the comparison under which the other result stands on the card.
const COMPARED: [Flag; 6] = [
    Flag::DiscordantOverTime,
    Flag::PriorPositive,
    Flag::CoreVsExcisionDiscordant,
    Flag::MultifocalDiscordant,
    Flag::HeterogeneousBetweenSpecimens,
    Flag::EverLow,
];

/// The specimen that the comparison is about: of the other status, else the one that was low.
fn counterpart<'a>(lead: &Finding, assessment: &'a Assessment<'_>) -> Option<&'a Finding> {
    if !COMPARED.iter().any(|flag| lead.flags.contains(*flag)) {
        return None;
    }
    let opposite = match lead.category {
        Category::Positive => Category::Negative,
        Category::Negative | Category::Equivocal | Category::Indeterminate | Category::Insufficient => {
            Category::Positive
        }
    };
    let others = || {
        let same = |other: &&Finding| other.tumour == lead.tumour && other.is_usable();
        let at_lead = assessment.record.lead;
        assessment
            .record
            .findings
            .iter()
            .enumerate()
            .filter(move |(at, _)| Some(*at) != at_lead)
            .map(|(_, f)| f)
            .filter(same)
    };
    let low = |other: &&Finding| lead.flags.contains(Flag::EverLow) && other.expression == Expression::Low;
    others().find(|other| other.category == opposite).or_else(|| others().find(low))
}

/// Both results in one sentence, each with its date; None where the lead differs from no other specimen.
pub(super) fn discordance(lead: &Finding, assessment: &Assessment<'_>) -> Option<String> {
    let other = counterpart(lead, assessment).filter(|other| other.category != lead.category)?;
    Some(format!("HER2 differs: {}, but {}: review before deciding.", named(lead), named(other)))
}

/// The other result, for the detail.
pub(super) fn compared(lead: &Finding, assessment: &Assessment<'_>) -> String {
    counterpart(lead, assessment).map_or_else(String::new, |other| format!(" Compared with: {}.", named(other)))
}

/// `metastasis positive (IHC 3+, 2026-10-12)`
fn named(finding: &Finding) -> String {
    let site = match finding.site {
        Site::Metastatic => "metastasis ",
        Site::Primary | Site::Unknown => "",
    };
    let ground = finding.ihc.as_ref().and_then(phrases::ihc_ground).map_or_else(String::new, |ihc| format!("{ihc}, "));
    let date =
        finding.collected.as_ref().map_or_else(|| "date unknown".to_owned(), |date| date.when.shown().to_string());
    format!("{site}{} ({ground}{date})", finding.category)
}

/// Results that their sender took back: the card after a withdrawal says which.
pub(super) fn withdrawn(assessment: &Assessment<'_>) -> String {
    let gone = |why: ExcludedWhy| matches!(why, ExcludedWhy::EnteredInError | ExcludedWhy::Cancelled);
    let references: Vec<&str> = assessment
        .excluded
        .iter()
        .filter(|excluded| gone(excluded.why) && is_reference(&excluded.reference))
        .map(|excluded| &*excluded.reference)
        .take(WITHDRAWN_SHOWN)
        .collect();
    if references.is_empty() { String::new() } else { format!(" Withdrawn, not used: {}.", references.join(", ")) }
}
