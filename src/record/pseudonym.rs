//! Patients and users in the record: keyed hashes instead of ids.
//!
//! A plain hash of a record number is guessed in seconds. HMAC with a key that the database never sees lets an auditor
//! who holds the key find a patient's decisions and tells nobody else anything. It is still personal data.

use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::key_file::{self, KeyFileError};

const KEY_FILE: &str = "pseudonym.key";
const KEY_BYTES: usize = 32;

/// The key, read once.
pub struct Pseudonyms {
    mac: Hmac<Sha256>,
    id: [u8; 4],
}

/// Patient and user of one request.
#[derive(Clone, PartialEq, Eq)]
pub struct People {
    /// Which key made the hashes: the start of its own hash.
    pub key: [u8; 4],
    /// HMAC-SHA-256 of `Patient/` and the id.
    pub patient: Option<[u8; 32]>,
    /// HMAC-SHA-256 of `context.userId`.
    pub user: Option<[u8; 32]>,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum PseudonymError {
    /// The file cannot be made or read, or holds no key.
    #[error("the key of the pseudonyms: {0}")]
    File(#[from] KeyFileError),
    /// The key was not drawn at random.
    #[error(
        "the key of the pseudonyms: {path} holds an example or a pattern; make one with: openssl rand -hex 32", path = .0.display()
    )]
    Guessable(PathBuf),
}

impl Pseudonyms {
    /// Reads the key under `data_dir`, making it at the first start.
    ///
    /// # Errors
    /// See [`PseudonymError`]. A key that cannot be read is never replaced: all references would become useless.
    pub fn open(data_dir: &Path) -> Result<Self, PseudonymError> {
        Ok(Self::from_key(key_file::read_or_make(&data_dir.join(KEY_FILE))?))
    }

    /// Is there a key under `data_dir`?
    #[must_use]
    pub fn is_made(data_dir: &Path) -> bool {
        data_dir.join(KEY_FILE).exists()
    }

    /// Reads the key of a site, which all its services share: with keys of their own each would give the same patient
    /// another reference.
    ///
    /// # Errors
    /// See [`PseudonymError`]. Nothing is made here.
    pub fn from_file(path: &Path) -> Result<Self, PseudonymError> {
        let key = key_file::read(path)?;
        if is_guessable(&key) { Err(PseudonymError::Guessable(path.to_owned())) } else { Ok(Self::from_key(key)) }
    }

    fn from_key(key: [u8; KEY_BYTES]) -> Self {
        let digest = Sha256::new().chain_update(b"herald pseudonym key").chain_update(key).finalize();
        Self { mac: mac_of(&key), id: [digest[0], digest[1], digest[2], digest[3]] }
    }

    /// The references of a patient (with or without `Patient/` before the id, as some clients send it) and of a user,
    /// under the tenant's own key: the same id at two tenants gives two references.
    #[must_use]
    pub fn people(&self, tenant: &str, patient: Option<&str>, user: Option<&str>) -> People {
        let of_tenant = mac_of(&keyed(&self.mac, &[b"tenant/", tenant.as_bytes()]));
        let patient = patient.map(|id| id.strip_prefix("Patient/").unwrap_or(id));
        People {
            key: self.id,
            patient: patient.map(|id| keyed(&of_tenant, &[b"Patient/", id.as_bytes()])),
            user: user.map(|id| keyed(&of_tenant, &[id.as_bytes()])),
        }
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms([secret])")
    }
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("People([phi])")
    }
}

/// Keyed, and not told anything yet: made once for all that are told under the same key.
fn mac_of(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros to the block of its hash; a key of whole blocks is the form that cannot fail.
    let mut block = [0; 64];
    block[..KEY_BYTES].copy_from_slice(key);
    Hmac::new((&block).into())
}

fn keyed(mac: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = mac.clone();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Keys that people write: one byte again and again, counting, words. A random key looks like one of them less than once
/// in 10^13 times.
fn is_guessable(key: &[u8; KEY_BYTES]) -> bool {
    let distinct = key.iter().collect::<std::collections::BTreeSet<_>>().len();
    let step = key[1].wrapping_sub(key[0]);
    let counts = key.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    distinct < KEY_BYTES / 2 || counts || key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;
    use crate::secret::SecretFileError;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_can_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = Pseudonyms::open(directory.path()).unwrap().people("local", Some("p1"), None);
        assert_eq!(Pseudonyms::open(directory.path()).unwrap().people("local", Some("p1"), None), first);
        let file = directory.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let refusal = Pseudonyms::open(directory.path()).unwrap_err();
        assert!(
            matches!(refusal, PseudonymError::File(KeyFileError::Secret(SecretFileError::Exposed { .. }))),
            "{refusal}"
        );
    }

    #[test]
    fn services_that_start_at_once_on_one_directory_have_one_key() {
        for _ in 0..20 {
            let directory = tempfile::tempdir().unwrap();
            let of_one = || Pseudonyms::open(directory.path()).unwrap().people("local", Some("p1"), None);
            let all: Vec<People> = std::thread::scope(|scope| {
                let started: Vec<_> = (0..8).map(|_| scope.spawn(of_one)).collect();
                started.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert!(all.iter().all(|one| *one == all[0]));
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing unfinished is left");
        }
    }

    #[test]
    fn a_damaged_key_is_reported_and_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(KEY_FILE);
        fs::write(&file, "ff").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(Pseudonyms::open(directory.path()), Err(PseudonymError::File(KeyFileError::Malformed(_)))));
        assert_eq!(fs::read_to_string(&file).unwrap(), "ff");
    }

    #[test]
    fn a_key_that_somebody_made_up_is_refused() {
        let counting: [u8; KEY_BYTES] = std::array::from_fn(|at| at as u8);
        let words = *b"change-me-change-me-change-me-32";
        let alternating: [u8; KEY_BYTES] = std::array::from_fn(|at| if at % 2 == 0 { 0xde } else { 0xad });
        for key in [[0; KEY_BYTES], [0xab; KEY_BYTES], counting, words, alternating] {
            assert!(is_guessable(&key), "{key:?}");
        }
        for _ in 0..1_000 {
            let mut key = [0; KEY_BYTES];
            getrandom::fill(&mut key).unwrap();
            assert!(!is_guessable(&key), "{key:?}");
        }
    }

    #[test]
    fn services_with_the_key_of_their_site_give_a_patient_one_reference() {
        let directory = tempfile::tempdir().unwrap();
        let shared = directory.path().join("shared.key");
        fs::write(&shared, "5f0e1d2c3b4a59687786950a1b2c3d4e5f60718293a4b5c6d7e8f90011223344\n").unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o600)).unwrap();
        let of_one = || Pseudonyms::from_file(&shared).unwrap().people("north", Some("p1"), None);
        assert_eq!(of_one(), of_one());
        assert!(Pseudonyms::from_file(&directory.path().join("none")).is_err(), "nothing is made");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_patient_has_one_reference_however_the_client_writes_the_id() {
        let pseudonyms = Pseudonyms::from_key([1; 32]);
        let bare = pseudonyms.people("north", Some("123"), Some("Practitioner/7"));
        assert_eq!(pseudonyms.people("north", Some("Patient/123"), Some("Practitioner/7")), bare);
        assert_ne!(pseudonyms.people("south", Some("123"), None).patient, bare.patient);
        assert_ne!(bare.patient, bare.user);
        assert_eq!(format!("{bare:?} {pseudonyms:?}"), "People([phi]) Pseudonyms([secret])");
    }
}
