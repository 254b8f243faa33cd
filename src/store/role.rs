//! What the service's database role may do beyond reading and adding rows.
//!
//! A role that is superuser, owns the tables or bypasses row level security sees and changes the rows of every tenant, so
//! one fault in the service would open all of them.

use std::time::Duration;

use sqlx::Row;

use super::partitions::DEFAULT_IS_USED;
use super::roles::Role;
use super::{Outage, Store, StoreError};

/// The role that logged in, and what it may do too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseRole {
    /// Its name.
    pub name: String,
    /// It may do everything.
    pub superuser: bool,
    /// It owns a table of the record, itself or through a role that it is a member of.
    pub owner: bool,
    /// Row level security does not bind it.
    pub bypasses_row_security: bool,
}

impl DatabaseRole {
    /// What is too much, in words. Empty for a role that is safe.
    #[must_use]
    pub fn excess(&self) -> Vec<&'static str> {
        let excess = [
            ("is superuser", self.superuser),
            // A superuser counts as a member of every role.
            ("owns tables of the record", self.owner && !self.superuser),
            ("bypasses row level security", self.bypasses_row_security && !self.superuser),
        ];
        excess.into_iter().filter(|(_, has)| *has).map(|(words, _)| words).collect()
    }
}

impl Store {
    /// The role with which this store logs in. A role that was taken on later by `SET ROLE` can be given back, so it does
    /// not count.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn role(&self) -> Result<DatabaseRole, StoreError> {
        let rows = self.as_logged_in(ROLE).await?;
        let row = rows.first().ok_or(StoreError::Inconsistent("role"))?;
        Ok(DatabaseRole {
            name: row.try_get(0)?,
            superuser: row.try_get(1)?,
            bypasses_row_security: row.try_get(2)?,
            owner: row.try_get(3)?,
        })
    }

    /// What keeps this login from recording decisions, in words; none where nothing does. The role of the writer is taken, as the
    /// service takes it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the database is away, or the login is no member of that role.
    pub async fn obstacles(&self) -> Result<Vec<&'static str>, StoreError> {
        let mut line = self.dedicated(Role::Writer, Duration::from_secs(5)).await?;
        let asked = sqlx::query(MAY_RECORD).persistent(false).fetch_all(&mut line);
        let rows = tokio::time::timeout(Duration::from_secs(5), asked).await??;
        let row = rows.first().ok_or(StoreError::Inconsistent("privileges"))?;
        let obstacles = [
            ("the server is a standby that only replays (pg_is_in_recovery)", row.try_get(0)?),
            ("the database is read-only for it (default_transaction_read_only)", row.try_get(1)?),
            ("it may not INSERT into decision", !row.try_get::<bool, _>(2)?),
            ("it may not INSERT into decision_key", !row.try_get::<bool, _>(3)?),
        ];
        Ok(obstacles.into_iter().filter(|(_, stands)| *stands).map(|(words, _)| words).collect())
    }

    /// Does the partition for rows of no month's partition hold anything? Its size tells, for which no role needs any right; it
    /// stays for a while when the rows are gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also where there is no such partition yet.
    pub async fn default_partition_is_used(&self) -> Result<bool, StoreError> {
        let rows = self.as_logged_in(DEFAULT_IS_USED).await?;
        Ok(rows.first().ok_or(StoreError::Inconsistent("partition"))?.try_get(0)?)
    }

    /// How many migrations of this binary the database lacks. A negative number: a later version of Herald migrated it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also where the role may not look.
    pub async fn missing_migrations(&self) -> Result<i64, StoreError> {
        let asked = match self.keeper().await {
            Ok(mut reading) => reading.within(sqlx::query(MIGRATIONS_DONE).persistent(false)).await,
            // before the migration that makes the roles
            Err(_) => self.as_logged_in(MIGRATIONS_DONE).await,
        };
        let done = match asked {
            Ok(rows) => rows.first().ok_or(StoreError::Inconsistent("migrations"))?.try_get(0)?,
            Err(StoreError::Unavailable(Outage::GaveUp(state))) if state.as_str() == NO_SUCH_TABLE => 0,
            Err(error) => return Err(error),
        };
        Ok(super::migrate::known() - done)
    }
}

/// SQLSTATE of a table that is not there: nothing was migrated yet.
pub(super) const NO_SUCH_TABLE: &str = "42P01";

pub(super) const ROLE: &str = "\
SELECT rolname::text, rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                 AND pg_has_role(session_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = session_user";
pub(super) const MIGRATIONS_DONE: &str = "SELECT count(*) FROM public._sqlx_migrations WHERE success";

pub(super) const MAY_RECORD: &str = "\
SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
       coalesce(has_table_privilege(to_regclass('public.decision'), 'INSERT'), false),
       coalesce(has_table_privilege(to_regclass('public.decision_key'), 'INSERT'), false)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_about_a_role_is_said_in_words() {
        let safe =
            DatabaseRole { name: "app".to_owned(), superuser: false, owner: false, bypasses_row_security: false };
        assert!(safe.excess().is_empty());
        let root = DatabaseRole { superuser: true, owner: true, bypasses_row_security: true, ..safe.clone() };
        assert_eq!(root.excess(), ["is superuser"]);
        let owner = DatabaseRole { owner: true, bypasses_row_security: true, ..safe };
        assert_eq!(owner.excess(), ["owns tables of the record", "bypasses row level security"]);
    }
}
