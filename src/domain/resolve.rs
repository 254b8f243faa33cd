//! Which results of a specimen count: status, amended results, conflicts, words beside scores, text beside coded values.
//!
//! Nothing here depends on the tumour's table; two ISH results are told apart later, since only a table says whether
//! they lead to different categories.

use std::cmp::Ordering;

use super::evidence::{
    ExcludedWhy, OverallWord, Reading, ResultStatus, SpecimenEvidence, TestKind, TestResult, TestValue,
};
use super::finding::{Basis, Flag, NextStep};
use super::flags::Flags;
use super::ihc::{Ihc, IhcScore, IhcWord};
use super::ish::Ish;
use super::when::When;

use laboratory_word::{OverallCounted, count_overall};

mod laboratory_word;

/// The results of one specimen that count, and what is to be said about the others.
pub(super) struct Counted<'e> {
    pub ihc: IhcCounted<'e>,
    /// Time of the IHC that counted.
    pub ihc_time: Option<&'e When>,
    /// At least one score (an IHC that could not be assessed among them) was sent.
    pub has_score: bool,
    pub ish: Vec<IshCandidate<'e>>,
    /// Every IHC word that was sent.
    pub ihc_words: Vec<IhcWord>,
    pub overall: Option<OverallWord>,
    /// Overall words that differ, none of which counts.
    pub overall_conflict: bool,
    /// The overall word as it is shown.
    pub lab_reported: Option<OverallWord>,
    pub ish_pending: bool,
    pub basis: Basis,
    pub flags: Flags,
    pub next: NextStep,
    pub evidence: Vec<Reading>,
}

/// The IHC that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum IhcCounted<'e> {
    None,
    Score(IhcScore, &'e Ihc),
    /// An IHC that contradicts itself and so cannot be assessed.
    NotAssessable,
    Word(IhcWord, &'e Ihc),
    /// Two negative scores, 0 and 1+.
    ZeroAndOne,
    Conflicting,
}

/// One ISH result that may count.
pub(super) struct IshCandidate<'e> {
    /// None: the result contradicts itself and cannot be assessed.
    pub ish: Option<&'e Ish>,
    pub status: ResultStatus,
    pub time: Option<&'e When>,
}

