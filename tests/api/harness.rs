//! Starts the service and speaks HTTP/1.1 to it in bytes, so that nothing is repaired on the way.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use herald::assessment::Knowledge;
use herald::cdshooks::{VersionMembers, document as discovery};
use herald::clock::Clock;
use herald::http::{Condition, Crowd, Desk, Door, Health, Known, Limits, Turns, start};
use herald::json::Document;
use herald::metrics::Metrics;
use herald::record::{Pseudonyms, Quiet, SealHead};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::standard::{faults_of_our_reply, keep};
use crate::support::Database;

/// One server for all tests that change nothing about it.
static SHARED: LazyLock<Herald> = LazyLock::new(|| Herald::with(Limits::default()));

pub const REVIEW: &str = "/cds-services/her2-chart-review";
pub const FEEDBACK: &str = "/cds-services/her2-chart-review/feedback";

pub struct Herald {
    pub address: SocketAddr,
    pub health: Arc<Health>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A database and keys that outlive the service: what a restart finds again.
pub struct Site {
    pub url: String,
    keys: PathBuf,
    _keys: TempDir,
}

impl Site {
    pub fn fresh() -> Self {
        let keys = tempfile::tempdir().unwrap();
        let url = on_a_runtime(async { Database::fresh().await.url });
        Self { url, keys: keys.path().to_owned(), _keys: keys }
    }

    /// The service on this site, at this time.
    pub fn open(&self, now: &str) -> Herald {
        let (url, keys, clock) = (self.url.clone(), self.keys.clone(), Clock::Fixed(now.parse().unwrap()));
        Herald::on(Limits::default(), async move { desk(Database::at(&url).await, &keys, clock).await })
    }

    /// The first column of the first row.
    pub fn number(&self, sql: &'static str) -> i64 {
        on_a_runtime(async { Database::at(&self.url).await.number(sql).await })
    }
}

pub fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// What a hook needs, on a database of its own.
async fn desk_of_its_own(clock: Clock) -> Desk {
    let keys = tempfile::tempdir().unwrap();
    desk(Database::fresh().await, keys.path(), clock).await
}

pub async fn desk(database: Database, keys: &Path, clock: Clock) -> Desk {
    let files = herald::rules::embedded_files();
    let quiet = Quiet::new(90);
    quiet.look(&database.store).await.unwrap();
    Desk {
        local: Arc::new(herald::config::Client::local()),
        access: None,
        knowledge: Known::new(Knowledge {
            rulebook: herald::rules::load(&files).unwrap(),
            therapies: herald::rules::therapies(&files).unwrap(),
            order_rules: herald::rules::order_rules(&files).unwrap(),
            cohorts: herald::store::sample_trials(),
        }),
        upstream: Arc::default(),
        rules_digest: [7; 32],
        turns: Turns::default(),
        recorder: database.recorder(),
        store: database.store,
        pseudonyms: Arc::new(Pseudonyms::open(keys).unwrap()),
        quiet,
        metrics: Arc::new(Metrics::new(Instant::now(), SystemTime::now())),
        traces: None,
        seal_head: SealHead::default(),
        clock,
    }
}

impl Herald {
    pub fn shared() -> &'static Self {
        &SHARED
    }

    pub fn with(limits: Limits) -> Self {
        Self::at(Clock::System, limits)
    }

    /// For tests in which the age of a result matters.
    pub fn at(clock: Clock, limits: Limits) -> Self {
        Self::on(limits, desk_of_its_own(clock))
    }

    /// With one thing of the desk as a test wants it.
    pub fn changed(change: impl FnOnce(&mut Desk) + Send + 'static) -> Self {
        Self::on(Limits::default(), async {
            let mut desk = desk_of_its_own(Clock::System).await;
            change(&mut desk);
            desk
        })
    }

    pub fn on(limits: Limits, desk: impl Future<Output = Desk> + Send + 'static) -> Self {
        Self::through(Door::loopback(), limits, desk)
    }

    /// With a limit of requests at once, of which so many may be of one tenant.
    pub fn crowded(all: usize, of_one: usize) -> Self {
        let door = Door { crowd: Crowd::with(all, of_one, ["local".into()]), ..Door::loopback() };
        Self::through(door, Limits::default(), desk_of_its_own(Clock::System))
    }

