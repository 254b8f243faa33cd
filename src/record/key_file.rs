//! A file with 32 secret bytes: read, or made at the first start. Only its owner may read it.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::seal::{from_hex, to_hex};
use crate::secret::{self, SecretFileError};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be made.
    #[error("cannot make the key file {path}: {cause}", path = path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file does not hold a key.
    #[error("{path} does not hold 32 bytes in hexadecimal", path = .0.display())]
    Malformed(PathBuf),
    /// It cannot be read, or not only by us.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

/// Reads a key file.
pub(super) fn read(path: &Path) -> Result<[u8; 32], KeyFileError> {
    let text = secret::read(path)?;
    let key = str::from_utf8(&text).ok().and_then(|text| from_hex(text.trim()));
    key.ok_or_else(|| KeyFileError::Malformed(path.to_owned()))
}

/// Reads a key file, making it where there is none. One that cannot be read is never replaced.
pub(super) fn read_or_make(path: &Path) -> Result<[u8; 32], KeyFileError> {
    if !path.exists() {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| KeyFileError::NoRandomness)?;
        make(path, &key).map_err(|cause| KeyFileError::File { path: path.to_owned(), cause })?;
    }
    read(path)
}

/// A further file for a key that is known. One that is there stays.
pub(super) fn keep(path: &Path, key: &[u8; 32]) -> Result<(), KeyFileError> {
    make(path, key).map_err(|cause| KeyFileError::File { path: path.to_owned(), cause })
}

/// Under a name of its own first, so that a crash never leaves half a key. Of several services that start at once the first
/// one's key stands: a link, unlike a renaming, never replaces a file.
fn make(path: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let unfinished = path.with_extension(format!("unfinished-{}", Uuid::now_v7()));
    let mut file = File::options().create_new(true).write(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{}", to_hex(key))?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        linked => linked?,
    }
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_a_damaged_one_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys").join("sealing.key");
        let key = read_or_make(&path).unwrap();
        assert_eq!(read_or_make(&path).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing unfinished is left");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read_or_make(&path), Err(KeyFileError::Secret(SecretFileError::Exposed { .. }))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "ff").unwrap();
        assert!(matches!(read_or_make(&path), Err(KeyFileError::Malformed(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "ff");
    }
}
