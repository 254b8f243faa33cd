//! The roles of the database: who does what, and whose the tables are. Migration 10 grants them.

use sqlx::{Executor, PgConnection};

/// What a connection is for. A login role of the site has to be a member of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Stores decisions of every tenant; reads keys only.
    Writer,
    /// Answers requests: one tenant in each transaction.
    App,
    /// Answers to cards and silences of every tenant, and the trial registry.
    Keeper,
    /// Hashes of rows, and seals.
    Sealer,
    /// Reads everything.
    Audit,
    /// Deletes by age, through one function.
    Retention,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Writer => "herald_writer",
            Self::App => "herald_app",
            Self::Keeper => "herald_keeper",
            Self::Sealer => "herald_sealer",
            Self::Audit => "herald_audit",
            Self::Retention => "herald_retention",
        }
    }

    /// How long the server lets one statement run. Nobody waits for an audit or for a deletion.
    pub(super) const fn statement_timeout(self) -> &'static str {
        match self {
            Self::Writer | Self::App | Self::Keeper => "700ms",
            Self::Sealer => "5s",
            Self::Audit => "60s",
            Self::Retention => "600s",
        }
    }
}

/// Gives what the migrations made to its owner, a role that nobody logs in as, and goes on as that role.
pub(super) async fn hand_over(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute(HAND_OVER).await?;
    connection.execute("SET ROLE herald_owner").await.map(drop)
}

/// Tables, views and functions that belong to whoever runs this. In a database that is migrated already there are none.
const HAND_OVER: &str = "\
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, oid::regclass::text AS name
          FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
           AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
         UNION ALL
        SELECT 'FUNCTION', oid::regprocedure::text
          FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace
           AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO herald_owner', it.kind, it.name);
    END LOOP;
END $$";
