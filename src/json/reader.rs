//! The one pass over a document: the grammar of RFC 8259, how deep it nests, and which members stand twice.

use std::borrow::Cow;
use std::collections::HashSet;

use super::document::{EscapedNames, Kind, Mark, Node};
use super::malformed::Malformed;
use super::{string, text};

/// Deepest nesting of arrays and objects that is read.
const DEEPEST: usize = 128;
/// With more members than this an object's names are looked up in a set.
const FEW: usize = 64;
/// Bytes of a document for each of its values, so that the list is rarely made longer while it is filled.
const BYTES_OF_A_VALUE: usize = 12;

/// The values of `text` in the order in which they begin, and what the names say that hold an escape.
pub(super) fn read(text: &str) -> Result<(Vec<Node>, EscapedNames), Malformed> {
    if u32::try_from(text.len()).is_err() {
        return Err(Malformed::TooLong);
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        nodes: Vec::with_capacity(text.len() / BYTES_OF_A_VALUE),
        names: Vec::with_capacity(FEW),
        escaped_names: Vec::new(),
        repeats: 0,
    };
    let (at, first) = reader.next(0).ok_or(Malformed::Empty)?;
    let end = reader.value(at, first, 0)?;
    if reader.next(end).is_some() {
        return Err(Malformed::NotJson);
    }
    Ok((reader.nodes, reader.escaped_names))
}

/// Every function takes the place where it begins to read and returns the one behind what it has read.
struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    nodes: Vec<Node>,
    /// The names of the members of every object that is open.
    names: Vec<&'t [u8]>,
    escaped_names: EscapedNames,
    /// Objects so far in which a member stands twice.
    repeats: usize,
}

impl<'t> Reader<'t> {
    /// The next byte that is no white space, and where it is.
    #[inline(always)]
    fn next(&self, mut at: usize) -> Option<(usize, u8)> {
        loop {
            let byte = *self.bytes.get(at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some((at, byte));
            }
            at += 1;
        }
    }

    /// The same where something must come.
    #[inline(always)]
    fn more(&self, at: usize) -> Result<(usize, u8), Malformed> {
        self.next(at).ok_or(Malformed::NotJson)
    }

    /// The value whose first byte, `first`, is at `at`.
    fn value(&mut self, at: usize, first: u8, depth: usize) -> Result<usize, Malformed> {
        match first {
            b'"' => self.string(at).map(|(end, _)| end),
            b'{' => self.object(at, depth + 1),
            b'[' => self.array(at, depth + 1),
            b'-' | b'0'..=b'9' => self.number(at),
            b't' => self.word(at, "true", Kind::True),
            b'f' => self.word(at, "false", Kind::False),
            b'n' => self.word(at, "null", Kind::Null),
            _ => Err(Malformed::NotJson),
        }
    }

    fn object(&mut self, start: usize, depth: usize) -> Result<usize, Malformed> {
        let (node, repeats_before) = (self.open(start, Kind::Object, depth)?, self.repeats);
        let mut names = Names::new(self.names.len());
        let mut repeats = false;
        let (mut at, mut byte) = self.more(start + 1)?;
        while byte != b'}' {
            if names.count > 0 {
                (at, byte) = self.behind_comma(at, byte)?;
            }
            if byte != b'"' {
                return Err(Malformed::NotJson);
            }
            let (end, escaped) = self.string(at)?;
            repeats |= if escaped {
                self.escaped_name(at, end, &mut names)
            } else {
                names.add(&self.bytes[at + 1..end - 1], &mut self.names)
            };
            let (colon, byte_of_colon) = self.more(end)?;
            if byte_of_colon != b':' {
                return Err(Malformed::NotJson);
            }
            let (value, first) = self.more(colon + 1)?;
            let end = self.value(value, first, depth)?;
            (at, byte) = self.more(end)?;
        }
        self.names.truncate(names.first);
        self.repeats += usize::from(repeats);
        let inside = self.repeats > repeats_before;
        self.close(node, at + 1, if repeats { Mark::Repeats } else { marked(inside) });
        Ok(at + 1)
    }

    fn array(&mut self, start: usize, depth: usize) -> Result<usize, Malformed> {
        let (node, repeats_before) = (self.open(start, Kind::Array, depth)?, self.repeats);
        let (mut at, mut byte) = self.more(start + 1)?;
        let mut some = false;
        while byte != b']' {
            if some {
                (at, byte) = self.behind_comma(at, byte)?;
            }
            let end = self.value(at, byte, depth)?;
            some = true;
            (at, byte) = self.more(end)?;
        }
        let inside = self.repeats > repeats_before;
        self.close(node, at + 1, marked(inside));
        Ok(at + 1)
    }

    /// What stands behind the comma that stands here.
    #[inline]
    fn behind_comma(&self, at: usize, byte: u8) -> Result<(usize, u8), Malformed> {
        if byte == b',' { self.more(at + 1) } else { Err(Malformed::NotJson) }
    }

