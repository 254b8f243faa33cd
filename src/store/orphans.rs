//! Feedback whose card was never found among the decisions.

use std::time::Duration;

use sqlx::Row;

use super::{Store, StoreError};

/// Cards of feedback that no decision is known to have shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrphanFeedback {
    /// How many events.
    pub count: u64,
    /// How long ago the oldest of them was stored.
    pub oldest: Duration,
}

impl Store {
    /// The orphans of the last seven days: a card is not looked for any longer after that.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where the row does not decode.
    pub async fn orphan_feedback(&self) -> Result<OrphanFeedback, StoreError> {
        let rows = self.keeper().await?.within(sqlx::query(ORPHAN_FEEDBACK).persistent(false)).await?;
        let row = rows.first().ok_or(StoreError::Inconsistent("feedback"))?;
        let count = u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| StoreError::Inconsistent("feedback"))?;
        let oldest = Duration::try_from_secs_f64(row.try_get::<f64, _>(1)?.max(0.0)).unwrap_or_default();
        Ok(OrphanFeedback { count, oldest })
    }
}

pub(super) const ORPHAN_FEEDBACK: &str = "\
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(f.stored_at)), 0)::float8
  FROM feedback f
 WHERE f.stored_at > now() - interval '7 days'
   AND NOT EXISTS (SELECT FROM answered_card a
                    WHERE a.tenant_id = f.tenant_id AND a.service_id = f.service_id AND a.card = f.card)";
