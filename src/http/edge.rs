//! What every reply carries, errors and refusals included; that it is counted; and the door before all that is behind it.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use super::answer::Desk;
use super::cors::Asked;
use super::counting::endpoint_of;
use super::door::{admit, tenant_of};
use super::traced::Traced;
use super::unread::{held, hold};
use crate::config::Origins;

/// Around everything: CORS, `nosniff`, bodies that came with a method that has none, a count, and a span where those are
/// collected; and where there are registered clients, nothing of the services is reached without one of their tokens.
pub(super) async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let desk = request.app_data::<Data<Desk>>().cloned();
    let endpoint = endpoint_of(request.path());
    let traced = desk.as_ref().filter(|desk| desk.traces.is_some()).map(|_| Traced::begin(&request, endpoint));
    let asked =
        request.app_data::<Data<Origins>>().map(|origins| Asked::of(request.method(), request.headers(), origins));
    let unread = if *request.method() == Method::POST { Payload::None } else { request.take_payload() };
    let refused = match desk.as_ref().and_then(|desk| Some((desk, desk.access.as_ref()?))) {
        None => None,
        Some((desk, access)) => admit(access, desk, &request).await.err(),
    };
    let response = match refused {
        None => next.call(request).await?.map_into_boxed_body(),
        Some(error) => {
            let body = request.take_payload();
            request.into_response(hold(body, error.reply()))
        }
    };
    let tenant = traced.as_ref().and_then(|_| tenant_of(response.request()));
    let mut response = response.map_body(|_, body| held(unread, body));
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(asked) = asked {
        asked.answer(headers);
    }
    if let Some(desk) = desk {
        desk.metrics.replied(endpoint, response.status().as_u16(), began.elapsed());
        if let (Some(traced), Some(traces)) = (traced, &desk.traces) {
            traced.end(tenant.as_deref().unwrap_or(&desk.local.tenant), response.response_mut(), traces);
        }
    }
    Ok(response)
}
