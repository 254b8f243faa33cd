//! Patients and users in the record: keyed hashes instead of ids.
//!
//! A plain hash of a record number is guessed in seconds. HMAC with a key that the database never sees lets an auditor
//! who holds the key find a patient's decisions and tells nobody else anything. It is still personal data.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const KEY_FILE: &str = "pseudonym.key";
const KEY_BYTES: usize = 32;

/// The key, read once.
pub struct Pseudonyms {
    key: [u8; KEY_BYTES],
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
    /// The file cannot be read or made.
    #[error("cannot read or make the key file {path}")]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file does not hold a key.
    #[error("the key file {0} does not hold 32 bytes in hexadecimal")]
    Malformed(PathBuf),
    /// Others could read it.
    #[error("the key file {0} can be read by others; set its mode to 0600")]
    Exposed(PathBuf),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

impl Pseudonyms {
    /// Reads the key under `data_dir`, making it at the first start.
    ///
    /// # Errors
    /// See [`PseudonymError`]. A key that cannot be read is never replaced: all references would become useless.
    pub fn open(data_dir: &Path) -> Result<Self, PseudonymError> {
        let path = data_dir.join(KEY_FILE);
        let failed = |cause| PseudonymError::File { path: path.clone(), cause };
        if !path.exists() {
            make_key(data_dir, &path)?;
        }
        if fs::metadata(&path).map_err(failed)?.mode() & 0o077 != 0 {
            return Err(PseudonymError::Exposed(path));
        }
        let text = fs::read_to_string(&path).map_err(failed)?;
        let key = from_hex(text.trim()).ok_or(PseudonymError::Malformed(path))?;
        Ok(Self::from_key(key))
    }

    fn from_key(key: [u8; KEY_BYTES]) -> Self {
        let digest = Sha256::new().chain_update(b"herald pseudonym key").chain_update(key).finalize();
        Self { key, id: [digest[0], digest[1], digest[2], digest[3]] }
    }

    /// The references of a patient (with or without `Patient/` before the id, as some clients send it) and of a user,
    /// under the tenant's own key: the same id at two tenants gives two references.
    #[must_use]
    pub fn people(&self, tenant: &str, patient: Option<&str>, user: Option<&str>) -> People {
        let tenant_key = keyed(&self.key, &[b"tenant/", tenant.as_bytes()]);
        let patient = patient.map(|id| id.strip_prefix("Patient/").unwrap_or(id));
        People {
            key: self.id,
            patient: patient.map(|id| keyed(&tenant_key, &[b"Patient/", id.as_bytes()])),
            user: user.map(|id| keyed(&tenant_key, &[id.as_bytes()])),
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

fn keyed(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the block of its hash; a key of whole blocks is the form that cannot fail.
    let mut block = [0; 64];
    block[..KEY_BYTES].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Writes the key under a name of its own first, so that a crash never leaves half a key. Of several services that start at
/// once the first one's key stands, and the others read it: a link, unlike a renaming, never replaces a file.
fn make_key(data_dir: &Path, path: &Path) -> Result<(), PseudonymError> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|_| PseudonymError::NoRandomness)?;
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let unfinished = path.with_extension(format!("unfinished-{}", Uuid::now_v7()));
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(data_dir)?;
        let mut file = File::options().create_new(true).write(true).mode(0o600).open(&unfinished)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        let linked = fs::hard_link(&unfinished, path);
        fs::remove_file(&unfinished)?;
        match linked {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            linked => linked?,
        }
        File::open(data_dir)?.sync_all()
    };
    write().map_err(|cause| PseudonymError::File { path: path.to_owned(), cause })
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_can_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = Pseudonyms::open(directory.path()).unwrap().people("local", Some("p1"), None);
        assert_eq!(Pseudonyms::open(directory.path()).unwrap().people("local", Some("p1"), None), first);
        let file = directory.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Pseudonyms::open(directory.path()), Err(PseudonymError::Exposed(_))));
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
        assert!(matches!(Pseudonyms::open(directory.path()), Err(PseudonymError::Malformed(_))));
        assert_eq!(fs::read_to_string(&file).unwrap(), "ff");
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
