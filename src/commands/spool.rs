//! `herald spool`: what lies on the disk of a service that does not run goes into the database; what the database refused
//! gets another chance.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::config::{self, Config, Faults, Given};
use crate::embedded::{self, EmbeddedError};
use crate::record::{Recorders, Released, Spool, SpoolError};
use crate::store::{Store, StoreOptions, UnusableAddress};

/// Without a row that goes over, or into quarantine, in this time the database is called away.
const PATIENCE: Duration = Duration::from_secs(30);

/// Arguments of the command.
#[derive(Debug, clap::Args)]
pub struct SpoolArguments {
    #[command(subcommand)]
    command: SpoolCommand,
    /// The data directory whose spool is meant, as for `serve`
    #[arg(long, global = true, env = "HERALD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file (TOML), as for `serve`
    #[arg(long, global = true, env = "HERALD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum SpoolCommand {
    /// Store every row of it in the database (`DATABASE_URL`, else the private cluster that runs) and delete it.
    Drain,
    /// Put the rows in quarantine (DATA_DIR/poison) back into the spool, once the reason for which the database refused them
    /// is gone. The service stores them when it starts, or `drain` does; what is refused again goes back into quarantine.
    Release,
}

/// Why rows are left.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is no spool in {}; name the data directory of the service with --data-dir; nothing was made", .0.display())]
    NoSpool(PathBuf),
    #[error("keys/spool.key is missing in {}; put it back from its backup; the spool is as it was", .0.display())]
    NoKey(PathBuf),
    #[error(
        "{rows} rows stored; {damaged} files of the spool cannot be read, or not whole: they are kept, the log says where and why"
    )]
    Damaged { rows: u64, damaged: u64 },
    #[error(transparent)]
    Config(#[from] Faults),
    #[error("the private database of {} does not run; set DATABASE_URL, or start the service, which drains its spool by itself", .0.display())]
    NotRunning(PathBuf),
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    #[error(transparent)]
    Address(#[from] UnusableAddress),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the database lacks {0} migrations of this version; run herald migrate first; the spool is as it was")]
    Migrations(i64),
    #[error("the database does not take the rows; {0} segments stay in the spool")]
    Away(usize),
    #[error("{rows} rows stored; {poison} were refused for their content and lie in the directory poison")]
    Refused { rows: u64, poison: u64 },
    #[error(
        "{} rows lie in the spool again; in quarantine stay {} for which it has no room, and {} files that cannot be read, are damaged or sealed with another key",
        .0.rows, .0.left, .0.unreadable
    )]
    NotAllReleased(Released),
    #[error("rows cannot be put back into the spool ({0}); those that were not stay in quarantine")]
    NotReleased(io::Error),
}

/// Exit 0 once the spool, or the quarantine, is empty; 2 where there is none; else 1. Always with one line on standard error,
/// and what was not moved stays.
pub(super) fn run(arguments: &SpoolArguments) -> ExitCode {
    let done = match arguments.command {
        SpoolCommand::Drain => drained(arguments).map(|rows| format!("{rows} rows stored; the spool is empty")),
        SpoolCommand::Release => released(arguments).map(|rows| {
            format!("{rows} rows lie in the spool again; the service stores them when it starts, or herald spool drain")
        }),
    };
    match done {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("herald spool: {failure}");
            match failure {
                Failure::NoSpool(_) | Failure::NoKey(_) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn config_of(arguments: &SpoolArguments) -> Result<Config, Faults> {
    config::load(Given {
        data_dir: arguments.data_dir.clone(),
        config: arguments.config.clone(),
        database_url: std::env::var("DATABASE_URL").ok(),
        ..Given::default()
    })
}

/// The spool of a service, which must have been there: a mistyped directory would be an empty one.
fn opened(config: &Config) -> Result<Spool, Failure> {
    if !Spool::is_made(&config.data_dir) {
        return Err(Failure::NoSpool(config.data_dir.clone()));
    }
    if !Spool::has_key(&config.data_dir) {
        return Err(Failure::NoKey(config.data_dir.clone()));
    }
    Ok(Spool::open(&config.data_dir, config.spool)?)
}

fn released(arguments: &SpoolArguments) -> Result<usize, Failure> {
    let config = config_of(arguments)?;
    let released = opened(&config)?.release().map_err(Failure::NotReleased)?;
    match released {
        Released { rows, left: 0, unreadable: 0 } => Ok(rows),
        some => Err(Failure::NotAllReleased(some)),
    }
}

fn drained(arguments: &SpoolArguments) -> Result<u64, Failure> {
    let config = config_of(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let spool = opened(&config)?;
        let store = store(&config).await?;
        // Where the login may not look, or the database is away, the rows themselves will tell.
        if let Ok(missing @ 1..) = store.missing_migrations().await {
            return Err(Failure::Migrations(missing));
        }
        let recorders = Recorders::new(store, spool)?;
        tokio::spawn(recorders.keep());
        let emptied = until_empty(&recorders).await;
        recorders.drain().await;
        emptied
    })
}

async fn until_empty(recorders: &Recorders) -> Result<u64, Failure> {
    let (mut moved, mut at) = (0, Instant::now());
    loop {
        let health = recorders.health();
        if health.spool_segments == 0 {
            let rows = health.replayed_rows;
            return match (health.poison, health.damaged) {
                (0, 0) => Ok(rows),
                (0, damaged) => Err(Failure::Damaged { rows, damaged }),
                (poison, _) => Err(Failure::Refused { rows, poison }),
            };
        }
        let by_now = health.replayed_rows + health.poison;
        if by_now > moved {
            (moved, at) = (by_now, Instant::now());
        }
        if at.elapsed() > PATIENCE {
            return Err(Failure::Away(health.spool_segments));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn store(config: &Config) -> Result<Store, Failure> {
    let address = match &config.database_url {
        Some(url) => url.reveal().to_owned(),
        None => {
            let running = embedded::running(&config.data_dir).await?;
            running.ok_or_else(|| Failure::NotRunning(config.data_dir.clone()))?
        }
    };
    Ok(Store::new(StoreOptions::from_url(&address)?))
}
