//! The one thread that touches the spool. It carries out what the state machine decides; several batches that wait share
//! one flush.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use crate::journal::{Action, Batch, DiskStep, Event, FRAME_OVERHEAD, Outcome, first_frame, frame, frame_tag};
use crate::record::conductor::Conductor;
use crate::record::tally::count;

use super::chunk::{Chunk, Spooled};
use super::files::{Files, reserve_space};
use super::index::Place;
use super::key::{SEALED_OVERHEAD, SpoolKey};

/// What others ask of this thread. Every question is answered; where the thread has ended, by a closed channel.
pub(in crate::record) enum Errand {
    /// Keep these rows. The second member of each is its mark in the index, where it is a decision.
    Append { batch: Batch, rows: Vec<(Vec<u8>, Option<u128>)>, answer: oneshot::Sender<Outcome> },
    /// The rows of a segment from an offset on, up to a length, and so many at most.
    Read { segment: u64, from: u64, to: u64, most: usize, answer: oneshot::Sender<io::Result<Chunk>> },
    /// One row.
    Fetch { place: Place, answer: oneshot::Sender<Option<Spooled>> },
    /// Put these rows into quarantine, for this reason. True once all of them are flushed.
    Quarantine { rows: Vec<Vec<u8>>, class: String, answer: oneshot::Sender<bool> },
    /// Delete a segment.
    Delete { segment: u64, answer: oneshot::Sender<bool> },
    /// Ask the state machine.
    Wake,
    /// Close the segment in hand and end.
    Close,
}

/// A batch that lies before the disk.
struct Waiting {
    rows: Vec<(Vec<u8>, Option<u128>)>,
    places: Vec<(u128, Place)>,
    answer: oneshot::Sender<Outcome>,
}

/// The segment that is being written.
struct Writing {
    number: u64,
    file: File,
    next: u64,
    /// A flush failed: this descriptor is only closed.
    broken: bool,
}

pub(in crate::record) struct Disk {
    conductor: Arc<Conductor>,
    files: Files,
    key: SpoolKey,
    waiting: HashMap<Batch, Waiting>,
    writing: Option<Writing>,
    /// The segment that is being replayed, read once.
    read: Option<(u64, Vec<u8>)>,
    /// That it cannot be written was told.
    failing: bool,
    /// Segments whose damage was told and counted.
    damaged: BTreeSet<u64>,
}

/// Bytes that prove that a segment can be written: more than most batches have.
static PROOF: [u8; 64 << 10] = [0; 64 << 10];

impl Disk {
    /// `damaged`: the segments of which that is known.
    pub(in crate::record) fn new(of: Arc<Conductor>, files: Files, key: SpoolKey, damaged: BTreeSet<u64>) -> Self {
        let (waiting, writing, read) = (HashMap::new(), None, None);
        Self { conductor: of, files, key, waiting, writing, read, failing: false, damaged }
    }

    /// Serves until it is closed.
    pub(in crate::record) fn run(mut self, errands: &Receiver<Errand>) {
        while let Ok(first) = errands.recv() {
            let mut closing = false;
            for errand in std::iter::once(first).chain(errands.try_iter()) {
                closing |= matches!(errand, Errand::Close);
                self.take(errand);
            }
            self.work(Event::Disk(DiskStep::Free));
            if closing {
                return;
            }
        }
    }

    fn take(&mut self, errand: Errand) {
        match errand {
            Errand::Append { batch, rows, answer } => {
                let bytes: usize = rows.iter().map(|(row, _)| FRAME_OVERHEAD + SEALED_OVERHEAD + row.len()).sum();
                self.waiting.insert(batch, Waiting { rows, places: Vec::new(), answer });
                self.work(Event::Offered(batch, bytes as u64));
            }
            Errand::Read { segment, from, to, most, answer } => {
                let _ = answer.send(self.read(segment, from, to, most));
            }
            Errand::Fetch { place, answer } => {
                let _ = answer.send(self.fetch(place));
            }
            Errand::Quarantine { rows, class, answer } => {
                let kept = rows.into_iter().try_for_each(|row| self.files.quarantine(&self.key, &class, row));
                let _ = answer.send(told(kept, "rows cannot be put into quarantine"));
            }
            Errand::Delete { segment, answer } => {
                let deleted = told(self.files.delete(segment), "a segment of the spool cannot be deleted");
                if deleted {
                    self.read = None;
                    self.conductor.index.forget(segment);
                }
                let _ = answer.send(deleted);
            }
            Errand::Wake | Errand::Close => {}
        }
    }

