//! What a prefetch value is, looked at from outside: a resource, a Bundle with or without entries, an OperationOutcome.

use super::fhir_version::is_older_resource;
use crate::json::{Text, Value};

/// The outside of a prefetch value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    /// One resource.
    Resource,
    /// A Bundle with data.
    Entries {
        /// How many entries, outcomes included.
        count: usize,
        /// An entry is an OperationOutcome: the server reports a fault beside the data.
        fault_beside: bool,
        /// The Bundle tells of a next page, or holds links that cannot be read.
        next: bool,
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

/// Looks at a value that is not null.
pub(super) fn look(value: Value<'_>) -> Outside {
    // which of two types, lists or links was meant nobody knows
    if !value.is_object() || value.repeats_one_of(&["resourceType", "entry", "link"]) {
        return Outside::Foreign;
    }
    let Some(resource_type) = value.get("resourceType").and_then(Value::text) else { return Outside::Foreign };
    match &*resource_type {
        "" => Outside::Foreign,
        "OperationOutcome" => Outside::Failure,
        "Bundle" => bundle(value),
        older if is_older_resource(older) => Outside::OlderFhir,
        _ => Outside::Resource,
    }
}

fn bundle(bundle: Value<'_>) -> Outside {
    let entry = bundle.get("entry");
    if entry.is_some_and(|entry| !entry.is_array()) {
        return Outside::Foreign;
    }
    let (mut count, mut outcomes, mut older) = (0, 0, 0);
    for role in entry.into_iter().flat_map(Value::elements).map(role) {
        count += 1;
        outcomes += usize::from(role == Role::Outcome);
        older += usize::from(role == Role::OlderFhir);
    }
    if older > 0 {
        Outside::OlderFhir
    } else if count > 0 && outcomes == count {
        Outside::Failure
    } else {
        let next = bundle.get("link").is_some_and(has_next);
        // a page may be empty and the next one not
        if count == 0 && !next {
            Outside::Nothing
        } else {
            Outside::Entries { count, fault_beside: outcomes > 0, next }
        }
    }
}

/// What an entry is in its Bundle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Data,
    Outcome,
    OlderFhir,
}

/// A broken entry counts as data: the reader of FHIR sets it aside by name.
fn role(entry: Value<'_>) -> Role {
    let (resource, search) = (entry.get("resource"), entry.get("search"));
    let repeats = |value: Option<Value<'_>>, member| value.is_some_and(|value| value.repeats_one_of(&[member]));
    if entry.repeats_one_of(&["resource", "search"]) || repeats(resource, "resourceType") || repeats(search, "mode") {
        return Role::Data;
    }
    let resource_type = resource.and_then(|resource| resource.get("resourceType")).and_then(Value::text);
    let resource_type = resource_type.as_deref().unwrap_or_default();
    let mode = search.and_then(|search| search.get("mode")).and_then(Value::text);
    if resource_type == "OperationOutcome" || mode.as_deref() == Some("outcome") {
        Role::Outcome
    } else if is_older_resource(resource_type) {
        Role::OlderFhir
    } else {
        Role::Data
    }
}

/// The address of the next page, as sent: the one link named `next`, told once.
#[must_use]
pub fn next_link(bundle: Value<'_>) -> Option<Text<'_>> {
    let links = bundle.get("link").filter(|_| !bundle.repeats_one_of(&["link"]))?;
    let is_next = |link: &Value<'_>| link.get("relation").and_then(Value::text).is_some_and(|name| &*name == "next");
    let mut next = links.elements().filter(is_next);
    let link = next.next().filter(|link| !link.repeats_one_of(&["relation", "url"]))?;
    if next.next().is_some() { None } else { link.get("url").and_then(Value::text) }
}

/// A list of links that cannot be read may hide a `next`.
fn has_next(links: Value<'_>) -> bool {
    let readable = |link: Value<'_>| {
        let says = link.get("relation").is_none_or(|relation| relation.text().is_some());
        link.is_object() && says && !link.repeats_one_of(&["relation"])
    };
    let is_next = |link: Value<'_>| link.get("relation").and_then(Value::text).is_some_and(|name| &*name == "next");
    !links.is_array() || links.elements().any(|link| !readable(link) || is_next(link))
}
