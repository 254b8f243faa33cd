//! The directory of the spool and its segments. Everything here blocks; it is called by one thread only.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::io::Errno;

use crate::journal::{Header, frame_bytes};
use crate::record::key_file::KeyFileError;

use super::leftover::Found;

/// How long a process that is just ending may still hold the spool.
const PREDECESSOR_LIMIT: Duration = Duration::from_secs(1);

/// Why there is no spool.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// A file or directory cannot be read or made.
    #[error("cannot use {path}: {cause}", path = path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Another process has it.
    #[error("the spool {0} is in use by another process; give each service a data directory of its own")]
    InUse(PathBuf),
    /// Its key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// Others could reach into it.
    #[error("{0} can be reached by others; the directory of the spool has mode 0700")]
    Exposed(PathBuf),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

impl SpoolError {
    pub(in crate::record) fn file(path: &Path) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |cause| Self::File { path: path.clone(), cause }
    }
}

/// The directory, held for as long as this lives.
pub(in crate::record) struct Files {
    directory: PathBuf,
    poison: PathBuf,
    key: [u8; 4],
    _lock: File,
}

impl Files {
    /// Takes the spool under `data_dir` for this process, and closes the segment that was being written when the last one
    /// ended.
    pub(in crate::record) fn open(data_dir: &Path, key: [u8; 4]) -> Result<(Self, Found), SpoolError> {
        let directory = data_dir.join("spool");
        let poison = data_dir.join("poison");
        for path in [&directory, &poison] {
            let failed = SpoolError::file(path);
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(&failed)?;
            if fs::symlink_metadata(path).map_err(&failed)?.mode() & 0o077 != 0 {
                return Err(SpoolError::Exposed(path.clone()));
            }
        }
        let failed = SpoolError::file(&directory);
        let lock = options().create(true).truncate(false).write(true).open(directory.join("lock")).map_err(&failed)?;
        let give_up = Instant::now() + PREDECESSOR_LIMIT;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse(directory)),
                Err(TryLockError::Error(cause)) => return Err(failed(cause)),
            }
        }
        let files = Self { directory, poison, key, _lock: lock };
        let found = files.found().map_err(failed)?;
        Ok((files, found))
    }

    /// A new segment with `reserve` bytes of space behind it, its name flushed. What could not be made whole is removed.
    pub(in crate::record) fn create(&self, number: u64, reserve: u64) -> io::Result<File> {
        let path = self.path(number);
        // one that is there already belongs to somebody and is left alone
        let file = options().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        let made = reserve_space(&file, reserve)
            .and_then(|()| file.write_all_at(&Header { key: self.key, segment: number }.to_bytes(), 0))
            .and_then(|()| file.sync_all())
            .and_then(|()| self.sync());
        if made.is_err() {
            let _ = fs::remove_file(&path);
        }
        made.map(|()| file)
    }

    pub(in crate::record) fn delete(&self, number: u64) -> io::Result<()> {
        match fs::remove_file(self.path(number)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
        self.sync()
    }

    pub(in crate::record) fn read(&self, number: u64) -> io::Result<Vec<u8>> {
        let mut file = options().read(true).open(self.path(number))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut file, &mut bytes)?;
        Ok(bytes)
    }

    /// The bytes of one frame, by its offset.
    pub(in crate::record) fn frame(&self, number: u64, at: u64) -> io::Result<Vec<u8>> {
        let file = options().read(true).open(self.path(number))?;
        let mut head = [0; 4];
        file.read_exact_at(&mut head, at)?;
        let length = frame_bytes(head).ok_or(io::ErrorKind::InvalidData)?;
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    /// Keeps a damaged segment beside the spool: the name is another one, the bytes are the same.
    pub(in crate::record) fn copy_aside(&self, number: u64) -> io::Result<()> {
        let segment = self.path(number);
        // Numbers begin again when the spool was empty; an inode is not given twice while a name of it is left.
        let inode = fs::metadata(&segment)?.ino();
        match fs::hard_link(segment, self.poison.join(format!("damaged-{number}-{inode}.segment"))) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked.and_then(|()| File::open(&self.poison)?.sync_all()),
        }
    }

    /// The directory of what can never be stored.
    pub(super) fn poison(&self) -> &Path {
        &self.poison
    }

    /// Which key this spool is written with.
    pub(super) const fn key(&self) -> [u8; 4] {
        self.key
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }

    pub(super) fn path(&self, number: u64) -> PathBuf {
        self.directory.join(format!("{number:016}.segment"))
    }
}

/// Space that is reserved now cannot be missing when a decision waits for it. Where the file system reserves none, a full disk
/// is met by the writing.
pub(super) fn reserve_space(file: &File, bytes: u64) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, bytes) {
        Err(Errno::OPNOTSUPP) => Ok(()),
        reserved => Ok(reserved?),
    }
}

/// Never through a link that somebody put there.
pub(super) fn options() -> fs::OpenOptions {
    let mut options = File::options();
    options.custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0));
    options
}
