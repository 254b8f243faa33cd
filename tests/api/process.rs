//! The binary: what it prints, how it stops, what it refuses to start with.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{FEEDBACK, REVIEW, over};
use crate::support::children;

pub fn herald(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.arg("serve").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in [
        "HERALD_LISTEN",
        "HERALD_DATA_DIR",
        "HERALD_CONFIG",
        "HERALD_LOG",
        "HERALD_ALLOW_UNSIGNED_RULES",
        "HERALD_BENCH_WITHOUT_RECORD",
        "DATABASE_URL",
    ] {
        command.env_remove(name);
    }
    command
}

/// Starts it on a free port, in a directory of its own, and reads the address that it prints. Nobody reads what it logs before
/// its end, so `log` must be a level at which little is said, or the test be short.
pub fn started(data: &tempfile::TempDir, log: &str) -> (Child, SocketAddr) {
    let data_dir = data.path().to_str().unwrap();
    let mut child =
        herald(&["--listen", "127.0.0.1:0", "--data-dir", data_dir]).env("HERALD_LOG", log).spawn().unwrap();
    let address = address_of(&mut child);
    (child, address)
}

/// The address that it prints once it listens.
pub fn address_of(child: &mut Child) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap()
}

/// Waits until `/health` says this word: the first start makes a cluster while hooks are answered already.
pub fn wait_for_health(address: SocketAddr, word: &str) {
    let give_up = Instant::now() + Duration::from_secs(60);
    loop {
        let health = over(address, "GET", "/health", &[], b"").json();
        if health["status"] == word {
            return;
        }
        assert!(Instant::now() < give_up, "{health}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn signal(name: &str, child: &Child) {
    // the kill of the shell: a minimal system has no other
    assert!(Command::new("sh").arg("-c").arg(format!("kill {name} {}", child.id())).status().unwrap().success());
}

/// The server of the private cluster in this data directory.
pub struct Postmaster {
    pid: String,
    /// Its files.
    pub cluster: std::path::PathBuf,
}

impl Postmaster {
    pub fn of(data: &tempfile::TempDir) -> Self {
        let cluster = data.path().join("pg");
        let text = std::fs::read_to_string(cluster.join("postmaster.pid")).unwrap();
        Self { pid: text.lines().next().unwrap().to_owned(), cluster }
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("sh").arg("-c").arg(format!("kill {name} {}", self.pid)).status().unwrap().success());
    }

    /// With every process of it: those that are connected answer without the first one.
    pub fn signal_all(&self, name: &str) {
        self.signal(name);
        for child in children(self.pid.parse().unwrap()) {
            // one may have ended
            let _ = Command::new("sh").arg("-c").arg(format!("kill {name} {child} 2>/dev/null")).status();
        }
    }
}

/// Asks again and again; for what comes in its own time.
pub fn until(otherwise: &str, mut arrived: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while !arrived() {
        assert!(Instant::now() < give_up, "{otherwise}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn both_signals_stop_it_gracefully() {
    for name in ["-INT", "-TERM"] {
        let data = tempfile::tempdir().unwrap();
        let (mut child, address) = started(&data, "info");
        assert_eq!(over(address, "GET", "/livez", &[], b"").status, 200);
        signal(name, &child);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn nothing_of_a_request_is_ever_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let (mut child, address) = started(&data, "trace");
    let json = [("Content-Type", "application/json"), ("Authorization", "Bearer CANARY"), ("X-Any", "CANARY")];
    let whole = r#"{"hook":"patient-view","hookInstance":"CANARY","fhirServer":"https://CANARY","fhirAuthorization":{"access_token":"CANARY"},"context":{"patientId":"CANARY","userId":"Practitioner/CANARY"},"prefetch":{"her2":{"resourceType":"Observation","id":"CANARY","note":[{"text":"CANARY"}]}}}"#;
    assert_eq!(over(address, "POST", REVIEW, &json, whole.as_bytes()).status, 200);
    for body in [
        &whole[..whole.len() - 1],
        &whole.replace("patient-view", "CANARY"),
        &whole.replacen("\"CANARY\"", "5", 1),
        &whole.replace("her2", "CANARY"),
    ] {
        assert!(over(address, "POST", REVIEW, &json, body.as_bytes()).status >= 400);
    }
    let words = r#"{"feedback":[{"card":"CANARY","outcome":"overridden","outcomeTimestamp":"2026-11-24T10:00:00Z","overrideReason":{"userComment":"CANARY"}},{"card":"CANARY"}]}"#;
    assert_eq!(over(address, "POST", FEEDBACK, &json, words.as_bytes()).status, 200);
    over(address, "POST", "/cds-services/CANARY", &json, b"CANARY").refuses(404);
    signal("-TERM", &child);
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(log.contains("feedback stored"), "the log is there at all");
    assert!(log.contains("instance-no-uuid"), "what was read leniently is named");
    assert!(!log.contains("CANARY"), "{log}");
}

#[test]
fn the_head_of_the_seals_is_published_from_the_start_with_the_public_key_and_no_name() {
    let data = tempfile::tempdir().unwrap();
    let (mut child, address) = started(&data, "warn");
    let head = || over(address, "GET", "/.well-known/herald-seal.json", &[], b"");
    let give_up = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while head().status != 200 {
        assert!(std::time::Instant::now() < give_up);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let published = head().json();
    assert_eq!(published["heads"].as_array().map(Vec::len), Some(0), "nothing is a minute old yet: {published}");
    assert_eq!(published["publicKey"].as_str().map(str::len), Some(64));
    assert_eq!(std::fs::read(data.path().join("seals/head.json")).unwrap(), head().body);
    signal("-TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_service_that_is_started_to_measure_without_a_record_says_so_in_every_reply_in_its_health_and_at_its_start() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["--listen", "127.0.0.1:0", "--data-dir", data.path().to_str().unwrap()];
    let mut child =
        herald(&arguments).env("HERALD_BENCH_WITHOUT_RECORD", "true").env("HERALD_LOG", "off").spawn().unwrap();
    let address = address_of(&mut child);
    let json = [("Content-Type", "application/json")];
    let reply = over(address, "POST", REVIEW, &json, crate::harness::request().to_string().as_bytes());
    reply.answers();
    assert_eq!(reply.header("x-decision-record"), Some("unrecorded"));
    wait_for_health(address, "critical");
    assert_eq!(over(address, "GET", "/health", &[], b"").json()["record"]["kept"], false);
    signal("-TERM", &child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("NO DECISION IS RECORDED"), "{said}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_unsafe_configuration_ends_it_with_one_clear_line_and_status_2() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("herald.toml");
    std::fs::write(&file, "[[client]]\nname = \"main-ehr\"\n").unwrap();
    for (arguments, told) in [
        (["--listen", "0.0.0.0:0"], "listen:"),
        (["--config", file.to_str().unwrap()], "client `main-ehr`: issuer is missing"),
    ] {
        let output = herald(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains(told), "{line}");
    }
}

/// Runs `herald silence` beside the service on this data directory.
fn silence(data: &tempfile::TempDir, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.arg("silence").args(arguments).arg("--data-dir").arg(data.path());
    let output = command.env_remove("DATABASE_URL").env_remove("HERALD_CONFIG").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_running_service_is_silenced_from_the_command_line_and_speaks_again() {
    let data = tempfile::tempdir().unwrap();
    let (mut child, address) = started(&data, "info");
    wait_for_health(address, "ok");
    // It is read every few seconds, and at once when feedback comes.
    let shadow = || {
        let feedback = r#"{"feedback":[{"card":"x","outcome":"accepted","outcomeTimestamp":"2026-11-24T10:00:00Z"}]}"#;
        let json = [("Content-Type", "application/json")];
        assert_eq!(over(address, "POST", FEEDBACK, &json, feedback.as_bytes()).status, 200);
        over(address, "GET", "/health", &[], b"").json()["cards"]["shadow"].as_u64()
    };
    let (code, said) = silence(&data, &["add", "*", "--why", "first weeks", "--by", "A. Doe", "--until", "2099-01-01"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(shadow(), Some(1));
    let (_, listed) = silence(&data, &["list"]);
    assert!(listed.contains("local/local  *") && listed.contains("2099-01-01") && listed.contains("first weeks"));
    assert_eq!(silence(&data, &["remove", "HER2LOW", "--by", "A. Doe"]).0, Some(2), "was never silenced");
    assert_eq!(silence(&data, &["remove", "*", "--by", "A. Doe"]).0, Some(0));
    assert_eq!(shadow(), Some(0));
    let (code, said) = silence(&data, &["add", "HER2LOWER", "--why", "typing", "--by", "A. Doe"]);
    assert!(code == Some(0) && said.contains("no kind of card and no rule of that name"), "{said}");
    signal("-TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let (code, said) = silence(&data, &["list"]);
    assert!(code == Some(2) && said.contains("start the service first"), "{said}");
}

#[test]
fn a_service_for_others_does_not_start_with_unsigned_rules_unless_it_is_told_to() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("herald.toml");
    std::fs::write(&file, "public_base = \"https://cds.example.org\"\n").unwrap();
    let data_dir = data.path().join("data");
    let arguments =
        ["--listen", "127.0.0.1:0", "--config", file.to_str().unwrap(), "--data-dir", data_dir.to_str().unwrap()];
    let output = herald(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    for words in ["breast-asco-cap-2018.toml", "considerations.toml", "allow_unsigned_rules"] {
        assert!(line.contains(words), "{line}");
    }
    assert!(!data_dir.exists(), "nothing was begun");
    let mut child = herald(&arguments).env("HERALD_ALLOW_UNSIGNED_RULES", "true").spawn().unwrap();
    let address = address_of(&mut child);
    let health = over(address, "GET", "/health", &[], b"").json();
    assert_eq!(health["rules"]["signedOff"], false, "{health}");
    signal("-TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
