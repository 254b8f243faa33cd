//! Lungs, and the markers that a label asks for beside HER2.

use crate::domain::evidence::Reading;
use crate::domain::history::{Event, Ras};
use crate::domain::medicine::Medicine;
use crate::domain::order::DraftOrder;
use crate::domain::when::When;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity};
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
        (!events.is_empty()).then(|| finding(Check::LungDisease, Severity::Warning, agent, order, &rule.ground, read))
    }));
    found.extend(ras.filter_map(|rule| ras_status(situation, rule, order)));
    found.extend(cps.filter_map(|rule| cps_status(situation, rule, order, agent)));
    found
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
