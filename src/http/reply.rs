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

/// Where the decision is. The recorder answers with one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "the recorder, which tells them apart, joins in `answer`"))]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_where_the_decision_is_and_the_body_does_not() {
        for (recorded, record, replay) in [
            (Recorded::Durable, "durable", None),
            (Recorded::Spooled, "spooled", None),
            (Recorded::Unrecorded, "unrecorded", None),
            (Recorded::Replayed, "durable", Some("true")),
        ] {
            let reply = HookReply { body: Bytes::from_static(b"{}"), recorded }.into_response();
            let header = |name: &str| reply.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(header("x-decision-record"), Some(record));
            assert_eq!(header("idempotent-replay"), replay);
            assert_eq!(header("cache-control"), Some("no-store"));
        }
    }
}
