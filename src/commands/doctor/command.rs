//! The arguments of `herald doctor`, and where they lead.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::{check, fhir, registration};
use crate::commands::serve::ServeArguments;

/// What should be looked at.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::commands) struct DoctorArguments {
    #[command(flatten)]
    service: ServeArguments,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check one resource strictly against FHIR R4, and say what Herald reads from it.
    Fhir {
        /// One resource or Bundle as JSON; `-` or nothing reads standard input.
        file: Option<PathBuf>,
    },
    /// Print the sheet that a site needs to register Herald with its EHR, as Markdown.
    Registration {
        /// The client that the sheet is for; needed only where several are configured.
        #[arg(long, value_name = "NAME")]
        client: Option<String>,
        /// The configuration file (TOML).
        #[arg(long, env = "HERALD_CONFIG", value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Without a subcommand: the set-up that `herald serve` would have with the same arguments.
pub(in crate::commands) fn run(arguments: DoctorArguments) -> ExitCode {
    match arguments.what {
        None => check::run(arguments.service.given()),
        Some(What::Fhir { file }) => fhir::run(file.as_deref()),
        Some(What::Registration { client, config }) => registration::run(client.as_deref(), config),
    }
}
