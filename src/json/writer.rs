//! JSON as it goes out: compact, and byte for byte what serde_json makes of the same values.
//!
//! serde_json looks at every byte of every name and string by itself. Names of members are ours and need no look, and a string
//! is looked at as a whole, since nearly none holds anything to be escaped: a quarter less time for a reply, almost half for
//! the evidence.

use std::fmt::Display;
use std::ops::Range;

use serde::{Serialize, ser};

/// The name under which serde_json hands over a text that is JSON already; a test holds it.
const RAW: &str = "$serde_json::private::RawValue";

/// Room for most of what is written, and for most of what a piece stands in.
const ROOM: usize = 2 << 10;
const ROOM_AROUND: usize = 8 << 10;

/// `value` as JSON.
#[must_use]
pub fn to_json(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    write(value, "", ROOM).0
}

/// `value` as JSON, and where in it `piece` stands, which is JSON already and a part of `value`.
#[must_use]
pub fn to_json_noting(value: &(impl Serialize + ?Sized), piece: &str) -> (Vec<u8>, Option<Range<usize>>) {
    write(value, piece, ROOM_AROUND + piece.len())
}

fn write(value: &(impl Serialize + ?Sized), piece: &str, room: usize) -> (Vec<u8>, Option<Range<usize>>) {
    let mut writer = Writer { out: Vec::with_capacity(room), raw: false, piece, at: None };
    // Memory takes everything, and the values are ours: texts, whole numbers and what is made of them.
    let written = value.serialize(&mut writer);
    debug_assert!(written.is_ok(), "{written:?}");
    (writer.out, writer.at.map(|at| at..at + piece.len()))
}

/// A value that is none of ours: a fraction as a binary float, bytes, or a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value that is not written")]
struct NotWritten;

impl ser::Error for NotWritten {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

struct Writer<'p> {
    out: Vec<u8>,
    /// The next string is JSON already.
    raw: bool,
    /// A string whose place is looked for, and its place.
    piece: &'p str,
    at: Option<usize>,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push(b'"');
        if text.bytes().fold(true, |plain, byte| plain & !needs_escape(byte)) {
            self.out.extend_from_slice(text.as_bytes());
        } else {
            escape(&mut self.out, text);
        }
        self.out.push(b'"');
    }

    /// Before a member or an entry: whatever does not come first is behind a comma.
    fn next(&mut self, opening: u8) {
        if self.out.last() != Some(&opening) {
            self.out.push(b',');
        }
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NotWritten> {
        debug_assert!(!name.bytes().any(needs_escape), "names of members are plain words");
        self.next(b'{');
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        value.serialize(&mut *self)
    }

    fn display(&mut self, number: impl Display) {
        use std::io::Write;
        // Writing to memory cannot fail.
        let _ = write!(&mut self.out, "{number}");
    }
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn escape(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for byte in text.bytes() {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x09 => b't',
            0x0A => b'n',
            0x0C => b'f',
            0x0D => b'r',
            0x00..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.extend([byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)]));
                continue;
            }
            _ => {
                out.push(byte);
                continue;
            }
        };
        out.extend([b'\\', short]);
    }
}

/// Whole numbers, which are written as they are displayed.
macro_rules! displayed {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, number: $type) -> Result<(), NotWritten> {
            self.display(number);
            Ok(())
        })+
    };
}

/// What none of our values holds.
macro_rules! refused {
    ($($method:ident($($type:ty),*) -> $ok:ty),+) => {
        $(fn $method(self, $(_: $type),*) -> Result<$ok, NotWritten> {
            Err(NotWritten)
        })+
    };
}

impl<'w, 'p> ser::Serializer for &'w mut Writer<'p> {
    type Ok = ();
    type Error = NotWritten;
    type SerializeSeq = Open<'w, 'p>;
    type SerializeTuple = Open<'w, 'p>;
    type SerializeTupleStruct = ser::Impossible<(), NotWritten>;
    type SerializeTupleVariant = ser::Impossible<(), NotWritten>;
    type SerializeMap = ser::Impossible<(), NotWritten>;
    type SerializeStruct = Open<'w, 'p>;
    type SerializeStructVariant = ser::Impossible<(), NotWritten>;

    displayed!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    displayed!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    refused! {
        serialize_f32(f32) -> (),
        serialize_f64(f64) -> (),
        serialize_bytes(&[u8]) -> (),
        serialize_map(Option<usize>) -> Self::SerializeMap,
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant
    }

