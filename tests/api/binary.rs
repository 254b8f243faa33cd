//! The binary as a site runs it: a process with its own data directory, its log in a file, signals from outside.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::{Reply, over};
use crate::process::wait_for_health;

/// `herald serve`, with nothing of this environment in it.
pub struct Setting {
    command: Command,
    data: TempDir,
}

impl Setting {
    pub fn new() -> Self {
        let data = crate::support::data_dir();
        let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HERALD_") || name.starts_with("OTEL_")) {
            command.env_remove(name);
        }
        command.env_remove("DATABASE_URL").env("HERALD_LOG", "trace");
        Self { command, data }
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With this configuration file.
    pub fn file(mut self, text: &str) -> Self {
        let path = self.data.path().join("herald.toml");
        std::fs::write(&path, text).unwrap();
        self.command.arg("--config").arg(path);
        self
    }

    /// Starts it and waits until it listens and the database is there.
    pub fn start(self) -> Binary {
        let binary = self.start_at_once();
        wait_for_health(binary.address, "ok");
        binary
    }

    fn start_at_once(mut self) -> Binary {
        let log = self.data.path().join("herald.log");
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
        let mut child = self.command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let address = told(&mut said, "listening on http://").parse().unwrap();
        Binary { child, address, said, log, data: self.data }
    }
}

/// The rest of the first line that begins with `start`.
fn told(said: &mut BufReader<ChildStdout>, start: &str) -> String {
    let mut line = String::new();
    while said.read_line(&mut line).unwrap() > 0 {
        if let Some(rest) = line.trim().strip_prefix(start) {
            return rest.to_owned();
        }
        line.clear();
    }
    panic!("it never said {start:?}")
}

/// A running service. Dropped, it is killed.
pub struct Binary {
    child: Child,
    pub address: SocketAddr,
    said: BufReader<ChildStdout>,
    log: PathBuf,
    pub data: TempDir,
}

impl Binary {
    /// The address of the metrics listener, which the service prints after its own.
    pub fn metrics(&mut self) -> SocketAddr {
        told(&mut self.said, "metrics on http://").strip_suffix("/metrics").unwrap().parse().unwrap()
    }

    pub fn get(&self, path: &str) -> Reply {
        over(self.address, "GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &str) -> Reply {
        over(self.address, "POST", path, &[("Content-Type", "application/json")], body.as_bytes())
    }

    pub fn signal(&self, name: &str) {
        // the kill of the shell: a minimal system has no other
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").arg("-c").arg(kill).status().unwrap().success());
    }

    /// Waits for the end: its exit status, and how long it took.
    pub fn ended(&mut self) -> (Option<i32>, Duration) {
        let began = Instant::now();
        (self.child.wait().unwrap().code(), began.elapsed())
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
