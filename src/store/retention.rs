//! Deletion by age, and what keeps a month from it.

use std::time::Duration;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, PgConnection, Postgres, Row};

use crate::seal::Month;

use super::roles::Role;
use super::seals::{day_of, month_of_day};
use super::{Store, StoreError};

/// Counting and deleting a month may take minutes.
const LIMIT: Duration = Duration::from_secs(600);

/// A connection that may call the one function that deletes.
pub struct RetentionConnection(PgConnection);

/// What became of one month, for one tenant where it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonthOutcome {
    /// Its rows are gone.
    Deleted {
        /// Whose.
        tenant: String,
        /// How many decisions.
        decisions: i64,
        /// How many second decisions under a key that was taken.
        conflicts: i64,
        /// How many keys.
        keys: i64,
    },
    /// Somebody holds it.
    Held,
    /// A row of it is not sealed yet.
    NotSealed,
    /// It is not over, or no month.
    NotOver,
}

/// A seal that covers rows of a month, for the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveringSeal {
    /// Whose.
    pub tenant: String,
    /// Its number.
    pub seq: i64,
    /// Root of its tree.
    pub root: Vec<u8>,
}

/// What is known of one month of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantMonth {
    /// Whose.
    pub tenant: String,
    /// A seal covers it.
    pub has_rows: bool,
    /// It was deleted by age.
    pub deleted: bool,
}

/// Whether a month of a tenant may be deleted, and who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold<'a> {
    /// Whose.
    pub tenant: &'a str,
    /// Which month.
    pub month: Month,
    /// It must stay, or it may go again.
    pub held: bool,
    /// Who decided it.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
}

impl Store {
    /// Opens a connection for retention.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_retention(&self) -> Result<RetentionConnection, StoreError> {
        Ok(RetentionConnection(self.dedicated(Role::Retention, Duration::from_secs(5)).await?))
    }
}

impl RetentionConnection {
    /// Deletes every month before this one that nothing keeps, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is deleted.
    pub async fn delete_before(&mut self, before: Month) -> Result<Vec<(Month, MonthOutcome)>, StoreError> {
        let rows = self.rows(sqlx::query(DELETE_BEFORE).bind(day_of(before))).await?;
        rows.iter().map(outcome).collect()
    }

    /// Seals of rows of this month.
    ///
    /// # Errors
    /// As above.
    pub async fn seals_of(&mut self, month: Month) -> Result<Vec<CoveringSeal>, StoreError> {
        let rows = self.rows(sqlx::query(SEALS_OF_MONTH).bind(day_of(month))).await?;
        let covering = |row: &PgRow| {
            Ok(CoveringSeal { tenant: row.try_get("tenant_id")?, seq: row.try_get("seq")?, root: row.try_get("root")? })
        };
        rows.iter().map(covering).collect()
    }

    /// Notes that a month must stay, or may go again.
    ///
    /// # Errors
    /// As above.
    pub async fn hold(&mut self, hold: Hold<'_>) -> Result<(), StoreError> {
        let Hold { tenant, month, held, by, why } = hold;
        let query = sqlx::query(NOTE_HOLD).bind(tenant).bind(day_of(month)).bind(held).bind(by).bind(why);
        self.rows(query).await.map(drop)
    }

    /// Tenant and month of every hold that is in force.
    ///
    /// # Errors
    /// As above.
    pub async fn holds(&mut self) -> Result<Vec<(String, Month)>, StoreError> {
        let rows = self.rows(sqlx::query(HOLDS)).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, month_in(row, 1)?))).collect()
    }

    /// What is there to be held, as far as it is sealed: of each tenant whether a seal covers `month`, and whether the month was
    /// deleted. Rows that are not sealed yet keep their month by themselves.
    ///
    /// # Errors
    /// As above.
    pub async fn tenants(&mut self, month: Month) -> Result<Vec<TenantMonth>, StoreError> {
        let rows = self.rows(sqlx::query(MONTHS_OF_TENANTS).bind(day_of(month))).await?;
        let read = |row: &PgRow| {
            Ok(TenantMonth { tenant: row.try_get(0)?, has_rows: row.try_get(1)?, deleted: row.try_get(2)? })
        };
        rows.iter().map(read).collect()
    }

    /// Closes the connection politely.
    pub async fn close(self) {
        let _ = tokio::time::timeout(Duration::from_millis(200), self.0.close()).await;
    }

    async fn rows(&mut self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>, StoreError> {
        Ok(tokio::time::timeout(LIMIT, query.persistent(false).fetch_all(&mut self.0)).await??)
    }
}

fn outcome(row: &PgRow) -> Result<(Month, MonthOutcome), StoreError> {
    let outcome = match row.try_get("outcome")? {
        "deleted" => MonthOutcome::Deleted {
            tenant: row.try_get("tenant")?,
            decisions: row.try_get("decisions")?,
            conflicts: row.try_get("conflicts")?,
            keys: row.try_get("keys")?,
        },
        "held" => MonthOutcome::Held,
        "not sealed yet" => MonthOutcome::NotSealed,
        _ => MonthOutcome::NotOver,
    };
    Ok((month_in(row, 0)?, outcome))
}

fn month_in(row: &PgRow, column: usize) -> Result<Month, StoreError> {
    month_of_day(row.try_get(column)?).ok_or(StoreError::Inconsistent("month"))
}

pub(super) const DELETE_BEFORE: &str =
    "SELECT month, outcome, tenant, decisions, conflicts, keys FROM herald_delete_before($1)";

pub(super) const SEALS_OF_MONTH: &str = "\
SELECT tenant_id, seq, root FROM seal WHERE first_month <= $1 AND last_month >= $1 ORDER BY tenant_id, seq";

pub(super) const NOTE_HOLD: &str = "\
INSERT INTO legal_hold (tenant_id, received_month, held, by_whom, why) VALUES ($1, $2, $3, $4, $5)";

pub(super) const HOLDS: &str = "\
SELECT tenant_id, received_month
  FROM (SELECT DISTINCT ON (tenant_id, received_month) tenant_id, received_month, held
          FROM legal_hold ORDER BY tenant_id, received_month, at DESC) AS latest
 WHERE held ORDER BY 1, 2";

pub(super) const MONTHS_OF_TENANTS: &str = "\
SELECT tenant_id, bool_or(first_month <= $1 AND last_month >= $1),
       EXISTS (SELECT FROM deleted_month WHERE deleted_month.tenant_id = seal.tenant_id AND received_month = $1)
  FROM seal GROUP BY tenant_id ORDER BY tenant_id";
