//! The private PostgreSQL under a running service: killed, and brought back by the service itself.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::harness::{on_a_runtime, over};
use crate::process::{Postmaster, started, until, wait_for_health};
use crate::spool::{ask, end, found, record_word};
use crate::support::data_dir;

/// What it logs, line by line.
fn log_of(child: &mut Child) -> Receiver<String> {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let (told, lines) = channel();
    std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
    lines
}

fn wait_for_line(lines: &Receiver<String>, words: &str) {
    loop {
        match lines.recv_timeout(Duration::from_secs(60)) {
            Ok(line) if line.contains(words) => return,
            Ok(_) => {}
            Err(_) => panic!("nobody said: {words}"),
        }
    }
}

#[test]
fn a_private_postgres_that_was_killed_is_started_again_by_the_service_although_its_first_starts_fail() {
    let data = data_dir();
    let (mut child, address) = started(&data, "error");
    let log = log_of(&mut child);
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
    for _ in 0..2 {
        wait_for_line(&log, "cannot be started again yet");
    }
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
