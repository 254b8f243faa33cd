//! The signature of a token, and the two claims that the library compares as well.
//!
//! Times are not left to the library: it asks the clock of the machine, and here time is an argument.

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::de::IgnoredAny;

use super::refusal::Cause;
use crate::config::TokenAlgorithm;

/// Verifies `token` with exactly one algorithm.
pub(super) fn verify(
    token: &str,
    key: &DecodingKey,
    algorithm: TokenAlgorithm,
    issuer: &str,
    audiences: &[&str],
) -> Result<(), Cause> {
    let mut validation = Validation::new(of_library(algorithm));
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(audiences);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    match jsonwebtoken::decode::<IgnoredAny>(token, key, &validation) {
        Ok(_) => Ok(()),
        Err(error) => Err(match error.kind() {
            ErrorKind::InvalidAudience => Cause::Audience,
            ErrorKind::InvalidIssuer => Cause::Issuer,
            ErrorKind::InvalidAlgorithm => Cause::Algorithm,
            ErrorKind::MissingRequiredClaim(_) => Cause::Claims,
            _ => Cause::Signature,
        }),
    }
}

const fn of_library(algorithm: TokenAlgorithm) -> Algorithm {
    match algorithm {
        TokenAlgorithm::Es256 => Algorithm::ES256,
        TokenAlgorithm::Es384 => Algorithm::ES384,
        TokenAlgorithm::Rs256 => Algorithm::RS256,
        TokenAlgorithm::Rs384 => Algorithm::RS384,
    }
}

/// A key of nobody: what is signed by a stranger is verified with it, so that the time of a refusal does not tell which
/// issuers are known.
pub(super) struct Nobody(DecodingKey);

impl Nobody {
    /// A new key pair whose private half is forgotten at once. None where the system gives no random bytes.
    pub(super) fn new() -> Option<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).ok()?;
        Some(Self(DecodingKey::from_ec_der(pair.public_key().as_ref())))
    }

    /// Does the work of a verification, in vain.
    pub(super) fn verify(&self, token: &str) {
        if let Some((message, signature)) = token.rsplit_once('.') {
            let _ = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.0, Algorithm::ES384);
        }
    }
}
