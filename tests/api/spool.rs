//! The spool of the binary: a database that is away, a crash, a stop, and a first start.

use std::net::SocketAddr;
use std::process::Child;
use std::time::{Duration, Instant};

use herald::store::StoreOptions;

use crate::harness::{FEEDBACK, REVIEW, Reply, asked_until, on_a_runtime, over, request};
use crate::process::{address_of, herald, signal, started, wait_for_health};
use crate::support::Database;

pub const NOWHERE: &str = "postgres://herald@localhost/herald?host=%2Fnonexistent";

pub struct Place {
    data: tempfile::TempDir,
}

impl Place {
    pub fn fresh() -> Self {
        Self { data: tempfile::tempdir().unwrap() }
    }

    pub fn data_dir(&self) -> std::path::PathBuf {
        self.data.path().join("data")
    }

    /// With these lines in the configuration file.
    pub fn start(&self, database: &str, settings: &str) -> (Child, SocketAddr) {
        let file = self.data.path().join("herald.toml");
        std::fs::write(&file, settings).unwrap();
        let (file, data_dir) = (file.to_str().unwrap(), self.data.path().join("data"));
        let arguments = ["--listen", "127.0.0.1:0", "--config", file, "--data-dir", data_dir.to_str().unwrap()];
        let mut child = herald(&arguments).env("DATABASE_URL", database).spawn().unwrap();
        let address = address_of(&mut child);
        (child, address)
    }
}

pub fn ask(address: SocketAddr, instance: &str) -> Reply {
    let mut request = request();
    request["hookInstance"] = instance.into();
    over(address, "POST", REVIEW, &[("Content-Type", "application/json")], request.to_string().as_bytes())
}

pub fn record_word(reply: &Reply) -> Option<&str> {
    assert_eq!(reply.status, 200);
    reply.header("x-decision-record")
}

pub fn end(mut child: Child, how: &str) {
    signal(how, &child);
    let status = child.wait().unwrap();
    assert!(how == "-KILL" || status.code() == Some(0), "{status}");
}

/// Found in the database, each once.
pub fn found(url: &str) -> Vec<String> {
    on_a_runtime(async { Database::at(url).await.texts("SELECT hook_instance FROM decision ORDER BY 1").await })
}

#[test]
fn what_was_spooled_is_found_once_after_a_crash_or_a_stop_and_the_service_is_ready_at_once() {
    for how in ["-KILL", "-TERM"] {
        let place = Place::fresh();
        let (child, address) = place.start(NOWHERE, "");
        let first = ask(address, "spooled-1");
        assert_eq!(record_word(&first), Some("spooled"), "{how}");
        for n in 2..=20 {
            assert_eq!(record_word(&ask(address, &format!("spooled-{n}"))), Some("spooled"));
        }
        let again = ask(address, "spooled-1");
        assert_eq!((record_word(&again), again.header("idempotent-replay")), (Some("spooled"), Some("true")));
        assert_eq!(again.body, first.body);
        let words = r#"{"feedback":[{"card":"c","outcome":"accepted","outcomeTimestamp":"2026-11-24T10:00:00Z"}]}"#;
        let json = [("Content-Type", "application/json")];
        assert_eq!(over(address, "POST", FEEDBACK, &json, words.as_bytes()).status, 200, "feedback is kept too");
        wait_for_health(address, "degraded");
        assert_eq!(over(address, "GET", "/readyz", &[], b"").status, 200);
        end(child, how);

        let url = on_a_runtime(async { Database::fresh().await.url });
        let began = Instant::now();
        let (child, address) = place.start(&url, "");
        assert_eq!(over(address, "GET", "/readyz", &[], b"").status, 200);
        // One second is the promise for a quiet machine.
        assert!(began.elapsed() < Duration::from_secs(5), "ready after {:?}", began.elapsed());
        let give_up = Instant::now() + Duration::from_secs(20);
        loop {
            let spool = over(address, "GET", "/health", &[], b"").json()["record"]["spool"].clone();
            if spool["segments"] == 0 {
                break;
            }
            assert!(Instant::now() < give_up, "{spool}");
            std::thread::sleep(Duration::from_millis(20));
        }
        asked_until("x-decision-record", "durable", || ask(address, "after"));
        let found = found(&url);
        assert_eq!(found.len(), 21, "{found:?}");
        let feedback = on_a_runtime(async { Database::at(&url).await.number("SELECT count(*) FROM feedback").await });
        assert_eq!(feedback, 1);
        end(child, "-TERM");
    }
}

