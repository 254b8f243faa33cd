//! Connections: how they are made, how long anything may take, and whether the server keeps what it acknowledges.
//!
//! sqlx has no time-out for a query: a stopped server would hang its future for ever. So every call runs under
//! [`Store::within`], the server gets its own limits, and a connection whose call timed out is closed, never reused.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Row};

use super::StoreError;
use super::error::Outage;

/// How long one read may take, from asking for a connection to the last row.
const READ_LIMIT: Duration = Duration::from_millis(1_500);
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(500);
const READ_CONNECTIONS: u32 = 8;

/// Whether the writer's statements stay prepared on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statements {
    /// Parsed once for each connection: one round trip for each batch.
    Kept,
    /// Parsed each time, which is what a pooler in transaction mode (PgBouncer before 1.21) needs.
    PerQuery,
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    connect: PgConnectOptions,
    statements: Statements,
}

impl StoreOptions {
    /// From a `postgres://` address. The error never quotes the address, which may hold a password.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where the address cannot be read.
    pub fn from_url(url: &str) -> Result<Self, StoreError> {
        let unreadable = StoreError::Inconsistent("the database address");
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(unreadable);
        }
        let connect = url.parse::<PgConnectOptions>().map_err(|_| unreadable)?;
        Ok(Self { connect, statements: Statements::Kept })
    }

    /// The same with another way of preparing statements.
    #[must_use]
    pub fn with_statements(self, statements: Statements) -> Self {
        Self { statements, ..self }
    }

    pub(super) fn connect(&self) -> &PgConnectOptions {
        &self.connect
    }

    fn guarded(&self) -> PgConnectOptions {
        self.connect.clone().disable_statement_logging().application_name("herald").options([
            ("statement_timeout", "700ms"),
            ("lock_timeout", "500ms"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("tcp_keepalives_idle", "30"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
            ("search_path", "public"),
            ("TimeZone", "UTC"),
        ])
    }
}

/// Whether a commit of this server survives a crash of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durability {
    /// `fsync` is on.
    pub fsync: bool,
    /// `full_page_writes` is on.
    pub full_page_writes: bool,
    /// `synchronous_commit` is not off.
    pub synchronous_commit: bool,
}

impl Durability {
    /// Names of the settings that let an acknowledged commit be lost. Empty on a safe server.
    #[must_use]
    pub fn unsafe_settings(&self) -> Vec<&'static str> {
        let settings = [
            ("fsync", self.fsync),
            ("full_page_writes", self.full_page_writes),
            ("synchronous_commit", self.synchronous_commit),
        ];
        settings.into_iter().filter(|(_, safe)| !safe).map(|(name, _)| name).collect()
    }
}

/// The database, for reads and for opening the connections of the writer.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) reads: PgPool,
    /// Where new connections are made. Shared by all clones.
    options: Arc<RwLock<StoreOptions>>,
}

impl Store {
    /// Makes the pool without connecting: the service starts and answers also while the database is away.
    #[must_use]
    pub fn new(options: StoreOptions) -> Self {
        let reads = PgPoolOptions::new()
            .max_connections(READ_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(options.guarded());
        Self { reads, options: Arc::new(RwLock::new(options)) }
    }

    /// From now on connections are made there: for a private server that comes up while the service answers already.
    pub fn move_to(&self, options: StoreOptions) {
        self.reads.set_connect_options(options.guarded());
        *self.options.write().unwrap_or_else(PoisonError::into_inner) = options;
    }

    /// What the server promises about an acknowledged commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn durability(&self) -> Result<Durability, StoreError> {
        let mut reading = self.read().await?;
        let row = reading.within(sqlx::query(DURABILITY).persistent(false)).await?;
        let row = row.first().ok_or(StoreError::Inconsistent("settings"))?;
        Ok(Durability {
            fsync: row.try_get(0)?,
            full_page_writes: row.try_get(1)?,
            synchronous_commit: row.try_get(2)?,
        })
    }

    /// Closes the pool, waiting for calls in flight.
    pub async fn close(&self) {
        self.reads.close().await;
    }

    pub(super) fn statements(&self) -> Statements {
        self.options().statements
    }

    fn options(&self) -> RwLockReadGuard<'_, StoreOptions> {
        self.options.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection of its own, outside any pool: a pool spends a round trip on every return.
    pub(super) async fn dedicated(&self, limit: Duration) -> Result<PgConnection, StoreError> {
        let options = self.options().guarded();
        let connecting = PgConnection::connect_with(&options);
        Ok(tokio::time::timeout(limit, connecting).await??)
    }

    pub(super) async fn read(&self) -> Result<Reading, StoreError> {
        Ok(Reading { connection: Some(self.reads.acquire().await?), limit: READ_LIMIT })
    }
}

/// One borrowed connection of the pool. After a call that failed or timed out it is closed, not returned.
pub(super) struct Reading {
    connection: Option<sqlx::pool::PoolConnection<sqlx::Postgres>>,
    limit: Duration,
}

impl Reading {
    /// All rows of one statement, within the limit.
    pub(super) async fn within(
        &mut self,
        query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<Vec<sqlx::postgres::PgRow>, StoreError> {
        let mut connection = self.connection.take().ok_or(StoreError::Unavailable(Outage::Broken))?;
        match tokio::time::timeout(self.limit, query.fetch_all(&mut *connection)).await {
            Ok(Ok(rows)) => {
                self.connection = Some(connection);
                Ok(rows)
            }
            Ok(Err(error)) => {
                let error = StoreError::from(error);
                if error.leaves_connection_usable() {
                    self.connection = Some(connection);
                } else {
                    drop(connection.detach());
                }
                Err(error)
            }
            Err(elapsed) => {
                drop(connection.detach());
                Err(elapsed.into())
            }
        }
    }
}

pub(super) const DURABILITY: &str = "\
SELECT current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on',
       current_setting('synchronous_commit') <> 'off'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_read_is_not_quoted() {
        let error = StoreOptions::from_url("nonsense://herald:secret@host/db").unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn an_unsafe_server_is_named_by_its_settings() {
        let durability = Durability { fsync: false, full_page_writes: true, synchronous_commit: false };
        assert_eq!(durability.unsafe_settings(), ["fsync", "synchronous_commit"]);
    }
}
