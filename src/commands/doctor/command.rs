//! The arguments of `herald doctor`, and where they lead.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::registration;

/// What should be looked at.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct DoctorArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the sheet that a site needs to register Herald with its EHR, as Markdown.
    Registration {
        /// The client of the configuration that the sheet is for; without it the sheet is for any.
        #[arg(long, value_name = "NAME")]
        client: Option<String>,
        /// The configuration file (TOML).
        #[arg(long, env = "HERALD_CONFIG", value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Runs what the arguments name.
pub(in crate::commands) fn run(arguments: DoctorArguments) -> ExitCode {
    match arguments.what {
        What::Registration { client, config } => registration::run(client.as_deref(), config),
    }
}
