//! A card as an EHR would render it.

use maud::{Markup, html};
use serde_json::Value;

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

/// What stands in the place of a card when the service had nothing to add.
pub(super) fn no_card() -> Markup {
    html! {
        div.card.plain {
            p.indicator { span aria-hidden="true" { (indicator_shape("")) } " " span { "No card" } }
            p.empty { code { "cards: []" } " – nothing new or open. The assessment below was still made and recorded." }
        }
    }
}

fn labels(card: &Value) -> Vec<&str> {
    card["suggestions"].as_array().into_iter().flatten().filter_map(|one| one["label"].as_str()).collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}
