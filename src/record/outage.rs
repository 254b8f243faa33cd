//! The breaker of one writer, and the probe that closes it again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::journal::{Breaker, Failed};
use crate::store::{Store, StoreError, WriterConnection};

use super::lane::closed;
use super::tally::{DatabaseState, Tally, count};

/// Nobody waits for the probe, so it may take its time on a machine that is busy recovering.
const PROBE_LIMIT: Duration = Duration::from_secs(2);

/// Whether batches go to the database, for the writer of one queue.
#[derive(Clone)]
pub(super) struct Gate {
    breaker: Arc<Mutex<Breaker>>,
    /// A connection that the probe made, so that no live batch has to wait for one when the database is back.
    spare: Arc<Mutex<Option<WriterConnection>>>,
    store: Store,
    tally: Arc<Tally>,
    closing: watch::Receiver<bool>,
}

impl Gate {
    pub(super) fn new(store: Store, tally: Arc<Tally>, closing: watch::Receiver<bool>) -> Self {
        Self { breaker: Arc::default(), spare: Arc::default(), store, tally, closing }
    }

    pub(super) fn admits(&self) -> bool {
        self.breaker().admits()
    }

    pub(super) fn state(&self) -> DatabaseState {
        if self.admits() { DatabaseState::Up } else { DatabaseState::Away }
    }

    /// A batch failed: leave the database alone until a probe in a task of its own reaches it.
    pub(super) fn failed(&self, error: &StoreError) {
        let failed = self.breaker().failed();
        drop(self.spare());
        match failed {
            Failed::ProbeRuns => {}
            Failed::StartProbe => {
                count(&self.tally.outages);
                tracing::error!(cause = %error, "the database does not take decisions; replies say unrecorded");
                tokio::spawn(self.clone().probe());
            }
        }
    }

    async fn probe(mut self) {
        loop {
            let pause = self.breaker().pause(chance());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = closed(&mut self.closing) => return,
            }
            match self.knock().await {
                Ok(()) => {
                    self.breaker().recovered();
                    tracing::info!("the database takes decisions again");
                    return;
                }
                Err(error) => tracing::debug!(cause = %error, "the database is still away"),
            }
        }
    }

    /// A connection for the writer, to a server that takes writes.
    async fn knock(&self) -> Result<(), StoreError> {
        let mut line = self.store.open_writer(PROBE_LIMIT).await?;
        line.probe(PROBE_LIMIT).await?;
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
        Ok(())
    }

    /// The connection that the last probe left.
    pub(super) fn spare(&self) -> Option<WriterConnection> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The breaker is a value without invariants across fields, so a panic elsewhere leaves it usable.
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn chance() -> u8 {
    let mut byte = [0];
    // Without randomness there is no jitter, and nothing else changes.
    let _ = getrandom::fill(&mut byte);
    byte[0]
}
