//! `[[client]]` of the configuration file: every key is read, and everything that is wrong with one is told at once.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::client::Client;
use super::fhir_access::{FhirAccess, FhirAccessFault};
use super::key_source::{KeySource, KeySourceFault};
use super::registration::{Registration, TokenAlgorithm};
use crate::cdshooks::{DetailForm, EhrProfile, OrderCodeFault, OrderCodes, Service, SpecVersion};

/// Seconds for which a token may be good at most, if nobody says otherwise.
const DEFAULT_LIFE: u64 = 300;
/// A token that is good for longer than an hour is a password.
const LONGEST_LIFE: u64 = 3_600;
/// Requests per second of one client, if nobody says otherwise: a hospital of thousands of users opens fewer records.
const DEFAULT_RATE: u64 = 200;
const HIGHEST_RATE: u64 = 1_000_000;
/// Names stand in metrics, file names and log lines.
const LONGEST_NAME: usize = 64;

/// One thing that is wrong with a `[[client]]`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientFault {
    /// A key that is not known, or a value of another type.
    #[error("{0}")]
    Unreadable(String),
    /// A key without which no client can be told from others.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Characters that have no place in a name.
    #[error("{0}: use 1 to 64 letters, digits, points, hyphens and underscores")]
    NotAName(&'static str),
    /// An empty text, or a control character.
    #[error("{0}: must be visible text")]
    NotVisible(&'static str),
    /// An algorithm that is not offered.
    #[error("algorithms: `{0}` is not allowed; use ES384, RS384, ES256 or RS256")]
    Algorithm(String),
    /// A key set that cannot be had.
    #[error(transparent)]
    Keys(KeySourceFault),
    /// A FHIR server that cannot be registered.
    #[error(transparent)]
    Fhir(FhirAccessFault),
    /// A code of an order that is none.
    #[error(transparent)]
    OrderCode(OrderCodeFault),
    /// No service of that name.
    #[error("services: there is no `{0}`")]
    Service(String),
    /// No word of the list.
    #[error("{0}: `{1}` is none of {2}")]
    Word(&'static str, String, &'static str),
    /// No such number.
    #[error("{0}: use a number from 1 to {1}")]
    Number(&'static str, u64),
    /// Two clients that nobody could tell apart.
    #[error("{0} is that of another client")]
    Taken(&'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<String>,
    tenant: Option<String>,
    tenants: Option<BTreeMap<String, String>>,
    issuer: Option<String>,
    jwks: Option<String>,
    jwks_ca: Option<PathBuf>,
    jwks_addresses: Option<Vec<String>>,
    revoke_kids: Option<Vec<String>>,
    algorithms: Option<Vec<String>>,
    jku: Option<String>,
    audiences: Option<Vec<String>>,
    services: Option<Vec<String>>,
    certificate_name: Option<String>,
    fhir_base: Option<String>,
    fhir_ca: Option<PathBuf>,
    fhir_addresses: Option<Vec<String>>,
    profile: Option<String>,
    detail: Option<String>,
    spec: Option<String>,
    max_token_seconds: Option<u64>,
    rate_per_second: Option<u32>,
    order_codes: Option<BTreeMap<String, String>>,
    shared_order_service_id: Option<bool>,
}

/// The clients of a configuration file that lies in `folder`, and every fault of each of them beside its name.
pub(super) fn registrations(
    entries: Vec<toml::Table>,
    folder: &Path,
) -> (Vec<Registration>, Vec<(String, ClientFault)>) {
    let mut read = Vec::new();
    let mut faults = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        let named = entry.get("name").and_then(|name| name.as_str()).filter(|name| is_name(name));
        let named = named.map_or_else(|| format!("{}", at + 1), |name| format!("`{name}`"));
        let mut found = Vec::new();
        if let Some(registration) = registration(entry, folder, &mut found) {
            found.extend(taken(&read, &registration));
            read.push(registration);
        }
        faults.extend(found.into_iter().map(|fault| (named.clone(), fault)));
    }
    (read, faults)
}

fn taken(read: &[Registration], new: &Registration) -> Vec<ClientFault> {
    let name = read.iter().any(|old| old.client.name == new.client.name).then_some(ClientFault::Taken("name"));
    let issuer = read.iter().any(|old| old.issuer == new.issuer).then_some(ClientFault::Taken("issuer"));
    name.into_iter().chain(issuer).collect()
}

/// The client, unless something without which there is none is missing or wrong.
fn registration(entry: toml::Table, folder: &Path, faults: &mut Vec<ClientFault>) -> Option<Registration> {
    let entry: Entry = match entry.try_into() {
        Ok(entry) => entry,
        Err(error) => {
            faults.push(ClientFault::Unreadable(error.message().replace('\n', " ")));
            return None;
        }
    };
    let mut check = Check(faults);
    let name = check.name("name", entry.name);
    let tenant = check.name("tenant", entry.tenant);
    let issuer = check.visible("issuer", entry.issuer);
    let keys = check.keys(entry.jwks, entry.jwks_ca, entry.jwks_addresses, folder);
    let algorithms = check.algorithms(entry.algorithms);
    let services = check.services(entry.services);
    let fhir = check.fhir(entry.fhir_base, entry.fhir_ca, entry.fhir_addresses, folder);
    let profile = check.word("profile", entry.profile, EhrProfile::of, "generic, epic, cerner, athena");
    let detail = check.word("detail", entry.detail, DetailForm::of, "markdown, html");
    let spec = check.word("spec", entry.spec, SpecVersion::of, "1.0, 2.0");
    let order_codes = check.order_codes(entry.order_codes);
    let longest_life = check.number("max_token_seconds", entry.max_token_seconds, DEFAULT_LIFE, LONGEST_LIFE);
    let rate = check.number("rate_per_second", entry.rate_per_second.map(u64::from), DEFAULT_RATE, HIGHEST_RATE);
    let tenants: Vec<(Box<str>, Option<Box<str>>)> = entry
        .tenants
        .unwrap_or_default()
        .into_iter()
        .map(|(claim, tenant)| (claim.into(), check.name("tenants", Some(tenant))))
        .collect();
    let of_issuer = || Some(reqwest::Url::parse(issuer.as_deref()?).ok()?.host_str()?.into());
    let certificate_name = entry.certificate_name.map(Into::into).or_else(of_issuer);
    let client = Client {
        name: name?,
        tenant: Arc::from(tenant?),
        profile,
        detail,
        spec,
        order_codes,
        shared_order_id: entry.shared_order_service_id.unwrap_or_default(),
        certificate_name,
        fhir,
    };
    let of_tenant = |tenant: Box<str>| Arc::new(Client { tenant: Arc::from(tenant), ..client.clone() });
    Some(Registration {
        by_tenant: tenants.into_iter().filter_map(|(claim, tenant)| Some((claim, of_tenant(tenant?)))).collect(),
        client: Arc::new(client),
        issuer: issuer?,
        keys: keys?,
        revoked: boxed(entry.revoke_kids),
        algorithms,
        jku: entry.jku.map(Into::into),
        audiences: boxed(entry.audiences),
        services,
        longest_life,
        rate: u32::try_from(rate).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN),
    })
}

/// Reads one value after the other and collects what is wrong.
struct Check<'f>(&'f mut Vec<ClientFault>);

