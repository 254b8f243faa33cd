//! The entries of a Bundle. Whatever stands in place of the array or of an entry, it never loses the rest.

use crate::json::Value;

use super::wire::Raw;

/// One entry that holds a resource.
#[derive(Debug)]
pub(super) struct BundleEntry<'a> {
    /// Position in the array as sent.
    pub position: usize,
    pub full_url: Raw<'a>,
    pub resource: Value<'a>,
    pub members: Members,
}

/// Does a member of the entry stand twice? Which of the two was meant nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    Once,
    Repeated,
}

/// The entries of `Bundle.entry`: an array, or one object in place of an array. Anything else holds nothing.
pub(super) fn entries(sent: Raw<'_>) -> impl Iterator<Item = BundleEntry<'_>> {
    let alone = sent.filter(|sent| sent.is_object());
    let all = alone.into_iter().chain(sent.into_iter().flat_map(Value::elements));
    all.enumerate().filter_map(|(position, entry)| {
        let (full_url, url_again) = first_of(entry, "fullUrl");
        let (resource, resource_again) = first_of(entry, "resource");
        let members = if url_again || resource_again { Members::Repeated } else { Members::Once };
        // some put the resource where its entry belongs
        let bare = || Some(entry).filter(|entry| entry.get("resourceType").is_some());
        Some(BundleEntry { position, full_url, resource: resource.or_else(bare)?, members })
    })
}

/// The first member of this name that is not null, and whether another one follows it.
fn first_of<'a>(entry: Value<'a>, wanted: &str) -> (Raw<'a>, bool) {
    let named = entry.members().filter(|(name, _)| name.is(wanted)).map(|(_, value)| value);
    let mut named = named.skip_while(|value| value.is_null());
    (named.next(), named.next().is_some())
}
