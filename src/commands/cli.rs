//! Arguments of every command, and where each of them leads.

use std::io::stdout;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::clock::Clock;
use crate::rules::{RulesError, Signer};

use super::audit::{self, AuditArguments};
use super::doctor::{self, DoctorArguments};
use super::retention::{self, RetentionArguments};
use super::serve::{ServeArguments, serve};
use super::silence::{self, SilenceArguments};
use super::spool::{self, SpoolArguments};
use super::{assess, migrate, rules};

/// HER2 decision support for CDS Hooks clients.
#[derive(Debug, Parser)]
#[command(name = "herald", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the CDS Hooks endpoints and the start page.
    Serve(ServeArguments),
    /// Assess one FHIR document and print the assessment. Needs no database and no network.
    Assess {
        /// CDS Hooks request, Bundle, resource, JSON array or NDJSON; `-` or nothing reads standard input.
        file: Option<PathBuf>,
        /// Which patient, where the document holds several.
        #[arg(long)]
        patient: Option<String>,
        /// Form of the answer.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Check the rule files, print their review sheets, or sign them.
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Silence a kind of card, a rule or a whole client at once, list what is silent, or take it back.
    Silence(SilenceArguments),
    /// Say what is missing or unsafe in this set-up, check one FHIR resource, or print the sheet that registers Herald.
    Doctor(DoctorArguments),
    /// Check the tamper evidence of the record, or prove that one decision is sealed.
    Audit(AuditArguments),
    /// Delete months of the record by age, or keep them from it.
    Retention(RetentionArguments),
    /// Look after the spool of a service that does not run.
    Spool(SpoolArguments),
    /// Run the migrations with the owner's connection (HERALD_OWNER_DATABASE_URL, else DATABASE_URL).
    Migrate,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Prove every table total and free of overlap.
    Check {
        /// Folder of rule files; without it the files built into the binary.
        folder: Option<PathBuf>,
    },
    /// Print the review sheets as Markdown.
    Sheet {
        /// Folder of rule files; without it the files built into the binary.
        folder: Option<PathBuf>,
    },
    /// Record that you have compared rule files with their sources. Two people sign each file.
    Sign {
        /// The files that you have read, for example rules/gastric-cap-2016.toml
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Your full name
        #[arg(long)]
        name: String,
        /// Your profession and where you practise it
        #[arg(long)]
        role: String,
        /// Your number in the register of your profession
        #[arg(long)]
        registration: Option<String>,
    },
}

/// Form of an assessment on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// `herald.assessment/1`
    Json,
    /// For people.
    Text,
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => serve(arguments),
        Command::Assess { file, patient, format } => assess::run(file.as_deref(), patient.as_deref(), format),
        Command::Rules { command: RulesCommand::Check { folder } } => {
            told(rules::check(folder.as_deref(), Clock::System.today(), &mut stdout().lock()))
        }
        Command::Rules { command: RulesCommand::Sheet { folder } } => {
            told(rules::sheet(folder.as_deref(), &mut stdout().lock()))
        }
        Command::Silence(arguments) => silence::run(&arguments),
        Command::Spool(arguments) => spool::run(&arguments),
        Command::Rules { command: RulesCommand::Sign { files, name, role, registration } } => {
            let signer = Signer { name, role, registration };
            told(rules::sign(&files, &signer, Clock::System.today(), &mut stdout().lock()))
        }
        Command::Doctor(arguments) => doctor::run(arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Retention(arguments) => retention::run(&arguments),
        Command::Migrate => migrate::run(),
    }
}

/// The faults of rule files go to standard error, all of them; exit 1.
fn told(result: Result<(), RulesError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
