//! The PostgreSQL server programs of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;

const OLDEST: u32 = 15;
const NEWEST: u32 = 18;

/// A directory with `postgres` and `initdb`, and the major version of that server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    directory: PathBuf,
    pub(super) major: String,
}

impl Binaries {
    /// The binaries to use. Where a cluster exists, those of its version come first.
    pub(super) fn find(cluster_version: Option<&str>) -> Result<Self, EmbeddedError> {
        if let Some(named) = std::env::var_os("HERALD_PG_BIN") {
            let named = PathBuf::from(named);
            return Self::at(&named).ok_or(EmbeddedError::NotABinDirectory(named));
        }
        let mut newest_found = None;
        for directory in candidates(cluster_version) {
            let Some(found) = Self::at(&directory) else { continue };
            if cluster_version.is_none_or(|version| version == found.major) {
                return Ok(found);
            }
            newest_found.get_or_insert(found);
        }
        // A server of another version is returned all the same: the caller's message names both versions.
        newest_found.ok_or(EmbeddedError::NoBinaries)
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    fn at(directory: &Path) -> Option<Self> {
        if !directory.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(std::str::from_utf8(&output.stdout).ok()?)?;
        Some(Self { directory: directory.to_owned(), major })
    }
}

/// Major version of the server that a new cluster would be made with.
///
/// # Errors
/// [`EmbeddedError`] where no server is found; it says what to install.
pub fn server_version() -> Result<String, EmbeddedError> {
    Binaries::find(None).map(|found| found.major)
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` has major version 15.
fn major_version(text: &str) -> Option<String> {
    let number = text.split(") ").nth(1)?;
    let major: String = number.chars().take_while(char::is_ascii_digit).collect();
    (!major.is_empty()).then_some(major)
}

/// Where servers are usually installed, most specific first; lazily, since asking `pg_config` starts a process.
fn candidates(cluster_version: Option<&str>) -> impl Iterator<Item = PathBuf> {
    let of_the_cluster = cluster_version.map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let versions = || (OLDEST..=NEWEST).rev();
    let homebrew = versions().flat_map(|version| {
        ["/opt/homebrew/opt", "/usr/local/opt"]
            .map(|prefix| PathBuf::from(format!("{prefix}/postgresql@{version}/bin")))
    });
    let app =
        versions().map(|version| PathBuf::from(format!("/Applications/Postgres.app/Contents/Versions/{version}/bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    of_the_cluster
        .into_iter()
        .chain(std::iter::once_with(pg_config).flatten())
        .chain(versions().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))))
        .chain(versions().map(|version| PathBuf::from(format!("/usr/pgsql-{version}/bin"))))
        .chain(homebrew)
        .chain(app)
        .chain(on_path)
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(std::str::from_utf8(&output.stdout).ok()?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_packaged_and_plain_servers() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n").as_deref(), Some("15"));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n").as_deref(), Some("18"));
        assert_eq!(major_version("something else"), None);
    }
}
