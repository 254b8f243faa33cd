//! The header of a token: few members, each with one meaning.

use super::refusal::Cause;
use crate::config::TokenAlgorithm;
use crate::json::{Document, Value};

/// Longest `kid`.
const LONGEST_KID: usize = 256;

/// What a header says that is listened to. Keys and addresses in it (`jwk`, `x5c`, `x5u`) never are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// None for every algorithm that nobody may configure, `none` and the symmetric ones among them.
    pub algorithm: Option<TokenAlgorithm>,
    pub kid: String,
    pub jku: Option<String>,
    /// CDS Hooks demands `typ`; many libraries leave it out, so that is counted and let pass.
    pub lacks_type: bool,
}

impl Header {
    pub(super) fn read(json: &[u8]) -> Result<Self, Cause> {
        let document = Document::parse(json).map_err(|_| Cause::Malformed)?;
        let root = document.root();
        // Nothing here understands an extension, and one that is critical must be understood (RFC 7515, 4.1.11). `b64` would
        // change what was signed.
        let has = |name: &str| root.members().any(|(member, _)| member.is(name));
        if !root.is_object() || root.repeats_inside() || has("crit") || has("b64") {
            return Err(Cause::Header);
        }
        let optional = |name: &str| match has(name) {
            false => Ok(None),
            true => text(root, name).map(Some),
        };
        let kind = optional("typ")?;
        if kind.as_ref().is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) {
            return Err(Cause::Header);
        }
        let kid = text(root, "kid")?;
        if kid.is_empty() || kid.len() > LONGEST_KID {
            return Err(Cause::Header);
        }
        Ok(Self {
            algorithm: TokenAlgorithm::of(&text(root, "alg")?),
            kid,
            jku: optional("jku")?,
            lacks_type: kind.is_none(),
        })
    }
}

fn text(root: Value<'_>, name: &str) -> Result<String, Cause> {
    Ok(root.get(name).and_then(Value::text).ok_or(Cause::Header)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Header, Cause> {
        Header::read(json.as_bytes())
    }

    #[test]
    fn a_plain_header_is_read_and_keys_in_it_are_not() {
        let header = read(r#"{"alg":"ES384","kid":"a","typ":"jwt","jwk":{"kty":"oct"},"x5u":"https://x"}"#).unwrap();
        assert_eq!((header.algorithm, &*header.kid, header.lacks_type), (Some(TokenAlgorithm::Es384), "a", false));
        assert!(read(r#"{"alg":"ES384","kid":"a"}"#).unwrap().lacks_type);
        for alg in ["none", "None", "HS256", "es384", "EdDSA", "PS256", "ES256K", ""] {
            assert_eq!(read(&format!(r#"{{"alg":"{alg}","kid":"a"}}"#)).unwrap().algorithm, None, "{alg}");
        }
    }

    #[test]
    fn extensions_doubles_and_wrong_types_are_refused() {
        for header in [
            r#"{"alg":"ES384","kid":"a","crit":["exp"]}"#,
            r#"{"alg":"ES384","kid":"a","crit":[]}"#,
            r#"{"alg":"ES384","kid":"a","crit":null}"#,
            r#"{"alg":"ES384","kid":"a","b64":false}"#,
            r#"{"alg":"ES384","kid":"a","kid":"b"}"#,
            r#"{"alg":"ES384","kid":"a","jwk":{"x":1,"x":2}}"#,
            r#"{"alg":"ES384","kid":""}"#,
            r#"{"alg":"ES384","kid":5}"#,
            r#"{"alg":"ES384"}"#,
            r#"{"kid":"a"}"#,
            r#"{"alg":["ES384"],"kid":"a"}"#,
            r#"{"alg":"ES384","kid":"a","typ":"at+jwt"}"#,
            r#"{"alg":"ES384","kid":"a","typ":null}"#,
            r#"{"alg":"ES384","kid":"a","jku":["https://x"]}"#,
            r#"["ES384"]"#,
        ] {
            assert_eq!(read(header), Err(Cause::Header), "{header}");
        }
        assert_eq!(read(&format!(r#"{{"alg":"ES384","kid":"{}"}}"#, "k".repeat(257))), Err(Cause::Header));
        assert_eq!(read("{"), Err(Cause::Malformed));
    }
}
