//! Two primary tumours on one record: a card is about one of them, says so, and names what the other one shows.

use crate::assessment::Assessment;
use crate::domain::finding::Finding;
use crate::domain::specimen::Side;
use crate::domain::tumour::Tumour;

use super::others;
use super::phrases;
use super::wording::LONGEST_SUMMARY;

/// Other primaries that are named one by one.
const SHOWN: usize = 2;

/// Why a positive of another primary is named beside a lead for which nothing is open.
pub(super) const WHY: &str = "Labels and trials were weighed for the primary that leads. Which one is treated decides.";

/// Fact and act for a positive of another primary than that of the lead.
pub(super) fn summary(finding: &Finding) -> String {
    let sentence = |fact: &str| format!("{fact}, beside another primary: consider which one is treated.");
    let whole = sentence(&phrases::fact(finding));
    let fits = whole.chars().count() <= LONGEST_SUMMARY;
    if fits { whole } else { sentence(&format!("HER2-positive {}", phrases::primary(finding))) }
}

/// That there are two primaries, which one this is, and what the other one shows; empty where there is one.
pub(super) fn two_primaries(finding: &Finding, assessment: &Assessment<'_>) -> String {
    if !assessment.two_primaries {
        return String::new();
    }
    let mut text = match (finding.tumour, finding.side) {
        (Tumour::Unknown, _) => " Two primaries on record; which one this belongs to is not known.".to_owned(),
        (_, Some(Side::NotKnown)) => {
            " Two primaries on record (left, right); which one this belongs to is not known.".to_owned()
        }
        _ => format!(" Two primaries on record; this is the {}.", phrases::primary(finding)),
    };
    let leads = assessment.record.leads.iter().filter_map(|&at| assessment.record.findings.get(at));
    let others = leads.filter(|lead| !lead.is_of_same_primary(finding));
    let others: Vec<String> = others.take(SHOWN).map(other).collect();
    if !others.is_empty() {
        text.push_str(&format!(" Not compared: {}.", others.join("; ")));
    }
    text
}

/// `right breast cancer, biopsy negative (IHC 1+, 2026-10-12)`
fn other(finding: &Finding) -> String {
    let primary = match finding.side {
        Some(Side::NotKnown) => "side not known".to_owned(),
        _ => phrases::primary(finding),
    };
    format!("{primary}, {}", others::named(finding, None))
}