#[test]
fn a_full_spool_is_critical_and_the_site_says_whether_cards_are_given_all_the_same() {
    for (policy, ready) in [("serve", 200), ("refuse", 503)] {
        let place = Place::fresh();
        let settings = format!("spool_bytes = 12000\nwhen_spool_full = \"{policy}\"\n");
        let (child, address) = place.start(NOWHERE, &settings);
        let full = (0..100)
            .map(|n| ask(address, &format!("fill-{n}")))
            .find(|reply| reply.status == 503 || record_word(reply) == Some("unrecorded"));
        let full = full.unwrap();
        if policy == "refuse" {
            full.refuses(503);
            assert_eq!(full.header("retry-after"), Some("1"));
        } else {
            full.answers();
        }
        // At once: a balancer that asks now must not be told what was true before the refusal.
        assert_eq!(over(address, "GET", "/readyz", &[], b"").status, ready);
        assert_eq!(over(address, "GET", "/health", &[], b"").json()["status"], "critical");
        assert_eq!(over(address, "GET", "/livez", &[], b"").status, 200);
        end(child, "-TERM");
    }
}

#[test]
fn the_spool_of_a_service_that_is_gone_is_drained_from_the_command_line() {
    let place = Place::fresh();
    let (child, address) = place.start(NOWHERE, "");
    assert_eq!(record_word(&ask(address, "orphan")), Some("spooled"));
    end(child, "-KILL");
    let url = on_a_runtime(Database::empty());
    let drain = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_herald"));
        command.args(["spool", "drain", "--data-dir"]).arg(place.data.path().join("data"));
        command.env("DATABASE_URL", &url).env_remove("HERALD_CONFIG").output().unwrap()
    };
    let too_early = drain();
    let said = String::from_utf8(too_early.stderr).unwrap();
    assert_eq!(too_early.status.code(), Some(1));
    assert!(said.contains("run herald migrate first; the spool is as it was"), "{said}");
    on_a_runtime(async { drop(Database::at(&url).await) });
    for said in ["1 rows stored; the spool is empty\n", "0 rows stored; the spool is empty\n"] {
        let output = drain();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), said, "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(found(&url), ["orphan"]);
}

#[test]
fn a_drain_that_left_a_row_in_quarantine_does_not_call_itself_well_ended() {
    let place = Place::fresh();
    let (child, address) = place.start(NOWHERE, "");
    for instance in ["refused", "good"] {
        assert_eq!(record_word(&ask(address, instance)), Some("spooled"));
    }
    end(child, "-KILL");
    let url = on_a_runtime(async {
        let database = Database::fresh().await;
        database.run("ALTER TABLE decision ADD CHECK (hook_instance <> 'refused')").await;
        database.url
    });
    let mut drain = std::process::Command::new(env!("CARGO_BIN_EXE_herald"));
    drain.args(["spool", "drain", "--data-dir"]).arg(place.data.path().join("data"));
    let output = drain.env("DATABASE_URL", &url).env_remove("HERALD_CONFIG").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("1 rows stored; 1 were refused for their content and lie in the directory poison"), "{said}");
    assert_eq!(found(&url), ["good"]);
}