    fn through(door: Door, limits: Limits, desk: impl Future<Output = Desk> + Send + 'static) -> Self {
        let health = Arc::new(Health::new(Condition::Recording));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let of_server = health.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let desk = desk.await;
                let recorder = desk.recorder.clone();
                let server =
                    start(listener, of_server, limits, door, discovery(VersionMembers::Shown, None), move || {
                        desk.clone()
                    })
                    .unwrap();
                server.run(async { drop(stopped.await) }).await.unwrap();
                recorder.drain().await;
            });
        });
        Self { address, health, stop: Some(stop), thread: Some(thread) }
    }

    pub fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Sends bytes as they are and reads one reply.
    pub fn raw(&self, bytes: &[u8]) -> Reply {
        raw(self.address, bytes)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        over(self.address, method, path, headers, body)
    }

    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.send("POST", path, &[("Content-Type", "application/json")], body.as_ref())
    }

    /// As a client that does as it is told. Where a busy machine's disk stands still for seconds, nothing can be stored
    /// anywhere, and the answer is 503 with `Retry-After`.
    pub fn post_until_stored(&self, path: &str, body: &str) -> Reply {
        for _ in 0..30 {
            let reply = self.post(path, body);
            if reply.status != 503 {
                return reply;
            }
            assert_eq!(reply.header("retry-after"), Some("1"), "{}", String::from_utf8_lossy(&reply.body));
            std::thread::sleep(Duration::from_secs(1));
        }
        panic!("the service answers 503 for half a minute");
    }

    /// Feedback that is stored in the database when this returns, and heeded: what went to the spool meanwhile is sent again.
    #[track_caller]
    pub fn hears(&self, feedback: &str) {
        assert_eq!(self.post_until_stored(FEEDBACK, feedback).status, 200);
        let mut spooled = false;
        for _ in 0..600 {
            let record = self.send("GET", "/health", &[], b"").json()["record"].clone();
            if record["database"] == "up" && record["spool"]["segments"] == 0 {
                if spooled {
                    assert_eq!(self.post_until_stored(FEEDBACK, feedback).status, 200);
                }
                return;
            }
            spooled = true;
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the spool does not become empty");
    }

    /// Stops it and waits until it has finished.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Herald {
    fn drop(&mut self) {
        self.stop();
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

fn raw(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    Reply::read(&mut stream)
}

/// The same request until its reply says this. Where the disk stood still for a moment a decision went to the spool, and so did
/// its repeat: the same reply, without the word of the database.
#[track_caller]
pub fn asked_until(header: &str, word: &str, ask: impl Fn() -> Reply) -> Reply {
    for _ in 0..300 {
        let reply = ask();
        if reply.header(header) == Some(word) {
            return reply;
        }
        assert_eq!(reply.header("x-decision-record"), Some("spooled"), "{}", String::from_utf8_lossy(&reply.body));
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no reply says {header}: {word} for half a minute");
}

/// The reply that was stored when the same request came first.
#[track_caller]
pub fn replayed(ask: impl Fn() -> Reply) -> Reply {
    asked_until("idempotent-replay", "true", ask)
}

/// One request on a connection of its own.
pub fn over(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    raw(address, &bytes(method, path, headers, body))
}

/// A request as it goes over the wire.
pub fn bytes(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// One reply, with the invariants that hold for all of them checked.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn read(stream: &mut impl Read) -> Self {
        let mut bytes = Vec::new();
        let mut buffer = [0; 65536];
        let end_of_head = loop {
            let n = stream.read(&mut buffer).unwrap();
            assert!(n > 0, "the connection was closed without a reply");
            bytes.extend_from_slice(&buffer[..n]);
            if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8(bytes[..end_of_head].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut reply = Self { status, headers, body: bytes[end_of_head..].to_vec() };
        // After a HEAD the length is that of the body which is not sent: read until the server closes.
        while reply.header("content-length").and_then(|n| n.parse().ok()) != Some(reply.body.len()) {
            match stream.read(&mut buffer) {
                Ok(n @ 1..) => reply.body.extend_from_slice(&buffer[..n]),
                Ok(0) | Err(_) => break,
            }
        }
        reply
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Every header and the body, without the time. The server writes headers in an order of chance, so they are sorted.
    #[allow(dead_code, reason = "the tests of access compare whole replies")]
    pub fn all_but_date(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| name != "date")
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        headers.sort_unstable();
        format!("{}\n{}\n\n{}", self.status, headers.join("\n"), String::from_utf8_lossy(&self.body))
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The reply is a refusal with this status, and has the form that every refusal has (rules 29, 32, 58).
    #[track_caller]
    pub fn refuses(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), Some("application/fhir+json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(self.header("vary"), Some("Origin"));
        let outcome = self.json();
        assert_eq!(outcome["resourceType"], "OperationOutcome");
        assert_eq!(outcome["issue"][0]["severity"], "error");
        let words = outcome["issue"][0]["diagnostics"].as_str().unwrap().to_owned();
        assert!(!words.contains("CANARY"), "a refusal quotes the request: {words}");
        words
    }

    /// The reply is an answer to a hook (rule 31).
    #[track_caller]
    pub fn answers(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert!(matches!(self.header("x-decision-record"), Some("durable" | "spooled" | "unrecorded")));
        let reply = self.json();
        assert_eq!(faults_of_our_reply(&reply), [""; 0]);
        keep(&self.body);
        reply
    }
}

/// A request that is answered, whose members a test may change.
pub fn request() -> Value {
    serde_json::json!({
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": "p1"},
        "prefetch": {"her2": null}
    })
}

/// The request with `prefetch.her2` as given.
pub fn with_her2(value: Value) -> String {
    let mut request = request();
    request["prefetch"]["her2"] = value;
    request.to_string()
}

/// A document that is JSON.
pub fn document(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes()).unwrap()
}
