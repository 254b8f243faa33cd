//! Tokens that were used: the memory that all replicas share.
//!
//! A decision and its token are stored by one statement, so that of several requests with one token exactly one is first,
//! wherever they arrive. Without tokens the writer's plain statement is used, and this file costs nothing.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::{PgArguments, PgBindIterExt};
use sqlx::query::Query;

use super::batch_statement::store_batch;
use super::decisions::bind_rows;
use super::instants::to_stored;
use super::{DecisionRow, Store, StoreError};

/// A token, and what it is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenToken {
    /// The tenant that the client is registered with.
    pub tenant: Arc<str>,
    /// The client's name.
    pub client: Box<str>,
    /// SHA-256 of `jti`.
    pub token_hash: [u8; 32],
    /// SHA-256 of what it is used for.
    pub used_for: [u8; 32],
    /// After this nobody accepts it any more.
    pub forget_at: Timestamp,
}

/// What the database knows of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStanding {
    /// It belongs to this use, now or since before.
    Ours,
    /// It was used for something else before.
    Reused,
}

impl Store {
    /// Notes that a token is used for something that is no decision, and returns after the commit. Safe to repeat.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn spend_token(&self, token: &SeenToken) -> Result<TokenStanding, StoreError> {
        let mut connection = self.of_tenant(&token.tenant).await?;
        let spending = sqlx::query(SPEND_TOKEN)
            .bind(&*token.tenant)
            .bind(&*token.client)
            .bind(&token.token_hash[..])
            .bind(&token.used_for[..])
            .bind(to_stored(token.forget_at));
        if !connection.within(spending.persistent(false)).await?.is_empty() {
            return Ok(TokenStanding::Ours);
        }
        // Taken. By whom is seen by a statement that begins after the other one's commit.
        let asking = sqlx::query(TOKEN_USE).bind(&*token.tenant).bind(&*token.client).bind(&token.token_hash[..]);
        let rows = connection.within(asking.persistent(false)).await?;
        let used_for: &[u8] = rows.first().ok_or(StoreError::Inconsistent("seen_token"))?.try_get(0)?;
        Ok(if used_for == token.used_for { TokenStanding::Ours } else { TokenStanding::Reused })
    }

    /// Deletes the tokens that nobody has accepted for an hour, and says how many there were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_tokens(&self) -> Result<usize, StoreError> {
        Ok(self.keeper().await?.within(sqlx::query(FORGET_TOKENS).persistent(false)).await?.len())
    }
}

/// Binds the columns of [`STORE_BATCH_WITH_TOKENS`]: those of the plain statement, and five of the tokens.
pub(super) fn bind_rows_and_tokens<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    batch: &[&DecisionRow],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    let tokens = || batch.iter().map(|row| row.token.as_ref());
    bind_rows(query, batch)
        .bind(tokens().map(|token| token.map(|token| &*token.tenant)).bind_iter())
        .bind(tokens().map(|token| token.map(|token| &*token.client)).bind_iter())
        .bind(tokens().map(|token| token.map(|token| &token.token_hash[..])).bind_iter())
        .bind(tokens().map(|token| token.map(|token| &token.used_for[..])).bind_iter())
        .bind(tokens().map(|token| token.map(|token| to_stored(token.forget_at))).bind_iter())
}

/// For each row of the batch in its order: what its token was used for, if it has one that is known.
pub(super) fn bind_tokens<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    batch: &[&DecisionRow],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    let tokens = || batch.iter().map(|row| row.token.as_ref());
    query
        .bind(tokens().map(|token| token.map(|token| &*token.tenant)).bind_iter())
        .bind(tokens().map(|token| token.map(|token| &*token.client)).bind_iter())
        .bind(tokens().map(|token| token.map(|token| &token.token_hash[..])).bind_iter())
}

/// As the plain statement, but tokens go first, in their own order, and only rows whose token is new with them, or that have
/// none, are let on. All writers take tokens before keys, so that none waits for another in a circle.
pub(super) const STORE_BATCH_WITH_TOKENS: &str = store_batch!(
    given "given AS (
    SELECT unnest($22::text[]) AS tenant_id, unnest($23::text[]) AS client, unnest($24::bytea[]) AS token_hash,
           unnest($25::bytea[]) AS used_for, unnest($26::timestamptz[]) AS forget_at, unnest($4::uuid[]) AS decision_id
), spent AS (
    INSERT INTO seen_token (tenant_id, client, token_hash, used_for, forget_at)
    SELECT tenant_id, client, token_hash, used_for, forget_at
      FROM given
     WHERE token_hash IS NOT NULL
     ORDER BY tenant_id, client, token_hash
    ON CONFLICT (tenant_id, client, token_hash) DO NOTHING
    RETURNING tenant_id, client, token_hash, used_for
), admitted AS (
    SELECT g.decision_id
      FROM given g
      LEFT JOIN spent s
        ON s.tenant_id = g.tenant_id AND s.client = g.client AND s.token_hash = g.token_hash AND s.used_for = g.used_for
     WHERE g.token_hash IS NULL OR s.token_hash IS NOT NULL
), " admits "k.decision_id = ANY (ARRAY(SELECT decision_id FROM admitted))"
);

pub(super) const TOKEN_USES: &str = "\
SELECT s.used_for
  FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS g (tenant_id, client, token_hash, place)
  LEFT JOIN seen_token s
    ON s.tenant_id = g.tenant_id AND s.client = g.client AND s.token_hash = g.token_hash
 ORDER BY g.place";

pub(super) const SPEND_TOKEN: &str = "\
INSERT INTO seen_token (tenant_id, client, token_hash, used_for, forget_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, client, token_hash) DO NOTHING
RETURNING client";

pub(super) const TOKEN_USE: &str = "\
SELECT used_for FROM seen_token WHERE tenant_id = $1 AND client = $2 AND token_hash = $3";

pub(super) const FORGET_TOKENS: &str = "\
DELETE FROM seen_token WHERE forget_at < now() - interval '1 hour' RETURNING client";