impl Check<'_> {
    fn required(&mut self, key: &'static str, value: Option<String>) -> Option<String> {
        if value.is_none() {
            self.0.push(ClientFault::Missing(key));
        }
        value
    }

    fn name(&mut self, key: &'static str, value: Option<String>) -> Option<Box<str>> {
        let value = self.required(key, value)?;
        if !is_name(&value) {
            self.0.push(ClientFault::NotAName(key));
            return None;
        }
        Some(value.into())
    }

    fn visible(&mut self, key: &'static str, value: Option<String>) -> Option<Box<str>> {
        let value = self.required(key, value)?;
        if value.is_empty() || value.chars().any(|c| c.is_whitespace() || c.is_control()) {
            self.0.push(ClientFault::NotVisible(key));
            return None;
        }
        Some(value.into())
    }

    fn keys(
        &mut self,
        value: Option<String>,
        ca: Option<PathBuf>,
        addresses: Option<Vec<String>>,
        folder: &Path,
    ) -> Option<KeySource> {
        let value = self.required("jwks", value)?;
        let read = KeySource::parse(&value, ca, &addresses.unwrap_or_default(), folder);
        read.map_err(|faults| self.0.extend(faults.into_iter().map(ClientFault::Keys))).ok()
    }

    fn algorithms(&mut self, names: Option<Vec<String>>) -> Vec<TokenAlgorithm> {
        let names = names.unwrap_or_default();
        if names.is_empty() {
            self.0.push(ClientFault::Missing("algorithms"));
        }
        let mut known = Vec::new();
        for name in names {
            match TokenAlgorithm::of(&name) {
                Some(algorithm) => known.push(algorithm),
                None => self.0.push(ClientFault::Algorithm(name)),
            }
        }
        known
    }

    fn services(&mut self, ids: Option<Vec<String>>) -> Vec<Service> {
        let Some(ids) = ids else { return Service::OFFERED.to_vec() };
        let mut known = Vec::new();
        for id in ids {
            match Service::offered(&id) {
                Some(service) => known.push(service),
                None => self.0.push(ClientFault::Service(id)),
            }
        }
        known
    }

    fn fhir(
        &mut self,
        base: Option<String>,
        ca: Option<PathBuf>,
        addresses: Option<Vec<String>>,
        folder: &Path,
    ) -> Option<FhirAccess> {
        let Some(base) = base else {
            if ca.is_some() || addresses.is_some() {
                self.0.push(ClientFault::Missing("fhir_base"));
            }
            return None;
        };
        let read = FhirAccess::parse(&base, ca.map(|file| folder.join(file)), &addresses.unwrap_or_default());
        read.map_err(|faults| self.0.extend(faults.into_iter().map(ClientFault::Fhir))).ok()
    }

    /// A word of a closed list; the default where there is none.
    fn word<T: Default>(
        &mut self,
        key: &'static str,
        word: Option<String>,
        read: impl Fn(&str) -> Option<T>,
        known: &'static str,
    ) -> T {
        let Some(word) = word else { return T::default() };
        read(&word).unwrap_or_else(|| {
            self.0.push(ClientFault::Word(key, word, known));
            T::default()
        })
    }

    fn order_codes(&mut self, table: Option<BTreeMap<String, String>>) -> OrderCodes {
        let read = OrderCodes::parse(&table.unwrap_or_default());
        read.map_err(|faults| self.0.extend(faults.into_iter().map(ClientFault::OrderCode))).unwrap_or_default()
    }

    fn number(&mut self, key: &'static str, value: Option<u64>, default: u64, most: u64) -> u64 {
        let value = value.unwrap_or(default);
        if !(1..=most).contains(&value) {
            self.0.push(ClientFault::Number(key, most));
        }
        value
    }
}

