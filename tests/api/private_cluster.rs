//! The private PostgreSQL under a running service: killed, and brought back by the service itself.

use crate::harness::{on_a_runtime, over};
use crate::process::{Postmaster, started, until, wait_for_health};
use crate::spool::{ask, end, found, record_word};
use crate::support::data_dir;

/// How often PostgreSQL said so in its log.
fn times_said(data: &tempfile::TempDir, words: &str) -> usize {
    std::fs::read_to_string(data.path().join("postgres.log")).unwrap().matches(words).count()
}

#[test]
fn a_private_postgres_that_was_killed_is_started_again_by_the_service_although_its_first_starts_fail() {
    let data = data_dir();
    let (child, address) = started(&data, "error");
    wait_for_health(address, "ok");
    let mut acknowledged = Vec::new();
    let mut asked = |instance: String| {
        let word = record_word(&ask(address, &instance)).unwrap().to_owned();
        assert!(word == "durable" || word == "spooled", "{instance}: {word}");
        acknowledged.push(instance);
        word
    };
    until("nothing is durable", || asked(format!("{}-before", uuid::Uuid::now_v7())) == "durable");

    // Without its configuration no server starts.
    let killed = Postmaster::of(&data);
    let (configuration, away) = (killed.cluster.join("postgresql.conf"), killed.cluster.join("postgresql.away"));
    std::fs::rename(&configuration, &away).unwrap();
    killed.signal("-KILL");
    until("nothing is spooled", || asked(format!("{}-during", uuid::Uuid::now_v7())) == "spooled");
    until("it is not tried again", || times_said(&data, "could not access the server configuration file") > 1);
    assert_eq!(asked("while it cannot be started".to_owned()), "spooled");

    std::fs::rename(&away, &configuration).unwrap();
    wait_for_health(address, "ok");
    until("nothing is durable again", || asked(format!("{}-after", uuid::Uuid::now_v7())) == "durable");
    until("the spool is not replayed", || {
        over(address, "GET", "/health", &[], b"").json()["record"]["spool"]["segments"] == 0
    });
    let url = on_a_runtime(herald::embedded::running(data.path())).unwrap().unwrap();
    acknowledged.sort();
    assert_eq!(found(&url), acknowledged, "each once");
    end(child, "-TERM");
}
