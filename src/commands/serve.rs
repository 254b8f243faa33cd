//! `herald serve`: the service.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::access::Access;
use crate::assessment::Knowledge;
use crate::cdshooks::document;
use crate::clock::Clock;
use crate::config::{self, Client, Config, Given, Mode, Registration};
use crate::embedded;
use crate::http::{self, Condition, Crowd, Desk, Door, Health, Known, Limits, Turns};
use crate::record::{KeyFileError, Quiet, Recorders, SEALING_DISTANCE, Sealer, Spool, SpoolError};
use crate::rules::RulesError;
use crate::store::{Store, sample_trials};
use crate::telemetry::{self, Form};
use crate::traces::TracesError;
use crate::upstream::{Upstream, UpstreamError};

use super::database::{self, DatabaseError, Stage};
use super::guard::{Guard, UnsafeDatabase};
use super::knowledge::knowledge;
use super::lost_keys::LostKey;
use super::opening::Opening;
use super::preflight::{Fit, preflight};
use super::watching::Watch;

/// Longest wait for open decisions when the service stops. Settling a conflict may take three seconds.
const SETTLE_TIME: Duration = Duration::from_secs(4);
/// Between two deletions of used tokens.
const FORGET_EVERY: Duration = Duration::from_secs(5 * 60);

/// So long after a request was turned away `/health` still says so.
const SHEDDING_SHOWN: Duration = Duration::from_secs(1);

/// From the signal to the end of the process, at most.
const EXIT_TIME: Duration = Duration::from_secs(25);
/// Kept of it for what is left when the last reply has gone out: draining, closing the pool, sending spans.
const CLOSING_TIME: Duration = Duration::from_secs(3);

/// What was sent before the signal may still lie with the system, unread. It is answered like what was in hand.
const TAKEN_IN: Duration = Duration::from_millis(200);

/// What requests in flight get of the time, once a balancer had `stop_wait` of it.
fn finishing_time(stop_wait: Duration) -> Duration {
    EXIT_TIME.saturating_sub(stop_wait + SETTLE_TIME + 2 * CLOSING_TIME)
}

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct ServeArguments {
    /// Address and port; beyond loopback only with clients and TLS or a proxy; port 0 picks a free one
    #[arg(long, env = "HERALD_LISTEN", value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Where the private database cluster, the spool and the keys are kept
    #[arg(long, env = "HERALD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file (TOML)
    #[arg(long, env = "HERALD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// A proxy before the service ends TLS (also HERALD_BEHIND_PROXY=true)
    #[arg(long)]
    behind_proxy: bool,
}

impl ServeArguments {
    /// With what the environment says.
    pub(super) fn given(self) -> Given {
        Given {
            listen: self.listen,
            data_dir: self.data_dir,
            config: self.config,
            behind_proxy: self.behind_proxy,
            ..Given::from_environment()
        }
    }
}

