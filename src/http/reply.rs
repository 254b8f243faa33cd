//! The reply to a hook (rule 31).

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;

/// A 200 reply. Whether it was recorded stands in the header only: the body is hashed and stored by the very commit whose
/// outcome the header tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HookReply {
    pub body: Bytes,
    pub recorded: Recorded,
}

/// Where the decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recorded {
    /// In the database, flushed.
    Durable,
    /// On the local disk, flushed, until it is replayed.
    Spooled,
    /// Nowhere: neither was possible.
    Unrecorded,
    /// The stored reply to the same request; it is in the database.
    Replayed,
}

impl HookReply {
    pub(super) fn into_response(self) -> HttpResponse {
        let (record, is_replay) = match self.recorded {
            Recorded::Durable => ("durable", false),
            Recorded::Spooled => ("spooled", false),
            Recorded::Unrecorded => ("unrecorded", false),
            Recorded::Replayed => ("durable", true),
        };
        let mut reply = HttpResponse::Ok();
        reply
            .content_type("application/json")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header(("X-Decision-Record", record));
        if is_replay {
            reply.insert_header(("Idempotent-Replay", "true"));
        }
        reply.body(self.body)
    }
}
