//! A private PostgreSQL for the tests of one binary, and a fresh database for each test. Nothing here is a mock.

#![allow(dead_code, reason = "each test binary uses its own part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use herald::embedded::{self, Cluster};
use herald::record::{Decision, Limits, People, Recorded, Recorder, Spool, WhenFull};
use herald::store::{Store, StoreOptions, migrate};
use sqlx::{Connection, PgConnection, Row};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

static SERVER: OnceCell<(Cluster, TempDir)> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A directory that the user of PostgreSQL can pass through, as a data directory in a home usually is not.
pub fn data_dir() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    directory
}

/// Ends the server and removes its files when this test process has ended, however it ends: statics are never dropped. At once
/// and without a last checkpoint, which of a cluster with a hundred databases keeps the disk of the next tests busy for a minute.
pub fn end_with_this_process(server: i32, directory: &Path) {
    let script = format!(
        "while kill -0 {me} 2>/dev/null; do sleep 0.2; done; kill -QUIT {server}; \
         while kill -0 {server} 2>/dev/null; do sleep 0.1; done; rm -rf '{directory}'",
        me = std::process::id(),
        directory = directory.display(),
    );
    let null = Stdio::null;
    #[allow(clippy::zombie_processes, reason = "it outlives this process on purpose")]
    let _watching =
        Command::new("sh").arg("-c").arg(script).stdin(null()).stdout(null()).stderr(null()).spawn().unwrap();
}

/// The shared server of this test binary.
async fn server() -> &'static Cluster {
    let (cluster, _) = SERVER
        .get_or_init(|| async {
            let directory = data_dir();
            let cluster = embedded::start(directory.path()).await.unwrap();
            end_with_this_process(cluster.pid(), directory.path());
            (cluster, directory)
        })
        .await;
    cluster
}

/// A migrated database of its own.
pub struct Database {
    pub url: String,
    pub store: Store,
    spools: TempDir,
}

impl Database {
    pub async fn fresh() -> Self {
        Self::at(&Self::empty().await).await
    }

    /// The address of one in which there is nothing.
    pub async fn empty() -> String {
        let server = server().await;
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut owner = PgConnection::connect(&server.url()).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut owner).await.unwrap();
        server.url_of(&name)
    }

    pub async fn at(url: &str) -> Self {
        let options = StoreOptions::from_url(url).unwrap();
        migrate(&options).await.unwrap();
        Self::reached(url.to_owned(), options)
    }

    /// One that was migrated by somebody else.
    pub fn reached(url: String, options: StoreOptions) -> Self {
        Self { url, store: Store::new(options), spools: tempfile::tempdir().unwrap() }
    }

    /// With a spool of its own, which goes when this value does.
    pub fn recorder(&self) -> Recorder {
        Recorder::start(self.store.clone(), self.spool()).unwrap()
    }

    pub fn spool(&self) -> Spool {
        let name = DATABASES.fetch_add(1, Ordering::Relaxed).to_string();
        Spool::open(&self.spools.path().join(name), ROOMY).unwrap()
    }

    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// The address for a login as a site makes it for the service: the roles of its work and no right of its own.
    pub async fn service_login(&self) -> String {
        let login = format!("service_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let making = format!(
            "CREATE ROLE {login} LOGIN NOINHERIT IN ROLE herald_writer, herald_app, herald_keeper, herald_sealer"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(making)).execute(&mut self.connection().await).await.unwrap();
        self.url.replace("//herald@", &format!("//{login}@"))
    }

    /// Does something to the database that no role of the service may.
    pub async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.connection().await).await.unwrap();
    }

    /// As if the time of every lease had run out.
    pub async fn free_leases(&self) {
        self.run("UPDATE seal_lease SET until = '-infinity'").await;
    }

    /// The one number that `sql` asks for.
    pub async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query(sql).fetch_one(&mut self.connection().await).await.unwrap().get(0)
    }

    /// A column of text.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        let rows = sqlx::query(sql).fetch_all(&mut self.connection().await).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

pub const ROOMY: Limits = Limits { bytes: 64 << 20, when_full: WhenFull::Serve };

/// A decision under `key`, computed from `content`.
pub fn decision(key: &str, content: u8) -> Decision {
    let reply = format!(r#"{{"cards":[],"extension":{{"key":"{key}","content":{content}}}}}"#);
    Decision {
        tenant: Arc::from("local"),
        service: Cow::Borrowed("her2-chart-review"),
        hook_instance: key.into(),
        hook: Cow::Borrowed("patient-view"),
        decision_id: Decision::new_id(),
        client_at: None,
        received_at: "2026-11-24T10:00:00.000001Z".parse().unwrap(),
        people: People { key: [1; 4], patient: Some([2; 32]), user: None },
        request_hash: [content; 32],
        rules_digest: [9; 32],
        evidence: b"{\"tumour\":\"breast\"}".to_vec(),
        reply: reply.into(),
        shared: None,
        card_ids: vec![card_of(key)],
        category: Cow::Borrowed("positive"),
        next_step: Cow::Borrowed("none"),
        token: None,
    }
}

pub fn card_of(key: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, key.as_bytes())
}

/// Far enough for a busy machine; tests of deadlines give their own.
/// Records a decision and waits until PostgreSQL has it, also where a busy machine sent it through the spool.
pub async fn stored(recorder: &Recorder, decision: Decision) {
    match recorder.record(decision, soon()).await {
        Recorded::Durable => {}
        Recorded::Spooled => {
            while recorder.health().spool_segments > 0 {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }
        other => panic!("{other:?}"),
    }
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

/// The processes that this one started. From `/proc`, since a minimal system has no `ps`; from `ps` where there is no `/proc`.
pub fn children(parent: i32) -> Vec<i32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        let ps = Command::new("ps").args(["-o", "pid=", "--ppid", &parent.to_string()]).output().unwrap();
        return String::from_utf8(ps.stdout).unwrap().split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    };
    let numbered = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    numbered.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

/// The second field behind the name in brackets.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
