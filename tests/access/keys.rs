//! Keys of clients, and tokens signed with them, written member by member so that any of them can be wrong.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

pub const BASE: &str = "https://cds.example.org";
pub const MAIN: &str = "https://ehr.example.org/fhir";
pub const OTHER: &str = "https://other.example.org";
pub const JKU: &str = "https://ehr.example.org/jwks.json";

/// A key pair of a client.
pub struct Key {
    pub kid: &'static str,
    pub alg: &'static str,
    pair: Pair,
}

enum Pair {
    Elliptic { fixed: EcdsaKeyPair, asn1: EcdsaKeyPair },
    Rsa(RsaKeyPair),
}

/// The keys of all tests of this binary: making RSA keys takes a while.
pub static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys {
    es384: elliptic("es384", "ES384"),
    es256: elliptic("es256", "ES256"),
    rs384: rsa("rs384", "RS384"),
    rs256: rsa("rs256", "RS256"),
    mixed: elliptic("mixed", "ES384"),
    twin: elliptic("twin", "ES384"),
    revoked: elliptic("revoked", "ES384"),
    encrypting: elliptic("encrypting", "ES384"),
    signing_only: elliptic("signing-only", "ES384"),
    other_algorithm: elliptic("other-algorithm", "ES384"),
    of_other: elliptic("es384", "ES384"),
    stranger: elliptic("es384", "ES384"),
});

pub struct Keys {
    pub es384: Key,
    pub es256: Key,
    pub rs384: Key,
    pub rs256: Key,
    /// Its id is that of a symmetric key too, which stands first in the set.
    pub mixed: Key,
    /// Its id is that of two keys.
    pub twin: Key,
    pub revoked: Key,
    pub encrypting: Key,
    pub signing_only: Key,
    pub other_algorithm: Key,
    /// Of the other client, with the id of a key of the main one.
    pub of_other: Key,
    /// In no set.
    pub stranger: Key,
}

pub fn elliptic(kid: &'static str, alg: &'static str) -> Key {
    let (fixed, asn1): (&EcdsaSigningAlgorithm, &EcdsaSigningAlgorithm) = match alg {
        "ES256" => (&ECDSA_P256_SHA256_FIXED_SIGNING, &ECDSA_P256_SHA256_ASN1_SIGNING),
        _ => (&ECDSA_P384_SHA384_FIXED_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING),
    };
    let secret = EcdsaKeyPair::generate_pkcs8(fixed, &SystemRandom::new()).unwrap();
    let pair = |of| EcdsaKeyPair::from_pkcs8(of, secret.as_ref()).unwrap();
    Key { kid, alg, pair: Pair::Elliptic { fixed: pair(fixed), asn1: pair(asn1) } }
}

fn rsa(kid: &'static str, alg: &'static str) -> Key {
    Key { kid, alg, pair: Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()) }
}

impl Key {
    /// The public half as a member of a key set.
    pub fn public(&self) -> Value {
        match &self.pair {
            Pair::Elliptic { fixed, .. } => {
                let point = &fixed.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if self.alg == "ES256" { "P-256" } else { "P-384" };
                json!({"kty": "EC", "crv": curve, "kid": self.kid, "x": base64url(x), "y": base64url(y)})
            }
            Pair::Rsa(pair) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "kid": self.kid, "n": base64url(&parts.n), "e": base64url(&parts.e)})
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Elliptic { fixed, .. } => fixed.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding =
                    if self.alg == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PKCS1_SHA384 };
                sign_rsa(pair, padding, message)
            }
        }
    }

    /// A signature in the form of X.509, or with a padding that was not asked for.
    pub fn sign_in_another_form(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Elliptic { asn1, .. } => asn1.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => sign_rsa(pair, &RSA_PSS_SHA256, message),
        }
    }

    /// The header that belongs to it.
    pub fn header(&self) -> Value {
        json!({"alg": self.alg, "kid": self.kid, "typ": "JWT"})
    }

    /// A token of these very texts, signed with it.
    pub fn token_of(&self, header: &str, claims: &str) -> String {
        signed(header, claims, |message| self.sign(message))
    }

    /// A token with its own header.
    pub fn token(&self, claims: &Value) -> String {
        self.token_of(&self.header().to_string(), &claims.to_string())
    }
}

fn sign_rsa(pair: &RsaKeyPair, padding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

/// A token of these texts with a signature of any kind.
pub fn signed(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", base64url(&signature))
}

pub fn hs256(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// Claims of a fresh token for this path below the public address.
pub fn claims(issuer: &str, path: &str) -> Value {
    let now = now();
    json!({"iss": issuer, "aud": format!("{BASE}{path}"), "iat": now, "exp": now + 240, "jti": new_id()})
}

/// A `jti`, never the same.
pub fn new_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The `Authorization` of a fresh token of the main client for this path.
pub fn bearer(path: &str) -> String {
    format!("Bearer {}", KEYS.es384.token(&claims(MAIN, path)))
}

/// The same of the other client.
pub fn bearer_of_other(path: &str) -> String {
    format!("Bearer {}", KEYS.of_other.token(&claims(OTHER, path)))
}

pub fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(LETTERS[(bits >> (18 - 6 * place)) as usize & 63].into());
        }
    }
    text
}
