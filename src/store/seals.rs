//! Seals as they are stored, and the rows that are not sealed yet.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Connection, Executor, FromRow, PgConnection, Row};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::seal::{Draft, Kind, Leaf, Month, Seal};

use super::instants::{from_stored, to_stored};
use super::roles::Role;
use super::{Store, StoreError};

/// A connection that reads the hashes of rows and adds seals.
pub struct SealerConnection(PgConnection);

/// Longest wait for one statement of the sealer.
const LIMIT: Duration = Duration::from_secs(5);

impl Store {
    /// Opens a connection for the sealer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_sealer(&self) -> Result<SealerConnection, StoreError> {
        Ok(SealerConnection(self.dedicated(Role::Sealer, LIMIT).await?))
    }
}

impl SealerConnection {
    /// Every tenant that has a decision.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], as for every method here; drop the connection then.
    pub async fn tenants(&mut self) -> Result<Vec<String>, StoreError> {
        self.rows(sqlx::query(TENANTS)).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Whether any decision was stored before this instant.
    ///
    /// # Errors
    /// As above.
    pub async fn has_rows_before(&mut self, instant: Timestamp) -> Result<bool, StoreError> {
        let rows = self.rows(sqlx::query(OLDER_DECISION).bind(to_stored(instant))).await?;
        Ok(rows.first().ok_or(StoreError::Inconsistent("decisions"))?.try_get(0)?)
    }

    /// Whether `holder` may seal this tenant for the next `term`: nobody else does.
    ///
    /// # Errors
    /// As above.
    pub async fn lease(&mut self, tenant: &str, holder: Uuid, term: Duration) -> Result<bool, StoreError> {
        let query = sqlx::query(LEASE).bind(tenant).bind(holder).bind(term.as_secs_f64());
        Ok(!self.rows(query).await?.is_empty())
    }

    /// Number of the newest seal; 0 where there is none.
    ///
    /// # Errors
    /// As above.
    pub async fn newest(&mut self, tenant: &str) -> Result<u64, StoreError> {
        let rows = self.rows(sqlx::query(NEWEST_SEAL).bind(tenant)).await?;
        rows.first().map_or(Ok(0), number)
    }

    /// One seal. [`StoreError::Inconsistent`] where it is not what a sealer wrote.
    ///
    /// # Errors
    /// As above.
    pub async fn seal(&mut self, tenant: &str, seq: u64) -> Result<Option<Seal>, StoreError> {
        let query = sqlx::query(ONE_SEAL).bind(tenant).bind(i64::try_from(seq).unwrap_or(i64::MAX));
        self.rows(query).await?.first().map(|row| seal(row)?.ok_or(StoreError::Inconsistent("seal"))).transpose()
    }

    /// The next rows behind `last` in the order in which they were stored, `most` at most, none younger than `window`.
    ///
    /// # Errors
    /// As above.
    pub async fn unsealed(
        &mut self,
        tenant: &str,
        last: Option<(Timestamp, Uuid)>,
        window: Duration,
        most: u32,
    ) -> Result<Vec<Leaf>, StoreError> {
        let (at, id) = last.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
        let query = sqlx::query(UNSEALED)
            .bind(tenant)
            .bind(to_stored(at))
            .bind(id)
            .bind(window.as_secs_f64())
            .bind(i64::from(most));
        self.rows_along(Some(ALONG_THE_INDEX), query).await?.iter().map(leaf).collect()
    }

    /// Adds a seal, and returns after the commit. False: somebody else has taken this number.
    ///
    /// # Errors
    /// As above.
    pub async fn add(&mut self, seal: &Seal) -> Result<bool, StoreError> {
        let leaves = &seal.draft.leaves;
        let times = leaves.iter().map(|leaf| leaf.stored_at);
        let months = leaves.iter().map(|leaf| leaf.month);
        let (Some(first), Some(last), Some(low), Some(high)) =
            (times.clone().min(), times.max(), months.clone().min(), months.max())
        else {
            return Ok(true);
        };
        let query = sqlx::query(ADD_SEAL)
            .bind(&seal.draft.tenant)
            .bind(i64::try_from(seal.draft.seq).unwrap_or(i64::MAX))
            .bind(to_stored(first))
            .bind(to_stored(last))
            .bind(day_of(low))
            .bind(day_of(high))
            .bind(i32::try_from(leaves.len()).unwrap_or(i32::MAX))
            .bind(&seal.root[..])
            .bind(&seal.draft.previous[..])
            .bind(to_stored(seal.draft.sealed_at))
            .bind(&seal.key[..])
            .bind(&seal.signature[..])
            .bind(Leaf::encode_all(leaves));
        Ok(!self.rows(query).await?.is_empty())
    }

    /// Closes the connection politely.
    pub async fn close(self) {
        let _ = tokio::time::timeout(Duration::from_millis(200), self.0.close()).await;
    }

    async fn rows(
        &mut self,
        query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.rows_along(None, query).await
    }

    /// The same, under a setting of the planner that ends with the transaction.
    async fn rows_along(
        &mut self,
        setting: Option<&'static str>,
        query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<Vec<PgRow>, StoreError> {
        // In a transaction, so that a pooler gives both turns of a statement to one server.
        let asking = async {
            let mut transaction = self.0.begin().await?;
            if let Some(setting) = setting {
                transaction.execute(sqlx::raw_sql(setting)).await?;
            }
            let rows = query.persistent(false).fetch_all(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(rows)
        };
        tokio::time::timeout(LIMIT, asking).await?.map_err(|error: sqlx::Error| error.into())
    }
}

/// The first day of a month. A month comes from a date or from a seal that was checked to hold dates.
pub(super) fn day_of(month: Month) -> Date {
    let number = u8::try_from(month.0 % 12 + 1).ok().and_then(|number| time::Month::try_from(number).ok());
    number.and_then(|number| Date::from_calendar_date(i32::from(month.0 / 12), number, 1).ok()).unwrap_or(Date::MIN)
}

/// The month of a first day; None for any other day.
pub(super) fn month_of_day(day: Date) -> Option<Month> {
    if day.day() == 1 { Month::new(day.year(), u8::from(day.month())) } else { None }
}

/// By place and not by name: a long backlog has thousands of rows for each seal.
fn leaf(row: &PgRow) -> Result<Leaf, StoreError> {
    let broken = || StoreError::Inconsistent("unsealed row");
    let (is_conflict, month, id, stored_at, packing, hash) =
        <(bool, Date, Uuid, OffsetDateTime, i16, &[u8])>::from_row(row)?;
    Ok(Leaf {
        kind: if is_conflict { Kind::Conflict } else { Kind::Decision },
        month: month_of_day(month).ok_or_else(broken)?,
        packing: u8::try_from(packing).map_err(|_| broken())?,
        id,
        stored_at: from_stored(stored_at)?,
        hash: hash.try_into().map_err(|_| broken())?,
    })
}

/// A stored seal; None where its columns are not those of a seal, or contradict its leaves.
pub(super) fn seal(row: &PgRow) -> Result<Option<Seal>, StoreError> {
    let Some(leaves) = Leaf::decode_all(row.try_get("leaves")?) else { return Ok(None) };
    let at = |column| from_stored(row.try_get(column)?);
    let first = leaves.iter().map(|leaf| leaf.stored_at).min();
    let last = leaves.iter().map(|leaf| leaf.stored_at).max();
    let months = [leaves.iter().map(|leaf| leaf.month).min(), leaves.iter().map(|leaf| leaf.month).max()];
    let stated = [month_of_day(row.try_get("first_month")?), month_of_day(row.try_get("last_month")?)];
    let count = usize::try_from(row.try_get::<i32, _>("n")?).ok();
    let agrees = Some(at("first_stored_at")?) == first
        && Some(at("last_stored_at")?) == last
        && months == stated
        && count == Some(leaves.len());
    let (Some(root), Some(previous), Some(key), Some(signature)) = (
        fixed(row.try_get("root")?),
        fixed(row.try_get("prev_seal_hash")?),
        fixed(row.try_get("key_id")?),
        fixed(row.try_get("signature")?),
    ) else {
        return Ok(None);
    };
    let (tenant, seq, sealed_at) = (row.try_get("tenant_id")?, number(row)?, at("sealed_at")?);
    let seal = Seal { draft: Draft { tenant, seq, previous, sealed_at, leaves }, root, key, signature };
    Ok(agrees.then_some(seal))
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// The column `seq`, which is above 0.
pub(super) fn number(row: &PgRow) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>("seq")?).map_err(|_| StoreError::Inconsistent("seq"))
}

/// From name to name along the primary key, without reading every key.
pub(super) const TENANTS: &str = "\
WITH RECURSIVE named AS (
    (SELECT tenant_id FROM decision_key ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT k.tenant_id FROM decision_key k WHERE k.tenant_id > n.tenant_id ORDER BY k.tenant_id LIMIT 1)
      FROM named n WHERE n.tenant_id IS NOT NULL
)
SELECT tenant_id FROM named WHERE tenant_id IS NOT NULL";

pub(super) const OLDER_DECISION: &str = "SELECT EXISTS (SELECT FROM decision WHERE stored_at < $1)";

pub(super) const LEASE: &str = "\
INSERT INTO seal_lease (tenant_id, holder, until)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (tenant_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
 WHERE seal_lease.holder = excluded.holder OR seal_lease.until < clock_timestamp()
RETURNING 1";

pub(super) const NEWEST_SEAL: &str = "SELECT seq FROM seal WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1";

pub(super) const ONE_SEAL: &str = "\
SELECT tenant_id, seq, first_stored_at, last_stored_at, first_month, last_month, n, root, prev_seal_hash, sealed_at,
       key_id, signature, leaves
  FROM seal WHERE tenant_id = $1 AND seq = $2";

/// Without statistics the planner would read and sort every unsealed row for each seal, which a long backlog has millions of.
const ALONG_THE_INDEX: &str = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off";

/// Each half along its index; a batch may end between two rows of one microsecond, hence the id. The end of the range is a
/// condition of the index because `now()`, unlike `clock_timestamp()`, stands still: else each look would read every row that is
/// too young. It is the start of the transaction, so no row is taken sooner for it.
pub(super) const UNSEALED: &str = "\
(SELECT false AS conflict, received_month, decision_id, stored_at, packing, record_hash
   FROM decision
  WHERE tenant_id = $1 AND stored_at >= $2 AND (stored_at > $2 OR decision_id > $3)
    AND stored_at < now() - make_interval(secs => $4)
  ORDER BY stored_at, decision_id LIMIT $5)
UNION ALL
(SELECT true, received_month, decision_id, stored_at, packing, record_hash
   FROM decision_conflict
  WHERE tenant_id = $1 AND stored_at >= $2 AND (stored_at > $2 OR decision_id > $3)
    AND stored_at < now() - make_interval(secs => $4)
  ORDER BY stored_at, decision_id LIMIT $5)
ORDER BY stored_at, decision_id LIMIT $5";

pub(super) const ADD_SEAL: &str = "\
INSERT INTO seal (tenant_id, seq, first_stored_at, last_stored_at, first_month, last_month, n, root, prev_seal_hash,
                  sealed_at, key_id, signature, leaves)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (tenant_id, seq) DO NOTHING
RETURNING 1";
