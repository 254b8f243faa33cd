//! Who was let in, to which door, and with which token.

use std::sync::Arc;

use jiff::Timestamp;

use crate::cdshooks::Service;
use crate::config::Client;

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The client.
    pub client: Arc<Client>,
    /// The token it showed; None in the loopback mode, in which nobody shows one.
    pub token: Option<Token>,
}

/// What is remembered of a token: that it exists, until when, and whose it is. Not the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The tenant that the client is registered with, whatever the token says of tenants: one memory for each client.
    pub tenant: Arc<str>,
    /// The client's name: `jti` is unique for each of them only.
    pub client: Box<str>,
    /// SHA-256 of `jti`.
    pub id: [u8; 32],
    /// After this nobody accepts it any more.
    pub forget_at: Timestamp,
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint<'p> {
    /// The path, decoded, without a slash at its end.
    pub path: &'p str,
}

impl<'p> Endpoint<'p> {
    /// Everything that is served below `/cds-services`.
    #[must_use]
    pub fn of(path: &'p str) -> Option<Self> {
        let below = path.strip_prefix("/cds-services")?;
        let path = path.strip_suffix('/').unwrap_or(path);
        (below.is_empty() || below.starts_with('/')).then_some(Self { path })
    }

    /// The list of services, which is open to everybody.
    #[must_use]
    pub fn is_discovery(self) -> bool {
        self.path == "/cds-services"
    }

    /// The service that is called or told of, if there is one of that name.
    #[must_use]
    pub fn service(self) -> Option<Service> {
        let rest = self.path.strip_prefix("/cds-services/")?;
        Service::called(rest.split('/').next()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_leads_to_the_same_door_and_a_look_alike_to_none() {
        assert_eq!(Endpoint::of("/cds-services/"), Some(Endpoint { path: "/cds-services" }));
        assert_eq!(Endpoint::of("/cds-services/x/"), Some(Endpoint { path: "/cds-services/x" }));
        assert!(Endpoint::of("/cds-services").is_some_and(Endpoint::is_discovery));
        for other in ["/", "/cds-servicesx", "/health", "/x/cds-services"] {
            assert_eq!(Endpoint::of(other), None, "{other}");
        }
        let feedback = Endpoint::of("/cds-services/her2-order-sign/feedback").unwrap();
        assert_eq!(feedback.service(), Some(Service::OrderSign));
        let by_hook = Endpoint::of("/cds-services/order-sign").unwrap();
        assert_eq!(
            by_hook.service(),
            Some(Service::OrderSign),
            "what a client may call does not depend on the spelling"
        );
        assert_eq!(Endpoint::of("/cds-services/nothing").unwrap().service(), None);
    }
}
