//! The configuration: one struct, read once at the start, with all its faults told at once.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cdshooks::VersionMembers;
use crate::journal::{Limits, WhenFull};

/// Where the service listens if nobody says otherwise.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Where it keeps its files if nobody says otherwise.
const DEFAULT_DATA_DIR: &str = "data";
/// How long an answered card stays quiet if nobody says otherwise.
const DEFAULT_QUIET_DAYS: u16 = 90;
/// How large the spool may become if nobody says otherwise: some 500,000 decisions.
const DEFAULT_SPOOL_BYTES: u64 = 1 << 30;
/// Less than this holds no decision.
const LEAST_SPOOL_BYTES: u64 = 4_096;
/// Longer than a year would be for ever.
const LONGEST_QUIET_DAYS: u16 = 366;

/// How this service is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// A loopback address; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Private cluster, spool and keys.
    pub data_dir: PathBuf,
    /// A PostgreSQL server of the user's own; without it a private cluster is started.
    pub database_url: Option<DatabaseUrl>,
    /// The address under which clients reach the service, for links in cards. None in the loopback mode.
    pub public_base: Option<String>,
    /// Does discovery list the members of CDS Hooks 3.0?
    pub version_members: VersionMembers,
    /// Days for which a finding stays quiet once it was accepted, or overridden for a reason. 0: it is always shown.
    pub quiet_days: u16,
    /// May the service answer by rules that no clinician has signed?
    pub rules: RulesPolicy,
    /// How much the spool may hold, and what is answered when it holds that while the database is away.
    pub spool: Limits,
}

/// What the service does with rules that are not signed off, or overdue for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesPolicy {
    /// It does not start: clients of others rely on it.
    SignedOnly,
    /// It says on every card, page and in `/health` that they are unreviewed. The loopback mode, or `allow_unsigned_rules`.
    UnsignedShown,
}

/// A connection string. It may hold a password, so it prints as `[secret]`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The string itself, for the one place that connects.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What the command line and the environment say. They win over the file.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// `--listen`, `HERALD_LISTEN`
    pub listen: Option<String>,
    /// `--data-dir`, `HERALD_DATA_DIR`
    pub data_dir: Option<PathBuf>,
    /// `--config`, `HERALD_CONFIG`
    pub config: Option<PathBuf>,
    /// `HERALD_ALLOW_UNSIGNED_RULES`: `true` or `false`
    pub allow_unsigned_rules: Option<String>,
    /// `DATABASE_URL`; never on the command line, where every user of the machine could read it.
    pub database_url: Option<String>,
}

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
    /// A client is configured.
    #[error(
        "config file: [[client]] switches authentication on, which is not available in this version; remove it to run in the loopback mode"
    )]
    ClientsNotAvailable,
    /// No address.
    #[error("listen: `{0}` is no address; write host:port, for example 127.0.0.1:8080")]
    NoAddress(String),
    /// An address that other machines can reach.
    #[error(
        "listen: {0} can be reached from other machines, and authentication is not available in this version; listen on 127.0.0.1 or [::1]"
    )]
    NotLoopback(SocketAddr),
    /// A public address without TLS.
    #[error("public_base: must begin with https://")]
    PublicBaseNotHttps,
    /// A time that would never end.
    #[error("quiet_days: at most {LONGEST_QUIET_DAYS}")]
    TooLongQuiet,
    /// A spool that could hold nothing.
    #[error("spool_bytes: at least {LEAST_SPOOL_BYTES}")]
    TooSmallSpool,
    /// Neither of the two policies.
    #[error("when_spool_full: `{0}` is neither \"serve\" nor \"refuse\"")]
    NeitherServeNorRefuse(String),
    /// Neither yes nor no.
    #[error("HERALD_ALLOW_UNSIGNED_RULES: `{0}` is neither true nor false")]
    NeitherTrueNorFalse(String),
}

/// Everything that is wrong, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Faults(pub Vec<Fault>);

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    public_base: Option<String>,
    discovery_versions: Option<bool>,
    quiet_days: Option<u16>,
    allow_unsigned_rules: Option<bool>,
    spool_bytes: Option<u64>,
    when_spool_full: Option<String>,
    client: Option<Vec<toml::Table>>,
}

