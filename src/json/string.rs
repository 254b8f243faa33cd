//! The bytes of a string: where it ends, and whether every escape in it is one.

use super::malformed::Malformed;

/// Longest string that is read, in bytes between its quotes.
const LONGEST: usize = 1 << 20;

/// Where the string ends whose first byte is at `from` (the index of its closing quote), and whether it holds an escape.
#[inline(always)]
pub(super) fn end(bytes: &[u8], from: usize) -> Result<(usize, bool), Malformed> {
    let (mut at, mut escaped) = (from, false);
    loop {
        at = special(bytes, at).ok_or(Malformed::NotJson)?;
        match bytes[at] {
            b'"' if at - from > LONGEST => return Err(Malformed::StringTooLong),
            b'"' => return Ok((at, escaped)),
            b'\\' => {
                at += escape(&bytes[at + 1..]).ok_or(Malformed::NotJson)?;
                escaped = true;
            }
            // a control character
            _ => return Err(Malformed::NotJson),
        }
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

/// The next quote, backslash or control character at or behind `at`.
#[inline(always)]
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let found = specials(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20)).map(|found| at + found)
}

/// The highest bit of each byte that is special; exact for the lowest such byte, which is the only one that is asked for.
const fn specials(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const fn equal(eight: u64, byte: u8) -> u64 {
        let difference = eight ^ (ONES * byte as u64);
        difference.wrapping_sub(ONES) & !difference
    }
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (equal(eight, b'"') | equal(eight, b'\\') | control) & HIGH
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
