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

/// A value whose entries are of type `E`. Most values are read with [`Entry`] in one pass; where one entry is broken, they
/// are read again with raw entries, so that it does not take the others with it.
#[derive(Deserialize)]
struct Value<'a, E> {
    #[serde(rename = "resourceType", borrow)]
    resource_type: Option<Text<'a>>,
    entry: Option<Vec<E>>,
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
    if let Ok(value) = serde_json::from_str::<Value<'_, Entry<'_>>>(value.get()) {
        return outside(&value, role);
    }
    match serde_json::from_str::<Value<'_, &RawValue>>(value.get()) {
        // A broken entry counts as data: the reader of FHIR sets it aside by name.
        Ok(value) => outside(&value, |raw| serde_json::from_str(raw.get()).map_or(Role::Data, |entry| role(&entry))),
        Err(_) => Outside::Foreign,
    }
}

fn outside<E>(value: &Value<'_, E>, role: impl Fn(&E) -> Role) -> Outside {
    let entries = value.entry.as_deref().unwrap_or_default();
    match value.resource_type.as_deref() {
        None | Some("") => Outside::Foreign,
        Some("OperationOutcome") => Outside::Failure,
        Some("Bundle") => bundle(&entries.iter().map(role).collect::<Vec<_>>(), value.link),
        Some(older) if is_older_resource(older) => Outside::OlderFhir,
        Some(_) => Outside::Resource,
    }
}

fn bundle(roles: &[Role], link: Option<&RawValue>) -> Outside {
    let outcomes = roles.iter().filter(|role| **role == Role::Outcome).count();
    if roles.contains(&Role::OlderFhir) {
        Outside::OlderFhir
    } else if roles.is_empty() {
        Outside::Nothing
    } else if outcomes == roles.len() {
        Outside::Failure
    } else {
        Outside::Entries { count: roles.len(), maybe_more: outcomes > 0 || link.is_some_and(has_next) }
    }
}

/// What an entry is in its Bundle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Data,
    Outcome,
    OlderFhir,
}

fn role(entry: &Entry<'_>) -> Role {
    let resource_type = entry.resource.as_ref().and_then(|head| head.resource_type.as_deref()).unwrap_or_default();
    let mode = entry.search.as_ref().and_then(|search| search.mode.as_deref());
    if resource_type == "OperationOutcome" || mode == Some("outcome") {
        Role::Outcome
    } else if is_older_resource(resource_type) {
        Role::OlderFhir
    } else {
        Role::Data
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
