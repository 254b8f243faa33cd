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
    #[error("several clients are configured; name one of them with --client: {0}")]
    SeveralClients(String),
    #[error("the sheet cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Prints the sheet for the client `name`, for the only client, or for any where none is configured. What is wrong is told in
/// one line; exit 2.
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
    let site = match chosen(&config, name)? {
        None => Site {
            public_base: config.public_base.as_deref(),
            client: &any,
            services: Service::OFFERED,
            audiences: Vec::new(),
            credentials: None,
        },
        Some(client) => site_of(&config, client),
    };
    stdout().lock().write_all(sheet(&site).as_bytes())?;
    Ok(())
}

/// Whom the sheet is for. None: no client is configured, and none was named.
fn chosen<'a>(config: &'a Config, name: Option<&str>) -> Result<Option<&'a Registration>, RegistrationError> {
    match (name, config.clients.as_slice()) {
        (Some(name), clients) => {
            let named = clients.iter().find(|one| &*one.client.name == name);
            named.map(Some).ok_or_else(|| RegistrationError::UnknownClient(name.to_owned()))
        }
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|one| &*one.client.name).collect();
            Err(RegistrationError::SeveralClients(names.join(", ")))
        }
    }
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