/// Sorts out the results of one specimen.
pub(super) fn resolve(specimen: &SpecimenEvidence) -> Counted<'_> {
    let active = Active::of(specimen);
    let mut flags = Flags::NONE;
    let mut next = NextStep::None;
    let mut add = |flag: Option<Flag>, step: NextStep| {
        flags.extend(flag);
        next = next.min(step);
    };
    if active.not_final {
        add(Some(Flag::NotFinal), NextStep::AwaitFinal);
    }
    let by_status = |why: &ExcludedWhy| {
        matches!(why, ExcludedWhy::EnteredInError | ExcludedWhy::Cancelled | ExcludedWhy::UnknownStatus)
    };
    if specimen.excluded.iter().any(by_status) {
        add(Some(Flag::ExcludedStatus), NextStep::None);
    }
    let says_something = |value: &TestValue| !matches!(value, TestValue::AmbiguousText | TestValue::WordInText);
    let nothing_left = !active.results.iter().any(|result| says_something(&result.value));
    if nothing_left && specimen.excluded.contains(&ExcludedWhy::UnknownStatus) {
        add(None, NextStep::LabClarification);
    }
    for result in &active.results {
        if matches!(result.status, ResultStatus::Amended | ResultStatus::Appended) {
            add(Some(Flag::AmendedResult), NextStep::None);
        }
        match &result.value {
            TestValue::Contradictory(_) => add(Some(Flag::ConflictingResults), NextStep::LabClarification),
            TestValue::AmbiguousText => {
                add(Some(Flag::AmbiguousScore), NextStep::LabClarification);
                add(Some(Flag::TextDerived), NextStep::None);
            }
            TestValue::WordInText => {
                add(Some(Flag::StatusWordOnly), NextStep::None);
                add(Some(Flag::TextDerived), NextStep::None);
            }
            TestValue::Ihc(_) | TestValue::Ish(_) | TestValue::Overall(_) | TestValue::Pending(_) => {}
        }
        if let Some(text) = result.text {
            add(Some(Flag::TextDerived), NextStep::None);
            if text.negation {
                add(Some(Flag::NegationInText), NextStep::None);
            }
        }
    }
    let (ihc, ihc_time) = count_ihc(&active.results);
    if matches!(ihc, IhcCounted::ZeroAndOne | IhcCounted::Conflicting) {
        add(Some(Flag::ConflictingResults), NextStep::LabClarification);
    }
    let mut overall_conflict = false;
    let overall = match count_overall(&active.results, specimen.tumour) {
        OverallCounted::None => None,
        OverallCounted::Word(word) => Some(word),
        OverallCounted::Conflicting => {
            add(Some(Flag::ConflictingResults), NextStep::LabClarification);
            overall_conflict = true;
            None
        }
    };
    let lab_reported = overall.or_else(|| {
        let every: Vec<&TestResult> = specimen.results.iter().collect();
        match count_overall(&every, specimen.tumour) {
            OverallCounted::Word(word) if !overall_conflict => Some(word),
            _ => None,
        }
    });
    Counted {
        ihc,
        ihc_time,
        has_score: active.results.iter().any(|result| match &result.value {
            TestValue::Ihc(ihc) => score_of(ihc).is_some(),
            TestValue::Contradictory(kind) => *kind == TestKind::Ihc,
            _ => false,
        }),
        ish: active.ish(),
        ihc_words: active.ihc_words(),
        overall,
        overall_conflict,
        lab_reported,
        ish_pending: specimen.results.iter().any(|result| matches!(result.value, TestValue::Pending(TestKind::Ish))),
        basis: active.basis(),
        flags,
        next,
        evidence: active.evidence(specimen),
    }
}

/// The results that are looked at: final ones, or preliminary ones where there is nothing else.
struct Active<'e> {
    results: Vec<&'e TestResult>,
    not_final: bool,
}

impl<'e> Active<'e> {
    fn of(specimen: &'e SpecimenEvidence) -> Self {
        let with_value = |result: &&TestResult| {
            result.status != ResultStatus::Pending && !matches!(result.value, TestValue::Pending(_))
        };
        let (mut results, preliminary): (Vec<&TestResult>, Vec<&TestResult>) =
            specimen.results.iter().filter(with_value).partition(|result| result.status != ResultStatus::Preliminary);
        let not_final = !preliminary.is_empty();
        if results.is_empty() {
            results = preliminary;
        }
        let coded =
            |kind: fn(&TestValue) -> bool| results.iter().any(|result| result.text.is_none() && kind(&result.value));
        let coded_ihc = coded(|value| matches!(value, TestValue::Ihc(_) | TestValue::Contradictory(TestKind::Ihc)));
        let coded_ish = coded(|value| matches!(value, TestValue::Ish(_) | TestValue::Contradictory(TestKind::Ish)));
        let coded_overall = coded(|value| matches!(value, TestValue::Overall(_)));
        let coded_scores: Vec<&Ihc> = results
            .iter()
            .filter_map(|result| match &result.value {
                TestValue::Ihc(ihc) if result.text.is_none() => Some(ihc),
                _ => None,
            })
            .collect();
        let any_ihc = results.iter().any(|result| matches!(result.value, TestValue::Ihc(_)));
        results.retain(|result| match &result.value {
            // free text only where nothing coded stands (guide 9), but another score is a conflict and never dropped (8.1)
            TestValue::Ihc(ihc) => result.text.is_none() || !coded_ihc || tells_against(ihc, &coded_scores),
            TestValue::Ish(_) => result.text.is_none() || !coded_ish,
            TestValue::Overall(_) => result.text.is_none() || !coded_overall,
            TestValue::AmbiguousText => !any_ihc && !coded_overall,
            TestValue::WordInText => !any_ihc && !coded_ish && !coded_overall,
            TestValue::Pending(_) | TestValue::Contradictory(_) => true,
        });
        Self { results, not_final }
    }

