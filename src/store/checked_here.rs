//! Decisions out of the spool whose token was checked by one process alone, because the database was away: they are stored
//! with that mark. The plain statement of the writer has no column for it and stays as short as it is.

use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgBindIterExt};
use sqlx::query::Query;

use super::DecisionRow;
use super::batch_statement::store_batch;
use super::decisions::bind_rows;

/// Binds the columns of [`STORE_BATCH_CHECKED_HERE`]: those of the plain statement, and the mark of each row.
pub(super) fn bind_rows_and_marks<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &[&DecisionRow],
) -> Query<'q, Postgres, PgArguments> {
    bind_rows(query, batch).bind(batch.iter().map(|row| row.replay_check()).bind_iter())
}

/// As the plain statement, with `replay_check`.
pub(super) const STORE_BATCH_CHECKED_HERE: &str = store_batch!(with "replay_check" from "$22::text[]");
