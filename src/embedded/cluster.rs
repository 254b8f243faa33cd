//! Starting, keeping and stopping the private cluster.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::EmbeddedError;
use super::account::Account;
use super::binaries::Binaries;
use super::initdb::make_cluster;
use super::place::{Place, make_directory};
use super::postmaster::{Postmaster, forget_dead, wait_until_ready};

/// Crash recovery after a long outage may take minutes; a healthy start takes a fraction of a second.
const START_LIMIT: Duration = Duration::from_secs(300);
/// How long the processes of a killed server may hold on to its shared memory.
const LEFTOVER_LIMIT: Duration = Duration::from_secs(10);
/// How long a process that is just ending may still be seen, and still hold the data directory.
const PREDECESSOR_LIMIT: Duration = Duration::from_secs(1);
const LARGEST_LOG: u64 = 16 << 20;
/// The database of the service.
const DATABASE: &str = "herald";

/// Durable, private, and silent about what passes through it: DETAIL lines and parameters would quote rows.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "shared_buffers=128MB",
    // Under full load a gigabyte, the default, is a checkpoint every 40 s: then each page is written to the log whole once more
    // when its rows are sealed a minute after they came. Below some 3,000 decisions a second the clock comes first, as before.
    "max_wal_size=4GB",
    // PostgreSQL would take both from the size of a segment, which is small here.
    "min_wal_size=80MB",
    "wal_buffers=4MB",
    // The default: three or four for each thread of the service, and room for whoever measures or repairs.
    "max_connections=100",
    "jit=off",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=warning",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_statement=none",
    "log_min_duration_statement=-1",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
];

/// A running private cluster. Dropping it leaves the server running, for the next start to find; [`Cluster::stop`]
/// ends it.
#[derive(Debug)]
pub struct Cluster {
    place: Place,
    account: Account,
    binaries: Binaries,
    postmaster: Postmaster,
    /// The server, where this process started it.
    child: Option<Child>,
    /// Held for as long as this value lives: no second Herald on one data directory.
    _lock: File,
}

/// Starts the private cluster of `data_dir`, making it at the first time and taking over one that still runs.
///
/// # Errors
/// See [`EmbeddedError`]; each says what to do.
pub async fn start(data_dir: &Path) -> Result<Cluster, EmbeddedError> {
    let data_dir = data_dir.to_owned();
    unblocked(move || start_blocking(&data_dir)).await
}

/// Whether the private cluster of `data_dir` was made before: the first start takes seconds.
#[must_use]
pub fn is_made(data_dir: &Path) -> bool {
    data_dir.canonicalize().is_ok_and(|data_dir| Place::is_made(&data_dir))
}

/// Address of the database in the private cluster of `data_dir`, if its server runs: for a command beside the service, which
/// holds the cluster itself.
///
/// # Errors
/// [`EmbeddedError`] where the cluster cannot be looked for.
pub async fn running(data_dir: &Path) -> Result<Option<String>, EmbeddedError> {
    let data_dir = data_dir.to_owned();
    unblocked(move || {
        let data_dir = data_dir.canonicalize().map_err(EmbeddedError::files("find", &data_dir))?;
        let place = Place::choose(&data_dir, &Account::choose()?)?;
        let postmaster = Postmaster::read(&place.cluster).filter(Postmaster::answers);
        Ok(postmaster.map(|postmaster| postmaster.url_of(DATABASE)))
    })
    .await
}

impl Cluster {
    /// Address of the database for its owner, `postgres://…`. It holds no secret: who may open the socket may connect.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    /// Address of another database of this cluster.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        self.postmaster.url_of(database)
    }

    /// Where the cluster's files lie.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.place.cluster
    }

    /// Process id of the server.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.postmaster.pid
    }

    /// Starts the server again if it has ended, for instance because it was killed; true if it had.
    ///
    /// # Errors
    /// [`EmbeddedError::DidNotStart`].
    pub async fn revive(mut self) -> Result<(Self, Revived), EmbeddedError> {
        unblocked(move || {
            if self.postmaster.lives_on(PREDECESSOR_LIMIT) {
                return Ok((self, Revived::WasRunning));
            }
            if let Some(mut ended) = self.child.take() {
                let _ = ended.wait();
            }
            (self.postmaster, self.child) = start_server(&self.place, &self.account, &self.binaries)?;
            Ok((self, Revived::Restarted))
        })
        .await
    }

    /// Ends the server: connections are closed and everything is written out.
    ///
    /// # Errors
    /// [`EmbeddedError::DidNotStop`] after 30 s.
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        unblocked(move || {
            self.postmaster.stop()?;
            if let Some(mut child) = self.child.take() {
                let _ = child.wait();
            }
            Ok(())
        })
        .await
    }
}

/// What [`Cluster::revive`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revived {
    /// Nothing to do.
    WasRunning,
    /// The server had ended and runs again.
    Restarted,
}

async fn unblocked<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbeddedError> + Send + 'static,
) -> Result<T, EmbeddedError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

