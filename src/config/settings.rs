//! The configuration: one struct, read once at the start, with all its faults told at once.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::client_entry::registrations;
use super::fault::{Fault, Faults};
use super::file::{self, File};
use super::origins::{self, Origins};
use super::registration::Registration;
use super::spool;
use super::transport::{self, Mode, Transport, address};
use super::watching::{Watching, WatchingFile, WatchingGiven, watching};
use crate::cdshooks::VersionMembers;
use crate::journal::Limits;

/// Where the service listens if nobody says otherwise.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Where it keeps its files if nobody says otherwise.
const DEFAULT_DATA_DIR: &str = "data";
/// How long an answered card stays quiet if nobody says otherwise.
const DEFAULT_QUIET_DAYS: u16 = 90;
/// Longer than a year would be for ever.
pub(super) const LONGEST_QUIET_DAYS: u16 = 366;

/// How this service is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the service listens; port 0 picks a free one. Beyond loopback only with clients and TLS.
    pub listen: SocketAddr,
    /// Who ends TLS.
    pub transport: Transport,
    /// Whether anybody has to show who they are.
    pub mode: Mode,
    /// Pages in browsers that may call.
    pub origins: Origins,
    /// Private cluster, spool and keys.
    pub data_dir: PathBuf,
    /// The key of the pseudonyms, where several services share one. None: it is made under the data directory.
    pub pseudonym_key_file: Option<PathBuf>,
    /// A PostgreSQL server of the user's own; without it a private cluster is started.
    pub database_url: Option<DatabaseUrl>,
    /// The address under which clients reach the service, for links in cards and as audience of tokens, without a slash at
    /// its end. None in the loopback mode.
    pub public_base: Option<String>,
    /// Who may call. Empty: the loopback mode, in which nobody is asked for a token.
    pub clients: Vec<Registration>,
    /// Does discovery list the members of CDS Hooks 3.0?
    pub version_members: VersionMembers,
    /// Days for which a finding stays quiet once it was accepted, or overridden for a reason. 0: it is always shown.
    pub quiet_days: u16,
    /// The key that signs seals, where the service does not make its own: one for all replicas.
    pub sealing_key_file: Option<PathBuf>,
    /// May the service answer by rules that no clinician has signed?
    pub rules: RulesPolicy,
    /// Metrics, traces, and the time for a balancer.
    pub watching: Watching,
    /// How much the spool may hold, and what is answered when it holds that while the database is away.
    pub spool: Limits,
    /// False for a measurement on this machine: no decision is recorded, and every reply says so.
    pub keeps_record: bool,
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
    /// `--behind-proxy`; false: it was not said.
    pub behind_proxy: bool,
    /// `HERALD_BEHIND_PROXY`: `true` or `false`
    pub behind_proxy_variable: Option<String>,
    /// `HERALD_ALLOW_UNSIGNED_RULES`: `true` or `false`
    pub allow_unsigned_rules: Option<String>,
    /// `HERALD_BENCH_WITHOUT_RECORD`: `true` or `false`. In the environment alone, so that nobody finds it among the settings.
    pub without_record: Option<String>,
    /// `CREDENTIALS_DIRECTORY`: where systemd puts the secrets of a unit.
    pub credentials_directory: Option<PathBuf>,
    /// `DATABASE_URL`; never on the command line, where every user of the machine could read it.
    pub database_url: Option<String>,
    /// Metrics and traces.
    pub watching: WatchingGiven,
}

impl Given {
    /// What the environment says where the command line says nothing.
    #[must_use]
    pub fn from_environment() -> Self {
        let text = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            behind_proxy_variable: text("HERALD_BEHIND_PROXY"),
            allow_unsigned_rules: text("HERALD_ALLOW_UNSIGNED_RULES"),
            without_record: text(WITHOUT_RECORD),
            credentials_directory: text("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            database_url: text("DATABASE_URL"),
            watching: WatchingGiven {
                metrics_listen: text("HERALD_METRICS_LISTEN"),
                traces_endpoint: text("OTEL_EXPORTER_OTLP_ENDPOINT"),
                log: text("HERALD_LOG"),
                log_format: text("HERALD_LOG_FORMAT"),
            },
            ..Self::default()
        }
    }
}

/// What `bench/compare.py` sets, to measure what recording costs.
const WITHOUT_RECORD: &str = "HERALD_BENCH_WITHOUT_RECORD";
/// Name of the systemd credential that holds the key of the pseudonyms.
const PSEUDONYM_CREDENTIAL: &str = "herald-pseudonym-key";

