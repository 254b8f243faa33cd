//! A superuser edits what was sealed: every edit is found, and found where it was made.

use herald::seal::{Damage, Fault, Kind, SealFault};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use uuid::Uuid;

use crate::sealed::{Sealed, TENANTS};

const SEALS: usize = 3;
const ROWS: usize = 6;
const EDITS: u64 = 1_000;

/// Every column of a decision, and how it is changed.
const COLUMNS: [(&str, &str); 22] = [
    ("tenant_id", "'nobody'"),
    ("received_month", "received_month + interval '1 month'"),
    ("decision_id", "'01890a5d-ac96-774b-bcce-b302099a8057'"),
    ("client_at", "coalesce(client_at, received_at) - interval '1 microsecond'"),
    ("received_at", "received_at + interval '1 microsecond'"),
    ("stored_at", "stored_at - interval '1 microsecond'"),
    ("packing", "3"),
    ("service_id", "service_id || 'x'"),
    ("hook_instance", "hook_instance || 'x'"),
    ("hook", "'order-sign'"),
    ("category", "'negative'"),
    ("next_step", "'await_ish'"),
    ("pseudonym_key", "set_byte(pseudonym_key, 0, 255)"),
    ("patient_ref", "set_byte(patient_ref, 31, 255)"),
    ("user_ref", "coalesce(user_ref, '\\x00')"),
    ("request_hash", "set_byte(request_hash, 7, 255)"),
    ("rules_digest", "set_byte(rules_digest, 7, 255)"),
    ("record_hash", "set_byte(record_hash, 7, 255 - get_byte(record_hash, 7))"),
    ("card_ids", "'{}'"),
    ("content", "set_bit(content, BIT, 1 - get_bit(content, BIT))"),
    ("evidence", "'\\x00'"),
    ("replay_check", "CASE WHEN replay_check IS NULL THEN 'local' END"),
];

/// Every column of a seal, and how it is changed.
const SEAL_COLUMNS: [(&str, &str); 12] = [
    ("tenant_id", "'nobody'"),
    ("seq", "seq + 1000"),
    ("first_stored_at", "first_stored_at + interval '1 microsecond'"),
    ("last_stored_at", "last_stored_at + interval '1 microsecond'"),
    ("last_month", "last_month + interval '1 month'"),
    ("n", "n + 1"),
    ("root", "set_bit(root, BIT, 1 - get_bit(root, BIT))"),
    ("prev_seal_hash", "set_bit(prev_seal_hash, BIT, 1 - get_bit(prev_seal_hash, BIT))"),
    ("sealed_at", "sealed_at + interval '1 microsecond'"),
    ("key_id", "set_byte(key_id, 0, 255 - get_byte(key_id, 0))"),
    ("signature", "set_bit(signature, BIT, 1 - get_bit(signature, BIT))"),
    ("leaves", "set_bit(leaves, BIT, 1 - get_bit(leaves, BIT))"),
];

const KEY_COLUMNS: [(&str, &str); 5] = [
    ("service_id", "service_id || 'x'"),
    ("hook_instance", "hook_instance || 'x'"),
    ("decision_id", "'01890a5d-ac96-774b-bcce-b302099a8057'"),
    ("received_month", "received_month + interval '1 month'"),
    ("request_hash", "set_byte(request_hash, 7, 255)"),
];

/// What an audit has to name.
#[derive(Debug)]
enum Place {
    Row(Uuid),
    /// The seal, or one that follows it.
    Seal(u64),
    CutOff,
}

#[tokio::test]
async fn a_thousand_random_edits_by_a_superuser_are_all_found_and_located() {
    tokio::join!(edited(20_261_126), edited(20_261_127));
}

/// Half of the edits, on a record of its own.
async fn edited(seed: u64) {
    let sealed = Sealed::with(SEALS, ROWS).await;
    let whole = sealed.audit().await;
    assert_eq!(whole.findings, [], "nothing was edited yet");
    let mut superuser = Superuser::of(&sealed).await;
    let mut chance = Chance(seed);
    for number in 0..EDITS / 2 {
        let (what, tenant, place) = superuser.edit(&mut chance).await;
        let report = sealed.audit().await;
        let located = report.findings.iter().any(|finding| match (&place, &finding.damage) {
            (Place::Row(id), Damage::Row(_, found, _)) => {
                id == found && (finding.tenant == tenant || what.contains("nobody"))
            }
            (Place::Seal(seq), Damage::Seal(found, _)) => found >= seq,
            (Place::CutOff, Damage::CutOff { .. }) => finding.tenant == tenant,
            _ => false,
        });
        assert!(located, "edit {number} of {seed}: {what} of {tenant}: {place:?} is not among {:?}", report.findings);
        superuser.undo().await;
    }
    assert_eq!(sealed.audit().await, whole, "and nothing is found once all is as it was");
}

