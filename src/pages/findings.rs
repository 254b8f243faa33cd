//! The assessment of a reply in short: the lead specimen with its evidence, the others, and what was set aside.

use maud::{Markup, html};
use serde_json::Value;

use crate::domain::finding::{Comment, LOW_IN_GROUPS_2_TO_4};
use crate::domain::tumour::Tumour;

use super::handout::{PlainResult, handout_address};
use super::rules::address_of;
use super::wording::{category_shape, tone, words};

/// The assessment, shape `herald.assessment/1`.
pub(super) fn assessment(assessment: &Value) -> Markup {
    let specimens = assessment["specimens"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lead = assessment["lead"].as_u64().and_then(|index| usize::try_from(index).ok());
    let others = specimens.iter().enumerate().filter(|(index, _)| Some(*index) != lead).map(|(_, other)| other);
    html! {
        section.assessment aria-labelledby="assessment" {
            h3 #assessment { "Why: the assessment" }
            @match lead.and_then(|index| specimens.get(index)) {
                Some(specimen) => {
                    (finding(specimen, "Lead specimen"))
                    (plain_words(specimen))
                }
                None => p { "No specimen answers the question today." }
            }
            @for other in others { (finding(other, "Also on record")) }
            (orders(&assessment["safety"]))
            (excluded(&assessment["excluded"]))
            (unseen(&assessment["unseen"]))
        }
    }
}

/// The way to the handout of this result; nothing where a word is not one of this version.
fn plain_words(specimen: &Value) -> Markup {
    let address = || {
        let word = |member: &str| specimen[member].as_str();
        let tumour: Tumour = word("tumour")?.parse().ok()?;
        let category = word("category")?.parse().ok()?;
        let score = specimen["ihc"]["score"].as_str().and_then(|score| score.parse().ok());
        let expression = word("expression")?.parse().ok()?;
        let result = PlainResult::of(tumour, category, expression, word("nextStep")?.parse().ok()?, score);
        Some(handout_address(tumour, result))
    };
    html! {
        @if let Some(address) = address() {
            p { a href=(address) { "Plain words for the patient" } ", to hand over or print" }
        }
    }
}

fn finding(specimen: &Value, role: &str) -> Markup {
    let category = specimen["category"].as_str().unwrap_or_default();
    html! {
        div.finding {
            p.category.(tone(category)) {
                span.role { (role) }
                span.mark aria-hidden="true" { (category_shape(category)) }
                strong { (words(category)) }
                @if let Some(provisional) = specimen["provisional"].as_str() { span { " provisionally " (provisional) } }
                @if let Some(expression) = said(&specimen["expression"]) { span { " expression: " (expression) } }
            }
            dl {
                dt { "Specimen" } dd { (specimen["specimen"].as_str().unwrap_or("not named")) ", " (origin(specimen)) }
                dt { "Next step" } dd { (words(specimen["nextStep"].as_str().unwrap_or_default())) }
                @if let Some(comment) = comment(specimen) { dt { "Comment" } dd { (comment) } }
                dt { "Flags" } dd { (flags(&specimen["flags"])) }
                dt { "Rule" } dd { (rule(specimen["rule"].as_str().unwrap_or("none"))) }
            }
            (evidence(&specimen["evidence"]))
            (flips(&specimen["flips"]))
        }
    }
}

/// What the comment of the guideline says; that low is unconfirmed beside it.
fn comment(specimen: &Value) -> Option<String> {
    let comment: Comment = specimen["comment"].as_str()?.parse().ok()?;
    let low = if specimen["expression"] == "low" { format!(" {LOW_IN_GROUPS_2_TO_4}") } else { String::new() };
    Some(format!("{}: {}{low}", comment.numbers(), comment.in_words()))
}

/// Which single value would have made it another category.
fn flips(flips: &Value) -> Markup {
    let flips = flips.as_array().map(Vec::as_slice).unwrap_or_default();
    if flips.is_empty() {
        return html! {};
    }
    html! {
        table {
            caption { "What would change it: one value that another test could bring" }
            thead { tr { th scope="col" { "If" } th scope="col" { "Then" } } }
            tbody {
                @for flip in flips {
                    tr {
                        td { (flip["change"].as_str().unwrap_or_default()) }
                        td {
                            (words(flip["category"].as_str().unwrap_or_default())) " "
                            (rule(flip["rule"].as_str().unwrap_or_default()))
                        }
                    }
                }
            }
        }
    }
}

/// The id of a rule, with a link to its row among all rules.
fn rule(id: &str) -> Markup {
    html! { a href=(address_of(id)) { code { (id) } } }
}

/// Expression is a word of drug labels, worth a line only where it applies.
fn said(expression: &Value) -> Option<String> {
    expression.as_str().filter(|word| *word != "not_applicable").map(|word| words(word).to_lowercase())
}

fn origin(specimen: &Value) -> Markup {
    let kind = specimen["kind"].as_str().filter(|kind| *kind != "unknown").unwrap_or("kind not stated");
    html! { (kind) ", " span.whole { (specimen["collected"].as_str().unwrap_or("no date")) } }
}

fn flags(flags: &Value) -> String {
    let flags: Vec<String> = flags.as_array().into_iter().flatten().filter_map(Value::as_str).map(words).collect();
    if flags.is_empty() { "None".to_owned() } else { flags.join(", ") }
}

fn evidence(evidence: &Value) -> Markup {
    let readings = evidence.as_array().map(Vec::as_slice).unwrap_or_default();
    if readings.is_empty() {
        return html! {};
    }
    html! {
        table {
            caption { "Evidence" }
            thead { tr { th scope="col" { "Read from" } th scope="col" { "Reads" } } }
            tbody {
                @for reading in readings {
                    tr {
                        td { code { (reading["reference"].as_str().unwrap_or_default()) } }
                        td { (reading["reads"].as_str().unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

fn excluded(excluded: &Value) -> Markup {
    let excluded = excluded.as_array().map(Vec::as_slice).unwrap_or_default();
    if excluded.is_empty() {
        return html! {};
    }
    html! {
        table {
            caption { "Set aside, and why" }
            thead { tr { th scope="col" { "What" } th scope="col" { "Why" } } }
            tbody {
                @for item in excluded {
                    tr {
                        td { code { (item["reference"].as_str().unwrap_or_default()) } }
                        td { (words(item["why"].as_str().unwrap_or_default())) }
                    }
                }
            }
        }
    }
}

/// What speaks against draft orders, or is open: also what has no card.
fn orders(safety: &Value) -> Markup {
    let findings = safety.as_array().map(Vec::as_slice).unwrap_or_default();
    if findings.is_empty() {
        return html! {};
    }
    html! {
        table {
            caption { "Draft orders" }
            thead { tr { th scope="col" { "Order" } th scope="col" { "Finding" } th scope="col" { "Rule" } } }
            tbody {
                @for finding in findings {
                    @let text = |member: &str| finding[member].as_str().unwrap_or_default();
                    tr {
                        td {
                            (words(text("agent"))) br; code { (text("order")) }
                            @if let Some(more) = finding["moreOrders"].as_u64() { " and " (more) " more" }
                        }
                        td { (words(text("indicator"))) ": " (words(text("id"))) }
                        td { code { (text("rule")) } }
                    }
                }
            }
        }
    }
}

fn unseen(unseen: &Value) -> Markup {
    let keys: Vec<&str> = unseen.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html! {
        @if !keys.is_empty() { p.unseen { "Not visible to Herald, which is not “not done”: " (keys.join(", ")) "." } }
    }
}
