//! Who runs the server: PostgreSQL refuses root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::EmbeddedError;

/// The user whose processes and files the cluster belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Account {
    /// The user who runs Herald.
    Own { uid: u32, gid: u32 },
    /// Herald runs as root and hands the server to this user.
    Other { name: String, uid: u32, gid: u32 },
}

impl Account {
    /// Ourselves, unless we are root; then `postgres`, else `nobody`.
    pub(super) fn choose() -> Result<Self, EmbeddedError> {
        let uid = rustix::process::geteuid().as_raw();
        if uid != 0 {
            return Ok(Self::Own { uid, gid: rustix::process::getegid().as_raw() });
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"].into_iter().find_map(|name| entry(&passwd, name)).ok_or(EmbeddedError::NoAccount)
    }

    /// For messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Own { uid, .. } => format!("with id {uid}"),
            Self::Other { name, .. } => name.clone(),
        }
    }

    pub(super) const fn uid(&self) -> u32 {
        match self {
            Self::Own { uid, .. } | Self::Other { uid, .. } => *uid,
        }
    }

    const fn gid(&self) -> u32 {
        match self {
            Self::Own { gid, .. } | Self::Other { gid, .. } => *gid,
        }
    }

    /// `program` as this user, with none of our environment (PGDATA, PGPORT and the like would change what it does).
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").current_dir("/");
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes `path` belong to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        match self {
            Self::Own { .. } => Ok(()),
            Self::Other { uid, gid, .. } => {
                chown(path, Some(*uid), Some(*gid)).map_err(EmbeddedError::files("change the owner of", path))
            }
        }
    }

    /// Whether this user can pass through `directory` and all its parents.
    pub(super) fn can_search(&self, directory: &Path) -> bool {
        directory.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()).all(|ancestor| {
            fs::metadata(ancestor).is_ok_and(|found| {
                let bit = if found.uid() == self.uid() {
                    0o100
                } else if found.gid() == self.gid() {
                    0o010
                } else {
                    0o001
                };
                found.mode() & bit != 0
            })
        })
    }
}

fn entry(passwd: &str, wanted: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| *name == wanted)?;
        let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account::Other { name: name.to_owned(), uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name_and_is_never_root() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgresql:x:9:9::/:/bin/sh\npostgres:x:101:104:,,:/var:/bin/bash\n";
        assert_eq!(entry(passwd, "postgres"), Some(Account::Other { name: "postgres".into(), uid: 101, gid: 104 }));
        assert_eq!(entry(passwd, "root"), None);
        assert_eq!(entry(passwd, "nobody"), None);
    }
}
