//! The rules that are no tables, on the page of all rules: the labels with their conditions, and the checks of orders.

use maud::{Markup, html};

use super::rule_words::{listed, policy, short, unconfirmed};
use crate::domain::consideration::{Label, LabelCondition, ResultChoice, TherapyRule};
use crate::domain::safety::{ChecksInWords, OrderRules, RuleInWords};

const OF_LABELS: [&str; 7] =
    ["Rule", "Medicine", "Tumours", "Conditions", "Labels", "Before and during treatment", "Source"];

const OF_CHECKS: [&str; 5] = ["Rule", "Medicine", "Held against", "Because", "Label, source"];

/// A table that a narrow screen shows as one block for each rule.
fn list(name: &str, columns: &[&str], rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(name) { table.rows.stack {
            caption.heard { (name) }
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody { (rows) }
        } }
    }
}

/// Every label with its conditions.
pub(super) fn labels(therapies: &[TherapyRule]) -> Markup {
    let rows = html! { @for rule in therapies { (therapy(rule)) } };
    html! {
        section.ruleset #considerations aria-labelledby="considerations-head" {
            h2 #considerations-head { "Treatment considerations" }
            p {
                "A consideration is for a professional and never an order. Each condition is met, not met or unknown. One that is "
                "for the clinician is answered by no record and always unknown. What is absent from a record never decides."
            }
            (list("Treatment considerations", &OF_LABELS, &rows))
        }
    }
}

fn therapy(rule: &TherapyRule) -> Markup {
    let [_, medicine, tumours, asks, labels, monitoring, source] = OF_LABELS;
    html! {
        tr id=(short(&rule.rule)) {
            th scope="row" { code { (short(&rule.rule)) } (unconfirmed(rule.unconfirmed)) }
            td data-column=(medicine) { (rule.agent) }
            td data-column=(tumours) { (listed(&rule.tumours)) }
            td data-column=(asks) {
                ul {
                    li {
                        (rule.her2.in_words())
                        @if rule.result == ResultChoice::BeforeNeoadjuvant {
                            ", by the last result before neoadjuvant treatment where the record shows one" (policy(true))
                        }
                    }
                    (conditions(&rule.conditions))
                }
            }
            td data-column=(labels) { ul { @for label in &rule.labels { (of_region(label)) } } }
            td data-column=(monitoring) { (listed(&rule.monitoring)) }
            td data-column=(source) { (rule.cite.join("; ")) }
        }
    }
}

fn conditions(conditions: &[LabelCondition]) -> Markup {
    html! {
        @for condition in conditions {
            li { (condition.what) @if condition.fact.is_none() { " (for the clinician)" } }
        }
    }
}

fn of_region(label: &Label) -> Markup {
    html! {
        li {
            (label.region.as_str().to_uppercase()) " " span.whole { (label.date) }
            @if label.accelerated { ", accelerated" }
            @if !label.conditions.is_empty() { ul { (conditions(&label.conditions)) } }
        }
    }
}

/// Every check of an order.
pub(super) fn order_checks(rules: &OrderRules) -> Markup {
    html! {
        section.ruleset #order-safety aria-labelledby="order-safety-head" {
            h2 #order-safety-head { "Order checks" }
            p {
                "What is held against a draft order of a HER2-directed medicine. A finding never stops an order. What is absent from "
                "a record is never taken as normal and is never critical."
            }
            @for checks in &rules.in_words() { (of_kind(checks)) }
        }
    }
}

fn of_kind(checks: &ChecksInWords<'_>) -> Markup {
    let rows = html! { @for rule in &checks.rules { (check(rule)) } };
    html! {
        h3 { (checks.title) }
        p.hint { (checks.said) }
        (list(&format!("Order checks: {}", checks.title), &OF_CHECKS, &rows))
    }
}

fn check(rule: &RuleInWords<'_>) -> Markup {
    let [_, medicine, asks, because, source] = OF_CHECKS;
    let ground = rule.ground;
    html! {
        tr id=(short(&ground.rule)) {
            th scope="row" { code { (short(&ground.rule)) } (unconfirmed(ground.unconfirmed)) (policy(ground.policy)) }
            td data-column=(medicine) { (rule.medicine) }
            td data-column=(asks) { ul { @for asks in &rule.asks { li { (asks) } } } }
            td data-column=(because) { (ground.whole_reason()) }
            td data-column=(source) { (ground.sources()) }
        }
    }
}
