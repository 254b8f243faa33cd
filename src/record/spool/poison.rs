//! Quarantine: rows that the database refuses for their content, sealed as they were in the spool, one file each. The name
//! tells why, the file tells nothing without the key. Once the reason is gone they are let out, back into the spool.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::journal::{HEADER_BYTES, Header, Segment, first_frame, frame, frame_tag};

use super::chunk::{Chunk, Spooled};
use super::files::{Files, options};
use super::key::SpoolKey;
use super::leftover::Found;

/// What came of letting rows out of quarantine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Released {
    /// Rows that lie in the spool now.
    pub rows: usize,
    /// Rows that stay, since the spool is full.
    pub left: usize,
    /// Files that stay: they cannot be read, are damaged, or sealed with another key.
    pub unreadable: usize,
}

impl Files {
    /// Puts a row into quarantine and returns once it is flushed. `class`: letters and digits, for instance a SQLSTATE.
    pub(super) fn quarantine(&self, key: &SpoolKey, class: &str, plain: Vec<u8>) -> io::Result<()> {
        let class: String = class.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        let name = format!("{}-{class}", Uuid::now_v7());
        let bytes = self.sealed(key, 0, [plain])?;
        let unfinished = self.poison().join(format!("{name}.unfinished"));
        let mut file = options().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.poison().join(format!("{name}.poison")))?;
        File::open(self.poison())?.sync_all()
    }

    /// Lets rows out of quarantine, in the order in which they came there, until the spool holds `room` bytes more: into
    /// segments of about `most` bytes behind those that were found. A file is deleted after the row is flushed in the spool;
    /// after a crash between the two the row lies in both, and is stored once.
    pub(in crate::record) fn release(
        &self,
        key: &SpoolKey,
        found: &mut Found,
        most: u64,
        mut room: u64,
    ) -> io::Result<Released> {
        let mut released = Released::default();
        let (mut names, mut rows, mut bytes) = (Vec::new(), Vec::new(), 0);
        for name in self.quarantined()? {
            let sealed = read(&name).unwrap_or_default();
            let row = sealed.get(HEADER_BYTES as usize..).and_then(|frame| Chunk::one(0, frame, key));
            let Some(Spooled(plain)) = row else {
                released.unreadable += 1;
                continue;
            };
            let Some(still) = room.checked_sub(sealed.len() as u64) else {
                released.left += 1;
                continue;
            };
            room = still;
            bytes += sealed.len() as u64;
            names.push(name);
            rows.push(plain);
            if bytes >= most {
                released.rows += self.back_into_spool(key, found, &mut names, &mut rows)?;
                bytes = 0;
            }
        }
        released.rows += self.back_into_spool(key, found, &mut names, &mut rows)?;
        Ok(released)
    }

    /// One segment of these rows, flushed; then their files are deleted.
    fn back_into_spool(
        &self,
        key: &SpoolKey,
        found: &mut Found,
        names: &mut Vec<PathBuf>,
        rows: &mut Vec<Vec<u8>>,
    ) -> io::Result<usize> {
        if rows.is_empty() {
            return Ok(0);
        }
        let number = found.segments.last().map_or(1, |last| last.number.saturating_add(1));
        let bytes = self.sealed(key, number, rows.drain(..))?;
        let length = bytes.len() as u64;
        let file = self.create(number, length)?;
        let written = file.write_all_at(&bytes, 0).and_then(|()| file.sync_all());
        if let Err(fault) = written {
            // whole or not at all: the rows are still in quarantine
            self.delete(number)?;
            return Err(fault);
        }
        found.segments.push(Segment { number, length });
        names.iter().try_for_each(fs::remove_file)?;
        File::open(self.poison())?.sync_all()?;
        Ok(names.drain(..).count())
    }

    /// The files of rows in quarantine, the oldest first: their names begin with the time.
    fn quarantined(&self) -> io::Result<Vec<PathBuf>> {
        let mut names: Vec<PathBuf> =
            fs::read_dir(self.poison())?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        names.retain(|name| name.extension().is_some_and(|kind| kind == "poison"));
        names.sort_unstable();
        Ok(names)
    }

    /// A header and a sealed frame for each row.
    fn sealed(&self, key: &SpoolKey, segment: u64, rows: impl IntoIterator<Item = Vec<u8>>) -> io::Result<Vec<u8>> {
        let mut bytes = Header { key: self.key(), segment }.to_bytes().to_vec();
        for (seq, plain) in (first_frame(segment)..).zip(rows) {
            let sealed = key.seal(&frame_tag(segment, seq), plain).ok_or(io::ErrorKind::Other)?;
            frame(seq, &sealed, &mut bytes);
        }
        Ok(bytes)
    }
}