    /// A string, or the name of a member; and whether it holds an escape.
    #[inline(always)]
    fn string(&mut self, start: usize) -> Result<(usize, bool), Malformed> {
        let (quote, escaped) = string::end(self.bytes, start + 1)?;
        self.push(start, quote + 1, Kind::String, if escaped { Mark::Escaped } else { Mark::Plain });
        Ok((quote + 1, escaped))
    }

    /// Takes note of a name with an escape in it, which was just read; does it stand twice?
    fn escaped_name(&mut self, start: usize, end: usize, names: &mut Names<'t>) -> bool {
        let name = &self.text[start + 1..end - 1];
        // half a character (a lone surrogate) is in no name that anybody asks for, and such a name is like no other
        let Some(says) = text::unescaped(name) else {
            names.count += 1;
            return false;
        };
        self.escaped_names.push((place(self.nodes.len() - 1), (*says).into()));
        names.add_escaped(says.0, &self.names)
    }

    fn number(&mut self, start: usize) -> Result<usize, Malformed> {
        let mut at = start + usize::from(self.bytes[start] == b'-');
        let whole = self.digits(at);
        let leading_zero = whole > 1 && self.bytes[at] == b'0';
        let mut complete = whole > 0 && !leading_zero;
        at += whole;
        if self.bytes.get(at) == Some(&b'.') {
            let fraction = self.digits(at + 1);
            complete &= fraction > 0;
            at += 1 + fraction;
        }
        if let Some(b'e' | b'E') = self.bytes.get(at) {
            at += 1 + usize::from(matches!(self.bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = self.digits(at);
            complete &= exponent > 0;
            at += exponent;
        }
        if !complete {
            return Err(Malformed::NotJson);
        }
        self.push(start, at, Kind::Number, Mark::Plain);
        Ok(at)
    }

    /// How many digits stand at `at`.
    fn digits(&self, at: usize) -> usize {
        self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn word(&mut self, start: usize, word: &str, kind: Kind) -> Result<usize, Malformed> {
        if !self.bytes[start..].starts_with(word.as_bytes()) {
            return Err(Malformed::NotJson);
        }
        self.push(start, start + word.len(), kind, Mark::Plain);
        Ok(start + word.len())
    }

    fn open(&mut self, start: usize, kind: Kind, depth: usize) -> Result<usize, Malformed> {
        if depth > DEEPEST {
            return Err(Malformed::TooDeep);
        }
        let node = self.nodes.len();
        self.push(start, start, kind, Mark::Plain);
        Ok(node)
    }

    fn close(&mut self, node: usize, end: usize, mark: Mark) {
        let next = place(self.nodes.len());
        self.nodes[node] = Node { end: place(end), next, mark, ..self.nodes[node] };
    }

    /// A value from `start` to `end`.
    #[inline(always)]
    fn push(&mut self, start: usize, end: usize, kind: Kind, mark: Mark) {
        let next = place(self.nodes.len() + 1);
        self.nodes.push(Node { start: place(start), end: place(end), next, kind, mark });
    }
}

const fn marked(repeats_inside: bool) -> Mark {
    if repeats_inside { Mark::RepeatsInside } else { Mark::Plain }
}

/// A place in the document, or in the list of its values. The length of the document fits, so every place in it does, and it
/// has no more values than bytes.
const fn place(at: usize) -> u32 {
    at as u32
}

/// The names of one open object, to tell whether one of them stands twice.
struct Names<'t> {
    /// Where they begin in the list of names.
    first: usize,
    count: usize,
    /// One bit for each look that a name had so far: a new look is a new name.
    looks: u64,
    /// As they read, once there are many or one of them holds an escape.
    set: Option<HashSet<Cow<'t, [u8]>>>,
}

impl<'t> Names<'t> {
    const fn new(first: usize) -> Self {
        Self { first, count: 0, looks: 0, set: None }
    }

    /// Adds the name of a member; does it stand twice?
    #[inline(always)]
    fn add(&mut self, name: &'t [u8], all: &mut Vec<&'t [u8]>) -> bool {
        self.count += 1;
        if self.set.is_some() || self.count > FEW {
            return self.is_in_set(Cow::Borrowed(name), all);
        }
        let look = 1 << look(name);
        let twice = self.looks & look != 0 && all[self.first..].contains(&name);
        self.looks |= look;
        all.push(name);
        twice
    }

    fn add_escaped(&mut self, says: Cow<'t, str>, all: &[&'t [u8]]) -> bool {
        self.count += 1;
        let says = match says {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        };
        self.is_in_set(says, all)
    }

    fn is_in_set(&mut self, name: Cow<'t, [u8]>, all: &[&'t [u8]]) -> bool {
        let before = || all[self.first..].iter().map(|name| Cow::Borrowed(*name)).collect();
        !self.set.get_or_insert_with(before).insert(name)
    }
}

