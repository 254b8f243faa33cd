//! A form of the start page, as its browser posts it.
//!
//! A browser posts a form to any address without asking first, so every site that the reader has open could write into
//! the record through one. Only the page of this very service may: all browsers in use say where a form comes from. The
//! page sends no referrer, hence its `Origin` is `null` and tells nothing; `Sec-Fetch-Site` does.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use actix_web::web::Query;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::server::Limits;
use super::{body, media_type};

/// Url-encoding writes three bytes for one, at worst.
const ENCODED: usize = 3;

/// The form, within the limits of every other body. On an error what was not read stays in `payload`.
pub(super) async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: &mut Payload,
    limits: &Limits,
) -> Result<T, ApiError> {
    own_name(request)?;
    from_own_page(request.headers())?;
    media_type::check_form(request.headers())?;
    let limits = Limits { body_bytes: ENCODED * limits.body_bytes, ..*limits };
    let body = body::read(request, payload, &limits).await?;
    let text = str::from_utf8(&body).map_err(|_| ApiError::Form)?;
    Query::from_query(text).map(Query::into_inner).map_err(|_| ApiError::Form)
}

/// A page of this machine is asked for by a loopback name. Any other name in `Host` is a foreign one that was made to point
/// here, and its page would count as the same origin.
pub(super) fn own_name(request: &HttpRequest) -> Result<(), ApiError> {
    let sent = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match sent.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) if port.is_empty() || port.starts_with(':') => name,
        Some(_) => "",
        None => sent.rsplit_once(':').map_or(sent, |(name, _)| name),
    };
    let loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if loopback || name.eq_ignore_ascii_case("localhost") { Ok(()) } else { Err(ApiError::ForeignForm) }
}

/// As [`own_name`] where a browser asks: a page whose own name was made to point here may otherwise ask the services in the
/// loopback mode, and answer cards, as if it were the record system. What is no browser may call this machine by any name.
pub(super) fn own_name_for_a_browser(request: &HttpRequest) -> Result<(), ApiError> {
    let headers = request.headers();
    let by_browser = headers.contains_key(ORIGIN) || headers.contains_key("Sec-Fetch-Site");
    if by_browser { own_name(request) } else { Ok(()) }
}

/// What is no browser names no site and no origin, and nobody can make it post unawares.
fn from_own_page(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get("Sec-Fetch-Site") {
        Some(site) if site == "same-origin" => Ok(()),
        None if !headers.contains_key(ORIGIN) => Ok(()),
        Some(_) | None => Err(ApiError::ForeignForm),
    }
}
