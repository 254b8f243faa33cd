//! The writer's statements: one for a whole batch of decisions, and one that tells who holds a key.
//!
//! Rows travel as arrays in binary form. The key rows go first; the fat rows follow for those that were first, in the
//! same statement, so a batch costs one round trip and one flush. Nothing comes back unless a key was taken.

use std::time::Duration;

use sqlx::postgres::{PgArguments, PgBindIterExt, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, Executor, PgConnection, Postgres, Row};

use super::batch_statement::store_batch;
use super::checked_here::{STORE_BATCH_CHECKED_HERE, bind_rows_and_marks};
use super::connect::{Statements, Store};
use super::error::{Outage, SqlState};
use super::instants::to_stored;
use super::packing::PACKING;
use super::rehearsal::rehearsal;
use super::roles::Role;
use super::seen_tokens::{STORE_BATCH_WITH_TOKENS, TOKEN_USES, bind_rows_and_tokens, bind_tokens};
use super::{DecisionRow, KeyHolder, StoreError};

/// What became of a batch whose statement was committed.
#[derive(Debug, PartialEq, Eq)]
pub enum Stored {
    /// Every row is new and durable.
    All,
    /// Some keys or tokens were taken. For each row of the batch in its order: who holds its key now.
    KeysTaken(Vec<Taken>),
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// This decision holds it. Where that is the row's own, the row is durable.
    By(KeyHolder),
    /// The token of the row was used for something else before: nothing of the row is stored.
    TokenReused,
}

/// A connection that only writes decisions. It belongs to one writer and is in no pool.
pub struct WriterConnection {
    connection: PgConnection,
    statements: Statements,
}

impl Store {
    /// Opens a connection for the writer within `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_writer(&self, limit: Duration) -> Result<WriterConnection, StoreError> {
        Ok(WriterConnection { connection: self.dedicated(Role::Writer, limit).await?, statements: self.statements() })
    }
}

impl WriterConnection {
    /// Whether this server would take decisions: a standby answers but refuses them, and so does one that is read-only or has
    /// not granted what is needed. Nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where it would not, with the state that a decision would have got.
    pub async fn probe(&mut self, limit: Duration) -> Result<(), StoreError> {
        let asking = self.connection.fetch_one(sqlx::raw_sql(TAKES_WRITES));
        let row = tokio::time::timeout(limit, asking).await??;
        let refused = |state| Err(StoreError::Unavailable(Outage::GaveUp(state)));
        match (row.try_get(0)?, row.try_get(1)?) {
            (false, _) => refused(SqlState::READ_ONLY),
            (true, false) => refused(SqlState::NO_PRIVILEGE),
            (true, true) => Ok(()),
        }
    }

    /// Stores a decision that is none, by the statement of a batch, and takes it back: a server whose disk is full answers every
    /// question and takes no row. Drop the connection after an error.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where it could not be stored.
    pub async fn rehearse(&mut self, limit: Duration) -> Result<(), StoreError> {
        let row = rehearsal();
        let rehearsing = async {
            let mut transaction = self.connection.begin().await?;
            store(&mut transaction, &[&row], false).await?;
            Ok(transaction.rollback().await?)
        };
        match tokio::time::timeout(limit, rehearsing).await? {
            // It was judged by what it holds, as a decision would be, which no outage is.
            Err(StoreError::Rejected(_)) => Ok(()),
            rehearsed => rehearsed,
        }
    }

    /// Stores the batch, all or nothing, and returns after the commit.
    ///
    /// Repeating it after any failure is safe: rows that did get in are found to hold their own keys.
    ///
    /// # Errors
    /// [`StoreError::Rejected`]: one of the rows can never be stored, none of them is. [`StoreError::Unavailable`]:
    /// not known to be stored; unless it leaves the connection usable, drop this connection.
    pub async fn store(&mut self, batch: &[&DecisionRow], limit: Duration) -> Result<Stored, StoreError> {
        let storing = async {
            match self.statements {
                Statements::Kept => store(&mut self.connection, batch, true).await,
                // Parsing and carrying out are two turns: without a transaction the pooler may give each another server.
                Statements::PerQuery => {
                    let mut transaction = self.connection.begin().await?;
                    let stored = store(&mut transaction, batch, false).await?;
                    transaction.commit().await?;
                    Ok(stored)
                }
            }
        };
        tokio::time::timeout(limit, storing).await?
    }

    /// Closes the connection in the protocol's polite way; failing that, the socket is just dropped.
    pub async fn close(self) {
        let _ = tokio::time::timeout(Duration::from_millis(200), self.connection.close()).await;
    }
}

/// The statement of the batch, and where it lost keys, the question whose they are.
async fn store(connection: &mut PgConnection, batch: &[&DecisionRow], prepared: bool) -> Result<Stored, StoreError> {
    let has_tokens = batch.iter().any(|row| row.token.is_some());
    let storing = if has_tokens {
        bind_rows_and_tokens(sqlx::query(STORE_BATCH_WITH_TOKENS).persistent(prepared), batch)
    } else if batch.iter().any(|row| row.checked_here) {
        // Out of the spool, where no row has a token any more.
        bind_rows_and_marks(sqlx::query(STORE_BATCH_CHECKED_HERE).persistent(false), batch)
    } else {
        bind_rows(sqlx::query(STORE_BATCH).persistent(prepared), batch)
    };
    let inserted = storing.execute(&mut *connection).await?.rows_affected();
    if inserted == batch.len() as u64 {
        return Ok(Stored::All);
    }
    let reused = if has_tokens { reused(connection, batch).await? } else { vec![false; batch.len()] };
    holders(connection, batch, &reused).await.map(Stored::KeysTaken)
}

