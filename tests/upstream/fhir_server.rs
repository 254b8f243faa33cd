//! A server of the test's own: HTTP/1.1 over TLS, with a certificate made for it. It answers as it is told and notes what
//! it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use tempfile::TempDir;

/// One question as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The prefetch key that it asks for.
    pub fn key(&self) -> &'static str {
        let asked = format!("{}?{}", self.target, self.body);
        let marks = [
            ("85319-2", "her2"),
            ("10230-1", "lvef"),
            ("16112-5", "biomarkers"),
            ("2110-5", "pregnancy"),
            ("LP29708-2", "echoReports"),
            ("LP7839-6", "pathology"),
            ("/Condition?", "conditions"),
            ("/MedicationRequest?", "medRequests"),
            ("/MedicationAdministration?", "medAdmins"),
            ("/MedicationStatement?", "medStatements"),
            ("/Procedure?", "procedures"),
            ("/Specimen?", "specimens"),
            ("/Patient/", "patient"),
        ];
        marks.iter().find(|(mark, _)| asked.contains(mark)).map_or("", |(_, key)| key)
    }
}

/// Writes an answer. An error ends the connection.
pub type Answering = dyn Fn(&Asked, &mut dyn Write) -> std::io::Result<()> + Send + Sync;

pub struct FhirServer {
    pub port: u16,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    pub connections: Arc<AtomicUsize>,
    /// Holds `ca.pem` and `key.pem`.
    pub files: TempDir,
}

impl FhirServer {
    pub fn start(answering: impl Fn(&Asked, &mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("ca.pem"), made.cert.pem()).unwrap();
        std::fs::write(files.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let tls = Arc::new(tls);
        let answering: Arc<Answering> = Arc::new(answering);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, connections) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicUsize>::default());
        let (log, count) = (Arc::clone(&asked), Arc::clone(&connections));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::Relaxed);
                let (tls, log, answering) = (Arc::clone(&tls), Arc::clone(&log), Arc::clone(&answering));
                // a client that breaks off ends its connection, and that is all
                std::thread::spawn(move || drop(converse(stream, tls, &log, &*answering)));
            }
        });
        Self { port, asked, connections, files }
    }

    /// Answers each key with what `chart` holds for it; an empty Bundle where it holds nothing.
    pub fn with_chart(chart: Value) -> Self {
        Self::start(move |asked, out| out.write_all(&found(&chart[asked.key()])))
    }

    pub fn base(&self) -> String {
        format!("https://localhost:{}/fhir", self.port)
    }

    pub fn ca(&self) -> PathBuf {
        self.files.path().join("ca.pem")
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

/// 200 with this resource, or with an empty Bundle.
pub fn found(resource: &Value) -> Vec<u8> {
    let empty = json!({"resourceType": "Bundle", "type": "searchset", "total": 0});
    answer("200 OK", "application/fhir+json;charset=UTF-8", if resource.is_null() { &empty } else { resource })
}

pub fn answer(status: &str, media_type: &str, body: &Value) -> Vec<u8> {
    with_body(status, &format!("Content-Type: {media_type}\r\n"), body.to_string().as_bytes())
}

/// `headers` end with a line break each.
pub fn with_body(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn converse(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    log: &Mutex<Vec<Asked>>,
    answering: &Answering,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = StreamOwned::new(ServerConnection::new(tls).map_err(std::io::Error::other)?, stream);
    let mut bytes = Vec::new();
    while let Some(asked) = question(&mut stream, &mut bytes)? {
        log.lock().unwrap().push(asked.clone());
        answering(&asked, &mut stream)?;
        stream.flush()?;
    }
    Ok(())
}

/// The next question of a connection; none where it was closed.
fn question(stream: &mut impl Read, bytes: &mut Vec<u8>) -> std::io::Result<Option<Asked>> {
    let mut more = |bytes: &mut Vec<u8>| {
        let mut buffer = [0; 16 << 10];
        let count = stream.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..count]);
        Ok::<_, std::io::Error>(count > 0)
    };
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if !more(bytes)? {
            return Ok(None);
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
    while bytes.len() < end + length {
        if !more(bytes)? {
            return Ok(None);
        }
    }
    let body = String::from_utf8(bytes[end..end + length].to_vec()).unwrap();
    bytes.drain(..end + length);
    Ok(Some(Asked { method, target, headers, body }))
}

/// A port that nobody should ever come to.
pub struct Trap {
    listener: TcpListener,
    pub port: u16,
}

impl Trap {
    pub fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { listener, port }
    }

    #[track_caller]
    pub fn assert_untouched(&self, after: &str) {
        assert!(self.listener.accept().is_err(), "a connection reached the trap: {after}");
    }
}
