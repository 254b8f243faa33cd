//! A value of a document: where it stands, and how to go on from it.

use super::document::{Document, Kind, Mark, Node};
use super::tag::Tag;
use super::text::{self, Text};

/// A value in its document. As cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Value<'d> {
    document: &'d Document<'d>,
    at: u32,
}

/// Where a value stands in its document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// No value: the document as a whole stands there, and it is a member of nothing.
    pub const NONE: Self = Self(0);
}

impl<'d> Value<'d> {
    pub(super) const fn new(document: &'d Document<'d>, at: u32) -> Self {
        Self { document, at }
    }

    #[inline]
    fn node(self) -> &'d Node {
        &self.document.nodes[self.at as usize]
    }

    /// Where it stands.
    #[must_use]
    pub const fn place(self) -> Place {
        Place(self.at)
    }

    /// The value of this document at a place where one was found before.
    #[inline]
    #[must_use]
    pub fn beside(self, place: Place) -> Option<Value<'d>> {
        (place != Place::NONE).then(|| Self::new(self.document, place.0))
    }

    /// The text of the document from its first byte to its last.
    #[must_use]
    pub fn raw(self) -> &'d str {
        let node = self.node();
        &self.document.text[node.start as usize..node.end as usize]
    }

    /// A NUL in some string or name of it, which only an escape can write.
    #[must_use]
    pub fn holds_nul(self) -> bool {
        self.document.escapes && self.raw().contains("\\u0000")
    }

    /// `null`
    #[must_use]
    pub fn is_null(self) -> bool {
        self.node().kind == Kind::Null
    }

    /// An array.
    #[must_use]
    pub fn is_array(self) -> bool {
        self.node().kind == Kind::Array
    }

    /// An object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.node().kind == Kind::Object
    }

    /// A string.
    #[must_use]
    pub fn is_string(self) -> bool {
        self.node().kind == Kind::String
    }

    /// `true` or `false`.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.node().kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            Kind::Null | Kind::Number | Kind::String | Kind::Array | Kind::Object => None,
        }
    }

    /// What a string says; None for another value, and for a string with half a character in it (a lone surrogate).
    #[must_use]
    pub fn text(self) -> Option<Text<'d>> {
        let node = self.node();
        if node.kind != Kind::String {
            return None;
        }
        let between = &self.document.text[node.start as usize + 1..node.end as usize - 1];
        if node.mark == Mark::Escaped { text::unescaped(between) } else { Some(Text::borrowed(between)) }
    }

    /// A member of this object stands twice.
    #[must_use]
    pub fn repeats(self) -> bool {
        self.node().mark == Mark::Repeats
    }

    /// A member stands twice in this value or in one inside it.
    #[must_use]
    pub fn repeats_inside(self) -> bool {
        matches!(self.node().mark, Mark::Repeats | Mark::RepeatsInside)
    }

    /// One of these members, at most 64, stands twice in this object.
    #[inline]
    #[must_use]
    pub fn repeats_one_of(self, names: &[&str]) -> bool {
        self.repeats() && self.repeats_among(names)
    }

    #[cold]
    fn repeats_among(self, names: &[&str]) -> bool {
        let mut seen = 0_u64;
        self.members().filter_map(|(name, _)| names.iter().position(|wanted| name.is(wanted))).any(|at| {
            let again = seen & (1 << at) != 0;
            seen |= 1 << at;
            again
        })
    }

    /// The elements of an array; none of any other value.
    #[inline]
    pub fn elements(self) -> impl Iterator<Item = Value<'d>> {
        let node = self.node();
        self.siblings(self.at + 1, if node.kind == Kind::Array { node.next } else { 0 })
    }

    /// The elements of an array, or the one value that stands in place of an array.
    #[inline]
    pub fn each(self) -> impl Iterator<Item = Value<'d>> {
        let node = self.node();
        self.siblings(if node.kind == Kind::Array { self.at + 1 } else { self.at }, node.next)
    }

    /// The values from one node to the one before `end`, without those inside them.
    #[inline]
    fn siblings(self, mut at: u32, end: u32) -> impl Iterator<Item = Value<'d>> {
        std::iter::from_fn(move || {
            let value = (at < end).then(|| Self::new(self.document, at))?;
            at = value.node().next;
            Some(value)
        })
    }

    /// Names and values of an object in the order sent; none of any other value.
    #[inline]
    pub fn members(self) -> impl Iterator<Item = (Name<'d>, Value<'d>)> {
        let node = self.node();
        let end = if node.kind == Kind::Object { node.next } else { 0 };
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let name = (at < end).then(|| Name(Self::new(self.document, at)))?;
            let value = Self::new(self.document, at + 1);
            at = value.node().next;
            Some((name, value))
        })
    }

    /// The first member of this name; JSON `null` counts as no value.
    #[inline]
    #[must_use]
    pub fn get(self, wanted: &str) -> Option<Value<'d>> {
        self.find(Tag::of(wanted.as_bytes()), wanted)
    }

    fn find(self, tag: Tag, wanted: &str) -> Option<Value<'d>> {
        let (_, value) = self.members().find(|(name, _)| name.has(tag, wanted))?;
        (!value.is_null()).then_some(value)
    }
}