/// Serves until SIGINT or SIGTERM. A configuration that is wrong or unsafe ends it at once: one line, exit status 2.
#[must_use]
pub fn serve(arguments: ServeArguments) -> ExitCode {
    let began = Instant::now();
    let config = match config::load(arguments.given()) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("herald: {faults}");
            return ExitCode::from(2);
        }
    };
    let fit = match preflight(&config, Clock::System.today()) {
        Ok(fit) => fit,
        Err(unfit) => {
            let told: Vec<String> = unfit.iter().map(ToString::to_string).collect();
            eprintln!("herald: {}", told.join("; "));
            return ExitCode::from(2);
        }
    };
    telemetry::init(config.watching.log.as_deref(), config.watching.log_is_json.then_some(Form::Json));
    no_core_files();
    // The spool says by itself what it keeps for a key that is missing.
    for lost in fit.lost.iter().filter(|lost| **lost != LostKey::Spool) {
        tracing::error!("{lost}");
    }
    match run(&config, fit, began) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ ServeError::Unsafe(_)) => {
            eprintln!("herald: {error}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("herald: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the memory of a process that crashes holds, tokens and patients among it, is written to no file. The private cluster
/// inherits that.
fn no_core_files() {
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(%error, "a crash of this process may leave a core file");
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
    Unsafe(#[from] UnsafeDatabase),
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error("sealing: {0}")]
    Sealing(#[from] KeyFileError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error("the rule files are not valid: {0}")]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Traces(#[from] TracesError),
}

fn run(config: &Config, fit: Fit, began: Instant) -> Result<(), ServeError> {
    // The server has threads of its own; this runtime is for the signals and for what looks after the service.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(service(config, fit, began))
}

/// The service from its first byte to its last: bind, open the database, serve, drain.
async fn service(config: &Config, fit: Fit, began: Instant) -> Result<(), ServeError> {
    // Bound before anything slow is started: an address that is taken is told at once. Clients that come early wait.
    let bound = |address| TcpListener::bind(address).map_err(|cause| ServeError::Listen { address, cause });
    let listener = bound(config.listen)?;
    let metrics_listener = config.watching.metrics_listen.map(bound).transpose()?;
    let mut watching = Watch::new(&config.watching)?;
    let store = database::store(config)?;
    let is_first = config.database_url.is_none() && !embedded::is_made(&config.data_dir);
    let spool = Spool::open(&config.data_dir, config.spool)?;
    let (staging, stage) = watch::channel(Stage::Opening);
    let (end_cluster, ended) = oneshot::channel();
    let keeper = tokio::spawn(database::keep(config.clone(), store.clone(), staging, ended));
    let quiet = Quiet::new(config.quiet_days);
    let mut opening = Opening::begin(began, store.clone(), quiet.clone(), stage.clone());
    let guard = Guard::new(config, &store);
    // Whatever needs no database is done while it is being opened.
    let rules = knowledge(Vec::new())?;
    let rules_digest = digest_bytes(rules.rulebook.digest());
    let recorders = if config.keeps_record {
        Recorders::new(store.clone(), spool)?
    } else {
        eprintln!("herald: NO DECISION IS RECORDED: this service was started for a measurement");
        tracing::error!("no decision is recorded: this service was started for a measurement");
        Recorders::without_record(store.clone(), spool)?
    };
    watching.metrics().rules(rules.rulebook.digest(), rules.rulebook.unsigned.len());
    let sealer = Sealer::new(store.clone(), fit.sealing, &config.data_dir, SEALING_DISTANCE, || Clock::System.now())?;
    let asks = fit.new_pseudonyms && !fit.lost.contains(&LostKey::Pseudonyms);
    let sealer = if asks { sealer.with_new_pseudonyms() } else { sealer };
    let seal_head = sealer.head();
    // A cluster that is being made has nothing to tell.
    let cohorts = if is_first { Some(sample_trials()) } else { opening.wait(&guard).await? };
    let is_late = cohorts.is_none();
    let known = Known::new(Knowledge { cohorts: cohorts.unwrap_or_default(), ..rules });
    if is_late {
        opening.come_late(known.clone());
    }
    let desk = {
        let (metrics, traces) = (watching.metrics(), watching.traces());
        let (recorders, store, quiet) = (recorders.clone(), store.clone(), quiet.clone());
        let pseudonyms = Arc::new(fit.pseudonyms);
        let local = Arc::new(Client::local());
        let access = fit.access.clone();
        let clients = config.clients.iter().map(|registration| &*registration.client);
        let upstream = Arc::new(Upstream::open(clients)?);
        move || Desk {
            local: Arc::clone(&local),
            access: access.clone(),
            upstream: Arc::clone(&upstream),
            rules_digest,
            knowledge: known.clone(),
            turns: Turns::default(),
            recorder: recorders.start(),
            store: store.clone(),
            pseudonyms: Arc::clone(&pseudonyms),
            quiet: quiet.clone(),
            metrics: Arc::clone(&metrics),
            traces: traces.clone(),
            seal_head: seal_head.clone(),
            clock: Clock::System,
        }
    };
    let health = Arc::new(Health::new(condition(&recorders, *stage.borrow())));
    let door = Door { tls: fit.tls, origins: config.origins.clone(), crowd: crowd(config) };
    let limits = Limits { stop_time: finishing_time(config.watching.stop_wait), ..Limits::default() };
    let discovery = document(config.version_members, config.public_base.as_deref());
    let server = http::start(listener, health.clone(), limits, door, discovery, desk)?;
    println!("listening on {}", server.url());
    if config.mode == Mode::Loopback {
        println!("{}", try_it(&server.url()));
    }
    // A database that is being opened has nothing to tell.
    let (opened_first, keeping) = (opened(stage.clone()), recorders.keep());
    tokio::spawn(async move {
        opened_first.await;
        keeping.await;
    });
    watching.start(metrics_listener, &recorders, &store)?;
    let looking = tokio::spawn({
        let (store, opened) = (store.clone(), opened(stage.clone()));
        async move {
            opened.await;
            quiet.keep(&store).await;
        }
    });
    let sealing = tokio::spawn({
        let opened = opened(stage.clone());
        async move {
            opened.await;
            sealer.keep().await;
        }
    });
    let mirror = tokio::spawn(watch_record(recorders.clone(), health.clone(), stage.clone()));
    let door_keeper = fit.access.map(|access| tokio::spawn(keep_door(access, store.clone(), opened(stage.clone()))));
    let signal = stop_signal()?;
    let mut unsafe_database = None;
    server
        .run(async {
            tokio::select! {
                () = signal => {}
                found = guard.until_unsafe() => unsafe_database = Some(found),
            }
            // Hooks are still answered while a balancer takes notice.
            health.set(Condition::Leaving);
            tokio::time::sleep(config.watching.stop_wait.max(TAKEN_IN)).await;
            // New requests are refused from here on; what was decided is written while its thread still lives.
            health.set(Condition::Draining);
            recorders.settle(SETTLE_TIME).await;
        })
        .await?;
    mirror.abort();
    looking.abort();
    sealing.abort();
    if let Some(keeper) = door_keeper {
        keeper.abort();
    }
    recorders.drain().await;
    // A pool waits for its calls; one that hangs must not keep the service from ending.
    let _ = tokio::time::timeout(CLOSING_TIME, store.close()).await;
    watching.end().await;
    drop(end_cluster);
    // The keeper ends by itself once its channel is closed.
    let _ = keeper.await;
    tracing::info!("stopped");
    unsafe_database.map_or(Ok(()), |found| Err(found.into()))
}

/// Until the database was opened. Whoever only looks after it would have nothing but a fault to tell before that.
async fn opened(mut stage: watch::Receiver<Stage>) {
    // Its other end lives as long as the service.
    let _ = stage.wait_for(|stage| *stage == Stage::Open).await;
}

/// How many requests may be open at once.
fn crowd(config: &Config) -> Crowd {
    match config.mode {
        Mode::Loopback => Crowd::unlimited(),
        Mode::Clients => Crowd::of(config.clients.iter().flat_map(Registration::tenants)),
    }
}

/// A line to paste into a terminal: an IHC 2+ of a breast cancer, and the card it gets.
fn try_it(url: &str) -> String {
    let request = r#"{"hook":"patient-view","hookInstance":"try-1","context":{"userId":"Practitioner/1","patientId":"p1"},"prefetch":{"conditions":{"resourceType":"Condition","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C50.912"}]}},"her2":{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85319-2"}]},"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA11842-4"}]},"effectiveDateTime":"2026-10-12"}}}"#;
    format!("try it:\ncurl -si -H 'Content-Type: application/json' {url}/cds-services/her2-chart-review -d '{request}'")
}

/// Keeps the keys of clients fresh, and takes out the tokens that nobody would accept any more.
async fn keep_door(access: Arc<Access>, store: Store, opened: impl Future<Output = ()>) {
    let forgetting = async {
        opened.await;
        let mut tick = tokio::time::interval(FORGET_EVERY);
        loop {
            tick.tick().await;
            if let Err(error) = store.forget_tokens().await {
                tracing::warn!(%error, "used tokens could not be taken out");
            }
        }
    };
    tokio::join!(access.keep_keys(), forgetting);
}

/// Mirrors the state of the recorders into `/health`.
async fn watch_record(recorders: Recorders, health: Arc<Health>, stage: watch::Receiver<Stage>) {
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    let (mut turned_away, mut last) = (recorders.health().overloaded, None);
    loop {
        let now = tick.tick().await;
        let so_far = recorders.health().overloaded;
        if so_far != std::mem::replace(&mut turned_away, so_far) {
            last = Some(now);
        }
        let sheds = !recorders.have_room() || last.is_some_and(|last| now - last < SHEDDING_SHOWN);
        health.set(match condition(&recorders, *stage.borrow()) {
            Condition::Recording | Condition::Unsecured | Condition::Spooling if sheds => Condition::Shedding,
            condition => condition,
        });
    }
}

fn condition(recorders: &Recorders, stage: Stage) -> Condition {
    match (stage, Condition::of(&recorders.health())) {
        (Stage::Migrating, _) => Condition::Migrating,
        (Stage::Opening, Condition::Recording | Condition::Unsecured | Condition::Spooling) => Condition::FirstStart,
        (Stage::Opening | Stage::Open, condition) => condition,
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

/// Resolves at the first SIGINT, SIGTERM or SIGHUP (the terminal is closed): all finish what is in flight.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        let name = tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
            _ = hang_up.recv() => "SIGHUP",
        };
        tracing::info!(signal = name, "stopping");
    })
}
