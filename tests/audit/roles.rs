//! Who may do what with the tables, tried as each role by raw SQL.

use herald::record::Recorded;
use herald::store::{FeedbackEvent, FeedbackOutcome, OverrideReason, Store, StoreOptions, migrate};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::sealed::{Sealed, of};
use crate::support::{Database, card_of, decision, soon, stored};

const ROLES: [&str; 7] = [
    "herald_owner",
    "herald_writer",
    "herald_app",
    "herald_keeper",
    "herald_sealer",
    "herald_audit",
    "herald_retention",
];

/// Everything that anybody but the owner may do, on tables and on single columns.
const PRIVILEGES: &str = "\
SELECT grantee || ' ' || privilege || ' ' || string_agg(relname, ' ' ORDER BY relname)
  FROM (SELECT c.relname::text, r.rolname AS grantee, lower(a.privilege_type) AS privilege
          FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
         WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
         UNION ALL
        SELECT c.relname::text || '(' || string_agg(t.attname, ',' ORDER BY t.attnum) || ')', r.rolname,
               lower(a.privilege_type)
          FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
               CROSS JOIN LATERAL aclexplode(t.attacl) a JOIN pg_roles r ON r.oid = a.grantee
         WHERE c.relnamespace = 'public'::regnamespace
         GROUP BY c.relname, r.rolname, a.privilege_type) AS granted
 GROUP BY grantee, privilege
 ORDER BY grantee, privilege";

#[tokio::test]
async fn the_privileges_of_every_role_are_these_and_no_others() {
    let granted = Database::fresh().await.texts(PRIVILEGES).await;
    let hashes = "(tenant_id,received_month,decision_id,stored_at,packing,record_hash)";
    let expected = [
        "herald_app insert answered_card decision decision_conflict decision_key feedback feedback_comment \
         seen_token",
        "herald_app select _sqlx_migrations answered_card decision decision_conflict decision_key feedback \
         feedback_comment(tenant_id,service_id,card,outcome,suggestions,outcome_at) feedback_standing seen_token \
         shown_card silence trial",
        "herald_audit select _sqlx_migrations answered_card decision decision_conflict decision_key deleted_month feedback \
         feedback_comment feedback_standing legal_hold seal seal_lease seen_token shown_card silence trial",
        "herald_keeper delete seen_token",
        "herald_keeper insert silence trial",
        "herald_keeper select _sqlx_migrations answered_card feedback seen_token silence trial",
        "herald_keeper update silence(ended_at,ended_by) trial",
        "herald_retention insert legal_hold",
        "herald_retention select deleted_month legal_hold seal",
        "herald_sealer insert seal seal_lease",
        &format!(
            "herald_sealer select decision{hashes} decision_conflict{hashes} decision_key(tenant_id) seal seal_lease"
        ),
        "herald_sealer update seal_lease",
        "herald_writer insert decision decision_key seen_token",
        "herald_writer select decision_key seen_token",
    ];
    assert_eq!(granted, expected);
}

#[tokio::test]
async fn every_table_with_a_tenant_and_every_partition_belongs_to_the_owner_and_is_closed_to_whom_no_policy_names() {
    let database = Database::fresh().await;
    let open = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' \
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
                  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    assert_eq!(database.texts(open).await, [""; 0]);
    let not_owned = "SELECT c.relname::text FROM pg_class c \
                     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') \
                       AND c.relowner <> 'herald_owner'::regrole";
    assert_eq!(database.texts(not_owned).await, [""; 0]);
    let on_partitions = "SELECT c.relname::text FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' \
                         AND EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)";
    assert_eq!(database.texts(on_partitions).await, [""; 0]);
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'decision'::regclass";
    assert_eq!(database.number(partitions).await, 5);
    let can_log_in = "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'herald\\_%' \
                      AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)";
    assert_eq!(database.texts(can_log_in).await, [""; 0]);
    let for_everybody =
        "SELECT count(*) FROM pg_namespace WHERE nspname = 'public' AND has_schema_privilege('public', oid, 'CREATE')";
    assert_eq!(database.number(for_everybody).await, 0);
}

/// What a statement does as this role with this tenant: rows that it sees or changes, or `denied`.
async fn tried(connection: &mut PgConnection, role: &str, tenant: Option<&str>, sql: &str) -> String {
    let mut transaction = connection.begin().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("SET LOCAL ROLE {role}"))).execute(&mut *transaction).await.unwrap();
    if let Some(tenant) = tenant {
        sqlx::query("SELECT set_config('app.tenant', $1, true)").bind(tenant).execute(&mut *transaction).await.unwrap();
    }
    let told = match sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut *transaction).await {
        Ok(rows) => rows.len().to_string(),
        // 42501: no privilege, or a policy refuses the new row.
        Err(error) => match error.as_database_error().and_then(|told| told.code().map(|code| code.into_owned())) {
            Some(code) if code == "42501" => "denied".to_owned(),
            other => format!("{other:?}"),
        },
    };
    transaction.rollback().await.unwrap();
    told
}

