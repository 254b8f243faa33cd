//! The classification of one specimen: evidence in, finding out. Pure, total, and without a default rule.

use super::amendment::before_amendment;
use super::columns::{Case, IshColumn};
use super::evidence::SpecimenEvidence;
use super::finding::{Basis, Category, Finding, Flag, IshShown, NextStep};
use super::flips;
use super::history::History;
use super::ihc::{Ihc, IhcScore};
use super::ish_reading::{computed_ratio, is_near_threshold};
use super::judge::{IshCounted, Judgement, Question};
use super::overall;
use super::resolve::{Counted, IhcCounted, newer_first, resolve};
use super::rulebook::{Row, RuleSet, Rulebook};
use super::specimen::Scoring;
use super::tumour::{Tumour, TumourClass};

/// What the rules make of one specimen. Never fails: every state of the record has an answer.
#[must_use]
pub fn classify(rules: &Rulebook, specimen: &SpecimenEvidence, history: &History) -> Finding {
    let counted = resolve(specimen);
    let judgement = judgement(Question { rules, specimen, counted: &counted, history });
    finding(rules, specimen, &counted, scoring_of(rules, specimen), judgement)
}

/// What [`classify`] makes of the specimen, with the single changes of a value that would change its category.
#[must_use]
pub fn classify_with_flips(rules: &Rulebook, specimen: &SpecimenEvidence, history: &History) -> Finding {
    let counted = resolve(specimen);
    let judgement = judgement(Question { rules, specimen, counted: &counted, history });
    let mut finding = finding(rules, specimen, &counted, scoring_of(rules, specimen), judgement);
    finding.flips = flips::of_counted(rules, specimen, counted, history, &finding);
    finding
}

/// The row that applies, and what it adds up to.
pub(super) fn judgement<'r, 'e>(question: Question<'r, 'e>) -> Judgement<'r, 'e> {
    let Question { rules, specimen, counted, .. } = question;
    match stands_in_the_way(rules, specimen, counted) {
        Some(row) => Judgement::of_row(row, newest_ish(counted)),
        None => match systems(rules, specimen) {
            Systems::One(set) => overall::weigh(question, set, question.judge(set)),
            Systems::NotStated(own, other) => overall::weigh(question, own, judge_both(question, own, other)),
            Systems::NotOfTumour => Judgement::of_row(rules.case(Case::ScoringNotOfTumour), newest_ish(counted)),
        },
    }
}

/// Reasons for which no table is asked at all.
fn stands_in_the_way<'r>(rules: &'r Rulebook, specimen: &SpecimenEvidence, counted: &Counted<'_>) -> Option<&'r Row> {
    if specimen.tumour == Tumour::Unknown {
        return Some(rules.case(Case::TumourUnknown));
    }
    match specimen.class {
        TumourClass::NeedsHistology => return Some(rules.case(Case::HistologyNeeded)),
        TumourClass::NotCovered => return Some(rules.case(Case::NotCovered)),
        TumourClass::Applicable | TumourClass::InSituOnly => {}
    }
    let nothing_sent = counted.basis == Basis::Nothing && counted.evidence.is_empty();
    (is_not_invasive(specimen) && !nothing_sent).then(|| rules.case(Case::NotInvasive))
}

/// Only the invasive component counts. A result that the sender calls invasive counts beside a diagnosis in situ.
fn is_not_invasive(specimen: &SpecimenEvidence) -> bool {
    match specimen.invasive {
        Some(invasive) => !invasive,
        None => specimen.class == TumourClass::InSituOnly,
    }
}

enum Systems<'r> {
    One(&'r RuleSet),
    /// Two systems are possible and none is stated; the tumour's own first.
    NotStated(&'r RuleSet, &'r RuleSet),
    NotOfTumour,
}

fn stated(specimen: &SpecimenEvidence) -> Option<Scoring> {
    specimen.scoring.filter(|scoring| *scoring != Scoring::Unknown)
}

fn systems<'r>(rules: &'r Rulebook, specimen: &SpecimenEvidence) -> Systems<'r> {
    let possible = rules.systems_of(specimen.tumour);
    let set = |index: usize| rules.sets.get(index);
    let chosen = match (stated(specimen), possible) {
        (Some(scoring), _) => possible.iter().find(|(system, _)| *system == scoring).and_then(|(_, at)| set(*at)),
        (None, [(_, own), (_, other), ..]) => match (set(*own), set(*other)) {
            (Some(own), Some(other)) => return Systems::NotStated(own, other),
            _ => None,
        },
        (None, [(_, only)]) => set(*only),
        (None, []) => None,
    };
    chosen.map_or(Systems::NotOfTumour, Systems::One)
}