    fn serialize_bool(self, value: bool) -> Result<(), NotWritten> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), NotWritten> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), NotWritten> {
        if !self.raw {
            self.text(text);
            return Ok(());
        }
        if std::ptr::eq(text, self.piece) {
            self.at = Some(self.out.len());
        }
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn serialize_none(self) -> Result<(), NotWritten> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotWritten> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NotWritten> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotWritten> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NotWritten> {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NotWritten> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NotWritten> {
        self.out.push(b'{');
        self.member(variant, value)?;
        self.out.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'w, 'p>, NotWritten> {
        Ok(Open::new(self, "[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'w, 'p>, NotWritten> {
        Ok(Open::new(self, "[", "]"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Open<'w, 'p>, NotWritten> {
        self.raw = name == RAW;
        let (opening, closing) = if self.raw { ("", "") } else { ("{", "}") };
        Ok(Open::new(self, opening, closing))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), NotWritten> {
        self.text(&value.to_string());
        Ok(())
    }
}

/// An array or an object that is not closed yet.
struct Open<'w, 'p> {
    writer: &'w mut Writer<'p>,
    closing: &'static str,
}

impl<'w, 'p> Open<'w, 'p> {
    fn new(writer: &'w mut Writer<'p>, opening: &str, closing: &'static str) -> Self {
        writer.out.extend_from_slice(opening.as_bytes());
        Self { writer, closing }
    }

    fn close(self) {
        self.writer.raw = false;
        self.writer.out.extend_from_slice(self.closing.as_bytes());
    }
}

impl ser::SerializeSeq for Open<'_, '_> {
    type Ok = ();
    type Error = NotWritten;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotWritten> {
        self.writer.next(b'[');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), NotWritten> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeTuple for Open<'_, '_> {
    type Ok = ();
    type Error = NotWritten;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotWritten> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), NotWritten> {
        ser::SerializeSeq::end(self)
    }
}

impl ser::SerializeStruct for Open<'_, '_> {
    type Ok = ();
    type Error = NotWritten;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NotWritten> {
        if self.writer.raw { value.serialize(&mut *self.writer) } else { self.writer.member(name, value) }
    }

    fn end(self) -> Result<(), NotWritten> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Everything<'a> {
        text: &'a str,
        plain_or_not: (bool, Option<u8>, Option<u8>),
        numbers: [i64; 3],
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<u8>,
        #[serde(rename = "org.herald-cds.list")]
        list: Vec<Kind<'a>>,
        empty: [u8; 0],
        raw: &'a RawValue,
        behind: uuid::Uuid,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind<'a> {
        NoText,
        WithText(&'a str),
        Letter(char),
    }

    #[derive(Serialize)]
    #[serde(tag = "type", rename_all = "lowercase")]
    enum Tagged<'a> {
        Create { resource: &'a RawValue, text: &'a str },
    }

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_written_is_byte_for_byte_what_serde_json_writes(
            text in any::<String>(), number in any::<i64>(), letter in any::<char>(), some in any::<Option<u8>>(),
        ) {
            let piece = raw(r#"{"a":[1.50,"A "],"b" : {}}"#);
            let everything = Everything {
                text: &text,
                plain_or_not: (true, None, some),
                numbers: [number, 0, i64::MIN],
                left_out: None,
                list: vec![Kind::WithText(&text), Kind::NoText, Kind::Letter(letter)],
                empty: [],
                raw: &piece,
                behind: uuid::Uuid::from_u128(7),
            };
            let (written, place) = to_json_noting(&everything, piece.get());
            prop_assert_eq!(&written, &serde_json::to_vec(&everything).unwrap());
            prop_assert_eq!(&written[place.unwrap()], piece.get().as_bytes());
            let tagged = [Tagged::Create { resource: &piece, text: &text }];
            prop_assert_eq!(to_json(&tagged), serde_json::to_vec(&tagged).unwrap());
        }
    }

    #[test]
    fn every_character_that_must_be_escaped_is_and_no_other() {
        for letter in (0..=0x2FF).filter_map(char::from_u32).chain(['\u{2028}', '\u{FFFF}', '\u{1F9EC}']) {
            let text = format!("before{letter}[{{");
            assert_eq!(to_json(&[&text, ""]), serde_json::to_vec(&[&text, ""]).unwrap(), "{letter:?}");
        }
    }
}
