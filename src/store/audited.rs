//! Whole rows and seals for an audit, which reads everything and writes nothing.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, PgConnection, Postgres, Row};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::seal::{Kind, Month, Seal};

use super::decision_row::month_of;
use super::instants::from_stored;
use super::packing::Packed;
use super::roles::Role;
use super::seals::{month_of_day, number, seal};
use super::{Store, StoreError, Unpacked};

const LIMIT: Duration = Duration::from_secs(60);
/// Rows of one look.
const AT_ONCE: i64 = 500;

/// A connection that reads everything, as everything was when it was opened.
pub struct AuditConnection(PgConnection);

/// The columns of a row that its hash covers, and what an audit compares beside them.
#[derive(Clone, PartialEq)]
#[allow(missing_docs, reason = "the columns of `decision`")]
pub struct StoredRow {
    pub kind: Kind,
    pub service: String,
    pub hook_instance: String,
    pub hook: String,
    pub decision_id: Uuid,
    pub client_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub stored_at: Timestamp,
    /// None: it is not the month of `received_at`.
    pub month: Option<Month>,
    pub category: String,
    pub next_step: String,
    pub pseudonym_key: Vec<u8>,
    pub patient_ref: Option<Vec<u8>>,
    pub user_ref: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub rules_digest: Vec<u8>,
    pub record_hash: Vec<u8>,
    pub card_ids: Vec<Uuid>,
    pub packing: i16,
    pub content: StoredContent,
    /// Whether its token was checked by one process alone.
    pub checked_here: bool,
    /// Whether `decision_key` says the same of it.
    pub key_agrees: bool,
    received_month: Date,
}

/// Evidence and reply of a row.
#[derive(Clone, PartialEq, Eq)]
pub enum StoredContent {
    /// In one block, as it lies there.
    Block(Vec<u8>),
    /// Apart, unpacked: rows of earlier builds.
    Apart(Unpacked),
    /// In columns that do not go together, or damaged.
    Damaged,
}

// The content is health data: no field of it is printed.
impl std::fmt::Debug for StoredRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredRow").field("decision_id", &self.decision_id).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a connection for an audit. All that it reads is of this moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_audit(&self) -> Result<AuditConnection, StoreError> {
        let mut audit = AuditConnection(self.dedicated(Role::Audit, LIMIT).await?);
        audit.rows(sqlx::query("SET idle_in_transaction_session_timeout = 0")).await?;
        audit.rows(sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")).await?;
        Ok(audit)
    }
}

