//! Where the other specimens of a primary tumour disagree with the one that leads: flags and steps of the comparison.
//!
//! Policy of this product throughout; it needs a clinician's consent before sign-off.

use std::cmp::Ordering;

use super::finding::{Category, Expression, Finding, Flag, NextStep};
use super::over_time::{Choice, by_age};
use super::specimen::SpecimenKind;
use super::tumour::Tumour;

/// Flags and steps that the other specimens add to the lead.
pub(super) fn remarks(findings: &[Finding], members: &[usize], choice: &Choice) -> (Vec<Flag>, Vec<NextStep>) {
    let lead = &findings[choice.lead];
    let (mut flags, mut steps) = (Vec::new(), Vec::new());
    let newer = |at: &usize| by_age(&findings[*at], lead) == Ordering::Greater;
    if choice.not_final.iter().any(newer) {
        flags.push(Flag::NotFinal);
        steps.push(NextStep::AwaitFinal);
    }
    if choice.not_classified.iter().any(newer) {
        flags.push(Flag::NewerSpecimenNotEvaluable);
    }
    let has_ish_elsewhere = || members.iter().any(|&at| at != choice.lead && findings[at].ish.is_some());
    if lead.category == Category::Equivocal && lead.ish.is_none() && has_ish_elsewhere() {
        flags.push(Flag::IshOtherSpecimenIgnored);
    }
    for &at in choice.kept.iter().filter(|&&at| at != choice.lead) {
        let rival = if choice.competing.contains(&at) { Rival::Competed } else { Rival::EarlierOrElsewhere };
        compare_pair(lead, &findings[at], rival, &mut flags, &mut steps);
    }
    (flags, steps)
}

/// How another specimen stood to the lead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rival {
    /// Same episode and rank: it could have led.
    Competed,
    /// Older, or the primary beside a metastasis of the same episode.
    EarlierOrElsewhere,
}

fn compare_pair(lead: &Finding, other: &Finding, rival: Rival, flags: &mut Vec<Flag>, steps: &mut Vec<NextStep>) {
    use Category::{Equivocal, Negative, Positive};
    let breast = lead.tumour == Tumour::Breast;
    match (rival, lead.category, other.category) {
        (Rival::Competed, Positive, Negative) | (Rival::Competed, Negative, Positive) => {
            if !breast {
                flags.push(Flag::HeterogeneousBetweenSpecimens);
            } else {
                let core_and_excision = matches!(
                    (lead.kind, other.kind),
                    (SpecimenKind::Biopsy, SpecimenKind::Resection) | (SpecimenKind::Resection, SpecimenKind::Biopsy)
                );
                flags.push(if core_and_excision { Flag::CoreVsExcisionDiscordant } else { Flag::MultifocalDiscordant });
                steps.push(NextStep::PathologistReview);
            }
        }
        (Rival::EarlierOrElsewhere, Positive, Negative) => {
            flags.push(Flag::DiscordantOverTime);
            steps.push(NextStep::MultidisciplinaryReview);
        }
        (Rival::EarlierOrElsewhere, Negative, Positive) => {
            flags.extend([Flag::DiscordantOverTime, Flag::PriorPositive]);
            if lead.tumour == Tumour::Gastroesophageal {
                flags.push(Flag::PostTrastuzumabLossPossible);
            }
            steps.push(NextStep::MultidisciplinaryReview);
        }
        (Rival::EarlierOrElsewhere, Equivocal, Positive) => flags.push(Flag::PriorPositive),
        (Rival::EarlierOrElsewhere, Negative, Negative) if breast && differs(lead.expression, other.expression) => {
            flags.push(Flag::ExpressionChangedOverTime);
        }
        _ => {}
    }
    if lead.category == Negative && lead.expression != Expression::Low && other.expression == Expression::Low {
        flags.push(Flag::EverLow);
        steps.push(NextStep::ClinicianReviewEverLow);
    }
}

/// Do two expressions say different things? What is not known differs from nothing, and a 0 whose staining is not described
/// differs only from low.
fn differs(a: Expression, b: Expression) -> bool {
    use Expression::{Low, NotApplicable, Null, Ultralow, Undetermined, UnknownNoIhc, ZeroUnspecified};
    match (a, b) {
        (UnknownNoIhc | Undetermined | NotApplicable, _) | (_, UnknownNoIhc | Undetermined | NotApplicable) => false,
        (ZeroUnspecified, other) | (other, ZeroUnspecified) => other == Low,
        (Low | Ultralow | Null, Low | Ultralow | Null) => a != b,
    }
}

#[cfg(test)]
mod tests;