/// Puts command line, environment, file and defaults together.
///
/// # Errors
/// All faults at once.
pub fn load(given: Given) -> Result<Config, Faults> {
    let mut faults = Vec::new();
    let file = match given.config.as_deref().map(read).transpose() {
        Ok(file) => file.unwrap_or_default(),
        Err(fault) => {
            faults.push(fault);
            File::default()
        }
    };
    if file.client.is_some() {
        faults.push(Fault::ClientsNotAvailable);
    }
    let listen = match given.listen.or(file.listen).map_or(Ok(DEFAULT_LISTEN), |text| address(&text)) {
        Ok(listen) => listen,
        Err(fault) => {
            faults.push(fault);
            DEFAULT_LISTEN
        }
    };
    if file.public_base.as_ref().is_some_and(|base| !base.starts_with("https://")) {
        faults.push(Fault::PublicBaseNotHttps);
    }
    if file.quiet_days.is_some_and(|days| days > LONGEST_QUIET_DAYS) {
        faults.push(Fault::TooLongQuiet);
    }
    if file.spool_bytes.is_some_and(|bytes| bytes < LEAST_SPOOL_BYTES) {
        faults.push(Fault::TooSmallSpool);
    }
    let when_full = match file.when_spool_full.as_deref() {
        None | Some("serve") => WhenFull::Serve,
        Some("refuse") => WhenFull::Refuse,
        Some(other) => {
            faults.push(Fault::NeitherServeNorRefuse(other.to_owned()));
            WhenFull::Refuse
        }
    };
    let allowed = match given.allow_unsigned_rules.as_deref() {
        None | Some("") => file.allow_unsigned_rules.unwrap_or(false),
        Some("true") => true,
        Some("false") => false,
        Some(other) => {
            faults.push(Fault::NeitherTrueNorFalse(other.to_owned()));
            false
        }
    };
    if !faults.is_empty() {
        return Err(Faults(faults));
    }
    let is_for_others = file.public_base.is_some() || file.client.is_some() || !listen.ip().is_loopback();
    Ok(Config {
        rules: if is_for_others && !allowed { RulesPolicy::SignedOnly } else { RulesPolicy::UnsignedShown },
        listen,
        data_dir: given.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR)),
        database_url: given.database_url.filter(|url| !url.is_empty()).map(DatabaseUrl),
        public_base: file.public_base,
        version_members: match file.discovery_versions {
            Some(false) => VersionMembers::Hidden,
            Some(true) | None => VersionMembers::Shown,
        },
        quiet_days: file.quiet_days.unwrap_or(DEFAULT_QUIET_DAYS),
        spool: Limits { bytes: file.spool_bytes.unwrap_or(DEFAULT_SPOOL_BYTES), when_full },
    })
}

fn read(path: &Path) -> Result<File, Fault> {
    let text = std::fs::read_to_string(path).map_err(|source| Fault::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| Fault::Syntax { path: path.to_owned(), message: in_one_line(&error, &text) })
}

/// toml draws the place over several lines; the start says it in one. The line itself may hold a secret and is not shown.
fn in_one_line(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
    format!("line {line}: {}", error.message().replace('\n', " "))
}

