//! A decision as it lies in the database: packed bytes, hashes and short words.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use time::Date;
use uuid::Uuid;

use super::StoreError;
use super::instants::to_stored;
use super::packing::{Content, PACKING, Packed};
use super::seen_tokens::SeenToken;

/// One row of `decision` or `decision_conflict`.
#[derive(Clone)]
pub struct DecisionRow {
    /// The tenant; never empty.
    pub tenant: Arc<str>,
    /// The CDS service that answered.
    pub service: Cow<'static, str>,
    /// The client's id of this firing of the hook.
    pub hook_instance: Box<str>,
    /// The hook, for instance `patient-view`.
    pub hook: Cow<'static, str>,
    /// UUIDv7: the order of ids is the order in time.
    pub decision_id: Uuid,
    /// The client's clock, where the request tells it.
    pub client_at: Option<Timestamp>,
    /// Our clock at receipt.
    pub received_at: Timestamp,
    /// Category of the lead specimen, or `none`.
    pub category: Cow<'static, str>,
    /// Next step of the lead specimen, or `none`.
    pub next_step: Cow<'static, str>,
    /// Which key made the two references below.
    pub pseudonym_key: [u8; 4],
    /// Keyed hash of the patient's id.
    pub patient_ref: Option<[u8; 32]>,
    /// Keyed hash of the user's id.
    pub user_ref: Option<[u8; 32]>,
    /// SHA-256 of what the answer was computed from.
    pub request_hash: [u8; 32],
    /// SHA-256 over all loaded rule files.
    pub rules_digest: [u8; 32],
    /// Leaf of the tamper-evident record.
    pub record_hash: [u8; 32],
    /// The cards of the reply, in their order.
    pub card_ids: Vec<Uuid>,
    /// Evidence and reply.
    pub content: Content,
    /// The token that the request came with; None in the loopback mode.
    pub token: Option<SeenToken>,
    /// Its token was checked by one process alone: the database was away. Covered by `record_hash` where it is so.
    pub checked_here: bool,
    /// It lay in the spool as the version before packed it, and `record_hash` is that of those bytes.
    pub packed_anew: bool,
}

impl DecisionRow {
    /// What no two decisions share: tenant, service, hookInstance. Writers that insert in the order of keys never wait for
    /// each other in a circle.
    #[must_use]
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.tenant, &self.service, &self.hook_instance)
    }

    /// `replay_check` as it is stored.
    pub(super) fn replay_check(&self) -> Option<&'static str> {
        self.checked_here.then_some("local")
    }

    /// The reply in it, byte for byte.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where the content does not unpack.
    pub fn reply(&self) -> Result<Bytes, StoreError> {
        let packed = Packed { packing: PACKING, content: Some(self.content.as_slice()), evidence: None, reply: None };
        Ok(packed.unpack()?.reply)
    }

    /// The first day of the month (UTC) in which the request was received: the partition.
    pub(super) fn received_month(&self) -> Date {
        month_of(self.received_at)
    }
}

/// The first day of the month (UTC) of an instant.
pub(super) fn month_of(instant: Timestamp) -> Date {
    let day = to_stored(instant).date();
    day.replace_day(1).unwrap_or(day)
}

// The content of a decision is health data: no field of it is printed.
impl std::fmt::Debug for DecisionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecisionRow").field("decision_id", &self.decision_id).finish_non_exhaustive()
    }
}

/// Who holds a key already, as `decision_key` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHolder {
    /// The decision that came first.
    pub decision_id: Uuid,
    /// Its partition.
    pub(super) received_month: Date,
    /// What it was computed from.
    pub request_hash: [u8; 32],
}
