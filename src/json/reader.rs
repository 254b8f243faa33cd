//! The one pass over a document: the grammar of RFC 8259, how deep it nests, and which members stand twice.

use super::document::{EscapedNames, Kind, Mark, Node};
use super::malformed::Malformed;
use super::names::{Names, Read, Sets};
use super::string::{self, Specials};
use super::tag::Tag;
use super::text;

/// Deepest nesting of arrays and objects that is read.
const DEEPEST: usize = 128;
/// Few documents nest deeper.
const USUAL_DEPTH: usize = 16;
/// Bytes of a document for each of its values, so that the list is rarely made longer while it is filled.
const BYTES_OF_A_VALUE: usize = 12;

/// The values of `text` in the order in which they begin, and what the names say that hold an escape.
pub(super) fn read(text: &str) -> Result<Found, Malformed> {
    if u32::try_from(text.len()).is_err() {
        return Err(Malformed::TooLong);
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        specials: Specials::of(text.as_bytes()),
        nodes: Vec::with_capacity(text.len() / BYTES_OF_A_VALUE),
        escaped_names: Vec::new(),
        sets: Vec::new(),
        repeats: 0,
        escapes: false,
    };
    let (at, first) = reader.next(0).ok_or(Malformed::Empty)?;
    let end = reader.value(at, first)?;
    if reader.next(end).is_some() {
        return Err(Malformed::NotJson);
    }
    Ok(Found { nodes: reader.nodes, escaped_names: reader.escaped_names, escapes: reader.escapes })
}

/// What the pass over a document notes.
pub(super) struct Found {
    pub nodes: Vec<Node>,
    pub escaped_names: EscapedNames,
    /// Some string or name holds an escape.
    pub escapes: bool,
}

/// Every function takes the place where it begins to read and returns the one behind what it has read.
struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    specials: Specials,
    nodes: Vec<Node>,
    escaped_names: EscapedNames,
    sets: Sets<'t>,
    /// Objects so far in which a member stands twice.
    repeats: u32,
    /// A string or name so far holds an escape.
    escapes: bool,
}

/// An array or object whose end has not come yet.
#[derive(Clone, Copy)]
struct Open {
    node: u32,
    /// The byte that ends it.
    closing: u8,
    repeats_before: u32,
    names: Names,
}

/// What is around the value that the document is: nothing ends it.
const DOCUMENT: Open = Open { node: 0, closing: 0, repeats_before: 0, names: Names::NONE };

