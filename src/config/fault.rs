//! What can be wrong with a configuration. Each fault is one clear line that names the setting.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::client_entry::ClientFault;
use super::settings::LONGEST_QUIET_DAYS;
use super::watching::WatchingFault;

/// One thing that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file cannot be read.
    #[error("config file {path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not the TOML that is expected.
    #[error("config file {path}: {message}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and what was expected.
        message: String,
    },
    /// Something is wrong with a client.
    #[error("client {0}: {1}")]
    Client(String, ClientFault),
    /// No address.
    #[error("listen: `{0}` is no address; write host:port, for example 127.0.0.1:8080")]
    NoAddress(String),
    /// Other machines could call, and nobody would have to say who they are.
    #[error(
        "listen: {0} can be reached from other machines, and without a [[client]] nobody has to show who they are; configure the clients, or listen on 127.0.0.1 or [::1]"
    )]
    NoAuthentication(SocketAddr),
    /// Patient data would cross the network in the clear.
    #[error(
        "listen: {0} can be reached from other machines without TLS; set [tls] certificate and key, or behind_proxy = true (--behind-proxy) where a proxy before it ends TLS"
    )]
    NoTls(SocketAddr),
    /// Tokens name the address they are for, so it must be known.
    #[error("public_base: with a [[client]] it must be set, since tokens are made for it")]
    NoPublicBase,
    /// A public address without TLS.
    #[error("public_base: must begin with https:// and name a host; http:// is for a name of this machine only")]
    PublicBaseNotHttps,
    /// An origin that every page could have, or that is none.
    #[error(
        "cors.origins: `{0}` is not the exact origin of a page; write https://host or https://host:port, never * or null"
    )]
    NoOrigin(String),
    /// Metrics, traces or the stop.
    #[error(transparent)]
    Watching(#[from] WatchingFault),
    /// A time that would never end.
    #[error("quiet_days: at most {LONGEST_QUIET_DAYS}")]
    TooLongQuiet,
    /// A spool that could hold nothing.
    #[error("spool_bytes: at least {0}")]
    TooSmallSpool(u64),
    /// Neither of the two policies.
    #[error("when_spool_full: `{0}` is neither \"serve\" nor \"refuse\"")]
    NeitherServeNorRefuse(String),
    /// Others rely on the record.
    #[error(
        "{0}: it is for a measurement on this machine alone; a service with clients, a public_base, TLS or a proxy keeps its record"
    )]
    RecordIsKept(&'static str),
    /// Neither yes nor no.
    #[error("{name}: `{value}` is neither true nor false")]
    NeitherTrueNorFalse {
        /// The variable of the environment.
        name: &'static str,
        /// What it holds.
        value: String,
    },
}

/// Everything that is wrong, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Faults(pub Vec<Fault>);
