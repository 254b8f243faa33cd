//! `herald audit` and `herald retention` as an auditor and an archivist call them.

use std::process::Command;
use std::time::Duration;

use herald::seal::to_hex;
use serde_json::Value;

use crate::sealed::{Sealed, of};

/// Exit status and what was said.
fn herald(sealed: &Sealed, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.args(arguments).arg("--data-dir").arg(sealed.data_dir());
    for name in ["HERALD_CONFIG", "DATABASE_URL"] {
        command.env_remove(name);
    }
    for name in ["HERALD_AUDIT_DATABASE_URL", "HERALD_RETENTION_DATABASE_URL"] {
        command.env(name, &sealed.database.url);
    }
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[tokio::test]
async fn an_auditor_is_told_by_exit_status_and_by_name_what_is_damaged() {
    let sealed = Sealed::with(2, 3).await;
    let (code, said) = herald(&sealed, &["audit", "verify"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("4 seals (compared with the published head), 12 rows sealed and whole, 0 not sealed yet"),
        "{said}"
    );
    let ids = sealed
        .database
        .texts("SELECT decision_id::text FROM decision WHERE tenant_id = 'south' ORDER BY stored_at")
        .await;
    sealed
        .database
        .run("UPDATE decision SET category = 'negative' WHERE tenant_id = 'south' AND hook_instance = '0-0'")
        .await;
    sealed.database.run("DELETE FROM seal WHERE tenant_id = 'north' AND seq = 2").await;
    let (code, said) = herald(&sealed, &["audit", "verify"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("south: decision {}: changed", ids[0])), "{said}");
    assert!(said.contains("north: seal 2: missing; it was published"), "{said}");
    let (_, said) = herald(&sealed, &["audit", "verify", "--tenant", "south"]);
    assert!(said.contains("1 findings") && !said.contains("north"), "{said}");
}

#[tokio::test]
async fn an_audit_of_a_tenant_of_whom_there_is_nothing_does_not_say_that_nothing_is_damaged() {
    let sealed = Sealed::with(1, 3).await;
    let (code, said) = herald(&sealed, &["audit", "verify", "--tenant", "nroth"]);
    assert!(code == Some(2) && said.contains("nothing of tenant nroth is in the record"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    // The published head remembers a tenant whose whole record is gone.
    sealed.database.run("DELETE FROM seal WHERE tenant_id = 'north'").await;
    sealed.database.run("DELETE FROM decision WHERE tenant_id = 'north'").await;
    let (code, said) = herald(&sealed, &["audit", "verify", "--tenant", "north"]);
    assert!(code == Some(1) && said.contains("missing; it was published"), "{said}");
    sealed.database.run("DELETE FROM decision_conflict WHERE tenant_id = 'north'").await;
    // and the audit of everybody finds it as well, in a record that is otherwise whole or quite empty
    let (code, said) = herald(&sealed, &["audit", "verify"]);
    let erased = |said: &str| said.matches("the tenant whose name has the SHA-256").count();
    assert!(code == Some(1) && erased(&said) == 1 && said.contains("1 findings"), "{said}");
    sealed.database.run("TRUNCATE decision, decision_conflict, decision_key, seal").await;
    let (code, said) = herald(&sealed, &["audit", "verify"]);
    assert!(code == Some(1) && erased(&said) == 2, "{said}");
}

#[tokio::test]
async fn a_proof_is_printed_and_checked_without_the_database() {
    let sealed = Sealed::with(1, 3).await;
    let ids = sealed.database.texts("SELECT decision_id::text FROM decision ORDER BY stored_at").await;
    let (code, proof) = herald(&sealed, &["audit", "prove", &ids[0]]);
    assert_eq!(code, Some(0), "{proof}");
    let file = sealed.data_dir().join("proof.json");
    std::fs::write(&file, &proof).unwrap();
    let (file, key) = (file.to_str().unwrap(), to_hex(&sealed.key.0));
    let (code, said) = herald(&sealed, &["audit", "check-proof", file, "--public-key", &key]);
    assert!(code == Some(0) && said.contains(&ids[0]), "{said}");
    assert_eq!(herald(&sealed, &["audit", "check-proof", file, "--public-key", &"00".repeat(32)]).0, Some(1));
    assert_eq!(herald(&sealed, &["audit", "check-proof", file]).0, Some(2), "a proof does not vouch for its own key");
    let (code, said) = herald(&sealed, &["audit", "prove", "01890a5d-ac96-774b-bcce-b302099a8057"]);
    assert!(code == Some(2) && said.contains("no seal"), "{said}");
}

#[tokio::test]
async fn a_deletion_prints_a_certificate_with_counts_and_roots() {
    let sealed = Sealed::empty().await;
    let mut old = of("north", "old", 1);
    old.received_at = "2026-08-10T10:00:00Z".parse().unwrap();
    sealed.record(old).await;
    sealed.sealer(Duration::ZERO).look().await.unwrap();
    let of_august = ["--tenant", "north", "--month", "2026-08", "--why", "case", "--by", "A. Doe"];
    assert_eq!(herald(&sealed, &[&["retention", "hold"][..], &of_august].concat()).0, Some(0));
    let (_, said) = herald(&sealed, &["retention", "list"]);
    assert_eq!(said, "2026-08 of north\n");
    for (what, tenant, month, words) in [
        ("hold", "nroth", "2026-08", "of a tenant nroth is known (tenants with any: north)"),
        ("hold", "north", "2026-07", "2026-07 of north has no sealed decision"),
        ("lift", "north", "2026-07", "2026-07 of north is not held (held: 2026-08 of north)"),
        ("lift", "nroth", "2026-08", "2026-08 of nroth is not held"),
    ] {
        let arguments = ["retention", what, "--tenant", tenant, "--month", month, "--why", "case", "--by", "A. Doe"];
        let (code, said) = herald(&sealed, &arguments);
        assert!(code == Some(2) && said.contains(words), "{said}");
    }
    let certificate = |said: &str| serde_json::from_str::<Value>(said).unwrap();
    let (_, said) = herald(&sealed, &["retention", "run", "--before", "2026-09"]);
    assert_eq!(certificate(&said)["months"]["2026-08"]["why"], "legal hold", "{said}");
    assert_eq!(herald(&sealed, &[&["retention", "lift"][..], &of_august].concat()).0, Some(0));
    let (code, said) = herald(&sealed, &["retention", "run", "--before", "2026-09"]);
    let of_north = &certificate(&said)["months"]["2026-08"]["tenants"]["north"];
    assert_eq!((code, of_north["decisions"].as_i64()), (Some(0), Some(1)), "{said}");
    assert_eq!(of_north["seals"][0]["root"].as_str().map(str::len), Some(64), "{said}");
    let (code, said) = herald(&sealed, &[&["retention", "hold"][..], &of_august].concat());
    assert!(code == Some(2) && said.contains("2026-08 of north was deleted already"), "{said}");
    let (code, said) = herald(&sealed, &["retention", "run", "--before", "2999-01"]);
    assert!(code == Some(2) && said.contains("2999-01 is not a month that is over"), "{said}");
    let (code, said) = herald(&sealed, &["audit", "verify"]);
    assert!(code == Some(0) && said.contains("1 deleted by policy"), "{said}");
}