/// Names are not resolved: what a name server says must not decide who can reach the service. `localhost` is the exception.
fn address(text: &str) -> Result<SocketAddr, Fault> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address: SocketAddr =
        local.as_deref().unwrap_or(text).parse().map_err(|_| Fault::NoAddress(text.to_owned()))?;
    if address.ip().is_loopback() { Ok(address) } else { Err(Fault::NotLoopback(address)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening_on(address: &str) -> Result<Config, Faults> {
        load(Given { listen: Some(address.to_owned()), ..Given::default() })
    }

    fn with_file(text: &str) -> Result<Config, Faults> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("herald.toml");
        std::fs::write(&path, text).unwrap();
        load(Given { config: Some(path), ..Given::default() })
    }

    #[test]
    fn without_any_setting_the_service_is_for_this_machine_only() {
        let config = load(Given::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url, None);
    }

    #[test]
    fn an_address_that_other_machines_reach_is_refused_in_one_line() {
        for address in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"] {
            let refusal = listening_on(address).unwrap_err().to_string();
            assert!(refusal.contains("authentication is not available in this version"), "{refusal}");
            assert!(!refusal.contains('\n'));
        }
        for address in ["127.0.0.1:0", "[::1]:0", "localhost:0", "127.8.8.8:1"] {
            assert!(listening_on(address).is_ok(), "{address}");
        }
        assert!(listening_on("somewhere").is_err());
    }

    #[test]
    fn a_configured_client_is_refused_because_nobody_would_check_its_tokens() {
        let refusal = with_file("[[client]]\nname = \"main-ehr\"\nissuer = \"https://ehr.example.org\"\n").unwrap_err();
        assert!(refusal.to_string().contains("[[client]]"), "{refusal}");
    }

    #[test]
    fn all_faults_are_told_at_once_and_in_one_line() {
        let refusal = with_file("listen = \"0.0.0.0:1\"\npublic_base = \"http://x\"\n[[client]]\n").unwrap_err();
        assert_eq!(refusal.0.len(), 3, "{refusal}");
        assert!(!refusal.to_string().contains('\n'));
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_its_line() {
        let refusal = with_file("data_dir = \"x\"\nlisten_on = \"127.0.0.1:1\"\n").unwrap_err().to_string();
        assert!(refusal.contains("line 2") && refusal.contains("listen_on"), "{refusal}");
    }

    #[test]
    fn an_answered_card_is_quiet_for_90_days_or_for_as_long_as_the_file_says() {
        assert_eq!(load(Given::default()).unwrap().quiet_days, 90);
        assert_eq!(with_file("quiet_days = 30\n").unwrap().quiet_days, 30);
        assert_eq!(with_file("quiet_days = 0\n").unwrap().quiet_days, 0);
        assert!(with_file("quiet_days = 367\n").unwrap_err().to_string().contains("366"));
        assert!(with_file("quiet_days = -1\n").is_err());
    }

    #[test]
    fn the_spool_has_a_size_and_a_policy_for_when_it_is_full() {
        let spool = load(Given::default()).unwrap().spool;
        assert_eq!(spool, Limits { bytes: 1 << 30, when_full: WhenFull::Serve });
        let spool = with_file("spool_bytes = 5000\nwhen_spool_full = \"refuse\"\n").unwrap().spool;
        assert_eq!(spool, Limits { bytes: 5_000, when_full: WhenFull::Refuse });
        let refusal = with_file("spool_bytes = 9\nwhen_spool_full = \"drop\"\n").unwrap_err().to_string();
        assert!(refusal.contains("spool_bytes: at least") && refusal.contains("`drop` is neither"), "{refusal}");
    }

    #[test]
    fn only_signed_rules_serve_clients_of_others_unless_the_configuration_says_otherwise() {
        let policy = |text: &str| with_file(text).unwrap().rules;
        assert_eq!(load(Given::default()).unwrap().rules, RulesPolicy::UnsignedShown);
        let public = "public_base = \"https://cds.example.org\"\n";
        assert_eq!(policy(public), RulesPolicy::SignedOnly);
        assert_eq!(policy(&format!("{public}allow_unsigned_rules = false\n")), RulesPolicy::SignedOnly);
        assert_eq!(policy(&format!("{public}allow_unsigned_rules = true\n")), RulesPolicy::UnsignedShown);
        let refusal = load(Given { allow_unsigned_rules: Some("yes".to_owned()), ..Given::default() }).unwrap_err();
        assert!(refusal.to_string().contains("HERALD_ALLOW_UNSIGNED_RULES: `yes` is neither"), "{refusal}");
    }

    #[test]
    fn the_password_of_the_database_is_never_printed() {
        let given = Given { database_url: Some("postgres://u:hunter2@h/d".to_owned()), ..Given::default() };
        let config = load(given).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.database_url.unwrap().reveal(), "postgres://u:hunter2@h/d");
    }
}