    /// Lets the state machine go on from `event` until it wants nothing more of the disk.
    fn work(&mut self, event: Event) {
        let mut actions: VecDeque<Action> = self.conductor.step(event).collect();
        while let Some(action) = actions.pop_front() {
            if let Some(done) = self.carry_out(action) {
                actions.extend(self.conductor.step(Event::Disk(done)));
            }
        }
    }

    fn carry_out(&mut self, action: Action) -> Option<DiskStep> {
        match action {
            Action::Create(number) => Some(DiskStep::Created(self.create(number))),
            Action::Write { at, batches, .. } => {
                let written = self.write(at, &batches);
                Some(DiskStep::Written(self.told_once(written, "the spool cannot be written")))
            }
            Action::Flush(_) => Some(DiskStep::Flushed(self.flush())),
            Action::Prove(_, at) => Some(self.prove(at)),
            Action::CutBack(_, to) => Some(DiskStep::CutBack(self.cut_back(to))),
            Action::Seal(_, length) => {
                self.seal(length);
                Some(DiskStep::Sealed)
            }
            Action::Answer { batch, outcome, .. } => {
                self.answer(batch, outcome);
                None
            }
            _ => None,
        }
    }

    fn create(&mut self, number: u64) -> bool {
        let reserve = self.conductor.limits.segment();
        let made = self.files.create(number, reserve).map(|file| {
            self.writing = Some(Writing { number, file, next: first_frame(number), broken: false });
        });
        let made = self.told_once(made, "a segment of the spool cannot be made");
        if made && self.waiting.is_empty() {
            self.works_again();
        }
        made
    }

    /// Zeros where the next frame will lie, as in space that is reserved: a reader ends there.
    fn prove(&mut self, at: u64) -> DiskStep {
        let Some(writing) = &mut self.writing else { return DiskStep::Proved(false) };
        if writing.file.write_all_at(&PROOF, at).is_err() {
            return DiskStep::Proved(false);
        }
        if writing.file.sync_data().is_err() {
            writing.broken = true;
            return DiskStep::Flushed(false);
        }
        self.works_again();
        DiskStep::Proved(true)
    }

    /// A disk that stays full is told once, however often it is tried.
    fn told_once<T>(&mut self, done: io::Result<T>, otherwise: &'static str) -> bool {
        match done {
            Ok(_) => true,
            Err(_) if self.failing => false,
            failed => {
                self.failing = true;
                told(failed, otherwise)
            }
        }
    }

    fn works_again(&mut self) {
        if std::mem::take(&mut self.failing) {
            tracing::info!("the spool can be written again");
        }
    }

    fn write(&mut self, at: u64, batches: &[Batch]) -> io::Result<()> {
        let Some(writing) = &mut self.writing else { return Err(io::ErrorKind::NotFound.into()) };
        let mut bytes = Vec::new();
        for batch in batches {
            let Some(waiting) = self.waiting.get_mut(batch) else { continue };
            waiting.places.clear();
            for (row, mark) in &waiting.rows {
                let place = Place { segment: writing.number, at: at + bytes.len() as u64 };
                waiting.places.extend(mark.map(|mark| (mark, place)));
                let tag = frame_tag(writing.number, writing.next);
                let sealed = self.key.seal(&tag, row.clone()).ok_or(io::ErrorKind::Other)?;
                frame(writing.next, &sealed, &mut bytes);
                writing.next += 1;
            }
        }
        writing.file.write_all_at(&bytes, at)
    }

