//! Connections: how they are made, how long anything may take, and whether the server keeps what it acknowledges.
//!
//! sqlx has no time-out for a query: a stopped server would hang its future for ever. So every call runs under
//! a limit, the server gets its own limits, and a connection whose call timed out is closed, never reused.
//!
//! Every connection takes the role of its work when it is made (see [`Role`]), which costs no round trip.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow, PgSslMode};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres, Row};

use super::StoreError;
use super::error::{Outage, UnusableAddress};
use super::roles::Role;

/// How long one read may take, from asking for a connection to the last row.
const READ_LIMIT: Duration = Duration::from_millis(1_500);
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(500);
const READ_CONNECTIONS: u32 = 8;
const KEEPER_CONNECTIONS: u32 = 2;

/// Whether the writer's statements stay prepared on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statements {
    /// Parsed once for each connection: one round trip for each batch.
    Kept,
    /// Parsed each time and carried out in the same transaction, which is what a pooler in transaction mode (PgBouncer
    /// before 1.21) needs.
    PerQuery,
}

/// How an address says that nothing may stay prepared. It is sqlx's own parameter; alone it is not enough.
const NOTHING_PREPARED: &str = "statement-cache-capacity=0";

impl Statements {
    fn of_address(url: &str) -> Self {
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        let nothing = parameters.split('&').any(|parameter| parameter == NOTHING_PREPARED);
        if nothing { Self::PerQuery } else { Self::Kept }
    }
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    connect: PgConnectOptions,
    statements: Statements,
}

impl StoreOptions {
    /// From a `postgres://` address. The error never quotes the address, which may hold a password.
    /// `statement-cache-capacity=0` in it asks for [`Statements::PerQuery`].
    ///
    /// # Errors
    /// [`UnusableAddress`].
    pub fn from_url(url: &str) -> Result<Self, UnusableAddress> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(UnusableAddress);
        }
        let connect = url.parse::<PgConnectOptions>().map_err(|_| UnusableAddress)?;
        Ok(Self { connect, statements: Statements::of_address(url) })
    }

    /// Does nobody between here and the server see or change what passes? A socket of this machine, a loopback address, or TLS
    /// whose certificate is held against the name of the server (`sslmode=verify-full`).
    #[must_use]
    pub fn is_private(&self) -> bool {
        let host = self.connect.get_host();
        let is_here = self.connect.get_socket().is_some()
            || host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        is_here || matches!(self.connect.get_ssl_mode(), PgSslMode::VerifyFull)
    }

    pub(super) fn connect(&self) -> &PgConnectOptions {
        &self.connect
    }

    fn guarded(&self, role: Role) -> PgConnectOptions {
        self.as_logged_in().options([("role", role.name()), ("statement_timeout", role.statement_timeout())])
    }

    /// Without taking a role.
    fn as_logged_in(&self) -> PgConnectOptions {
        self.connect.clone().disable_statement_logging().application_name("herald").options([
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
    reads: PgPool,
    keepers: PgPool,
    /// Where new connections are made. Shared by all clones.
    options: Arc<RwLock<StoreOptions>>,
}

impl Store {
    /// Makes the pool without connecting: the service starts and answers also while the database is away.
    #[must_use]
    pub fn new(options: StoreOptions) -> Self {
        let pool = |role, connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .idle_timeout(Duration::from_secs(60))
                .connect_lazy_with(options.guarded(role))
        };
        let (reads, keepers) = (pool(Role::App, READ_CONNECTIONS), pool(Role::Keeper, KEEPER_CONNECTIONS));
        Self { reads, keepers, options: Arc::new(RwLock::new(options)) }
    }

    /// From now on connections are made there: for a private server that comes up while the service answers already.
    pub fn move_to(&self, options: StoreOptions) {
        self.reads.set_connect_options(options.guarded(Role::App));
        self.keepers.set_connect_options(options.guarded(Role::Keeper));
        *self.options.write().unwrap_or_else(PoisonError::into_inner) = options;
    }

    /// What the server promises about an acknowledged commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn durability(&self) -> Result<Durability, StoreError> {
        let row = self.as_logged_in(DURABILITY).await?;
        let row = row.first().ok_or(StoreError::Inconsistent("settings"))?;
        Ok(Durability {
            fsync: row.try_get(0)?,
            full_page_writes: row.try_get(1)?,
            synchronous_commit: row.try_get(2)?,
        })
    }

    /// Closes the pools, waiting for calls in flight.
    pub async fn close(&self) {
        self.reads.close().await;
        self.keepers.close().await;
    }

    pub(super) fn statements(&self) -> Statements {
        self.options().statements
    }

    fn options(&self) -> RwLockReadGuard<'_, StoreOptions> {
        self.options.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection of its own, outside any pool: a pool spends a round trip on every return.
    pub(super) async fn dedicated(&self, role: Role, limit: Duration) -> Result<PgConnection, StoreError> {
        let options = self.options().guarded(role);
        let connecting = PgConnection::connect_with(&options);
        tokio::time::timeout(limit, connecting).await?.map_err(not_connected)
    }

    /// One statement by the role that logged in itself, which may not have any of ours: what it may do is the question.
    pub(super) async fn as_logged_in(&self, sql: &'static str) -> Result<Vec<PgRow>, StoreError> {
        let options = self.options().as_logged_in();
        let asking = async {
            let mut connection = PgConnection::connect_with(&options).await?;
            // In one turn, so that a pooler in transaction mode has nothing to part.
            let rows = sqlx::raw_sql(sql).fetch_all(&mut connection).await?;
            connection.close().await?;
            Ok(rows)
        };
        tokio::time::timeout(READ_LIMIT, asking).await?.map_err(|error: sqlx::Error| error.into())
    }

    /// For statements about `tenant`: each is a transaction of its own that sees and adds rows of this tenant alone.
    pub(super) async fn of_tenant<'t>(&self, tenant: &'t str) -> Result<Reading<'t>, StoreError> {
        Ok(Reading { tenant: Some(tenant), ..Reading::of(&self.reads, self.statements()).await? })
    }

    /// For statements about answers to cards and silences of every tenant, and about trials.
    pub(super) async fn keeper(&self) -> Result<Reading<'static>, StoreError> {
        Reading::of(&self.keepers, self.statements()).await
    }
}

