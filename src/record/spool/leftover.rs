//! What an earlier process left in the directory of the spool. Nothing that could have been acknowledged is cut off or
//! deleted here: only zeros that were reserved and not used are given back.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io::{self, Read};
use std::os::unix::fs::DirEntryExt;
use std::path::Path;

use crate::journal::{Frame, Frames, HEADER_BYTES, Header, Segment};

use super::files::{Files, options};

/// How a segment ends.
const SEGMENT: &str = "segment";
/// How the name of a segment ends that waits for its key, or for its place.
const KEPT: &str = "kept";

/// What an earlier process left.
#[derive(Debug, Default)]
pub(in crate::record) struct Found {
    /// Closed segments, in their order.
    pub(in crate::record) segments: Vec<Segment>,
    /// Those of them that cannot be read to their end: what could not be read may have been acknowledged. A copy is kept aside.
    pub(in crate::record) damaged: BTreeSet<u64>,
    /// Segments that got their own number back: somebody had given them another name.
    pub(in crate::record) renamed: u64,
    /// Segments that are sealed with another key. They stay as they are, and are taken in at a start with that key.
    pub(in crate::record) of_other_key: u64,
    /// Files that are called segments, and that have neither a number nor a header; or whose place has another one.
    pub(in crate::record) strange: u64,
}

impl Found {
    /// Segments that cannot be read, or not whole.
    pub(in crate::record) fn unreadable(&self) -> u64 {
        self.damaged.len() as u64 + self.of_other_key + self.strange
    }
}

impl Files {
    /// Looks at what lies there, and closes the segment that was being written when the last process ended.
    pub(super) fn found(&self) -> io::Result<Found> {
        let mut found = Found::default();
        self.put_in_order(&mut found)?;
        for entry in self.named(SEGMENT)? {
            if let Some(number) = self.number_of(&entry) {
                found.segments.push(Segment { number, length: entry.metadata()?.len() });
            }
        }
        found.segments.sort_unstable_by_key(|segment| segment.number);
        if let Some(last) = found.segments.last_mut()
            && !self.close(last)?
        {
            found.damaged.insert(last.number);
            self.copy_aside(last.number)?;
        }
        Ok(found)
    }

    /// Is there a segment in the spool under `data_dir`, and one that waits for its key? Nothing is made.
    pub(in crate::record) fn lie_in(data_dir: &Path) -> (bool, bool) {
        let entries = fs::read_dir(data_dir.join("spool")).into_iter().flatten().flatten();
        let names: Vec<_> = entries.map(|entry| entry.path()).collect();
        let any = |kind: &str| names.iter().any(|name| name.extension().is_some_and(|found| found == kind));
        (any(SEGMENT), any(KEPT))
    }

    /// The header of a segment tells its number and its key; its name may be anything, after a mistake in a restore. First
    /// whatever is not in its place leaves it, then whatever has a place goes there: so two that were swapped find home too.
    fn put_in_order(&self, found: &mut Found) -> io::Result<()> {
        let mut moved = BTreeSet::new();
        for entry in self.named(SEGMENT)? {
            let (number, header) = (self.number_of(&entry), header_of(&entry.path())?);
            match header {
                Some(header) if header.key == self.key() && number == Some(header.segment) => {}
                Some(header) => {
                    let kept = self.kept(header, entry.ino());
                    fs::rename(entry.path(), &kept)?;
                    moved.insert(kept);
                }
                // With a number it is read as far as it can be.
                None => found.strange += u64::from(number.is_none()),
            }
        }
        let mut waiting = self.named(KEPT)?;
        waiting.sort_unstable_by_key(DirEntry::file_name);
        for entry in waiting {
            match header_of(&entry.path())? {
                Some(header) if header.key != self.key() => found.of_other_key += 1,
                Some(header) if !self.path(header.segment).exists() => {
                    fs::rename(entry.path(), self.path(header.segment))?;
                    found.renamed += u64::from(moved.contains(&entry.path()));
                }
                Some(_) | None => found.strange += 1,
            }
        }
        self.sync()
    }

