//! The stored reply of a request that came before.

use bytes::Bytes;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::packing::Packed;
use super::{DecisionRow, KeyHolder, Store, StoreError};

impl Store {
    /// The reply that the holder of the key was given, byte for byte; None where it was deleted by retention.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where the stored bytes do not unpack.
    pub async fn stored_reply(&self, tenant: &str, holder: &KeyHolder) -> Result<Option<Bytes>, StoreError> {
        let query = sqlx::query(STORED_REPLY).bind(tenant).bind(holder.received_month).bind(holder.decision_id);
        let rows = self.of_tenant(tenant).await?.within(query.persistent(false)).await?;
        rows.first().map(reply).transpose()
    }

    /// The reply that was given to the second content under the key of `row`, and which decision gave it.
    pub(super) async fn conflicting_reply(&self, row: &DecisionRow) -> Result<(uuid::Uuid, Bytes), StoreError> {
        let query = sqlx::query(CONFLICTING_REPLY)
            .bind(&*row.tenant)
            .bind(&*row.service)
            .bind(&*row.hook_instance)
            .bind(&row.request_hash[..]);
        let rows = self.of_tenant(&row.tenant).await?.within(query.persistent(false)).await?;
        let found = rows.first().ok_or(StoreError::Inconsistent("decision_conflict"))?;
        Ok((found.try_get("decision_id")?, reply(found)?))
    }
}

fn reply(row: &PgRow) -> Result<Bytes, StoreError> {
    let packed = Packed {
        packing: row.try_get("packing")?,
        content: row.try_get("content")?,
        evidence: row.try_get("evidence")?,
        reply: row.try_get("reply")?,
    };
    Ok(packed.unpack()?.reply)
}

pub(super) const STORED_REPLY: &str = "\
SELECT packing, content, evidence, reply FROM decision
 WHERE tenant_id = $1 AND received_month = $2 AND decision_id = $3";

pub(super) const CONFLICTING_REPLY: &str = "\
SELECT decision_id, packing, content, evidence, reply FROM decision_conflict
 WHERE tenant_id = $1 AND service_id = $2 AND hook_instance = $3 AND request_hash = $4";