impl AuditConnection {
    /// Everybody who has a row or a seal.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], as for every method here.
    pub async fn tenants(&mut self) -> Result<Vec<String>, StoreError> {
        self.rows(sqlx::query(AUDITED_TENANTS)).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Months of `tenant` that were deleted by policy.
    ///
    /// # Errors
    /// As above.
    pub async fn deleted(&mut self, tenant: &str) -> Result<HashSet<Month>, StoreError> {
        let rows = self.rows(sqlx::query(DELETED_MONTHS).bind(tenant)).await?;
        rows.iter().map(|row| Ok(month_of_day(row.try_get(0)?))).filter_map(Result::transpose).collect()
    }

    /// The next seal behind `seq`, with its number; no seal where its columns are not those of one.
    ///
    /// # Errors
    /// As above.
    pub async fn seal_after(&mut self, tenant: &str, seq: u64) -> Result<Option<(u64, Option<Seal>)>, StoreError> {
        let query = sqlx::query(NEXT_SEAL).bind(tenant).bind(i64::try_from(seq).unwrap_or(i64::MAX));
        let rows = self.rows(query).await?;
        rows.first().map(|row| Ok((number(row)?, seal(row)?))).transpose()
    }

    /// The rows of `tenant` behind `last` in the order of month and id, some hundred. None to begin with.
    ///
    /// # Errors
    /// As above.
    pub async fn rows_after(
        &mut self,
        kind: Kind,
        tenant: &str,
        last: Option<&StoredRow>,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let (month, id) = last.map_or((Date::MIN, Uuid::nil()), |row| (row.received_month, row.decision_id));
        let sql = match kind {
            Kind::Decision => AUDITED_DECISIONS,
            Kind::Conflict => AUDITED_CONFLICTS,
        };
        // PostgreSQL has no earlier date than 4713 BC.
        let month = month.max(Date::from_calendar_date(-4000, time::Month::January, 1).unwrap_or(Date::MIN));
        let query = sqlx::query(sql).bind(tenant).bind(month).bind(id).bind(AT_ONCE);
        self.rows(query).await?.iter().map(|row| stored(kind, row)).collect()
    }

    /// Closes the connection politely.
    pub async fn close(self) {
        let _ = tokio::time::timeout(Duration::from_millis(200), self.0.close()).await;
    }

    async fn rows(&mut self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>, StoreError> {
        Ok(tokio::time::timeout(LIMIT, query.persistent(false).fetch_all(&mut self.0)).await??)
    }
}

fn stored(kind: Kind, row: &PgRow) -> Result<StoredRow, StoreError> {
    let at = |column| from_stored(row.try_get::<OffsetDateTime, _>(column)?);
    let received_at = at("received_at")?;
    let received_month: Date = row.try_get("received_month")?;
    Ok(StoredRow {
        kind,
        service: row.try_get("service_id")?,
        hook_instance: row.try_get("hook_instance")?,
        hook: row.try_get("hook")?,
        decision_id: row.try_get("decision_id")?,
        client_at: row.try_get::<Option<OffsetDateTime>, _>("client_at")?.map(from_stored).transpose()?,
        received_at,
        stored_at: at("stored_at")?,
        month: month_of_day(received_month).filter(|_| received_month == month_of(received_at)),
        category: row.try_get("category")?,
        next_step: row.try_get("next_step")?,
        pseudonym_key: row.try_get("pseudonym_key")?,
        patient_ref: row.try_get("patient_ref")?,
        user_ref: row.try_get("user_ref")?,
        request_hash: row.try_get("request_hash")?,
        rules_digest: row.try_get("rules_digest")?,
        record_hash: row.try_get("record_hash")?,
        card_ids: row.try_get("card_ids")?,
        packing: row.try_get("packing")?,
        content: content(row)?,
        checked_here: row.try_get::<Option<&str>, _>("replay_check")?.is_some(),
        key_agrees: row.try_get("key_agrees")?,
        received_month,
    })
}

fn content(row: &PgRow) -> Result<StoredContent, StoreError> {
    let packed = Packed {
        packing: row.try_get("packing")?,
        content: row.try_get("content")?,
        evidence: row.try_get("evidence")?,
        reply: row.try_get("reply")?,
    };
    Ok(match (packed.content, packed.evidence, packed.reply) {
        (Some(block), None, None) => StoredContent::Block(block.to_vec()),
        (None, Some(_), Some(_)) => packed.unpack().map_or(StoredContent::Damaged, StoredContent::Apart),
        _ => StoredContent::Damaged,
    })
}

pub(super) const AUDITED_TENANTS: &str = "\
SELECT tenant_id FROM decision UNION SELECT tenant_id FROM decision_conflict UNION SELECT tenant_id FROM seal ORDER BY 1";

pub(super) const DELETED_MONTHS: &str = "SELECT DISTINCT received_month FROM deleted_month WHERE tenant_id = $1";

pub(super) const NEXT_SEAL: &str = "\
SELECT tenant_id, seq, first_stored_at, last_stored_at, first_month, last_month, n, root, prev_seal_hash, sealed_at,
       key_id, signature, leaves
  FROM seal WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT 1";

pub(super) const AUDITED_DECISIONS: &str = "\
SELECT d.*, coalesce(k.decision_id = d.decision_id AND k.received_month = d.received_month
                     AND k.request_hash = d.request_hash, false) AS key_agrees
  FROM decision d
  LEFT JOIN decision_key k
    ON k.tenant_id = d.tenant_id AND k.service_id = d.service_id AND k.hook_instance = d.hook_instance
 WHERE d.tenant_id = $1 AND (d.received_month, d.decision_id) > ($2, $3)
 ORDER BY d.received_month, d.decision_id
 LIMIT $4";

/// The key of a conflict belongs to another decision, which may be older and deleted by policy.
pub(super) const AUDITED_CONFLICTS: &str = "\
SELECT d.*, coalesce(k.decision_id <> d.decision_id, true) AS key_agrees
  FROM decision_conflict d
  LEFT JOIN decision_key k
    ON k.tenant_id = d.tenant_id AND k.service_id = d.service_id AND k.hook_instance = d.hook_instance
 WHERE d.tenant_id = $1 AND (d.received_month, d.decision_id) > ($2, $3)
 ORDER BY d.received_month, d.decision_id
 LIMIT $4";
