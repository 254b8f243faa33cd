//! A string of a JSON document: borrowed from it, or owned where the document escapes a character.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// What a string says. Borrows where it can.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'a> Text<'a> {
    /// This very text.
    #[must_use]
    pub const fn borrowed(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Holds a character that has no place in a code, an id or a reference (C0, DEL, C1).
    #[must_use]
    pub fn has_control_characters(&self) -> bool {
        let plain = |byte: u8| (b' '..=b'~').contains(&byte);
        // all of them at once, since most texts are plain
        let all_plain = self.0.bytes().fold(true, |all, byte| all & plain(byte));
        !all_plain && self.0.chars().any(char::is_control)
    }
}

/// The text between two quotes, its escapes replaced; None for half a character (a lone surrogate).
pub(super) fn unescaped(between: &str) -> Option<Text<'_>> {
    if !between.contains('\\') {
        return Some(Text::borrowed(between));
    }
    serde_json::from_str(&format!("\"{between}\"")).ok().map(|text: String| Text(Cow::Owned(text)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_strings_are_borrowed_and_escaped_ones_are_owned() {
        assert!(matches!(unescaped("abc").unwrap().0, Cow::Borrowed("abc")));
        assert!(matches!(unescaped(r"a\u0062c").unwrap().0, Cow::Owned(text) if text == "abc"));
        assert!(unescaped(r"\u0000").unwrap().has_control_characters());
        assert!(unescaped(r"\ud800").is_none());
    }
}
