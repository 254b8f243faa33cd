//! `herald serve`: the service.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::config::{self, Client, Config, Given};
use crate::http::{self, Condition, Desk, Health, LabelMemory, Limits, Turns};
use crate::record::{
    DatabaseState, KeyFileError, PseudonymError, Pseudonyms, Quiet, Recorders, SEALING_DISTANCE, Sealer, sealing_key,
};
use crate::rules::RulesError;
use crate::telemetry;

use super::database::{self, Database, DatabaseError};
use super::knowledge::{accepted, knowledge};

/// Longest wait for open decisions when the service stops. Settling a conflict may take three seconds.
const SETTLE_TIME: Duration = Duration::from_secs(4);

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct ServeArguments {
    /// Loopback address and port; port 0 picks a free one
    #[arg(long, env = "HERALD_LISTEN", value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Where the private database cluster, the spool and the keys are kept
    #[arg(long, env = "HERALD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file (TOML)
    #[arg(long, env = "HERALD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Serves until SIGINT or SIGTERM. A configuration that is wrong or unsafe ends it at once: one line, exit status 2.
#[must_use]
pub fn serve(arguments: ServeArguments) -> ExitCode {
    let given = Given {
        listen: arguments.listen,
        data_dir: arguments.data_dir,
        config: arguments.config,
        allow_unsigned_rules: std::env::var("HERALD_ALLOW_UNSIGNED_RULES").ok(),
        database_url: std::env::var("DATABASE_URL").ok(),
    };
    let config = match config::load(given) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("herald: {faults}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = accepted(config.rules, Clock::System.today()) {
        eprintln!("herald: {error}");
        return ExitCode::from(2);
    }
    telemetry::init();
    match run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("herald: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Why the service did not start, or ended badly.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error("{address}: {cause}")]
    Listen { address: std::net::SocketAddr, cause: io::Error },
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Pseudonyms(#[from] PseudonymError),
    #[error("sealing: {0}")]
    Sealing(#[from] KeyFileError),
    #[error("the rule files are not valid: {0}")]
    Rules(#[from] RulesError),
}

fn run(config: &Config) -> Result<(), ServeError> {
    // The server has threads of its own; this runtime is for the signals and for what looks after the service.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(service(config))
}

/// The service from its first byte to its last: bind, open the database, serve, drain.
async fn service(config: &Config) -> Result<(), ServeError> {
    // Bound before anything slow is started: an address that is taken is told at once. Clients that come early wait.
    let listener = TcpListener::bind(config.listen);
    let listener = listener.map_err(|cause| ServeError::Listen { address: config.listen, cause })?;
    let Database { store, cluster } = open_or_go_without(config).await?;
    database::warn_of_unsafe_settings(&store).await;
    let knowledge = knowledge(database::cohorts(&store).await)?;
    let recorders = Recorders::new(store.clone());
    let quiet = Quiet::new(config.quiet_days);
    // Before the first card, so that a restart wakes nothing.
    if let Err(error) = quiet.look(&store).await {
        tracing::warn!(%error, "dismissed and silenced cards cannot be read yet");
    }
    let sealing = sealing_key(&config.data_dir, config.sealing_key_file.as_deref())?;
    let sealer = Sealer::new(store.clone(), sealing, &config.data_dir, SEALING_DISTANCE, || Clock::System.now())?;
    let seal_head = sealer.head();
    let desk = {
        let (recorders, store, quiet) = (recorders.clone(), store.clone(), quiet.clone());
        let (knowledge, pseudonyms) = (Arc::new(knowledge), Arc::new(Pseudonyms::open(&config.data_dir)?));
        let rules_digest = digest_bytes(knowledge.rulebook.digest());
        let labels = Arc::new(LabelMemory::default());
        let local = Arc::new(Client::local());
        move || Desk {
            local: Arc::clone(&local),
            rules_digest,
            labels: Arc::clone(&labels),
            knowledge: Arc::clone(&knowledge),
            turns: Turns::default(),
            recorder: recorders.start(),
            store: store.clone(),
            pseudonyms: Arc::clone(&pseudonyms),
            quiet: quiet.clone(),
            seal_head: seal_head.clone(),
            clock: Clock::System,
        }
    };
    let health = Arc::new(Health::new(condition(&recorders)));
    let server = http::start(listener, health.clone(), Limits::default(), config.version_members, desk)?;
    println!("listening on http://{}", server.address());
    println!("{}", try_it(server.address()));
    let (end_cluster, ended) = oneshot::channel();
    let keeper = cluster.map(|cluster| tokio::spawn(database::keep_running(cluster, ended)));
    let watch = tokio::spawn(watch_record(recorders.clone(), health.clone()));
    let looking = tokio::spawn({
        let store = store.clone();
        async move { quiet.keep(&store).await }
    });
    let sealing = tokio::spawn(sealer.keep());
    let signal = stop_signal()?;
    server
        .run(async {
            signal.await;
            // New requests are refused from here on; what was decided is written while its thread still lives.
            health.set(Condition::Draining);
            recorders.settle(SETTLE_TIME).await;
        })
        .await?;
    watch.abort();
    looking.abort();
    sealing.abort();
    recorders.drain().await;
    store.close().await;
    drop(end_cluster);
    if let Some(keeper) = keeper {
        // The keeper ends by itself once its channel is closed.
        let _ = keeper.await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// A line to paste into a terminal: an IHC 2+ of a breast cancer, and the card it gets.
fn try_it(address: std::net::SocketAddr) -> String {
    let request = r#"{"hook":"patient-view","hookInstance":"try-1","context":{"userId":"Practitioner/1","patientId":"p1"},"prefetch":{"conditions":{"resourceType":"Condition","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C50.912"}]}},"her2":{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85319-2"}]},"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA11842-4"}]},"effectiveDateTime":"2026-10-12"}}}"#;
    format!(
        "try it:\ncurl -si -H 'Content-Type: application/json' http://{address}/cds-services/her2-chart-review -d '{request}'"
    )
}

/// A database that cannot be opened is told once and loudly; cards are served without a record until it is there.
async fn open_or_go_without(config: &Config) -> Result<Database, DatabaseError> {
    match database::open(config).await {
        Ok(database) => Ok(database),
        Err(error @ DatabaseError::Address(_)) => Err(error),
        Err(error) => {
            eprintln!("herald: no record is kept: {error}");
            tracing::error!(%error, "no record is kept");
            database::nowhere()
        }
    }
}

/// Mirrors the state of the recorders into `/health`.
async fn watch_record(recorders: Recorders, health: Arc<Health>) {
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    loop {
        tick.tick().await;
        health.set(condition(&recorders));
    }
}

fn condition(recorders: &Recorders) -> Condition {
    if !recorders.have_room() {
        return Condition::Shedding;
    }
    match recorders.health().database {
        DatabaseState::Up => Condition::Recording,
        DatabaseState::Away => Condition::Unrecorded,
    }
}

/// The 32 bytes behind `sha256:…`.
fn digest_bytes(digest: &str) -> [u8; 32] {
    let hex = digest.trim_start_matches("sha256:");
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let pair = hex.get(2 * at..2 * at + 2);
        *byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
    }
    bytes
}

/// Resolves at the first SIGINT or SIGTERM: both finish what is in flight.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        let name = tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        };
        tracing::info!(signal = name, "stopping");
    })
}
