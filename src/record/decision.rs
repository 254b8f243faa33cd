//! A decision on its way to the record.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use crate::store::{Content, DecisionRow, SeenToken, SharedPiece};

use super::leaf::{LeafBytes, LeafContent};
use super::pseudonym::People;

/// What was decided, on what, for whom (as keyed hashes), and the reply that goes out.
#[derive(Clone)]
pub struct Decision {
    /// The tenant; never empty.
    pub tenant: Arc<str>,
    /// The CDS service, for instance `her2-chart-review`.
    pub service: Cow<'static, str>,
    /// The client's id of this firing of the hook.
    pub hook_instance: Box<str>,
    /// The hook, for instance `patient-view`.
    pub hook: Cow<'static, str>,
    /// From [`Decision::new_id`].
    pub decision_id: Uuid,
    /// The client's clock, where the request tells it.
    pub client_at: Option<Timestamp>,
    /// Our clock at receipt.
    pub received_at: Timestamp,
    /// Patient and user, as keyed hashes.
    pub people: People,
    /// SHA-256 of what the answer was computed from: a repeat with the same hash gets the stored reply.
    pub request_hash: [u8; 32],
    /// SHA-256 over all loaded rule files.
    pub rules_digest: [u8; 32],
    /// Evidence as canonical bytes.
    pub evidence: Vec<u8>,
    /// The body of the reply.
    pub reply: Bytes,
    /// A piece of it that many replies share, packed once, and where it begins.
    pub shared: Option<(Arc<SharedPiece>, usize)>,
    /// The cards in it.
    pub card_ids: Vec<Uuid>,
    /// Category of the lead specimen, or `none`.
    pub category: Cow<'static, str>,
    /// Next step of the lead specimen, or `none`.
    pub next_step: Cow<'static, str>,
    /// The token that the request came with, and what it is used for; None in the loopback mode.
    pub token: Option<SeenToken>,
}

impl Decision {
    /// A new id. Ids of one process are in the order of their making, also when the wall clock jumps back.
    #[must_use]
    pub fn new_id() -> Uuid {
        Uuid::now_v7()
    }

    /// Packs and hashes: the part of recording that costs time, done by the caller and not by the writer.
    pub(super) fn into_row(self) -> DecisionRow {
        let shared = self.shared.as_ref().map(|(piece, at)| (&**piece, *at));
        let content = Content::pack(&self.evidence, &self.reply, shared);
        let record_hash = LeafContent {
            tenant: &self.tenant,
            service: &self.service,
            hook_instance: &self.hook_instance,
            hook: &self.hook,
            decision_id: self.decision_id,
            client_at: self.client_at,
            received_at: self.received_at,
            category: &self.category,
            next_step: &self.next_step,
            people: &self.people,
            request_hash: &self.request_hash,
            rules_digest: &self.rules_digest,
            card_ids: &self.card_ids,
            content: LeafBytes::Block(content.as_slice()),
            checked_here: false,
        }
        .hash();
        DecisionRow {
            tenant: self.tenant,
            service: self.service,
            hook_instance: self.hook_instance,
            hook: self.hook,
            decision_id: self.decision_id,
            client_at: self.client_at,
            received_at: self.received_at,
            category: self.category,
            next_step: self.next_step,
            pseudonym_key: self.people.key,
            patient_ref: self.people.patient,
            user_ref: self.people.user,
            request_hash: self.request_hash,
            rules_digest: self.rules_digest,
            record_hash,
            card_ids: self.card_ids,
            content,
            token: self.token,
            checked_here: false,
            packed_anew: false,
        }
    }
}

/// The hash of a row that came out of the spool with the hash of other bytes: it went there before its token was checked here
/// alone, or in the packing of the version before.
pub(super) fn hash_of_spooled(row: &DecisionRow) -> [u8; 32] {
    let people = People { key: row.pseudonym_key, patient: row.patient_ref, user: row.user_ref };
    LeafContent {
        tenant: &row.tenant,
        service: &row.service,
        hook_instance: &row.hook_instance,
        hook: &row.hook,
        decision_id: row.decision_id,
        client_at: row.client_at,
        received_at: row.received_at,
        category: &row.category,
        next_step: &row.next_step,
        people: &people,
        request_hash: &row.request_hash,
        rules_digest: &row.rules_digest,
        card_ids: &row.card_ids,
        content: LeafBytes::Block(row.content.as_slice()),
        checked_here: row.checked_here,
    }
    .hash()
}

// The content is health data: no field of it is printed.
impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decision").field("decision_id", &self.decision_id).finish_non_exhaustive()
    }
}
