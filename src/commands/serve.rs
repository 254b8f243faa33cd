//! `herald serve`: the service.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use crate::config::{self, Config, Given};
use crate::http::{self, Condition, Health, Limits};
use crate::telemetry;

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
        database_url: std::env::var("DATABASE_URL").ok(),
    };
    let config = match config::load(given) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("herald: {faults}");
            return ExitCode::from(2);
        }
    };
    telemetry::init();
    match run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("herald: {}: {error}", config.listen);
            ExitCode::FAILURE
        }
    }
}

fn run(config: &Config) -> io::Result<()> {
    // The server has threads of its own; this runtime is for the signals, and for what is recorded.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        // Bound before anything slow is started: an address that is taken is told at once.
        let listener = TcpListener::bind(config.listen)?;
        let health = Arc::new(Health::new(Condition::Unrecorded));
        let server = http::start(listener, health, Limits::default(), config.version_members)?;
        println!("listening on http://{}", server.address());
        let stop = stop_signal()?;
        server.run(stop).await?;
        // Here the recorder will drain its queue, flush the spool and close its pools.
        tracing::info!("stopped");
        Ok(())
    })
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
