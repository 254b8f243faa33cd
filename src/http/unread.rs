//! A reply to a request whose body was not read to its end.
//!
//! actix drops such a body and then goes on reading a chunked one for as long as the client cares to send: a byte a second
//! would hold the connection for ever. While the body is held, actix knows that it was not read, and closes the connection
//! shortly after the reply.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::web::Bytes;

/// The reply, which holds the body of the request until it is sent.
pub(super) fn hold(unread: Payload, reply: HttpResponse) -> HttpResponse {
    reply.map_body(|_, body| held(unread, body))
}

/// The body of a reply, which holds the body of the request until it is sent.
pub(super) fn held(unread: Payload, body: BoxBody) -> BoxBody {
    match unread {
        Payload::None => body,
        Payload::H1 { .. } | Payload::Stream { .. } => BoxBody::new(Held { body, _unread: unread }),
    }
}

struct Held {
    body: BoxBody,
    _unread: Payload,
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}
