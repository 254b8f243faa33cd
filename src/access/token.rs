//! A bearer token as text, before anything in it is believed.

use super::base64url;
use super::refusal::Cause;

/// A token with a few keys in its header has some hundred bytes; what is longer is not read at all.
const LONGEST: usize = 8_192;

/// The three parts of a compact JWS.
pub(super) struct Compact<'t> {
    /// The whole text.
    pub text: &'t str,
    /// The JSON of the header.
    pub header: Vec<u8>,
    /// The JSON of the claims.
    pub claims: Vec<u8>,
}

impl<'t> Compact<'t> {
    /// From every `Authorization` header of a request: there must be exactly one, with the scheme `Bearer`.
    pub(super) fn of(authorization: &[&'t [u8]]) -> Result<Self, Cause> {
        let value = match authorization {
            [] => return Err(Cause::Missing),
            [value] => str::from_utf8(value).map_err(|_| Cause::NotBearer)?,
            [_, _, ..] => return Err(Cause::NotBearer),
        };
        let (scheme, text) = value.split_once(' ').ok_or(Cause::NotBearer)?;
        let text = text.trim_matches(' ');
        if !scheme.eq_ignore_ascii_case("Bearer") || text.len() > LONGEST {
            return Err(Cause::NotBearer);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Cause::Malformed);
        };
        let decoded = |part| base64url::decode(part).filter(|bytes| !bytes.is_empty()).ok_or(Cause::Malformed);
        decoded(signature)?;
        Ok(Self { text, header: decoded(header)?, claims: decoded(claims)? })
    }
}

// A token is a password for as long as it is good.
impl std::fmt::Debug for Compact<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(headers: &[&[u8]]) -> Option<Cause> {
        Compact::of(headers).err()
    }

    #[test]
    fn only_one_bearer_token_of_three_parts_is_looked_at() {
        assert_eq!(cause(&[b"Bearer e30.e30.AA"]), None);
        assert_eq!(cause(&[b"bEARER e30.e30.AA"]), None);
        assert_eq!(cause(&[]), Some(Cause::Missing));
        for none in [&b"Basic e30.e30.AA"[..], b"e30.e30.AA", b"Bearer", b"Bearer\te30.e30.AA", b"\xff e30.e30.AA"] {
            assert_eq!(cause(&[none]), Some(Cause::NotBearer));
        }
        assert_eq!(cause(&[b"Bearer e30.e30.AA", b"Bearer e30.e30.AA"]), Some(Cause::NotBearer));
        let endless = format!("Bearer e30.e30.{}", "A".repeat(LONGEST));
        assert_eq!(cause(&[endless.as_bytes()]), Some(Cause::NotBearer));
        for broken in
            [&b"Bearer "[..], b"Bearer e30.e30", b"Bearer e30.e30.", b"Bearer e30.e30.AA.AA", b"Bearer e3=.e30.AA"]
        {
            assert_eq!(cause(&[broken]), Some(Cause::Malformed));
        }
    }
}
