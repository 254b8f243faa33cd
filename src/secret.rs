//! Files that hold secrets: who may read them.
//!
//! The rule is that of PostgreSQL for its private key, because orchestrators mount secrets as files of root: a file of our
//! own is for us alone; a file of root may be read by its group; a file of anybody else is not trusted.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Why a secret file is not used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read.
    #[error("{path} cannot be read: {cause}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Others can read or change it.
    #[error("{path} can be read by others (mode {mode:04o}); set its mode to 0600", path = .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It belongs to somebody else.
    #[error("{path} belongs to user {owner}; it must belong to the user of the service or to root", path = .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
    },
}

/// Reads a secret that only the service can read.
///
/// # Errors
/// See [`SecretFileError`].
pub fn read(path: &Path) -> Result<Vec<u8>, SecretFileError> {
    let unreadable = |cause| SecretFileError::Unreadable { path: path.to_owned(), cause };
    // The file that is checked is the file that is read: a link could be moved in between.
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    check(path, &file.metadata().map_err(unreadable)?)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn check(path: &Path, found: &Metadata) -> Result<(), SecretFileError> {
    private(found.mode(), found.uid(), rustix::process::geteuid().as_raw()).map_err(|wrong| match wrong {
        Wrong::Exposed => SecretFileError::Exposed { path: path.to_owned(), mode: found.mode() & 0o777 },
        Wrong::Foreign => SecretFileError::Foreign { path: path.to_owned(), owner: found.uid() },
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    Exposed,
    Foreign,
}

fn private(mode: u32, owner: u32, us: u32) -> Result<(), Wrong> {
    let forbidden = match owner {
        // Root may look at the files of every service.
        _ if owner == us || us == 0 => 0o077,
        0 => 0o027,
        _ => return Err(Wrong::Foreign),
    };
    if mode & forbidden == 0 { Ok(()) } else { Err(Wrong::Exposed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_our_own_is_for_us_alone_and_one_of_root_may_be_read_by_its_group() {
        assert_eq!(private(0o100_600, 7, 7), Ok(()));
        assert_eq!(private(0o100_400, 0, 0), Ok(()));
        assert_eq!(private(0o100_440, 0, 7), Ok(()));
        for (mode, owner, us) in [(0o640, 7, 7), (0o604, 7, 7), (0o440, 0, 0), (0o444, 0, 7), (0o460, 0, 7)] {
            assert_eq!(private(mode, owner, us), Err(Wrong::Exposed), "{mode:o} {owner} {us}");
        }
        assert_eq!(private(0o600, 8, 7), Err(Wrong::Foreign));
        assert_eq!(private(0o600, 8, 0), Ok(()));
    }
}
