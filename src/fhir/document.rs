//! A document as a person hands it over: one resource, a Bundle, an array, or NDJSON.

use serde_json::value::RawValue;

use crate::json;

use super::entries::Source;
use super::wire::{items, resource, text};

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
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

/// The resources of a document.
///
/// # Errors
/// [`DocumentError`] if the text is no JSON, holds no resource, or is one resource with a repeated member.
pub fn read_document(document: &str) -> Result<Vec<Source<'_>>, DocumentError> {
    let document = document.trim_start_matches('\u{feff}').trim();
    if let Ok(raw) = serde_json::from_str::<&RawValue>(document) {
        return one(raw);
    }
    let lines = document.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut sources = Vec::new();
    for line in lines {
        let raw: &RawValue = serde_json::from_str(line).map_err(|_| DocumentError::NotJson)?;
        match one(raw) {
            Ok(read) => sources.extend(read),
            // one line of many: it is named as unreadable, and the others are read
            Err(DocumentError::RepeatedMember) => sources.push(Source { place: "line", json: raw.get() }),
            Err(error) => return Err(error),
        }
    }
    if sources.is_empty() { Err(DocumentError::NotJson) } else { Ok(sources) }
}

fn one(raw: &RawValue) -> Result<Vec<Source<'_>>, DocumentError> {
    if raw.get().starts_with('[') {
        let any = items(Some(raw)).into_iter().any(|one| resource_type(one).is_some());
        return if any { Ok(vec![Source { place: "list", json: raw.get() }]) } else { Err(DocumentError::NotFhir) };
    }
    if !raw.get().starts_with('{') {
        return Err(DocumentError::NotFhir);
    }
    match resource_type(raw) {
        Some(kind) if kind != "Bundle" && json::has_repeated_member(raw.get()) => Err(DocumentError::RepeatedMember),
        Some(_) => Ok(vec![Source { place: "document", json: raw.get() }]),
        None if json::has_repeated_member(raw.get()) => Err(DocumentError::RepeatedMember),
        None => Err(DocumentError::NotFhir),
    }
}

fn resource_type(raw: &RawValue) -> Option<String> {
    resource(raw).and_then(|resource| text(resource.resource_type)).map(|kind| kind.to_string())
}
