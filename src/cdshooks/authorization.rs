//! `fhirAuthorization`: the access token for the client's FHIR server (rules 26 and 27).

use crate::json::{Text, Value};

/// Longest access token that is passed on, in bytes.
const LONGEST_TOKEN: usize = 16 << 10;

/// The member as sent. Its scopes may be of any kind: the FHIR server judges them.
#[derive(Debug, Clone, Copy)]
pub struct Authorization<'a>(Value<'a>);

impl<'a> Authorization<'a> {
    pub(super) const fn new(sent: Value<'a>) -> Self {
        Self(sent)
    }

    /// The bearer token: one string of visible ASCII characters. None where it cannot be passed on as it is.
    #[must_use]
    pub fn access_token(self) -> Option<Text<'a>> {
        if self.0.repeats() {
            return None;
        }
        let is_bearer = match self.0.get("token_type") {
            None => true,
            Some(kind) => kind.text().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")),
        };
        let token = self.0.get("access_token").and_then(Value::text).filter(|_| is_bearer)?;
        let fits = (1..=LONGEST_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    fn token(text: &str) -> Option<String> {
        let document = Document::parse(text.as_bytes()).unwrap();
        Authorization::new(document.root()).access_token().map(|token| token.to_string())
    }

    #[test]
    fn cdsh_r26_a_bearer_token_is_read_whatever_its_scopes_look_like() {
        for scope in ["patient/Observation.read", "patient/Observation.rs", "EPIC.FHIR.R4.x", ""] {
            let sent =
                format!(r#"{{"access_token":"t.1-_~+/=","token_type":"Bearer","expires_in":300,"scope":"{scope}"}}"#);
            assert_eq!(token(&sent).as_deref(), Some("t.1-_~+/="));
        }
        assert_eq!(token(r#"{"access_token":"t","token_type":"bearer","scope":7}"#).as_deref(), Some("t"));
        assert_eq!(token(r#"{"access_token":"t"}"#).as_deref(), Some("t"));
    }

    #[test]
    fn a_token_that_could_end_a_header_or_is_told_twice_is_never_passed_on() {
        for sent in [
            r#"{"access_token":"a\r\nX-Evil: 1"}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"ä"}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":7}"#,
            r#"{"access_token":"a","access_token":"b"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"a","token_type":["Bearer"]}"#,
            r#""a""#,
            "[]",
        ] {
            assert_eq!(token(sent), None, "{sent}");
        }
        assert_eq!(token(&format!(r#"{{"access_token":"{}"}}"#, "a".repeat(LONGEST_TOKEN + 1))), None);
    }
}
