//! The latest decisions of a tenant with what became of their cards, for the start page.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::feedback::FeedbackOutcome;
use super::instants::from_stored;
use super::{Store, StoreError};

/// How a decision lies in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// Recorded under its key.
    Recorded,
    /// The key was taken by another content; recorded beside it.
    Conflict,
}

/// The latest thing heard about a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOutcome {
    /// Accepted or overridden.
    pub outcome: FeedbackOutcome,
    /// Why, in words or as a code, where a reason was given.
    pub reason: Option<String>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentDecision {
    /// When the request was received.
    pub received_at: Timestamp,
    /// The CDS service that answered.
    pub service: String,
    /// The client's id of the hook's firing.
    pub hook_instance: String,
    /// Category of the lead specimen, or `none`.
    pub category: String,
    /// Next step of the lead specimen, or `none`.
    pub next_step: String,
    /// None: nothing was heard, which is not the same as "ignored".
    pub feedback: Option<KnownOutcome>,
    /// How it lies in the record.
    pub state: RecordState,
}

impl Store {
    /// The latest decisions of `tenant`, latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where a row does not decode.
    pub async fn recent_decisions(&self, tenant: &str, limit: u16) -> Result<Vec<RecentDecision>, StoreError> {
        let query = sqlx::query(RECENT_DECISIONS).bind(tenant).bind(i64::from(limit));
        self.of_tenant(tenant).await?.within(query.persistent(false)).await?.iter().map(recent).collect()
    }
}

fn recent(row: &PgRow) -> Result<RecentDecision, StoreError> {
    let outcome = match row.try_get::<Option<&str>, _>("outcome")? {
        None => None,
        Some("accepted") => Some(FeedbackOutcome::Accepted),
        Some("overridden") => Some(FeedbackOutcome::Overridden),
        Some(_) => return Err(StoreError::Inconsistent("outcome")),
    };
    let reason = row.try_get("reason")?;
    Ok(RecentDecision {
        received_at: from_stored(row.try_get("received_at")?)?,
        service: row.try_get("service_id")?,
        hook_instance: row.try_get("hook_instance")?,
        category: row.try_get("category")?,
        next_step: row.try_get("next_step")?,
        feedback: outcome.map(|outcome| KnownOutcome { outcome, reason }),
        state: match row.try_get("conflict")? {
            true => RecordState::Conflict,
            false => RecordState::Recorded,
        },
    })
}

/// Each half takes its latest rows along an index; only those few are joined to feedback.
pub(super) const RECENT_DECISIONS: &str = "\
WITH latest AS (
    (SELECT tenant_id, received_month, decision_id, received_at, service_id, hook_instance, category, next_step,
            card_ids, false AS conflict
       FROM decision WHERE tenant_id = $1 ORDER BY received_month DESC, decision_id DESC LIMIT $2)
    UNION ALL
    (SELECT tenant_id, received_month, decision_id, received_at, service_id, hook_instance, category, next_step,
            card_ids, true
       FROM decision_conflict WHERE tenant_id = $1 ORDER BY received_month DESC, decision_id DESC LIMIT $2)
)
SELECT l.received_at, l.service_id, l.hook_instance, l.category, l.next_step, l.conflict,
       heard.outcome, heard.reason
  FROM latest l
  LEFT JOIN LATERAL (
       SELECT f.outcome, coalesce(f.reason_display, f.reason_code) AS reason
         FROM feedback f
        WHERE f.tenant_id = l.tenant_id AND f.service_id = l.service_id AND f.card = ANY (l.card_ids::text[])
        ORDER BY f.outcome_at DESC, f.outcome DESC, f.suggestions DESC
        LIMIT 1) AS heard ON true
 ORDER BY l.received_month DESC, l.decision_id DESC
 LIMIT $2";
