//! What a prefetch value is, looked at from outside: a resource, a Bundle with or without entries, an OperationOutcome.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::fhir_version::is_older_resource;
use super::members::is_object;
use crate::json::Text;

/// The outside of a prefetch value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    /// One resource.
    Resource,
    /// A Bundle with data.
    Entries {
        /// How many entries, outcomes included.
        count: usize,
        /// There may be more than was sent: an entry is an OperationOutcome, or a `next` link was not followed.
        maybe_more: bool,
    },
    /// A Bundle with nothing in it.
    Nothing,
    /// An OperationOutcome, or a Bundle that holds nothing else: the client tried and failed.
    Failure,
    /// A resource that R4 does not have.
    OlderFhir,
    /// No FHIR resource.
    Foreign,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "resourceType", borrow)]
    resource_type: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow)]
    entry: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    link: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    resource: Option<Head<'a>>,
    #[serde(borrow)]
    search: Option<Search<'a>>,
}

#[derive(Deserialize)]
struct Search<'a> {
    #[serde(borrow)]
    mode: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Link<'a> {
    #[serde(borrow)]
    relation: Option<Text<'a>>,
}

/// Looks at a value that is not null.
pub(super) fn look(value: &RawValue) -> Outside {
    if !is_object(value) {
        return Outside::Foreign;
    }
    let Ok(Head { resource_type: Some(resource_type) }) = serde_json::from_str(value.get()) else {
        return Outside::Foreign;
    };
    match &*resource_type {
        "Bundle" => bundle(value),
        "OperationOutcome" => Outside::Failure,
        older if is_older_resource(older) => Outside::OlderFhir,
        "" => Outside::Foreign,
        _ => Outside::Resource,
    }
}

fn bundle(value: &RawValue) -> Outside {
    let Ok(Bundle { entry, link }) = serde_json::from_str(value.get()) else { return Outside::Foreign };
    let entries = entry.unwrap_or_default();
    let kinds = Kinds::of(&entries);
    if kinds.older > 0 {
        Outside::OlderFhir
    } else if entries.is_empty() {
        Outside::Nothing
    } else if kinds.outcomes == entries.len() {
        Outside::Failure
    } else {
        let maybe_more = kinds.outcomes > 0 || link.is_some_and(has_next);
        Outside::Entries { count: entries.len(), maybe_more }
    }
}

#[derive(Default)]
struct Kinds {
    outcomes: usize,
    older: usize,
}

impl Kinds {
    /// An entry that cannot be read counts as data: the reader of FHIR sets it aside by name.
    fn of(entries: &[&RawValue]) -> Self {
        let mut kinds = Self::default();
        for entry in entries {
            let Ok(entry) = serde_json::from_str::<Entry<'_>>(entry.get()) else { continue };
            let resource_type = entry.resource.and_then(|head| head.resource_type);
            let resource_type = resource_type.as_deref().unwrap_or_default();
            let mode = entry.search.and_then(|search| search.mode);
            if resource_type == "OperationOutcome" || mode.as_deref() == Some("outcome") {
                kinds.outcomes += 1;
            } else if is_older_resource(resource_type) {
                kinds.older += 1;
            }
        }
        kinds
    }
}

/// A list of links that cannot be read may hide a `next`.
fn has_next(links: &RawValue) -> bool {
    match serde_json::from_str::<Option<Vec<Link<'_>>>>(links.get()) {
        Ok(links) => {
            links.unwrap_or_default().iter().any(|link| link.relation.as_ref().is_some_and(|name| &**name == "next"))
        }
        Err(_) => true,
    }
}
