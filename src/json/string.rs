//! The bytes of a string: where it ends, and whether every escape in it is one.

use super::malformed::Malformed;

/// Longest string that is read, in bytes between its quotes.
const LONGEST: usize = 1 << 20;

/// Where the string ends whose first byte is at `from` (the index of its closing quote), and whether it holds an escape.
#[inline(always)]
pub(super) fn end(bytes: &[u8], from: usize) -> Result<(usize, bool), Malformed> {
    let at = special(bytes, from);
    match bytes.get(at) {
        Some(b'"') if at - from <= LONGEST => Ok((at, false)),
        Some(b'"') => Err(Malformed::StringTooLong),
        Some(b'\\') => end_behind_escape(bytes, from, at).map(|end| (end, true)),
        // a control character, or nothing more
        _ => Err(Malformed::NotJson),
    }
}

/// The same for a string with an escape at `at`.
#[cold]
fn end_behind_escape(bytes: &[u8], from: usize, mut at: usize) -> Result<usize, Malformed> {
    loop {
        match bytes.get(at) {
            Some(b'"') if at - from <= LONGEST => return Ok(at),
            Some(b'"') => return Err(Malformed::StringTooLong),
            Some(b'\\') => at += escape(&bytes[at + 1..]).ok_or(Malformed::NotJson)?,
            _ => return Err(Malformed::NotJson),
        }
        at = special(bytes, at);
    }
}

/// The length of the escape whose backslash stands before `rest`.
fn escape(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => rest.get(1..5)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// The next quote, backslash or control character at or behind `at`; a place behind all bytes if there is none.
#[inline(always)]
fn special(bytes: &[u8], at: usize) -> usize {
    let mut rest = bytes.get(at..).unwrap_or_default();
    while let Some((eight, behind)) = rest.split_first_chunk() {
        let found = specials(u64::from_le_bytes(*eight));
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let plain = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | ..0x20)).count();
    bytes.len() - rest.len() + plain
}

/// The highest bit of each byte that is special; exact for the lowest such byte, which is the only one that is asked for.
const fn specials(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // with the bit of 2 flipped, a quote and the control characters are all that is below 0x21
    let quote_or_control = (eight ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
    let backslash = (eight ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (quote_or_control | backslash) & !eight & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_wherever_it_lies_in_a_word_of_eight_bytes() {
        for length in 0..40 {
            for text in ["x", "é", "\u{7f}", "\u{10ffff}"] {
                let string = format!("{}\" and \" more", text.repeat(length));
                assert_eq!(end(string.as_bytes(), 0), Ok((text.len() * length, false)), "{text} {length} times");
                let escaped = format!("{}\\\"{}\"", text.repeat(length), text.repeat(length));
                assert_eq!(end(escaped.as_bytes(), 0), Ok((2 * text.len() * length + 2, true)));
            }
            for control in 0..0x20_u8 {
                let mut string = vec![b'x'; length];
                string.push(control);
                string.extend(b"yyyyyyyyyyyy\"");
                assert_eq!(end(&string, 0), Err(Malformed::NotJson), "{control} behind {length} bytes");
            }
        }
    }

    #[test]
    fn an_escape_that_is_none_ends_the_document() {
        for broken in [r#"\x""#, r#"\u12""#, r#"\u12g4""#, r"\", r#"\u""#, r#"abc"#] {
            assert_eq!(end(broken.as_bytes(), 0), Err(Malformed::NotJson), "{broken}");
        }
        for good in [r#"\\""#, r#"\u0000""#, r#"\ud800""#, r#"\/\b\f\n\r\t\"""#] {
            assert_eq!(end(good.as_bytes(), 0), Ok((good.len() - 1, true)), "{good}");
        }
    }

    #[test]
    fn a_string_of_more_than_a_mebibyte_is_refused() {
        let string = |length| format!("{}\"", "x".repeat(length));
        assert!(end(string(LONGEST).as_bytes(), 0).is_ok());
        assert_eq!(end(string(LONGEST + 1).as_bytes(), 0), Err(Malformed::StringTooLong));
    }
}