/// A number below 64 that two different names rarely share.
fn look(name: &[u8]) -> u32 {
    let (first, last) = (name.first().copied().unwrap_or(0), name.last().copied().unwrap_or(0));
    (u32::from(first).wrapping_mul(5) + u32::from(last).wrapping_mul(3) + place(name.len()).wrapping_mul(11)) & 63
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;
    use crate::json::Document;

    fn fault(bytes: &[u8]) -> Option<Malformed> {
        Document::parse(bytes).err()
    }

    #[test]
    fn depth_is_counted_in_members_that_nobody_reads() {
        let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(fault(nested(127).as_bytes()), None);
        assert_eq!(fault(nested(128).as_bytes()), Some(Malformed::TooDeep));
        assert_eq!(fault("[".repeat(100_000).as_bytes()), Some(Malformed::TooDeep));
    }

    #[test]
    fn brackets_inside_strings_are_text() {
        assert_eq!(fault(br#"{"a":"[[[ \" ]] \\","b":["}"]}"#), None);
        assert_eq!(fault(br#"{"a":"unterminated}"#), Some(Malformed::NotJson));
        assert_eq!(fault(br#"{"a":"x\"#), Some(Malformed::NotJson));
    }

    #[test]
    fn empty_cut_off_and_wrongly_encoded_documents_are_refused() {
        assert_eq!(fault(b" \n"), Some(Malformed::Empty));
        assert_eq!(fault(b""), Some(Malformed::Empty));
        assert_eq!(fault(b"{\"a\":[1"), Some(Malformed::NotJson));
        assert_eq!(fault(b"]"), Some(Malformed::NotJson));
        assert_eq!(fault(b"{} {}"), Some(Malformed::NotJson));
        assert_eq!(fault(b"\"\xff\""), Some(Malformed::NotUtf8));
        let long = format!("\"{}\"", "x".repeat((1 << 20) + 1));
        assert_eq!(fault(long.as_bytes()), Some(Malformed::StringTooLong));
    }

    #[test]
    fn a_member_that_stands_twice_is_found_at_any_depth_and_under_any_spelling() {
        let repeats = |text: &str| Document::parse(text.as_bytes()).unwrap().root().repeats_inside();
        assert!(repeats(r#"{"status":"final","status":"entered-in-error"}"#));
        assert!(repeats(r#"{"a":[{"b":{"c":1.5,"c":2}}]}"#));
        assert!(repeats(r#"{"status":1,"st\u0061tus":2}"#));
        assert!(repeats(r#"{"st\u0061tus":1,"x":0,"status":2}"#));
        assert!(!repeats(r#"{"\ud800":1,"\ud801":2,"\\ud800":3}"#));
        assert!(!repeats(r#"{"a":{"x":1.10},"b":{"x":1e400},"c":[null,true,"a",-1,{"x":[]}]}"#));
        for count in [FEW - 1, FEW, FEW + 1, 1_000] {
            let many: Vec<String> = (0..count).map(|n| format!("\"k{n}\":{n}")).collect();
            assert!(!repeats(&format!("{{{}}}", many.join(","))), "{count}");
            for again in [0, count / 2, count - 1] {
                assert!(repeats(&format!("{{{},\"k{again}\":0}}", many.join(","))), "k{again} of {count}");
            }
        }
    }

    #[test]
    fn the_object_that_repeats_a_member_is_told_from_those_around_it() {
        let document = Document::parse(br#"{"entry":[{"a":1,"a":2},{"a":1}]}"#).unwrap();
        let entries: Vec<_> = document.root().get("entry").unwrap().elements().collect();
        assert!(!document.root().repeats() && document.root().repeats_inside());
        assert!(entries[0].repeats() && entries[0].repeats_inside());
        assert!(!entries[1].repeats() && !entries[1].repeats_inside());
    }

    /// Pieces of which a mutated document is made, good ones and bad ones.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("{".to_owned()),
            Just("}".to_owned()),
            Just("[".to_owned()),
            Just("]".to_owned()),
            Just(",".to_owned()),
            Just(":".to_owned()),
            Just("\"a\"".to_owned()),
            Just("\"".to_owned()),
            Just("null".to_owned()),
            Just("tru".to_owned()),
            Just("true".to_owned()),
            Just(" \n\t\r".to_owned()),
            Just("\\u00e9".to_owned()),
            Just("\\".to_owned()),
            Just("\u{c}".to_owned()),
            Just("é".to_owned()),
            "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?",
            "\"[a-z\\\\/u0-9]{0,9}\"",
        ]
    }

    proptest! {
        #[test]
        fn what_is_json_for_serde_json_is_json_here_and_nothing_else(pieces in prop::collection::vec(piece(), 0..12)) {
            let text = pieces.concat();
            let theirs = serde_json::from_str::<IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Document::parse(text.as_bytes()).is_ok(), theirs, "{}", text);
        }

        #[test]
        fn a_value_of_the_document_is_the_text_that_serde_json_finds(
            members in prop::collection::btree_map("[a-zé\"\\\\ ]{0,10}", "[a-z\u{1}-\u{3}\"\\\\é]{0,20}", 0..70),
        ) {
            let text = serde_json::to_string(&members).unwrap();
            let document = Document::parse(text.as_bytes()).unwrap();
            prop_assert!(!document.root().repeats());
            let read = document.root().members().map(|(name, value)| (name.to_string(), value.text().unwrap().to_string()));
            prop_assert_eq!(read.collect::<std::collections::BTreeMap<_, _>>(), members);
        }
    }
}
