//! The claims of a token, read strictly: what the library lets pass when it is missing or of a wrong type is checked here.

use jiff::Timestamp;

use super::refusal::Cause;
use crate::json::{Document, Value};

/// How far the clocks of a client and ours may be apart, in seconds.
const LEEWAY: i64 = 30;
/// Longest `jti`.
const LONGEST_JTI: usize = 128;

/// What a token claims.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub issuer: String,
    pub audience: Vec<String>,
    pub id: String,
    pub tenant: Option<String>,
    issued: i64,
    expires: i64,
    not_before: Option<i64>,
}

/// `iss` of claims that nobody has checked: only to choose whose keys to check them with.
pub(super) fn claimed_issuer(json: &[u8]) -> Option<String> {
    let document = Document::parse(json).ok()?;
    let root = document.root();
    if root.repeats_inside() { None } else { text(root, "iss").ok() }
}

impl Claims {
    pub(super) fn read(json: &[u8]) -> Result<Self, Cause> {
        let document = Document::parse(json).map_err(|_| Cause::Malformed)?;
        let root = document.root();
        if !root.is_object() || root.repeats_inside() {
            return Err(Cause::Claims);
        }
        let has = |name: &str| root.members().any(|(member, _)| member.is(name));
        let id = text(root, "jti")?;
        if id.is_empty() || id.len() > LONGEST_JTI || !id.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Cause::Claims);
        }
        Ok(Self {
            issuer: text(root, "iss")?,
            audience: audience(root)?,
            id,
            tenant: has("tenant").then(|| text(root, "tenant")).transpose()?,
            issued: seconds(root, "iat")?,
            expires: seconds(root, "exp")?,
            not_before: has("nbf").then(|| seconds(root, "nbf")).transpose()?,
        })
    }

    /// Is it good at `now`, and was it made for `life` seconds at most? Nothing here asks a clock.
    pub(super) fn check_time(&self, now: Timestamp, life: u64) -> Result<(), Cause> {
        let (now, life) = (now.as_second(), i64::try_from(life).unwrap_or(i64::MAX / 4));
        let lasts = self.expires.checked_sub(self.issued).ok_or(Cause::Time)?;
        let is_good = (1..=life).contains(&lasts)
            && self.issued <= now + LEEWAY
            && self.issued >= now - life - LEEWAY
            && now < self.expires + LEEWAY
            && self.not_before.is_none_or(|begin| begin <= now + LEEWAY);
        if is_good { Ok(()) } else { Err(Cause::Time) }
    }

    /// From when on nobody would accept it, with a minute to spare.
    pub(super) fn forget_at(&self) -> Timestamp {
        Timestamp::from_second(self.expires.saturating_add(2 * LEEWAY)).unwrap_or(Timestamp::MAX)
    }
}

fn text(root: Value<'_>, name: &str) -> Result<String, Cause> {
    Ok(root.get(name).and_then(Value::text).ok_or(Cause::Claims)?.to_string())
}

/// A text, or a list of at least one text.
fn audience(root: Value<'_>) -> Result<Vec<String>, Cause> {
    let value = root.get("aud").ok_or(Cause::Claims)?;
    let of_text = |value: Value<'_>| value.text().map(|text| text.to_string());
    let all: Option<Vec<String>> =
        if value.is_array() { value.elements().map(of_text).collect() } else { of_text(value).map(|one| vec![one]) };
    all.filter(|all| !all.is_empty()).ok_or(Cause::Claims)
}

