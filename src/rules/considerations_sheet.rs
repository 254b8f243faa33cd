//! The review sheet of the therapy rules: every label with its conditions and what in a record answers them.

use crate::domain::consideration::{Label, LabelCondition, ResultChoice, TherapyRule};

use super::considerations;
use super::sheet_words::line;

/// What stands over the labels: how they are meant.
pub(super) const HEAD: &str = "\
# Treatment considerations: labels, their HER2 condition and what else they ask for

A consideration is for a professional and never an order; it names no dose. Each condition is met, not met or unknown. \
*Answered by* is the fact of the record that decides; where it is \"the clinician\" the condition is always shown as unknown. \
What is absent from a record never decides. \
*IHC 3+* is the score itself; a mutation is one found by sequencing.

Mark: *unconfirmed* = not yet compared with the current label.
";

/// The labels in Markdown; None for a text that cannot be read.
pub(super) fn body(file: &str) -> Option<String> {
    let mut text = String::new();
    for rule in considerations::read(file).ok()? {
        of_rule(&mut text, &rule);
    }
    Some(text)
}

fn of_rule(text: &mut String, rule: &TherapyRule) {
    let mark = if rule.unconfirmed { " (*unconfirmed*)" } else { "" };
    line!(text, "\n## `{}`: {}{mark}\n", rule.rule, rule.agent);
    let tumours: Vec<&str> = rule.tumours.iter().map(|tumour| tumour.as_str()).collect();
    line!(text, "Tumours: {}. HER2 condition: {}.", tumours.join(", "), her2_in_words(rule));
    if !rule.monitoring.is_empty() {
        let looked_at: Vec<&str> = rule.monitoring.iter().map(|what| what.as_str()).collect();
        line!(text, "Before and during treatment: {}.", looked_at.join(", "));
    }
    line!(text, "Sources: {}.\n", rule.cite.join("; "));
    line!(text, "| Region | Label | Condition | Answered by |\n|---|---|---|---|");
    for condition in &rule.conditions {
        line!(text, "| all | | {} | {} |", condition.what, answered_by(condition));
    }
    for label in &rule.labels {
        of_label(text, label);
    }
}

fn of_label(text: &mut String, label: &Label) {
    let accelerated = if label.accelerated { ", accelerated" } else { "" };
    let region = label.region.as_str().to_uppercase();
    if label.conditions.is_empty() {
        line!(text, "| {region} | {}{accelerated} | nothing more | |", label.date);
    }
    for condition in &label.conditions {
        line!(text, "| {region} | {}{accelerated} | {} | {} |", label.date, condition.what, answered_by(condition));
    }
}

fn answered_by(condition: &LabelCondition) -> &'static str {
    condition.fact.map_or("the clinician", |fact| fact.as_str())
}

fn her2_in_words(rule: &TherapyRule) -> String {
    let condition = rule.her2.in_words();
    match rule.result {
        ResultChoice::Lead => condition.to_owned(),
        ResultChoice::BeforeNeoadjuvant => {
            format!(
                "{condition}, by the last result before neoadjuvant treatment where the record shows one (*policy*)"
            )
        }
    }
}
