//! The last good key set of a client on disk, so that a restart needs no network.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of one client. Its time is that of the fetch.
pub(super) struct Kept(PathBuf);

impl Kept {
    /// Under the data directory, by the client's name.
    pub(super) fn of(data_dir: &Path, client: &str) -> Self {
        Self(data_dir.join("key-sets").join(format!("{client}.json")))
    }

    /// The set and its age. A file from the future is not believed.
    pub(super) fn read(&self) -> Option<(Vec<u8>, Duration)> {
        let age = fs::metadata(&self.0).ok()?.modified().ok()?.elapsed().ok()?;
        Some((fs::read(&self.0).ok()?, age))
    }

    /// Replaces it whole.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let unfinished = self.0.with_extension(format!("{}.new", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(unfinished, &self.0)
    }
}