fn read(name: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    options().read(true).open(name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(files: &Files, key: &SpoolKey, segment: Segment) -> Vec<Vec<u8>> {
        let bytes = files.read(segment.number).unwrap();
        assert_eq!(bytes.len() as u64, segment.length);
        let chunk = Chunk::read(segment.number, &bytes, HEADER_BYTES, 100, key);
        assert!(chunk.end && chunk.damaged == 0);
        chunk.rows.into_iter().map(|row| row.0).collect()
    }

    #[test]
    fn rows_leave_quarantine_in_their_order_behind_what_lies_in_the_spool() {
        let place = tempfile::tempdir().unwrap();
        let key = SpoolKey::of(&[1; 32]).unwrap();
        let (files, mut found) = Files::open(place.path(), key.id).unwrap();
        let nothing = files.release(&key, &mut found, 1 << 20, 1 << 20).unwrap();
        assert_eq!((nothing, found.segments.len()), (Released::default(), 0));
        let row = |n: u8| vec![n; 40];
        (0..5).for_each(|n| files.quarantine(&key, "23514", row(n)).unwrap());
        found.segments.push(Segment { number: 7, length: HEADER_BYTES });
        // two rows are more than two hundred bytes
        let released = files.release(&key, &mut found, 200, 1 << 20).unwrap();
        assert_eq!(released, Released { rows: 5, ..Released::default() });
        let numbers: Vec<u64> = found.segments.iter().map(|segment| segment.number).collect();
        assert_eq!(numbers, [7, 8, 9, 10]);
        let out: Vec<Vec<u8>> = found.segments[1..].iter().flat_map(|one| rows(&files, &key, *one)).collect();
        assert_eq!(out, (0..5).map(row).collect::<Vec<_>>());
        assert_eq!(files.quarantined().unwrap(), Vec::<PathBuf>::new());
        drop(files);
        let (_, again) = Files::open(place.path(), key.id).unwrap();
        assert_eq!(again.segments.len(), 3, "a crash now loses nothing");
    }

    #[test]
    fn what_cannot_be_read_stays_in_quarantine() {
        let place = tempfile::tempdir().unwrap();
        let (key, other) = (SpoolKey::of(&[1; 32]).unwrap(), SpoolKey::of(&[2; 32]).unwrap());
        let (files, mut found) = Files::open(place.path(), key.id).unwrap();
        files.quarantine(&other, "unreadable", b"of another key".to_vec()).unwrap();
        files.quarantine(&key, "23514", b"good".to_vec()).unwrap();
        fs::write(files.poison().join("cut-off.poison"), b"HRLD").unwrap();
        fs::write(files.poison().join("damaged-1-1.segment"), b"kept aside").unwrap();
        fs::create_dir(files.poison().join("directory.poison")).unwrap();
        std::os::unix::fs::symlink("cut-off.poison", files.poison().join("link.poison")).unwrap();
        let released = files.release(&key, &mut found, 1 << 20, 1 << 20).unwrap();
        assert_eq!(released, Released { rows: 1, left: 0, unreadable: 4 });
        assert_eq!(rows(&files, &key, found.segments[0]), [b"good"]);
        assert_eq!(fs::read_dir(files.poison()).unwrap().count(), 5);
    }

    #[test]
    fn a_spool_that_is_nearly_full_takes_as_many_rows_as_there_is_room_for() {
        let place = tempfile::tempdir().unwrap();
        let key = SpoolKey::of(&[1; 32]).unwrap();
        let (files, mut found) = Files::open(place.path(), key.id).unwrap();
        (0..3).for_each(|n| files.quarantine(&key, "23514", vec![n; 40]).unwrap());
        let released = files.release(&key, &mut found, 1 << 20, 250).unwrap();
        assert_eq!(released, Released { rows: 2, left: 1, unreadable: 0 });
        assert_eq!(files.quarantined().unwrap().len(), 1);
    }

    #[test]
    fn a_row_that_the_disk_does_not_take_stays_in_quarantine() {
        let place = tempfile::tempdir().unwrap();
        let key = SpoolKey::of(&[1; 32]).unwrap();
        let (files, mut found) = Files::open(place.path(), key.id).unwrap();
        files.quarantine(&key, "23514", b"row".to_vec()).unwrap();
        let somebodys = place.path().join("spool/0000000000000001.segment");
        fs::write(&somebodys, b"in its place").unwrap();
        assert!(files.release(&key, &mut found, 1 << 20, 1 << 20).is_err());
        assert_eq!((found.segments.len(), files.quarantined().unwrap().len()), (0, 1));
        assert_eq!(fs::read(somebodys).unwrap(), b"in its place");
    }
}
