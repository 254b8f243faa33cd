//! Pregnancy, lungs, and the markers that a label asks for beside HER2.

use crate::domain::evidence::Reading;
use crate::domain::history::{Event, PregnancyTest, Ras};
use crate::domain::medicine::Medicine;
use crate::domain::order::DraftOrder;
use crate::domain::when::When;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity};
use super::rules::{CpsRule, PregnancyRule, RasRule};

pub(super) fn check<'k>(situation: &Situation<'k>, order: &'k DraftOrder, agent: Medicine) -> Vec<SafetyFinding<'k>> {
    let rules = situation.rules;
    let pregnancy = rules.pregnancy.iter().filter(|rule| rule.agent == agent);
    let lung = rules.lung.iter().filter(|rule| rule.agent == agent);
    let ras = rules.ras.iter().filter(|rule| rule.agent == agent && rule.tumours.contains(&situation.tumour));
    let cps = rules.cps.iter().filter(|rule| rule.tumours.contains(&situation.tumour));
    let mut found = Vec::new();
    found.extend(pregnancy.filter_map(|rule| pregnant(situation, rule, order, agent)));
    found.extend(lung.filter_map(|rule| {
        let events = &situation.evidence.history.lung_disease;
        let read = sorted(events.iter().map(lung_disease));
        (!events.is_empty()).then(|| finding(Check::LungDisease, Severity::Warning, agent, order, &rule.ground, read))
    }));
    found.extend(ras.filter_map(|rule| ras_status(situation, rule, order)));
    found.extend(cps.filter_map(|rule| cps_status(situation, rule, order, agent)));
    found
}

/// A positive test that no later negative one answers. Without a date, after a time in which a pregnancy ends, or while it is
/// preliminary it is not certain.
fn pregnant<'k>(
    situation: &Situation<'k>,
    rule: &'k PregnancyRule,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let tests = &situation.evidence.history.pregnancy_tests;
    let negatives = tests.iter().filter(|test| !test.positive).filter_map(|test| test.when.as_ref());
    let last_negative = negatives.filter(|when| situation.has_come(when)).max_by(|a, b| a.chronological(b));
    let stands = |test: &&PregnancyTest| test.positive && !last_negative.is_some_and(|later| answers(later, test));
    let standing: Vec<&PregnancyTest> = tests.iter().filter(stands).collect();
    let opens = rule.recent.opens(situation.today);
    let is_certain =
        |test: &&PregnancyTest| !test.preliminary && test.when.as_ref().is_some_and(|when| when.last_day() >= opens);
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
        finding(Check::PregnancyPositive, severity, agent, order, &rule.ground, read)
    })
}

/// Was the negative test certainly taken after `positive`?
fn answers(negative: &When, positive: &PregnancyTest) -> bool {
    let Some(positive) = &positive.when else { return false };
    let same_day = negative.first_day() == positive.last_day();
    negative.is_surely_after(positive) || (same_day && negative.chronological(positive).is_gt())
}

fn lung_disease(event: &Event) -> Reading {
    dated("interstitial lung disease or pneumonitis", &event.when, &event.reference)
}

fn ras_status<'k>(situation: &Situation<'k>, rule: &'k RasRule, order: &'k DraftOrder) -> Option<SafetyFinding<'k>> {
    let check = match situation.evidence.history.ras {
        Some(Ras::WildType) => return None,
        Some(Ras::Mutant) => Check::RasMutant,
        None => Check::RasUnknown,
    };
    Some(finding(check, Severity::Warning, rule.agent, order, &rule.ground, []))
}

/// Both partners are ordered or under way, and one of them by this order.
fn cps_status<'k>(
    situation: &Situation<'k>,
    rule: &'k CpsRule,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let other = match agent {
        _ if agent == rule.agent => rule.partner,
        _ if agent == rule.partner => rule.agent,
        _ => return None,
    };
    let drafted = situation.orders.iter().any(|draft| draft.medicines.contains(&other));
    if !drafted && !under_way(situation, rule, other) {
        return None;
    }
    // Where both are drafted, the order of the agent itself carries the finding.
    let drafted_agent = |draft: &&&DraftOrder| draft.selected && draft.medicines.contains(&rule.agent);
    if agent == rule.partner && situation.orders.iter().any(|draft| drafted_agent(&draft)) {
        return None;
    }
    let cps = situation.evidence.history.pd_l1_cps.as_ref();
    let check = match cps.and_then(|cps| rule.cps.holds(cps)) {
        Some(true) => return None,
        Some(false) => Check::CpsBelow,
        None => Check::CpsUnknown,
    };
    Some(finding(check, Severity::Warning, rule.agent, order, &rule.ground, []))
}

fn under_way(situation: &Situation<'_>, rule: &CpsRule, medicine: Medicine) -> bool {
    let opens = rule.under_way.opens(situation.today);
    situation.evidence.history.treatments.iter().filter(|treatment| treatment.medicine == medicine).any(|treatment| {
        let last = treatment.until.as_ref().or(treatment.from.as_ref());
        last.is_some_and(|when| when.last_day() >= opens)
    })
}

fn dated(what: &str, when: &Option<When>, reference: &str) -> Reading {
    let date = when.as_ref().map_or("date unknown", When::shown);
    Reading { reference: reference.into(), reads: format!("{what}, {date}").into() }
}

fn sorted(readings: impl Iterator<Item = Reading>) -> Vec<Reading> {
    let mut all: Vec<Reading> = readings.collect();
    all.sort_unstable();
    all
}
