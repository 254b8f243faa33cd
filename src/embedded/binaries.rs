//! The PostgreSQL server programs of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;

/// A new cluster is made by this major version or a later one; `scripts/setup.sh` asks for the same.
const OLDEST: u32 = 15;

/// A directory with `postgres` and `initdb`, and the major version of that server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    directory: PathBuf,
    pub(super) major: String,
}

impl Binaries {
    /// The binaries to use. Where a cluster exists, those of its version come first.
    pub(super) fn find(cluster_version: Option<&str>) -> Result<Self, EmbeddedError> {
        if let Some(named) = std::env::var_os("HERALD_PG_BIN").filter(|named| !named.is_empty()) {
            let named = PathBuf::from(named);
            return Self::at(&named).ok_or(EmbeddedError::NotABinDirectory(named));
        }
        let mut newest_found = None;
        for directory in candidates(cluster_version) {
            let Some(found) = Self::at(&directory) else { continue };
            if cluster_version.is_none() && !is_recent(&found.major) {
                continue;
            }
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

fn is_recent(major: &str) -> bool {
    major.parse().is_ok_and(|major: u32| major >= OLDEST)
}

/// Where servers are usually installed, most specific first; lazily, since asking `pg_config` starts a process.
fn candidates(cluster_version: Option<&str>) -> impl Iterator<Item = PathBuf> {
    let of_the_cluster = cluster_version.map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    of_the_cluster
        .into_iter()
        .chain(std::iter::once_with(pg_config).flatten())
        .chain(VERSIONED.iter().flat_map(newest_first))
        .chain(on_path)
}

/// A folder with one server for each major version.
struct Versioned<'a> {
    folder: &'a str,
    /// Before the number in a name.
    before: &'a str,
}

const VERSIONED: [Versioned<'static>; 5] = [
    Versioned { folder: "/usr/lib/postgresql", before: "" },
    Versioned { folder: "/usr", before: "pgsql-" },
    Versioned { folder: "/opt/homebrew/opt", before: "postgresql@" },
    Versioned { folder: "/usr/local/opt", before: "postgresql@" },
    Versioned { folder: "/Applications/Postgres.app/Contents/Versions", before: "" },
];

/// Whatever is installed, so that a version later than this program is found as well.
fn newest_first(place: &Versioned<'_>) -> Vec<PathBuf> {
    let names = std::fs::read_dir(place.folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let number = |name: std::ffi::OsString| name.to_str()?.strip_prefix(place.before)?.parse::<u32>().ok();
    let mut versions: Vec<u32> = names.filter_map(number).filter(|version| *version >= OLDEST).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let directory = |version| Path::new(place.folder).join(format!("{}{version}", place.before)).join("bin");
    versions.into_iter().map(directory).collect()
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(std::str::from_utf8(&output.stdout).ok()?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_version_than_any_of_today_is_found_first_and_an_old_one_never() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["postgresql@9", "postgresql@14", "postgresql@17", "postgresql@31", "postgresql@x", "openssl@3"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let place = Versioned { folder: folder.path().to_str().unwrap(), before: "postgresql@" };
        let expected = ["postgresql@31/bin", "postgresql@17/bin"].map(|name| folder.path().join(name));
        assert_eq!(newest_first(&place), expected);
        assert!(newest_first(&Versioned { folder: "/nonexistent", before: "" }).is_empty());
        assert!(is_recent("15") && is_recent("31") && !is_recent("14"));
    }

    #[test]
    fn the_major_version_is_read_from_packaged_and_plain_servers() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n").as_deref(), Some("15"));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n").as_deref(), Some("18"));
        assert_eq!(major_version("something else"), None);
    }
}