/// Puts command line, environment, file and defaults together. Certificates and keys that the file names lie beside it,
/// unless their paths are absolute.
///
/// # Errors
/// All faults at once.
pub fn load(given: Given) -> Result<Config, Faults> {
    let mut faults = Vec::new();
    let file = given.config.as_deref().map(file::read).transpose().map(Option::unwrap_or_default);
    let file: File = kept(file, &mut faults).unwrap_or_default();
    let folder = given.config.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let has_clients = file.client.as_ref().is_some_and(|clients| !clients.is_empty());
    let mode = if has_clients { Mode::Clients } else { Mode::Loopback };
    let listen = given.listen.or(file.listen).map_or(Ok(DEFAULT_LISTEN), |text| address(&text));
    let listen = kept(listen, &mut faults).unwrap_or(DEFAULT_LISTEN);
    let proxy = truth("HERALD_BEHIND_PROXY", given.behind_proxy_variable);
    let proxy = given.behind_proxy || kept(proxy, &mut faults).flatten().or(file.behind_proxy).unwrap_or(false);
    let transport = match (file.tls, proxy) {
        (Some(files), _) => Transport::Tls(files.in_folder(&folder)),
        (None, true) => Transport::BehindProxy,
        (None, false) => Transport::Plain,
    };
    let (clients, wrong) = registrations(file.client.unwrap_or_default(), &folder);
    faults.extend(wrong.into_iter().map(|(client, fault)| Fault::Client(client, fault)));
    faults.extend(transport::faults(listen, mode, &transport));
    if mode == Mode::Clients && file.public_base.is_none() {
        faults.push(Fault::NoPublicBase);
    }
    let public_base = file.public_base.as_deref().map(transport::public_base).transpose();
    let public_base = kept(public_base, &mut faults).flatten();
    let named = file.cors.unwrap_or_default().origins;
    let named = named.iter().filter_map(|origin| kept(origins::exact(origin), &mut faults)).collect();
    if file.quiet_days.is_some_and(|days| days > LONGEST_QUIET_DAYS) {
        faults.push(Fault::TooLongQuiet);
    }
    let spool = kept(spool::limits(file.spool_bytes, file.when_spool_full.as_deref()), &mut faults);
    let allowed = truth("HERALD_ALLOW_UNSIGNED_RULES", given.allow_unsigned_rules);
    let allowed = kept(allowed, &mut faults).flatten().or(file.allow_unsigned_rules).unwrap_or(false);
    let without_record = kept(truth(WITHOUT_RECORD, given.without_record), &mut faults).flatten().unwrap_or(false);
    let is_for_others = public_base.is_some() || mode == Mode::Clients;
    if without_record && (is_for_others || transport != Transport::Plain) {
        faults.push(Fault::RecordIsKept(WITHOUT_RECORD));
    }
    let watched = WatchingFile {
        metrics_listen: file.metrics_listen,
        traces: file.traces,
        stop_wait_seconds: file.stop_wait_seconds,
    };
    let watching = match watching(given.watching, watched, listen) {
        Ok(watching) if faults.is_empty() => watching,
        Ok(_) => return Err(Faults(faults)),
        Err(more) => {
            faults.extend(more.into_iter().map(Fault::from));
            return Err(Faults(faults));
        }
    };
    let credential = given.credentials_directory.map(|directory| directory.join(PSEUDONYM_CREDENTIAL));
    Ok(Config {
        rules: if is_for_others && !allowed { RulesPolicy::SignedOnly } else { RulesPolicy::UnsignedShown },
        listen,
        transport,
        mode,
        origins: Origins::of(mode).and(named),
        data_dir: given.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR)),
        pseudonym_key_file: file
            .pseudonym_key_file
            .map(|file| folder.join(file))
            .or(credential.filter(|credential| credential.exists())),
        database_url: given.database_url.filter(|url| !url.is_empty()).map(DatabaseUrl),
        public_base,
        clients,
        sealing_key_file: file.sealing_key_file.map(|file| folder.join(file)),
        version_members: match file.discovery_versions {
            Some(false) => VersionMembers::Hidden,
            Some(true) | None => VersionMembers::Shown,
        },
        quiet_days: file.quiet_days.unwrap_or(DEFAULT_QUIET_DAYS),
        watching,
        spool: spool.unwrap_or_default(),
        keeps_record: !without_record,
    })
}

/// The value, or none and its fault with the others.
fn kept<T>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

