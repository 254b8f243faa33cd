//! What every reply carries, errors and refusals included.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use super::cors::Asked;
use super::unread::held;
use crate::config::Origins;

/// Around everything: CORS, `nosniff`, and bodies that came with a method that has none.
pub(super) async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let asked =
        request.app_data::<Data<Origins>>().map(|origins| Asked::of(request.method(), request.headers(), origins));
    let unread = if *request.method() == Method::POST { Payload::None } else { request.take_payload() };
    let response = next.call(request).await?;
    let mut response = response.map_body(|_, body| held(unread, body.boxed()));
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(asked) = asked {
        asked.answer(headers);
    }
    Ok(response)
}