#[tokio::test]
async fn a_damaged_row_is_named_with_what_differs() {
    let sealed = Sealed::with(1, 4).await;
    let mut superuser = Superuser::of(&sealed).await;
    let [one, two] = [0, 1].map(|at| superuser.rows[at].2);
    let changed = |what| Fault::Changed(what);
    let content = changed("its content or columns do not give the sealed hash");
    for (sql, fault) in [
        (format!("UPDATE decision SET category = 'negative' WHERE decision_id = '{one}'"), content),
        (
            format!(
                "UPDATE decision SET record_hash = set_byte(record_hash, 0, 1 - get_byte(record_hash, 0) % 2) WHERE decision_id = '{one}'"
            ),
            changed("record_hash"),
        ),
        (format!("UPDATE decision SET packing = 3 WHERE decision_id = '{one}'"), changed("packing")),
        (
            format!(
                "UPDATE decision SET stored_at = (SELECT stored_at FROM decision WHERE decision_id = '{two}') WHERE decision_id = '{one}'"
            ),
            Fault::Reordered,
        ),
        (format!("DELETE FROM decision WHERE decision_id = '{one}'"), Fault::Missing),
        (format!("DELETE FROM decision_key WHERE decision_id = '{one}'"), changed("its row in decision_key")),
    ] {
        superuser.run(&sql).await;
        let report = sealed.audit().await;
        let found: Vec<Damage> = report.findings.into_iter().map(|finding| finding.damage).collect();
        assert_eq!(found, [Damage::Row(Kind::Decision, one, fault)], "{sql}");
        superuser.undo().await;
    }
    let everything_of_a_seal = "UPDATE seal SET signature = set_byte(signature, 0, 255 - get_byte(signature, 0))";
    superuser.run(everything_of_a_seal).await;
    let found = sealed.audit().await.findings;
    assert!(found.iter().all(|finding| finding.damage == Damage::Seal(1, SealFault::Signature)), "{found:?}");
    assert_eq!(found.len(), TENANTS.len());
}

/// Somebody to whom no policy and no privilege applies.
struct Superuser {
    connection: PgConnection,
    /// Table, tenant and id of every row.
    rows: Vec<(&'static str, String, Uuid)>,
}

impl Superuser {
    async fn of(sealed: &Sealed) -> Self {
        let mut connection = PgConnection::connect(&sealed.database.url).await.unwrap();
        sqlx::query("SET synchronous_commit = off").execute(&mut connection).await.unwrap();
        let mut rows = Vec::new();
        for table in ["decision", "decision_conflict"] {
            let sql = format!("SELECT tenant_id, decision_id FROM {table} ORDER BY stored_at");
            let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
            rows.extend(found.iter().map(|row| (table, row.get(0), row.get(1))));
        }
        for table in ["decision", "decision_conflict", "decision_key", "seal"] {
            let sql = format!("CREATE TABLE was_{table} AS TABLE {table}");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        Self { connection, rows }
    }

    async fn run(&mut self, sql: &str) {
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await;
        assert!(done.as_ref().is_ok_and(|done| done.rows_affected() > 0), "{sql}: {done:?}");
    }

    async fn undo(&mut self) {
        let mut sql = String::new();
        for table in ["decision", "decision_conflict", "decision_key", "seal"] {
            sql += &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM was_{table};");
        }
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await.unwrap();
    }

    /// One edit: what it is, whose, and what has to be named.
    async fn edit(&mut self, chance: &mut Chance) -> (String, String, Place) {
        let (table, tenant, id) = self.rows[chance.below(self.rows.len())].clone();
        let of_id = format!("tenant_id = '{tenant}' AND decision_id = '{id}'");
        let seq = 1 + chance.below(SEALS) as u64;
        let of_seal = format!("tenant_id = '{tenant}' AND seq = {seq}");
        let (sql, place) = match chance.below(10) {
            0..4 => {
                let (column, value) = COLUMNS[chance.below(COLUMNS.len())];
                let value = value.replace("BIT", &chance.below(8 * 40).to_string());
                (format!("UPDATE {table} SET {column} = {value} WHERE {of_id}"), Place::Row(id))
            }
            4 => (format!("DELETE FROM {table} WHERE {of_id}"), Place::Row(id)),
            5 => {
                let new = Uuid::now_v7();
                let sql = format!(
                    "INSERT INTO {table} SELECT (jsonb_populate_record(d, jsonb_build_object('decision_id', '{new}', \
                     'hook_instance', 'forged', 'stored_at', d.stored_at - interval '1 second'))).* \
                     FROM {table} d WHERE {of_id}"
                );
                (sql, Place::Row(new))
            }
            6 => {
                let others = self.rows.iter().filter(|row| (row.0, &row.1) == (table, &tenant) && row.2 != id);
                let others: Vec<Uuid> = others.map(|row| row.2).collect();
                let other = others[chance.below(others.len())];
                // Two conflicts under one key and of one content cannot even be exchanged.
                let columns = if table == "decision" { 4 } else { 3 };
                let column = ["content", "stored_at", "record_hash", "hook_instance"][chance.below(columns)];
                let sql = format!(
                    "UPDATE {table} d SET {column} = o.{column} FROM {table} o \
                     WHERE (d.decision_id = '{id}' AND o.decision_id = '{other}') \
                        OR (d.decision_id = '{other}' AND o.decision_id = '{id}')"
                );
                (sql, Place::Row(id))
            }
            7 => {
                let (column, value) = SEAL_COLUMNS[chance.below(SEAL_COLUMNS.len())];
                let value = value.replace("BIT", &chance.below(8 * 32).to_string());
                (format!("UPDATE seal SET {column} = {value} WHERE {of_seal}"), Place::Seal(seq))
            }
            8 if seq == SEALS as u64 => (format!("DELETE FROM seal WHERE {of_seal}"), Place::CutOff),
            8 => (format!("DELETE FROM seal WHERE {of_seal}"), Place::Seal(seq + 1)),
            _ => {
                let of_decisions = self.rows.iter().filter(|(table, ..)| *table == "decision").count();
                let (_, tenant, id) = self.rows[chance.below(of_decisions)].clone();
                let (column, value) = KEY_COLUMNS[chance.below(KEY_COLUMNS.len())];
                let of_key = format!("tenant_id = '{tenant}' AND decision_id = '{id}'");
                let sql = format!("UPDATE decision_key SET {column} = {value} WHERE {of_key}");
                self.run(&sql).await;
                return (sql, tenant, Place::Row(id));
            }
        };
        self.run(&sql).await;
        (sql, tenant, place)
    }
}

/// A small generator with a fixed seed: a failure comes again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
