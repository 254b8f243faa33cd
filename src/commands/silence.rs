//! `herald silence`: what a client is not shown, from now on and without a deployment. The running service reads it within
//! seconds.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cdshooks::topics;
use crate::clock::Clock;
use crate::config::{self, Config, Faults, Given};
use crate::noise::{Silence, Subject};
use crate::rules::{RulesError, embedded_files, load_embedded, order_rules};
use crate::store::{NewSilence, Store, StoreError};

use super::beside::{self, BesideError};

/// Arguments of the command.
#[derive(Debug, clap::Args)]
pub struct SilenceArguments {
    #[command(subcommand)]
    command: SilenceCommand,
    /// Where the private database cluster is kept, as for `serve`
    #[arg(long, global = true, env = "HERALD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file (TOML), as for `serve`
    #[arg(long, global = true, env = "HERALD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Whose data; without any client in the configuration: local
    #[arg(long, global = true, value_parser = words)]
    tenant: Option<String>,
    /// Which client of the configuration; without any: local
    #[arg(long, global = true, value_parser = words)]
    client: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum SilenceCommand {
    /// Show no card of this kind or rule any more. Critical cards are silenced too.
    Add {
        /// A topic code (HER2LOW), a rule (breast-asco-cap-2018/IHC-1plus), a rule set, or `*`: every card, shadow mode
        what: Subject,
        /// Why; `herald silence list` and the start page of the loopback mode show it. No patient data.
        #[arg(long, value_parser = words)]
        why: String,
        /// Who decided it
        #[arg(long, value_parser = words)]
        by: String,
        /// The planned end: a day (its beginning, UTC) or an instant; without it until it is taken back
        #[arg(long, value_name = "WHEN", value_parser = end)]
        until: Option<Timestamp>,
    },
    /// List what is silent, for every client.
    List,
    /// Take every silence of this back.
    Remove {
        /// As it was given
        what: Subject,
        /// Who decided it
        #[arg(long, value_parser = words)]
        by: String,
    },
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] Faults),
    #[error(transparent)]
    Beside(#[from] BesideError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the rule files are not valid: {0}")]
    Rules(#[from] RulesError),
    #[error("{what} is not silenced for {tenant}/{client}; herald silence list says what is")]
    NotSilenced { what: Subject, tenant: String, client: String },
    #[error("name one of the clients of the configuration with --tenant and --client; known (tenant/client): {0}")]
    NotNamed(String),
    #[error(
        "the configuration has no client {client} of tenant {tenant}; known (tenant/client): {known}. Its file is named with --config"
    )]
    NotKnown { tenant: String, client: String, known: String },
    #[error("no runtime: {0}")]
    Runtime(#[source] io::Error),
    #[error("the answer cannot be written: {0}")]
    Output(#[source] io::Error),
}

/// Does what the arguments say. Exit 2 with one line on standard error where nothing was changed.
pub(super) fn run(arguments: &SilenceArguments) -> ExitCode {
    match done(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("herald silence: {failure}");
            ExitCode::from(2)
        }
    }
}

