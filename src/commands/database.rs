//! The database of the service: the user's own, or the private cluster that is started, migrated and kept running here.

use std::path::Path;
use std::time::Duration;

use crate::config::Config;
use crate::embedded::{self, Cluster, EmbeddedError, Revived};
use crate::store::{self, MigrateError, SAMPLE_SOURCE, Store, StoreError, StoreOptions, sample_trials};
use crate::trials::Cohort;

/// How often the private server is looked after.
const LOOK_AFTER: Duration = Duration::from_millis(500);
/// An address at which nothing answers: decisions are then said to be unrecorded.
const NOWHERE: &str = "postgres://herald@localhost:5432/herald?host=%2Fnonexistent";

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub(super) enum DatabaseError {
    /// The address in `DATABASE_URL` cannot be read.
    #[error("DATABASE_URL: {0}")]
    Address(#[source] StoreError),
    /// The private cluster did not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The schema could not be made.
    #[error("the schema could not be brought up to date: {0}")]
    Migrate(#[from] MigrateError),
}

/// A store, and the private cluster under it where there is one.
pub(super) struct Database {
    pub store: Store,
    pub cluster: Option<Cluster>,
}

/// Opens the database that `config` names. The private cluster is migrated here; a server of the user's own is migrated by
/// `herald migrate`, with the owner's connection.
pub(super) async fn open(config: &Config) -> Result<Database, DatabaseError> {
    if let Some(url) = &config.database_url {
        let options = StoreOptions::from_url(url.reveal()).map_err(DatabaseError::Address)?;
        return Ok(Database { store: Store::new(options), cluster: None });
    }
    let cluster = private(&config.data_dir).await?;
    let options = StoreOptions::from_url(&cluster.url()).map_err(DatabaseError::Address)?;
    store::migrate(&options).await?;
    Ok(Database { store: Store::new(options), cluster: Some(cluster) })
}

/// A store that reaches nothing, so that cards are served all the same.
pub(super) fn nowhere() -> Result<Database, DatabaseError> {
    let options = StoreOptions::from_url(NOWHERE).map_err(DatabaseError::Address)?;
    Ok(Database { store: Store::new(options), cluster: None })
}

async fn private(data_dir: &Path) -> Result<Cluster, EmbeddedError> {
    std::fs::create_dir_all(data_dir).ok();
    embedded::start(data_dir).await
}

/// The trial cohorts of the registry; the sample is loaded where the registry is empty.
pub(super) async fn cohorts(store: &Store) -> Vec<Cohort> {
    let found = store.trials().await;
    if matches!(&found, Ok(cohorts) if cohorts.is_empty()) {
        if let Err(error) = store.load_trials(&sample_trials(), SAMPLE_SOURCE).await {
            tracing::warn!(%error, "the sample trials could not be loaded");
        }
        return store.trials().await.unwrap_or_default();
    }
    found.unwrap_or_default()
}

/// Starts the private server again whenever it has ended, until `stopped` resolves; then ends it.
pub(super) async fn keep_running(mut cluster: Cluster, mut stopped: tokio::sync::oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            () = tokio::time::sleep(LOOK_AFTER) => {}
        }
        match cluster.revive().await {
            Ok((running, Revived::WasRunning)) => cluster = running,
            Ok((running, Revived::Restarted)) => {
                tracing::warn!("the private PostgreSQL had ended and was started again");
                cluster = running;
            }
            Err(error) => {
                tracing::error!(%error, "the private PostgreSQL cannot be started again");
                return;
            }
        }
    }
    if let Err(error) = cluster.stop().await {
        tracing::error!(%error, "the private PostgreSQL did not stop");
    }
}
