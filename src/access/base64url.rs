//! Base64url without padding (RFC 4648, 5), read strictly: one text for one value.

/// The bytes; None for a character outside the alphabet, padding, an impossible length, or bits left over that are not zero.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for letter in group {
            bits = bits << 6 | u32::from(value(*letter)?);
        }
        let [_, a, b, c] = (bits << (6 * (4 - group.len()))).to_be_bytes();
        let whole = match group.len() {
            4 => 3,
            3 if c == 0 => 2,
            2 if b == 0 && c == 0 => 1,
            _ => return None,
        };
        bytes.extend_from_slice(&[a, b, c][..whole]);
    }
    Some(bytes)
}

const fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_rfc_are_read() {
        for (text, bytes) in [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("-_-_").unwrap(), [0xfb, 0xff, 0xbf]);
    }

    #[test]
    fn a_second_text_for_the_same_bytes_is_refused() {
        for text in ["Zg==", "Zh", "Zm9", "A", "Zm9vA", "Zm+v", "Zm/v", "Zm 9", "Zm9v\n", "Zé"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