    fn flush(&mut self) -> bool {
        let Some(writing) = &mut self.writing else { return false };
        let flushed = writing.file.sync_data();
        writing.broken = flushed.is_err();
        if flushed.is_ok() {
            self.works_again();
        }
        told(flushed, "a flush of the spool failed; it goes on in a new segment")
    }

    /// What a short write left is cut off, and the space is reserved again as far as there is any.
    fn cut_back(&mut self, to: u64) -> bool {
        let Some(writing) = &self.writing else { return false };
        let cut = writing.file.set_len(to).and_then(|()| writing.file.sync_all());
        let _ = reserve_space(&writing.file, self.conductor.limits.segment());
        told(cut, "the spool cannot be cut back")
    }

    fn seal(&mut self, length: u64) {
        if let Some(writing) = self.writing.take()
            && !writing.broken
        {
            // The unused space is given back. If that fails the zeros stay, and reading ends at them all the same.
            let cut = writing.file.set_len(length).and_then(|()| writing.file.sync_all());
            told(cut, "the unused space of a segment cannot be given back");
        }
    }

    fn answer(&mut self, batch: Batch, outcome: Outcome) {
        if let Some(waiting) = self.waiting.remove(&batch) {
            if outcome == Outcome::Spooled {
                self.conductor.index.add(waiting.places.into_iter());
            }
            // Nobody may wait any more: it is stored all the same, which is allowed.
            let _ = waiting.answer.send(outcome);
        }
    }

    fn read(&mut self, segment: u64, from: u64, to: u64, most: usize) -> io::Result<Chunk> {
        if self.read.as_ref().is_none_or(|(number, _)| *number != segment) {
            self.read = Some((segment, self.files.read(segment)?));
        }
        let bytes = self.read.as_ref().map_or(&[][..], |(_, bytes)| bytes.as_slice());
        let counts = usize::try_from(to).unwrap_or(usize::MAX).min(bytes.len());
        let chunk = Chunk::read(segment, &bytes[..counts], from, most, &self.key);
        if chunk.damaged > 0 {
            self.files.copy_aside(segment)?;
            if self.damaged.insert(segment) {
                count(&self.conductor.tally.damaged);
                tracing::error!(
                    count = chunk.damaged,
                    "a segment of the spool is damaged; it is kept aside, and what can be read is replayed"
                );
            }
        }
        Ok(chunk)
    }

    fn fetch(&self, place: Place) -> Option<Spooled> {
        let bytes = self.files.frame(place.segment, place.at).ok()?;
        Chunk::one(place.segment, &bytes, &self.key)
    }
}