    fn ish(&self) -> Vec<IshCandidate<'e>> {
        self.results
            .iter()
            .filter_map(|result| {
                let ish = match &result.value {
                    TestValue::Ish(ish) => Some(ish.as_ref()),
                    TestValue::Contradictory(TestKind::Ish) => None,
                    _ => return None,
                };
                Some(IshCandidate { ish, status: result.status, time: result.effective.as_ref() })
            })
            .collect()
    }

    fn ihc_words(&self) -> Vec<IhcWord> {
        let word = |result: &&TestResult| match &result.value {
            TestValue::Ihc(ihc) => ihc.interpretation,
            _ => None,
        };
        self.results.iter().filter_map(word).collect()
    }

    fn basis(&self) -> Basis {
        let says_something = |result: &&&TestResult| match &result.value {
            TestValue::Ihc(ihc) => ihc.score.is_some() || ihc.interpretation.is_some(),
            TestValue::Ish(ish) => {
                let count = &ish.count;
                ish.interpretation.is_some()
                    || ish.implausible
                    || count.ratio.is_some()
                    || count.her2.is_some()
                    || ish.percent_cells_ratio_ge_2.is_some()
            }
            TestValue::Overall(_) => true,
            // it is excluded, and a specimen with nothing else is never the lead (clinical guide, 8.1)
            TestValue::Contradictory(_) | TestValue::Pending(_) | TestValue::AmbiguousText | TestValue::WordInText => {
                false
            }
        };
        let mut statuses = self.results.iter().filter(says_something).map(|result| result.status).peekable();
        if statuses.peek().is_none() {
            Basis::Nothing
        } else if statuses.any(|status| status != ResultStatus::Preliminary) {
            Basis::Final
        } else {
            Basis::Preliminary
        }
    }

    fn evidence(&self, specimen: &SpecimenEvidence) -> Vec<Reading> {
        specimen
            .results
            .iter()
            .filter(|result| {
                result.status == ResultStatus::Pending
                    || matches!(result.value, TestValue::Pending(_) | TestValue::Contradictory(_))
                    || self.results.iter().any(|used| std::ptr::eq(*used, *result))
            })
            .flat_map(|result| result.readings.iter().cloned())
            .collect()
    }
}

/// The score of a result; the word "indeterminate" is the score of that name.
fn score_of(ihc: &Ihc) -> Option<IhcScore> {
    ihc.score.or_else(|| (ihc.interpretation == Some(IhcWord::Indeterminate)).then_some(IhcScore::Indeterminate))
}

/// A score of a text that no coded result says, where each of them says something else or could not be assessed.
fn tells_against(text: &Ihc, coded: &[&Ihc]) -> bool {
    let Some(score) = score_of(text).filter(|score| *score != IhcScore::Indeterminate) else { return false };
    let says_so = |coded: &&&Ihc| match score_of(coded) {
        Some(other) => other == score,
        None => coded.interpretation.is_some_and(|word| score.class() == word),
    };
    !coded.is_empty() && !coded.iter().any(|coded| says_so(&coded))
}

