//! Which card a record calls for, if any: at most one on patient-view, the open gap before the options.

use crate::assessment::Assessment;
use crate::cdshooks::response::{Coding, Indicator};
use crate::domain::consideration::Verdict;
use crate::domain::evidence::ExcludedWhy;
use crate::domain::finding::{Category, Expression, Finding, Flag, NextStep};
use crate::domain::history::{Erbb2Mutation, Extent, HormoneReceptor};
use crate::domain::ihc::IhcScore;
use crate::domain::tumour::{Tumour, TumourClass};

use super::overrides;
use super::retest;

pub(super) const TOPICS: &str = "https://fhir.herald-cds.org/CodeSystem/card-topic";

/// The kinds of card. A kind never changes with the patient: EHRs filter and remember by its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No HER2 result although the tumour is one that is tested as a rule.
    Missing,
    /// HER2 results are on file, but none could be read.
    Unreadable,
    /// Preliminary.
    NotFinal,
    /// Positive and negative specimens, or IHC against ISH.
    Discordant,
    /// IHC 2+ without ISH.
    IshDue,
    /// ISH ordered, result pending.
    IshPending,
    /// A second count is due, or it differs.
    Recount,
    /// Contradiction, or a word that differs from ours.
    Clarify,
    /// A value without which there is no status.
    Incomplete,
    /// Positive, breast or gastroesophageal, or without IHC 3+.
    Positive,
    /// IHC 3+ in another solid tumour.
    SolidThreePlus,
    /// HER2-low.
    Low,
    /// HER2-ultralow.
    Ultralow,
    /// Negative, with a question whose answer could open an option.
    NegativeOpen,
    /// Outside breast, no label, but trials that take the score.
    SolidTrials,
    /// The last test may not hold any more.
    Retest,
    /// Nothing is open for the primary that leads, and another one is positive.
    OtherPrimary,
    /// An ERBB2 mutation by sequencing, and no HER2 result of a specimen.
    Mutation,
}

impl Kind {
    /// All of them: what a site may silence.
    const ALL: [Self; 18] = [
        Self::Missing,
        Self::Unreadable,
        Self::NotFinal,
        Self::Discordant,
        Self::IshDue,
        Self::IshPending,
        Self::Recount,
        Self::Clarify,
        Self::Incomplete,
        Self::Positive,
        Self::SolidThreePlus,
        Self::Low,
        Self::Ultralow,
        Self::NegativeOpen,
        Self::SolidTrials,
        Self::Retest,
        Self::OtherPrimary,
        Self::Mutation,
    ];

    /// The kind of card for this assessment; None if nothing is new or open.
    pub(super) fn of(assessment: &Assessment<'_>) -> Option<Self> {
        match subject(assessment) {
            _ if of_mutation(assessment) => Some(Self::Mutation),
            Some(_) if retest_leads(assessment) => Some(Self::Retest),
            Some(_) if other_positive(assessment).is_some() => Some(Self::OtherPrimary),
            Some(finding) => for_finding(finding, assessment),
            None => without_result(assessment),
        }
    }

    /// How urgent the card is: a status that is open stays a warning where new tissue is the answer.
    pub(super) fn indicator_for(self, assessment: &Assessment<'_>) -> Indicator {
        let open = |lead| for_finding(lead, assessment).is_some_and(|kind| kind.indicator() == Indicator::Warning);
        match self {
            Self::Retest if assessment.record.lead_finding().is_some_and(open) => Indicator::Warning,
            kind => kind.indicator(),
        }
    }