fn done(arguments: &SilenceArguments) -> Result<(), Failure> {
    let config = config::load(Given {
        listen: None,
        data_dir: arguments.data_dir.clone(),
        config: arguments.config.clone(),
        ..Given::from_environment()
    })?;
    // Before anything is asked of a database.
    named(arguments, &config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
    let told = runtime.block_on(async {
        let store = beside::store(&config, None).await?;
        let told = change(&store, arguments, &config).await;
        store.close().await;
        told
    })?;
    io::stdout().lock().write_all(told.as_bytes()).map_err(Failure::Output)
}

/// Tenant and client that are meant. A silence of anybody else would silence nobody, and nobody would notice; one that is
/// taken back may be of a client that the configuration has no longer.
fn named(arguments: &SilenceArguments, config: &Config) -> Result<(String, String), Failure> {
    let clients = config.clients.iter().flat_map(|one| std::iter::once(&one.client).chain(one.by_tenant.values()));
    let mut known: Vec<(&str, &str)> = clients.map(|client| (&*client.tenant, &*client.name)).collect();
    if known.is_empty() {
        known.push(("local", "local"));
    }
    known.sort_unstable();
    known.dedup();
    let words = || known.iter().map(|(tenant, client)| format!("{tenant}/{client}")).collect::<Vec<_>>().join(", ");
    let is_list = matches!(arguments.command, SilenceCommand::List);
    let (tenant, client) = match (&arguments.tenant, &arguments.client) {
        (Some(tenant), Some(client)) => (tenant.as_str(), client.as_str()),
        (tenant, client) if config.clients.is_empty() || is_list => {
            (tenant.as_deref().unwrap_or("local"), client.as_deref().unwrap_or("local"))
        }
        _ => return Err(Failure::NotNamed(words())),
    };
    let owned = (tenant.to_owned(), client.to_owned());
    if matches!(arguments.command, SilenceCommand::Add { .. }) && !known.contains(&(tenant, client)) {
        return Err(Failure::NotKnown { tenant: owned.0, client: owned.1, known: words() });
    }
    Ok(owned)
}

async fn change(store: &Store, arguments: &SilenceArguments, config: &Config) -> Result<String, Failure> {
    let (tenant, client) = &named(arguments, config)?;
    match &arguments.command {
        SilenceCommand::Add { what, why, by, until } => {
            store.add_silence(NewSilence { tenant, client, what, until: *until, by, why }).await?;
            let unknown =
                if is_known(what)? { "" } else { "This version has no kind of card and no rule of that name.\n" };
            Ok(format!("Silent for {tenant}/{client} within seconds: {what}\n{unknown}"))
        }
        SilenceCommand::List => {
            let lines: String = store.silences().await?.iter().map(line).collect();
            Ok(if lines.is_empty() { "Nothing is silenced.\n".to_owned() } else { lines })
        }
        SilenceCommand::Remove { what, by } => match store.end_silence(tenant, client, what, by).await? {
            0 => Err(Failure::NotSilenced { what: what.clone(), tenant: tenant.clone(), client: client.clone() }),
            _ => Ok(format!("Shown again to {tenant}/{client} within seconds: {what}\n")),
        },
    }
}

/// A name that silences nothing today is kept, since a rule may come with the next version, but it is said.
fn is_known(what: &Subject) -> Result<bool, RulesError> {
    let name = what.as_str();
    let book = load_embedded()?;
    let of_orders = order_rules(&embedded_files())?;
    let names_it = |rule: &str| rule == name || rule.split_once('/').is_some_and(|(set, _)| set == name);
    if of_orders.grounds().any(|ground| names_it(&ground.rule)) {
        return Ok(true);
    }
    let known_set = book.sets.iter().any(|set| &*set.id == name);
    Ok(what.is_everything() || known_set || topics().any(|topic| topic.code == name) || book.source_of(name).is_some())
}

fn line(silence: &Silence) -> String {
    let Silence { tenant, client, what, since, until, by, why } = silence;
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    format!("{tenant}/{client}  {what}  since {since}{until}, by {by}: {why}\n")
}

/// Longest name and longest reason, in characters.
const LONGEST: usize = 500;

/// Words that stand on a terminal and, in the loopback mode, on the start page: nothing that could move the cursor or turn the line around.
fn words(text: &str) -> Result<String, String> {
    let text = text.trim();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(|c| c.is_control() || turns(c));
    if plain { Ok(text.to_owned()) } else { Err(format!("give one line of 1 to {LONGEST} characters")) }
}

/// The end of a silence that begins now.
fn end(text: &str) -> Result<Timestamp, String> {
    let until = instant(text)?;
    if until > Clock::System.now() { Ok(until) } else { Err("this has passed already".to_owned()) }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let day = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.at(0, 0, 0, 0)).ok();
    let read = text.parse().ok().or_else(day);
    read.ok_or_else(|| "give a day (2027-01-31) or an instant (2027-01-31T12:00:00Z)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_a_day_or_an_instant() {
        assert_eq!(instant("2027-01-31").unwrap().to_string(), "2027-01-31T00:00:00Z");
        assert_eq!(instant("2027-01-31T12:00:00+02:00").unwrap().to_string(), "2027-01-31T10:00:00Z");
        assert!(instant("next week").is_err());
    }

    #[test]
    fn a_silence_that_would_end_before_it_begins_is_refused() {
        assert!(end("1999-01-01").is_err());
        assert!(end("9000-01-01").is_ok());
    }

    #[test]
    fn who_and_why_are_one_line_that_is_read_as_it_stands() {
        assert_eq!(words(" too loud, see ticket 7 ").unwrap(), "too loud, see ticket 7");
        for text in ["", "   ", "two\nlines", "\u{1b}[31mred", "\u{202e}turned", &"x".repeat(501)] {
            assert!(words(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_that_silences_nothing_is_told_from_one_that_does() {
        for (name, known) in [
            ("*", true),
            ("HER2LOW", true),
            ("breast-asco-cap-2018", true),
            ("breast-asco-cap-2018/IHC-1plus", true),
            ("order-safety", true),
            ("order-safety/lvef-trastuzumab", true),
            ("order-safety/lvef", false),
            ("HER2LOWER", false),
            ("breast", false),
        ] {
            assert_eq!(is_known(&name.parse().unwrap()).unwrap(), known, "{name}");
        }
    }
}
