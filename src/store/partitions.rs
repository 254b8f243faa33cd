//! The monthly partitions of `decision`: this month and the next three.

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};
use time::{Date, Month};

use super::MigrateError;

const MONTHS_AHEAD: usize = 3;

/// Makes the partitions that are missing. A month whose rows already lie in the default partition is left there: they
/// are stored and found, only not yet under their own name. Returns the names that were left out for it.
pub(super) async fn ensure_partitions(connection: &mut PgConnection) -> Result<Vec<String>, MigrateError> {
    let mut left_out = Vec::new();
    let mut first = this_month(connection).await.map_err(MigrateError::Connect)?;
    for _ in 0..=MONTHS_AHEAD {
        let next = month_after(first);
        let name = partition_name(first);
        if exists(connection, &name).await.map_err(MigrateError::Connect)? {
            first = next;
            continue;
        }
        if let Err(cause) = connection.execute(AssertSqlSafe(partition_ddl(&name, first, next))).await {
            let rows_in_default = cause.as_database_error().and_then(|answer| answer.code());
            if rows_in_default.as_deref() != Some("23514") {
                return Err(MigrateError::Partition { name, cause });
            }
            tracing::warn!(partition = %name, "rows of this month lie in the default partition; it is not made");
            left_out.push(name);
        }
        first = next;
    }
    Ok(left_out)
}

/// Does the partition for rows of no month's partition hold anything? Its size tells, since nobody sees its rows directly.
pub(super) async fn default_is_used(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    connection.fetch_one(DEFAULT_IS_USED).await?.try_get(0)
}

/// No role needs any right for it. The size stays for a while when the rows are gone.
pub(super) const DEFAULT_IS_USED: &str = "SELECT pg_relation_size('decision_default') > 0";

async fn exists(connection: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    let found = sqlx::query("SELECT to_regclass($1) IS NOT NULL").bind(name).persistent(false);
    connection.fetch_one(found).await?.try_get(0)
}

/// Months are those of the database's clock in UTC: it decides where rows go, on every replica alike.
async fn this_month(connection: &mut PgConnection) -> Result<Date, sqlx::Error> {
    let row = connection.fetch_one("SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date").await?;
    // The simple protocol answers in text, hence the decoding by the driver.
    row.try_get(0)
}

/// Nothing is granted on a partition, and nobody sees its rows but through `decision`, whose policies hold there.
///
/// Rows up to about 8 kB stay in the table itself: a row in the side table for long values costs a second index entry.
fn partition_ddl(name: &str, first: Date, next: Date) -> String {
    format!(
        "CREATE TABLE {name} PARTITION OF decision FOR VALUES FROM ('{first}') TO ('{next}') \
         WITH (toast_tuple_target = 8160); \
         ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    )
}

fn partition_name(first: Date) -> String {
    format!("decision_{:04}_{:02}", first.year(), u8::from(first.month()))
}

fn month_after(first: Date) -> Date {
    let year = if first.month() == Month::December { first.year() + 1 } else { first.year() };
    Date::from_calendar_date(year, first.month().next(), 1).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn december_is_followed_by_january_of_the_next_year() {
        let december = Date::from_calendar_date(2026, Month::December, 1).unwrap();
        let january = month_after(december);
        assert_eq!(partition_name(december), "decision_2026_12");
        assert_eq!(partition_name(january), "decision_2027_01");
        assert!(partition_ddl("decision_2026_12", december, january).contains("FROM ('2026-12-01') TO ('2027-01-01')"));
    }
}