/// For each row: was its token used for something else? Asked after the statement that lost to another one's commit.
async fn reused(connection: &mut PgConnection, batch: &[&DecisionRow]) -> Result<Vec<bool>, StoreError> {
    let asking = bind_tokens(sqlx::query(TOKEN_USES).persistent(false), batch);
    let uses = asking.fetch_all(connection).await?;
    let is_reused = |(row, used): (&&DecisionRow, &PgRow)| {
        let used: Option<&[u8]> = used.try_get(0)?;
        Ok(row.token.as_ref().is_some_and(|token| used.is_some_and(|used| used != token.used_for)))
    };
    batch.iter().zip(&uses).map(is_reused).collect()
}

async fn holders(
    connection: &mut PgConnection,
    batch: &[&DecisionRow],
    reused: &[bool],
) -> Result<Vec<Taken>, StoreError> {
    let rows = sqlx::query(KEY_HOLDERS)
        .bind(batch.iter().map(|row| &*row.tenant).bind_iter())
        .bind(batch.iter().map(|row| &*row.service).bind_iter())
        .bind(batch.iter().map(|row| &*row.hook_instance).bind_iter())
        .persistent(false)
        .fetch_all(connection)
        .await?;
    if rows.len() != batch.len() {
        return Err(StoreError::Inconsistent("decision_key"));
    }
    let taken =
        |(row, reused): (&PgRow, &bool)| if *reused { Ok(Taken::TokenReused) } else { holder(row).map(Taken::By) };
    rows.iter().zip(reused).map(taken).collect()
}

fn holder(row: &PgRow) -> Result<KeyHolder, StoreError> {
    Ok(KeyHolder {
        decision_id: row.try_get(0)?,
        received_month: row.try_get(1)?,
        request_hash: row.try_get::<&[u8], _>(2)?.try_into().map_err(|_| StoreError::Inconsistent("request_hash"))?,
    })
}

/// Binds the columns of `batch` in the order of [`STORE_BATCH`] and of the statement for conflicts.
pub(super) fn bind_rows<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &[&DecisionRow],
) -> Query<'q, Postgres, PgArguments> {
    // Arrays of arrays must be rectangular, so the card ids of all rows travel as one array with each row's bounds.
    let mut end = 0_i32;
    let bounds: Vec<(i32, i32)> = batch
        .iter()
        .map(|row| {
            let first = end + 1;
            end += i32::try_from(row.card_ids.len()).unwrap_or(0);
            (first, end)
        })
        .collect();
    query
        .bind(batch.iter().map(|row| &*row.tenant).bind_iter())
        .bind(batch.iter().map(|row| &*row.service).bind_iter())
        .bind(batch.iter().map(|row| &*row.hook_instance).bind_iter())
        .bind(batch.iter().map(|row| row.decision_id).bind_iter())
        .bind(batch.iter().map(|row| row.received_month()).bind_iter())
        .bind(batch.iter().map(|row| &row.request_hash[..]).bind_iter())
        .bind(batch.iter().map(|row| row.client_at.map(to_stored)).bind_iter())
        .bind(batch.iter().map(|row| to_stored(row.received_at)).bind_iter())
        .bind(batch.iter().map(|row| &*row.hook).bind_iter())
        .bind(batch.iter().map(|row| &*row.category).bind_iter())
        .bind(batch.iter().map(|row| &*row.next_step).bind_iter())
        .bind(batch.iter().map(|row| &row.pseudonym_key[..]).bind_iter())
        .bind(batch.iter().map(|row| row.patient_ref.as_ref().map(|hash| &hash[..])).bind_iter())
        .bind(batch.iter().map(|row| row.user_ref.as_ref().map(|hash| &hash[..])).bind_iter())
        .bind(batch.iter().map(|row| &row.rules_digest[..]).bind_iter())
        .bind(batch.iter().map(|row| &row.record_hash[..]).bind_iter())
        .bind(batch.iter().map(|row| row.content.as_slice()).bind_iter())
        .bind(bounds.iter().map(|(first, _)| *first).bind_iter())
        .bind(bounds.iter().map(|(_, last)| *last).bind_iter())
        .bind(batch.iter().flat_map(|row| row.card_ids.iter().copied()).bind_iter())
        .bind(PACKING)
}

/// Whether it may be written at all, and whether by this role.
pub(super) const TAKES_WRITES: &str = "\
SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off',
       has_table_privilege('decision', 'INSERT') AND has_table_privilege('decision_key', 'INSERT')
       AND has_table_privilege('decision_key', 'SELECT') AND has_table_privilege('seen_token', 'INSERT')
       AND has_table_privilege('seen_token', 'SELECT')";

pub(super) const STORE_BATCH: &str = store_batch!();

pub(super) const KEY_HOLDERS: &str = "\
SELECT k.decision_id, k.received_month, k.request_hash
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS g (tenant_id, service_id, hook_instance, place)
  LEFT JOIN decision_key k
    ON k.tenant_id = g.tenant_id AND k.service_id = g.service_id AND k.hook_instance = g.hook_instance
 ORDER BY g.place";