fn count_ihc<'e>(results: &[&'e TestResult]) -> (IhcCounted<'e>, Option<&'e When>) {
    let mut sent: Vec<(&TestResult, &Ihc)> = results
        .iter()
        .filter_map(|result| match &result.value {
            TestValue::Ihc(ihc) if ihc.score.is_some() || ihc.interpretation.is_some() => Some((*result, ihc)),
            _ => None,
        })
        .collect();
    sent.sort_by(|a, b| precedence(*a, *b));
    let not_assessable = results
        .iter()
        .filter(|result| matches!(result.value, TestValue::Contradictory(TestKind::Ihc)))
        .min_by(|a, b| newer_first(a.effective.as_ref(), b.effective.as_ref()));
    let assessed: Vec<_> =
        sent.iter().copied().filter(|(_, ihc)| score_of(ihc) != Some(IhcScore::Indeterminate)).collect();
    let Some((first, _)) = assessed.first() else {
        return match (sent.first(), not_assessable) {
            (_, Some(result)) => (IhcCounted::NotAssessable, result.effective.as_ref()),
            (Some((result, ihc)), None) => (IhcCounted::Score(IhcScore::Indeterminate, ihc), result.effective.as_ref()),
            (None, None) => (IhcCounted::None, None),
        };
    };
    if let Some(agreed) = agree(&assessed) {
        return agreed;
    }
    let amended: Vec<_> =
        assessed.iter().copied().filter(|(result, _)| result.status == ResultStatus::Amended).collect();
    if let ([_], Some(agreed)) = (amended.as_slice(), agree(&amended)) {
        return agreed;
    }
    let all_negative = assessed.iter().all(|(_, ihc)| {
        matches!(ihc.score, None | Some(IhcScore::Zero | IhcScore::OnePlus))
            && matches!(ihc.interpretation, None | Some(IhcWord::Negative))
    });
    let counted = if all_negative { IhcCounted::ZeroAndOne } else { IhcCounted::Conflicting };
    (counted, first.effective.as_ref())
}

/// One score, with words in whose class it lies; or one word.
fn agree<'e>(results: &[(&'e TestResult, &'e Ihc)]) -> Option<(IhcCounted<'e>, Option<&'e When>)> {
    let word_of = |ihc: &Ihc| ihc.interpretation.filter(|word| *word != IhcWord::Indeterminate);
    let scored = results.iter().find(|(_, ihc)| ihc.score.is_some());
    let (result, ihc) = scored.or_else(|| results.first())?;
    let time = result.effective.as_ref();
    if let Some(score) = ihc.score {
        let fits = |other: &Ihc| {
            other.score.is_none_or(|other| other == score) && word_of(other).is_none_or(|word| score.class() == word)
        };
        return results.iter().all(|(_, other)| fits(other)).then_some((IhcCounted::Score(score, ihc), time));
    }
    let word = word_of(ihc)?;
    results.iter().all(|(_, other)| word_of(other) == Some(word)).then_some((IhcCounted::Word(word, ihc), time))
}

/// Which of several equal scores gives the details: an amended one, then the newer, then the one that says more. The
/// last part only makes the choice independent of the order of sending.
fn precedence(a: (&TestResult, &Ihc), b: (&TestResult, &Ihc)) -> Ordering {
    let amended = |result: &TestResult| result.status == ResultStatus::Amended;
    let details = |ihc: &Ihc| {
        usize::from(ihc.percent.is_some()) + usize::from(ihc.pattern.is_some()) + usize::from(ihc.intensity.is_some())
    };
    let text = |ihc: &Ihc| {
        let percent = ihc.percent.as_ref().map(super::decimal::Quantity::as_sent);
        let cluster = ihc.cluster_bound.as_ref().map(super::decimal::Quantity::as_sent);
        (ihc.score, percent, ihc.pattern, ihc.intensity, ihc.cluster_cells, ihc.interpretation, cluster)
    };
    amended(b.0)
        .cmp(&amended(a.0))
        .then_with(|| newer_first(a.0.effective.as_ref(), b.0.effective.as_ref()))
        .then_with(|| details(b.1).cmp(&details(a.1)))
        .then_with(|| text(a.1).cmp(&text(b.1)))
}

/// The newer comes first; a result without a date is older than every dated one.
pub(super) fn newer_first(a: Option<&When>, b: Option<&When>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.chronological(a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests;
