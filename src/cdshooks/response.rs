//! The reply of a hook: `cards` and the assessment in `extension`, nothing empty and nothing null beyond what the standard
//! and the contract allow (rules 2, 31 to 44 of `docs/conformance.md`).

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::profile::SpecVersion;
use super::quiet::{Sifted, Withheld};
use super::spoken_1_0;
use crate::assessment::{Assessment, PrintedLists, WithPrinted};
use crate::domain::safety::Severity;
use crate::domain::words::vocabulary;

vocabulary! {
    /// Urgency of a card.
    Indicator, "indicator" {
        Info = "info",
        Warning = "warning",
        /// On order-sign only, in the three cases of [`Severity::Critical`].
        Critical = "critical",
    }
}

impl From<Severity> for Indicator {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Critical => Self::Critical,
        }
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
    /// Rule, evidence, and the orders concerned.
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
    pub label: Cow<'static, str>,
    /// Derived id.
    pub uuid: Uuid,
    /// One action: Epic takes no more.
    pub actions: [Action; 1],
}

/// What happens when the suggestion is taken.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Action {
    /// A resource to create.
    Create {
        /// What happens, in words.
        description: Cow<'static, str>,
        /// The draft, R4.
        resource: Box<RawValue>,
    },
    /// A draft order of this request to remove.
    Delete {
        /// What happens, in words.
        description: Cow<'static, str>,
        /// `MedicationRequest/id`
        resource_id: String,
    },
}

/// Extension of a card.
#[derive(Debug, Serialize)]
pub struct CardExtension {
    /// Rule and evidence.
    #[serde(rename = "org.herald-cds.basis")]
    pub basis: Basis,
    /// References of the draft orders that the card is about.
    #[serde(rename = "org.herald-cds.relatedResources", skip_serializing_if = "Vec::is_empty")]
    pub related_resources: Vec<String>,
    /// The media type of the detail, where Epic is sent another one than Markdown.
    #[serde(rename = "com.epic.cdshooks.card.detail.content-type", skip_serializing_if = "Option::is_none")]
    pub detail_type: Option<&'static str>,
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
struct Reply<'a, C, A> {
    cards: C,
    extension: ReplyExtension<'a, A>,
}

#[derive(Serialize)]
struct ReplyExtension<'a, A> {
    #[serde(rename = "org.herald-cds.assessment")]
    assessment: A,
    /// Only where something was kept back.
    #[serde(rename = "org.herald-cds.withheld", skip_serializing_if = "<[_]>::is_empty")]
    withheld: &'a [Withheld],
}

/// The body of a reply, and where in it something stands that many replies share.
pub struct ReplyBody {
    /// The very bytes that are sent and stored.
    pub bytes: Vec<u8>,
    /// What is shared, and its place, if it was written in one piece.
    pub shared: Option<(SharedPart, usize)>,
}

/// What many replies share, of [`PrintedLists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedPart {
    /// [`PrintedLists::considerations`].
    Considerations,
    /// [`PrintedLists::in_one_piece`].
    UpToTrials,
}

/// The body of the reply in the version of CDS Hooks that the client speaks: the cards that are shown, and beside the
/// assessment those that are not. `lists` are those of `assessment`, printed before: the same for many patients, and
/// the longest part of a reply.
#[must_use]
pub fn reply(sifted: &Sifted, assessment: &Assessment<'_>, lists: &PrintedLists, spoken: SpecVersion) -> ReplyBody {
    let assessment = WithPrinted { assessment, lists };
    let extension = ReplyExtension { assessment, withheld: &sifted.withheld };
    match spoken {
        SpecVersion::V2 => written(&Reply { cards: &*sifted.shown, extension }, lists),
        SpecVersion::V1 => written(&Reply { cards: spoken_1_0::cards(&sifted.shown), extension }, lists),
    }
}

fn written(reply: &impl Serialize, lists: &PrintedLists) -> ReplyBody {
    let printed = lists.considerations().as_bytes();
    let mut body = Noting { bytes: Vec::with_capacity(16 * 1024), printed, at: None };
    // Writing strings and numbers to memory cannot fail.
    let written = serde_json::to_writer(&mut body, reply);
    debug_assert!(written.is_ok());
    let Noting { bytes, at, .. } = body;
    let shared = at.map(|at| match bytes[at..].starts_with(lists.in_one_piece().as_bytes()) {
        true => (SharedPart::UpToTrials, at),
        false => (SharedPart::Considerations, at),
    });
    ReplyBody { bytes, shared }
}

/// Memory that notes where the considerations are written: they come in one piece, as they lie there.
struct Noting<'p> {
    bytes: Vec<u8>,
    printed: &'p [u8],
    at: Option<usize>,
}

impl Write for Noting<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if std::ptr::eq(piece, self.printed) {
            self.at = Some(self.bytes.len());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        self.write(piece).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
