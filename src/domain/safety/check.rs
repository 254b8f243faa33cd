//! Every check for every order, in an order that does not depend on how the orders were sent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::evidence::{Evidence, Reading};
use crate::domain::medicine::Medicine;
use crate::domain::order::{DraftOrder, Naming, OrderStage};
use crate::domain::over_time::Record;
use crate::domain::tumour::Tumour;
use crate::domain::when::When;

use super::finding::{Check, SafetyFinding, Severity};
use super::rules::{Ground, OrderRules};
use super::status::Subject;
use super::{heart, label_tumour, partners, pregnancy, products, status};

/// What the checks look at.
pub(super) struct Situation<'k> {
    pub rules: &'k OrderRules,
    pub evidence: &'k Evidence,
    /// All draft orders by reference, whatever their place in the request.
    pub orders: Vec<&'k DraftOrder>,
    /// The tumour that the order is for, as far as it is known.
    pub tumour: Tumour,
    /// The tumours that usable results on record come from.
    pub tested: BTreeSet<Tumour>,
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
    let tested = record.findings.iter().filter(|finding| finding.is_usable()).map(|finding| finding.tumour).collect();
    let situation = Situation { rules, evidence, orders, tumour: subject.tumour(evidence.tumour), tested, today };
    let mut found: Vec<SafetyFinding<'k>> = Vec::new();
    // What speaks against a medicine speaks against every order of it, so each is weighed once.
    let mut weighed: BTreeMap<(Medicine, Naming), Vec<SafetyFinding<'k>>> = BTreeMap::new();
    for order in situation.orders.iter().filter(|order| order.selected) {
        for &agent in &order.medicines {
            let of_agent =
                weighed.entry((agent, order.naming)).or_insert_with(|| weigh(&situation, &subject, order, agent));
            found.extend(of_agent.iter().map(|one| about(order, one)));
        }
    }
    found.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| (a.check, a.agent, a.order).cmp(&(b.check, b.agent, b.order)))
    });
    found.dedup_by(|a, b| (a.check, a.agent, a.order) == (b.check, b.agent, b.order));
    bounded(found)
}

/// Orders of which the same finding is told one by one. A basket of thousands would else make a reply of many megabytes in
/// which nobody reads what is most urgent.
const MOST_ORDERS: usize = 16;