fn is_name(text: &str) -> bool {
    let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=LONGEST_NAME).contains(&text.len()) && text.chars().all(permitted) && !text.starts_with('.')
}

fn boxed(texts: Option<Vec<String>>) -> Vec<Box<str>> {
    texts.unwrap_or_default().into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "name = 'main-ehr'\ntenant = 'north'\nissuer = 'https://ehr.example.org/fhir'\n\
                         jwks = 'https://ehr.example.org/keys.json'\nalgorithms = ['ES384']\n";

    fn faults(text: &str) -> Vec<String> {
        let (_, faults) = registrations(vec![text.parse().unwrap()], Path::new("/nonexistent"));
        faults.iter().map(|(client, fault)| format!("{client}: {fault}")).collect()
    }

    #[test]
    fn five_keys_are_enough_and_the_rest_has_defaults() {
        let (clients, faults) = registrations(vec![WHOLE.parse().unwrap()], Path::new("/nonexistent"));
        assert!(faults.is_empty(), "{faults:?}");
        let client = &clients[0];
        assert_eq!((&*client.client.name, &*client.client.tenant), ("main-ehr", "north"));
        assert_eq!((client.longest_life, client.rate.get(), client.services.len()), (300, 200, 3));
        assert_eq!((client.jku.as_ref(), client.audiences.len(), client.by_tenant.len()), (None, 0, 0));
    }

    #[test]
    fn every_key_of_a_client_is_read() {
        let text = format!(
            "{WHOLE}jku = 'https://ehr.example.org/keys.json'\naudiences = ['herald']\nservices = ['her2-order-sign']\n\
             fhir_base = 'https://ehr.example.org/fhir/'\nprofile = 'epic'\nspec = '1.0'\nmax_token_seconds = 60\n\
             shared_order_service_id = true\nrate_per_second = 5\nrevoke_kids = ['old']\n[order_codes]\nher2-echo = 'urn:x|1'\n[tenants]\nclinic-1 = 'south'\n"
        );
        let (clients, faults) = registrations(vec![text.parse().unwrap()], Path::new("/nonexistent"));
        assert!(faults.is_empty(), "{faults:?}");
        let client = &clients[0];
        assert_eq!(client.client.fhir.as_ref().map(FhirAccess::base), Some("https://ehr.example.org/fhir"));
        assert_eq!((client.client.profile, client.client.spec), (EhrProfile::Epic, SpecVersion::V1));
        assert_eq!((client.longest_life, client.rate.get()), (60, 5));
        assert_eq!(client.services, [Service::OrderSign]);
        assert_eq!(client.client.certificate_name.as_deref(), Some("ehr.example.org"), "that of the issuer");
        assert_eq!(&*client.by_tenant["clinic-1"].tenant, "south");
        assert_eq!(client.by_tenant["clinic-1"].name, client.client.name);
        assert_eq!(&*client.revoked[0], "old");
        assert!(client.client.shared_order_id);
    }

    #[test]
    fn what_is_missing_is_told_at_once() {
        let told = faults("name = 'main-ehr'\n");
        assert_eq!(told.len(), 4, "{told:?}");
        for key in ["tenant is missing", "issuer is missing", "jwks is missing", "algorithms is missing"] {
            assert!(told.contains(&format!("`main-ehr`: {key}")), "{told:?}");
        }
    }

    #[test]
    fn each_wrong_value_is_told_in_a_line_of_its_own() {
        for (line, told) in [
            ("algorithms = ['HS256']", "algorithms: `HS256` is not allowed"),
            ("algorithms = ['none']", "algorithms: `none` is not allowed"),
            ("algorithms = []", "algorithms is missing"),
            ("jwks = 'http://ehr.example.org/keys.json'", "jwks: must begin with https://"),
            ("jwks = 'https://10.0.0.1/keys.json'", "jwks: names this machine or a private network"),
            ("jwks = 'keys/none.json'", "jwks: /nonexistent/keys/none.json: entity not found"),
            ("fhir_base = 'http://ehr.example.org/fhir'", "fhir_base: must begin with https://"),
            ("fhir_addresses = ['10.0.0.0/8']", "fhir_base is missing"),
            ("issuer = ''", "issuer: must be visible text"),
            ("tenant = ''", "tenant: use 1 to 64 letters"),
            ("name = '../x'", "name: use 1 to 64 letters"),
            ("services = ['her2-chart']", "services: there is no `her2-chart`"),
            ("profile = 'meditech'", "profile: `meditech` is none of generic"),
            ("detail = 'rtf'", "detail: `rtf` is none of markdown, html"),
            ("spec = '3'", "spec: `3` is none of 1.0, 2.0"),
            ("max_token_seconds = 0", "max_token_seconds: use a number from 1 to 3600"),
            ("max_token_seconds = 86400", "max_token_seconds: use a number from 1 to 3600"),
            ("order_codes = {her2-echo = '1'}", "order_codes: `her2-echo`: write the system"),
            ("rate_per_second = 0", "rate_per_second: use a number from 1"),
            ("jwks_uri = 'x'", "unknown field `jwks_uri`"),
            ("issuer = 5", "invalid type: integer"),
        ] {
            let key = line.split(' ').next().unwrap();
            let kept: Vec<&str> = WHOLE.lines().filter(|other| !other.starts_with(&format!("{key} "))).collect();
            let told_now = faults(&format!("{}\n{line}\n", kept.join("\n")));
            assert_eq!(told_now.len(), 1, "{line}: {told_now:?}");
            assert!(told_now[0].contains(told) && !told_now[0].contains('\n'), "{line}: {told_now:?}");
        }
    }

    #[test]
    fn two_clients_of_one_name_or_one_issuer_are_refused() {
        let (_, faults) =
            registrations(vec![WHOLE.parse().unwrap(), WHOLE.parse().unwrap()], Path::new("/nonexistent"));
        let faults: Vec<ClientFault> = faults.into_iter().map(|(_, fault)| fault).collect();
        assert_eq!(faults, [ClientFault::Taken("name"), ClientFault::Taken("issuer")]);
    }
}
