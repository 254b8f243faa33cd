//! Decisions out of the spool whose token was checked by one process alone, because the database was away: they are stored
//! with that mark. The plain statement of the writer has no column for it and stays as short as it is.

use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgBindIterExt};
use sqlx::query::Query;

use super::DecisionRow;
use super::decisions::bind_rows;

/// Binds the columns of [`STORE_BATCH_CHECKED_HERE`]: those of the plain statement, and the mark of each row.
pub(super) fn bind_rows_and_marks<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &[&DecisionRow],
) -> Query<'q, Postgres, PgArguments> {
    bind_rows(query, batch).bind(batch.iter().map(|row| row.replay_check()).bind_iter())
}

/// As the plain statement, with `replay_check`.
pub(super) const STORE_BATCH_CHECKED_HERE: &str = "\
WITH first AS (
    INSERT INTO decision_key (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash)
    SELECT k.tenant_id, k.service_id, k.hook_instance, k.decision_id, k.received_month, k.request_hash
      FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::date[], $6::bytea[])
           AS k (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash)
    ON CONFLICT (tenant_id, service_id, hook_instance) DO NOTHING
    RETURNING decision_id
)
INSERT INTO decision (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash,
                      client_at, received_at, hook, category, next_step, pseudonym_key, patient_ref, user_ref,
                      rules_digest, record_hash, content, card_ids, packing, replay_check)
SELECT g.tenant_id, g.service_id, g.hook_instance, g.decision_id, g.received_month, g.request_hash,
       g.client_at, g.received_at, g.hook, g.category, g.next_step, g.pseudonym_key, g.patient_ref, g.user_ref,
       g.rules_digest, g.record_hash, g.content, ($20::uuid[])[g.card_first:g.card_last], $21::int2, g.replay_check
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::date[], $6::bytea[],
              $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::bytea[],
              $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[], $17::bytea[],
              $18::int4[], $19::int4[], $22::text[])
       AS g (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash,
             client_at, received_at, hook, category, next_step, pseudonym_key, patient_ref, user_ref,
             rules_digest, record_hash, content, card_first, card_last, replay_check)
 WHERE g.decision_id IN (SELECT decision_id FROM first)";
