//! Trastuzumab, trastuzumab emtansine and trastuzumab deruxtecan are three medicines: an order that may mean another of
//! them is said.

use jiff::civil::Date;

use crate::domain::evidence::Reading;
use crate::domain::history::{Treatment, TreatmentSource};
use crate::domain::medicine::Medicine;
use crate::domain::order::{DraftOrder, Naming};
use crate::domain::when::When;

use super::check::{Situation, finding, ordered};
use super::finding::{Check, SafetyFinding, Severity};
use super::rules::ProductRule;

pub(super) fn check<'k>(situation: &Situation<'k>, order: &'k DraftOrder, agent: Medicine) -> Vec<SafetyFinding<'k>> {
    let rules = &situation.rules.products;
    if order.naming == Naming::Ambiguous {
        let rule = rules.first().filter(|_| agent.is_her2_directed());
        let unclear =
            rule.map(|rule| finding(Check::ProductUnclear, Severity::Warning, agent, order, &rule.ground, []));
        return unclear.into_iter().collect();
    }
    let rules = rules.iter().filter(|rule| rule.agents.contains(&agent));
    let found =
        rules.flat_map(|rule| [together(situation, rule, order, agent), changed(situation, rule, order, agent)]);
    found.flatten().collect()
}

/// Another of them stands in another draft order.
fn together<'k>(
    situation: &Situation<'k>,
    rule: &'k ProductRule,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let names_another = |other: &&&DraftOrder| {
        let another = |medicine: &Medicine| *medicine != agent && rule.agents.contains(medicine);
        other.naming == Naming::Clear && other.medicines.iter().any(another)
    };
    let others: Vec<Reading> = situation.orders.iter().filter(names_another).map(|other| ordered(other)).collect();
    (!others.is_empty())
        .then(|| finding(Check::ProductsTogether, Severity::Warning, agent, order, &rule.ground, others))
}

/// The last of them that was used is another one, and it was used not long ago.
fn changed<'k>(
    situation: &Situation<'k>,
    rule: &'k ProductRule,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let dated: Vec<(Date, &Treatment)> = situation
        .evidence
        .history
        .treatments
        .iter()
        .filter(|treatment| rule.agents.contains(&treatment.medicine))
        .filter_map(|treatment| Some((last_use(treatment)?.last_day(), treatment)))
        .collect();
    let latest = dated.iter().map(|(day, _)| *day).max().filter(|day| *day >= rule.under_way.opens(situation.today))?;
    let mut last: Vec<&Treatment> =
        dated.into_iter().filter(|(day, _)| *day == latest).map(|(_, treatment)| treatment).collect();
    if last.iter().any(|treatment| treatment.medicine == agent) {
        return None;
    }
    last.sort_by(|a, b| (a.medicine, &a.reference).cmp(&(b.medicine, &b.reference)));
    let read = last.first().copied().map(used);
    Some(finding(Check::ProductChanged, Severity::Warning, agent, order, &rule.ground, read))
}

fn last_use(treatment: &Treatment) -> Option<&When> {
    treatment.until.as_ref().or(treatment.from.as_ref())
}

fn used(treatment: &Treatment) -> Reading {
    let verb = match treatment.source {
        TreatmentSource::Ordered => "ordered",
        TreatmentSource::Fulfilled => "completed",
        TreatmentSource::Given => "given",
        TreatmentSource::Stated => "stated",
    };
    let date = last_use(treatment).map_or("date unknown", When::shown);
    let reads = format!("{} {verb}, {date}", treatment.medicine.name()).into();
    Reading { reference: treatment.reference.clone(), reads }
}
