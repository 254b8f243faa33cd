//! Which finding an answered card was about: feedback names the card alone, so its decision is looked for once.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::{PgBindIterExt, PgRow};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::decision_row::month_of;
use super::instants::from_stored;
use super::packing::Packed;
use super::{Store, StoreError, Unpacked};

/// A card that feedback came for and that is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCard {
    /// The tenant whose feedback it is.
    pub tenant: String,
    /// The CDS service that the feedback names.
    pub service: String,
    /// The card.
    pub card: Uuid,
    /// When the last feedback came, by our clock: decisions are filed by it.
    pub received_at: Timestamp,
    /// The same by the clock of the database.
    pub stored_at: Timestamp,
}

/// A decision that showed one of the cards that were looked for.
#[derive(Debug)]
pub struct ShowingDecision {
    /// The CDS service that answered.
    pub service: String,
    /// The decision.
    pub decision_id: Uuid,
    /// The cards that it showed.
    pub card_ids: Vec<Uuid>,
    /// Keyed hash of the patient's id.
    pub patient: Option<[u8; 32]>,
    /// Keyed hash of the user's id.
    pub user: Option<[u8; 32]>,
    /// What was answered.
    pub content: Unpacked,
}

/// An answered card with its finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredCard {
    /// The CDS service that showed it.
    pub service: String,
    /// The card.
    pub card: Uuid,
    /// The decision that showed it.
    pub decision_id: Uuid,
    /// What it was about.
    pub finding: [u8; 32],
    /// Keyed hash of the patient's id.
    pub patient: [u8; 32],
    /// Keyed hash of the user's id.
    pub user: Option<[u8; 32]>,
}

impl Store {
    /// Most cards that [`Store::unknown_cards`] brings.
    pub const UNKNOWN_AT_ONCE: usize = 256;

    /// Cards of the feedback of the last `within` that are not known yet, latest first, the first `skipped` passed over.
    /// Cards that are no UUID are not ours.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where a row does not decode.
    pub async fn unknown_cards(&self, within: Duration, skipped: usize) -> Result<Vec<UnknownCard>, StoreError> {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let query = sqlx::query(UNKNOWN_CARDS)
            .bind(within.as_secs_f64())
            .bind(count(Self::UNKNOWN_AT_ONCE))
            .bind(count(skipped));
        let rows = self.keeper().await?.within(query.persistent(false)).await?;
        rows.iter()
            .map(unknown_card)
            .collect::<Result<_, _>>()
            .map(|cards: Vec<_>| cards.into_iter().flatten().collect())
    }

    /// The decisions of the `before` ahead of the feedback that showed one of `cards`, all of one tenant.
    ///
    /// # Errors
    /// As for [`Store::unknown_cards`]; where many decisions lie in that time the server may give up, and nothing is known.
    pub async fn decisions_that_showed(
        &self,
        tenant: &str,
        cards: &[&UnknownCard],
        before: Duration,
    ) -> Result<Vec<ShowingDecision>, StoreError> {
        let Some(first) = cards.iter().map(|card| card.stored_at).min() else { return Ok(Vec::new()) };
        let mut months: Vec<Date> = cards
            .iter()
            .flat_map(|card| [card.received_at, card.received_at.checked_sub(before).unwrap_or(card.received_at)])
            .map(month_of)
            .collect();
        months.sort_unstable();
        months.dedup();
        let query = sqlx::query(DECISIONS_THAT_SHOWED)
            .bind(tenant)
            .bind(months)
            .bind(first_id_of(first.checked_sub(before).unwrap_or(Timestamp::UNIX_EPOCH)))
            .bind(cards.iter().map(|card| card.card).bind_iter());
        self.of_tenant(tenant).await?.within(query.persistent(false)).await?.iter().map(showing).collect()
    }

    /// Keeps what was found out about cards of `tenant`, once for each card.
    ///
    /// # Errors
    /// As for any write.
    pub async fn keep_answered_cards(&self, tenant: &str, cards: &[AnsweredCard]) -> Result<(), StoreError> {
        if cards.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(KEEP_ANSWERED_CARDS)
            .bind(tenant)
            .bind(cards.iter().map(|card| &*card.service).bind_iter())
            .bind(cards.iter().map(|card| card.card.to_string()).bind_iter())
            .bind(cards.iter().map(|card| card.decision_id).bind_iter())
            .bind(cards.iter().map(|card| &card.finding[..]).bind_iter())
            .bind(cards.iter().map(|card| &card.patient[..]).bind_iter())
            .bind(cards.iter().map(|card| card.user.as_ref().map(|user| &user[..])).bind_iter());
        self.of_tenant(tenant).await?.within(query.persistent(false)).await.map(drop)
    }
}

