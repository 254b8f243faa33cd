//! Two versions of one resource: which of them is the newer. Two searches, or a search and a cache, may give both.

use std::cmp::Ordering;

use crate::json::Value;

use super::wire::{Raw, members, text};

members! {
    Meta {
        version_id: "versionId",
        last_updated: "lastUpdated",
    }
}

/// Which version of its resource something says it is.
struct Version {
    updated: Option<jiff::Timestamp>,
    number: Option<u64>,
}

impl Version {
    fn of(resource: Value<'_>) -> Self {
        let meta = resource.get("meta").and_then(Meta::of).unwrap_or_default();
        Self {
            updated: text(meta.last_updated()).and_then(|time| time.trim().parse().ok()),
            number: text(meta.version_id()).and_then(|number| number.trim().parse().ok()),
        }
    }
}

/// Is `one` a newer version than `other`, or an older one? Only where both say so, and time and number do not deny each other: else
/// they may be two resources under one id.
pub(super) fn compare(one: Value<'_>, other: Value<'_>) -> Option<Ordering> {
    let (one, other) = (Version::of(one), Version::of(other));
    let by_time = one.updated.zip(other.updated).map(|(a, b)| a.cmp(&b));
    let by_number = one.number.zip(other.number).map(|(a, b)| a.cmp(&b));
    let told = |order: Option<Ordering>| order.filter(|order| order.is_ne());
    match (told(by_time), told(by_number)) {
        (Some(by_time), Some(by_number)) if by_time != by_number => None,
        (by_time, by_number) => by_time.or(by_number),
    }
}

/// The name of an older version, which leaves that of the resource to the newest one.
pub(super) fn name(reference: &str, resource: Value<'_>) -> String {
    let meta = resource.get("meta").and_then(Meta::of).unwrap_or_default();
    let is_plain = |id: &str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
    };
    let version = text(meta.version_id());
    let version = version.as_deref().map(str::trim).filter(|id| is_plain(id)).unwrap_or("older");
    [reference, "/_history/", version].concat()
}
