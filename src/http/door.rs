//! The door of everything below `/cds-services`: who calls is settled before path, method, media type or body are looked at,
//! so that whoever is not let in learns nothing of what is served.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION};
use actix_web::{HttpMessage, HttpRequest};

use super::answer::Desk;
use super::counting::endpoint_of;
use super::error::ApiError;
use super::form::own_name_for_a_browser;
use super::peer::Peer;
use crate::access::{Access, Caller, Cause, Endpoint, Refusal, Spent, TokenUse};
use crate::config::Client;
use crate::store::SeenToken;

/// Lets the caller in and notes who it is, or says why not. What lies elsewhere, the list of services and the preflight of a
/// browser, which cannot send a token, are open; a token that is sent must be good all the same.
pub(super) async fn admit(access: &Access, desk: &Desk, request: &ServiceRequest) -> Result<(), ApiError> {
    // The path as it is routed, so that no other spelling of it leads around the door.
    let path = request.match_info().as_str().to_owned();
    let Some(endpoint) = Endpoint::of(&path) else { return Ok(()) };
    let is_preflight =
        *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if is_preflight {
        return Ok(());
    }
    let authorization: Vec<&[u8]> = request.headers().get_all(AUTHORIZATION).map(|value| value.as_bytes()).collect();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if authorization.is_empty() && endpoint.is_discovery() && is_read {
        return Ok(());
    }
    match access.admit(&authorization, endpoint, desk.clock.now()).await {
        Ok(caller) if !is_shown_by(&caller.client, Peer::of(request.request())) => {
            tell(Cause::Certificate, Some(&caller.client.name), desk);
            Err(ApiError::Unauthenticated)
        }
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(())
        }
        Err(Refusal::Unknown { cause, client }) => {
            tell(cause, client.as_deref(), desk);
            Err(ApiError::Unauthenticated)
        }
        Err(Refusal::TooMany { retry_after }) => {
            desk.metrics.rate_limited.count([endpoint_of(&path)]);
            Err(ApiError::TooMany(retry_after))
        }
    }
}

/// Does the connection belong to the client of the token? Where no certificates are asked for, the token is enough.
fn is_shown_by(client: &Client, peer: Option<&Peer>) -> bool {
    peer.is_none_or(|peer| client.certificate_name.as_deref().is_some_and(|name| peer.is(name)))
}

/// A refused token of a known client is for whoever runs the service; one of a stranger is noise that anybody can make.
fn tell(cause: Cause, client: Option<&str>, desk: &Desk) {
    desk.metrics.auth_refusals.count([cause.word()]);
    match client {
        Some(client) => tracing::info!(client, cause = cause.word(), "a token was refused"),
        None => tracing::debug!(cause = cause.word(), "a token was refused"),
    }
}

/// Who sent this request. Where tokens are asked for, a request that came around the door is nobody's.
pub(super) fn caller(request: &HttpRequest, desk: &Desk) -> Result<Caller, ApiError> {
    match &desk.access {
        None => {
            own_name_for_a_browser(request)?;
            Ok(Caller { client: Arc::clone(&desk.local), token: None })
        }
        Some(_) => request.extensions().get::<Caller>().cloned().ok_or(ApiError::Unauthenticated),
    }
}

/// Whose request this was, where it came through the door.
pub(super) fn tenant_of(request: &HttpRequest) -> Option<Arc<str>> {
    request.extensions().get::<Caller>().map(|caller| Arc::clone(&caller.client.tenant))
}

/// The token of the caller as it is recorded with what it is used for; nothing in the loopback mode, which does not pay for
/// finding that out.
pub(super) fn spend(caller: &Caller, usage: impl Fn() -> TokenUse, desk: &Desk) -> Result<Option<SeenToken>, ApiError> {
    let (Some(access), Some(token)) = (&desk.access, &caller.token) else { return Ok(None) };
    let usage = usage();
    match access.spend(token, usage, desk.clock.now()) {
        Spent::ForThis => Ok(Some(SeenToken {
            tenant: Arc::clone(&token.tenant),
            client: token.client.clone(),
            token_hash: token.id,
            used_for: usage.0,
            forget_at: token.forget_at,
        })),
        Spent::ForAnother => Err(reused(caller, desk)),
    }
}

/// The database knows of another use of the caller's token, by another process.
pub(super) fn reused_elsewhere(caller: &Caller, usage: Option<TokenUse>, desk: &Desk) -> ApiError {
    if let (Some(access), Some(token), Some(usage)) = (&desk.access, &caller.token, usage) {
        access.take_back(token, usage);
    }
    reused(caller, desk)
}

fn reused(caller: &Caller, desk: &Desk) -> ApiError {
    tell(Cause::Reused, Some(&caller.client.name), desk);
    ApiError::Unauthenticated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_on_a_connection_of_somebody_else_is_not_taken() {
        let named = |name: Option<&str>| Client { certificate_name: name.map(Into::into), ..Client::local() };
        let peer = Peer::named("ehr.example.org");
        assert!(is_shown_by(&named(None), None), "no certificates are asked for");
        assert!(is_shown_by(&named(Some("ehr.example.org")), Some(&peer)));
        assert!(!is_shown_by(&named(Some("other.example.org")), Some(&peer)));
        assert!(!is_shown_by(&named(None), Some(&peer)), "a client without a name is nobody's certificate");
    }
}
