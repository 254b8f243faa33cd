//! `herald doctor registration`: reads the configuration and prints the sheet.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use super::registration_sheet::{Credentials, Site, sheet};
use crate::cdshooks::Service;
use crate::config::{self, Client, Config, Faults, Given, Registration};

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
enum RegistrationError {
    #[error(transparent)]
    Config(#[from] Faults),
    #[error("no client of this name is configured: {0}")]
    UnknownClient(String),
    #[error("the sheet cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Prints the sheet for the client `name`, or for any client. What is wrong is told in one line; exit 2.
pub(super) fn run(name: Option<&str>, config: Option<PathBuf>) -> ExitCode {
    match print(name, config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("herald doctor registration: {error}");
            ExitCode::from(2)
        }
    }
}

fn print(name: Option<&str>, config: Option<PathBuf>) -> Result<(), RegistrationError> {
    let config = config::load(Given { config, ..Given::default() })?;
    let any = Client::local();
    let site = match name {
        None => Site {
            public_base: config.public_base.as_deref(),
            client: &any,
            services: Service::OFFERED,
            audiences: Vec::new(),
            credentials: None,
        },
        Some(name) => {
            let named = config.clients.iter().find(|one| &*one.client.name == name);
            site_of(&config, named.ok_or_else(|| RegistrationError::UnknownClient(name.to_owned()))?)
        }
    };
    stdout().lock().write_all(sheet(&site).as_bytes())?;
    Ok(())
}

fn site_of<'a>(config: &'a Config, client: &'a Registration) -> Site<'a> {
    Site {
        public_base: config.public_base.as_deref(),
        client: &client.client,
        services: &client.services,
        audiences: client.audiences.iter().map(|audience| &**audience).collect(),
        credentials: Some(Credentials {
            issuer: &client.issuer,
            algorithms: client.algorithms.iter().map(|algorithm| algorithm.name()).collect(),
            jku: client.jku.as_deref(),
            longest_life: client.longest_life,
            rate: client.rate.get(),
        }),
    }
}
