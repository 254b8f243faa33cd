//! The spool of a data directory, taken for this process before anything is served.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Instant;

use crate::journal::{Journal, Limits};

use super::conductor::Conductor;
use super::spool::{Disk, Errand, Files, Found, Released, SpoolError, SpoolKey};
use super::tally::Tally;

/// An open spool. No other process has it, for as long as the recorders that it is given to live.
pub struct Spool {
    files: Files,
    key: SpoolKey,
    found: Found,
    limits: Limits,
}

impl Spool {
    /// Takes the spool under `data_dir`, making it and its key at the first start. What an earlier process left in it is
    /// replayed by [`super::Recorders::keep`].
    ///
    /// # Errors
    /// [`SpoolError`]: another process has it, or the directory cannot be used.
    pub fn open(data_dir: &Path, limits: Limits) -> Result<Self, SpoolError> {
        // Its mode is the business of whoever lies in it: the user of PostgreSQL has to pass through.
        std::fs::create_dir_all(data_dir).map_err(SpoolError::file(data_dir))?;
        let key = SpoolKey::open(data_dir)?;
        let (files, found) = Files::open(data_dir, key.id)?;
        tell(&found);
        if !found.segments.is_empty() {
            tracing::warn!(
                count = found.segments.len(),
                "decisions of an earlier run lie in the spool; they are replayed"
            );
        }
        Ok(Self { files, key, found, limits })
    }

    /// Is there a spool under `data_dir`? Nothing is made.
    #[must_use]
    pub fn is_made(data_dir: &Path) -> bool {
        data_dir.join("spool").is_dir()
    }

    /// Is its key there? Nothing is made.
    #[must_use]
    pub fn has_key(data_dir: &Path) -> bool {
        SpoolKey::is_made(data_dir)
    }

    /// Do segments lie in the spool under `data_dir`, and do others wait there for their own key? Nothing is made.
    #[must_use]
    pub fn segments_lie_in(data_dir: &Path) -> (bool, bool) {
        Files::lie_in(data_dir)
    }

    /// Lets the rows in quarantine back into the spool as far as there is room, to be stored after what lies there.
    ///
    /// # Errors
    /// Where the disk fails. What was not let out by then stays in quarantine.
    pub fn release(&mut self) -> std::io::Result<Released> {
        let lie_there: u64 = self.found.segments.iter().map(|segment| segment.length).sum();
        let room = self.limits.usable().saturating_sub(lie_there);
        self.files.release(&self.key, &mut self.found, self.limits.segment(), room)
    }

    /// Starts the thread that touches it.
    pub(super) fn serve(self, tally: Arc<Tally>) -> std::io::Result<(Arc<Conductor>, JoinHandle<()>)> {
        let (errands, taken) = mpsc::channel::<Errand>();
        tally.damaged.fetch_add(self.found.unreadable(), Ordering::Relaxed);
        let journal = Journal::new(self.limits, self.found.segments, Instant::now());
        let conductor = Arc::new(Conductor::new(journal, errands, tally));
        let disk = Disk::new(Arc::clone(&conductor), self.files, self.key, self.found.damaged);
        let thread = std::thread::Builder::new().name("spool".to_owned()).spawn(move || disk.run(&taken))?;
        Ok((conductor, thread))
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What is not as it should be, in words for whoever watches the log.
fn tell(found: &Found) {
    if found.renamed > 0 {
        tracing::warn!(
            count = found.renamed,
            "segments of the spool had another name than their number; they got their own back"
        );
    }
    if !found.damaged.is_empty() {
        tracing::error!(
            "the newest segment of the spool cannot be read to its end. A crash tears what was never acknowledged, a fault of \
             the disk or of a restore takes what was; the file is kept as DATA_DIR/poison/damaged-*.segment, and what can be \
             read is replayed"
        );
    }
    if found.of_other_key > 0 {
        tracing::error!(
            count = found.of_other_key,
            "segments of the spool are sealed with another key than keys/spool.key; they are kept as DATA_DIR/spool/*.kept and \
             are replayed by the first start with their key: put it back from its backup"
        );
    }
    if found.strange > 0 {
        tracing::error!(
            count = found.strange,
            "files of the spool have no number, no header, or the number of another one; they are kept and not replayed"
        );
    }
}
