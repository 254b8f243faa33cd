//! The FHIR servers that are registered, and the errand to one of them that a request calls for.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Client as HttpClient;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::client::client;
use super::errand::{Ask, Errand};
use super::query::{next_page, query, resource};
use crate::cdshooks::HookRequest;
use crate::config::Client;

/// Requests that may wait for one FHIR server at once. A server that hangs holds no more than these, for 350 ms each.
const AT_ONCE: usize = 32;

/// Why the service does not start with a registered FHIR server.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The base is an address in a network that nobody opened.
    #[error("fhir_base: {0} is not a public address; name its network in fhir_addresses if it is yours")]
    NotContacted(IpAddr),
    /// The file of the authority.
    #[error("fhir_ca {path}: {cause}", path = path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// Why it is of no use.
        cause: io::Error,
    },
    /// No TLS.
    #[error("fhir_ca, or the certificates of this machine: no TLS client could be made with them")]
    Tls,
}

/// One registered FHIR server.
pub(super) struct FhirServer {
    pub http: HttpClient,
    pub at_once: Semaphore,
}

/// The FHIR servers of all clients. The default has none, and then nothing is ever fetched.
#[derive(Default)]
pub struct Upstream(HashMap<Box<str>, Arc<FhirServer>>);

impl Upstream {
    /// Makes ready to fetch for those of `clients` that have a FHIR server. Contacts nothing.
    ///
    /// # Errors
    /// Names the setting that is wrong.
    pub fn open<'c>(clients: impl IntoIterator<Item = &'c Client>) -> Result<Self, UpstreamError> {
        let mut servers = HashMap::new();
        for one in clients {
            if let Some(access) = &one.fhir {
                let server = FhirServer { http: client(access)?, at_once: Semaphore::new(AT_ONCE) };
                servers.insert(one.name.clone(), Arc::new(server));
            }
        }
        Ok(Self(servers))
    }

    /// What is to be fetched for `request`: keys that were not sent, and second pages of those that were. None where nothing
    /// is missing, or where `fhirServer` is not the registered server of `client`.
    #[must_use]
    pub fn errand(&self, client: &Client, request: &HookRequest<'_>) -> Option<Errand> {
        let (server, base) = self.registered(client, request)?;
        let patient = request.context.patient.as_str();
        let whole = request.prefetch.missing().map(|key| Ask::Key(key, query(base, key.template(), patient)));
        let next = request.prefetch.next_pages();
        let next = next.filter_map(|(key, link)| Some(Ask::NextPage(key, next_page(base, &link)?)));
        errand(server, base, whole.chain(next).collect(), request)
    }

    /// The Medications to be fetched for `request`: `absent` tells their ids, given the base below which they may lie. It is
    /// not asked where there is no registered server.
    #[must_use]
    pub fn medications(
        &self,
        client: &Client,
        request: &HookRequest<'_>,
        absent: impl FnOnce(&str) -> Vec<Box<str>>,
    ) -> Option<Errand> {
        let (server, base) = self.registered(client, request)?;
        let ask = |id: Box<str>| Some(Ask::Medication(id.clone(), resource(base, "Medication", &id)?));
        errand(server, base, absent(base).into_iter().filter_map(ask).collect(), request)
    }

    /// The FHIR server of `client` and its base, where the request names that very server.
    fn registered<'c>(&self, client: &'c Client, request: &HookRequest<'_>) -> Option<(&Arc<FhirServer>, &'c str)> {
        let access = client.fhir.as_ref()?;
        let is_named = request.fhir_server.as_deref().is_some_and(|sent| access.is_base(sent));
        let server = self.0.get(&*client.name).filter(|_| is_named)?;
        Some((server, access.base()))
    }
}

fn errand(server: &Arc<FhirServer>, base: &str, asks: Vec<Ask>, request: &HookRequest<'_>) -> Option<Errand> {
    if asks.is_empty() {
        return None;
    }
    let authorization = match request.authorization {
        None => Ok(None),
        Some(sent) => sent.access_token().ok_or(()).and_then(|token| bearer(&token).map(Some)),
    };
    Some(Errand { server: Arc::clone(server), base: base.into(), asks, authorization })
}

/// The header that shows the token, which is wiped here and printed nowhere.
fn bearer(token: &str) -> Result<HeaderValue, ()> {
    let line = SecretString::from(format!("Bearer {token}"));
    let mut header = HeaderValue::from_str(line.expose_secret()).map_err(|_| ())?;
    header.set_sensitive(true);
    Ok(header)
}

/// Says nothing of what is registered.
impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} FHIR servers]", self.0.len())
    }
}
