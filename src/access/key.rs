//! One key of a client's set (RFC 7517), and whether it is one that may verify a token.

use jsonwebtoken::DecodingKey;

use super::base64url;
use crate::config::TokenAlgorithm;
use crate::json::{Text, Value};

/// Shortest and longest modulus, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// A public key that may verify tokens.
pub(super) struct Key {
    pub(super) decoding: DecodingKey,
    /// The algorithms that its type and its `alg` leave: one for an elliptic curve, at most two for RSA.
    algorithms: Vec<TokenAlgorithm>,
}

impl Key {
    /// Could a token with this algorithm be signed with it?
    pub(super) fn serves(&self, algorithm: TokenAlgorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// A member of `keys` as a key. None for a kind, curve, size, use or operation that verifies no token, and for one whose
    /// private half lies open.
    pub(super) fn usable(jwk: Value<'_>) -> Option<Self> {
        let is_for_signatures = jwk.get("use").is_none_or(|usage| usage.text().as_deref() == Some("sig"));
        let may_verify = jwk.get("key_ops").is_none_or(|all| all.elements().any(|one| is(one, "verify")));
        if jwk.repeats_inside() || !is_for_signatures || !may_verify || has_private_half(jwk) {
            return None;
        }
        let (decoding, of_type) = match &*member(jwk, "kty")? {
            "EC" => elliptic(jwk)?,
            "RSA" => rsa(jwk)?,
            _ => return None,
        };
        let named = jwk.get("alg").map(Value::text);
        let algorithms: Vec<TokenAlgorithm> = match named {
            None => of_type.to_vec(),
            Some(named) => of_type.iter().copied().filter(|one| named.as_deref() == Some(one.name())).collect(),
        };
        (!algorithms.is_empty()).then_some(Self { decoding, algorithms })
    }
}

/// The private half of a key pair, which has no place in a published set.
pub(super) fn has_private_half(jwk: Value<'_>) -> bool {
    jwk.members().any(|(name, _)| matches!(name.as_str(), "d" | "p" | "q" | "dp" | "dq" | "qi" | "oth"))
}

fn elliptic(jwk: Value<'_>) -> Option<(DecodingKey, &'static [TokenAlgorithm])> {
    let (size, algorithm): (usize, &[TokenAlgorithm]) = match &*member(jwk, "crv")? {
        "P-256" => (32, &[TokenAlgorithm::Es256]),
        "P-384" => (48, &[TokenAlgorithm::Es384]),
        _ => return None,
    };
    let (x, y) = (member(jwk, "x")?, member(jwk, "y")?);
    let fits = [&x, &y].into_iter().all(|part| base64url::decode(part).is_some_and(|bytes| bytes.len() == size));
    let decoding = fits.then(|| DecodingKey::from_ec_components(&x, &y).ok()).flatten()?;
    Some((decoding, algorithm))
}

fn rsa(jwk: Value<'_>) -> Option<(DecodingKey, &'static [TokenAlgorithm])> {
    let modulus = base64url::decode(&member(jwk, "n")?)?;
    let exponent = base64url::decode(&member(jwk, "e")?)?;
    let leading = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    let is_odd = exponent.last().is_some_and(|last| last & 1 == 1);
    // 1 would make every text its own signature.
    let is_sound = is_odd && exponent.len() <= 4 && exponent != [1] && exponent.first() != Some(&0);
    if !is_sound || leading == 8 || !RSA_BITS.contains(&(8 * modulus.len()).saturating_sub(leading)) {
        return None;
    }
    let decoding = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
    Some((decoding, &[TokenAlgorithm::Rs256, TokenAlgorithm::Rs384]))
}

fn member<'d>(jwk: Value<'d>, name: &str) -> Option<Text<'d>> {
    jwk.get(name)?.text()
}

fn is(value: Value<'_>, word: &str) -> bool {
    value.text().as_deref() == Some(word)
}
