//! `herald migrate`: brings a database to the schema of this binary, with the owner's connection.

use std::process::ExitCode;

use crate::store::{self, MigrateError, Migrated, StoreOptions, UnusableAddress};

/// Why the command did nothing, or not all.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("set HERALD_OWNER_DATABASE_URL, or DATABASE_URL, to the database that should be migrated")]
    NoAddress,
    #[error(transparent)]
    Address(#[from] UnusableAddress),
    #[error("no runtime for the database connection")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

/// Runs the migrations; one clear line on standard error and exit status 2 where that is not possible.
#[must_use]
pub fn run() -> ExitCode {
    match migrated() {
        Ok(Migrated { later: 0 }) => {
            println!("the schema is up to date");
            ExitCode::SUCCESS
        }
        Ok(Migrated { later }) => {
            println!("the schema is that of a later version of Herald ({later} migrations more); it is taken as it is");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("herald migrate: {}", with_causes(&failure));
            ExitCode::from(2)
        }
    }
}

/// An error and all its causes in one line.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let line: Vec<String> = causes.map(ToString::to_string).collect();
    line.join(": ")
}

fn migrated() -> Result<Migrated, Failure> {
    let said = |name| std::env::var(name).ok().filter(|address| !address.is_empty());
    let address = said("HERALD_OWNER_DATABASE_URL").or_else(|| said("DATABASE_URL"));
    let options = StoreOptions::from_url(&address.ok_or(Failure::NoAddress)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
    Ok(runtime.block_on(store::migrate(&options))?)
}
