//! The command line: arguments to one function of `commands`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use herald::commands::{self, ServeArguments};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// HER2 decision support for CDS Hooks clients
#[derive(Parser)]
#[command(name = "herald", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service
    Serve(ServeArguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(arguments) => commands::serve(arguments),
    }
}
