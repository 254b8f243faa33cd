//! The one thread that touches the spool. It carries out what the state machine decides; several batches that wait share
//! one flush.

use std::collections::{HashMap, VecDeque};
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
    /// The rows of a segment from an offset on, up to a length.
    Read { segment: u64, from: u64, to: u64, answer: oneshot::Sender<io::Result<Chunk>> },
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
}

impl Disk {
    pub(in crate::record) fn new(conductor: Arc<Conductor>, files: Files, key: SpoolKey) -> Self {
        Self { conductor, files, key, waiting: HashMap::new(), writing: None, read: None }
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
            Errand::Read { segment, from, to, answer } => {
                let _ = answer.send(self.read(segment, from, to));
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
                Some(DiskStep::Written(told(written, "the spool cannot be written")))
            }
            Action::Flush(_) => Some(DiskStep::Flushed(self.flush())),
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
        told(made, "a segment of the spool cannot be made")
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

    fn read(&mut self, segment: u64, from: u64, to: u64) -> io::Result<Chunk> {
        if self.read.as_ref().is_none_or(|(number, _)| *number != segment) {
            self.read = Some((segment, self.files.read(segment)?));
        }
        let bytes = self.read.as_ref().map_or(&[][..], |(_, bytes)| bytes.as_slice());
        let counts = usize::try_from(to).unwrap_or(usize::MAX).min(bytes.len());
        let chunk = Chunk::read(segment, &bytes[..counts], from, &self.key);
        if chunk.damaged > 0 {
            count(&self.conductor.tally.damaged);
            tracing::error!(
                count = chunk.damaged,
                "a segment of the spool is damaged; it is kept aside, and what can be read is replayed"
            );
            self.files.copy_aside(segment)?;
        }
        Ok(chunk)
    }

    fn fetch(&self, place: Place) -> Option<Spooled> {
        let bytes = self.files.read(place.segment).ok()?;
        Chunk::one(place.segment, &bytes, place.at, &self.key)
    }
}

/// Says aloud what went wrong; never what the rows hold.
fn told<T>(done: io::Result<T>, otherwise: &'static str) -> bool {
    if let Err(error) = &done {
        tracing::error!(error = %error.kind(), "{otherwise}");
    }
    done.is_ok()
}
