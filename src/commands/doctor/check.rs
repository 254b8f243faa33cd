//! `herald doctor`: one line for each thing that is looked at. Nothing is made, started or changed.

use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;

use super::database;
use super::finding::{Finding, Level};
use crate::access::count_keys;
use crate::clock::Clock;
use crate::commands::knowledge::{NotAccepted, accepted};
use crate::commands::lost_keys::LostKey;
use crate::commands::{place, preflight};
use crate::config::{self, Config, Given, KeySource, Mode, Registration, RulesPolicy, Transport};
use crate::embedded;
use crate::http::certificate_end;
use crate::record::Pseudonyms;

const GIB: u64 = 1 << 30;
/// A database that runs out of space stops taking decisions.
const LITTLE_SPACE: u64 = 5 * GIB;
const NO_SPACE: u64 = GIB / 2;
/// Time to order a new certificate in.
const SOON_HOURS: i64 = 30 * 24;

/// Exit 0 if nothing is bad, 1 otherwise.
pub(super) fn run(given: Given) -> ExitCode {
    let findings = match config::load(given) {
        Ok(config) => of_setup(&config),
        Err(faults) => faults.0.iter().map(|fault| Finding::bad("configuration", fault.to_string())).collect(),
    };
    for finding in &findings {
        println!("{finding}");
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    println!("{} bad, {} to know", count(Level::Bad), count(Level::Warn));
    if count(Level::Bad) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn of_setup(config: &Config) -> Vec<Finding> {
    let now = Clock::System.now();
    let mut findings = vec![access(config)];
    findings.extend(client_keys(config));
    findings.extend([rules(config), data_directory(config)]);
    findings.extend(key(config));
    findings.extend(LostKey::of(config).into_iter().map(lost_key));
    findings.extend(certificate(config, now));
    findings.extend(space(&config.data_dir));
    if config.database_url.is_none() {
        findings.push(Finding::of("postgresql", embedded::server_version().map(|major| format!("version {major}"))));
    }
    findings.extend(database::look(config));
    findings
}

fn access(config: &Config) -> Finding {
    let at = config.listen;
    match (config.mode, &config.transport) {
        (Mode::Loopback, _) => Finding::warn(
            "access",
            format!("loopback mode: whoever is on this machine may call {at} without a token; a [[client]] ends it"),
        ),
        (Mode::Clients, Transport::Plain) => {
            Finding::warn("access", format!("clients show tokens; {at} is served without TLS, on this machine only"))
        }
        (Mode::Clients, Transport::BehindProxy) => Finding::fine(
            "access",
            format!("clients show tokens; a proxy before {at} ends TLS (it must be the only way to that address)"),
        ),
        (Mode::Clients, Transport::Tls(_)) => {
            Finding::fine("access", format!("clients show tokens; {at} is served over TLS"))
        }
    }
}

/// The key sets of the clients. A start waits for none that comes over the network, but no token is accepted before it is there.
fn client_keys(config: &Config) -> Vec<Finding> {
    let look = |client: &Registration| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let name = &client.client.name;
        match runtime.map(|runtime| runtime.block_on(count_keys(client))) {
            Err(error) => Finding::bad("client keys", format!("{name}: no runtime for the connection: {error}")),
            Ok(Ok(count)) => Finding::fine("client keys", format!("{name}: {count} in its key set")),
            Ok(Err(none)) => {
                let says = format!("{name}: jwks: {none}; without keys every token of it is refused");
                match client.keys {
                    KeySource::File(_) => Finding::bad("client keys", says),
                    KeySource::Url(_) => Finding::warn("client keys", says),
                }
            }
        }
    };
    config.clients.iter().map(look).collect()
}

fn rules(config: &Config) -> Finding {
    let today = Clock::System.today();
    match (accepted(RulesPolicy::SignedOnly, today), config.rules) {
        (Ok(()), _) => Finding::fine("rules", "signed off"),
        (Err(error), RulesPolicy::SignedOnly) => Finding::bad("rules", error.to_string()),
        (Err(NotAccepted::Unsigned(files)), RulesPolicy::UnsignedShown) => Finding::warn(
            "rules",
            format!(
                "every card says UNREVIEWED until these files are signed (herald rules sign): {}",
                files.join(", ")
            ),
        ),
        (Err(NotAccepted::Overdue(due)), RulesPolicy::UnsignedShown) => {
            Finding::warn("rules", format!("every card says UNREVIEWED: the review of the rules was due on {due}"))
        }
        (Err(NotAccepted::Rules(error)), RulesPolicy::UnsignedShown) => Finding::bad("rules", error.to_string()),
    }
}

fn data_directory(config: &Config) -> Finding {
    let directory = &config.data_dir;
    if !directory.exists() {
        return Finding::fine("data directory", format!("{} will be made at the first start", directory.display()));
    }
    let looked = place::look(directory, config.mode);
    Finding::of("data directory", looked.map(|()| directory.display().to_string()))
}

/// None where it is missing and should not be: then [`LostKey`] says so.
fn key(config: &Config) -> Option<Finding> {
    if LostKey::of(config).contains(&LostKey::Pseudonyms) {
        return None;
    }
    let read = match &config.pseudonym_key_file {
        Some(shared) => Pseudonyms::from_file(shared).map(|_| format!("shared: {}", shared.display())),
        None if Pseudonyms::is_made(&config.data_dir) => {
            Pseudonyms::open(&config.data_dir).map(|_| "under the data directory; keep a copy elsewhere".to_owned())
        }
        None => Ok("will be made at the first start".to_owned()),
    };
    Some(Finding::of("pseudonym key", read))
}

fn lost_key(lost: LostKey) -> Finding {
    let about = match lost {
        LostKey::Pseudonyms => "pseudonym key",
        LostKey::Sealing => "sealing key",
        LostKey::Spool => "spool key",
    };
    Finding::bad(about, lost.to_string())
}

fn certificate(config: &Config, now: Timestamp) -> Option<Finding> {
    let Transport::Tls(files) = &config.transport else { return None };
    if let Err(error) = preflight::tls(config) {
        return Some(Finding::bad("certificate", error.to_string()));
    }
    Some(match certificate_end(files) {
        None => Finding::warn("certificate", "its last day cannot be read"),
        Some(end) if end <= now => Finding::bad("certificate", format!("tls.certificate: it ended at {end}")),
        Some(end) if end.duration_since(now).as_hours() < SOON_HOURS => {
            Finding::warn("certificate", format!("tls.certificate: it ends at {end}; have a new one made"))
        }
        Some(end) => Finding::fine("certificate", format!("until {end}")),
    })
}

/// Of the directory, or of the nearest one above it that is there.
fn space(directory: &Path) -> Option<Finding> {
    let directory = std::path::absolute(directory).ok()?;
    let found = directory.ancestors().find_map(|directory| rustix::fs::statvfs(directory).ok())?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let says = format!("{:.1} GiB free for the data directory", free as f64 / GIB as f64);
    Some(match free {
        ..NO_SPACE => Finding::bad("disk", format!("{says}; make room")),
        NO_SPACE..LITTLE_SPACE => Finding::warn("disk", format!("{says}; make room soon")),
        LITTLE_SPACE.. => Finding::fine("disk", says),
    })
}
