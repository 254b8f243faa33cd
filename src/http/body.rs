//! Reading a body: not more than so many bytes, not longer than so many seconds. actix bounds the time of the headers, but
//! not of the body: a client that sends a byte a second would hold its connection for ever.

use std::pin::Pin;

use actix_web::HttpRequest;
use actix_web::body::{BodyStream, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};

use super::error::ApiError;
use super::server::Limits;

/// The first room for a body that comes in several pieces. Whoever announces more gets it as it comes: an announcement costs
/// nothing, and memory does.
const FIRST_ROOM: usize = 64 << 10;

/// The whole body. On an error what was not read stays in `payload`.
pub(super) async fn read(request: &HttpRequest, payload: &mut Payload, limits: &Limits) -> Result<Bytes, ApiError> {
    let announced = announced(request).unwrap_or_default();
    if announced > limits.body_bytes as u64 {
        return Err(ApiError::TooLarge(limits.body_bytes));
    }
    let room = usize::try_from(announced).unwrap_or(usize::MAX).min(FIRST_ROOM);
    match tokio::time::timeout(limits.body_time, whole(payload, room, limits.body_bytes)).await {
        Ok(body) => body,
        Err(_) => Err(ApiError::TooSlow(limits.body_time.as_secs())),
    }
}

/// All pieces of the body as one. Small bodies come in one piece, which is then not copied; `room` is for those that do not.
async fn whole(payload: &mut Payload, room: usize, limit: usize) -> Result<Bytes, ApiError> {
    let mut pieces = BodyStream::new(payload);
    let mut next = async || {
        let piece = std::future::poll_fn(|context| Pin::new(&mut pieces).poll_next(context)).await;
        piece.transpose().map_err(|_| ApiError::BrokenOff)
    };
    let first = next().await?.unwrap_or_default();
    let mut body = BytesMut::new();
    while let Some(piece) = next().await? {
        if body.is_empty() {
            body.reserve(room.max(first.len() + piece.len()));
            body.extend_from_slice(&first);
        }
        if body.len() + piece.len() > limit {
            return Err(ApiError::TooLarge(limit));
        }
        body.extend_from_slice(&piece);
    }
    match body.is_empty() {
        true if first.len() > limit => Err(ApiError::TooLarge(limit)),
        true => Ok(first),
        false => Ok(body.freeze()),
    }
}

fn announced(request: &HttpRequest) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