/// Says aloud what went wrong; never what the rows hold.
fn told<T>(done: io::Result<T>, otherwise: &'static str) -> bool {
    if let Err(error) = &done {
        tracing::error!(error = %error.kind(), "{otherwise}");
    }
    done.is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use tempfile::TempDir;

    use super::*;
    use crate::journal::{HEADER_BYTES, Journal, Limits, SpoolState, WhenFull};

    fn disk() -> (TempDir, Disk) {
        let directory = tempfile::tempdir().unwrap();
        let key = SpoolKey::of(&[1; 32]).unwrap();
        let (files, _) = Files::open(directory.path(), key.id).unwrap();
        let limits = Limits { bytes: 1 << 20, when_full: WhenFull::Serve };
        let journal = Journal::new(limits, Vec::new(), Instant::now());
        // Nobody listens: this test is the thread.
        let (errands, _) = std::sync::mpsc::channel();
        (directory, Disk::new(Arc::new(Conductor::new(journal, errands, Arc::default())), files, key, BTreeSet::new()))
    }

    fn append(disk: &mut Disk, batch: Batch) -> oneshot::Receiver<Outcome> {
        let (answer, answered) = oneshot::channel();
        disk.take(Errand::Append { batch, rows: vec![(b"row".to_vec(), None)], answer });
        answered
    }

    /// Carries everything out, one action after the other; `before` sees each of them first.
    fn carry_on(disk: &mut Disk, mut before: impl FnMut(&mut Disk, &Action)) -> Vec<String> {
        let mut actions: VecDeque<Action> = disk.conductor.step(Event::Disk(DiskStep::Free)).collect();
        let mut seen = Vec::new();
        while let Some(action) = actions.pop_front() {
            before(disk, &action);
            let name = format!("{action:?}");
            seen.push(name.split([' ', '(']).next().unwrap_or_default().to_owned());
            if let Some(done) = disk.carry_out(action) {
                actions.extend(disk.conductor.step(Event::Disk(done)));
            }
        }
        seen
    }

    fn no_space() -> File {
        File::options().read(true).write(true).open("/dev/full").unwrap()
    }

    #[test]
    fn nobody_is_answered_before_the_flush_has_returned() {
        let (_directory, mut disk) = disk();
        let (mut one, mut two) = (append(&mut disk, 1), append(&mut disk, 2));
        let seen = carry_on(&mut disk, |_, action| {
            if !matches!(action, Action::Answer { .. }) {
                assert!(one.try_recv().is_err() && two.try_recv().is_err(), "answered before {action:?}");
            }
        });
        assert_eq!(seen, ["Create", "Write", "Flush", "Answer", "Answer"], "one flush for both");
        assert_eq!((one.try_recv(), two.try_recv()), (Ok(Outcome::Spooled), Ok(Outcome::Spooled)));
    }

    #[test]
    fn after_a_failed_flush_the_batch_is_flushed_in_a_new_segment_before_it_is_answered() {
        let (_directory, mut disk) = disk();
        let mut answered = append(&mut disk, 1);
        let mut fails = true;
        let seen = carry_on(&mut disk, |disk, action| {
            // What was written may be lost with the flush: the old file must not matter.
            if matches!(action, Action::Flush(_)) && std::mem::take(&mut fails) {
                disk.writing.as_mut().unwrap().file = no_space();
            }
        });
        assert_eq!(seen, ["Create", "Write", "Flush", "Seal", "Create", "Write", "Flush", "Answer"]);
        assert_eq!(answered.try_recv(), Ok(Outcome::Spooled));
        let chunk = disk.read(2, HEADER_BYTES, 1 << 20, 16).unwrap();
        assert_eq!((chunk.rows.len(), chunk.damaged, chunk.end), (1, 0, true));
    }

    #[test]
    fn a_disk_that_was_full_is_called_failing_until_it_has_taken_bytes_again() {
        let (_directory, mut disk) = disk();
        let (_answered, place) = (append(&mut disk, 1), tempfile::tempfile().unwrap());
        carry_on(&mut disk, |disk, action| match action {
            Action::Write { .. } => disk.writing.as_mut().unwrap().file = no_space(),
            Action::CutBack(..) => disk.writing.as_mut().unwrap().file = place.try_clone().unwrap(),
            _ => {}
        });
        for (file, state) in [(no_space(), SpoolState::Failing), (place.try_clone().unwrap(), SpoolState::Takes)] {
            disk.writing.as_mut().unwrap().file = file;
            std::thread::sleep(Duration::from_millis(1_050));
            assert_eq!(carry_on(&mut disk, |_, _| {}), ["Prove"], "although nobody asks");
            assert_eq!(disk.conductor.look().1.0, state);
        }
        let mut bytes = [1; PROOF.len()];
        place.read_exact_at(&mut bytes, HEADER_BYTES).unwrap();
        assert!(bytes == PROOF, "a reader finds no frame there");
        assert_eq!(carry_on(&mut disk, |_, _| {}), [""; 0], "and it is left alone");
    }

    #[test]
    fn a_disk_without_space_is_said_at_once_and_not_tried_again_for_a_moment() {
        let (_directory, mut disk) = disk();
        let mut answered = append(&mut disk, 1);
        carry_on(&mut disk, |disk, action| {
            if matches!(action, Action::Write { .. }) {
                disk.writing.as_mut().unwrap().file = no_space();
            }
        });
        assert_eq!(answered.try_recv(), Ok(Outcome::Unrecorded));
        assert_eq!(append(&mut disk, 2).try_recv(), Ok(Outcome::Unrecorded));
    }
}
