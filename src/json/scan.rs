//! The linear scan of a whole document.

/// Deepest nesting of arrays and objects that is read.
const DEEPEST: usize = 128;
/// Longest string that is read, in bytes between its quotes.
const LONGEST_STRING: usize = 1 << 20;

/// Why a document is refused before it is parsed. Never holds a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No byte but white space.
    #[error("the document is empty")]
    Empty,
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// More than 128 arrays and objects inside each other.
    #[error("arrays and objects are nested deeper than 128")]
    TooDeep,
    /// A string of more than 1 MiB.
    #[error("a string is longer than 1 MiB")]
    StringTooLong,
    /// Cut off, unbalanced, followed by more text, or otherwise no JSON.
    #[error("the document is not JSON")]
    NotJson,
}

/// Checks what serde_json does not check in members that it skips: encoding, depth, length of strings. The grammar itself is
/// left to the parser, but an unbalanced document is refused here already.
///
/// # Errors
/// The first fault found, see [`Malformed`].
pub fn check(document: &[u8]) -> Result<&str, Malformed> {
    let text = std::str::from_utf8(document).map_err(|_| Malformed::NotUtf8)?;
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Malformed::Empty);
    }
    let (mut depth, mut at) = (0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let end = end_of_string(bytes, at).ok_or(Malformed::NotJson)?;
                if end - at > LONGEST_STRING {
                    return Err(Malformed::StringTooLong);
                }
                at = end + 1;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Malformed::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.checked_sub(1).ok_or(Malformed::NotJson)?,
            _ => {}
        }
    }
    if depth == 0 { Ok(text) } else { Err(Malformed::NotJson) }
}

/// Index of the closing quote of the string whose first byte is at `from`.
pub(super) fn end_of_string(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|b| matches!(b, b'"' | b'\\'))?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_in_members_that_nobody_reads() {
        let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(nested(127).as_bytes()).is_ok());
        assert_eq!(check(nested(128).as_bytes()), Err(Malformed::TooDeep));
        assert_eq!(check("[".repeat(100_000).as_bytes()), Err(Malformed::TooDeep));
    }

    #[test]
    fn brackets_inside_strings_are_text() {
        assert!(check(br#"{"a":"[[[ \" ]] \\","b":["}"]}"#).is_ok());
        assert_eq!(check(br#"{"a":"unterminated}"#), Err(Malformed::NotJson));
        assert_eq!(check(br#"{"a":"x\"#), Err(Malformed::NotJson));
    }

    #[test]
    fn empty_cut_off_and_wrongly_encoded_documents_are_refused() {
        assert_eq!(check(b" \n"), Err(Malformed::Empty));
        assert_eq!(check(b"{\"a\":[1"), Err(Malformed::NotJson));
        assert_eq!(check(b"]"), Err(Malformed::NotJson));
        assert_eq!(check(b"\"\xff\""), Err(Malformed::NotUtf8));
        let long = format!("\"{}\"", "x".repeat(LONGEST_STRING + 1));
        assert_eq!(check(long.as_bytes()), Err(Malformed::StringTooLong));
    }
}
