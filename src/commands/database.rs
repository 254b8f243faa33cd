//! The database of the service: the user's own, or the private cluster that is started, migrated and kept running here.

use std::path::Path;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::migrate::with_causes;
use crate::config::Config;
use crate::embedded::{self, Cluster, EmbeddedError, Revived};
use crate::store::{
    self, MigrateError, Outage, SAMPLE_SOURCE, Store, StoreError, StoreOptions, UnusableAddress, sample_trials,
};
use crate::trials::Cohort;

/// How often the private server is looked after.
const LOOK_AFTER: Duration = Duration::from_millis(500);
/// Between two attempts to start it again: processes of one that was killed may outlive it, or the disk is full.
const START_AGAIN: Duration = Duration::from_secs(1);
/// How often a database whose schema is too old is asked whether it still is.
const LOOK_AT_SCHEMA: Duration = Duration::from_secs(1);
/// What is said of a schema that has more migrations than this version knows.
const LATER_SCHEMA: &str = "the schema is that of a later version of Herald; it is taken as it is";
/// An address at which nothing answers.
const NOWHERE: &str = "postgres://herald@localhost:5432/herald?host=%2Fnonexistent";

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub(super) enum DatabaseError {
    /// The address in `DATABASE_URL` cannot be used.
    #[error("DATABASE_URL: {0}")]
    Address(#[from] UnusableAddress),
    /// The private cluster did not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The schema could not be made.
    #[error("the schema could not be brought up to date: {}", with_causes(.0))]
    Migrate(#[from] MigrateError),
}

/// How far the database of this service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is being started, or has not been asked yet.
    Opening,
    /// It lacks migrations of this binary.
    Migrating,
    /// There is nothing to wait for: it is there, or away for a reason that the recorder deals with.
    Open,
}

/// The store that `config` names, without connecting. That of the private cluster reaches nothing until [`open`] has found
/// it: decisions go to the spool meanwhile.
pub(super) fn store(config: &Config) -> Result<Store, DatabaseError> {
    Ok(Store::new(options(config)?))
}

/// How to reach the database that `config` names.
pub(super) fn options(config: &Config) -> Result<StoreOptions, UnusableAddress> {
    StoreOptions::from_url(config.database_url.as_ref().map_or(NOWHERE, |url| url.reveal()))
}

/// Starts and migrates the private cluster, and moves `store` there.
async fn open(data_dir: &Path, store: &Store, stage: &watch::Sender<Stage>) -> Result<Cluster, DatabaseError> {
    let was_made = embedded::is_made(data_dir);
    let cluster = private(data_dir).await?;
    let options = StoreOptions::from_url(&cluster.url())?;
    let lacks = was_made && matches!(Store::new(options.clone()).missing_migrations().await, Ok(1..));
    if lacks {
        stage.send_replace(Stage::Migrating);
    }
    let migrated = store::migrate(&options).await?;
    if migrated.later > 0 {
        tracing::warn!(count = migrated.later, "{LATER_SCHEMA}");
    }
    store.move_to(options);
    load_sample(store).await;
    Ok(cluster)
}

async fn private(data_dir: &Path) -> Result<Cluster, EmbeddedError> {
    std::fs::create_dir_all(data_dir).ok();
    embedded::start(data_dir).await
}

/// The trial cohorts of the registry; the sample is loaded where the registry is empty.
pub(super) async fn cohorts(store: &Store) -> Result<Vec<Cohort>, StoreError> {
    load_sample(store).await;
    store.trials().await
}

async fn load_sample(store: &Store) {
    if matches!(&store.trials().await, Ok(cohorts) if cohorts.is_empty())
        && let Err(error) = store.load_trials(&sample_trials(), SAMPLE_SOURCE).await
    {
        tracing::warn!(%error, "the sample trials could not be loaded");
    }
}

/// Opens the database, says how far it is, and looks after it until `stopped` resolves. One that cannot be opened is told
/// once and loudly; decisions go to the spool.
pub(super) async fn keep(config: Config, store: Store, stage: watch::Sender<Stage>, stopped: oneshot::Receiver<()>) {
    if config.database_url.is_some() {
        tokio::select! {
            () = await_schema(&store, &stage) => {}
            _ = stopped => {}
        }
        return;
    }
    let opened = open(&config.data_dir, &store, &stage).await;
    stage.send_replace(Stage::Open);
    match opened {
        Ok(cluster) => keep_running(cluster, &config.data_dir, stopped).await,
        Err(error) => {
            eprintln!("herald: decisions go to the spool only: {error}");
            tracing::error!(%error, "the database cannot be opened; decisions go to the spool only");
        }
    }
}

/// Asks a server of the user's own until it has the schema of this binary. It is migrated by `herald migrate`, with the owner's
/// connection; until then no decision could be stored in it, and a replica of the version before can still answer.
async fn await_schema(store: &Store, stage: &watch::Sender<Stage>) {
    loop {
        let found = match store.missing_migrations().await {
            Ok(0) => Some(Stage::Open),
            Ok(..0) => {
                tracing::warn!("{LATER_SCHEMA}");
                Some(Stage::Open)
            }
            Ok(missing) => {
                if *stage.borrow() != Stage::Migrating {
                    tracing::error!(missing, "the database lacks migrations of this version; run herald migrate");
                }
                stage.send_replace(Stage::Migrating);
                None
            }
            // This login may not look. If something is missing, its decisions will wait in the spool: a table, a column or a
            // packing that is not known is an outage, and no fault of a row.
            Err(StoreError::Unavailable(Outage::GaveUp(state))) if state.as_str().starts_with("42") => {
                Some(Stage::Open)
            }
            Err(_) => {
                // Away, which the spool is for. What was seen before still holds.
                stage.send_if_modified(|stage| {
                    let unknown = *stage == Stage::Opening;
                    if unknown {
                        *stage = Stage::Open;
                    }
                    unknown
                });
                None
            }
        };
        if let Some(found) = found {
            stage.send_replace(found);
            return;
        }
        tokio::time::sleep(LOOK_AT_SCHEMA).await;
    }
}

/// Starts the private server again whenever it has ended, until `stopped` resolves; then ends it.
async fn keep_running(mut cluster: Cluster, data_dir: &Path, mut stopped: oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            () = tokio::time::sleep(LOOK_AFTER) => {}
        }
        let mut looked = cluster.revive().await;
        let mut told = String::new();
        cluster = loop {
            match looked {
                Ok((running, Revived::WasRunning)) => break running,
                Ok((running, Revived::Restarted)) => {
                    tracing::warn!("the private PostgreSQL had ended and was started again");
                    break running;
                }
                // Once for each reason: an outage of hours is not told every second.
                Err(error) if error.to_string() != told => {
                    tracing::error!(%error, "the private PostgreSQL cannot be started again yet");
                    told = error.to_string();
                }
                Err(_) => {}
            }
            tokio::select! {
                _ = &mut stopped => return,
                () = tokio::time::sleep(START_AGAIN) => {}
            }
            looked = private(data_dir).await.map(|running| (running, Revived::Restarted));
        };
    }
    if let Err(error) = cluster.stop().await {
        tracing::error!(%error, "the private PostgreSQL did not stop");
    }
}
