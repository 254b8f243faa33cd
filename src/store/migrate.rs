//! Bringing a database to the schema of this binary: the only place that runs DDL.
//!
//! Forward only. It runs on one direct connection, since sqlx guards it by an advisory lock that belongs to the
//! connection; `lock_timeout` keeps it from waiting for ever behind somebody else's lock.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, PgConnection};

use super::StoreOptions;
use super::partitions::{default_is_used, ensure_partitions};
use super::roles::hand_over;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Migrations move whole tables: far more time than a statement of the service has, but not for ever.
const LIMIT: Duration = Duration::from_secs(600);

/// Why the schema could not be brought up to date. Migrations hold no patient data, so the causes are kept.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection with the owner's address.
    #[error("no connection to the database that should be migrated")]
    Connect(#[source] sqlx::Error),
    /// A migration failed, or the database was migrated by another version of Herald.
    #[error("the schema could not be migrated")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// A month's partition could not be made.
    #[error("the partition {name} could not be made")]
    Partition {
        /// Name of the table.
        name: String,
        /// What the server said.
        #[source]
        cause: sqlx::Error,
    },
    /// The tables could not be given to their owner, or this role may not act as it.
    #[error("the tables could not be handed over to the role herald_owner")]
    HandOver(#[source] sqlx::Error),
    /// Ten minutes passed.
    #[error("the migration took longer than ten minutes")]
    TimedOut,
}

/// What should be known of a schema that is up to date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Rows lie, or lay, in the default partition.
    pub default_is_used: bool,
    /// Partitions that cannot be made because rows of their month lie in the default partition.
    pub left_out: Vec<String>,
}

/// How many migrations this binary has.
pub(super) fn known() -> i64 {
    MIGRATIONS.iter().filter(|migration| migration.migration_type.is_up_migration()).map(|_| 1).sum()
}

/// Migrates the schema and makes the partitions of this and the next three months. Doing it again changes nothing.
///
/// # Errors
/// See [`MigrateError`]; whatever failed is rolled back.
pub async fn migrate(options: &StoreOptions) -> Result<Migrated, MigrateError> {
    let connect = options.connect().clone().disable_statement_logging().application_name("herald migrate").options([
        ("lock_timeout", "30s"),
        ("search_path", "public"),
        ("TimeZone", "UTC"),
    ]);
    let migrating = async {
        let mut connection = PgConnection::connect_with(&connect).await.map_err(MigrateError::Connect)?;
        MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(MigrateError::Schema)?;
        hand_over(&mut connection).await.map_err(MigrateError::HandOver)?;
        let left_out = ensure_partitions(&mut connection).await?;
        let default_is_used = default_is_used(&mut connection).await.map_err(MigrateError::Connect)?;
        connection.close().await.map_err(MigrateError::Connect)?;
        Ok(Migrated { default_is_used, left_out })
    };
    tokio::time::timeout(LIMIT, migrating).await.map_err(|_| MigrateError::TimedOut)?
}
