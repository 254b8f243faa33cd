//! Why there is no private database, in words that say what to do about it.

use std::path::PathBuf;

/// A fault while finding, making, starting or stopping the private cluster.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No PostgreSQL server on this machine.
    #[error(
        "no PostgreSQL server binaries found; install them (Debian, Ubuntu: apt-get install postgresql; \
         Fedora: dnf install postgresql-server; macOS: brew install postgresql@17), or name their directory in \
         HERALD_PG_BIN, or set DATABASE_URL"
    )]
    NoBinaries,
    /// The named directory holds no server.
    #[error("HERALD_PG_BIN is {0}, which holds no postgres and initdb")]
    NotABinDirectory(PathBuf),
    /// The cluster was made by another major version.
    #[error(
        "the cluster in {directory} was made by PostgreSQL {cluster}, the server found is {found}; install version \
         {cluster}, or move the data with pg_upgrade into a cluster of the same --wal-segsize (docs/operations.md)"
    )]
    WrongVersion {
        /// The cluster's directory.
        directory: PathBuf,
        /// Major version that made it.
        cluster: String,
        /// Major version at hand.
        found: String,
    },
    /// Another Herald uses this data directory.
    #[error("another Herald uses the data directory {0}")]
    InUse(PathBuf),
    /// PostgreSQL refuses root, and there is nobody else to run it as.
    #[error("PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody")]
    NoAccount,
    /// An existing cluster cannot be reached by the account that must run it.
    #[error(
        "the cluster in {directory} cannot be reached by the user {account}: make its parent directories searchable (chmod o+x)"
    )]
    Unreachable {
        /// The cluster's directory.
        directory: PathBuf,
        /// Who must reach it.
        account: String,
    },
    /// A directory of ours belongs to somebody else.
    #[error(
        "the directory {directory} belongs to another user (id {owner}) than the one who runs PostgreSQL ({account}): start Herald as the user who started it before, or name another data directory"
    )]
    OfAnother {
        /// The directory.
        directory: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who must have it.
        account: String,
    },
    /// A directory of ours is open to others, or none.
    #[error("{0} is no directory that only its owner can reach (mode 0700)")]
    NotPrivate(PathBuf),
    /// No directory for the socket.
    #[error(
        "no directory for the database's socket: paths of sockets are limited to 107 bytes, and {0} cannot be used"
    )]
    NoSocketDirectory(PathBuf),
    /// The program that makes a cluster failed.
    #[error("the cluster could not be made: {0}")]
    Initdb(String),
    /// The server ended before it was ready.
    #[error("PostgreSQL did not start: {reason} (its log is {log})")]
    DidNotStart {
        /// The last line it wrote.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// The server did not end in time.
    #[error("PostgreSQL (process {0}) did not stop within 30 seconds")]
    DidNotStop(i32),
    /// A file or process operation failed.
    #[error("cannot {what} {path}")]
    Files {
        /// The attempt.
        what: &'static str,
        /// What it was about.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

impl EmbeddedError {
    /// For `map_err`: names the attempt and the path.
    pub(super) fn files(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Files { what, path, cause }
    }
}
