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
        Ok(migrated) => {
            match migrated.later {
                0 => println!("the schema is up to date"),
                later => println!(
                    "the schema is that of a later version of Herald ({later} migrations more); it is taken as it is"
                ),
            }
            if let Some(words) = about_default(&migrated) {
                println!("{words}");
            }
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

/// Decisions that came when their month had no partition.
fn about_default(migrated: &Migrated) -> Option<String> {
    let Migrated { default_is_used, left_out, .. } = migrated;
    let months = if left_out.is_empty() {
        String::new()
    } else {
        format!(" and keep these partitions from being made: {}", left_out.join(", "))
    };
    (*default_is_used || !left_out.is_empty()).then(|| {
        format!(
            "decisions lie in decision_default, the partition for months that have none{months}. Nothing is lost: they are stored, \
             found and sealed. Run herald migrate once a month, compare the clocks of the services and of the server, and have an \
             administrator move the rows (docs/operations.md, \"Rows in the default partition\")"
        )
    })
}
