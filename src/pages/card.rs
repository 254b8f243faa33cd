//! A card as an EHR would render it.

use maud::{Markup, html};
use serde_json::Value;

use super::decisions::readable;
use super::markdown;
use super::wording::{indicator_shape, tone, words};

/// The card at place `nth` of a reply: indicator as shape and word, summary, detail, source, suggestions.
pub(super) fn card(card: &Value, nth: usize) -> Markup {
    let indicator = card["indicator"].as_str().unwrap_or_default();
    html! {
        article class={ "card " (tone(indicator)) } aria-labelledby={ "card-summary-" (nth) } {
            p.indicator { span aria-hidden="true" { (indicator_shape(indicator)) } " " span { (words(indicator)) } }
            h3 id={ "card-summary-" (nth) } { (text(card, "summary")) }
            @if let Some(detail) = card["detail"].as_str() { div.detail { (markdown::detail(detail)) } }
            @let suggestions: Vec<&str> = labels(card);
            @if !suggestions.is_empty() {
                p.suggestion-head { "Suggested; nothing happens by itself:" }
                ul.suggestions { @for label in suggestions { li { (label) } } }
            }
            p.source { "Source: " (card["source"]["label"].as_str().unwrap_or("not named")) }
        }
    }
}

/// What stands in the place of a card when none is shown: nothing to add, or something that was kept back.
pub(super) fn no_card(withheld: &[Value]) -> Markup {
    html! {
        div.card.plain {
            p.indicator { span aria-hidden="true" { (indicator_shape("")) } " " span { "No card" } }
            @if withheld.is_empty() {
                p.empty { code { "cards: []" } " – nothing new or open. The assessment below was still made and recorded." }
            } @else {
                p.empty { code { "cards: []" } " – kept back, and recorded with the reason. Another patientId in the request shows it afresh." }
            }
        }
    }
}

/// What was computed and is not shown, each with its reason.
pub(super) fn withheld(withheld: &[Value]) -> Markup {
    html! {
        @if !withheld.is_empty() {
            ul.withheld {
                @for one in withheld {
                    li {
                        (why(one["why"].as_str().unwrap_or_default()))
                        @if let Some(until) = one["until"].as_str() { " Until " (readable(until)) "." }
                        @if let Some(summary) = one["card"]["summary"].as_str() { " Not shown: “" (summary) "”" }
                    }
                }
            }
        }
    }
}

/// The reasons of `org.herald-cds.withheld` in words.
fn why(code: &str) -> &'static str {
    match code {
        "accepted" => "Accepted before for this patient, on the same evidence.",
        "overridden" => "Overridden before by this user for a reason, on the same evidence.",
        "no_trial" => "No trial is wanted or possible for this patient: no trial line.",
        "silenced" => "Silenced at this site.",
        "budget" => "Others were more urgent.",
        "shadow" => "This client is in shadow mode.",
        _ => "Kept back.",
    }
}

fn labels(card: &Value) -> Vec<&str> {
    card["suggestions"].as_array().into_iter().flatten().filter_map(|one| one["label"].as_str()).collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}
