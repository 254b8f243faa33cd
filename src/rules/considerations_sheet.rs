//! The review sheet of the therapy rules: every label with its conditions and what in a record answers them.

use std::fmt::Write as _;

use crate::domain::consideration::{Her2Condition, Label, LabelCondition, ResultChoice, TherapyRule};

/// Writing into a String cannot fail; the macro keeps that out of every line.
macro_rules! line {
    ($text:expr, $($part:tt)*) => {{ let _ = writeln!($text, $($part)*); }};
}

/// The sheet in Markdown.
pub(super) fn considerations_sheet(rules: &[TherapyRule]) -> String {
    let mut text = String::new();
    line!(
        text,
        "**UNSIGNED.** No pathologist or oncologist has confirmed this sheet. It is generated from `considerations.toml`.\n"
    );
    line!(text, "# Treatment considerations: labels, their HER2 condition and what else they ask for\n");
    line!(
        text,
        "A consideration is for a professional and never an order; it names no dose. Each condition is met, not met or unknown. \
         *Answered by* is the fact of the record that decides; where it is \"the clinician\" the condition is always shown as unknown. \
         What is absent from a record never decides.\n"
    );
    line!(text, "Mark: *unconfirmed* = not yet compared with the current label.");
    for rule in rules {
        of_rule(&mut text, rule);
    }
    text
}

fn of_rule(text: &mut String, rule: &TherapyRule) {
    let mark = if rule.unconfirmed { " (*unconfirmed*)" } else { "" };
    line!(text, "\n## `{}`: {}{mark}\n", rule.rule, rule.agent);
    let tumours: Vec<&str> = rule.tumours.iter().map(|tumour| tumour.as_str()).collect();
    line!(text, "Tumours: {}. HER2: {}.", tumours.join(", "), her2_in_words(rule));
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
    let condition = match rule.her2 {
        Her2Condition::Positive => "positive",
        Her2Condition::Ihc3 => "IHC 3+, the score itself",
        Her2Condition::Low => "low",
        Her2Condition::LowOrUltralow => "low or ultralow",
        Her2Condition::Erbb2Mutation => "activating ERBB2 mutation by sequencing",
        Her2Condition::Erbb2KinaseDomainMutation => "activating ERBB2 mutation in the kinase domain by sequencing",
    };
    match rule.result {
        ResultChoice::Lead => condition.to_owned(),
        ResultChoice::BeforeNeoadjuvant => {
            format!(
                "{condition}, by the last result before neoadjuvant treatment where the record shows one (*policy*)"
            )
        }
    }
}
