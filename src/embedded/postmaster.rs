//! The running server as its pid file tells it.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::EmbeddedError;
use super::place::SOCKET_NAME;

const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(5);

/// What `postmaster.pid` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub(super) pid: i32,
    pub(super) socket_directory: PathBuf,
    ready: bool,
}

impl Postmaster {
    /// Reads the pid file of `cluster`; None where there is none or it is still being written.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// Lines: pid, data directory, start time, port, socket directory, address, shared memory, state.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok().filter(|pid| *pid > 0)?,
            socket_directory: PathBuf::from(lines.get(4)?),
            ready: lines.get(7).is_some_and(|state| state.trim() == "ready"),
        })
    }

    /// Address of a database of this server for its owner.
    pub(super) fn url_of(&self, database: &str) -> String {
        let directory = self.socket_directory.as_os_str().as_encoded_bytes();
        let encoded: String = directory
            .iter()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(*byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect();
        format!("postgres://herald@localhost:5432/{database}?host={encoded}")
    }

    /// It takes connections.
    pub(super) fn answers(&self) -> bool {
        self.ready && self.alive() && UnixStream::connect(self.socket_directory.join(SOCKET_NAME)).is_ok()
    }

    /// The process exists and is PostgreSQL, not another one that got the same number later.
    pub(super) fn alive(&self) -> bool {
        is_running_postgres(self.pid)
    }

    /// It goes on running. A process that was killed is seen for a moment longer, but no longer answers; one that is
    /// stopped or busy does not answer either, and is left alone.
    pub(super) fn lives_on(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.alive() {
            if self.answers() || Instant::now() > deadline {
                return true;
            }
            std::thread::sleep(POLL);
        }
        false
    }

    /// Ends it in the fast way: connections are closed, a checkpoint is written.
    pub(super) fn stop(&self) -> Result<(), EmbeddedError> {
        let Some(pid) = Pid::from_raw(self.pid) else { return Ok(()) };
        if !self.alive() || kill_process(pid, Signal::INT).is_err() {
            return Ok(());
        }
        let deadline = Instant::now() + STOP_LIMIT;
        while self.alive() {
            if Instant::now() > deadline {
                return Err(EmbeddedError::DidNotStop(self.pid));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

fn is_running_postgres(pid: i32) -> bool {
    if Pid::from_raw(pid).is_none_or(|pid| test_kill_process(pid).is_err()) {
        return false;
    }
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        // "pid (name) state …": a zombie has ended, only nobody has asked for its exit status yet.
        Ok(stat) => stat.contains("(postgres)") && !stat.contains(") Z "),
        // No /proc on this system: the number has to do.
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

/// Removes the lock files of a server that is gone. PostgreSQL takes any living process of the number in them for its
/// predecessor, and after a restart of the machine the number may belong to anybody. That only one Herald does this at
/// a time is what the lock on the data directory is for; the socket's directory is private.
pub(super) fn forget_dead(cluster: &Path, socket_directory: &Path) {
    for file in [cluster.join("postmaster.pid"), socket_directory.join(format!("{SOCKET_NAME}.lock"))] {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
        if !pid.is_some_and(is_running_postgres) {
            // If it cannot be removed, the server says so itself.
            let _ = fs::remove_file(&file);
        }
    }
}

/// Waits until the server of `cluster` is ready, or `ended` says that it is gone.
pub(super) fn wait_until_ready(cluster: &Path, limit: Duration, mut ended: impl FnMut() -> bool) -> Option<Postmaster> {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(found) = Postmaster::read(cluster).filter(Postmaster::answers) {
            return Some(found);
        }
        if ended() {
            return None;
        }
        std::thread::sleep(POLL);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_and_a_half_written_one_is_not_ready() {
        let text = "4711\n/data/pg\n1764000000\n5432\n/data/run\n\n  1 2\nready   \n";
        let found = Postmaster::parse(text).unwrap();
        assert_eq!((found.pid, found.socket_directory.to_str(), found.ready), (4711, Some("/data/run"), true));
        let early = Postmaster::parse("4711\n/data/pg\n1764000000\n5432\n/data/run\n").unwrap();
        assert!(!early.ready);
        assert_eq!(Postmaster::parse("4711\n"), None);
    }
}
