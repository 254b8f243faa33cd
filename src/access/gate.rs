//! From the `Authorization` of a request to the client that calls, or to a refusal.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::caller::{Caller, Endpoint, Token};
use super::claims::{Claims, claimed_issuer};
use super::fetch::fetch;
use super::header::Header;
use super::key_ring::KeyRing;
use super::refusal::{Cause, Refusal};
use super::replay::{Seen, Spent, TokenUse};
use super::signature::{Nobody, verify};
use super::token::Compact;
use crate::cdshooks::Service;
use crate::config::{Client, Registration};

/// The registered clients and what is known of their keys, their tokens and their haste.
pub struct Access {
    by_issuer: HashMap<Box<str>, Registered>,
    public_base: Box<str>,
    nobody: Nobody,
    seen: Seen,
}

struct Registered {
    registration: Registration,
    keys: Arc<KeyRing>,
    quota: DefaultDirectRateLimiter,
}

/// Why nobody can be let in.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The key file of a client.
    #[error("client `{client}`: jwks: {fault}")]
    Keys {
        /// Its name.
        client: Box<str>,
        /// What is wrong with it.
        fault: String,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

impl Access {
    /// With these clients, whose tokens are made for addresses below `public_base`. Key sets from the network are fetched
    /// later, by [`Access::keep_keys`]; those that were fetched before are found under `data_dir`.
    ///
    /// # Errors
    /// [`AccessError`], of the first client that has no keys.
    pub fn open(registrations: Vec<Registration>, public_base: &str, data_dir: &Path) -> Result<Self, AccessError> {
        let mut by_issuer = HashMap::new();
        for registration in registrations {
            let keys = KeyRing::open(&registration, data_dir);
            let keys = keys.map_err(|fault| AccessError::Keys { client: registration.client.name.clone(), fault })?;
            let quota = RateLimiter::direct(Quota::per_second(registration.rate));
            by_issuer.insert(registration.issuer.clone(), Registered { registration, keys: Arc::new(keys), quota });
        }
        let nobody = Nobody::new().ok_or(AccessError::NoRandomness)?;
        Ok(Self { by_issuer, public_base: public_base.into(), nobody, seen: Seen::default() })
    }

    /// Keeps the key sets of all clients fresh, until dropped.
    pub async fn keep_keys(&self) {
        let mut keepers = tokio::task::JoinSet::new();
        for registered in self.by_issuer.values() {
            let keys = Arc::clone(&registered.keys);
            keepers.spawn(async move { keys.keep(fetch).await });
        }
        while keepers.join_next().await.is_some() {}
    }

    /// Who calls `endpoint` with these `Authorization` headers at `now`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn admit(
        &self,
        authorization: &[&[u8]],
        endpoint: Endpoint<'_>,
        now: Timestamp,
    ) -> Result<Caller, Refusal> {
        let of_nobody = |cause| Refusal::Unknown { cause, client: None };
        let token = Compact::of(authorization).map_err(of_nobody)?;
        let header = Header::read(&token.header).map_err(of_nobody)?;
        let issuer = claimed_issuer(&token.claims).ok_or(of_nobody(Cause::Claims))?;
        let Some(registered) = self.by_issuer.get(&*issuer) else {
            self.nobody.verify(token.text);
            return Err(of_nobody(Cause::Issuer));
        };
        let client = &registered.registration.client;
        let admitted = self.admit_client(registered, &token, &header, endpoint, now).await;
        let caller = admitted.map_err(|cause| {
            if matches!(cause, Cause::KeyAddress | Cause::Algorithm | Cause::Key) {
                self.nobody.verify(token.text);
            }
            Refusal::Unknown { cause, client: Some(client.name.clone()) }
        })?;
        if header.lacks_type {
            tracing::debug!(client = %client.name, "a token without typ");
        }
        match registered.quota.check() {
            Ok(()) => Ok(caller),
            Err(too_early) => {
                let wait = too_early.wait_time_from(DefaultClock::default().now());
                Err(Refusal::TooMany { retry_after: wait.as_secs().saturating_add(1) })
            }
        }
    }

    async fn admit_client(
        &self,
        Registered { registration, keys, .. }: &Registered,
        token: &Compact<'_>,
        header: &Header,
        endpoint: Endpoint<'_>,
        now: Timestamp,
    ) -> Result<Caller, Cause> {
        if header.jku.is_some() && header.jku.as_deref() != registration.jku.as_deref() {
            return Err(Cause::KeyAddress);
        }
        let algorithm = header.algorithm.filter(|one| registration.algorithms.contains(one)).ok_or(Cause::Algorithm)?;
        let set = keys.with_key(&header.kid).await;
        let key = set.get(&header.kid).ok_or(Cause::Key)?;
        if !key.serves(algorithm) {
            return Err(Cause::Algorithm);
        }
        let called = format!("{}{}", self.public_base, endpoint.path);
        let audiences: Vec<&str> =
            std::iter::once(&*called).chain(registration.audiences.iter().map(|one| &**one)).collect();
        verify(token.text, &key.decoding, algorithm, &registration.issuer, &audiences)?;
        let claims = Claims::read(&token.claims)?;
        if claims.issuer != *registration.issuer {
            return Err(Cause::Issuer);
        }
        if !claims.audience.iter().all(|audience| *audience == called || self.is_ours(audience, registration)) {
            return Err(Cause::Audience);
        }
        claims.check_time(now, registration.longest_life)?;
        if endpoint.service().is_some_and(|service| !registration.services.contains(&service)) {
            return Err(Cause::Service);
        }
        let token = Token {
            tenant: Arc::clone(&registration.client.tenant),
            client: registration.client.name.clone(),
            id: Sha256::digest(&claims.id).into(),
            forget_at: claims.forget_at(),
        };
        Ok(Caller { client: of_tenant(registration, claims.tenant.as_deref())?, token: Some(token) })
    }

    /// Is it an address of this service, or a text that the client's site agreed on? A token that is meant for others as well
    /// could be used by them.
    fn is_ours(&self, audience: &str, registration: &Registration) -> bool {
        let is_served = |path: &str| {
            path == "/cds-services"
                || path
                    .strip_prefix("/cds-services/")
                    .is_some_and(|rest| Service::called(rest.strip_suffix("/feedback").unwrap_or(rest)).is_some())
        };
        registration.audiences.iter().any(|agreed| **agreed == *audience)
            || audience.strip_prefix(&*self.public_base).is_some_and(is_served)
    }

    /// Takes back that `token` was used for this, where another process knew of another use: what this one remembers must not
    /// stand in the way of the rightful one.
    pub fn take_back(&self, token: &Token, usage: TokenUse) {
        self.seen.take_back(token, usage);
    }

    /// Notes that `token` is used for this, and says whether it was used for something else before.
    pub fn spend(&self, token: &Token, usage: TokenUse, now: Timestamp) -> Spent {
        self.seen.spend(token, usage, now, Instant::now())
    }
}

/// The client under the tenant that its token names. A word that nobody configured is nobody's tenant.
fn of_tenant(registration: &Registration, claimed: Option<&str>) -> Result<Arc<Client>, Cause> {
    match claimed {
        None => Ok(Arc::clone(&registration.client)),
        Some(claimed) => registration.by_tenant.get(claimed).cloned().ok_or(Cause::Tenant),
    }
}

// Holds keys and what is remembered of tokens.
impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("clients", &self.by_issuer.len()).finish_non_exhaustive()
    }
}