fn unknown_card(row: &PgRow) -> Result<Option<UnknownCard>, StoreError> {
    let Ok(card) = Uuid::try_parse(row.try_get("card")?) else { return Ok(None) };
    let at = |column| from_stored(row.try_get::<OffsetDateTime, _>(column)?);
    Ok(Some(UnknownCard {
        tenant: row.try_get("tenant_id")?,
        service: row.try_get("service_id")?,
        card,
        received_at: at("received_at")?,
        stored_at: at("stored_at")?,
    }))
}

fn showing(row: &PgRow) -> Result<ShowingDecision, StoreError> {
    let packed = Packed {
        packing: row.try_get("packing")?,
        content: row.try_get("content")?,
        evidence: row.try_get("evidence")?,
        reply: row.try_get("reply")?,
    };
    Ok(ShowingDecision {
        service: row.try_get("service_id")?,
        decision_id: row.try_get("decision_id")?,
        card_ids: row.try_get("card_ids")?,
        patient: reference(row, "patient_ref")?,
        user: reference(row, "user_ref")?,
        content: packed.unpack()?,
    })
}

/// A keyed hash, where there is one.
pub(super) fn reference(row: &PgRow, column: &'static str) -> Result<Option<[u8; 32]>, StoreError> {
    let stored = row.try_get::<Option<&[u8]>, _>(column)?;
    stored.map(<[u8; 32]>::try_from).transpose().map_err(|_| StoreError::Inconsistent(column))
}

/// Below every decision id of this instant and later: a UUIDv7 begins with the milliseconds since 1970.
fn first_id_of(instant: Timestamp) -> Uuid {
    let millis = u128::try_from(instant.as_millisecond()).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

pub(super) const UNKNOWN_CARDS: &str = "\
SELECT f.tenant_id, f.service_id, f.card, max(f.received_at) AS received_at, max(f.stored_at) AS stored_at
  FROM feedback f
 WHERE f.stored_at > now() - make_interval(secs => $1)
   AND f.card ~ '^[0-9a-f-]{36}$'
   AND NOT EXISTS (SELECT FROM answered_card a
                    WHERE a.tenant_id = f.tenant_id AND a.service_id = f.service_id AND a.card = f.card)
 GROUP BY f.tenant_id, f.service_id, f.card
 ORDER BY max(f.stored_at) DESC
 LIMIT $2 OFFSET $3";

/// Along the order in time of the primary key; the other table is small.
pub(super) const DECISIONS_THAT_SHOWED: &str = "\
SELECT service_id, decision_id, card_ids, patient_ref, user_ref, packing, content, evidence, reply
  FROM decision
 WHERE tenant_id = $1 AND received_month = ANY ($2::date[]) AND decision_id >= $3 AND card_ids && $4::uuid[]
 UNION ALL
SELECT service_id, decision_id, card_ids, patient_ref, user_ref, packing, content, evidence, reply
  FROM decision_conflict
 WHERE tenant_id = $1 AND received_month = ANY ($2::date[]) AND decision_id >= $3 AND card_ids && $4::uuid[]";

pub(super) const KEEP_ANSWERED_CARDS: &str = "\
INSERT INTO answered_card (tenant_id, service_id, card, decision_id, finding, patient_ref, user_ref)
SELECT $1, known.* FROM unnest($2::text[], $3::text[], $4::uuid[], $5::bytea[], $6::bytea[], $7::bytea[]) AS known
ON CONFLICT (tenant_id, service_id, card) DO NOTHING";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_decisions_are_found_by_their_time() {
        let id = Uuid::now_v7();
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        let made = Timestamp::new(seconds.cast_signed(), nanos.cast_signed()).unwrap();
        assert!(first_id_of(made) <= id);
        assert!(first_id_of(made + jiff::SignedDuration::from_millis(1)) > id);
    }
}