/// The first [`MOST_ORDERS`] of every finding of one medicine and severity, and how many more there are. No finding, no
/// medicine and no severity is lost.
fn bounded(sorted: Vec<SafetyFinding<'_>>) -> Vec<SafetyFinding<'_>> {
    let mut kept: Vec<SafetyFinding<'_>> = Vec::with_capacity(sorted.len().min(4 * MOST_ORDERS));
    let mut listed = 0;
    for one in sorted {
        match kept
            .last_mut()
            .filter(|last| (last.severity, last.check, last.agent) == (one.severity, one.check, one.agent))
        {
            Some(last) if listed == MOST_ORDERS => last.more += 1,
            Some(_) => {
                listed += 1;
                kept.push(one);
            }
            None => {
                listed = 1;
                kept.push(one);
            }
        }
    }
    kept
}

/// What speaks against `agent`, told of its first order.
fn weigh<'k>(
    situation: &Situation<'k>,
    subject: &Subject<'_>,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Vec<SafetyFinding<'k>> {
    let mut found: Vec<SafetyFinding<'k>> = Vec::new();
    found.extend(status::check(situation, subject, order, agent));
    found.extend(heart::check(situation, order, agent));
    found.extend(pregnancy::check(situation, order, agent));
    found.extend(products::check(situation, order, agent));
    found.extend(partners::check(situation, order, agent));
    found.extend(label_tumour::check(situation, order, agent));
    let most = most_urgent(situation.evidence.order_stage, order.naming);
    found.into_iter().map(|one| SafetyFinding { severity: one.severity.min(most), ..one }).collect()
}

/// The same finding about another order.
fn about<'k>(order: &'k DraftOrder, of_another: &SafetyFinding<'k>) -> SafetyFinding<'k> {
    let mut one = SafetyFinding { order: &order.reference, ..of_another.clone() };
    if let Some(last) = one.evidence.last_mut() {
        *last = ordered(order);
    }
    one
}

/// Critical needs an order that is about to be signed and says which medicine it means.
const fn most_urgent(stage: OrderStage, naming: Naming) -> Severity {
    match (stage, naming) {
        (OrderStage::Sign, Naming::Clear) => Severity::Critical,
        (OrderStage::Select, _) | (_, Naming::Ambiguous) => Severity::Warning,
    }
}

impl<'k> Situation<'k> {
    /// Could something be measured on that day? One in the future is a slip of the pen. Where the patient lives it may be
    /// tomorrow already.
    pub(super) fn has_come(&self, when: &When) -> bool {
        when.first_day() <= self.today.saturating_add(1.day())
    }

    /// The key could not be had: what it would hold is not visible.
    pub(super) fn is_unseen(&self, key: &str) -> bool {
        self.evidence.unseen.iter().any(|unseen| &**unseen == key)
    }
}

/// Readings that a finding names beside the order, as many as a person could look at. A basket of many orders would else
/// repeat a long record for each of them.
const MOST_READINGS: usize = 24;

/// A finding about `order`, which is the last of what was read.
pub(super) fn finding<'k>(
    check: Check,
    severity: Severity,
    agent: Medicine,
    order: &'k DraftOrder,
    ground: &'k Ground,
    read: impl IntoIterator<Item = Reading>,
) -> SafetyFinding<'k> {
    let mut evidence: Vec<Reading> = read.into_iter().take(MOST_READINGS).collect();
    evidence.push(ordered(order));
    SafetyFinding {
        check,
        severity,
        agent,
        order: &order.reference,
        ground,
        result: None,
        window: None,
        told: None,
        evidence,
        more: 0,
    }
}

