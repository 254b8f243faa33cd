//! A site with registered clients: a folder with configuration and keys, a database, and the real binary on it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{REVIEW, Reply, on_a_runtime, over, request};
use crate::keys::{JKU, KEYS, MAIN, OTHER, bearer};
use crate::support::Database;

/// One service for all tests that change nothing about it.
static SHARED: LazyLock<(Site, Service)> = LazyLock::new(|| {
    let site = Site::new();
    let service = site.start();
    crate::support::end_with_this_process(i32::try_from(service.child.id()).unwrap(), site.folder.path());
    (site, service)
});

pub struct Site {
    pub folder: TempDir,
    /// The address for whoever may do everything, which is how the tests look.
    pub owner: String,
    /// The address for the service.
    pub url: String,
    started: AtomicUsize,
    /// Where its services listen, those that have ended included.
    listening: Mutex<Vec<SocketAddr>>,
}

impl Site {
    /// With the two clients that most tests speak for.
    pub fn new() -> Self {
        let site = Self::with("");
        site.write_keys();
        site
    }

    /// With further lines at the end of the configuration.
    pub fn with(more: &str) -> Self {
        Self::with_keys("jwks = \"main.json\"", more)
    }

    /// With these lines in the place where the main client says where its keys are.
    pub fn with_keys(jwks: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            r#"public_base = "https://cds.example.org"
pseudonym_key_file = "shared.key"

[[client]]
name = "main-ehr"
tenant = "north"
issuer = "{MAIN}"
{jwks}
algorithms = ["ES384", "ES256", "RS384", "RS256"]
jku = "{JKU}"
audiences = ["herald-production"]
revoke_kids = ["revoked"]
rate_per_second = 10000
[client.tenants]
clinic = "south"

[[client]]
name = "other-ehr"
tenant = "east"
issuer = "{OTHER}"
jwks = "other.json"
algorithms = ["ES384"]
services = ["her2-order-sign", "her2-chart-review"]
shared_order_service_id = true
rate_per_second = 10000
{more}"#
        );
        std::fs::write(folder.path().join("herald.toml"), config).unwrap();
        // Replicas share it, so that a patient has one reference at all of them.
        let shared = folder.path().join("shared.key");
        std::fs::write(&shared, "5f0e1d2c3b4a59687786950a1b2c3d4e5f60718293a4b5c6d7e8f90011223344\n").unwrap();
        std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o600)).unwrap();
        let (owner, url) = on_a_runtime(async {
            let database = Database::fresh().await;
            (database.url.clone(), database.service_login().await)
        });
        let site = Self { folder, owner, url, started: AtomicUsize::new(0), listening: Mutex::default() };
        site.write_keys();
        site
    }

    pub fn write(&self, file: &str, keys: &[Value]) {
        let text = json!({"keys": keys}).to_string();
        let unfinished = self.folder.path().join("unfinished");
        std::fs::write(&unfinished, text).unwrap();
        std::fs::rename(unfinished, self.folder.path().join(file)).unwrap();
    }

    fn write_keys(&self) {
        let keys = &*KEYS;
        let with = |key: &crate::keys::Key, member: &str, value: Value| {
            let mut public = key.public();
            public[member] = value;
            public
        };
        let mut twin = keys.stranger.public();
        twin["kid"] = "twin".into();
        let short_rsa = crate::keys::base64url(&[0xff; 128]);
        self.write(
            "main.json",
            &[
                json!({"kty": "oct", "kid": "mixed", "k": "AAAA"}),
                json!({"kty": "oct", "kid": "symmetric", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "alg": "HS256"}),
                json!({"kty": "RSA", "kid": "short-rsa", "n": short_rsa, "e": "AQAB"}),
                keys.es384.public(),
                keys.es256.public(),
                with(&keys.rs384, "alg", "RS384".into()),
                keys.rs256.public(),
                with(&keys.mixed, "use", "sig".into()),
                keys.twin.public(),
                twin,
                keys.revoked.public(),
                with(&keys.encrypting, "use", "enc".into()),
                with(&keys.signing_only, "key_ops", json!(["sign"])),
                with(&keys.other_algorithm, "alg", "ES256".into()),
            ],
        );
        self.write("other.json", &[keys.of_other.public()]);
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("herald.toml")
    }

    /// A process of the service on this machine's own address, with a data directory of its own.
    pub fn start(&self) -> Service {
        self.start_with("127.0.0.1:0", &format!("data-{}", self.started.fetch_add(1, Ordering::Relaxed)))
    }

    /// A process that listens there and has this data directory.
    pub fn start_with(&self, listen: &str, data: &str) -> Service {
        let mut child = herald("serve")
            .args(["--listen", listen, "--config"])
            .arg(self.config())
            .arg("--data-dir")
            .arg(self.folder.path().join(data))
            .env("DATABASE_URL", &self.url)
            .env("HERALD_ALLOW_UNSIGNED_RULES", "true")
            // Whatever is fetched is fetched without this detour, which leads nowhere.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("https_proxy", "http://127.0.0.1:9")
            .stderr(std::fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            panic!("{line}{}", std::fs::read_to_string(self.log()).unwrap())
        };
        let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        self.listening.lock().unwrap().push(address);
        Service { address, url: url.to_owned(), child }
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What was answered while the disk stood still lies in the spool, and is in the database a moment later.
    fn until_replayed(&self) {
        // one that has ended, or that speaks TLS, says nothing
        let waits = |address: &SocketAddr| {
            let Ok(mut stream) = TcpStream::connect(address) else { return false };
            let asked = stream.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
            let mut said = String::new();
            let answered = asked.and_then(|()| stream.read_to_string(&mut said));
            answered.is_ok() && said.contains("\"segments\":") && !said.contains("\"segments\":0")
        };
        let end = Instant::now() + Duration::from_secs(30);
        while self.listening.lock().unwrap().iter().any(waits) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn number(&self, sql: &'static str) -> i64 {
        self.until_replayed();
        on_a_runtime(async { Database::at(&self.owner).await.number(sql).await })
    }

    pub fn texts(&self, sql: &'static str) -> Vec<String> {
        self.until_replayed();
        on_a_runtime(async { Database::at(&self.owner).await.texts(sql).await })
    }
}

/// The binary that is tested: the one that was built with the tests, or the one that `HERALD_BINARY` names.
pub fn binary() -> PathBuf {
    std::env::var_os("HERALD_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_herald").into(), PathBuf::from)
}

/// A command of the binary, without anything that this machine may have set.
pub fn herald(command: &str) -> Command {
    let mut herald = Command::new(binary());
    herald.arg(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("HERALD_") {
            herald.env_remove(name);
        }
    }
    herald
}

/// A running process; killed when it is dropped.
pub struct Service {
    pub address: SocketAddr,
    /// As it was printed.
    pub url: String,
    child: Child,
}

impl Service {
    pub fn shared() -> &'static Self {
        &SHARED.1
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        over(self.address, method, path, headers, body)
    }

    /// A JSON body with this `Authorization`.
    pub fn post(&self, path: &str, authorization: &str, body: impl AsRef<[u8]>) -> Reply {
        let headers = [("Content-Type", "application/json"), ("Authorization", authorization)];
        self.send("POST", path, &headers, body.as_ref())
    }

    /// A request of its own to the chart review, with a fresh token of the main client.
    pub fn review(&self) -> Reply {
        self.post(REVIEW, &bearer(REVIEW), fresh_request())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request with a hookInstance of its own.
pub fn fresh_request() -> String {
    request_of(&crate::keys::new_id())
}

pub fn request_of(instance: &str) -> String {
    let mut request = request();
    request["hookInstance"] = instance.into();
    request.to_string()
}