/// The name of a member.
#[derive(Clone, Copy)]
pub struct Name<'d>(Value<'d>);

impl<'d> Name<'d> {
    /// Is it this one?
    #[inline(always)]
    #[must_use]
    pub fn is(self, wanted: &str) -> bool {
        self.has(Tag::of(wanted.as_bytes()), wanted)
    }

    /// The same where the tag of `wanted` is known: most other names have another one.
    #[inline(always)]
    fn has(self, tag: Tag, wanted: &str) -> bool {
        self.0.node().tag == tag && self.as_str() == wanted
    }

    /// What it is told by before its letters are compared.
    #[inline(always)]
    #[must_use]
    pub fn tag(self) -> Tag {
        self.0.node().tag
    }

    /// What it says.
    #[inline]
    #[must_use]
    pub fn as_str(self) -> &'d str {
        self.0.document.name(self.0.at)
    }
}

impl Document<'_> {
    /// What the name of a member says.
    #[inline]
    fn name(&self, at: u32) -> &str {
        let node = &self.nodes[at as usize];
        let sent = &self.text[node.start as usize + 1..node.end as usize - 1];
        if node.mark == Mark::Escaped { self.escaped_name(at).unwrap_or(sent) } else { sent }
    }

    #[cold]
    fn escaped_name(&self, at: u32) -> Option<&str> {
        let found = self.escaped_names.binary_search_by_key(&at, |(node, _)| *node).ok()?;
        Some(&self.escaped_names[found].1)
    }
}

/// A value may name a patient: it never reaches a log by way of `{:?}`.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[value]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_and_by_place() {
        let text = br#" {"a" : [1, {"b":"x"}, null, []], "n": null, "t": true, "d": -1.50e+3} "#;
        let document = Document::parse(text).unwrap();
        let root = document.root();
        let elements: Vec<&str> = root.get("a").unwrap().elements().map(Value::raw).collect();
        assert_eq!(elements, ["1", r#"{"b":"x"}"#, "null", "[]"]);
        let inner = root.get("a").unwrap().elements().nth(1).unwrap();
        assert_eq!(inner.get("b").unwrap().text().as_deref(), Some("x"));
        assert!(root.get("n").is_none() && root.get("b").is_none());
        assert_eq!((root.get("t").unwrap().boolean(), root.get("d").unwrap().raw()), (Some(true), "-1.50e+3"));
        assert_eq!((root.elements().count(), inner.members().count(), root.members().count()), (0, 1, 4));
        assert_eq!(inner.get("b").unwrap().members().count(), 0);
    }

    #[test]
    fn half_a_character_is_no_text() {
        let document = Document::parse(br#"["\ud800","\ud83d\ude00"]"#).unwrap();
        let texts: Vec<Option<String>> =
            document.root().elements().map(|value| value.text().map(|text| text.to_string())).collect();
        assert_eq!(texts, [None, Some("\u{1f600}".to_owned())]);
    }
}
