//! The start of the binary: what it answers before its database does, and what comes in once the database is there.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;

use crate::harness::{REVIEW, Reply, asked_until, on_a_runtime, over};
use crate::process::{Postmaster, address_of, herald, started, until, wait_for_health};
use crate::spool::{ask, end, found, record_word};
use crate::support::{Database, data_dir};

/// A patient for whom the sample of trials has a cohort, once the stage allows it.
const PATIENT: &str = include_str!("../../bench/patient_view.json");

fn ask_of_patient(address: SocketAddr, instance: &str) -> Reply {
    // the trials of the sample are for advanced disease
    let mut request: Value = serde_json::from_str(&PATIENT.replace("Stage IIA", "Stage IIIC")).unwrap();
    request["hookInstance"] = instance.into();
    over(address, "POST", REVIEW, &[("Content-Type", "application/json")], request.to_string().as_bytes())
}

fn names_trials(reply: &Reply) -> bool {
    let assessment = &reply.answers()["extension"]["org.herald-cds.assessment"];
    !assessment["trials"].as_array().unwrap().is_empty()
}

fn readiness(address: SocketAddr) -> u16 {
    over(address, "GET", "/readyz", &[], b"").status
}

#[test]
fn after_a_crash_the_service_is_ready_before_its_database_answers_and_names_trials_once_it_does() {
    let data = data_dir();
    let (child, address) = started(&data, "warn");
    wait_for_health(address, "ok");
    assert!(names_trials(&ask_of_patient(address, "before")));
    let postmaster = Postmaster::of(&data);
    end(child, "-KILL");
    // In this order: the system lets a stopped server go on when the service that started it dies.
    postmaster.signal("-STOP");

    let (child, address) = started(&data, "warn");
    let early = ask_of_patient(address, "early");
    assert_eq!(record_word(&early), Some("spooled"));
    assert!(!names_trials(&early), "nobody could tell them yet");
    end(child, "-KILL");

    let (child, address) = started(&data, "warn");
    assert_eq!(readiness(address), 200, "with a spool to replay and a database that does not answer");
    assert_eq!(over(address, "GET", "/health", &[], b"").json()["status"], "starting");
    assert_eq!(record_word(&ask_of_patient(address, "early")), Some("spooled"));
    postmaster.signal("-CONT");
    wait_for_health(address, "ok");
    let mut asked = 0;
    until("cards name no trials although the database is there", || {
        asked += 1;
        names_trials(&ask_of_patient(address, &format!("after-{asked}")))
    });
    until("the spool is not replayed", || {
        over(address, "GET", "/health", &[], b"").json()["record"]["spool"]["segments"] == 0
    });
    let url = on_a_runtime(herald::embedded::running(data.path())).unwrap().unwrap();
    let found = found(&url);
    for once in ["before", "early"] {
        assert_eq!(found.iter().filter(|instance| *instance == once).count(), 1, "{once}: {found:?}");
    }
    end(child, "-TERM");
}

#[test]
fn a_database_without_the_schema_of_this_version_keeps_hooks_out_until_it_is_migrated() {
    let url = on_a_runtime(Database::empty());
    let data = tempfile::tempdir().unwrap();
    let arguments = ["--listen", "127.0.0.1:0", "--data-dir", data.path().to_str().unwrap()];
    let mut child = herald(&arguments).env("DATABASE_URL", &url).env("HERALD_LOG", "off").spawn().unwrap();
    let address = address_of(&mut child);
    until("it is ready for a database without tables", || readiness(address) == 503);
    assert_eq!(over(address, "GET", "/health", &[], b"").json()["status"], "starting");
    assert_eq!(over(address, "GET", "/livez", &[], b"").status, 200, "a restart would not help");
    let refused = ask(address, "too early");
    refused.refuses(503);
    assert_eq!(refused.header("retry-after"), Some("1"));

    let mut migrate = Command::new(env!("CARGO_BIN_EXE_herald"));
    migrate.arg("migrate").env("HERALD_OWNER_DATABASE_URL", &url);
    assert!(migrate.output().unwrap().status.success());
    until("it is not ready although the schema is there", || readiness(address) == 200);
    wait_for_health(address, "ok");
    assert_eq!(ask(address, "in time").status, 200);
    until("what was answered is not found", || found(&url) == ["in time"]);
    end(child, "-TERM");
}