/// Whole seconds since 1970, written with digits only.
fn seconds(root: Value<'_>, name: &str) -> Result<i64, Cause> {
    let raw = root.get(name).map(Value::raw).ok_or(Cause::Claims)?;
    let digits = raw.bytes().all(|b| b.is_ascii_digit());
    raw.parse().ok().filter(|_| digits).ok_or(Cause::Claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"iss":"i","aud":"a","exp":1100,"iat":1000,"jti":"j"}"#;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn each_required_claim_is_required_and_of_its_type() {
        assert!(Claims::read(WHOLE.as_bytes()).is_ok());
        for (of, to) in [
            (r#""iss":"i","#, ""),
            (r#""iss":"i""#, r#""iss":["i"]"#),
            (r#""iss":"i""#, r#""iss":null"#),
            (r#""iss":"i""#, r#""iss":"i","iss":"i""#),
            (r#""aud":"a","#, ""),
            (r#""aud":"a""#, r#""aud":[]"#),
            (r#""aud":"a""#, r#""aud":["a",5]"#),
            (r#""aud":"a""#, r#""aud":{"a":1}"#),
            (r#""exp":1100,"#, ""),
            ("1100", r#""1100""#),
            ("1100", "1100.0"),
            ("1100", "1e18"),
            ("1100", "-1100"),
            ("1100", "99999999999999999999999"),
            (r#""iat":1000,"#, ""),
            ("1000", "null"),
            (r#","jti":"j""#, ""),
            (r#""j""#, r#""""#),
            (r#""j""#, r#""a b""#),
            (r#""j""#, r#""é""#),
            (r#""j""#, "5"),
            (r#""jti""#, r#""tenant":5,"jti""#),
            (r#""jti""#, r#""tenant":null,"jti""#),
            (r#""jti""#, r#""nbf":"1","jti""#),
        ] {
            let claims = WHOLE.replacen(of, to, 1);
            assert_ne!(claims, WHOLE, "{of}");
            assert_eq!(Claims::read(claims.as_bytes()), Err(Cause::Claims), "{claims}");
        }
        let long = WHOLE.replace(r#""j""#, &format!("\"{}\"", "j".repeat(129)));
        assert_eq!(Claims::read(long.as_bytes()), Err(Cause::Claims));
    }

    #[test]
    fn a_token_is_good_from_half_a_minute_before_it_was_made_until_half_a_minute_after_its_end() {
        let claims = Claims::read(WHOLE.as_bytes()).unwrap();
        for (second, good) in [(969, false), (970, true), (1000, true), (1129, true), (1130, false), (4700, false)] {
            assert_eq!(claims.check_time(at(second), 300).is_ok(), good, "{second}");
        }
        assert!(claims.check_time(at(1000), 99).is_err(), "made for longer than the client may");
        assert_eq!(claims.forget_at(), at(1160));
    }

    #[test]
    fn an_old_or_endless_token_and_one_that_ends_before_it_begins_are_refused() {
        for (iat, exp, nbf) in [
            (1000, 1000, ""),
            (1000, 900, ""),
            (0, 1100, ""),
            (1000, 4_000_000_000_i64, ""),
            (600, 1010, ""),
            (1000, 1100, r#","nbf":1050"#),
        ] {
            let claims = format!(r#"{{"iss":"i","aud":"a","exp":{exp},"iat":{iat},"jti":"j"{nbf}}}"#);
            assert_eq!(
                Claims::read(claims.as_bytes()).unwrap().check_time(at(1000), 300),
                Err(Cause::Time),
                "{claims}"
            );
        }
    }

    #[test]
    fn an_issuer_said_twice_chooses_nobody() {
        assert_eq!(claimed_issuer(WHOLE.as_bytes()).as_deref(), Some("i"));
        assert_eq!(claimed_issuer(br#"{"iss":"a","iss":"b"}"#), None);
        assert_eq!(claimed_issuer(br#"{"iss":["a"]}"#), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_that_a_stranger_sends_makes_the_readers_panic(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
            text in r#"[\[\]{}":,.\\a-z0-9 -]{0,200}"#,
        ) {
            for sent in [&bytes[..], text.as_bytes()] {
                let _ = crate::access::token::Compact::of(&[sent]);
                let _ = crate::access::header::Header::read(sent);
                let _ = Claims::read(sent);
                let _ = claimed_issuer(sent);
                let _ = crate::access::key_set::KeySet::read(sent, &[]);
            }
        }
    }
}