    /// The name of the file that waits. It tells the number and the key; the inode keeps two of them apart.
    fn kept(&self, header: Header, inode: u64) -> std::path::PathBuf {
        let key = header.key.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        self.directory().join(format!("{:016}-{key}-{inode}.{KEPT}", header.segment))
    }

    fn named(&self, kind: &str) -> io::Result<Vec<DirEntry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.directory())? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|found| found == kind) && entry.file_type()?.is_file() {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    /// The number in a name, if this is the name that the segment of this number has.
    fn number_of(&self, entry: &DirEntry) -> Option<u64> {
        let path = entry.path();
        let number = path.file_stem()?.to_str()?.parse().ok()?;
        (self.path(number) == path).then_some(number)
    }

    /// Gives back the reserved zeros behind the last frame. False, and nothing is cut, where anything else is found there or
    /// before: a crash may have torn what was never acknowledged, but a fault of the disk or of a restore looks the same.
    fn close(&self, last: &mut Segment) -> io::Result<bool> {
        let bytes = self.read(last.number)?;
        let has_header = Header::read(&bytes).is_some_and(|header| header.segment == last.number);
        if !has_header && bytes.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        let mut frames = Frames::of(last.number, &bytes, HEADER_BYTES);
        if !frames.by_ref().all(|frame| matches!(frame, Frame::Whole { .. })) {
            return Ok(false);
        }
        last.length = frames.position().min(bytes.len() as u64);
        let file = options().write(true).open(self.path(last.number))?;
        file.set_len(last.length)?;
        file.sync_all()?;
        Ok(true)
    }
}

