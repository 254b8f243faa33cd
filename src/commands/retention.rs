//! `herald retention`: deletes months by age, with a certificate, and keeps those that somebody holds.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::config::{self, Faults, Given};
use crate::seal::{Month, to_hex};
use crate::store::{Hold, MonthOutcome, RetentionConnection, StoreError};

use super::beside::{self, BesideError};

/// Arguments of the command.
#[derive(Debug, clap::Args)]
pub struct RetentionArguments {
    #[command(subcommand)]
    command: RetentionCommand,
    /// Where the private database cluster is kept, as for `serve`
    #[arg(long, global = true, env = "HERALD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file (TOML), as for `serve`
    #[arg(long, global = true, env = "HERALD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum RetentionCommand {
    /// Delete every month before this one that is sealed and that nobody holds, and print the certificate
    Run {
        /// The first month that stays
        #[arg(long, value_name = "YYYY-MM", value_parser = month)]
        before: Month,
    },
    /// Keep a month of a tenant from deletion. A month is deleted for all tenants or for none
    Hold(HoldArguments),
    /// Let a month go that was held
    Lift(HoldArguments),
    /// List what is held
    List,
}

#[derive(Debug, clap::Args)]
struct HoldArguments {
    /// Whose decisions
    #[arg(long, default_value = "local")]
    tenant: String,
    /// Which month
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    month: Month,
    /// Why. No patient data
    #[arg(long)]
    why: String,
    /// Who decided it
    #[arg(long)]
    by: String,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] Faults),
    #[error(transparent)]
    Beside(#[from] BesideError),
    #[error("{0}; connect as a member of herald_retention (HERALD_RETENTION_DATABASE_URL, else DATABASE_URL)")]
    Store(#[from] StoreError),
    #[error("{0} is not a month that is over")]
    NotOver(Month),
    #[error("nothing is held: no sealed decision of a tenant {tenant} is known (tenants with any: {known})")]
    NoTenant { tenant: String, known: String },
    #[error(
        "nothing is held: {month} of {tenant} has no sealed decision (what is not sealed yet is not deleted either)"
    )]
    NoRows { tenant: String, month: Month },
    #[error("nothing is held: {month} of {tenant} was deleted already")]
    Deleted { tenant: String, month: Month },
    #[error("nothing is changed: {month} of {tenant} is not held (held: {held})")]
    NotHeld { tenant: String, month: Month, held: String },
    #[error("no runtime: {0}")]
    Runtime(#[source] io::Error),
    #[error("the answer cannot be written: {0}")]
    Output(#[source] io::Error),
}

/// Does what the arguments say. Exit 2 with one line on standard error where nothing was done.
pub(super) fn run(arguments: &RetentionArguments) -> ExitCode {
    match done(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("herald retention: {failure}");
            ExitCode::from(2)
        }
    }
}

fn done(arguments: &RetentionArguments) -> Result<(), Failure> {
    let config = config::load(Given {
        data_dir: arguments.data_dir.clone(),
        config: arguments.config.clone(),
        database_url: std::env::var("DATABASE_URL").ok(),
        ..Given::default()
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
    let told = runtime.block_on(async {
        let store = beside::store(&config, Some("HERALD_RETENTION_DATABASE_URL")).await?;
        let mut line = store.open_retention().await?;
        let told = changed(&mut line, &arguments.command).await;
        line.close().await;
        told
    })?;
    io::stdout().lock().write_all(told.as_bytes()).map_err(Failure::Output)
}

async fn changed(line: &mut RetentionConnection, command: &RetentionCommand) -> Result<String, Failure> {
    match command {
        RetentionCommand::Run { before } => certificate(line, *before).await,
        RetentionCommand::Hold(arguments) => {
            can_be_held(line, arguments).await?;
            line.hold(arguments.hold(true)).await?;
            Ok(format!("held: {} of {}\n", arguments.month, arguments.tenant))
        }
        RetentionCommand::Lift(arguments) => {
            let holds = line.holds().await?;
            if !holds.iter().any(|(tenant, month)| *tenant == arguments.tenant && *month == arguments.month) {
                let held = listed(holds.iter().map(|(tenant, month)| format!("{month} of {tenant}")));
                return Err(Failure::NotHeld { tenant: arguments.tenant.clone(), month: arguments.month, held });
            }
            line.hold(arguments.hold(false)).await?;
            Ok(format!("no longer held: {} of {}\n", arguments.month, arguments.tenant))
        }
        RetentionCommand::List => {
            let lines: String =
                line.holds().await?.iter().map(|(tenant, month)| format!("{month} of {tenant}\n")).collect();
            Ok(if lines.is_empty() { "Nothing is held.\n".to_owned() } else { lines })
        }
    }
}

/// A hold of what is not there would hold nothing, and whoever asked for it would not know.
async fn can_be_held(line: &mut RetentionConnection, arguments: &HoldArguments) -> Result<(), Failure> {
    let HoldArguments { tenant, month, .. } = arguments;
    let (tenant, month) = (tenant.clone(), *month);
    let tenants = line.tenants(month).await?;
    match tenants.iter().find(|known| known.tenant == tenant) {
        None => {
            let known = listed(tenants.into_iter().map(|known| known.tenant));
            Err(Failure::NoTenant { tenant, known })
        }
        Some(known) if known.deleted => Err(Failure::Deleted { tenant, month }),
        Some(known) if !known.has_rows => Err(Failure::NoRows { tenant, month }),
        Some(_) => Ok(()),
    }
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

impl HoldArguments {
    fn hold(&self, held: bool) -> Hold<'_> {
        Hold { tenant: &self.tenant, month: self.month, held, by: &self.by, why: &self.why }
    }
}

/// What was deleted, what stays and why, and the roots of the seals that still prove each deleted row.
async fn certificate(line: &mut RetentionConnection, before: Month) -> Result<String, Failure> {
    let mut months: Map<String, Value> = Map::new();
    for (month, outcome) in line.delete_before(before).await? {
        let kept = |why: &str| json!({"outcome": "kept", "why": why});
        match outcome {
            MonthOutcome::NotOver => return Err(Failure::NotOver(month)),
            MonthOutcome::Held => drop(months.insert(month.to_string(), kept("legal hold"))),
            MonthOutcome::NotSealed => drop(months.insert(month.to_string(), kept("not sealed yet"))),
            MonthOutcome::Deleted { tenant, decisions, conflicts, keys } => {
                let seals = line.seals_of(month).await?.into_iter().filter(|seal| seal.tenant == tenant);
                let seals: Vec<Value> =
                    seals.map(|seal| json!({"seq": seal.seq, "root": to_hex(&seal.root)})).collect();
                let entry =
                    months.entry(month.to_string()).or_insert_with(|| json!({"outcome": "deleted", "tenants": {}}));
                entry["tenants"][tenant.as_str()] =
                    json!({"decisions": decisions, "conflicts": conflicts, "keys": keys, "seals": seals});
            }
        }
    }
    let certificate = json!({
        "schema": "herald.deletion-certificate/1",
        "before": before.to_string(),
        "at": Clock::System.now().to_string(),
        "months": months,
    });
    Ok(format!("{certificate:#}\n"))
}

fn month(text: &str) -> Result<Month, String> {
    let read = || {
        let (year, month) = text.split_once('-')?;
        if (year.len(), month.len()) == (4, 2) { Month::new(year.parse().ok()?, month.parse().ok()?) } else { None }
    };
    read().ok_or_else(|| "give a month as 2026-11".to_owned())
}
