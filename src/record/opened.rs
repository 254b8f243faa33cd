//! The spool of a data directory, taken for this process before anything is served.

use std::path::Path;
use std::sync::Arc;
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
        if found.torn > 0 {
            tracing::warn!("the last frame of the spool was cut off by a crash; it was never acknowledged");
        }
        if !found.segments.is_empty() {
            tracing::warn!(
                count = found.segments.len(),
                "decisions of an earlier run lie in the spool; they are replayed"
            );
        }
        Ok(Self { files, key, found, limits })
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
        let journal = Journal::new(self.limits, self.found.segments, Instant::now());
        let conductor = Arc::new(Conductor::new(journal, errands, tally));
        let disk = Disk::new(Arc::clone(&conductor), self.files, self.key);
        let thread = std::thread::Builder::new().name("spool".to_owned()).spawn(move || disk.run(&taken))?;
        Ok((conductor, thread))
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("limits", &self.limits).finish_non_exhaustive()
    }
}
