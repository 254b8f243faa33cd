//! Where the cluster and its socket lie.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::EmbeddedError;
use super::account::Account;

/// Longest path of a socket that PostgreSQL accepts.
const LONGEST_SOCKET: usize = 107;
/// What PostgreSQL puts behind the directory.
pub(super) const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// The directories of one private cluster.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The cluster itself.
    pub(super) cluster: PathBuf,
    /// What the server writes to its standard error.
    pub(super) log: PathBuf,
    home: PathBuf,
    digest: String,
}

impl Place {
    /// Under `data_dir` where `account` can reach it, else under `/var/lib/herald`. What exists is kept.
    pub(super) fn choose(data_dir: &Path, account: &Account) -> Result<Self, EmbeddedError> {
        let digest = digest_of(data_dir);
        let inside = Self::at(data_dir.to_owned(), &digest);
        let outside = Self::at(Path::new("/var/lib/herald").join(&digest), &digest);
        let reachable = account.can_search(data_dir);
        if inside.version().is_some() {
            return if reachable {
                Ok(inside)
            } else {
                Err(EmbeddedError::Unreachable { directory: inside.cluster, account: account.name() })
            };
        }
        if reachable && outside.version().is_none() {
            return Ok(inside);
        }
        make_directory(&outside.home, 0o711)?;
        tracing::warn!(
            directory = %outside.cluster.display(), user = %account.name(),
            "the data directory cannot be reached by the user of PostgreSQL; the cluster lies elsewhere"
        );
        Ok(outside)
    }

    /// Whether a cluster was made for `data_dir`, wherever it lies.
    pub(super) fn is_made(data_dir: &Path) -> bool {
        let digest = digest_of(data_dir);
        let outside = Self::at(Path::new("/var/lib/herald").join(&digest), &digest);
        Self::at(data_dir.to_owned(), &digest).version().or_else(|| outside.version()).is_some()
    }

    fn at(home: PathBuf, digest: &str) -> Self {
        Self { cluster: home.join("pg"), log: home.join("postgres.log"), home, digest: digest.to_owned() }
    }

    /// Major version of the server that made the cluster; None where there is no cluster yet.
    pub(super) fn version(&self) -> Option<String> {
        fs::read_to_string(self.cluster.join("PG_VERSION")).ok().map(|text| text.trim().to_owned())
    }

    /// A directory of mode 0700 for the socket: beside the cluster where the path is short enough, else a runtime
    /// directory.
    pub(super) fn socket_directory(&self, account: &Account) -> Result<PathBuf, EmbeddedError> {
        let beside = self.home.join("run");
        if beside.as_os_str().len() + 1 + SOCKET_NAME.len() <= LONGEST_SOCKET {
            make_private(&beside, account)?;
            return Ok(beside);
        }
        let name = format!("herald-{}", self.digest);
        let runtime = match account {
            Account::Own { .. } => std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from),
            Account::Other { .. } => Some(PathBuf::from("/run")),
        };
        let short = |path: &PathBuf| path.as_os_str().len() + 1 + SOCKET_NAME.len() <= LONGEST_SOCKET;
        runtime
            .into_iter()
            .chain([PathBuf::from("/tmp")])
            .map(|parent| parent.join(&name))
            .filter(short)
            .find(|directory| make_private(directory, account).is_ok())
            .ok_or(EmbeddedError::NoSocketDirectory(beside))
    }
}

fn digest_of(data_dir: &Path) -> String {
    Sha256::digest(data_dir.as_os_str().as_encoded_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// Makes `path` and its parents with `mode`; what exists stays as it is.
pub(super) fn make_directory(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    fs::DirBuilder::new().recursive(true).mode(mode).create(path).map_err(EmbeddedError::files("make", path))
}

/// Makes `path` a directory of mode 0700 that belongs to `account`. One that is there already must be just that: in a
/// directory where all may write it could belong to somebody else.
pub(super) fn make_private(path: &Path, account: &Account) -> Result<(), EmbeddedError> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.own(path),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path).map_err(EmbeddedError::files("look at", path))?;
            if found.uid() != account.uid() {
                let (directory, owner) = (path.to_owned(), found.uid());
                return Err(EmbeddedError::OfAnother { directory, owner, account: account.name() });
            }
            if found.is_dir() && found.mode() & 0o077 == 0 {
                Ok(())
            } else {
                Err(EmbeddedError::NotPrivate(path.to_owned()))
            }
        }
        Err(cause) => Err(EmbeddedError::files("make", path)(cause)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_directory_of_another_user_is_called_that() {
        let place = tempfile::tempdir().unwrap();
        let ours = fs::metadata(place.path()).unwrap().uid();
        let another = Account::Own { uid: ours + 1, gid: 1 };
        let said = make_private(place.path(), &another).unwrap_err().to_string();
        assert!(said.contains(&format!("belongs to another user (id {ours})")), "{said}");
        let us = Account::Own { uid: ours, gid: 1 };
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).unwrap();
        make_private(place.path(), &us).unwrap();
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let said = make_private(place.path(), &us).unwrap_err().to_string();
        assert!(said.contains("mode 0700") && !said.contains("107 bytes"), "{said}");
    }
}