/// None where the file does not begin with a whole header.
fn header_of(path: &Path) -> io::Result<Option<Header>> {
    let mut bytes = Vec::new();
    options().read(true).open(path)?.take(HEADER_BYTES).read_to_end(&mut bytes)?;
    Ok(Header::read(&bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;
    use std::path::PathBuf;

    use super::super::chunk::Chunk;
    use super::super::key::SpoolKey;
    use super::*;
    use crate::journal::{first_frame, frame, frame_tag};

    fn key() -> SpoolKey {
        SpoolKey::of(&[1; 32]).unwrap()
    }

    /// A segment of seven decisions as a process left it that was killed: with reserved space behind them.
    fn killed(data: &Path, key: &SpoolKey, number: u64) -> (PathBuf, usize) {
        let (files, _) = Files::open(data, key.id).unwrap();
        let mut bytes = Vec::new();
        for (seq, row) in (first_frame(number)..).zip(1..=7_u8) {
            frame(seq, &key.seal(&frame_tag(number, seq), vec![row; 90]).unwrap(), &mut bytes);
        }
        let file = files.create(number, 4_096).unwrap();
        file.write_all_at(&bytes, HEADER_BYTES).unwrap();
        (files.path(number), bytes.len() + HEADER_BYTES as usize)
    }

    /// How many rows of what was found can be read, and the names in `poison`.
    fn after(data: &Path, key: &SpoolKey) -> (Found, usize, Vec<String>) {
        let (files, found) = Files::open(data, key.id).unwrap();
        let rows = found.segments.iter().map(|segment| {
            let bytes = files.read(segment.number).unwrap();
            Chunk::read(segment.number, &bytes, HEADER_BYTES, 100, key).rows.len()
        });
        let rows = rows.sum();
        let kept = fs::read_dir(files.poison()).unwrap();
        (found, rows, kept.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
    }

    #[test]
    fn reserved_space_behind_the_last_decision_is_given_back_in_silence() {
        let place = tempfile::tempdir().unwrap();
        let (segment, written) = killed(place.path(), &key(), 1);
        let (found, rows, kept) = after(place.path(), &key());
        assert_eq!((rows, found.unreadable(), found.renamed, kept.len()), (7, 0, 0, 0));
        assert_eq!(found.segments, [Segment { number: 1, length: written as u64 }]);
        assert_eq!(fs::metadata(segment).unwrap().len(), written as u64);
    }

    #[test]
    fn a_segment_that_got_another_name_in_a_restore_is_read_under_its_own_number() {
        let place = tempfile::tempdir().unwrap();
        let (segment, _) = killed(place.path(), &key(), 1);
        for name in ["0000000000000007.segment", "7.segment", "0000000000000001 (copy).segment"] {
            fs::rename(&segment, segment.with_file_name(name)).unwrap();
            let (found, rows, _) = after(place.path(), &key());
            assert_eq!((rows, found.renamed, found.unreadable()), (7, 1, 0), "{name}");
            assert_eq!(found.segments[0].number, 1);
        }
    }

    #[test]
    fn two_segments_with_each_others_names_are_both_read() {
        let place = tempfile::tempdir().unwrap();
        let (first, _) = killed(place.path(), &key(), 1);
        let (second, _) = killed(place.path(), &key(), 2);
        fs::rename(&first, place.path().join("aside")).unwrap();
        fs::rename(&second, &first).unwrap();
        fs::rename(place.path().join("aside"), &second).unwrap();
        let (found, rows, _) = after(place.path(), &key());
        assert_eq!((rows, found.renamed, found.unreadable()), (14, 2, 0));
    }

    #[test]
    fn a_second_segment_of_one_number_is_kept_and_counted() {
        let place = tempfile::tempdir().unwrap();
        let (segment, _) = killed(place.path(), &key(), 1);
        fs::copy(&segment, segment.with_file_name("0000000000000002.segment")).unwrap();
        for _ in 0..2 {
            let (found, rows, _) = after(place.path(), &key());
            assert_eq!((rows, found.segments.len(), found.strange), (7, 1, 1));
        }
    }

    #[test]
    fn what_was_cut_off_or_damaged_at_the_end_is_counted_and_a_copy_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let (segment, written) = killed(place.path(), &key(), 1);
        let whole = fs::read(&segment).unwrap();
        let (mut flipped, mut at_first, mut torn) = (whole.clone(), whole.clone(), whole.clone());
        flipped[written - 20] ^= 1;
        at_first[3] ^= 1;
        torn[written - 9..].fill(0);
        let garbage = [&whole[..written], &[7; 50][..]].concat();
        for (what, bytes, left) in [
            ("cut to two thirds", whole[..written * 2 / 3].to_vec(), 4),
            ("cut in its header", whole[..20].to_vec(), 0),
            ("a bit of the last frame flipped", flipped, 6),
            ("a bit of the header flipped", at_first, 7),
            ("the last frame torn", torn, 6),
            ("something behind the last frame", garbage, 7),
        ] {
            fs::write(&segment, &bytes).unwrap();
            let (found, rows, kept) = after(place.path(), &key());
            assert_eq!((rows, found.unreadable()), (left, 1), "{what}");
            assert_eq!(fs::read(&segment).unwrap(), bytes, "{what}: nothing is cut");
            assert_eq!(kept.len(), 1, "{what}");
            assert_eq!(fs::read(place.path().join("poison").join(&kept[0])).unwrap(), bytes, "{what}");
        }
    }

    #[test]
    fn segments_of_another_key_stay_until_that_key_is_back() {
        let place = tempfile::tempdir().unwrap();
        let other = SpoolKey::of(&[2; 32]).unwrap();
        killed(place.path(), &key(), 1);
        killed(place.path(), &key(), 2);
        for _ in 0..2 {
            let (found, rows, _) = after(place.path(), &other);
            assert_eq!((found.segments.len(), rows, found.of_other_key), (0, 0, 2));
        }
        killed(place.path(), &other, 1);
        let (found, rows, _) = after(place.path(), &other);
        assert_eq!((rows, found.of_other_key), (7, 2));
        let (found, rows, kept) = after(place.path(), &key());
        assert_eq!((rows, found.segments.len(), found.of_other_key, kept.len()), (14, 2, 1, 0));
    }

    #[test]
    fn a_segment_in_which_nothing_was_written_is_no_damage() {
        let place = tempfile::tempdir().unwrap();
        let (segment, _) = killed(place.path(), &key(), 1);
        let header = fs::read(&segment).unwrap()[..HEADER_BYTES as usize].to_vec();
        for bytes in [Vec::new(), vec![0; 4_096], header.clone(), [&header[..], &[0; 400]].concat()] {
            fs::write(&segment, bytes).unwrap();
            let (found, rows, kept) = after(place.path(), &key());
            assert_eq!((rows, found.unreadable(), kept.len()), (0, 0, 0));
        }
    }
}
