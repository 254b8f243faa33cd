//! The key of the spool, and how a payload is sealed with it: AES-256-GCM, a random nonce before it, the tag behind it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::files::SpoolError;

const KEY_FILE: &str = "spool.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Bytes that sealing adds.
pub(in crate::record) const SEALED_OVERHEAD: usize = NONCE_BYTES + TAG_BYTES;

/// The key, read once.
pub(in crate::record) struct SpoolKey {
    key: RandomizedNonceKey,
    /// The start of a hash of it.
    pub(in crate::record) id: [u8; 4],
}

impl SpoolKey {
    /// Reads the key under `data_dir/keys`, making it at the first start. A key that cannot be read is never replaced: what
    /// lies in the spool would be lost.
    pub(in crate::record) fn open(data_dir: &Path) -> Result<Self, SpoolError> {
        let directory = data_dir.join("keys");
        let path = directory.join(KEY_FILE);
        let failed = SpoolError::file(&path);
        if !path.exists() {
            make(&directory, &path).map_err(&failed)?;
        }
        let mut file = File::open(&path).map_err(&failed)?;
        if file.metadata().map_err(&failed)?.mode() & 0o077 != 0 {
            return Err(SpoolError::Exposed(path));
        }
        let mut key = Vec::new();
        file.read_to_end(&mut key).map_err(&failed)?;
        let key: [u8; KEY_BYTES] = key.try_into().map_err(|_| SpoolError::Malformed(path))?;
        Self::of(&key)
    }

    pub(in crate::record) fn of(key: &[u8; KEY_BYTES]) -> Result<Self, SpoolError> {
        let digest = Sha256::new().chain_update(b"herald spool key").chain_update(key).finalize();
        let id = [digest[0], digest[1], digest[2], digest[3]];
        Ok(Self { key: RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SpoolError::NoRandomness)?, id })
    }

    /// The sealed form of `plain`, bound to `tag`. None where the system gives no random bytes.
    pub(in crate::record) fn seal(&self, tag: &[u8], plain: Vec<u8>) -> Option<Vec<u8>> {
        let mut sealed = plain;
        let nonce = self.key.seal_in_place_append_tag(Aad::from(tag), &mut sealed).ok()?;
        Some([&nonce.as_ref()[..], &sealed].concat())
    }

    /// What was sealed. None where it was changed, bound to something else, or sealed with another key.
    pub(in crate::record) fn open_sealed(&self, tag: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let mut plain = sealed.to_vec();
        let length = self.key.open_in_place(Nonce::from(nonce), Aad::from(tag), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

impl std::fmt::Debug for SpoolKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpoolKey([secret])")
    }
}

/// Written under a name of its own first, so that a crash never leaves half a key; a link, unlike a renaming, never replaces
/// the key of a service that started at the same time.
fn make(directory: &Path, path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|_| io::ErrorKind::Other)?;
    let unfinished = directory.join(format!("unfinished-{}", Uuid::now_v7()));
    let mut file = File::options().create_new(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(&key)?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        linked => linked?,
    }
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_in_its_place_and_unchanged() {
        let key = SpoolKey::of(&[1; 32]).unwrap();
        let sealed = key.seal(b"place", b"health data".to_vec()).unwrap();
        assert_eq!(sealed.len(), b"health data".len() + SEALED_OVERHEAD);
        assert_eq!(key.open_sealed(b"place", &sealed).as_deref(), Some(&b"health data"[..]));
        assert_ne!(key.seal(b"place", b"health data".to_vec()), Some(sealed.clone()), "a new nonce each time");
        assert_eq!(key.open_sealed(b"other", &sealed), None);
        assert_eq!(SpoolKey::of(&[2; 32]).unwrap().open_sealed(b"place", &sealed), None);
        for bit in 0..8 * sealed.len() {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open_sealed(b"place", &changed), None, "bit {bit}");
        }
        assert!((0..sealed.len()).all(|length| key.open_sealed(b"place", &sealed[..length]).is_none()));
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_alone_and_a_damaged_one_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let id = SpoolKey::open(directory.path()).unwrap().id;
        assert_eq!(SpoolKey::open(directory.path()).unwrap().id, id);
        let file = directory.path().join("keys").join(KEY_FILE);
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        fs::write(&file, b"short").unwrap();
        assert!(matches!(SpoolKey::open(directory.path()), Err(SpoolError::Malformed(_))));
        assert_eq!(fs::read(&file).unwrap(), b"short");
    }
}
