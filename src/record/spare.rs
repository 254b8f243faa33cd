//! Spare connections: one for each writer, opened when the database is back and before a decision needs it.
//!
//! A connection is watched by the event loop in which it was opened. A writer whose connection came from another thread
//! would hear of every commit through that thread, at the price of two more switches for each batch. So every spare is
//! opened on the thread that will use it, by a task that waits there to be asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::store::{Store, StoreError, WriterConnection};

/// The spare connection of one writer. Cheap to clone; all clones share it.
#[derive(Clone)]
pub(super) struct Spare {
    line: Arc<Mutex<Option<WriterConnection>>>,
    wanted: mpsc::Sender<Wanted>,
}

/// Where to tell whether it is open.
type Wanted = oneshot::Sender<Result<(), StoreError>>;

impl Spare {
    /// None yet; it will be opened in the event loop of this thread, for as long as somebody holds a clone.
    pub(super) fn on_this_thread(store: Store, limit: Duration) -> Self {
        let (wanted, mut asked) = mpsc::channel::<Wanted>(1);
        let line = Arc::new(Mutex::default());
        let place = Arc::clone(&line);
        tokio::spawn(async move {
            while let Some(answer) = asked.recv().await {
                let opened = store.open_writer(limit).await.map(|line| *held(&place) = Some(line));
                // Whoever asked may have given up.
                let _ = answer.send(opened);
            }
        });
        Self { line, wanted }
    }

    /// Opens one, in place of any that is there. A thread that has ended needs none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(super) async fn open(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        if self.wanted.send(answer).await.is_err() {
            return Ok(());
        }
        answered.await.unwrap_or(Ok(()))
    }

    /// The connection, if one is there.
    pub(super) fn take(&self) -> Option<WriterConnection> {
        held(&self.line).take()
    }
}

/// A place without invariants: a panic elsewhere leaves it usable.
fn held(line: &Mutex<Option<WriterConnection>>) -> MutexGuard<'_, Option<WriterConnection>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}