#[test]
fn a_row_in_quarantine_is_stored_once_the_reason_for_its_refusal_is_gone() {
    let place = Place::fresh();
    let (child, address) = place.start(NOWHERE, "");
    let refused = ask(address, "refused");
    assert_eq!(record_word(&refused), Some("spooled"));
    end(child, "-KILL");
    let url = on_a_runtime(async {
        let database = Database::fresh().await;
        database.run("ALTER TABLE decision ADD CONSTRAINT of_today CHECK (hook_instance <> 'refused')").await;
        database.url
    });
    let poison = place.data.path().join("data/poison");
    let spool = |what: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_herald"));
        command.args(["spool", what, "--data-dir"]).arg(place.data.path().join("data"));
        let output = command.env("DATABASE_URL", &url).env_remove("HERALD_CONFIG").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), said, std::fs::read_dir(&poison).unwrap().count())
    };
    let in_spool = "1 rows lie in the spool again; the service stores them when it starts, or herald spool drain\n";
    for again in [false, true] {
        if again {
            assert_eq!(spool("release"), (Some(0), in_spool.to_owned(), 0));
        }
        let (code, said, in_quarantine) = spool("drain");
        assert_eq!((code, in_quarantine), (Some(1), 1), "{said}");
        assert!(said.contains("0 rows stored; 1 were refused for their content"), "{said}");
    }
    on_a_runtime(async { Database::at(&url).await.run("ALTER TABLE decision DROP CONSTRAINT of_today").await });
    assert_eq!(spool("drain"), (Some(0), "0 rows stored; the spool is empty\n".to_owned(), 1), "it was not released");
    std::fs::write(poison.join("cut-off.poison"), b"HRLD").unwrap();
    let (code, said, in_quarantine) = spool("release");
    assert_eq!((code, in_quarantine), (Some(1), 1));
    assert!(said.contains("1 rows lie in the spool again; in quarantine stay 0 for which"), "{said}");
    assert!(said.contains("and 1 files that cannot be read"), "{said}");

    let (child, address) = place.start(&url, "");
    let give_up = Instant::now() + Duration::from_secs(20);
    while found(&url) != ["refused"] {
        assert!(Instant::now() < give_up, "the service does not store it when it starts");
        std::thread::sleep(Duration::from_millis(20));
    }
    let (code, said, _) = spool("release");
    assert_eq!(code, Some(1), "while the service runs the spool is its own: {said}");
    assert!(said.contains("in use by another process"), "{said}");
    let again = asked_until("x-decision-record", "durable", || ask(address, "refused"));
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    assert_eq!(again.body, refused.body, "the reply that was given before the outage");
    end(child, "-TERM");
}

#[test]
fn two_services_never_share_a_spool() {
    let place = Place::fresh();
    let (child, _) = place.start(NOWHERE, "");
    let data_dir = place.data.path().join("data");
    let arguments = ["--listen", "127.0.0.1:0", "--data-dir", data_dir.to_str().unwrap()];
    let second = herald(&arguments).env("DATABASE_URL", NOWHERE).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("is in use by another process"), "{said}");
    end(child, "-TERM");
}

#[test]
fn a_first_start_answers_at_once_and_what_it_spooled_is_in_the_cluster_that_was_being_made() {
    let data = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let (child, address) = started(&data, "info");
    let reply = ask(address, "first of all");
    let took = began.elapsed();
    assert_eq!(record_word(&reply), Some("spooled"), "after {took:?}");
    wait_for_health(address, "ok");
    let address_of_cluster = on_a_runtime(herald::embedded::running(data.path())).unwrap().unwrap();
    assert!(StoreOptions::from_url(&address_of_cluster).is_ok());
    let give_up = Instant::now() + Duration::from_secs(20);
    while found(&address_of_cluster) != ["first of all"] {
        assert!(Instant::now() < give_up, "it is not replayed");
        std::thread::sleep(Duration::from_millis(50));
    }
    asked_until("x-decision-record", "durable", || ask(address, "second"));
    end(child, "-TERM");
}
