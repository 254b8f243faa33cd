//! The database, as far as it answers: reachable, durable, migrated, with a role that may not do too much.

use super::finding::Finding;
use crate::commands::guard::{lossy, powerful};
use crate::config::{Config, Mode};
use crate::embedded;
use crate::store::{Store, StoreError, StoreOptions};

const ABOUT: &str = "database";

/// What is to be said of the database that `config` names.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(asked(config)),
        Err(error) => vec![Finding::bad(ABOUT, format!("no runtime for the connection: {error}"))],
    }
}

async fn asked(config: &Config) -> Vec<Finding> {
    let address = match &config.database_url {
        Some(url) => url.reveal().to_owned(),
        None if !config.data_dir.exists() => return vec![own("it is made at the first start")],
        None => match embedded::running(&config.data_dir).await {
            Ok(Some(address)) => address,
            Ok(None) => return vec![own("it does not run now, the service starts it")],
            Err(error) => return vec![Finding::bad(ABOUT, error.to_string())],
        },
    };
    let options = match StoreOptions::from_url(&address) {
        Ok(options) => options,
        Err(error) => return vec![Finding::bad(ABOUT, format!("DATABASE_URL: {error}"))],
    };
    let mut findings = Vec::new();
    if !options.is_private() {
        findings.push(Finding::warn(
            ABOUT,
            "DATABASE_URL: anybody on the way could read along or answer instead; add sslmode=verify-full and sslrootcert",
        ));
    }
    let store = Store::new(options);
    match of_server(config, &store).await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Finding::bad(ABOUT, error.to_string())),
    }
    store.close().await;
    findings
}

/// The private cluster: one disk, which its owner should know.
fn own(state: &str) -> Finding {
    Finding::fine(ABOUT, format!("private PostgreSQL under the data directory, on one disk without a replica: {state}"))
}

async fn of_server(config: &Config, store: &Store) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let lost = store.durability().await?.unsafe_settings();
    findings.push(Finding::fine(ABOUT, "it answers"));
    findings.extend(lost.into_iter().map(|setting| Finding::bad("durability", lossy(setting))));
    if config.database_url.is_some() {
        let role = store.role().await?;
        let excess = role.excess();
        let worse = if config.mode == Mode::Clients { Finding::bad } else { Finding::warn };
        if excess.is_empty() {
            findings.push(Finding::fine("role", format!("{} may do no more than it should", role.name)));
        }
        findings.extend(excess.into_iter().map(|excess| worse("role", powerful(&role.name, excess))));
    }
    let missing = store.missing_migrations().await;
    if !matches!(missing, Ok(1..)) {
        findings.extend(recording(store).await);
    }
    findings.push(match missing {
        Ok(0) => Finding::fine("schema", "up to date"),
        Ok(missing @ 1..) => Finding::bad("schema", format!("{missing} migrations were not run: herald migrate")),
        Ok(_) => Finding::warn("schema", "migrated by a later version of Herald"),
        Err(error) => Finding::warn("schema", format!("its version cannot be read by this role: {error}")),
    });
    if let Ok(true) = store.default_partition_is_used().await {
        findings.push(Finding::warn(
            "partitions",
            "decisions lie, or lay, in the default partition: herald migrate was not run for months, or clocks differ",
        ));
    }
    Ok(findings)
}

/// Can the service record there at all? A login may do too little as well as too much.
async fn recording(store: &Store) -> Vec<Finding> {
    const REMEDY: &str = "every decision would go to the spool; docs/operations.md has the roles that a login needs";
    match store.obstacles().await {
        Ok(obstacles) if obstacles.is_empty() => vec![Finding::fine("recording", "decisions can be stored")],
        Ok(obstacles) => {
            obstacles.into_iter().map(|one| Finding::bad("recording", format!("{one}; {REMEDY}"))).collect()
        }
        Err(error) => vec![Finding::bad("recording", format!("{error}; {REMEDY}"))],
    }
}
