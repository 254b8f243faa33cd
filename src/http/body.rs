//! Reading a body: not more than so many bytes, not longer than so many seconds. actix bounds the time of the headers, but
//! not of the body: a client that sends a byte a second would hold its connection for ever.

use actix_web::HttpRequest;
use actix_web::body::{BodyStream, to_bytes_limited};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::Bytes;

use super::error::ApiError;
use super::server::Limits;

/// The whole body. On an error what was not read stays in `payload`.
pub(super) async fn read(request: &HttpRequest, payload: &mut Payload, limits: &Limits) -> Result<Bytes, ApiError> {
    let too_large = ApiError::TooLarge(limits.body_bytes);
    if announced(request).is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(too_large);
    }
    let body = to_bytes_limited(BodyStream::new(payload), limits.body_bytes);
    match tokio::time::timeout(limits.body_time, body).await {
        Ok(Ok(Ok(body))) => Ok(body),
        Ok(Ok(Err(_))) => Err(ApiError::BrokenOff),
        Ok(Err(_)) => Err(too_large),
        Err(_) => Err(ApiError::TooSlow(limits.body_time.as_secs())),
    }
}

fn announced(request: &HttpRequest) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
