//! Certificates and key sets of a test: a root of its own, and what it signs.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384,
    date_time_ymd,
};

use crate::site::write_secret;

/// A root that the test trusts.
pub struct Root(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in files.
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Root {
    pub fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Signs a certificate for `name` that ends in `year`, and writes it under `directory`.
    pub fn pair(&self, directory: &Path, name: &str, year: i32) -> Pair {
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        let pair = Pair {
            certificate: directory.join(format!("{name}-{year}.pem")),
            key: directory.join(format!("{name}-{year}.key")),
        };
        std::fs::write(&pair.certificate, certificate.pem()).unwrap();
        write_secret(&pair.key, &key.serialize_pem());
        pair
    }
}

/// The key set of an EHR: one public key for ES384.
pub fn key_set() -> String {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let point = &key.public_key_raw()[1..];
    let (x, y) = (base64url(&point[..48]), base64url(&point[48..]));
    format!(r#"{{"keys":[{{"kty":"EC","crv":"P-384","use":"sig","alg":"ES384","kid":"k1","x":"{x}","y":"{y}"}}]}}"#)
}

/// 48 bytes are whole groups of three: no padding.
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let group = |three: &[u8]| {
        let bits = three.iter().fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift) & 63]))
    };
    bytes.chunks(3).flat_map(group).collect()
}
