//! Lungs, and the markers that a label asks for beside HER2.

use crate::domain::evidence::Reading;
use crate::domain::history::{Event, Ras};
use crate::domain::medicine::Medicine;
use crate::domain::order::DraftOrder;
use crate::domain::when::When;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity, Told};
use super::rules::{CpsRule, LungRule, RasRule};

pub(super) fn check<'k>(situation: &Situation<'k>, order: &'k DraftOrder, agent: Medicine) -> Vec<SafetyFinding<'k>> {
    let rules = situation.rules;
    let lung = lung_rule(situation, agent);
    let ras = rules.ras.iter().filter(|rule| rule.agent == agent && rule.tumours.contains(&situation.tumour));
    let cps = rules.cps.iter().filter(|rule| rule.tumours.contains(&situation.tumour));
    let mut found = Vec::new();
    found.extend(lung.and_then(|rule| {
        let events = &situation.evidence.history.lung_disease;
        let read = sorted(events.iter().map(lung_disease));
        let told = is_older_than(situation, agent).then_some(Told::BeforeMedicine);
        (!events.is_empty()).then(|| SafetyFinding {
            told,
            ..finding(Check::LungDisease, Severity::Warning, agent, order, &rule.ground, read)
        })
    }));
    found.extend(ras.filter_map(|rule| ras_status(situation, rule, order)));
    found.extend(cps.filter_map(|rule| cps_status(situation, rule, order, agent)));
    found
}

/// Every lung disease on record is surely older than the first dose of the medicine: none was used, and doses could be seen, or
/// each is dated before the first one.
fn is_older_than(situation: &Situation<'_>, agent: Medicine) -> bool {
    let history = &situation.evidence.history;
    let doses = || history.treatments.iter().filter(|treatment| treatment.medicine == agent && treatment.was_used());
    if doses().next().is_none() {
        return !["medRequests", "medAdmins", "medStatements"].iter().any(|key| situation.is_unseen(key));
    }
    let days: Option<Vec<_>> = doses().map(|dose| dose.from.as_ref().map(When::first_day)).collect();
    let first = days.and_then(|days| days.into_iter().min());
    let before = |event: &Event| first.zip(event.when.as_ref()).is_some_and(|(dose, when)| when.last_day() < dose);
    history.lung_disease.iter().all(before)
}

/// The rule for a disease under treatment where one is surely not older than the first dose, else the other one.
fn lung_rule<'k>(situation: &Situation<'k>, agent: Medicine) -> Option<&'k LungRule> {
    let history = &situation.evidence.history;
    let doses = history.treatments.iter().filter(|treatment| treatment.medicine == agent && treatment.was_used());
    let first_dose = doses.filter_map(|dose| Some(dose.from.as_ref().or(dose.until.as_ref())?.last_day())).min();
    let since_first_dose =
        |event: &Event| first_dose.zip(event.when.as_ref()).is_some_and(|(dose, when)| when.first_day() >= dose);
    let under_treatment = history.lung_disease.iter().any(since_first_dose);
    let rules = || situation.rules.lung.iter().filter(|rule| rule.agent == agent);
    rules().find(|rule| rule.under_treatment == under_treatment).or_else(|| rules().find(|rule| !rule.under_treatment))
}

fn lung_disease(event: &Event) -> Reading {
    dated("interstitial lung disease or pneumonitis", &event.when, &event.reference)
}

fn ras_status<'k>(situation: &Situation<'k>, rule: &'k RasRule, order: &'k DraftOrder) -> Option<SafetyFinding<'k>> {
    let check = match situation.evidence.history.ras {
        Some(Ras::WildType) => return None,
        Some(Ras::Mutant) => Check::RasMutant,
        None if situation.evidence.history.ras_open => Check::RasOpen,
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
