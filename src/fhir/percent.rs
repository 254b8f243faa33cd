//! A percentage of stained cells that was sent on its own: it belongs to the IHC score of the same specimen.

use crate::domain::evidence::{Excluded, ExcludedWhy, Reading as Shown, ResultStatus, TestResult, TestValue};
use crate::domain::ihc::{Ihc, IhcScore};

use super::entries::Entries;
use super::gather::Gathered;

/// Gives the percentage to the score, and names those that are not used. A preliminary one completes no final score (guide 8.1);
/// of several that differ the only one that was amended counts, else none.
pub(super) fn give(sent: Vec<&Gathered>, results: &mut Vec<TestResult>, entries: &Entries<'_>) -> Vec<Excluded> {
    let final_score = results.iter().any(|one| of_score(one) && one.status != ResultStatus::Preliminary);
    let (usable, too_early): (Vec<&Gathered>, Vec<&Gathered>) =
        sent.into_iter().partition(|one| !final_score || one.status != ResultStatus::Preliminary);
    results.extend(too_early.into_iter().map(|one| alone(one, entries)));
    let Some(counts) = the_one_that_counts(&usable) else {
        return set_aside(usable, ExcludedWhy::Contradictory, entries);
    };
    if let Some(conflict) = held_against(counts, results, entries) {
        return conflict;
    }
    let percent = counts.reading.percent.as_ref();
    let score = results.iter_mut().filter(|one| of_score(one)).min_by_key(|one| rank(one));
    let (Some(percent), Some(score)) = (percent, score) else {
        return set_aside(usable, ExcludedWhy::NoValue, entries);
    };
    if let TestValue::Ihc(ihc) = &mut score.value {
        ihc.percent = Some(percent.clone());
    }
    if matches!(counts.status, ResultStatus::Amended | ResultStatus::Appended) {
        // a result of its own, so that it is seen that something was corrected; it takes no precedence over a score from text
        let text = score.text;
        results.push(TestResult { text, ..alone(counts, entries) });
    } else {
        score.readings.push(shown(counts, entries));
    }
    Vec::new()
}

/// Where every score has a percentage of its own: the same says nothing new, and of two that differ the one that was amended counts,
/// else neither.
fn held_against(counts: &Gathered, results: &mut [TestResult], entries: &Entries<'_>) -> Option<Vec<Excluded>> {
    if results.iter().any(of_score) {
        return None;
    }
    let amended = |status: ResultStatus| status == ResultStatus::Amended;
    let with_percent = |one: &&mut TestResult| {
        matches!(&one.value, TestValue::Ihc(ihc)
            if ihc.percent.is_some() && (ihc.score.is_some() || ihc.interpretation.is_some()))
    };
    let one = results.iter_mut().filter(with_percent).min_by_key(|one| rank(one))?;
    let (is_amended, reading) = (amended(one.status), one.readings.first()?.reference.clone());
    let TestValue::Ihc(ihc) = &mut one.value else { return None };
    if ihc.percent == counts.reading.percent {
        one.readings.push(shown(counts, entries));
        return Some(Vec::new());
    }
    let why = ExcludedWhy::Contradictory;
    let alone = Excluded { reference: entries.all[counts.entry].reference.clone(), why };
    match (is_amended, amended(counts.status)) {
        (true, false) => Some(vec![alone]),
        (false, true) => {
            ihc.percent.clone_from(&counts.reading.percent);
            one.readings.push(shown(counts, entries));
            Some(Vec::new())
        }
        _ => {
            ihc.percent = None;
            Some(vec![Excluded { reference: reading, why }, alone])
        }
    }
}

/// A score that has no percentage yet.
fn of_score(one: &TestResult) -> bool {
    matches!(&one.value, TestValue::Ihc(ihc) if ihc.percent.is_none())
}

/// Which of several it belongs to, whatever the order of sending: a score before a word or one that could not be assessed, then what
/// was amended, then what is final.
fn rank(one: &TestResult) -> (bool, u8) {
    let no_score = match &one.value {
        TestValue::Ihc(ihc) => ihc.score.is_none_or(|score| score == IhcScore::Indeterminate),
        _ => true,
    };
    let status = match one.status {
        ResultStatus::Amended => 0,
        ResultStatus::Final | ResultStatus::Appended => 1,
        ResultStatus::Preliminary => 2,
        ResultStatus::Pending => 3,
    };
    (no_score, status)
}

/// The first of those that agree. None: they differ, and none is the only one that was amended.
fn the_one_that_counts<'s>(sent: &[&'s Gathered]) -> Option<&'s Gathered> {
    let first = *sent.first()?;
    let amended = || sent.iter().filter(|one| one.status == ResultStatus::Amended);
    if sent.iter().all(|one| one.reading.percent == first.reading.percent) {
        return amended().next().copied().or(Some(first));
    }
    let mut amended = amended();
    amended.next().copied().filter(|_| amended.next().is_none())
}

/// The percentage as a result without a score, which decides nothing.
fn alone(one: &Gathered, entries: &Entries<'_>) -> TestResult {
    TestResult {
        readings: vec![shown(one, entries)],
        status: one.status,
        effective: one.effective.clone(),
        text: None,
        value: TestValue::Ihc(Ihc { percent: one.reading.percent.clone(), ..Ihc::default() }),
    }
}

fn shown(one: &Gathered, entries: &Entries<'_>) -> Shown {
    let percent = one.reading.percent.as_ref().map(|percent| percent.as_sent()).unwrap_or_default();
    Shown { reference: entries.all[one.entry].reference.clone(), reads: format!("{percent} %").into() }
}

fn set_aside(sent: Vec<&Gathered>, why: ExcludedWhy, entries: &Entries<'_>) -> Vec<Excluded> {
    let named = |one: &Gathered| Excluded { reference: entries.all[one.entry].reference.clone(), why };
    sent.into_iter().map(named).collect()
}