/// The system as it is shown: the stated one, else the only one of the tumour.
fn scoring_of(rules: &Rulebook, specimen: &SpecimenEvidence) -> Scoring {
    stated(specimen).unwrap_or_else(|| match rules.systems_of(specimen.tumour) {
        [(only, _)] => *only,
        _ => Scoring::Unknown,
    })
}

/// No system is stated: what both systems agree on stands, and otherwise the system has to be asked for.
fn judge_both<'r, 'e>(question: Question<'r, 'e>, own: &'r RuleSet, other: &'r RuleSet) -> Judgement<'r, 'e> {
    let mut judgement = question.judge(own);
    let depends_on_system = match question.counted.ihc {
        IhcCounted::None | IhcCounted::NotAssessable | IhcCounted::Conflicting => false,
        IhcCounted::Score(score, _) => score != IhcScore::Indeterminate,
        IhcCounted::Word(..) | IhcCounted::ZeroAndOne => true,
    };
    if !depends_on_system {
        return judgement;
    }
    if let (IhcCounted::Word(..), IshColumn::Missing) = (question.counted.ihc, judgement.ish.column) {
        judgement.add(Flag::ScoringSystemUnknown, NextStep::ObtainScoringSystem);
        return judgement;
    }
    let agreed = matches!(judgement.category, Category::Positive | Category::Negative)
        && question.judge(other).category == judgement.category;
    let by_word = matches!(question.counted.ihc, IhcCounted::Word(..));
    if !agreed {
        let row = question.rules.case(Case::ScoringUnknown);
        judgement = Judgement::of_row(row, judgement.ish);
        if by_word {
            judgement.flags.insert(Flag::StatusWordOnly);
        }
    }
    let step = if by_word { NextStep::ObtainScoringSystem } else { NextStep::None };
    judgement.add(Flag::ScoringSystemUnknown, step);
    judgement
}

/// The ISH that is shown where no table is asked.
fn newest_ish<'e>(counted: &Counted<'e>) -> IshCounted<'e> {
    let mut sent: Vec<_> = counted.ish.iter().filter(|candidate| candidate.ish.is_some()).collect();
    sent.sort_by(|a, b| newer_first(a.time, b.time));
    IshCounted {
        shown: sent.first().and_then(|candidate| candidate.ish),
        time: sent.first().and_then(|candidate| candidate.time),
        ..IshCounted::none()
    }
}

fn finding(
    rules: &Rulebook,
    specimen: &SpecimenEvidence,
    counted: &Counted<'_>,
    scoring: Scoring,
    judgement: Judgement<'_, '_>,
) -> Finding {
    let mut next = judgement.next.min(counted.next);
    let mut flags = judgement.flags.union(counted.flags);
    if counted.ish_pending && judgement.category == Category::Equivocal {
        flags.insert(Flag::IshPending);
        next = next.min(NextStep::AwaitIsh);
    }
    if is_not_invasive(specimen) {
        flags.insert(Flag::NotInvasive);
    }
    if counted.ish.iter().filter_map(|candidate| candidate.ish).any(|ish| is_near_threshold(&rules.numbers, &ish.count))
    {
        flags.insert(Flag::NearThreshold);
    }
    if let (Some(ish), Some(ihc)) = (judgement.ish.time, counted.ihc_time)
        && ish.chronological(ihc).is_lt()
    {
        flags.insert(Flag::IshBeforeIhc);
    }
    Finding {
        tumour: specimen.tumour,
        specimen: specimen.reference.clone(),
        collected: specimen.collected.clone(),
        kind: specimen.kind,
        site: specimen.site,
        side: specimen.side,
        scoring,
        invasive: specimen.invasive,
        ihc: shown_ihc(counted).cloned(),
        ish: judgement.ish.shown.map(|ish| IshShown {
            ish: ish.clone(),
            ratio_computed: computed_ratio(&ish.count),
            group: judgement.ish.group,
        }),
        category: judgement.category,
        expression: judgement.expression,
        provisional: judgement.provisional,
        next_step: next,
        flags,
        comment: judgement.comment,
        rule: judgement.row.id.clone(),
        lab_reported: counted.lab_reported,
        evidence: counted.evidence.clone(),
        before: before_amendment(specimen, counted, judgement.ish.shown),
        flips: Vec::new(),
        basis: if is_not_invasive(specimen) { Basis::Nothing } else { counted.basis },
    }
}

const fn shown_ihc<'e>(counted: &Counted<'e>) -> Option<&'e Ihc> {
    match counted.ihc {
        IhcCounted::Score(_, ihc) | IhcCounted::Word(_, ihc) => Some(ihc),
        IhcCounted::None | IhcCounted::NotAssessable | IhcCounted::ZeroAndOne | IhcCounted::Conflicting => None,
    }
}
