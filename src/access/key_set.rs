//! A client's key set: from bytes to the keys that may verify its tokens.

use std::collections::HashMap;

use super::key::{Key, has_private_half};
use crate::json::{Document, Value};

/// Keys of one set. A client that rotates has two or three.
const MOST_KEYS: usize = 100;

/// The usable keys of a client by their ids.
#[derive(Default)]
pub(super) struct KeySet {
    keys: HashMap<Box<str>, Found>,
    /// The set holds the private half of a key: whoever runs the client must be told.
    pub(super) shows_private_half: bool,
}

enum Found {
    One(Key),
    /// Two usable keys of one id: nobody knows which is meant, so neither is.
    Several,
}

/// Why bytes are no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotAKeySet {
    #[error("it is not a JSON object with an array `keys`")]
    Shape,
    #[error("it holds more than {MOST_KEYS} keys")]
    TooMany,
}

impl KeySet {
    /// Reads a set and leaves out what cannot verify tokens, and the revoked keys.
    pub(super) fn read(bytes: &[u8], revoked: &[Box<str>]) -> Result<Self, NotAKeySet> {
        let document = Document::parse(bytes).map_err(|_| NotAKeySet::Shape)?;
        let keys = document.root().get("keys").filter(|keys| keys.is_array() && !document.root().repeats());
        let keys = keys.ok_or(NotAKeySet::Shape)?;
        if keys.elements().count() > MOST_KEYS {
            return Err(NotAKeySet::TooMany);
        }
        let mut set = Self::default();
        for jwk in keys.elements() {
            set.shows_private_half |= has_private_half(jwk);
            let Some(kid) = jwk.get("kid").and_then(Value::text) else { continue };
            if let Some(key) = Key::usable(jwk).filter(|_| !revoked.iter().any(|gone| **gone == *kid)) {
                let place = set.keys.entry((&*kid).into());
                place.and_modify(|found| *found = Found::Several).or_insert(Found::One(key));
            }
        }
        Ok(set)
    }

    /// The key of this id, if there is exactly one.
    pub(super) fn get(&self, kid: &str) -> Option<&Key> {
        match self.keys.get(kid)? {
            Found::One(key) => Some(key),
            Found::Several => None,
        }
    }

    /// Is there a key of this id, of whatever worth? Then nothing is gained by fetching the set again.
    pub(super) fn knows(&self, kid: &str) -> bool {
        self.keys.contains_key(kid)
    }

    /// Key ids, whatever they are worth.
    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }

    /// No token can be verified with it.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TokenAlgorithm;

    const X: &str = "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB";
    const Y: &str = "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy";

    fn set(keys: &[&str]) -> KeySet {
        KeySet::read(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes(), &[]).unwrap()
    }

    fn elliptic(more: &str) -> String {
        format!(r#"{{"kty":"EC","crv":"P-384","kid":"a","x":"{X}","y":"{Y}"{more}}}"#)
    }

    /// A modulus of this many bytes 0xff; a multiple of three.
    fn rsa(bytes: usize, exponent: &str) -> String {
        format!(r#"{{"kty":"RSA","kid":"a","n":"{}","e":"{exponent}"}}"#, "_".repeat(bytes / 3 * 4))
    }

    #[test]
    fn the_keys_of_the_cds_hooks_sandbox_are_read() {
        let file = include_bytes!("../../tests/examples/cds-hooks/sandbox-jwt/jwks.json");
        let set = KeySet::read(file, &[]).unwrap();
        let key = set.get("44823f3d-0b01-4a6c-a80e-b9d3e8a7226f").unwrap();
        assert!(key.serves(TokenAlgorithm::Es384) && !key.serves(TokenAlgorithm::Es256));
        assert!(!set.shows_private_half);
    }

    #[test]
    fn a_key_that_verifies_no_token_is_left_out() {
        assert!(set(&[&elliptic("")]).get("a").is_some());
        for more in [
            r#","use":"enc""#,
            r#","use":5"#,
            r#","key_ops":["encrypt"]"#,
            r#","key_ops":[]"#,
            r#","alg":"ES256""#,
            r#","alg":"HS256""#,
            r#","alg":5"#,
            r#","kid":"b""#,
            r#","d":"AAAA""#,
        ] {
            assert!(set(&[&elliptic(more)]).get("a").is_none(), "{more}");
        }
        let short = elliptic("").replace(Y, &Y[..60]);
        let other_curve = elliptic("").replace("P-384", "P-256");
        let symmetric = r#"{"kty":"oct","kid":"a","k":"AAAA"}"#;
        let edwards = r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}"#;
        let without_id = elliptic("").replace(r#""kid":"a","#, "");
        for key in [&short, &other_curve, symmetric, edwards, &without_id, "5", "null", r#"{"kty":"new","kid":"a"}"#] {
            assert!(set(&[key]).get("a").is_none(), "{key}");
        }
    }

    #[test]
    fn rsa_keys_need_2048_bits_and_a_sound_exponent() {
        assert!(set(&[&rsa(258, "AQAB")]).get("a").is_some());
        assert!(set(&[&rsa(258, "AQAB")]).get("a").unwrap().serves(TokenAlgorithm::Rs384));
        for key in
            [rsa(129, "AQAB"), rsa(255, "AQAB"), rsa(1_026, "AQAB"), rsa(258, "AQ"), rsa(258, "AQAA"), rsa(258, "")]
        {
            assert!(set(&[&key]).get("a").is_none(), "{key}");
        }
    }

    #[test]
    fn an_unusable_key_of_the_same_id_takes_nothing_away_and_a_usable_one_takes_all() {
        let symmetric = r#"{"kty":"oct","kid":"a","k":"AAAA"}"#;
        assert!(set(&[symmetric, &elliptic("")]).get("a").is_some());
        let twice = set(&[&elliptic(""), &elliptic("")]);
        assert!(twice.get("a").is_none() && twice.knows("a"));
    }

    #[test]
    fn a_private_half_in_a_public_set_is_noticed_and_a_revoked_key_is_gone() {
        assert!(set(&[&elliptic(r#","d":"AAAA""#)]).shows_private_half);
        let revoked = KeySet::read(format!(r#"{{"keys":[{}]}}"#, elliptic("")).as_bytes(), &["a".into()]).unwrap();
        assert!(revoked.is_empty());
    }

    #[test]
    fn what_is_no_key_set_is_refused() {
        for text in
            ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"keys":[],"keys":[]}"#, "<html>", "{\"keys\":["]
        {
            assert_eq!(KeySet::read(text.as_bytes(), &[]).err(), Some(NotAKeySet::Shape), "{text}");
        }
        let many = format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 101].join(","));
        assert_eq!(KeySet::read(many.as_bytes(), &[]).err(), Some(NotAKeySet::TooMany));
    }
}
