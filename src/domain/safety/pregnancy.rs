//! Pregnancy: a positive test that stands, one that was not read, or none before the first dose.

use crate::domain::evidence::Reading;
use crate::domain::history::{Event, PregnancyTest};
use crate::domain::medicine::Medicine;
use crate::domain::order::DraftOrder;
use crate::domain::when::When;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity};
use super::rules::PregnancyRule;

pub(super) fn check<'k>(
    situation: &Situation<'k>,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let rule = situation.rules.pregnancy.iter().find(|rule| rule.agent == agent)?;
    positive(situation, rule, order).or_else(|| open(situation, rule, order))
}

/// A positive test that no later negative one answers. Without a date, after a time in which a pregnancy ends, or while it is
/// preliminary it is not certain.
fn positive<'k>(
    situation: &Situation<'k>,
    rule: &'k PregnancyRule,
    order: &'k DraftOrder,
) -> Option<SafetyFinding<'k>> {
    let tests = &situation.evidence.history.pregnancy_tests;
    let last_negative = last_negative(situation);
    let stands = |test: &&PregnancyTest| test.positive && !last_negative.is_some_and(|later| answers(later, test));
    let standing: Vec<&PregnancyTest> = tests.iter().filter(stands).collect();
    let opens = rule.recent.opens(situation.today);
    let is_certain =
        |test: &&PregnancyTest| !test.preliminary && test.when.as_ref().is_some_and(|when| when.first_day() >= opens);
    let severity = if standing.iter().any(is_certain) { Severity::Critical } else { Severity::Warning };
    let mut newest_first = standing;
    newest_first.sort_by(|a, b| {
        let day = |test: &PregnancyTest| test.when.as_ref().map(When::last_day);
        day(b).cmp(&day(a)).then_with(|| a.reference.cmp(&b.reference))
    });
    (!newest_first.is_empty()).then(|| {
        let words = |test: &PregnancyTest| match test.preliminary {
            true => "pregnancy test positive (preliminary)",
            false => "pregnancy test positive",
        };
        let read = newest_first.into_iter().map(|test| dated(words(test), &test.when, &test.reference));
        finding(Check::PregnancyPositive, severity, rule.agent, order, &rule.ground, read)
    })
}

fn last_negative<'k>(situation: &Situation<'k>) -> Option<&'k When> {
    let negatives = situation.evidence.history.pregnancy_tests.iter().filter(|test| !test.positive);
    let days = negatives.filter_map(|test| test.when.as_ref()).filter(|when| situation.has_come(when));
    days.max_by(|a, b| a.chronological(b))
}

/// Was the negative test certainly taken after `positive`?
fn answers(negative: &When, positive: &PregnancyTest) -> bool {
    let Some(positive) = &positive.when else { return false };
    let same_day = negative.first_day() == positive.last_day();
    negative.is_surely_after(positive) || (same_day && negative.chronological(positive).is_gt())
}

/// A test that was not read and may be the last one, or none at all before the first dose. That a pregnancy is possible is not
/// known here, so the card says "where pregnancy is possible"; only a patient who is recorded as male is not asked about.
/// How old a negative test may be no label that is known here says: any that was taken counts.
fn open<'k>(situation: &Situation<'k>, rule: &'k PregnancyRule, order: &'k DraftOrder) -> Option<SafetyFinding<'k>> {
    let history = &situation.evidence.history;
    let told = |check, read| Some(finding(check, Severity::Warning, rule.agent, order, &rule.ground, read));
    let unread = unread(situation);
    if !unread.is_empty() {
        return told(Check::PregnancyUnread, unread);
    }
    let begun = history.treatments.iter().any(|treatment| treatment.medicine == rule.agent && treatment.was_used());
    let taken = |test: &PregnancyTest| test.when.as_ref().is_none_or(|when| situation.has_come(when));
    if history.recorded_male || begun || history.pregnancy_tests.iter().any(taken) {
        return None;
    }
    let check = if situation.is_unseen("pregnancy") { Check::PregnancyNotVisible } else { Check::PregnancyMissing };
    told(check, Vec::new())
}

/// Tests that are not used and may be newer than the last negative one: that one is never taken for the last.
fn unread(situation: &Situation<'_>) -> Vec<Reading> {
    let negative = last_negative(situation);
    let as_new = |event: &&Event| match (&event.when, negative) {
        (Some(when), Some(negative)) => when.last_day() >= negative.first_day(),
        (None, _) | (_, None) => true,
    };
    let tests = situation.evidence.history.unread_pregnancy_tests.iter().filter(as_new);
    let one = |test: &Event| dated("pregnancy test not readable or not final", &test.when, &test.reference);
    let mut read: Vec<Reading> = tests.map(one).collect();
    read.sort_unstable();
    read
}

fn dated(what: &str, when: &Option<When>, reference: &str) -> Reading {
    let date = when.as_ref().map_or("date unknown", When::shown);
    Reading { reference: reference.into(), reads: format!("{what}, {date}").into() }
}
