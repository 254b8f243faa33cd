//! What can go wrong with the database, in the three ways that ask for different answers.

/// A fault of the store. It never carries the database's own message, which may quote a row: only its SQLSTATE.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No answer, or one that concerns the whole statement and may pass: try again, later or elsewhere.
    #[error("the database is not available: {0}")]
    Unavailable(Outage),
    /// This very content is refused (SQLSTATE class 22 or 23): trying again gives the same answer.
    #[error("the database refuses this row (SQLSTATE {0})")]
    Rejected(SqlState),
    /// What was read back is not what this version of Herald writes.
    #[error("a stored row does not decode: {0}")]
    Inconsistent(&'static str),
}

/// No connection can be made with this address. It is never quoted, since it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address of the database cannot be used; write postgres://user@host:port/database")]
pub struct UnusableAddress;

/// Why the database is not available.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// The time that was given passed without an answer. The statement may still be carried out.
    #[error("no answer in time")]
    TimedOut,
    /// The connection could not be made or broke.
    #[error("no connection ({0})")]
    NotConnected(std::io::ErrorKind),
    /// The server ended the statement for a reason of its own: shutdown, deadlock, resources, a missing table.
    #[error("the server gave up (SQLSTATE {0})")]
    GaveUp(SqlState),
    /// The login may not take the role of the work it is for.
    #[error(
        "this login may not take the role that it needs; is the schema migrated, and the role granted (docs/operations.md)?"
    )]
    NoRole,
    /// The driver met something it does not expect.
    #[error("the connection is not usable")]
    Broken,
}

/// Five characters of SQLSTATE.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SqlState([u8; 5]);

impl SqlState {
    fn new(code: &str) -> Self {
        Self(code.as_bytes().try_into().unwrap_or(*b"XX000"))
    }

    /// The code itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XX000")
    }

    fn class(self) -> [u8; 2] {
        [self.0[0], self.0[1]]
    }
}

impl std::fmt::Display for SqlState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for SqlState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What admits a packing, in `decision` and in `decision_conflict`.
const PACKING_CHECKS: [&str; 2] = ["decision_packing", "decision_conflict_packing"];

impl StoreError {
    /// The connection can serve the next statement although this one failed.
    #[must_use]
    pub fn leaves_connection_usable(&self) -> bool {
        match self {
            Self::Rejected(_) | Self::Inconsistent(_) => true,
            // Serialisation failures and deadlocks end the statement, not the session.
            Self::Unavailable(Outage::GaveUp(state)) => state.class() == *b"40",
            Self::Unavailable(_) => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(answer) => {
                let state = SqlState::new(answer.code().as_deref().unwrap_or("XX000"));
                // A schema that does not know the packing of this version speaks of itself and not of the row.
                let lacks_migration = answer.constraint().is_some_and(|name| PACKING_CHECKS.contains(&name));
                match &state.class() {
                    b"22" | b"23" if !lacks_migration => Self::Rejected(state),
                    _ => Self::Unavailable(Outage::GaveUp(state)),
                }
            }
            sqlx::Error::Io(cause) => Self::Unavailable(Outage::NotConnected(cause.kind())),
            sqlx::Error::PoolTimedOut => Self::Unavailable(Outage::TimedOut),
            // A value the driver refuses to send is refused for good, like one the server refuses.
            sqlx::Error::Encode(_) => Self::Rejected(SqlState(*b"22000")),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
                Self::Inconsistent("column")
            }
            _ => Self::Unavailable(Outage::Broken),
        }
    }
}

impl From<tokio::time::error::Elapsed> for StoreError {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self::Unavailable(Outage::TimedOut)
    }
}
