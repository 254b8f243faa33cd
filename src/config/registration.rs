//! A registered client: how it proves who it is, and what it may do then.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::client::Client;
use super::key_source::KeySource;
use crate::cdshooks::Service;

/// How a client proves who it is, and what it may do then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The client, where its tokens name no tenant of their own.
    pub client: Arc<Client>,
    /// The client as each value of the claim `tenant` makes it. Another value is refused.
    pub by_tenant: BTreeMap<Box<str>, Arc<Client>>,
    /// `iss`, compared exactly.
    pub issuer: Box<str>,
    /// Where its public keys are.
    pub keys: KeySource,
    /// Keys (`kid`) that are not accepted any more, whatever the key set says.
    pub revoked: Vec<Box<str>>,
    /// Signatures that are accepted; never empty.
    pub algorithms: Vec<TokenAlgorithm>,
    /// The only text that a `jku` in a token may have. None: a token with one is refused. It is never fetched.
    pub jku: Option<Box<str>>,
    /// Texts that are accepted as `aud` beside the address that is called.
    pub audiences: Vec<Box<str>>,
    /// Services that it may call.
    pub services: Vec<Service>,
    /// Longest time from `iat` to `exp`, in seconds.
    pub longest_life: u64,
    /// Requests per second; as many may come at once.
    pub rate: NonZeroU32,
}

impl Registration {
    /// Whose data its requests may be.
    pub fn tenants(&self) -> impl Iterator<Item = Arc<str>> {
        std::iter::once(&self.client).chain(self.by_tenant.values()).map(|client| Arc::clone(&client.tenant))
    }
}

/// A signature algorithm that may be configured (RFC 7518). None of them is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of the RFC")]
pub enum TokenAlgorithm {
    Es256,
    Es384,
    Rs256,
    Rs384,
}

impl TokenAlgorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Es256, Self::Es384, Self::Rs256, Self::Rs384];

    /// The name in a token and in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
        }
    }

    /// The algorithm of this very name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}
