//! A document as a person hands it over: one resource, a Bundle, an array, or NDJSON.

use crate::json::{Document, Malformed, Text, Value};

use super::entries::Source;
use super::wire::{Resource, text};

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not read as JSON at all, neither as a whole nor line by line.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Neither one JSON document nor one per line.
    #[error("the document is neither JSON nor NDJSON")]
    NotJson,
    /// JSON, but nothing in it says `resourceType`.
    #[error("the document holds no FHIR resource")]
    NotFhir,
    /// A single resource in which a member stands twice.
    #[error("a member stands twice in the resource")]
    RepeatedMember,
}

/// The JSON documents in `bytes`: one, or one on each line.
///
/// # Errors
/// [`DocumentError::Malformed`] and [`DocumentError::NotJson`].
pub fn read_documents(bytes: &[u8]) -> Result<Vec<Document<'_>>, DocumentError> {
    // editors on some systems put a byte order mark before the text
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match Document::parse(bytes) {
        Ok(document) => return Ok(vec![document]),
        Err(Malformed::NotJson) => {}
        Err(fault) => return Err(fault.into()),
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let documents: Vec<_> =
        lines.map(|line| Document::parse(line).map_err(|_| DocumentError::NotJson)).collect::<Result<_, _>>()?;
    if documents.is_empty() { Err(DocumentError::NotJson) } else { Ok(documents) }
}

/// The resources of documents.
///
/// # Errors
/// [`DocumentError`] if one of them holds no resource, or if the only one is a resource with a repeated member.
pub fn sources<'d>(documents: &'d [Document<'_>]) -> Result<Vec<Source<'d>>, DocumentError> {
    documents
        .iter()
        .map(|document| match source(document.root()) {
            // one line of many: it is named as unreadable, and the others are read
            Err(DocumentError::RepeatedMember) if documents.len() > 1 => {
                Ok(Source { place: "line", json: document.root() })
            }
            source => source,
        })
        .collect()
}

fn source(json: Value<'_>) -> Result<Source<'_>, DocumentError> {
    if json.is_array() {
        let any = json.elements().any(|one| resource_type(one).is_some());
        return if any { Ok(Source { place: "list", json }) } else { Err(DocumentError::NotFhir) };
    }
    match resource_type(json) {
        // which of a Bundle's entries are broken is told one by one
        Some(kind) if &*kind == "Bundle" => Ok(Source { place: "document", json }),
        _ if json.repeats_inside() => Err(DocumentError::RepeatedMember),
        Some(_) => Ok(Source { place: "document", json }),
        None => Err(DocumentError::NotFhir),
    }
}

fn resource_type(json: Value<'_>) -> Option<Text<'_>> {
    text(Resource::of(json)?.resource_type())
}
