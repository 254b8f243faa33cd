//! What every reply carries, errors and refusals included, and the door before all that is behind it.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use super::cors::{Asked, Pages};
use super::door::admit;
use super::unread::{held, hold};
use crate::access::Access;
use crate::clock::Clock;

/// Around everything: CORS, `nosniff`, bodies that came with a method that has none; and where there are registered clients,
/// nothing of the services is reached without one of their tokens.
pub(super) async fn edge(
    access: Option<Arc<Access>>,
    clock: Clock,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let pages = if access.is_some() { Pages::None } else { Pages::OfThisMachine };
    let asked = Asked::of(request.method(), request.headers(), pages);
    let unread = if *request.method() == Method::POST { Payload::None } else { request.take_payload() };
    let refused = match &access {
        None => None,
        Some(access) => admit(access, clock, &request).await.err(),
    };
    let response = match refused {
        None => next.call(request).await?.map_into_boxed_body(),
        Some(error) => {
            let body = request.take_payload();
            request.into_response(hold(body, error.reply()))
        }
    };
    let mut response = response.map_body(|_, body| held(unread, body));
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    asked.answer(headers);
    Ok(response)
}
