//! What was heard of the cards of a service, in numbers.

use std::time::Duration;

use sqlx::Row;

use super::{Store, StoreError};

/// Cards by the latest thing that was heard of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// A suggestion was taken.
    pub accepted: u64,
    /// Set aside.
    pub overridden: u64,
    /// Of both: cards that no decision of this record is known to have shown.
    pub orphans: u64,
}

impl Store {
    /// What was heard of the cards of `service` of `tenant` within the last `within`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also where counting takes too long.
    pub async fn heard(&self, tenant: &str, service: &str, within: Duration) -> Result<Heard, StoreError> {
        let query = sqlx::query(HEARD).bind(tenant).bind(service).bind(within.as_secs_f64());
        let rows = self.of_tenant(tenant).await?.within(query.persistent(false)).await?;
        let row = rows.first().ok_or(StoreError::Inconsistent("a count"))?;
        let count =
            |at: usize| -> Result<u64, StoreError> { Ok(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0)) };
        Ok(Heard { accepted: count(0)?, overridden: count(1)?, orphans: count(2)? })
    }
}

/// Feedback of the time along its index; the latest event by the client's clock counts, as in `feedback_standing`. Whether
/// a card is known is read from `answered_card`: to unfold the cards of all decisions would take too long.
pub(super) const HEARD: &str = "\
SELECT count(*) FILTER (WHERE heard.outcome = 'accepted'),
       count(*) FILTER (WHERE heard.outcome = 'overridden'),
       count(*) FILTER (WHERE known.card IS NULL)
  FROM (SELECT DISTINCT ON (card) card, outcome
          FROM feedback
         WHERE tenant_id = $1 AND service_id = $2
           AND stored_at > now() - make_interval(secs => $3)
         ORDER BY card, outcome_at DESC, outcome DESC, suggestions DESC) AS heard
  LEFT JOIN answered_card known ON known.tenant_id = $1 AND known.service_id = $2 AND known.card = heard.card";
