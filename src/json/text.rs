//! A string of a JSON document: borrowed from it, or owned where the document escapes a character.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Borrows where it can. `&str` fails on an escaped string, and `Option<Cow<str>>` always allocates in serde.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// Holds a character that has no place in a code, an id or a reference (C0, DEL, C1).
    #[must_use]
    pub fn has_control_characters(&self) -> bool {
        self.0.chars().any(char::is_control)
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Text of a request may name a patient: it never reaches a log by way of `{:?}`.
impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[text]")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_strings_are_borrowed_and_escaped_ones_are_owned() {
        assert!(matches!(serde_json::from_str::<Text<'_>>("\"abc\"").unwrap().0, Cow::Borrowed("abc")));
        assert!(matches!(serde_json::from_str::<Text<'_>>(r#""a\u0062c""#).unwrap().0, Cow::Owned(_)));
        assert!(serde_json::from_str::<Text<'_>>(r#""\u0000""#).unwrap().has_control_characters());
        assert!(serde_json::from_str::<Text<'_>>(r#""\ud800""#).is_err());
    }
}