/// The order as evidence: what it names, in our own words.
pub(super) fn ordered(order: &DraftOrder) -> Reading {
    let names: Vec<&str> = order.medicines.iter().map(|medicine| medicine.name()).collect();
    let joined = match order.naming {
        Naming::Clear => " and ",
        Naming::Ambiguous => " or ",
    };
    Reading { reference: order.reference.clone(), reads: format!("order of {}", names.join(joined)).into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{ground, low, positive};
    use crate::domain::over_time::compare;
    use crate::domain::safety::rules::LungRule;

    /// Numbered so that their references sort by number.
    fn orders(count: usize, medicine: Medicine) -> Vec<DraftOrder> {
        let one = |at: usize| DraftOrder {
            reference: format!("MedicationRequest/{medicine}-{at:03}").into(),
            medicines: vec![medicine],
            naming: Naming::Clear,
            selected: true,
        };
        (0..count).map(one).collect()
    }

    fn found<'k>(orders: &'k [DraftOrder], check: Check, ground: &'k Ground) -> Vec<SafetyFinding<'k>> {
        orders.iter().map(|one| finding(check, Severity::Warning, one.medicines[0], one, ground, [])).collect()
    }

    /// How many of each finding are listed, and how many more are counted on the last of them.
    fn told(all: Vec<SafetyFinding<'_>>) -> Vec<(Check, Medicine, usize, usize)> {
        let mut told: Vec<(Check, Medicine, usize, usize)> = Vec::new();
        for one in bounded(all) {
            match told.last_mut().filter(|last| (last.0, last.1) == (one.check, one.agent)) {
                Some(last) => (last.2, last.3) = (last.2 + 1, one.more),
                None => told.push((one.check, one.agent, 1, one.more)),
            }
        }
        told
    }

    #[test]
    fn sixteen_orders_of_one_finding_are_listed_and_the_others_are_counted() {
        let ground = ground();
        for (sent, listed, more) in [(1, 1, 0), (16, 16, 0), (17, 16, 1), (40, 16, 24)] {
            let orders = orders(sent, Medicine::Trastuzumab);
            let all = found(&orders, Check::Her2Negative, &ground);
            assert_eq!(told(all), [(Check::Her2Negative, Medicine::Trastuzumab, listed, more)]);
        }
    }

    #[test]
    fn no_finding_and_no_medicine_is_lost_behind_another_that_has_many_orders() {
        let ground = ground();
        let (many, few) = (orders(20, Medicine::Trastuzumab), orders(2, Medicine::Pertuzumab));
        let all = [
            found(&many, Check::Her2Negative, &ground),
            found(&few, Check::Her2Negative, &ground),
            found(&many, Check::LungDisease, &ground),
        ];
        assert_eq!(
            told(all.concat()),
            [
                (Check::Her2Negative, Medicine::Trastuzumab, 16, 4),
                (Check::Her2Negative, Medicine::Pertuzumab, 2, 0),
                (Check::LungDisease, Medicine::Trastuzumab, 16, 4),
            ]
        );
    }

    #[test]
    fn only_an_order_that_is_about_to_be_signed_and_is_named_clearly_can_be_critical() {
        use OrderStage::{Select, Sign};
        assert_eq!(most_urgent(Sign, Naming::Clear), Severity::Critical);
        assert_eq!(most_urgent(Sign, Naming::Ambiguous), Severity::Warning);
        assert_eq!(most_urgent(Select, Naming::Clear), Severity::Warning);
        assert_eq!(most_urgent(Select, Naming::Ambiguous), Severity::Warning);
    }

    #[test]
    fn a_finding_names_at_most_twenty_four_readings_and_the_order_last() {
        let (ground, orders) = (ground(), orders(1, Medicine::Trastuzumab));
        let many = (0..30).map(|at| Reading { reference: format!("Observation/{at}").into(), reads: "x".into() });
        let told = finding(Check::LungDisease, Severity::Warning, Medicine::Trastuzumab, &orders[0], &ground, many);
        assert_eq!(told.evidence.len(), 25);
        assert_eq!(&*told.evidence[24].reads, "order of trastuzumab");
    }

    /// A record of a positive breast cancer, a rule for the lungs of one conjugate, and the orders.
    fn checked(orders: Vec<DraftOrder>) -> Vec<(String, String)> {
        let rule = LungRule { agent: Medicine::TrastuzumabDeruxtecan, under_treatment: false, ground: ground() };
        let rules = OrderRules { lung: vec![rule], ..OrderRules::default() };
        let mut evidence = Evidence { tumour: Tumour::Breast, orders, ..Evidence::default() };
        let event = crate::domain::history::Event { when: None, reference: "Condition/ild".into() };
        evidence.history.lung_disease.push(event);
        let record = compare(vec![positive("2026-05-02"), low("2026-05-02")]);
        let found = check_orders(&rules, &record, &evidence, jiff::civil::date(2026, 11, 26));
        let of_one =
            |one: &SafetyFinding<'_>| (one.order.to_owned(), one.evidence.last().unwrap().reference.to_string());
        found.iter().map(of_one).collect()
    }

    #[test]
    fn a_finding_is_told_of_every_order_that_was_chosen_with_that_order_as_its_evidence() {
        let two = || orders(2, Medicine::TrastuzumabDeruxtecan);
        let each: Vec<(String, String)> =
            two().iter().map(|order| (order.reference.to_string(), order.reference.to_string())).collect();
        assert_eq!(checked(two()), each);
        let mut one_chosen = two();
        one_chosen[0].selected = false;
        assert_eq!(checked(one_chosen), each[1..]);
        let none_chosen = two().into_iter().map(|order| DraftOrder { selected: false, ..order }).collect();
        assert!(checked(none_chosen).is_empty());
        assert!(checked(orders(2, Medicine::Trastuzumab)).is_empty());
    }
}