impl<'t> Reader<'t> {
    /// The next byte that is no white space, and where it is.
    #[inline(always)]
    fn next(&self, mut at: usize) -> Option<(usize, u8)> {
        loop {
            let byte = *self.bytes.get(at)?;
            // most documents hold none
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
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

    /// The value whose first byte, `first`, is at `at`, with all that is inside it. One loop and no recursion: a call for each
    /// value takes as long as reading it.
    fn value(&mut self, mut at: usize, mut first: u8) -> Result<usize, Malformed> {
        let mut inmost = DOCUMENT;
        let mut around: Vec<Open> = Vec::with_capacity(USUAL_DEPTH);
        loop {
            if inmost.closing == b'}' {
                (at, first) = self.name(at, first, &mut inmost)?;
            }
            let mut end = match first {
                b'"' => self.string(at)?,
                b'{' | b'[' => {
                    if around.len() == DEEPEST {
                        return Err(Malformed::TooDeep);
                    }
                    around.push(inmost);
                    inmost = self.open(at, first);
                    at += 1;
                    (at, first) = self.more(at)?;
                    if first != inmost.closing {
                        continue;
                    }
                    at
                }
                b'-' | b'0'..=b'9' => self.number(at)?,
                b't' => self.word(at, "true", Kind::True)?,
                b'f' => self.word(at, "false", Kind::False)?,
                b'n' => self.word(at, "null", Kind::Null)?,
                _ => return Err(Malformed::NotJson),
            };
            // what was read may have been the last thing in all that is around it
            loop {
                if around.is_empty() {
                    return Ok(end);
                }
                if let Some([b',', next @ b'!'..=255, ..]) = self.bytes.get(end..) {
                    (at, first) = (end + 1, *next);
                    break;
                }
                (at, first) = self.more(end)?;
                if first == b',' {
                    (at, first) = self.more(at + 1)?;
                    break;
                }
                if first != inmost.closing {
                    return Err(Malformed::NotJson);
                }
                end = at + 1;
                self.close(inmost, end);
                inmost = around.pop().unwrap_or(DOCUMENT);
            }
        }
    }

    /// The name of a member; goes on to its value.
    #[inline(always)]
    fn name(&mut self, start: usize, quote: u8, object: &mut Open) -> Result<(usize, u8), Malformed> {
        if quote != b'"' {
            return Err(Malformed::NotJson);
        }
        let (end, escaped) = string::end(self.bytes, &self.specials, start + 1)?;
        let name = &self.bytes[start + 1..end];
        let (tag, mark) = if escaped {
            self.escapes = true;
            (self.escaped_name(start + 1, end, object), Mark::Escaped)
        } else {
            let tag = Tag::of(name);
            if !object.names.is_new(tag) {
                self.name_again(name, tag, object);
            }
            (tag, Mark::Plain)
        };
        self.push(start, end + 1, Kind::String, mark, tag);
        // most documents hold no white space here
        if let Some([b':', first @ b'!'..=255, ..]) = self.bytes.get(end + 1..) {
            return Ok((end + 2, *first));
        }
        match self.more(end + 1)? {
            (colon, b':') => self.more(colon + 1),
            _ => Err(Malformed::NotJson),
        }
    }

    /// Takes note of a name that may stand twice, and is about to be added.
    #[inline(never)]
    fn name_again(&mut self, name: &'t [u8], tag: Tag, object: &mut Open) {
        let read = Read { document: self.bytes, nodes: &self.nodes, object: object.node as usize };
        object.names.add(name, tag, read, &mut self.sets);
    }

    /// Takes note of a name with an escape in it, which is about to be added.
    #[cold]
    fn escaped_name(&mut self, start: usize, end: usize, object: &mut Open) -> Tag {
        let sent = &self.text[start..end];
        let Some(says) = text::unescaped(sent) else {
            // half a character (a lone surrogate) is in no name that anybody asks for, and such a name is like no other
            return Tag::of(sent.as_bytes());
        };
        let says = says.0.into_owned();
        self.escaped_names.push((place(self.nodes.len()), says.as_str().into()));
        let tag = Tag::of(says.as_bytes());
        let read = Read { document: self.bytes, nodes: &self.nodes, object: object.node as usize };
        object.names.add_escaped(says, read, &mut self.sets);
        tag
    }

    #[inline(always)]
    fn string(&mut self, start: usize) -> Result<usize, Malformed> {
        let (quote, escaped) = string::end(self.bytes, &self.specials, start + 1)?;
        self.escapes |= escaped;
        let mark = if escaped { Mark::Escaped } else { Mark::Plain };
        Ok(self.push(start, quote + 1, Kind::String, mark, Tag::NONE))
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
        Ok(self.push(start, at, Kind::Number, Mark::Plain, Tag::NONE))
    }

    /// How many digits stand at `at`.
    fn digits(&self, at: usize) -> usize {
        self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn word(&mut self, start: usize, word: &str, kind: Kind) -> Result<usize, Malformed> {
        if !self.bytes[start..].starts_with(word.as_bytes()) {
            return Err(Malformed::NotJson);
        }
        Ok(self.push(start, start + word.len(), kind, Mark::Plain, Tag::NONE))
    }

    #[inline(always)]
    fn open(&mut self, start: usize, bracket: u8) -> Open {
        let (kind, closing) = if bracket == b'{' { (Kind::Object, b'}') } else { (Kind::Array, b']') };
        let node = place(self.nodes.len());
        self.push(start, start, kind, Mark::Plain, Tag::NONE);
        Open { node, closing, repeats_before: self.repeats, names: Names::NONE }
    }

    #[inline(always)]
    fn close(&mut self, open: Open, end: usize) {
        open.names.close(&mut self.sets);
        let mark = if open.names.repeat {
            self.repeats += 1;
            Mark::Repeats
        } else if self.repeats > open.repeats_before {
            Mark::RepeatsInside
        } else {
            Mark::Plain
        };
        let next = place(self.nodes.len());
        let node = &mut self.nodes[open.node as usize];
        (node.end, node.next, node.mark) = (place(end), next, mark);
    }

    /// A value or name from `start` to `end`.
    #[inline(always)]
    fn push(&mut self, start: usize, end: usize, kind: Kind, mark: Mark, tag: Tag) -> usize {
        let next = place(self.nodes.len() + 1);
        self.nodes.push(Node { start: place(start), end: place(end), next, kind, mark, tag });
        end
    }
}

/// A place in the document, or in the list of its values. The length of the document fits, so every place in it does, and it
/// has no more values than bytes.
const fn place(at: usize) -> u32 {
    at as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;
    use crate::json::Document;
    use crate::json::names::FEW;

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
        for count in [FEW - 1, FEW, FEW + 1, 2 * FEW, 1_000] {
            let many: Vec<String> = (0..count).map(|n| format!("\"k{n}\":{n}")).collect();
            assert!(!repeats(&format!("{{{}}}", many.join(","))), "{count}");
            for again in (0..count).step_by(1 + count / 100) {
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
            let read = document.root().members();
            let read = read.map(|(name, value)| (name.as_str().to_owned(), value.text().unwrap().to_string()));
            prop_assert_eq!(read.collect::<std::collections::BTreeMap<_, _>>(), members);
        }
    }
}
