//! Everything that must be right before the first byte is served: address of the database, rules, data directory, keys, certificates. All that is
//! wrong is told at once, in one line.

use std::sync::Arc;

use jiff::civil::Date;

use super::database;
use super::knowledge::{NotAccepted, accepted};
use super::lost_keys::LostKey;
use super::place::{self, PlaceError};
use crate::access::{Access, AccessError};
use crate::config::{Config, Transport};
use crate::http::{Tls, TlsError};
use crate::record::{KeyFileError, PseudonymError, Pseudonyms, sealing_key};
use crate::seal::SealingKey;
use crate::store::UnusableAddress;

/// One thing that keeps the service from starting.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    #[error("DATABASE_URL: {0}")]
    Database(#[from] UnusableAddress),
    #[error(transparent)]
    Rules(#[from] NotAccepted),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error("sealing_key_file: {0}")]
    Sealing(KeyFileError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Pseudonyms(#[from] PseudonymError),
}

/// What the start needs of the files that it has looked at.
pub(super) struct Fit {
    pub tls: Option<Tls>,
    pub pseudonyms: Pseudonyms,
    /// What seals are signed with.
    pub sealing: SealingKey,
    /// The registered clients; None without any, which is the loopback mode.
    pub access: Option<Arc<Access>>,
    /// Keys that were missing and are made anew, to be told once there is a log.
    pub lost: Vec<LostKey>,
    /// The key of the pseudonyms was made just now.
    pub new_pseudonyms: bool,
}

/// Looks at the address, rules and certificates first, and only when they are right makes what is missing under the data directory.
pub(super) fn preflight(config: &Config, today: Date) -> Result<Fit, Vec<Unfit>> {
    let database = database::options(config).map_err(Unfit::from);
    let rules = accepted(config.rules, today).map_err(Unfit::from);
    let tls = tls(config).map_err(Unfit::from);
    let shared = config.pseudonym_key_file.as_deref();
    let shared = shared.map(Pseudonyms::from_file).transpose().map_err(Unfit::from);
    let access = access(config).map_err(Unfit::from);
    let (tls, shared, access) = match (database, rules, tls, shared, access) {
        (Ok(_), Ok(()), Ok(tls), Ok(shared), Ok(access)) => (tls, shared, access),
        (database, rules, tls, shared, access) => {
            let wrong = [database.err(), rules.err(), tls.err(), shared.err(), access.err()];
            return Err(wrong.into_iter().flatten().collect());
        }
    };
    let unfit = |wrong: Unfit| vec![wrong];
    place::prepare(&config.data_dir, config.mode).map_err(|wrong| unfit(wrong.into()))?;
    let lost = LostKey::of(config);
    let new_pseudonyms = shared.is_none() && !Pseudonyms::is_made(&config.data_dir);
    let pseudonyms = match shared {
        Some(shared) => shared,
        None => Pseudonyms::open(&config.data_dir).map_err(|wrong| unfit(wrong.into()))?,
    };
    let sealing = sealing_key(&config.data_dir, config.sealing_key_file.as_deref())
        .map_err(|wrong| unfit(Unfit::Sealing(wrong)))?;
    Ok(Fit { tls, pseudonyms, sealing, access, lost, new_pseudonyms })
}

fn access(config: &Config) -> Result<Option<Arc<Access>>, AccessError> {
    match &config.public_base {
        Some(base) if !config.clients.is_empty() => {
            Access::open(config.clients.clone(), base, &config.data_dir).map(|access| Some(Arc::new(access)))
        }
        Some(_) | None => Ok(None),
    }
}

/// Certificates and key, where the service ends TLS.
pub(super) fn tls(config: &Config) -> Result<Option<Tls>, TlsError> {
    match &config.transport {
        Transport::Tls(files) => Tls::load(files).map(Some),
        Transport::Plain | Transport::BehindProxy => Ok(None),
    }
}
