//! Which names an open object has so far, to tell whether one of them stands twice.

use std::borrow::Cow;
use std::collections::HashSet;

use super::document::{Mark, Node};
use super::tag::Tag;

/// With more members than this an object's names are looked up in a set.
pub(super) const FEW: usize = 64;

/// The names of one open object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    /// The bits of their tags: a name with a new bit is a new name.
    bits: u64,
    /// One of them stands twice.
    pub repeat: bool,
    /// They are in the last of the sets.
    in_set: bool,
}

/// Names as they read, of each open object that has many of them or one with an escape.
pub(super) type Sets<'t> = Vec<HashSet<Cow<'t, [u8]>>>;

/// What has been read of the document, the object with these names last.
#[derive(Clone, Copy)]
pub(super) struct Read<'r, 't> {
    pub document: &'t [u8],
    pub nodes: &'r [Node],
    /// The node of the object.
    pub object: usize,
}

impl Names {
    pub(super) const NONE: Self = Self { bits: 0, repeat: false, in_set: false };

    /// Adds a name; false if one before it may be the same.
    #[inline(always)]
    pub(super) const fn is_new(&mut self, tag: Tag) -> bool {
        let bits = self.bits;
        self.bits |= tag.bit();
        self.bits != bits
    }

    /// Adds a name that may not be new, and that has no node yet.
    pub(super) fn add<'t>(&mut self, name: &'t [u8], tag: Tag, read: Read<'_, 't>, sets: &mut Sets<'t>) {
        if self.in_set || read.names().nth(FEW - 1).is_some() {
            return self.add_to_set(Cow::Borrowed(name), read, sets);
        }
        self.repeat |= read.names().any(|node| node.tag == tag && read.name(node) == name);
    }

    /// Adds a name with an escape in it by what it says.
    pub(super) fn add_escaped<'t>(&mut self, says: String, read: Read<'_, 't>, sets: &mut Sets<'t>) {
        self.add_to_set(Cow::Owned(says.into_bytes()), read, sets);
    }

    fn add_to_set<'t>(&mut self, name: Cow<'t, [u8]>, read: Read<'_, 't>, sets: &mut Sets<'t>) {
        if !self.in_set {
            // the only ones with an escape so far are broken, and like no other
            let plain = read.names().filter(|node| node.mark == Mark::Plain);
            sets.push(plain.map(|node| Cow::Borrowed(read.name(node))).collect());
            self.in_set = true;
            // every further name has to be looked up there
            self.bits = u64::MAX;
        }
        self.repeat |= sets.last_mut().is_some_and(|set| !set.insert(name));
    }

    /// The object ends.
    #[inline(always)]
    pub(super) fn close(self, sets: &mut Sets<'_>) {
        if self.in_set {
            sets.pop();
        }
    }
}

impl<'r, 't> Read<'r, 't> {
    /// The nodes of the names that the object has so far.
    fn names(self) -> impl Iterator<Item = &'r Node> {
        let mut at = self.object + 1;
        std::iter::from_fn(move || {
            let name = self.nodes.get(at)?;
            at = self.nodes.get(at + 1)?.next as usize;
            Some(name)
        })
    }

    /// Between its quotes.
    fn name(self, node: &Node) -> &'t [u8] {
        &self.document[node.start as usize + 1..node.end as usize - 1]
    }
}
