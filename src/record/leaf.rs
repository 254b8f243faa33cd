//! The hash that later seals a decision: SHA-256 of 0x00 (a leaf, RFC 6962) and the canonical bytes of the row.
//!
//! Canonical bytes: the name of the form, then every field in the order below, each after its length in four bytes, big
//! endian; a missing field has the length 2³² − 1. Evidence and reply count as they are stored, packed. So the hash covers
//! the very bytes that the service wrote, and can be computed again from the row alone. A row whose token was checked by one
//! process alone has one field more at the end; all others have the hash that they had before that was noted. (Form 1, of rows of packings 0 to
//! 2, took evidence and reply as two fields, before packing.)

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::pseudonym::People;

const FORM: &[u8] = b"herald.record/2";
const FORM_1: &[u8] = b"herald.record/1";
const CHECKED_HERE: &[u8] = b"replay_check=local";
const MISSING: u32 = u32::MAX;

/// All fields that the hash covers.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields of `Decision`, borrowed")]
pub struct LeafContent<'a> {
    pub tenant: &'a str,
    pub service: &'a str,
    pub hook_instance: &'a str,
    pub hook: &'a str,
    pub decision_id: Uuid,
    pub client_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub category: &'a str,
    pub next_step: &'a str,
    pub people: &'a People,
    pub request_hash: &'a [u8; 32],
    pub rules_digest: &'a [u8; 32],
    pub card_ids: &'a [Uuid],
    pub content: LeafBytes<'a>,
    pub checked_here: bool,
}

/// Evidence and reply, as the hash takes them.
#[derive(Clone, Copy)]
pub enum LeafBytes<'a> {
    /// As they are stored: form 2.
    Block(&'a [u8]),
    /// Before they were packed: form 1.
    Apart {
        /// The canonical evidence.
        evidence: &'a [u8],
        /// The reply.
        reply: &'a [u8],
    },
}

impl LeafContent<'_> {
    /// The record hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut leaf = Leaf(Sha256::new());
        leaf.0.update([0]);
        leaf.field(match self.content {
            LeafBytes::Block(_) => FORM,
            LeafBytes::Apart { .. } => FORM_1,
        });
        for text in [self.tenant, self.service, self.hook_instance, self.hook] {
            leaf.field(text.as_bytes());
        }
        leaf.field(self.decision_id.as_bytes());
        leaf.instant(self.client_at);
        leaf.instant(Some(self.received_at));
        leaf.field(self.category.as_bytes());
        leaf.field(self.next_step.as_bytes());
        leaf.field(&self.people.key);
        leaf.optional(self.people.patient.as_ref().map(|hash| &hash[..]));
        leaf.optional(self.people.user.as_ref().map(|hash| &hash[..]));
        leaf.field(self.request_hash);
        leaf.field(self.rules_digest);
        leaf.length(self.card_ids.len() * 16);
        for card in self.card_ids {
            leaf.0.update(card.as_bytes());
        }
        match self.content {
            LeafBytes::Block(block) => leaf.field(block),
            LeafBytes::Apart { evidence, reply } => [evidence, reply].into_iter().for_each(|part| leaf.field(part)),
        }
        if self.checked_here {
            leaf.field(CHECKED_HERE);
        }
        leaf.0.finalize().into()
    }
}

struct Leaf(Sha256);

impl Leaf {
    fn field(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.update(bytes);
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.field(bytes),
            None => self.0.update(MISSING.to_be_bytes()),
        }
    }

    /// Microseconds since 1970, as PostgreSQL keeps them.
    fn instant(&mut self, instant: Option<Timestamp>) {
        self.optional(instant.map(|instant| instant.as_microsecond().to_be_bytes()).as_ref().map(|bytes| &bytes[..]));
    }

    fn length(&mut self, length: usize) {
        // Requests are limited to megabytes, so a length never comes near four bytes' end.
        self.0.update(u32::try_from(length).unwrap_or(MISSING - 1).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content<'a>(people: &'a People, service: &'a str, hook_instance: &'a str) -> LeafContent<'a> {
        LeafContent {
            tenant: "local",
            service,
            hook_instance,
            hook: "patient-view",
            decision_id: Uuid::nil(),
            client_at: None,
            received_at: Timestamp::UNIX_EPOCH,
            category: "positive",
            next_step: "none",
            people,
            request_hash: &[1; 32],
            rules_digest: &[2; 32],
            card_ids: &[],
            content: LeafBytes::Block(b"{}"),
            checked_here: false,
        }
    }

    #[test]
    fn a_token_that_was_checked_here_alone_cannot_be_told_otherwise_later() {
        let people = People { key: [0; 4], patient: None, user: None };
        let plain = content(&people, "a", "b");
        assert_ne!(plain.hash(), LeafContent { checked_here: true, ..plain }.hash());
    }

    #[test]
    fn text_that_moves_from_one_field_to_the_next_changes_the_hash() {
        let people = People { key: [0; 4], patient: None, user: None };
        assert_ne!(content(&people, "ab", "c").hash(), content(&people, "a", "bc").hash());
    }

    #[test]
    fn a_missing_user_is_not_an_empty_one_and_patient_and_user_do_not_swap() {
        let hashes: Vec<[u8; 32]> = [(None, None), (Some([7; 32]), None), (None, Some([7; 32]))]
            .into_iter()
            .map(|(patient, user)| content(&People { key: [0; 4], patient, user }, "a", "b").hash())
            .collect();
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    }
}
