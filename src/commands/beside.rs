//! The database for a command that runs beside the service.

use std::path::PathBuf;

use crate::config::Config;
use crate::embedded::{self, EmbeddedError};
use crate::store::{Store, StoreOptions, UnusableAddress};

/// Why there is no database to work on.
#[derive(Debug, thiserror::Error)]
pub(super) enum BesideError {
    /// The service, which holds the private cluster, is not there.
    #[error("the private database of {} does not run; start the service first, or set DATABASE_URL", .0.display())]
    NotRunning(PathBuf),
    /// The private cluster cannot be looked for.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The address cannot be used.
    #[error(transparent)]
    Address(#[from] UnusableAddress),
}

/// The store at the address in the environment variable `own`, else `DATABASE_URL`, else the private cluster that runs.
pub(super) async fn store(config: &Config, own: Option<&str>) -> Result<Store, BesideError> {
    let own = own.and_then(|name| std::env::var(name).ok()).filter(|url| !url.is_empty());
    let address = match (own, &config.database_url) {
        (Some(url), _) => url,
        (None, Some(url)) => url.reveal().to_owned(),
        (None, None) => {
            let running = embedded::running(&config.data_dir).await?;
            running.ok_or_else(|| BesideError::NotRunning(config.data_dir.clone()))?
        }
    };
    Ok(Store::new(StoreOptions::from_url(&address)?))
}
