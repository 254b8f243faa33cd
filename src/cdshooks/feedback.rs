//! Feedback: what became of a card (CDS Hooks 2.0, Feedback; rules 45 to 50).

use std::borrow::Cow;

use crate::json::{Document, Malformed, Text, Value};

/// One POST of feedback: the entries that say something, and how many do not.
#[derive(Debug)]
pub struct Feedback<'a> {
    /// At least one.
    pub entries: Vec<FeedbackEntry<'a>>,
    /// Entries without a card, with another outcome, without a readable time stamp, or with a broken string.
    pub unusable: usize,
}

/// What a clinician did with one card.
#[derive(Debug, PartialEq, Eq)]
pub struct FeedbackEntry<'a> {
    /// The uuid of the card, as sent: any string, known or not, the empty one too.
    pub card: Text<'a>,
    /// Taken or set aside.
    pub outcome: Outcome,
    /// Ids of the suggestions that were taken, as sent.
    pub accepted_suggestions: Vec<Text<'a>>,
    /// Why the card was set aside.
    pub reason: Option<OverrideReason<'a>>,
    /// Free words of the clinician. They may name a patient: never in a log, kept apart.
    pub comment: Option<Text<'a>>,
    /// When, by the clock of the client: microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
}

/// What became of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A suggestion was taken.
    Accepted,
    /// The card was set aside.
    Overridden,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Overridden => "overridden",
        }
    }
}

/// A Coding of the list that the card offered, or of the client's own.
#[derive(Debug, PartialEq, Eq)]
pub struct OverrideReason<'a> {
    /// The code system.
    pub system: Option<Text<'a>>,
    /// The code.
    pub code: Text<'a>,
    /// Its words, which clients may leave out.
    pub display: Option<Text<'a>>,
}

/// Why a whole POST of feedback is refused. Never holds a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedbackError {
    /// The body as a document.
    #[error("Send one JSON object (RFC 8259, UTF-8) as the body: {0}.")]
    Malformed(#[from] Malformed),
    /// No array `feedback`.
    #[error("Send an object with the array `feedback`, which holds at least one entry.")]
    NoEntries,
    /// A member stands twice, or a string is broken.
    #[error("Send each member of the body and of its entries once, and strings of whole Unicode characters.")]
    Repeated,
    /// No entry says something; so many there were.
    #[error(
        "Send `card` (any string), `outcome` (`accepted` or `overridden`) and `outcomeTimestamp` (RFC 3339) in each entry, and strings of whole Unicode characters without NUL: no entry of this body has all of it."
    )]
    NoneUsable(usize),
}

/// Reads a POST of feedback.
///
/// # Errors
/// Only if nothing in it can be used, or a member stands twice.
pub fn parse_feedback<'d>(document: &'d Document<'_>) -> Result<Feedback<'d>, FeedbackError> {
    let body = document.root();
    if !body.is_object() {
        return Err(FeedbackError::NoEntries);
    }
    if body.repeats_inside() {
        return Err(FeedbackError::Repeated);
    }
    let sent: Vec<Value<'_>> = body.get("feedback").into_iter().flat_map(Value::elements).collect();
    if sent.is_empty() {
        return Err(FeedbackError::NoEntries);
    }
    let entries: Vec<FeedbackEntry<'_>> = sent.iter().copied().filter_map(entry).collect();
    if entries.is_empty() {
        return Err(FeedbackError::NoneUsable(sent.len()));
    }
    let unusable = sent.len() - entries.len();
    Ok(Feedback { entries, unusable })
}

/// None if the entry says nothing that can be used.
fn entry(members: Value<'_>) -> Option<FeedbackEntry<'_>> {
    let outcome = match &*string(members.get("outcome"))? {
        "accepted" => Outcome::Accepted,
        "overridden" => Outcome::Overridden,
        _ => return None,
    };
    let at: jiff::Timestamp = to_nanoseconds(string(members.get("outcomeTimestamp"))?.trim()).parse().ok()?;
    if members.get("overrideReason").is_some_and(holds_broken_string) {
        // what was said is not stored without the words that it was said with
        return None;
    }
    let (reason, comment) = override_reason(members.get("overrideReason"));
    Some(FeedbackEntry {
        card: string(members.get("card"))?,
        outcome,
        accepted_suggestions: accepted_suggestions(members.get("acceptedSuggestions")),
        reason,
        comment,
        at_micros: at.as_microsecond(),
    })
}

/// A time stamp without the digits of its second behind the ninth, which no clock has.
fn to_nanoseconds(stamp: &str) -> Cow<'_, str> {
    const DIGITS: usize = 9;
    let Some(point) = stamp.find('.') else { return Cow::Borrowed(stamp) };
    let digits = stamp[point + 1..].bytes().take_while(u8::is_ascii_digit).count();
    if digits <= DIGITS {
        return Cow::Borrowed(stamp);
    }
    Cow::Owned([&stamp[..=point + DIGITS], &stamp[point + 1 + digits..]].concat())
}

/// Half a character (a lone surrogate), or a NUL, in any string of an override reason.
fn holds_broken_string(sent: Value<'_>) -> bool {
    (sent.is_string() && string(Some(sent)).is_none()) || sent.members().any(|(_, value)| holds_broken_string(value))
}

/// A string that can be stored: PostgreSQL refuses NUL.
fn string(sent: Option<Value<'_>>) -> Option<Text<'_>> {
    sent?.text().filter(|text| !text.contains('\0'))
}

/// Missing, of another shape, or with entries of another shape: what can be read counts.
fn accepted_suggestions(sent: Option<Value<'_>>) -> Vec<Text<'_>> {
    sent.into_iter().flat_map(Value::elements).filter_map(|suggestion| string(suggestion.get("id"))).collect()
}

fn override_reason(sent: Option<Value<'_>>) -> (Option<OverrideReason<'_>>, Option<Text<'_>>) {
    let Some(members) = sent else { return (None, None) };
    let comment = string(members.get("userComment")).filter(|words| !words.trim().is_empty());
    let reason = members.get("reason").and_then(|coding| {
        Some(OverrideReason {
            system: string(coding.get("system")),
            code: string(coding.get("code"))?,
            display: string(coding.get("display")),
        })
    });
    (reason, comment)
}
