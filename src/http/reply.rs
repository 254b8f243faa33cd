//! The reply to a hook (rule 31).

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Bytes;

const DECISION_RECORD: HeaderName = HeaderName::from_static("x-decision-record");
const IDEMPOTENT_REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// A 200 reply. Whether it was recorded stands in the header only: the body is hashed and stored by the very commit whose
/// outcome the header tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HookReply {
    pub body: Bytes,
    pub recorded: Place,
}

/// Where the decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the database, flushed.
    Durable,
    /// On the local disk, flushed.
    Spooled,
    /// Nowhere.
    Unrecorded,
    /// The stored reply to the same request; it is in the database.
    Replayed,
    /// The stored reply to the same request; it is on the local disk.
    ReplayedFromSpool,
}

impl HookReply {
    /// The reply of a decision that was committed.
    pub(super) const fn durable(body: Bytes) -> Self {
        Self { body, recorded: Place::Durable }
    }

    /// The reply of a decision that lies in the spool.
    pub(super) const fn spooled(body: Bytes) -> Self {
        Self { body, recorded: Place::Spooled }
    }

    /// The reply of a decision that is in no record.
    pub(super) const fn unrecorded(body: Bytes) -> Self {
        Self { body, recorded: Place::Unrecorded }
    }

    /// The reply that was stored when the same request came first.
    pub(super) const fn replayed(body: Bytes) -> Self {
        Self { body, recorded: Place::Replayed }
    }

    /// The same, while the decision still lies in the spool.
    pub(super) const fn replayed_from_spool(body: Bytes) -> Self {
        Self { body, recorded: Place::ReplayedFromSpool }
    }

    /// Is this the stored reply to a repeated request?
    pub(super) const fn is_replay(&self) -> bool {
        matches!(self.recorded, Place::Replayed | Place::ReplayedFromSpool)
    }

    /// The word of the header `X-Decision-Record`.
    pub(super) const fn record_word(&self) -> &'static str {
        match self.recorded {
            Place::Durable | Place::Replayed => "durable",
            Place::Spooled | Place::ReplayedFromSpool => "spooled",
            Place::Unrecorded => "unrecorded",
        }
    }

    pub(super) fn into_response(self) -> HttpResponse {
        let (record, is_replay) = (self.record_word(), self.is_replay());
        let mut reply = HttpResponse::Ok();
        reply
            .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .insert_header((DECISION_RECORD, HeaderValue::from_static(record)));
        if is_replay {
            reply.insert_header((IDEMPOTENT_REPLAY, HeaderValue::from_static("true")));
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
            (Place::Durable, "durable", None),
            (Place::Unrecorded, "unrecorded", None),
            (Place::Replayed, "durable", Some("true")),
            (Place::Spooled, "spooled", None),
            (Place::ReplayedFromSpool, "spooled", Some("true")),
        ] {
            let reply = HookReply { body: Bytes::from_static(b"{}"), recorded }.into_response();
            let header = |name: &str| reply.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(header("x-decision-record"), Some(record));
            assert_eq!(header("idempotent-replay"), replay);
            assert_eq!(header("cache-control"), Some("no-store"));
        }
    }
}
