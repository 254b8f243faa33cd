//! What the service reads of its database before its first answer, and how long it waits for that. Whatever the database
//! does, the service is ready within a second of its start; what was not there in time is taken in when it comes.

use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http::Known;
use crate::record::Quiet;
use crate::rules::RulesError;
use crate::store::{Store, StoreError};
use crate::trials::Cohort;

use super::database::{self, Stage};
use super::guard::{Guard, UnsafeDatabase};
use super::knowledge::knowledge;

/// From the start of the process to the end of the wait. A healthy database needs a tenth of it, a private cluster that was
/// stopped in order half of it. What follows until `/readyz` answers has the other half of the second.
const WAIT: Duration = Duration::from_millis(500);
/// But so long in any case: on a machine so busy that the half second is over before the reading could begin.
const LEAST_WAIT: Duration = Duration::from_millis(250);
/// Between two attempts to read.
const AGAIN: Duration = Duration::from_secs(1);

/// The reading, under way.
pub(super) struct Opening {
    until: tokio::time::Instant,
    reading: JoinHandle<Vec<Cohort>>,
}

impl Opening {
    /// Begins to read: which cards are quiet, so that a restart wakes nothing, and the trials. `began` is the start of the
    /// process.
    pub(super) fn begin(began: Instant, store: Store, quiet: Quiet, stage: watch::Receiver<Stage>) -> Self {
        Self { until: (began + WAIT).into(), reading: tokio::spawn(read(store, quiet, stage)) }
    }

    /// Waits as long as a start may, for the trials and for the first look of the guard. A guard that got no answer asks again
    /// later.
    pub(super) async fn wait(&mut self, guard: &Guard) -> Result<Option<Vec<Cohort>>, UnsafeDatabase> {
        let until = self.until.max(tokio::time::Instant::now() + LEAST_WAIT);
        let (read, looked) = tokio::join!(
            tokio::time::timeout_at(until, &mut self.reading),
            tokio::time::timeout_at(until, guard.look()),
        );
        looked.unwrap_or(Ok(()))?;
        Ok(read.ok().and_then(Result::ok))
    }

    /// Takes the trials in when they come: they were not there in time.
    pub(super) fn come_late(self, known: Known) {
        tracing::warn!("the database is not there yet; cards name no trials until it is");
        tokio::spawn(async move {
            let Ok(cohorts) = self.reading.await else { return };
            // Reading the rules again is a matter of milliseconds, but this thread has others to serve.
            match tokio::task::spawn_blocking(|| knowledge(cohorts)).await {
                Ok(Ok(whole)) => known.set(whole),
                Ok(Err(error)) => not_valid(&error),
                Err(_) => {}
            }
        });
    }
}

/// They were valid at the start; a test keeps such a binary from being built.
fn not_valid(error: &RulesError) {
    tracing::error!(%error, "the rule files are not valid; cards go on without trials");
}

async fn read(store: Store, quiet: Quiet, mut stage: watch::Receiver<Stage>) -> Vec<Cohort> {
    // Its other end lives as long as the service.
    let _ = stage.wait_for(|stage| *stage == Stage::Open).await;
    loop {
        let (looked, cohorts) = tokio::join!(quiet.look(&store), database::cohorts(&store));
        match looked.and(cohorts) {
            Ok(cohorts) => return cohorts,
            Err(error) => still_away(&error),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

fn still_away(error: &StoreError) {
    tracing::debug!(%error, "trials and quiet cards cannot be read yet");
}