/// The word of `/health` and the database beside it.
fn idle_state(address: SocketAddr) -> (String, String) {
    let health = over(address, "GET", "/health", &[], b"").json();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    (word(&health["status"]), word(&health["record"]["database"]))
}

#[test]
fn a_service_that_never_reached_a_database_says_so_although_nobody_asks_it_for_cards() {
    for (name, value) in [("DATABASE_URL", "postgres://herald@127.0.0.1:1/x"), ("HERALD_PG_BIN", "/nope")] {
        let data = tempfile::tempdir().unwrap();
        let arguments = ["--listen", "127.0.0.1:0", "--data-dir", data.path().to_str().unwrap()];
        let mut child = herald(&arguments).env(name, value).env("HERALD_LOG", "off").spawn().unwrap();
        let address = address_of(&mut child);
        until("its health is never told", || {
            let (status, database) = idle_state(address);
            assert!(status != "ok" && database == "away", "{name}: {status}, {database}");
            status == "degraded"
        });
        assert_eq!(readiness(address), 200, "hooks are answered all the same");
        assert_eq!(record_word(&ask(address, "first")), Some("spooled"));
        end(child, "-TERM");
    }
}

#[test]
fn a_service_that_nobody_asks_finds_that_its_database_stands_still_and_that_it_goes_on() {
    let data = data_dir();
    let (child, address) = started(&data, "off");
    wait_for_health(address, "ok");
    let postmaster = Postmaster::of(&data);
    postmaster.signal_all("-STOP");
    until("it is never found to stand still", || idle_state(address) == ("degraded".into(), "away".into()));
    postmaster.signal_all("-CONT");
    until("it is never found to go on", || idle_state(address) == ("ok".into(), "up".into()));
    asked_until("x-decision-record", "durable", || ask(address, "after"));
    end(child, "-TERM");
}

/// What it logs until its end.
fn logged(mut child: std::process::Child) -> String {
    let mut log = String::new();
    let mut stderr = child.stderr.take().unwrap();
    end(child, "-TERM");
    std::io::Read::read_to_string(&mut stderr, &mut log).unwrap();
    log
}

#[test]
fn the_line_that_names_an_outage_names_its_cause_in_words_and_stands_there_once() {
    let url = on_a_runtime(Database::empty());
    let missing = url.replace("/test_", "/missing_");
    assert_ne!(url, missing);
    let data = tempfile::tempdir().unwrap();
    let arguments = ["--listen", "127.0.0.1:0", "--data-dir", data.path().to_str().unwrap()];
    let mut child = herald(&arguments).env("DATABASE_URL", missing).env("HERALD_LOG", "info").spawn().unwrap();
    let address = address_of(&mut child);
    wait_for_health(address, "degraded");
    for n in 0..20 {
        assert_eq!(record_word(&ask(address, &format!("{n}"))), Some("spooled"));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let log = logged(child);
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("the database does not take decisions")).collect();
    let [line] = lines[..] else { panic!("{log}") };
    assert!(line.contains(r#""cause":"the database is missing""#) && line.contains(r#""sqlstate":"3D000""#), "{line}");
    assert!(!log.contains("takes decisions again"), "{log}");
}

#[test]
fn a_private_database_that_a_later_version_migrated_is_used_as_it_is_and_the_log_says_so() {
    let data = data_dir();
    let (child, address) = started(&data, "warn");
    wait_for_health(address, "ok");
    let url = on_a_runtime(herald::embedded::running(data.path())).unwrap().unwrap();
    on_a_runtime(async {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (99, 'of a later version', true, '\\x00', 0)";
        sqlx::raw_sql(later).execute(&mut connection).await.unwrap();
    });
    let mut migrate = Command::new(env!("CARGO_BIN_EXE_herald"));
    let migrated = migrate.arg("migrate").env("HERALD_OWNER_DATABASE_URL", &url).output().unwrap();
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    assert!(String::from_utf8(migrated.stdout).unwrap().contains("later version"), "and says so");
    end(child, "-TERM");

    let (child, address) = started(&data, "warn");
    wait_for_health(address, "ok");
    assert_eq!(record_word(&ask(address, "on it")), Some("durable"));
    let log = logged(child);
    assert!(log.contains("the schema is that of a later version of Herald"), "{log}");
}
