//! The bytes of a string: where it ends, and whether every escape in it is one.

use wide::u8x16;

use super::malformed::Malformed;

/// Longest string that is read, in bytes between its quotes.
const LONGEST: usize = 1 << 20;

/// Where the string ends whose first byte is at `from` (the index of its closing quote), and whether it holds an escape.
#[inline(always)]
pub(super) fn end(bytes: &[u8], specials: &Specials, from: usize) -> Result<(usize, bool), Malformed> {
    let at = specials.next(from);
    match bytes.get(at) {
        Some(b'"') if at - from <= LONGEST => Ok((at, false)),
        Some(b'"') => Err(Malformed::StringTooLong),
        Some(b'\\') => end_behind_escape(bytes, specials, from, at).map(|end| (end, true)),
        // a control character, or nothing more
        _ => Err(Malformed::NotJson),
    }
}

/// The same for a string with an escape at `at`.
#[cold]
fn end_behind_escape(bytes: &[u8], specials: &Specials, from: usize, mut at: usize) -> Result<usize, Malformed> {
    loop {
        match bytes.get(at) {
            Some(b'"') if at - from <= LONGEST => return Ok(at),
            Some(b'"') => return Err(Malformed::StringTooLong),
            Some(b'\\') => at += escape(&bytes[at + 1..]).ok_or(Malformed::NotJson)?,
            _ => return Err(Malformed::NotJson),
        }
        at = specials.next(at);
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

/// The bytes at which a string may end or be broken (quotes, backslashes, control characters), one bit for each byte of the
/// document: they are found 16 at once, and from the first byte of a string its end is then one step away.
pub(super) struct Specials(Vec<u64>);

/// Bytes of one word of [`Specials`].
const WORD: usize = 64;

impl Specials {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (whole, rest) = bytes.as_chunks::<WORD>();
        // behind the last byte everything is special, so that the search always ends
        let mut last = [b'\\'; WORD];
        last[..rest.len()].copy_from_slice(rest);
        Self(whole.iter().chain([&last]).map(specials_of).collect())
    }

    /// The next special byte at or behind `at`; a place behind all bytes if there is none.
    #[inline(always)]
    fn next(&self, at: usize) -> usize {
        let (mut word, before) = (at / WORD, at % WORD);
        let mut bits = self.0.get(word).map_or(0, |bits| bits >> before << before);
        while bits == 0 {
            word += 1;
            let Some(next) = self.0.get(word) else { return usize::MAX };
            bits = *next;
        }
        word * WORD + bits.trailing_zeros() as usize
    }
}

#[inline(always)]
fn specials_of(word: &[u8; WORD]) -> u64 {
    let (blocks, _) = word.as_chunks();
    let mut bits = 0;
    for (at, block) in blocks.iter().enumerate() {
        let bytes = u8x16::new(*block);
        // with the bit of 2 flipped, a quote and the control characters are all that is not above 0x20
        let flipped = bytes ^ u8x16::splat(2);
        let quote_or_control = flipped.min(u8x16::splat(0x20)).simd_eq(flipped);
        let special = quote_or_control | bytes.simd_eq(u8x16::splat(b'\\'));
        bits |= u64::from(special.to_bitmask()) << (16 * at);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(string: &[u8]) -> Result<(usize, bool), Malformed> {
        end(string, &Specials::of(string), 0)
    }

    #[test]
    fn the_next_special_byte_is_the_one_that_a_look_at_every_byte_finds() {
        for length in (0..=200).chain([1_023, 1_024, 1_025]) {
            for start in 0..=255_usize {
                // every byte there is, at every place of a block and of a word; long stretches without a special one among them
                let bytes: Vec<u8> = (0..length).map(|at: usize| (start + 7 * (at / 3)) as u8).collect();
                let specials = Specials::of(&bytes);
                let mut expected = None;
                for at in (0..length).rev() {
                    if matches!(bytes[at], b'"' | b'\\' | ..0x20) {
                        expected = Some(at);
                    }
                    let found = Some(specials.next(at)).filter(|found| *found < length);
                    assert_eq!(found, expected, "from {at} of {length}, {start}");
                }
                assert!(
                    [length, length + 1, length + 64, length + 1_000].iter().all(|at| specials.next(*at) >= length)
                );
            }
        }
    }

    #[test]
    fn the_end_is_found_wherever_it_lies() {
        for length in 0..80 {
            for text in ["x", "é", "\u{7f}", "\u{10ffff}"] {
                let string = format!("{}\" and \" more", text.repeat(length));
                assert_eq!(end_of(string.as_bytes()), Ok((text.len() * length, false)), "{text} {length} times");
                let escaped = format!("{}\\\"{}\"", text.repeat(length), text.repeat(length));
                assert_eq!(end_of(escaped.as_bytes()), Ok((2 * text.len() * length + 2, true)));
            }
            for control in 0..0x20_u8 {
                let mut string = vec![b'x'; length];
                string.push(control);
                string.extend(b"yyyyyyyyyyyy\"");
                assert_eq!(end_of(&string), Err(Malformed::NotJson), "{control} behind {length} bytes");
            }
        }
    }

    #[test]
    fn an_escape_that_is_none_ends_the_document() {
        for broken in [r#"\x""#, r#"\u12""#, r#"\u12g4""#, r"\", r#"\u""#, r#"abc"#] {
            assert_eq!(end_of(broken.as_bytes()), Err(Malformed::NotJson), "{broken}");
        }
        for good in [r#"\\""#, r#"\u0000""#, r#"\ud800""#, r#"\/\b\f\n\r\t\"""#] {
            assert_eq!(end_of(good.as_bytes()), Ok((good.len() - 1, true)), "{good}");
        }
    }

    #[test]
    fn a_string_of_more_than_a_mebibyte_is_refused() {
        let string = |length| format!("{}\"", "x".repeat(length));
        assert!(end_of(string(LONGEST).as_bytes()).is_ok());
        assert_eq!(end_of(string(LONGEST + 1).as_bytes()), Err(Malformed::StringTooLong));
    }
}