    pub(super) const fn topic(self) -> Coding {
        let (code, display) = match self {
            Self::Missing => ("HER2MISSING", "No HER2 result on file"),
            Self::Unreadable => ("HER2UNREADABLE", "HER2 result could not be read"),
            Self::NotFinal => ("HER2NOTFINAL", "HER2 result is preliminary"),
            Self::Discordant => ("HER2DISCORDANT", "HER2 results differ"),
            Self::IshDue => ("HER2ISHDUE", "HER2 ISH is due"),
            Self::IshPending => ("HER2ISHPENDING", "HER2 ISH is pending"),
            Self::Recount => ("HER2RECOUNT", "HER2 ISH second count"),
            Self::Clarify => ("HER2CLARIFY", "HER2 result to be clarified"),
            Self::Incomplete => ("HER2INCOMPLETE", "HER2 result is incomplete"),
            Self::Positive => ("HER2POSITIVE", "HER2-positive"),
            Self::SolidThreePlus => ("HER2SOLID3PLUS", "HER2 IHC 3+ in a solid tumour"),
            Self::Low => ("HER2LOW", "HER2-low"),
            Self::Ultralow => ("HER2ULTRALOW", "HER2-ultralow"),
            Self::NegativeOpen => ("HER2NEGATIVEOPEN", "HER2-negative with an open question"),
            Self::SolidTrials => ("HER2SOLIDTRIALS", "HER2 trials in a solid tumour"),
            Self::Retest => ("HER2RETEST", "HER2 test of new tissue"),
            Self::OtherPrimary => ("HER2OTHERPRIMARY", "HER2-positive, another primary"),
            Self::Mutation => ("HER2MUTATION", "ERBB2 mutation without a HER2 result"),
        };
        Coding { code, system: TOPICS, display }
    }

    /// Warning for a gap that blocks the status or for a discordance, info for all else. Never critical on patient-view.
    const fn indicator(self) -> Indicator {
        match self {
            Self::Missing
            | Self::Unreadable
            | Self::Discordant
            | Self::IshDue
            | Self::Recount
            | Self::Clarify
            | Self::Incomplete => Indicator::Warning,
            Self::NotFinal
            | Self::IshPending
            | Self::Positive
            | Self::SolidThreePlus
            | Self::Low
            | Self::Ultralow
            | Self::NegativeOpen
            | Self::SolidTrials
            | Self::Retest
            | Self::OtherPrimary
            | Self::Mutation => Indicator::Info,
        }
    }