fn start_blocking(data_dir: &Path) -> Result<Cluster, EmbeddedError> {
    let account = Account::choose()?;
    // Another user must pass through it to the cluster; what lies in it is readable by us alone.
    let mode = match account {
        Account::Own { .. } => 0o700,
        Account::Other { .. } => 0o711,
    };
    make_directory(data_dir, mode)?;
    let data_dir = data_dir.canonicalize().map_err(EmbeddedError::files("find", data_dir))?;
    let lock = lock(&data_dir)?;
    let place = Place::choose(&data_dir, &account)?;
    let version = place.version();
    let binaries = Binaries::find(version.as_deref())?;
    match version {
        Some(cluster) if cluster != binaries.major => {
            return Err(EmbeddedError::WrongVersion { directory: place.cluster, cluster, found: binaries.major });
        }
        Some(_) => {}
        None => {
            tracing::info!(directory = %place.cluster.display(), user = %account.name(), "making a private PostgreSQL cluster");
            make_cluster(&place, &account, &binaries)?;
        }
    }
    let (postmaster, child) = match Postmaster::read(&place.cluster).filter(Postmaster::alive) {
        Some(running) => (take_over(running, &place)?, None),
        None => start_server(&place, &account, &binaries)?,
    };
    Ok(Cluster { place, account, binaries, postmaster, child, _lock: lock })
}

fn lock(data_dir: &Path) -> Result<File, EmbeddedError> {
    let path = data_dir.join("herald.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(EmbeddedError::files("open", &path))?;
    let give_up = Instant::now() + PREDECESSOR_LIMIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => std::thread::sleep(Duration::from_millis(20)),
            Err(TryLockError::WouldBlock) => return Err(EmbeddedError::InUse(data_dir.to_owned())),
            Err(TryLockError::Error(cause)) => return Err(EmbeddedError::files("lock", &path)(cause)),
        }
    }
}

/// The service was killed and its server lived on.
fn take_over(running: Postmaster, place: &Place) -> Result<Postmaster, EmbeddedError> {
    wait_until_ready(&place.cluster, START_LIMIT, || !running.alive()).ok_or_else(|| EmbeddedError::DidNotStart {
        reason: format!("process {} holds the cluster but takes no connections", running.pid),
        log: place.log.clone(),
    })
}

fn start_server(
    place: &Place,
    account: &Account,
    binaries: &Binaries,
) -> Result<(Postmaster, Option<Child>), EmbeddedError> {
    let socket_directory = place.socket_directory(account)?;
    let give_up = Instant::now() + LEFTOVER_LIMIT;
    loop {
        forget_dead(&place.cluster, &socket_directory);
        let log_start = prepare_log(&place.log)?;
        let mut child = spawn(place, account, binaries, &socket_directory)?;
        let ended = || !matches!(child.try_wait(), Ok(None));
        if let Some(postmaster) = wait_until_ready(&place.cluster, START_LIMIT, ended) {
            return Ok((postmaster, Some(child)));
        }
        let said = said_since(&place.log, log_start);
        if !is_in_the_way_of_a_predecessor(&said) || Instant::now() > give_up {
            return Err(EmbeddedError::DidNotStart { reason: last_line(&said), log: place.log.clone() });
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn prepare_log(log: &Path) -> Result<u64, EmbeddedError> {
    let size = fs::metadata(log).map_or(0, |found| found.len());
    if size > LARGEST_LOG {
        fs::remove_file(log).map_err(EmbeddedError::files("remove", log))?;
        return Ok(0);
    }
    Ok(size)
}

fn spawn(
    place: &Place,
    account: &Account,
    binaries: &Binaries,
    socket_directory: &Path,
) -> Result<Child, EmbeddedError> {
    let log = File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&place.log)
        .map_err(EmbeddedError::files("open", &place.log))?;
    let program: PathBuf = binaries.postgres();
    let mut command = account.command(&program);
    command.arg("-D").arg(&place.cluster);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    let mut sockets = std::ffi::OsString::from("unix_socket_directories=");
    sockets.push(socket_directory);
    // A process group of its own: Ctrl-C on the terminal is for Herald, which first finishes what is in flight.
    command
        .arg("-c")
        .arg(sockets)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(EmbeddedError::files("run", &program))
}

/// What stands in the log behind `from`.
fn said_since(log: &Path, from: u64) -> String {
    let text = fs::read(log).unwrap_or_default();
    let new = text.get(usize::try_from(from).unwrap_or(0)..).unwrap_or_default();
    String::from_utf8_lossy(new).into_owned()
}

/// After kill -9 of a server its processes need a moment to notice and to let go of the shared memory. Their own last words
/// may come after those of the server that found them in its way.
fn is_in_the_way_of_a_predecessor(said: &str) -> bool {
    said.lines().filter(|line| is_fatal(line)).any(|line| line.contains("shared memory") || line.contains("lock file"))
}

fn is_fatal(line: &str) -> bool {
    line.contains("FATAL") || line.contains("PANIC")
}

/// The last thing that was said, without its time stamp.
fn last_line(said: &str) -> String {
    let line = said.lines().rev().find(|line| is_fatal(line));
    let line = line.or_else(|| said.lines().last()).unwrap_or("it said nothing");
    ["FATAL:", "PANIC:"].iter().find_map(|word| line.split_once(word)).map_or(line, |(_, rest)| rest).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_predecessor_in_the_way_is_recognised_although_its_last_words_come_later() {
        let said = "\
            2026-11-26 20:58:01.112 UTC [412] FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use\n\
            2026-11-26 20:58:01.112 UTC [412] HINT:  Terminate any old server processes.\n\
            2026-11-26 20:58:01.115 UTC [397] FATAL:  terminating connection due to unexpected postmaster exit\n";
        assert!(is_in_the_way_of_a_predecessor(said));
        assert_eq!(last_line(said), "terminating connection due to unexpected postmaster exit");
        let other = "2026-11-26 20:58:01.112 UTC [412] FATAL:  could not open file \"postgresql.conf\"\n";
        assert!(!is_in_the_way_of_a_predecessor(other));
        assert_eq!(last_line(""), "it said nothing");
    }
}
