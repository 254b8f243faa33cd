//! Is the database safe to rely on? Outside the loopback mode the service does not run on one that is not.
//!
//! The service starts and answers while its database is away, so the question may only be answered later: then it ends the
//! service, in the same manner.

use std::time::Duration;

use crate::config::{Config, Mode};
use crate::store::{Store, StoreError};

/// How often a database that does not answer is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// Why the service does not run on this database.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub(super) struct UnsafeDatabase(Vec<String>);

/// Looks at the database of the service.
pub(super) struct Guard {
    store: Store,
    mode: Mode,
    /// The server is the service's own: nobody else reaches it, and its role owns the tables by design.
    is_private_cluster: bool,
}

impl Guard {
    pub(super) fn new(config: &Config, store: &Store) -> Self {
        Self { store: store.clone(), mode: config.mode, is_private_cluster: config.database_url.is_none() }
    }

    /// Looks once; a database that does not answer is no fault. In the loopback mode what is unsafe is logged only.
    pub(super) async fn look(&self) -> Result<(), UnsafeDatabase> {
        let unsafe_about_it = self.unsafe_about_it().await.unwrap_or_default();
        match self.mode {
            _ if unsafe_about_it.is_empty() => Ok(()),
            Mode::Clients => Err(UnsafeDatabase(unsafe_about_it)),
            Mode::Loopback => {
                for what in unsafe_about_it {
                    tracing::warn!("{what}");
                }
                Ok(())
            }
        }
    }

    /// Asks until the database answers, and resolves only if it is not safe to rely on. In the loopback mode never.
    pub(super) async fn until_unsafe(&self) -> UnsafeDatabase {
        if self.mode == Mode::Clients
            && let Some(found) = self.first_answer().await
        {
            return found;
        }
        std::future::pending().await
    }

    /// What is unsafe about the database, once it answers; none if nothing is.
    async fn first_answer(&self) -> Option<UnsafeDatabase> {
        loop {
            match self.unsafe_about_it().await {
                Ok(found) => return (!found.is_empty()).then_some(UnsafeDatabase(found)),
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    async fn unsafe_about_it(&self) -> Result<Vec<String>, StoreError> {
        let durability = self.store.durability().await?;
        let settings = durability.unsafe_settings().into_iter().map(lossy);
        let mut found: Vec<String> = settings.collect();
        if !self.is_private_cluster {
            let role = self.store.role().await?;
            found.extend(role.excess().into_iter().map(|excess| powerful(&role.name, excess)));
        }
        Ok(found)
    }
}

/// What to say of a setting that lets an acknowledged decision be lost.
pub(super) fn lossy(setting: &str) -> String {
    format!(
        "DATABASE_URL: {setting} is off on this server, so a decision that was acknowledged may be lost; switch it on"
    )
}

/// What to say of a role that may do too much.
pub(super) fn powerful(role: &str, excess: &str) -> String {
    format!(
        "DATABASE_URL: the role {role} {excess}; give the service a role that may only read and add rows, and keep the owner for herald migrate (HERALD_OWNER_DATABASE_URL)"
    )
}
