//! What sites silenced, and who took it back.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;
use time::OffsetDateTime;

use crate::noise::{Silence, Subject};

use super::instants::{from_stored, to_stored};
use super::{Store, StoreError};

/// Most that are read. A site that silences more wants another service.
const MOST: i64 = 1_000;

/// A silence that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSilence<'a> {
    /// Whose data; never empty.
    pub tenant: &'a str,
    /// Which client of theirs; never empty.
    pub client: &'a str,
    /// What is not shown.
    pub what: &'a Subject,
    /// The planned end; None: until it is taken back.
    pub until: Option<Timestamp>,
    /// Who asks for it.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
}

impl Store {
    /// All that were not taken back and whose planned end has not passed, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where a row does not decode.
    pub async fn silences(&self) -> Result<Vec<Silence>, StoreError> {
        let query = sqlx::query(SILENCES).bind(MOST);
        self.keeper().await?.within(query.persistent(false)).await?.iter().map(silence).collect()
    }

    /// Silences something from now on, and returns after the commit.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] for an empty text, [`StoreError::Unavailable`].
    pub async fn add_silence(&self, new: NewSilence<'_>) -> Result<(), StoreError> {
        let query = sqlx::query(ADD_SILENCE)
            .bind(new.tenant)
            .bind(new.client)
            .bind(new.what.as_str())
            .bind(new.until.map(to_stored))
            .bind(new.by)
            .bind(new.why);
        self.keeper().await?.within(query.persistent(false)).await.map(drop)
    }

    /// Takes every silence of `what` back, noting who did, and says how many there were.
    ///
    /// # Errors
    /// As for [`Store::add_silence`].
    pub async fn end_silence(&self, tenant: &str, client: &str, what: &Subject, by: &str) -> Result<usize, StoreError> {
        let query = sqlx::query(END_SILENCE).bind(tenant).bind(client).bind(what.as_str()).bind(by);
        Ok(self.keeper().await?.within(query.persistent(false)).await?.len())
    }
}

fn silence(row: &PgRow) -> Result<Silence, StoreError> {
    let text = |column| row.try_get::<String, _>(column).map(String::into_boxed_str);
    Ok(Silence {
        tenant: text("tenant_id")?,
        client: text("client")?,
        what: row.try_get::<&str, _>("what")?.parse().map_err(|_| StoreError::Inconsistent("silence"))?,
        since: from_stored(row.try_get("since")?)?,
        until: row.try_get::<Option<OffsetDateTime>, _>("until")?.map(from_stored).transpose()?,
        by: text("by_whom")?,
        why: text("why")?,
    })
}

pub(super) const SILENCES: &str = "\
SELECT tenant_id, client, what, since, until, by_whom, why
  FROM silence
 WHERE ended_at IS NULL AND (until IS NULL OR until > clock_timestamp())
 ORDER BY since, tenant_id, client, what
 LIMIT $1";

pub(super) const ADD_SILENCE: &str = "\
INSERT INTO silence (tenant_id, client, what, until, by_whom, why) VALUES ($1, $2, $3, $4, $5, $6)";

pub(super) const END_SILENCE: &str = "\
UPDATE silence SET ended_at = clock_timestamp(), ended_by = $4
 WHERE tenant_id = $1 AND client = $2 AND what = $3 AND ended_at IS NULL
RETURNING 1";
