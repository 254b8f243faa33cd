//! The data directory: keys, spool and database lie in it, so nobody else may write there.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::config::Mode;

/// Why the data directory is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlaceError {
    /// It is not there and cannot be made, or nothing can be written into it.
    #[error("data_dir: {path} is not writable by the service: {cause}", path = path.display())]
    NotWritable {
        /// The directory.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Others could put files there, or take them away.
    #[error("data_dir: {path} is writable by others (mode {mode:04o}); set its mode to 0750 or less", path = .path.display())]
    Shared {
        /// The directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// Makes the directory where it is missing, and makes sure that the service can write there and nobody else can. In the
/// loopback mode its group may, which is how some systems make every directory.
pub(super) fn prepare(directory: &Path, mode: Mode) -> Result<(), PlaceError> {
    let failed = |cause| PlaceError::NotWritable { path: directory.to_owned(), cause };
    if !directory.is_dir() {
        // The user of PostgreSQL must be able to pass through.
        DirBuilder::new().recursive(true).mode(0o755).create(directory).map_err(failed)?;
    }
    look(directory, mode)?;
    let probe = directory.join(format!(".herald-writes-{}", std::process::id()));
    File::create(&probe).and_then(|_| fs::remove_file(&probe)).map_err(failed)
}

/// Can anybody else write into the directory? Nothing is made or written.
pub(super) fn look(directory: &Path, mode: Mode) -> Result<(), PlaceError> {
    let found = fs::metadata(directory);
    let found = found.map_err(|cause| PlaceError::NotWritable { path: directory.to_owned(), cause })?;
    let others = match mode {
        Mode::Loopback => 0o002,
        Mode::Clients => 0o022,
    };
    if found.mode() & others != 0 {
        return Err(PlaceError::Shared { path: directory.to_owned(), mode: found.mode() & 0o777 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_directory_that_others_can_write_to_is_refused_and_a_new_one_is_made_for_us() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("a/b");
        prepare(&directory, Mode::Clients).unwrap();
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0, "nothing is left of the trial");
        for (bits, loopback, clients) in [(0o700, true, true), (0o775, true, false), (0o757, false, false)] {
            fs::set_permissions(&directory, fs::Permissions::from_mode(bits)).unwrap();
            assert_eq!(prepare(&directory, Mode::Loopback).is_ok(), loopback, "{bits:o}");
            assert_eq!(prepare(&directory, Mode::Clients).is_ok(), clients, "{bits:o}");
        }
    }

    #[test]
    fn a_place_where_no_directory_can_be_made_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(matches!(prepare(&file, Mode::Loopback), Err(PlaceError::NotWritable { .. })));
        assert!(matches!(prepare(&file.join("data"), Mode::Loopback), Err(PlaceError::NotWritable { .. })));
    }
}