/// Two tenants with three rows each, and feedback on one card of each.
async fn two_tenants() -> Sealed {
    let sealed = Sealed::with(1, 3).await;
    for tenant in ["north", "south"] {
        let event = event(tenant);
        assert_eq!(sealed.database.store.store_feedback(&[event]).await.unwrap().stored, 1);
    }
    sealed
}

fn event(tenant: &str) -> FeedbackEvent {
    FeedbackEvent {
        tenant: tenant.into(),
        service: "her2-chart-review".into(),
        card: card_of("0-0").to_string(),
        outcome: FeedbackOutcome::Overridden,
        suggestions: Vec::new(),
        outcome_at: "2026-11-24T10:00:00Z".parse().unwrap(),
        received_at: "2026-11-24T10:00:00Z".parse().unwrap(),
        reason: OverrideReason::default(),
        comment: Some("known already".to_owned()),
    }
}

#[tokio::test]
async fn a_tenant_sees_and_adds_its_own_rows_and_without_a_tenant_nobody_sees_or_adds_any() {
    let sealed = two_tenants().await;
    let mut connection = sealed.database.connection().await;
    for table in ["decision", "decision_key", "decision_conflict", "feedback"] {
        let all = format!("SELECT tenant_id FROM {table}");
        let own = if table == "feedback" || table == "decision_conflict" { "1" } else { "2" };
        for (tenant, rows) in [(Some("north"), own), (Some("nobody"), "0"), (Some(""), "0"), (None, "0")] {
            assert_eq!(tried(&mut connection, "herald_app", tenant, &all).await, rows, "{table} of {tenant:?}");
        }
        let of_south = format!("SELECT tenant_id FROM {table} WHERE tenant_id = 'south'");
        assert_eq!(tried(&mut connection, "herald_app", Some("north"), &of_south).await, "0", "{table}");
    }
    let key = |tenant: &str| {
        format!(
            "INSERT INTO decision_key VALUES ('{tenant}', 's', 'new', '01890a5d-ac96-774b-bcce-b302099a8057', '2026-11-01', \
             decode(repeat('00', 32), 'hex')) RETURNING 1"
        )
    };
    for (role, tenant, row, expected) in [
        ("herald_app", Some("north"), "north", "1"),
        ("herald_app", Some("north"), "south", "denied"),
        ("herald_app", None, "north", "denied"),
        // The writer's batch holds rows of every tenant.
        ("herald_writer", None, "north", "1"),
        ("herald_writer", None, "", "denied"),
        ("herald_keeper", None, "north", "denied"),
        ("herald_sealer", None, "north", "denied"),
        ("herald_audit", None, "north", "denied"),
        ("herald_retention", None, "north", "denied"),
        ("herald_owner", None, "north", "denied"),
    ] {
        assert_eq!(tried(&mut connection, role, tenant, &key(row)).await, expected, "{role} {tenant:?} {row}");
    }
}

#[tokio::test]
async fn each_role_reads_what_its_work_needs_and_no_more() {
    let sealed = two_tenants().await;
    let mut connection = sealed.database.connection().await;
    // owner, writer, app (as north), keeper, sealer, audit, retention
    for (sql, expected) in [
        ("SELECT 1 FROM decision_key", ["0", "4", "2", "denied", "4", "4", "denied"]),
        ("SELECT reply FROM decision", ["0", "denied", "2", "denied", "denied", "4", "denied"]),
        ("SELECT record_hash FROM decision", ["0", "denied", "2", "denied", "4", "4", "denied"]),
        ("SELECT card FROM feedback", ["0", "denied", "1", "2", "denied", "2", "denied"]),
        ("SELECT comment FROM feedback_comment", ["0", "denied", "denied", "denied", "denied", "2", "denied"]),
        ("SELECT finding FROM answered_card", ["0", "denied", "0", "0", "denied", "0", "denied"]),
        ("SELECT root FROM seal", ["0", "denied", "denied", "denied", "2", "2", "2"]),
        ("SELECT what FROM silence", ["0", "denied", "0", "0", "denied", "0", "denied"]),
        ("SELECT 1 FROM decision_default", ["0", "denied", "denied", "denied", "denied", "denied", "denied"]),
        ("SELECT 1 FROM feedback_standing", ["0", "denied", "1", "denied", "denied", "2", "denied"]),
    ] {
        for (role, expected) in ROLES.into_iter().zip(expected) {
            assert_eq!(tried(&mut connection, role, Some("north"), sql).await, expected, "{role}: {sql}");
        }
    }
}

