//! A number for each name, by which names are told apart before their letters are compared.

/// Follows from a name alone. Two names that differ rarely share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag(u16);

impl Tag {
    /// What stands with a value that is no name.
    pub(super) const NONE: Self = Self(0);

    /// The tag of a name: its length, its first letter and its last one.
    #[inline(always)]
    #[must_use]
    pub const fn of(name: &[u8]) -> Self {
        let (first, last) = match name {
            [] => (0, 0),
            [only] => (*only, *only),
            [first, .., last] => (*first, *last),
        };
        Self((first as u16).wrapping_add((last as u16) << 8).wrapping_add((name.len() as u16).wrapping_mul(0x9d3)))
    }

    /// One of 64 bits.
    #[inline(always)]
    pub(super) const fn bit(self) -> u64 {
        1 << (self.0.wrapping_mul(0x9e37) >> 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stand_beside_each_other_in_a_resource_have_tags_of_their_own() {
        let names = [
            "resourceType",
            "id",
            "meta",
            "identifier",
            "status",
            "category",
            "code",
            "subject",
            "encounter",
            "focus",
            "effectiveDateTime",
            "effectivePeriod",
            "effectiveInstant",
            "issued",
            "performer",
            "valueQuantity",
            "valueCodeableConcept",
            "valueString",
            "valueBoolean",
            "valueInteger",
            "valueRange",
            "valueRatio",
            "valueDateTime",
            "dataAbsentReason",
            "interpretation",
            "note",
            "bodySite",
            "method",
            "specimen",
            "device",
            "referenceRange",
            "hasMember",
            "derivedFrom",
            "component",
            "contained",
            "extension",
            "text",
            "language",
        ];
        for (at, name) in names.iter().enumerate() {
            for other in &names[..at] {
                assert_ne!(Tag::of(name.as_bytes()), Tag::of(other.as_bytes()), "{name} {other}");
            }
        }
    }

    #[test]
    fn even_the_shortest_names_have_one() {
        assert_ne!(Tag::of(b""), Tag::of(b"a"));
        assert_ne!(Tag::of(b"a"), Tag::of(b"aa"));
        assert_eq!(Tag::of(b"ab"), Tag::of(b"ab"));
    }
}
