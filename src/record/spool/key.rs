//! The key of the spool, and how a payload is sealed with it: AES-256-GCM, a random nonce before it, the tag behind it.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use sha2::{Digest, Sha256};

use super::files::{Files, SpoolError};
use crate::record::key_file;

const KEY_FILE: &str = "keys/spool.key";
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
        let is_new = !Self::is_made(data_dir);
        let bytes = key_file::read_or_make(&data_dir.join(KEY_FILE))?;
        let key = Self::of(&bytes)?;
        if is_new && Files::lie_in(data_dir) != (false, false) {
            // The old key will be put back over this one, and decisions may be sealed with this one by then.
            let id = key.id.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            key_file::keep(&data_dir.join(format!("keys/spool-{id}.key")), &bytes)?;
            tracing::error!(
                "keys/spool.key is missing and decisions lie in the spool; they are kept, and a new key was made for new ones. \
                 Put the old key back from its backup and start again once the new ones are in the database; a copy of the new \
                 key is keys/spool-{id}.key"
            );
        }
        Ok(key)
    }

    /// Is there a key under `data_dir`?
    pub(in crate::record) fn is_made(data_dir: &Path) -> bool {
        data_dir.join(KEY_FILE).exists()
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
}
