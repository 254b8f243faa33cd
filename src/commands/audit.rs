//! `herald audit`: is the record what was sealed? Proofs for single decisions, and their check without the database.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use uuid::Uuid;

use crate::config::{self, Config, Faults, Given};
use crate::record::{self, AuditReport, KeyFileError};
use crate::seal::{Heads, Proof, PublicKey, from_hex, to_hex};
use crate::store::StoreError;

use super::beside::{self, BesideError};

/// Arguments of the command.
#[derive(Debug, clap::Args)]
pub struct AuditArguments {
    #[command(subcommand)]
    command: AuditCommand,
    /// Where the keys and the published head are kept, as for `serve`
    #[arg(long, global = true, env = "HERALD_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file (TOML), as for `serve`
    #[arg(long, global = true, env = "HERALD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// A public key that seals are checked with, in hexadecimal; may be given several times. Without it that of the sealing key
    #[arg(long, global = true, value_name = "HEX", value_parser = public_key)]
    public_key: Vec<PublicKey>,
}

#[derive(Debug, clap::Subcommand)]
enum AuditCommand {
    /// Compute every hash, tree, signature and chain again; name what is damaged. Exit 1 if anything is
    Verify {
        /// Whose record; without it everybody's. Exit 2 if there is nothing of it
        #[arg(long)]
        tenant: Option<String>,
        /// A head that was published, to find that the newest seals are missing; without it the one in the data directory
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print the proof that one decision is sealed, without any other decision
    Prove {
        /// Its id
        decision: Uuid,
    },
    /// Check such a proof with a public key alone
    CheckProof {
        /// The proof
        file: PathBuf,
    },
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] Faults),
    #[error(transparent)]
    Beside(#[from] BesideError),
    #[error("{0}; connect as a member of herald_audit (HERALD_AUDIT_DATABASE_URL, else DATABASE_URL)")]
    Store(#[from] StoreError),
    #[error("{0}; give --public-key")]
    Key(#[from] KeyFileError),
    #[error("give --public-key: a proof does not vouch for its own key")]
    NoKey,
    #[error("{path}: {cause}", path = .path.display())]
    File { path: PathBuf, cause: io::Error },
    #[error(
        "nothing of tenant {0} is in the record, so nothing is known of it; --head tells whether there was something"
    )]
    UnknownTenant(String),
    #[error("no seal with a known key holds decision {0}")]
    NotSealed(Uuid),
    #[error("the proof cannot be written: {0}")]
    Unwritable(#[source] serde_json::Error),
    #[error("no runtime: {0}")]
    Runtime(#[source] io::Error),
    #[error("the answer cannot be written: {0}")]
    Output(#[source] io::Error),
}

/// Exit 0: whole. 1: damaged. 2: not known, with one line on standard error.
pub(super) fn run(arguments: &AuditArguments) -> ExitCode {
    let told = done(arguments).and_then(|(text, code)| {
        io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::Output)?;
        Ok(code)
    });
    told.unwrap_or_else(|failure| {
        eprintln!("herald audit: {failure}");
        ExitCode::from(2)
    })
}

fn done(arguments: &AuditArguments) -> Result<(String, ExitCode), Failure> {
    if let AuditCommand::CheckProof { file } = &arguments.command {
        return checked(file, &arguments.public_key);
    }
    let config = config::load(Given {
        data_dir: arguments.data_dir.clone(),
        config: arguments.config.clone(),
        database_url: std::env::var("DATABASE_URL").ok(),
        ..Given::default()
    })?;
    let keys = match &*arguments.public_key {
        [] => vec![record::public_key(&config.data_dir, config.sealing_key_file.as_deref())?],
        given => given.to_vec(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(audited(&arguments.command, &config, &keys))
}

async fn audited(command: &AuditCommand, config: &Config, keys: &[PublicKey]) -> Result<(String, ExitCode), Failure> {
    let mut line = beside::store(config, Some("HERALD_AUDIT_DATABASE_URL")).await?.open_audit().await?;
    let told = match command {
        AuditCommand::Verify { tenant, head } => {
            let head = published(config, head.as_deref())?;
            let report = record::audit(&mut line, tenant.as_deref(), keys, head.as_ref()).await?;
            // No damage to nothing would be the answer to a name with a slip in it.
            if let Some(tenant) = tenant.as_ref().filter(|_| report == AuditReport::default()) {
                return Err(Failure::UnknownTenant(tenant.clone()));
            }
            let code = if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
            Ok((text(&report, head.is_some()), code))
        }
        AuditCommand::Prove { decision } => {
            let proof = record::prove(&mut line, *decision, keys).await?.ok_or(Failure::NotSealed(*decision))?;
            let json = serde_json::to_string_pretty(&proof).map_err(Failure::Unwritable)?;
            Ok((format!("{json}\n"), ExitCode::SUCCESS))
        }
        // It needs no database and was answered before.
        AuditCommand::CheckProof { file } => checked(file, keys),
    };
    line.close().await;
    told
}

fn published(config: &Config, file: Option<&Path>) -> Result<Option<Heads>, Failure> {
    let Some(path) = file else {
        let failed = |cause| Failure::File { path: config.data_dir.clone(), cause };
        return record::published_head(&config.data_dir).map_err(failed);
    };
    let failed = |cause| Failure::File { path: path.to_owned(), cause };
    let head = record::read_head(path).map_err(failed)?;
    head.map(Some).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
}

fn checked(file: &Path, keys: &[PublicKey]) -> Result<(String, ExitCode), Failure> {
    let failed = |cause| Failure::File { path: file.to_owned(), cause };
    let bytes = std::fs::read(file).map_err(failed)?;
    let proof: Proof = serde_json::from_slice(&bytes).map_err(|cause| failed(io::Error::other(cause)))?;
    if keys.is_empty() {
        return Err(Failure::NoKey);
    }
    Ok(match keys.iter().find(|key| proof.holds(**key)) {
        Some(key) => (
            format!(
                "decision {}: sealed; record hash {}, seal hash {}, key {}\n",
                proof.decision,
                proof.record_hash,
                proof.seal_hash().map(|hash| to_hex(&hash)).unwrap_or_default(),
                to_hex(&key.0)
            ),
            ExitCode::SUCCESS,
        ),
        None => ("the proof does not hold\n".to_owned(), ExitCode::FAILURE),
    })
}

fn text(report: &AuditReport, against_head: bool) -> String {
    let mut text: String = report.findings.iter().map(|finding| format!("{finding}\n")).collect();
    let tally = report.tally;
    let head = if against_head { "compared with the published head" } else { "no published head to compare with" };
    text += &format!(
        "{} seals ({head}), {} rows sealed and whole, {} not sealed yet, {} deleted by policy: {}\n",
        tally.seals,
        tally.sealed,
        tally.not_sealed_yet,
        tally.deleted,
        match report.findings.len() {
            0 => "no damage".to_owned(),
            count => format!("{count} findings"),
        }
    );
    text
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    from_hex(text).map(PublicKey).ok_or_else(|| "give 64 hexadecimal digits".to_owned())
}
