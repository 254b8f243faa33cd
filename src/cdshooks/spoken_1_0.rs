//! Cards as CDS Hooks 1.0 knows them: no ids, no topic, no reasons to override, one suggestion at most, and the target of a
//! delete as a string in `resource`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::response::{Action, Card, CardExtension, Indicator, Suggestion};

/// A card of 1.0.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card1<'a> {
    summary: &'a str,
    indicator: Indicator,
    detail: &'a str,
    source: Source1<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selection_behavior: Option<&'static str>,
    extension: &'a CardExtension,
}

#[derive(Serialize)]
struct Source1<'a> {
    label: &'a str,
}

#[derive(Serialize)]
struct Suggestion1<'a> {
    label: &'a str,
    actions: Vec<Action1<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Action1<'a> {
    Create { description: &'a str, resource: &'a RawValue },
    Delete { description: &'a str, resource: &'a str },
}

/// `cards` in the words of 1.0.
pub(super) fn cards(cards: &[Card]) -> Vec<Card1<'_>> {
    cards.iter().map(card).collect()
}

fn card(card: &Card) -> Card1<'_> {
    Card1 {
        summary: &card.summary,
        indicator: card.indicator,
        detail: &card.detail,
        source: Source1 { label: &card.source.label },
        suggestions: card.suggestions.iter().map(suggestion).collect(),
        selection_behavior: card.selection_behavior.map(|_| "at-most-one"),
        extension: &card.extension,
    }
}

fn suggestion(suggestion: &Suggestion) -> Suggestion1<'_> {
    Suggestion1 { label: &suggestion.label, actions: suggestion.actions.iter().map(action).collect() }
}

fn action(action: &Action) -> Action1<'_> {
    match action {
        Action::Create { description, resource } => Action1::Create { description, resource },
        Action::Delete { description, resource_id } => Action1::Delete { description, resource: resource_id },
    }
}
