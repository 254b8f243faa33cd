//! A document and the list of its values.

use super::malformed::Malformed;
use super::reader::{self, Found};
use super::tag::Tag;
use super::value::Value;

/// A JSON document (RFC 8259, UTF-8) that has been looked at as a whole.
pub struct Document<'t> {
    pub(super) text: &'t str,
    /// Every value and every name of a member, each before what is inside it or behind it.
    pub(super) nodes: Vec<Node>,
    pub(super) escaped_names: EscapedNames,
    pub(super) escapes: bool,
}

/// What the names of members say that hold an escape, each behind its node, in their order.
pub(super) type EscapedNames = Vec<(u32, Box<str>)>;

/// One value, or the name of a member, which stands before the value of that member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// Its first byte.
    pub start: u32,
    /// The byte behind its last one.
    pub end: u32,
    /// The node behind this one and all that is inside it.
    pub next: u32,
    pub kind: Kind,
    pub mark: Mark,
    /// That of a name.
    pub tag: Tag,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    String,
    Array,
    Object,
}

/// What is remarkable about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Plain,
    /// A string with a backslash in it.
    Escaped,
    /// A member stands twice in some object inside, but not in this one.
    RepeatsInside,
    /// A member of this object stands twice.
    Repeats,
}

impl<'t> Document<'t> {
    /// Checks every byte of `bytes`.
    ///
    /// # Errors
    /// The first fault found, see [`Malformed`].
    pub fn parse(bytes: &'t [u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed::NotUtf8)?;
        let Found { nodes, escaped_names, escapes } = reader::read(text)?;
        Ok(Self { text, nodes, escaped_names, escapes })
    }

    /// The value that the document is.
    #[must_use]
    pub fn root(&self) -> Value<'_> {
        Value::new(self, 0)
    }
}

/// A document may name a patient: it never reaches a log by way of `{:?}`.
impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[document]")
    }
}
