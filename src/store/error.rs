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

    /// Of a server that is read-only, or a standby.
    pub(super) const READ_ONLY: Self = Self(*b"25006");
    /// Of a grant that is missing.
    pub(super) const NO_PRIVILEGE: Self = Self(*b"42501");

    fn in_words(self) -> &'static str {
        match self.as_str() {
            "25006" => "read-only: set so, or a standby",
            "28000" => "this login is not let in",
            "28P01" => "wrong password",
            "3D000" => "the database is missing",
            "42501" => "no privilege",
            "53100" => "the disk of the database is full",
            "53200" => "the database has no memory left",
            "53300" => "the connection limit is reached",
            "55P03" => "a lock is held too long",
            "57014" => "the statement took too long",
            "57P01" | "57P02" => "the database was shut down",
            "57P03" => "the database is starting or stopping",
            "58030" => "the disk of the database fails",
            _ => match &self.class() {
                b"08" => "the connection broke",
                b"28" => "this login is not let in",
                b"40" => "statements were in each other's way",
                b"42" | b"23" => "the schema is not the one that this version needs",
                b"53" => "the database has no resources left",
                b"58" => "the system under the database fails",
                _ => "the server gave up",
            },
        }
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
    /// Does the database answer and take no decision, until somebody or something there changes?
    #[must_use]
    pub fn is_denial(&self) -> bool {
        match self {
            Self::Unavailable(Outage::NoRole) => true,
            Self::Unavailable(Outage::GaveUp(state)) => {
                matches!(&state.class(), b"28" | b"3D" | b"42" | b"23")
                    || matches!(state.as_str(), "25006" | "53100" | "58030")
            }
            Self::Unavailable(_) | Self::Rejected(_) | Self::Inconsistent(_) => false,
        }
    }

    /// What the server said, where it said anything.
    #[must_use]
    pub fn sqlstate(&self) -> Option<SqlState> {
        match self {
            Self::Unavailable(Outage::GaveUp(state)) | Self::Rejected(state) => Some(*state),
            Self::Unavailable(_) | Self::Inconsistent(_) => None,
        }
    }

    /// The cause in the words of an administrator, of which this is the whole list.
    #[must_use]
    pub fn in_words(&self) -> &'static str {
        match self {
            Self::Unavailable(Outage::TimedOut) => "no answer in time",
            Self::Unavailable(Outage::NotConnected(_)) => "no connection",
            Self::Unavailable(Outage::Broken) => "the connection broke",
            Self::Unavailable(Outage::NoRole) => {
                "this login may not take the role that it needs, or the schema is not there"
            }
            Self::Unavailable(Outage::GaveUp(state)) => state.in_words(),
            Self::Rejected(_) => "a row is refused",
            Self::Inconsistent(_) => "an answer that is not understood",
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn gave_up(code: &str) -> StoreError {
        StoreError::Unavailable(Outage::GaveUp(SqlState::new(code)))
    }

    #[test]
    fn what_keeps_a_database_from_taking_decisions_is_said_in_words_that_an_administrator_can_act_on() {
        for (code, words) in [
            ("28P01", "wrong password"),
            ("3D000", "the database is missing"),
            ("53300", "the connection limit is reached"),
            ("25006", "read-only: set so, or a standby"),
            ("42501", "no privilege"),
            ("53100", "the disk of the database is full"),
            ("42P01", "the schema is not the one that this version needs"),
            ("XX000", "the server gave up"),
        ] {
            assert_eq!((gave_up(code).in_words(), gave_up(code).sqlstate()), (words, Some(SqlState::new(code))));
        }
        assert_eq!(StoreError::Unavailable(Outage::TimedOut).in_words(), "no answer in time");
    }

    #[test]
    fn what_somebody_has_to_change_is_told_from_what_may_pass_by_itself() {
        for code in ["25006", "42501", "53100", "28P01", "3D000", "42P01", "23514"] {
            assert!(gave_up(code).is_denial(), "{code}");
        }
        for code in ["53300", "57P03", "57P01", "40001", "08006"] {
            assert!(!gave_up(code).is_denial(), "{code}");
        }
        assert!(!StoreError::Unavailable(Outage::TimedOut).is_denial());
    }
}
