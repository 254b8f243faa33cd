//! Puts one card together: kind, words, source, reasons, draft and derived ids.

use crate::assessment::{Assessment, Knowledge, RulesIdentity};
use crate::cdshooks::identity::HookKey;
use crate::cdshooks::quiet::TrialLine;
use crate::cdshooks::response::{Basis, Card, CardExtension, Source};
use crate::domain::finding::Finding;
use crate::domain::history::Erbb2Mutation;
use crate::domain::retest::Retest;

use super::kind::{Kind, subject};
use super::retest;
use super::suggestion::suggestion;
use super::wording;

/// Rule named by a card that rests on no specimen.
const NO_RESULT: &str = "record/no-her2-result";
/// Rule named by a card that rests on sequencing alone.
const MUTATION: &str = "record/erbb2-mutation-without-her2-result";

/// The cards of a patient-view: at most one. `patient` is the id of the hook context, for the subject of a draft.
#[must_use]
pub fn cards(
    assessment: &Assessment<'_>,
    knowledge: &Knowledge,
    key: &HookKey,
    patient: &str,
    trials: TrialLine,
) -> Vec<Card> {
    Kind::of(assessment).map(|kind| card(kind, assessment, knowledge, key, patient, trials)).into_iter().collect()
}

fn card(
    kind: Kind,
    assessment: &Assessment<'_>,
    knowledge: &Knowledge,
    key: &HookKey,
    patient: &str,
    trials: TrialLine,
) -> Card {
    let finding = subject(assessment).filter(|_| kind != Kind::Mutation);
    let named = finding.and_then(|finding| retest::named(kind, finding, assessment));
    let retest = named.filter(|_| kind == Kind::Retest);
    let rule: &str = match (retest, finding) {
        (Some(retest), _) => retest::rule(retest),
        (None, Some(finding)) => &finding.rule,
        (None, None) if kind == Kind::Mutation => MUTATION,
        (None, None) => NO_RESULT,
    };
    let mutation = assessment.erbb2_mutation.filter(|_| kind == Kind::Mutation);
    let evidence = evidence(finding, named, mutation);
    let uuid = key.card_id(rule, &evidence);
    // new tissue that is named answers more than a question about the old one
    let newer = named.filter(|retest| kind == Kind::Retest || retest.course().is_some());
    let draft = |finding| match newer {
        Some(retest) => retest::suggestion(retest, finding, patient, &uuid),
        None => suggestion(finding, patient, &uuid),
    };
    let suggestions: Vec<_> = finding.and_then(draft).into_iter().collect();
    let basis = match retest.zip(finding) {
        Some((retest, finding)) => retest::basis(retest, finding).to_owned(),
        None => basis(rule, knowledge),
    };
    Card {
        uuid,
        summary: mark_unreviewed(wording::summary(kind, finding, assessment, trials), &assessment.rules),
        indicator: kind.indicator_for(assessment),
        detail: wording::detail(kind, finding, assessment, &basis),
        source: Source { label: source_label(&assessment.rules), topic: kind.topic() },
        selection_behavior: (!suggestions.is_empty()).then_some("at-most-one"),
        suggestions,
        override_reasons: kind.override_reasons(),
        extension: CardExtension {
            basis: Basis { rule: rule.to_owned(), evidence },
            related_resources: Vec::new(),
            detail_type: None,
        },
    }
}

/// The summary of rules that no clinician has signed says so first.
pub(super) fn mark_unreviewed(summary: String, rules: &RulesIdentity<'_>) -> String {
    if rules.signed_off { summary } else { format!("UNREVIEWED: {summary}") }
}

pub(super) fn source_label(rules: &RulesIdentity<'_>) -> String {
    let mark = if rules.signed_off { "" } else { " (unreviewed)" };
    format!("Herald rules {}{mark}", rules.edition)
}

/// Sorted `reference=reads`: what identifies the evidence of a card.
fn evidence(finding: Option<&Finding>, retest: Option<&Retest>, mutation: Option<Erbb2Mutation>) -> Vec<String> {
    let readings = finding.map_or(&[][..], |finding| &finding.evidence);
    let mut evidence: Vec<String> =
        readings.iter().map(|reading| format!("{}={}", reading.reference, reading.reads)).collect();
    evidence.extend(retest.and_then(retest::evidence));
    evidence.extend(mutation.map(|found| format!("record=ERBB2 {found}")));
    evidence.sort_unstable();
    evidence
}

/// Guideline and its citations.
fn basis(rule: &str, knowledge: &Knowledge) -> String {
    match knowledge.rulebook.source_of(rule) {
        Some(source) => format!("{} ({}).", source.guideline, source.cite.join(", ")),
        None => String::new(),
    }
}
