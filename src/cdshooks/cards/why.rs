//! Why a card matters: what its step is for, what contradicts what, and the label that it names.

use crate::assessment::Assessment;
use crate::domain::consideration::{Consideration, ResultChoice, Verdict};
use crate::domain::finding::{Category, Finding, Flag, NextStep};
use crate::domain::history::Erbb2Mutation;
use crate::domain::ihc::IhcScore;
use crate::domain::ish::IshMethod;
use crate::domain::tumour::Tumour;

use super::clarify;
use super::kind::Kind;
use super::phrases;
use super::primaries;
use super::retest;
use super::wording::{her2_condition, names_deruxtecan, open_label};

/// Why an option on label is a weak one here (DESTINY-PanTumor02, PMID 37870536).
const PANCREATIC: &str = "In pancreatic cancer about 4 % responded, none of the few with IHC 3+.";
/// Why a negative residual tumour does not close the labels for residual disease (KATHERINE, NCT01772472).
const RESIDUAL: &str = "Labels for residual disease look at the result before neoadjuvant treatment (NCT01772472).";
/// Why a single probe against the IHC is not the last word (clinical guide, 4.6; unconfirmed, as its row of the rules).
const SINGLE_PROBE: &str = "A dual-probe ISH could show group 3, which is negative; consider asking for it.";
/// Why a single probe is read together with IHC (clinical guide, 4.6).
const SINGLE_PROBE_ALONE: &str = "The guideline asks for IHC beside every single-probe result. Labelled HER2-directed options depend on setting and line.";
/// Beside a label whose first medicine is on record.
const DERUXTECAN_USED: &str = "Trastuzumab deruxtecan is on record as given.";

pub(super) fn why(kind: Kind, finding: &Finding, assessment: &Assessment<'_>) -> String {
    match (kind, open_label(assessment)) {
        (_, _) if let Some(retest) = retest::explained(kind, finding, assessment) => {
            retest::why(retest, finding).to_owned()
        }
        (Kind::OtherPrimary, _) => primaries::WHY.to_owned(),
        _ if finding.flags.contains(Flag::PostTrastuzumabLossPossible) => {
            format!("{} {}", phrases::why_of(finding), retest::LOSS)
        }
        _ if finding.next_step == NextStep::LabClarification => {
            clarify::what_contradicts(finding).unwrap_or_else(|| phrases::why_of(finding).to_owned())
        }
        _ if is_amplified_by_single_probe_alone(finding) => SINGLE_PROBE.to_owned(),
        (Kind::SolidThreePlus, Some(label)) if finding.tumour == Tumour::Pancreatic => {
            format!("{} {PANCREATIC}", label_line(label))
        }
        (Kind::Low | Kind::Ultralow | Kind::SolidThreePlus, Some(label))
            if assessment.deruxtecan_used && names_deruxtecan(label) =>
        {
            format!("{DERUXTECAN_USED} {}", label_line(label))
        }
        (Kind::Low | Kind::Ultralow | Kind::SolidThreePlus, Some(label)) => label_line(label),
        (Kind::NegativeOpen, Some(label)) if finding.next_step == NextStep::None => {
            format!("{} {}", variant(her2_condition(label)), label_line(label))
        }
        (Kind::Discordant, Some(_)) if finding.category == Category::Negative && looks_back(assessment) => {
            format!("{} {RESIDUAL}", phrases::why_of(finding))
        }
        (Kind::Positive, label)
            if finding.flags.contains(Flag::LabelRequiresIhc3)
                && !(label.is_some() && finding.next_step == NextStep::None) =>
        {
            phrases::why(NextStep::OptionalIshTrialOnly).to_owned()
        }
        (Kind::Positive, _) if finding.flags.contains(Flag::ConcomitantIhcRecommended) => SINGLE_PROBE_ALONE.to_owned(),
        (Kind::Positive, Some(_)) if finding.next_step == NextStep::None => {
            let used = if assessment.deruxtecan_used { format!(" {DERUXTECAN_USED}") } else { String::new() };
            format!("Labelled HER2-directed options depend on setting and line.{used}")
        }
        (Kind::SolidTrials, _) if finding.next_step == NextStep::None => {
            "The tumour-agnostic label counts IHC 3+ only. A new sample can differ.".to_owned()
        }
        _ => phrases::why_of(finding).to_owned(),
    }
}

/// Why a mutation without a HER2 result of a specimen matters.
pub(super) fn of_mutation(assessment: &Assessment<'_>) -> String {
    let biomarkers = phrases::why(NextStep::Erbb2MutationTesting);
    match open_label(assessment) {
        Some(label) => format!("{biomarkers} {}", label_line(label)),
        None => format!("{biomarkers} Labels for the mutation are for non-small cell lung cancer."),
    }
}

/// What is on record of the mutation.
pub(super) const fn mutation(found: Erbb2Mutation) -> &'static str {
    match found {
        Erbb2Mutation::KinaseDomainActivating | Erbb2Mutation::Activating => "activating ERBB2 mutation",
        Erbb2Mutation::Unclassified => "ERBB2 variant",
        Erbb2Mutation::Negative => "no ERBB2 mutation",
    }
}

const fn variant(her2: Verdict) -> &'static str {
    match her2 {
        Verdict::Unknown => "An ERBB2 variant is on record, and not whether it is activating.",
        Verdict::Met | Verdict::NotMet => "An activating ERBB2 mutation is on record.",
    }
}

/// Six or more copies by single probe, and an IHC that says negative.
fn is_amplified_by_single_probe_alone(finding: &Finding) -> bool {
    let single = finding.ish.as_ref().is_some_and(|shown| shown.ish.method == IshMethod::Single);
    let breast = finding.tumour == Tumour::Breast;
    breast
        && single
        && finding.category == Category::Positive
        && finding.next_step == NextStep::PathologistReview
        && finding.ihc.as_ref().is_some_and(|ihc| matches!(ihc.score, Some(IhcScore::Zero | IhcScore::OnePlus)))
}

/// Is there a label for residual disease that the result before neoadjuvant treatment keeps open?
fn looks_back(assessment: &Assessment<'_>) -> bool {
    let before = |one: &&Consideration<'_>| one.rule.result == ResultChoice::BeforeNeoadjuvant;
    assessment.considerations.iter().filter(before).any(|one| one.verdict != Verdict::NotMet)
}

/// A label with its date and what it rests on, and in a sentence of its own that no clinician has compared it.
fn label_line(consideration: &Consideration<'_>) -> String {
    let label = consideration.label;
    let accelerated = if label.accelerated { ", accelerated" } else { "" };
    let unconfirmed = if consideration.rule.unconfirmed { " Our reading is unconfirmed." } else { "" };
    let cite = consideration.rule.cite.last().map_or("", |cite| &**cite);
    format!("{}, US label of {}{accelerated} ({cite}).{unconfirmed}", consideration.rule.agent, label.date)
}
