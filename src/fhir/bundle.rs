//! The entries of a Bundle, read in the same pass as the Bundle itself. Whatever stands in place of the array or of an entry,
//! it never loses the rest.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::Text;

/// One entry that holds a resource.
#[derive(Debug)]
pub(super) struct BundleEntry<'a> {
    /// Position in the array as sent.
    pub position: usize,
    pub full_url: Option<&'a RawValue>,
    pub resource: &'a RawValue,
    pub members: Members,
}

/// Does a member of the entry stand twice? Which of the two was meant nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    Once,
    Repeated,
}

/// `Bundle.entry`: an array, one object in place of an array, or anything else, which holds nothing.
#[derive(Debug, Default)]
pub(super) struct BundleEntries<'a>(pub Vec<BundleEntry<'a>>);

/// What one element of the array turned out to be.
enum Element<'a> {
    Resource { full_url: Option<&'a RawValue>, resource: &'a RawValue, members: Members },
    Nothing,
}

/// Any JSON value but an object and an array holds no entry.
macro_rules! nothing_else {
    ($nothing:expr) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok($nothing)
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for BundleEntries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;

        impl<'de> Visitor<'de> for ListVisitor {
            type Value = BundleEntries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("entries of a Bundle")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let (mut entries, mut position) = (Vec::new(), 0);
                while let Some(element) = seq.next_element::<Element<'de>>()? {
                    if let Element::Resource { full_url, resource, members } = element {
                        entries.push(BundleEntry { position, full_url, resource, members });
                    }
                    position += 1;
                }
                Ok(BundleEntries(entries))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Ok(BundleEntries(match element(map)? {
                    Element::Resource { full_url, resource, members } => {
                        vec![BundleEntry { position: 0, full_url, resource, members }]
                    }
                    Element::Nothing => Vec::new(),
                }))
            }

            nothing_else!(BundleEntries::default());
        }

        deserializer.deserialize_any(ListVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Element<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementVisitor;

        impl<'de> Visitor<'de> for ElementVisitor {
            type Value = Element<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an entry of a Bundle")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                element(map)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Element::Nothing)
            }

            nothing_else!(Element::Nothing);
        }

        deserializer.deserialize_any(ElementVisitor)
    }
}

fn element<'de, A: MapAccess<'de>>(mut map: A) -> Result<Element<'de>, A::Error> {
    let (mut full_url, mut resource, mut members) = (None, None, Members::Once);
    while let Some(key) = map.next_key::<Text<'de>>()? {
        let slot: &mut Option<&'de RawValue> = match &*key {
            "fullUrl" => &mut full_url,
            "resource" => &mut resource,
            _ => {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
        };
        let value = map.next_value()?;
        if slot.is_some() {
            members = Members::Repeated;
        } else {
            *slot = value;
        }
    }
    Ok(resource.map_or(Element::Nothing, |resource| Element::Resource { full_url, resource, members }))
}
