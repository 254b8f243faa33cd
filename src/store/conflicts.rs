//! Second decisions under a key that is taken: some EHRs use a hookInstance twice.

use bytes::Bytes;
use sqlx::Row;
use uuid::Uuid;

use super::decisions::bind_rows;
use super::{DecisionRow, Store, StoreError};

/// What became of a decision whose key belongs to another content.
#[derive(Debug, PartialEq, Eq)]
pub enum Conflict {
    /// It is recorded whole.
    Recorded,
    /// The same second content was recorded before, with this reply.
    Replayed(Bytes),
}

impl Store {
    /// Records `row` as a conflict, once for each content.
    ///
    /// # Errors
    /// As for any write: [`StoreError::Rejected`] or [`StoreError::Unavailable`].
    pub async fn store_conflict(&self, row: &DecisionRow) -> Result<Conflict, StoreError> {
        let query = bind_rows(sqlx::query(STORE_CONFLICT).persistent(false), &[row]).bind(row.replay_check());
        let inserted = self.of_tenant(&row.tenant).await?.within(query).await?;
        if let Some(inserted) = inserted.first() {
            let _: Uuid = inserted.try_get(0)?;
            return Ok(Conflict::Recorded);
        }
        // Taken: by an earlier attempt of ours whose acknowledgement was lost, or by the same request before.
        let (decision_id, reply) = self.conflicting_reply(row).await?;
        if decision_id == row.decision_id { Ok(Conflict::Recorded) } else { Ok(Conflict::Replayed(reply)) }
    }
}

pub(super) const STORE_CONFLICT: &str = "\
INSERT INTO decision_conflict (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash,
                               client_at, received_at, hook, category, next_step, pseudonym_key, patient_ref, user_ref,
                               rules_digest, record_hash, content, card_ids, packing, replay_check)
SELECT g.tenant_id, g.service_id, g.hook_instance, g.decision_id, g.received_month, g.request_hash,
       g.client_at, g.received_at, g.hook, g.category, g.next_step, g.pseudonym_key, g.patient_ref, g.user_ref,
       g.rules_digest, g.record_hash, g.content, ($20::uuid[])[g.card_first:g.card_last], $21::int2, $22::text
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::date[], $6::bytea[],
              $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::bytea[],
              $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[], $17::bytea[],
              $18::int4[], $19::int4[])
       AS g (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash,
             client_at, received_at, hook, category, next_step, pseudonym_key, patient_ref, user_ref,
             rules_digest, record_hash, content, card_first, card_last)
ON CONFLICT (tenant_id, service_id, hook_instance, request_hash) DO NOTHING
RETURNING decision_id";