fn truth(name: &'static str, value: Option<String>) -> Result<Option<bool>, Fault> {
    match value.as_deref() {
        None | Some("") => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(Fault::NeitherTrueNorFalse { name, value: other.to_owned() }),
    }
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
            assert!(refusal.contains("[[client]]") && refusal.contains("[tls]"), "{refusal}");
            assert!(!refusal.contains('\n'));
        }
        for address in ["127.0.0.1:0", "[::1]:0", "localhost:0", "127.8.8.8:1"] {
            assert!(listening_on(address).is_ok(), "{address}");
        }
        assert!(listening_on("somewhere").is_err());
    }

    const CLIENT: &str = "[[client]]\nname = 'main-ehr'\ntenant = 'north'\nissuer = 'https://ehr.example.org/fhir'\njwks = 'https://ehr.example.org/jwks'\nalgorithms = ['ES384']\n";

    #[test]
    fn with_clients_and_tls_or_a_proxy_other_machines_may_call() {
        let public = "listen = \"0.0.0.0:8080\"\npublic_base = \"https://cds.example.org/\"\n";
        let refusal = with_file(&format!("{public}{CLIENT}")).unwrap_err();
        assert!(matches!(refusal.0[..], [Fault::NoTls(_)]), "{refusal}");
        let config = with_file(&format!("{public}behind_proxy = true\n{CLIENT}")).unwrap();
        assert_eq!((config.transport, config.mode), (Transport::BehindProxy, Mode::Clients));
        assert_eq!(config.public_base.as_deref(), Some("https://cds.example.org"));
        let tls = "[tls]\ncertificate = \"a.pem\"\nkey = \"b.pem\"\n";
        let config = with_file(&format!("{public}{tls}{CLIENT}")).unwrap();
        assert!(matches!(config.transport, Transport::Tls(_)));
        let refusal = with_file(&format!("listen = \"0.0.0.0:8080\"\n{tls}")).unwrap_err();
        assert!(matches!(refusal.0[..], [Fault::NoAuthentication(_)]), "{refusal}");
    }

    #[test]
    fn a_proxy_is_named_on_the_command_line_in_the_environment_or_in_the_file() {
        let transport = |given: Given| load(given).unwrap().transport;
        assert_eq!(transport(Given { behind_proxy: true, ..Given::default() }), Transport::BehindProxy);
        let variable = |value: &str| Given { behind_proxy_variable: Some(value.to_owned()), ..Given::default() };
        assert_eq!(transport(variable("true")), Transport::BehindProxy);
        assert_eq!(transport(variable("false")), Transport::Plain);
        let refusal = load(variable("1")).unwrap_err().to_string();
        assert!(refusal.contains("HERALD_BEHIND_PROXY: `1` is neither"), "{refusal}");
    }

    #[test]
    fn all_faults_are_told_at_once_and_in_one_line() {
        let text = "listen = \"0.0.0.0:1\"\npublic_base = \"http://x\"\n[cors]\norigins = [\"*\", \"null\"]\n";
        let refusal = with_file(text).unwrap_err();
        assert_eq!(refusal.0.len(), 5, "{refusal}");
        assert!(!refusal.to_string().contains('\n'));
    }

    #[test]
    fn a_credential_of_systemd_is_the_key_of_the_pseudonyms_unless_the_file_names_another() {
        let directory = tempfile::tempdir().unwrap();
        let given = Given { credentials_directory: Some(directory.path().to_owned()), ..Given::default() };
        assert_eq!(load(given.clone()).unwrap().pseudonym_key_file, None);
        let credential = directory.path().join(PSEUDONYM_CREDENTIAL);
        std::fs::write(&credential, "x").unwrap();
        assert_eq!(load(given).unwrap().pseudonym_key_file, Some(credential));
        let named = with_file("pseudonym_key_file = \"shared.key\"\n").unwrap().pseudonym_key_file;
        assert!(named.is_some_and(|named| named.is_absolute() && named.ends_with("shared.key")), "beside the file");
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
    fn decisions_are_recorded_unless_a_measurement_on_this_machine_alone_asks_for_the_opposite() {
        let without = |config| Given { without_record: Some("true".to_owned()), config, ..Given::default() };
        assert!(load(Given::default()).unwrap().keeps_record);
        assert!(!load(without(None)).unwrap().keeps_record);
        for text in ["public_base = \"https://cds.example.org\"\n", "behind_proxy = true\n"] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("herald.toml");
            std::fs::write(&path, text).unwrap();
            let refusal = load(without(Some(path))).unwrap_err().to_string();
            assert!(refusal.contains("HERALD_BENCH_WITHOUT_RECORD"), "{refusal}");
        }
    }

    #[test]
    fn the_password_of_the_database_is_never_printed() {
        let given = Given { database_url: Some("postgres://u:hunter2@h/d".to_owned()), ..Given::default() };
        let config = load(given).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.database_url.unwrap().reveal(), "postgres://u:hunter2@h/d");
    }
}