#[tokio::test]
async fn nobody_changes_deletes_or_cuts_off_what_was_recorded() {
    let sealed = two_tenants().await;
    let mut connection = sealed.database.connection().await;
    let tables =
        ["decision", "decision_key", "decision_conflict", "feedback", "feedback_comment", "answered_card", "seal"];
    for role in ROLES.into_iter().filter(|role| *role != "herald_owner") {
        for table in tables {
            for sql in [
                format!("UPDATE {table} SET tenant_id = 'x'"),
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
                format!("ALTER TABLE {table} ADD COLUMN x int"),
                format!("DROP TABLE {table}"),
                format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
            ] {
                assert_eq!(tried(&mut connection, role, Some("north"), &sql).await, "denied", "{role}: {sql}");
            }
        }
        let made = tried(&mut connection, role, None, "CREATE TABLE own (x int)").await;
        assert_eq!(made, "denied", "{role}");
    }
    // Not even the owner by an ordinary statement: it sees no row.
    assert_eq!(tried(&mut connection, "herald_owner", None, "DELETE FROM decision RETURNING 1").await, "0");
    let delete = "SELECT * FROM herald_delete_before('2026-11-01')";
    for role in ROLES {
        let expected = if matches!(role, "herald_retention" | "herald_owner") { "0" } else { "denied" };
        assert_eq!(tried(&mut connection, role, None, delete).await, expected, "{role}");
    }
}

#[tokio::test]
async fn a_site_with_an_owner_of_its_own_and_a_login_without_rights_of_its_own_runs_everything() {
    let database = Database::fresh().await;
    let setting_up = [
        "CREATE ROLE site_admin LOGIN IN ROLE herald_owner",
        "CREATE ROLE site_service LOGIN NOINHERIT IN ROLE herald_writer, herald_app, herald_keeper, herald_sealer",
        "CREATE DATABASE site OWNER site_admin",
    ];
    let mut superuser = database.connection().await;
    for sql in setting_up {
        sqlx::query(sql).execute(&mut superuser).await.unwrap();
    }
    let url = |login: &str| {
        let (_, place) = database.url.split_once('@').unwrap();
        let (host, rest) = place.split_once('/').unwrap();
        let (_, socket) = rest.split_once('?').unwrap();
        format!("postgres://{login}@{host}/site?{socket}")
    };
    let owner = StoreOptions::from_url(&url("site_admin")).unwrap();
    for _ in 0..2 {
        migrate(&owner).await.unwrap();
    }
    let service = StoreOptions::from_url(&url("site_service")).unwrap();
    assert!(migrate(&service).await.is_err(), "the service does not run DDL");
    let site = Database::reached(url("site_service"), service);
    let recorder = site.recorder();
    stored(&recorder, decision("first", 1)).await;
    stored(&recorder, decision("first", 2)).await; // a conflict
    assert!(matches!(recorder.record(decision("first", 1), soon()).await, Recorded::Replayed(_)));
    assert_eq!(site.store.recent_decisions("local", 9).await.unwrap().len(), 2);
    assert_eq!(site.store.recent_decisions("north", 9).await.unwrap().len(), 0);
    assert_eq!(site.store.store_feedback(&[event("local")]).await.unwrap().stored, 1);
    let quiet = herald::record::Quiet::new(90);
    quiet.look(&site.store).await.unwrap();
    let mut sealer = site.store.open_sealer().await.unwrap();
    assert_eq!(sealer.tenants().await.unwrap(), ["local"]);
    assert!(site.store.open_audit().await.is_err() && site.store.open_retention().await.is_err());
    let mut own = PgConnection::connect(&site.url).await.unwrap();
    assert!(sqlx::query("SELECT 1 FROM decision").fetch_all(&mut own).await.is_err(), "the login itself has no rights");
    let user: String = sqlx::query("SELECT session_user::text").fetch_one(&mut own).await.unwrap().get(0);
    assert_eq!(user, "site_service");
}

#[tokio::test]
async fn a_batch_with_a_role_that_is_missing_is_an_outage_and_no_poison() {
    let sealed = Sealed::empty().await;
    sealed.database.run("CREATE ROLE stranger LOGIN").await;
    let url = sealed.database.url.replace("herald@", "stranger@");
    let store = Store::new(StoreOptions::from_url(&url).unwrap());
    let refused = store.recent_decisions("north", 1).await.unwrap_err().to_string();
    assert!(refused.contains("docs/operations.md"), "{refused}");
    let recorder = herald::record::Recorder::start(store, sealed.database.spool()).unwrap();
    assert_eq!(recorder.record(of("north", "refused", 1), soon()).await, Recorded::Spooled);
    assert_eq!(recorder.health().poison, 0);
    recorder.drain().await;
}
