//! Every check for every order, in an order that does not depend on how the orders were sent.

use jiff::civil::Date;

use crate::domain::evidence::{Evidence, Reading};
use crate::domain::medicine::Medicine;
use crate::domain::order::{DraftOrder, Naming, OrderStage};
use crate::domain::over_time::Record;
use crate::domain::tumour::Tumour;

use super::finding::{Check, SafetyFinding, Severity};
use super::rules::{Ground, OrderRules};
use super::status::Subject;
use super::{heart, partners, products, status};

/// What the checks look at.
pub(super) struct Situation<'k> {
    pub rules: &'k OrderRules,
    pub evidence: &'k Evidence,
    /// All draft orders by reference, whatever their place in the request.
    pub orders: Vec<&'k DraftOrder>,
    /// The tumour that the order is for, as far as it is known.
    pub tumour: Tumour,
    pub today: Date,
}

/// What speaks against the draft orders of `evidence`, the most urgent first. `record` is what was made of its specimens.
#[must_use]
pub fn check_orders<'k>(
    rules: &'k OrderRules,
    record: &Record,
    evidence: &'k Evidence,
    today: Date,
) -> Vec<SafetyFinding<'k>> {
    if !evidence.orders.iter().any(|order| order.selected) {
        return Vec::new();
    }
    let subject = Subject::of(record, evidence.tumour);
    let mut orders: Vec<&DraftOrder> = evidence.orders.iter().collect();
    orders.sort_by(|a, b| (&a.reference, &a.medicines).cmp(&(&b.reference, &b.medicines)));
    let situation = Situation { rules, evidence, orders, tumour: subject.tumour(evidence.tumour), today };
    let mut found: Vec<SafetyFinding<'k>> = Vec::new();
    for order in situation.orders.iter().filter(|order| order.selected) {
        for &agent in &order.medicines {
            let mut of_agent: Vec<SafetyFinding<'k>> = Vec::new();
            of_agent.extend(status::check(&situation, &subject, order, agent));
            of_agent.extend(heart::check(&situation, order, agent));
            of_agent.extend(products::check(&situation, order, agent));
            of_agent.extend(partners::check(&situation, order, agent));
            let most = most_urgent(evidence.order_stage, order.naming);
            found.extend(of_agent.into_iter().map(|one| SafetyFinding { severity: one.severity.min(most), ..one }));
        }
    }
    found.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| (a.check, a.agent, a.order).cmp(&(b.check, b.agent, b.order)))
    });
    found.dedup_by(|a, b| (a.check, a.agent, a.order) == (b.check, b.agent, b.order));
    found
}

/// Critical needs an order that is about to be signed and says which medicine it means.
const fn most_urgent(stage: OrderStage, naming: Naming) -> Severity {
    match (stage, naming) {
        (OrderStage::Sign, Naming::Clear) => Severity::Critical,
        (OrderStage::Select, _) | (_, Naming::Ambiguous) => Severity::Warning,
    }
}

impl<'k> Situation<'k> {
    /// The key could not be had: what it would hold is not visible.
    pub(super) fn is_unseen(&self, key: &str) -> bool {
        self.evidence.unseen.iter().any(|unseen| &**unseen == key)
    }
}

/// A finding about `order`, which is the last of what was read.
pub(super) fn finding<'k>(
    check: Check,
    severity: Severity,
    agent: Medicine,
    order: &'k DraftOrder,
    ground: &'k Ground,
    read: impl IntoIterator<Item = Reading>,
) -> SafetyFinding<'k> {
    let mut evidence: Vec<Reading> = read.into_iter().collect();
    evidence.push(ordered(order));
    SafetyFinding { check, severity, agent, order: &order.reference, ground, result: None, window: None, evidence }
}

/// The order as evidence: what it names, in our own words.
pub(super) fn ordered(order: &DraftOrder) -> Reading {
    let names: Vec<&str> = order.medicines.iter().map(|medicine| medicine.name()).collect();
    Reading { reference: order.reference.clone(), reads: format!("order of {}", names.join(" and ")).into() }
}
