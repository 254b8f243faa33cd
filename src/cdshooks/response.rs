//! The reply of a hook: `cards` and the assessment in `extension`, nothing empty and nothing null beyond what the standard
//! and the contract allow (guide rules 2, 31 to 44).

use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::assessment::Assessment;
use crate::domain::words::vocabulary;

vocabulary! {
    /// Urgency of a card. `critical` exists for order-sign only and is not built yet.
    Indicator, "indicator" {
        Info = "info",
        Warning = "warning",
    }
}

impl Serialize for Indicator {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One card.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Derived id.
    pub uuid: Uuid,
    /// One sentence: fact, gap, act. Plain text.
    pub summary: String,
    /// Urgency.
    pub indicator: Indicator,
    /// Markdown made from our own words and typed values only.
    pub detail: String,
    /// Who says so.
    pub source: Source,
    /// At most one draft.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// Set whenever there is a suggestion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_behavior: Option<&'static str>,
    /// Why a clinician may set the card aside.
    pub override_reasons: Vec<Coding>,
    /// `org.herald-cds.basis`
    pub extension: CardExtension,
}

/// Source of a card.
#[derive(Debug, Serialize)]
pub struct Source {
    /// Name and edition of the rules.
    pub label: String,
    /// Fixed per kind of card: EHRs filter and remember by it.
    pub topic: Coding,
}

/// A FHIR Coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Coding {
    /// Code, letters and digits for topics.
    pub code: &'static str,
    /// Code system.
    pub system: &'static str,
    /// Words for people.
    pub display: &'static str,
}

/// A draft that the clinician may take over.
#[derive(Debug, Serialize)]
pub struct Suggestion {
    /// Verb first.
    pub label: &'static str,
    /// Derived id.
    pub uuid: Uuid,
    /// One action: Epic takes no more.
    pub actions: [Action; 1],
}

/// A resource to create as a draft.
#[derive(Debug, Serialize)]
pub struct Action {
    /// `create`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What happens.
    pub description: &'static str,
    /// The draft, R4.
    pub resource: Box<RawValue>,
}

/// Extension of a card.
#[derive(Debug, Serialize)]
pub struct CardExtension {
    /// Rule and evidence.
    #[serde(rename = "org.herald-cds.basis")]
    pub basis: Basis,
}

/// What a card rests on.
#[derive(Debug, Serialize)]
pub struct Basis {
    /// Rule set and row.
    pub rule: String,
    /// Sorted `reference=reads`, as they stand in the card's id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

#[derive(Serialize)]
struct Reply<'a> {
    cards: &'a [Card],
    extension: ReplyExtension<'a>,
}

#[derive(Serialize)]
struct ReplyExtension<'a> {
    #[serde(rename = "org.herald-cds.assessment")]
    assessment: &'a Assessment<'a>,
}

/// The body of the reply, the very bytes that are sent, hashed and stored.
#[must_use]
pub fn reply(cards: &[Card], assessment: &Assessment<'_>) -> Vec<u8> {
    let mut body = Vec::with_capacity(16 * 1024);
    let reply = Reply { cards, extension: ReplyExtension { assessment } };
    // Writing strings and numbers to memory cannot fail.
    let written = serde_json::to_writer(&mut body, &reply);
    debug_assert!(written.is_ok());
    body
}
