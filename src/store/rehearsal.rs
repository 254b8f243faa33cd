//! A decision that is none, for finding out whether the database would take one.

use std::borrow::Cow;

use jiff::Timestamp;
use uuid::Uuid;

use super::DecisionRow;
use super::packing::Content;

/// What no packing makes smaller, and more than a page of a table holds: where it fits, decisions fit too.
const CONTENT: usize = 12_000;

/// It holds nothing about anybody, is of no tenant that can exist beside it for longer than its transaction, and lies in the
/// partition of this month.
pub(super) fn rehearsal() -> DecisionRow {
    let decision_id = Uuid::now_v7();
    let mut noise = vec![0; CONTENT];
    // without randomness it packs better, and nothing else changes
    let _ = getrandom::fill(&mut noise);
    DecisionRow {
        tenant: "herald".into(),
        service: Cow::Borrowed("rehearsal"),
        hook_instance: decision_id.to_string().into(),
        hook: Cow::Borrowed("rehearsal"),
        decision_id,
        client_at: None,
        received_at: instant_of(decision_id),
        category: Cow::Borrowed("none"),
        next_step: Cow::Borrowed("none"),
        pseudonym_key: [0; 4],
        patient_ref: None,
        user_ref: None,
        request_hash: [0; 32],
        rules_digest: [0; 32],
        record_hash: [0; 32],
        card_ids: Vec::new(),
        content: Content::pack(b"", &noise, None),
        token: None,
        checked_here: false,
        packed_anew: false,
    }
}

/// The time that an id was made at.
fn instant_of(id: Uuid) -> Timestamp {
    let seconds = id.get_timestamp().map_or(0, |at| at.to_unix().0);
    Timestamp::from_second(i64::try_from(seconds).unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH)
}
