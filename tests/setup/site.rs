//! A site of a test: its files, its database, and the binary that is started on them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::certificates::{Pair, Root, key_set};
use crate::support::{Database, data_dir};

/// The name in the certificate of the service.
pub const HOST: &str = "cds.example.org";

/// A folder with everything that a safe set-up outside loopback needs.
pub struct Site {
    pub root: Root,
    pub tls: Pair,
    pub directory: TempDir,
}

impl Site {
    pub fn new() -> Self {
        let directory = data_dir();
        let root = Root::new();
        let tls = root.pair(directory.path(), HOST, 2099);
        let site = Self { root, tls, directory };
        std::fs::write(site.path("keys.json"), key_set()).unwrap();
        write_secret(&site.path("shared.key"), "5f0e1d2c3b4a59687786950a1b2c3d4e5f60718293a4b5c6d7e8f90011223344\n");
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Top-level settings of a start with all of them right. Those that a test leaves out or changes it names itself.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("listen", quoted("0.0.0.0:0")),
            ("public_base", quoted("https://cds.example.org")),
            ("data_dir", quoted(self.path("data"))),
            ("pseudonym_key_file", quoted(self.path("shared.key"))),
            ("allow_unsigned_rules", "true".to_owned()),
            // No balancer is waited for.
            ("stop_wait_seconds", "0".to_owned()),
        ]
    }

    pub fn client(&self) -> String {
        format!(
            "[[client]]\nname = \"main-ehr\"\ntenant = \"north\"\nissuer = \"https://ehr.example.org/fhir\"\njwks = {}\nalgorithms = [\"ES384\"]\n",
            quoted(self.path("keys.json"))
        )
    }

    pub fn tls(&self) -> String {
        format!("[tls]\ncertificate = {}\nkey = {}\n", quoted(&self.tls.certificate), quoted(&self.tls.key))
    }

    /// Writes `herald.toml`: the settings with those of `changed` in their place (empty: left out), then `tables`.
    pub fn configured(&self, changed: &[(&str, &str)], tables: &[&str]) -> &Self {
        let mut lines = String::new();
        let of =
            |name: &str| changed.iter().find(|(changed, _)| *changed == name).map(|(_, value)| (*value).to_owned());
        for (name, value) in self.settings() {
            let value = of(name).unwrap_or(value);
            if !value.is_empty() {
                lines.push_str(&format!("{name} = {value}\n"));
            }
        }
        std::fs::write(self.path("herald.toml"), lines + &tables.concat()).unwrap();
        self
    }

    /// `herald serve` on this site, with no more environment than `variables`.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = herald(variables);
        command.arg("serve").arg("--config").arg(self.path("herald.toml"));
        command
    }

    /// The one line with which the start is refused.
    #[track_caller]
    pub fn refused(&self, variables: &[(&str, &str)]) -> String {
        refusal(&self.serve(variables).output().unwrap())
    }
}

/// The binary, with no more environment than `variables`.
pub fn herald(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.env_clear().env("PATH", "/usr/bin:/bin").envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What every refusal is: exit status 2, nothing on standard output, one line on standard error.
#[track_caller]
pub fn refusal(output: &Output) -> String {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{line}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

pub fn quoted(text: impl AsRef<Path>) -> String {
    format!("\"{}\"", text.as_ref().display())
}

pub fn write_secret(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    set_mode(path, 0o600);
}

pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// A running service. It is stopped when this is dropped.
pub struct Running {
    pub child: Child,
    pub url: String,
    pub address: SocketAddr,
}

impl Running {
    /// Starts `command` and reads the address that it prints.
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            let output = child.wait_with_output().unwrap();
            panic!("it did not start: {line}{}", String::from_utf8_lossy(&output.stderr));
        };
        let authority = url.split("://").nth(1).unwrap();
        let port = authority.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { url: url.to_owned(), address: SocketAddr::from(([127, 0, 0, 1], port)), child }
    }

    /// Waits until it has ended by itself; what it said on standard error.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let kill = format!("kill -TERM {}", self.child.id());
            drop(Command::new("sh").arg("-c").arg(kill).status());
        }
        drop(self.child.wait());
    }
}

/// Head and body of the reply to a GET without TLS.
pub fn plain(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    asked(&mut stream, path, headers).unwrap()
}

/// The same over TLS, by a client that trusts `root` and shows `pair`, if any. An error is one of the handshake.
pub fn over_tls(
    address: SocketAddr,
    root: &Root,
    pair: Option<&Pair>,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let config = config.with_root_certificates(roots);
    let config = match pair {
        None => config.with_no_client_auth(),
        Some(pair) => {
            let chain = vec![CertificateDer::from_pem_file(&pair.certificate).unwrap()];
            config.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(&pair.key).unwrap()).unwrap()
        }
    };
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(HOST).unwrap()).unwrap();
    asked(&mut StreamOwned::new(connection, TcpStream::connect(address).unwrap()), "/livez", "")
}

fn asked(stream: &mut (impl Read + Write), path: &str, headers: &str) -> std::io::Result<String> {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{headers}\r\n")?;
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        // Some end the connection without saying good-bye in TLS.
        Err(error) if bytes.is_empty() => Err(error),
        _ => Ok(String::from_utf8(bytes).unwrap()),
    }
}

/// A migrated database of its own, and its address for a role that may read and add rows only.
pub struct SafeDatabase {
    pub database: Database,
    pub url: String,
}

impl SafeDatabase {
    pub async fn fresh() -> Self {
        let database = Database::fresh().await;
        let url = database.service_login().await;
        assert_ne!(url, database.url);
        Self { database, url }
    }
}

pub async fn run(connection: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await.unwrap();
}

/// Another connection to the server of `url`, to a database that is always there.
pub async fn to_server_of(url: &str) -> PgConnection {
    let (start, rest) = url.rsplit_once('/').unwrap();
    let query = rest.split_once('?').unwrap().1;
    PgConnection::connect(&format!("{start}/postgres?{query}")).await.unwrap()
}

pub fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
