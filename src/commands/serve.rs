//! `herald serve`: the service.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::config::{self, Client, Config, Given};
use crate::embedded;
use crate::http::{self, Condition, Desk, Health, LabelMemory, Limits, Turns};
use crate::record::{
    DatabaseState, PseudonymError, Pseudonyms, Quiet, Recorders, Spool, SpoolError, SpoolState, WhenFull,
};
use crate::rules::RulesError;
use crate::store::{Store, sample_trials};
use crate::telemetry;
use crate::trials::Cohort;

use super::database::{self, DatabaseError};
use super::knowledge::{accepted, knowledge};

/// Longest wait for open decisions when the service stops. Settling a conflict may take three seconds.
const SETTLE_TIME: Duration = Duration::from_secs(4);

/// How long the start waits for the database and for what is read from it. Then hooks are answered, and decisions go to the
/// spool until it is there.
const OPEN_TIME: Duration = Duration::from_millis(800);

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
    #[error(transparent)]
    Spool(#[from] SpoolError),
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
    let store = database::store(config)?;
    let is_first = config.database_url.is_none() && !embedded::is_made(&config.data_dir);
    let spool = Spool::open(&config.data_dir, config.spool)?;
    let (there, is_there) = watch::channel(false);
    let (end_cluster, ended) = oneshot::channel();
    let keeper = tokio::spawn(database::keep(config.clone(), store.clone(), there, ended));
    let quiet = Quiet::new(config.quiet_days);
    let knowledge = knowledge(if is_first { sample_trials() } else { known(&store, &quiet, is_there.clone()).await })?;
    let recorders = Recorders::new(store.clone(), spool)?;
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
            clock: Clock::System,
        }
    };
    let when_full = config.spool.when_full;
    let health = Arc::new(Health::new(condition(&recorders, when_full, *is_there.borrow())));
    let server = http::start(listener, health.clone(), Limits::default(), config.version_members, desk)?;
    println!("listening on http://{}", server.address());
    println!("{}", try_it(server.address()));
    tokio::spawn(recorders.keep());
    let watch = tokio::spawn(watch_record(recorders.clone(), health.clone(), when_full, is_there));
    let looking = tokio::spawn({
        let store = store.clone();
        async move { quiet.keep(&store).await }
    });
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
    recorders.drain().await;
    store.close().await;
    drop(end_cluster);
    // The keeper ends by itself once its channel is closed.
    let _ = keeper.await;
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

/// What is read from the database before the first card: which cards are quiet, so that a restart wakes nothing, and the
/// trials. A database that is not there in time is not waited for.
async fn known(store: &Store, quiet: &Quiet, mut is_there: watch::Receiver<bool>) -> Vec<Cohort> {
    let reading = async {
        let _ = is_there.wait_for(|there| *there).await;
        tokio::join!(quiet.look(store), database::cohorts(store))
    };
    match tokio::time::timeout(OPEN_TIME, reading).await {
        Ok((looked, cohorts)) => {
            if let Err(error) = looked {
                tracing::warn!(%error, "dismissed and silenced cards cannot be read yet");
            }
            cohorts
        }
        Err(_) => {
            tracing::warn!("the database is not there yet; cards name no trials until the next start");
            Vec::new()
        }
    }
}

/// Mirrors the state of the recorders into `/health`.
async fn watch_record(recorders: Recorders, health: Arc<Health>, when_full: WhenFull, is_there: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    loop {
        tick.tick().await;
        health.set(condition(&recorders, when_full, *is_there.borrow()));
    }
}

fn condition(recorders: &Recorders, when_full: WhenFull, is_there: bool) -> Condition {
    if !recorders.have_room() {
        return Condition::Shedding;
    }
    let recorder = recorders.health();
    match (recorder.database, recorder.spool, when_full) {
        (_, SpoolState::Takes, _) if !is_there => Condition::FirstStart,
        (DatabaseState::Up, _, _) if is_there => Condition::Recording,
        (_, SpoolState::Takes, _) => Condition::Spooling,
        (_, SpoolState::Full | SpoolState::Failing, WhenFull::Serve) => Condition::Unrecorded,
        (_, SpoolState::Full | SpoolState::Failing, WhenFull::Refuse) => Condition::Refusing,
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
