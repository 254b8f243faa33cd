//! What the latest feedback to each answered card amounts to, for the memory of what is kept quiet.

use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::noise::{Answer, Dismissal, FindingKey};

use super::answered_cards::reference;
use super::instants::from_stored;
use super::{Store, StoreError};

/// Reasons that end the trial line of a patient.
const NO_TRIAL: [&str; 2] = ["no-trial", "trial-protocol"];
/// Most that one look brings. The latest come first, and an older one that is missed shows a card once more.
const MOST_AT_ONCE: i64 = 50_000;

impl Store {
    /// The standing of every card of which something new was heard or found out within the last `within`, latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where a row does not decode.
    pub async fn dismissals(&self, within: Duration) -> Result<Vec<Dismissal>, StoreError> {
        let query = sqlx::query(DISMISSALS).bind(within.as_secs_f64()).bind(MOST_AT_ONCE);
        self.keeper().await?.within(query.persistent(false)).await?.iter().map(dismissal).collect()
    }
}

fn dismissal(row: &PgRow) -> Result<Dismissal, StoreError> {
    let inconsistent = || StoreError::Inconsistent("answered_card");
    let reason: Option<&str> = row.try_get("reason_code")?;
    Ok(Dismissal {
        card: Uuid::try_parse(row.try_get("card")?).map_err(|_| inconsistent())?,
        finding: FindingKey(reference(row, "finding")?.ok_or_else(inconsistent)?),
        patient: reference(row, "patient_ref")?.ok_or_else(inconsistent)?,
        user: reference(row, "user_ref")?,
        answer: match (row.try_get("outcome")?, reason.map(str::trim)) {
            ("accepted", _) => Answer::Accepted,
            ("overridden", None | Some("")) => Answer::WithoutReason,
            ("overridden", Some(reason)) if NO_TRIAL.contains(&reason) => Answer::NoTrial,
            ("overridden", Some(_)) => Answer::Overridden,
            (_, _) => return Err(StoreError::Inconsistent("outcome")),
        },
        at: from_stored(row.try_get("received_at")?)?,
    })
}

/// With `clock_timestamp()`, which moves, instead of `now()` each look would read both tables whole and not along `stored_at`.
pub(super) const DISMISSALS: &str = "\
WITH touched AS (
    SELECT tenant_id, service_id, card FROM answered_card
     WHERE stored_at > now() - make_interval(secs => $1)
     UNION
    SELECT tenant_id, service_id, card FROM feedback
     WHERE stored_at > now() - make_interval(secs => $1)
), standing AS (
    SELECT DISTINCT ON (f.tenant_id, f.service_id, f.card)
           f.card, f.outcome, f.reason_code, f.received_at, a.finding, a.patient_ref, a.user_ref
      FROM touched t
      JOIN answered_card a ON a.tenant_id = t.tenant_id AND a.service_id = t.service_id AND a.card = t.card
      JOIN feedback f ON f.tenant_id = t.tenant_id AND f.service_id = t.service_id AND f.card = t.card
     ORDER BY f.tenant_id, f.service_id, f.card, f.outcome_at DESC, f.outcome DESC, f.suggestions DESC
)
SELECT card, outcome, reason_code, received_at, finding, patient_ref, user_ref
  FROM standing
 ORDER BY received_at DESC
 LIMIT $2";
