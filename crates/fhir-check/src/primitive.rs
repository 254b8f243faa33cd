//! The primitive types of R4: how each is written in JSON, by the regular expressions of the specification.

use crate::date::{date, date_time, instant, time};

/// A primitive type.
#[derive(Debug)]
pub(crate) struct Primitive {
    pub name: &'static str,
    pub json: Json,
    /// How it is written, for people.
    pub allowed: &'static str,
    pub fits: fn(&str) -> bool,
}

/// Which kind of JSON value holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Json {
    Truth,
    Number,
    Text,
}

impl Json {
    /// In words.
    pub fn form(self) -> &'static str {
        match self {
            Self::Truth => "true or false",
            Self::Number => "a JSON number",
            Self::Text => "a JSON string",
        }
    }
}

const fn text(name: &'static str, allowed: &'static str, fits: fn(&str) -> bool) -> Primitive {
    Primitive { name, json: Json::Text, allowed, fits }
}

const fn number(name: &'static str, allowed: &'static str, fits: fn(&str) -> bool) -> Primitive {
    Primitive { name, json: Json::Number, allowed, fits }
}

const NO_SPACE: &str = "white space is not allowed in it";

static PRIMITIVES: [Primitive; 20] = [
    Primitive { name: "boolean", json: Json::Truth, allowed: "true or false", fits: anything },
    number("decimal", "a number", anything),
    number("integer", "a whole number of 32 bits, without fraction or exponent", |text| whole(text, i32::MIN)),
    number("unsignedInt", "a whole number from 0 to 2147483647", |text| whole(text, 0)),
    number("positiveInt", "a whole number from 1 to 2147483647", |text| whole(text, 1)),
    text("string", "text", anything),
    text("markdown", "text", anything),
    text("xhtml", "a <div> of XHTML", div),
    text("id", "1 to 64 letters, digits, - and .", id),
    text("code", "no white space around it, and one between words at most", code),
    text("uri", NO_SPACE, unspaced),
    text("url", NO_SPACE, unspaced),
    text("canonical", NO_SPACE, unspaced),
    text("oid", "urn:oid: and numbers with dots between them", oid),
    text("uuid", "urn:uuid: and 32 small hexadecimal digits, 8-4-4-4-12", uuid),
    text("base64Binary", "groups of four characters of base64", base64),
    text("date", "YYYY, YYYY-MM or YYYY-MM-DD, a day of the calendar", date),
    text("dateTime", "a date, or YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00", date_time),
    text("instant", "YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00", instant),
    text("time", "hh:mm:ss, without a time zone", time),
];

/// What takes nothing beside it: `System.uri` is a uri without `_url`.
const PLAIN: &str = "System.";

/// The primitive of this name; none for what is an object in JSON.
pub(crate) fn primitive(name: &str) -> Option<&'static Primitive> {
    let name = name.strip_prefix(PLAIN).unwrap_or(name);
    PRIMITIVES.iter().find(|primitive| primitive.name == name)
}

/// May id and extensions stand beside it?
pub(crate) fn has_beside(name: &str) -> bool {
    primitive(name).is_some() && !name.starts_with(PLAIN)
}

fn anything(_: &str) -> bool {
    true
}

fn whole(text: &str, least: i32) -> bool {
    text != "-0" && text.parse::<i32>().is_ok_and(|number| number >= least)
}

fn id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'.')
}

fn code(text: &str) -> bool {
    text.split([' ', '\t', '\r', '\n']).all(|word| !word.is_empty())
}

fn unspaced(text: &str) -> bool {
    !text.contains([' ', '\t', '\r', '\n'])
}

fn div(text: &str) -> bool {
    text.trim().strip_prefix("<div").is_some_and(|rest| rest.ends_with('>'))
}

fn oid(text: &str) -> bool {
    let Some(numbers) = text.strip_prefix("urn:oid:") else { return false };
    let number = |part: &str| {
        !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    match numbers.split_once('.') {
        Some((root, rest)) => matches!(root, "0" | "1" | "2") && rest.split('.').all(number),
        None => false,
    }
}

fn uuid(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("urn:uuid:") else { return false };
    let groups: Vec<_> = digits.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.concat().bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

fn base64(text: &str) -> bool {
    let packed: Vec<u8> = text.bytes().filter(|c| !c.is_ascii_whitespace()).collect();
    let padding = packed.iter().rev().take_while(|&&c| c == b'=').count();
    let letters = &packed[..packed.len() - padding];
    !letters.is_empty()
        && padding <= 2
        && packed.len() % 4 == 0
        && letters.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_primitive_is_written_as_the_specification_says() {
        for (name, right, wrong) in [
            ("integer", &["0", "-7", "2147483647"][..], &["-0", "1.0", "1e3", "2147483648", "5000000000"][..]),
            ("unsignedInt", &["0", "12"], &["-1", "0.5"]),
            ("positiveInt", &["1", "2147483647"], &["0", "-3"]),
            (
                "id",
                &["o1", "A.b-9"],
                &["a_b", "a b", "ä", "1234567890123456789012345678901234567890123456789012345678901234x"],
            ),
            ("code", &["final", "two words"], &[" final", "final ", "two  words", " "]),
            ("uri", &["http://loinc.org", "urn:oid:1.2"], &["http://loinc.org ", "a b"]),
            ("oid", &["urn:oid:1.2.840.0"], &["1.2.840", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1.2."]),
            (
                "uuid",
                &["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
                &[
                    "c757873d-ec9a-4326-a141-556f43239520",
                    "urn:uuid:C757873d-ec9a-4326-a141-556f43239520",
                    "urn:uuid:1",
                ],
            ),
            ("base64Binary", &["QUJD", "QUI=", "QUJD\nQUJD"], &["QUJ", "QU=D", "====", "Q-JD"]),
            ("xhtml", &["<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"], &["x", "<p>x</p>"]),
        ] {
            let primitive = primitive(name).unwrap();
            for text in right {
                assert!((primitive.fits)(text), "{text} is a {name}");
            }
            for text in wrong {
                assert!(!(primitive.fits)(text), "{text} is no {name}");
            }
        }
    }

    #[test]
    fn ids_of_elements_and_urls_of_extensions_take_nothing_beside_them() {
        assert!(has_beside("string") && !has_beside("System.string") && !has_beside("Coding"));
    }
}
