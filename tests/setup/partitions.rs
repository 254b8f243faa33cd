//! Decisions that came when their month had no partition.

use crate::site::{herald, on_a_runtime};
use crate::support::{Database, decision, stored};

fn migrated(database: &Database) -> String {
    let output = herald(&[("HERALD_OWNER_DATABASE_URL", &database.url)]).arg("migrate").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn decisions_in_the_default_partition_are_said_by_migrate_until_they_are_moved() {
    on_a_runtime(async {
        let database = Database::fresh().await;
        assert_eq!(migrated(&database), "the schema is up to date\n");
        let mut late = decision("late", 1);
        late.received_at = "2020-01-10T10:00:00Z".parse().unwrap();
        stored(&database.recorder(), late).await;
        let said = migrated(&database);
        assert!(said.contains("decisions lie in decision_default") && said.contains("docs/operations.md"), "{said}");
        database.run(moving()).await;
        assert_eq!(migrated(&database), "the schema is up to date\n");
        assert_eq!(database.number("SELECT count(*) FROM decision_2020_01").await, 1);
        assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
    });
}

/// What docs/operations.md tells an administrator to run.
fn moving() -> &'static str {
    let page = include_str!("../../docs/operations.md");
    let (_, section) = page.split_once("## Rows in the default partition").unwrap();
    let (_, code) = section.split_once("```sql\n").unwrap();
    code.split_once("```").unwrap().0
}