/// A connection that cannot be made says nothing about the rows that were to be written on it, whatever the SQLSTATE: a
/// role that is missing comes as an invalid value.
fn not_connected(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        // A role that is missing, and one that was not granted.
        StoreError::Rejected(state) if state.as_str() == "22023" => StoreError::Unavailable(Outage::NoRole),
        StoreError::Unavailable(Outage::GaveUp(state)) if state.as_str() == "42501" => {
            StoreError::Unavailable(Outage::NoRole)
        }
        StoreError::Rejected(state) => StoreError::Unavailable(Outage::GaveUp(state)),
        other => other,
    }
}

/// One borrowed connection of a pool. After a call that failed or timed out it is closed, not returned.
pub(super) struct Reading<'t> {
    connection: Option<PoolConnection<Postgres>>,
    /// Whose rows.
    tenant: Option<&'t str>,
    statements: Statements,
    limit: Duration,
}

impl Reading<'_> {
    async fn of(pool: &PgPool, statements: Statements) -> Result<Self, StoreError> {
        let connection = pool.acquire().await.map_err(not_connected)?;
        Ok(Self { connection: Some(connection), tenant: None, statements, limit: READ_LIMIT })
    }

    /// All rows of one statement, within the limit.
    pub(super) async fn within(&mut self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>, StoreError> {
        let mut connection = self.connection.take().ok_or(StoreError::Unavailable(Outage::Broken))?;
        let rows = async {
            let prepared = self.statements == Statements::Kept;
            if self.tenant.is_none() && prepared {
                return query.fetch_all(&mut *connection).await;
            }
            let mut transaction = connection.begin().await?;
            if let Some(tenant) = self.tenant {
                sqlx::query(OF_TENANT).bind(tenant).persistent(prepared).execute(&mut *transaction).await?;
            }
            let rows = query.fetch_all(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(rows)
        };
        match tokio::time::timeout(self.limit, rows).await {
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

/// Until the end of the transaction.
pub(super) const OF_TENANT: &str = "SELECT set_config('app.tenant', $1, true)";

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
    fn an_address_of_a_pooler_in_transaction_mode_keeps_no_statement_prepared() {
        let statements = |url: &str| StoreOptions::from_url(url).unwrap().statements;
        assert_eq!(statements("postgres://u@localhost/d"), Statements::Kept);
        assert_eq!(statements("postgres://u@localhost/d?statement-cache-capacity=100"), Statements::Kept);
        let pooled = "postgres://u@localhost:6432/d?sslmode=disable&statement-cache-capacity=0";
        assert_eq!(statements(pooled), Statements::PerQuery);
    }

    #[test]
    fn a_server_elsewhere_is_private_only_with_its_certificate_verified() {
        let is_private = |url: &str| StoreOptions::from_url(url).unwrap().is_private();
        for good in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1/d",
            "postgres://u@localhost/d?host=%2Frun%2Fpostgresql",
            "postgres://u@db.example.org/d?sslmode=verify-full",
        ] {
            assert!(is_private(good), "{good}");
        }
        for bad in ["postgres://u@db.example.org/d", "postgres://u@192.0.2.1/d?sslmode=require"] {
            assert!(!is_private(bad), "{bad}");
        }
    }

    #[test]
    fn an_unsafe_server_is_named_by_its_settings() {
        let durability = Durability { fsync: false, full_page_writes: true, synchronous_commit: false };
        assert_eq!(durability.unsafe_settings(), ["fsync", "synchronous_commit"]);
    }
}