    /// Three to five reasons, the wrong result always among them.
    pub(super) fn override_reasons(self) -> Vec<Coding> {
        use overrides::{
            ALREADY_DONE, ALTERNATIVE_EXISTS, AWARE, BOARD_DECIDED, DONE_OUTSIDE, ISH_PENDING, LINE_NOT_REACHED,
            NO_SAFE_BIOPSY, NO_TISSUE, NO_TRIAL, NOT_APPROPRIATE, RECOUNT_DONE, RESULT_WRONG, TREAT_BY_PRIMARY,
        };
        match self {
            Self::Missing => vec![DONE_OUTSIDE, ALREADY_DONE, NO_TISSUE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::Unreadable | Self::Clarify | Self::Incomplete => {
                vec![ALREADY_DONE, NO_TISSUE, AWARE, NOT_APPROPRIATE, RESULT_WRONG]
            }
            Self::NotFinal | Self::IshPending => vec![AWARE, ALREADY_DONE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::Discordant => vec![BOARD_DECIDED, TREAT_BY_PRIMARY, ALREADY_DONE, RESULT_WRONG],
            Self::IshDue => vec![ISH_PENDING, NO_TISSUE, ALREADY_DONE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::Recount => vec![RECOUNT_DONE, ALREADY_DONE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::Positive | Self::SolidThreePlus => vec![AWARE, ALTERNATIVE_EXISTS, NOT_APPROPRIATE, RESULT_WRONG],
            Self::Low | Self::Ultralow | Self::Mutation => vec![LINE_NOT_REACHED, AWARE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::OtherPrimary => vec![AWARE, BOARD_DECIDED, NOT_APPROPRIATE, RESULT_WRONG],
            Self::NegativeOpen => vec![AWARE, ALREADY_DONE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::SolidTrials => vec![NO_TRIAL, AWARE, NOT_APPROPRIATE, RESULT_WRONG],
            Self::Retest => vec![NO_SAFE_BIOPSY, NO_TISSUE, ALREADY_DONE, TREAT_BY_PRIMARY, RESULT_WRONG],
        }
    }
}

/// The topics under which cards are shown, filtered and silenced.
pub fn topics() -> impl Iterator<Item = Coding> {
    Kind::ALL.into_iter().map(Kind::topic).chain(super::ordering::topics())
}

/// Whether a card of this topic only tells of trials. A lung card that says that the mutation is another test does not.
pub(in crate::cdshooks) fn is_about_trials(topic: &str, assessment: &Assessment<'_>) -> bool {
    let other_test = || subject(assessment).is_some_and(|finding| finding.next_step == NextStep::Erbb2MutationTesting);
    topic == Kind::SolidTrials.topic().code && !other_test()
}

/// Whether a card of this topic may close with the number of trials.
pub(in crate::cdshooks) fn names_trials(topic: &str, assessment: &Assessment<'_>) -> bool {
    let kinds = [Kind::Positive, Kind::SolidTrials];
    !assessment.trials.is_empty() && kinds.into_iter().any(|kind| kind.topic().code == topic)
}

/// The finding a card is about: the lead, else the first specimen of which something is known. Where a gap is open for another
/// primary and none for that of the lead, the gap; where nothing is open at all and another primary is positive, that one.
pub(super) fn subject<'a>(assessment: &'a Assessment<'_>) -> Option<&'a Finding> {
    let record = &assessment.record;
    let of_another = gap(assessment).or_else(|| other_positive(assessment));
    of_another.or_else(|| record.lead_finding()).or_else(|| record.findings.first())
}

/// The leads of all primaries where there are several, that of the record first.
fn leads<'a>(assessment: &'a Assessment<'_>) -> impl Iterator<Item = &'a Finding> {
    let record = &assessment.record;
    let several = if record.leads.len() > 1 { &record.leads[..] } else { &[] };
    several.iter().filter_map(|&at| record.findings.get(at))
}

/// The gap that the card is about, where it is not one of the lead.
fn gap_of_another<'a>(assessment: &'a Assessment<'_>, lead: &Finding) -> Option<&'a Finding> {
    gap(assessment).filter(|gap| !std::ptr::eq(*gap, lead))
}

fn gap<'a>(assessment: &'a Assessment<'_>) -> Option<&'a Finding> {
    leads(assessment)
        .find(|finding| for_finding(finding, assessment).is_some_and(|kind| kind.indicator() == Indicator::Warning))
}

/// A positive of another primary that no card would name: the lead has none, or one that only tells of trials and can be
/// dismissed with them.
fn other_positive<'a>(assessment: &'a Assessment<'_>) -> Option<&'a Finding> {
    let lead = leads(assessment).next()?;
    let silent = matches!(for_finding(lead, assessment), None | Some(Kind::SolidTrials));
    if !silent || retest_leads(assessment) || gap(assessment).is_some() {
        return None;
    }
    leads(assessment).skip(1).find(|finding| finding.category == Category::Positive)
}

/// Does new tissue lead the card? A question about tissue that is older than a metastasis does not hide it.
fn retest_leads(assessment: &Assessment<'_>) -> bool {
    let Some((retest, lead)) = assessment.retest.as_ref().zip(assessment.record.lead_finding()) else { return false };
    gap_of_another(assessment, lead).is_none() && retest::leads(retest, lead, for_finding(lead, assessment))
}

/// A label of a mutation can still be met, or would be weighed once the histology is known, and no specimen leads.
fn of_mutation(assessment: &Assessment<'_>) -> bool {
    let unsettled = assessment.tumour == Tumour::Lung && assessment.class == TumourClass::NeedsHistology;
    let mutated = assessment.erbb2_mutation.is_some_and(|found| found != Erbb2Mutation::Negative);
    let early = assessment.extent == Some(Extent::Early);
    mutated && !early && assessment.record.lead.is_none() && (opens(assessment) || unsettled)
}

fn for_finding(finding: &Finding, assessment: &Assessment<'_>) -> Option<Kind> {
    let step = finding.next_step;
    if step == NextStep::AwaitFinal {
        return Some(Kind::NotFinal);
    }
    let differs_over_time = finding.flags.contains(Flag::DiscordantOverTime);
    if finding.flags.contains(Flag::PolysomyRuleNotStandardised) && step == NextStep::PathologistReview {
        return Some(Kind::Clarify);
    }
    if differs_over_time || matches!(step, NextStep::MultidisciplinaryReview | NextStep::PathologistReview) {
        return Some(Kind::Discordant);
    }
    match finding.category {
        Category::Equivocal | Category::Indeterminate | Category::Insufficient => Some(open_status(step)),
        Category::Positive => Some(positive(finding)),
        Category::Negative => negative(finding, assessment),
    }
}

const fn open_status(step: NextStep) -> Kind {
    match step {
        NextStep::ReflexIsh | NextStep::ReflexIshOrNewSpecimen => Kind::IshDue,
        NextStep::AwaitIsh => Kind::IshPending,
        NextStep::OptionalIshTrialOnly | NextStep::Erbb2MutationTesting => Kind::SolidTrials,
        NextStep::BlindedRecount | NextStep::AdjudicatePerLabProcedure => Kind::Recount,
        NextStep::LabClarification => Kind::Clarify,
        _ => Kind::Incomplete,
    }
}

fn positive(finding: &Finding) -> Kind {
    let own_labels = matches!(finding.tumour, Tumour::Breast | Tumour::Gastroesophageal);
    let three_plus = finding.ihc.as_ref().is_some_and(|ihc| ihc.score == Some(IhcScore::ThreePlus));
    if finding.next_step == NextStep::LabClarification {
        Kind::Clarify
    } else if !own_labels && three_plus {
        Kind::SolidThreePlus
    } else {
        Kind::Positive
    }
}

/// A negative without anything new or open gets no card: a card for every 0 is the surest way to have none read.
fn negative(finding: &Finding, assessment: &Assessment<'_>) -> Option<Kind> {
    match (finding.next_step, finding.expression) {
        (NextStep::LabClarification, _) => Some(Kind::Clarify),
        (NextStep::ClinicianReviewEverLow, _) => Some(Kind::NegativeOpen),
        // ultralow opens nothing there: a card for every 0 of an early cancer would be noise
        (NextStep::ClarifyMembraneStaining, _) if assessment.extent == Some(Extent::Early) => None,
        // the label for ultralow asks for hormone receptors: the answer would open nothing
        (NextStep::ClarifyMembraneStaining, _) if assessment.hormone_receptor == Some(HormoneReceptor::Negative) => {
            None
        }
        (NextStep::None, Expression::Low) => opens(assessment).then_some(Kind::Low),
        (NextStep::None, Expression::Ultralow) => opens(assessment).then_some(Kind::Ultralow),
        // the protein is negative, and a mutation opens a label
        (NextStep::None, _) if finding.tumour == Tumour::Lung && opens(assessment) => Some(Kind::NegativeOpen),
        (NextStep::None, _) => {
            let trials = finding.tumour != Tumour::Breast && !assessment.trials.is_empty();
            trials.then_some(Kind::SolidTrials)
        }
        _ => Some(Kind::NegativeOpen),
    }
}

/// Low and ultralow open nothing at an early stage, nor without a label that can still be met (receptor-negative).
fn opens(assessment: &Assessment<'_>) -> bool {
    let early = assessment.extent == Some(Extent::Early);
    !early && assessment.considerations.iter().any(|one| one.verdict != Verdict::NotMet)
}

/// A result that was seen and says something that is not read here.
pub(super) const fn is_unread(why: ExcludedWhy) -> bool {
    matches!(why, ExcludedWhy::Unreadable | ExcludedWhy::Contradictory)
}

/// No specimen at all: a result that was seen and could not be read is said, a missing one only where testing is the rule,
/// and data that could not be had are never told as "not tested".
fn without_result(assessment: &Assessment<'_>) -> Option<Kind> {
    if assessment.excluded.iter().any(|excluded| is_unread(excluded.why)) {
        return Some(Kind::Unreadable);
    }
    let tested_as_a_rule = matches!(assessment.tumour, Tumour::Breast | Tumour::Gastroesophageal);
    let visible = !assessment.unseen.iter().any(|key| &**key == "her2" || &**key == "pathology");
    (tested_as_a_rule && assessment.class == TumourClass::Applicable && visible).then_some(Kind::Missing)
}
