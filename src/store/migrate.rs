//! Bringing a database to the schema of this binary: the only place that runs DDL.
//!
//! Forward only. It runs on one direct connection, since sqlx guards it by an advisory lock that belongs to the
//! connection; `lock_timeout` keeps it from waiting for ever behind somebody else's lock.

use std::sync::LazyLock;
use std::time::Duration;

use sqlx::{ConnectOptions, Connection, PgConnection, Row};

use super::StoreOptions;
use super::partitions::{default_is_used, ensure_partitions};
use super::role::NO_SUCH_TABLE;
use super::roles::hand_over;

/// Without objection to migrations that a later version made: those are looked at by themselves.
static MIGRATIONS: LazyLock<sqlx::migrate::Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("./migrations");
    migrations.set_ignore_missing(true);
    migrations
});

/// Migrations move whole tables: far more time than a statement of the service has, but not for ever.
const LIMIT: Duration = Duration::from_secs(600);

/// Why the schema could not be brought up to date. Migrations hold no patient data, so the causes are kept.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection with the owner's address.
    #[error("no connection to the database that should be migrated")]
    Connect(#[source] sqlx::Error),
    /// A migration failed, or one that was made is not the one of that number here.
    #[error("the schema could not be migrated")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// The database has a migration that is older than the newest one of this binary and is not among its own.
    #[error("the schema has migration {0}, which no version of Herald before this one had")]
    Stranger(i64),
    /// What was migrated so far cannot be read.
    #[error("the list of migrations could not be read")]
    List(#[source] sqlx::Error),
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

/// How many migrations this binary has.
pub(super) fn known() -> i64 {
    MIGRATIONS.iter().filter(|migration| migration.migration_type.is_up_migration()).map(|_| 1).sum()
}

/// How the schema is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Migrations that a later version of Herald made. Its schema is taken as it is: one version and the next run together.
    pub later: usize,
    /// Rows lie, or lay, in the default partition.
    pub default_is_used: bool,
    /// Partitions that cannot be made because rows of their month lie in the default partition.
    pub left_out: Vec<String>,
}

/// Migrates the schema and makes the partitions of this and the next three months. Doing it again changes nothing. The
/// schema of a later version is left as it is, but for the partitions.
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
        let later = later_migrations(&mut connection).await?;
        MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(MigrateError::Schema)?;
        hand_over(&mut connection).await.map_err(MigrateError::HandOver)?;
        let left_out = ensure_partitions(&mut connection).await?;
        let default_is_used = default_is_used(&mut connection).await.map_err(MigrateError::Connect)?;
        connection.close().await.map_err(MigrateError::Connect)?;
        Ok(Migrated { later, default_is_used, left_out })
    };
    tokio::time::timeout(LIMIT, migrating).await.map_err(|_| MigrateError::TimedOut)?
}

/// How many there are beyond those of this binary; none in a database that was never migrated.
async fn later_migrations(connection: &mut PgConnection) -> Result<usize, MigrateError> {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let rows = match sqlx::raw_sql(MIGRATIONS_MADE).fetch_all(connection).await {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_SUCH_TABLE) => return Ok(0),
        rows => rows.map_err(MigrateError::List)?,
    };
    let mut later = 0;
    for row in rows {
        let version = row.try_get(0).map_err(MigrateError::List)?;
        if version > newest {
            later += 1;
        } else if !MIGRATIONS.version_exists(version) {
            return Err(MigrateError::Stranger(version));
        }
    }
    Ok(later)
}

const MIGRATIONS_MADE: &str = "SELECT version FROM _sqlx_migrations";
