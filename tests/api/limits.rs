//! Limits that protect the service from its clients, and what every reply carries for browsers.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use herald::http::Limits;
use serde_json::json;

use crate::harness::{FEEDBACK, Herald, REVIEW, Reply, request, with_her2};

/// Head of a hook request with a body of so many bytes.
fn head(length: usize) -> String {
    format!("POST {REVIEW} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n")
}

#[test]
fn more_requests_at_once_than_a_tenant_has_places_are_refused_until_one_is_answered() {
    for (all, of_one) in [(9, 1), (1, 9)] {
        let herald = Herald::crowded(all, of_one);
        let body = request().to_string();
        // The database of the test is there once a first request was answered.
        herald.post(REVIEW, &body).answers();
        let mut slow = herald.connect();
        slow.write_all(head(body.len()).as_bytes()).unwrap();
        // It takes its place while nobody else is there; a request beside it could be first, and then it would be refused.
        std::thread::sleep(Duration::from_millis(500));
        let started = Instant::now();
        let refused = loop {
            let reply = herald.post(REVIEW, &body);
            if reply.status != 200 {
                break reply;
            }
            assert!(started.elapsed() < Duration::from_secs(8), "the slow request never took its place");
        };
        refused.refuses(503);
        assert_eq!(refused.header("retry-after"), Some("1"));
        herald.post(FEEDBACK, "{}").refuses(503);
        assert_eq!(herald.send("GET", "/livez", &[], b"").status, 200);
        slow.write_all(body.as_bytes()).unwrap();
        Reply::read(&mut slow).answers();
        herald.post(REVIEW, &body).answers();
    }
}

/// One connection that sends a byte now and then.
struct Dripping {
    stream: TcpStream,
    open: bool,
}

impl Dripping {
    fn new(herald: &Herald, start: &str) -> Self {
        let mut stream = herald.connect();
        stream.write_all(start.as_bytes()).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self { stream, open: true }
    }

    fn drip(&mut self) {
        let mut buffer = [0; 4096];
        let ended = match self.stream.read(&mut buffer) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        let broken = self.stream.write(b" ").is_err_and(|error| error.kind() != ErrorKind::WouldBlock);
        self.open = !ended && !broken;
    }
}

/// As many open files as the system allows: each connection is two of them here.
fn many_files() {
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = limit.maximum;
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
}

#[test]
fn a_thousand_slow_connections_are_cut_while_good_clients_are_answered() {
    many_files();
    let limits = Limits { body_time: Duration::from_secs(3), header_time: Duration::from_secs(3), ..Limits::default() };
    let herald = Herald::with(limits);
    let starts = [
        format!("POST {REVIEW} HTTP/1.1\r\nHost: h\r\nX-Slow: "),
        head(100_000),
        format!(
            "POST {FEEDBACK} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
        ),
        "GET /livez HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n".to_owned(),
    ];
    let mut slow: Vec<_> = (0..1_000).map(|n| Dripping::new(&herald, &starts[n % starts.len()])).collect();
    let started = Instant::now();
    while slow.iter().any(|one| one.open) {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "{} are still open",
            slow.iter().filter(|one| one.open).count()
        );
        slow.iter_mut().filter(|one| one.open).for_each(Dripping::drip);
        herald.post(REVIEW, request().to_string()).answers();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_asks_for_much_and_reads_nothing_is_cut() {
    let herald = Herald::with(Limits { read_time: Duration::from_secs(1), ..Limits::default() });
    let page = herald.send("GET", "/rules/breast-asco-cap-2018", &[], b"").body.len();
    let asked = 40_000_000 / page;
    let mut stream = herald.connect();
    let requests = "GET /rules/breast-asco-cap-2018 HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(asked);
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    // The server stops reading once its replies are not taken.
    let _ = stream.write_all(requests.as_bytes());
    std::thread::sleep(Duration::from_secs(5));
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    let is_cut = ended.is_ok() || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset);
    assert!(is_cut && bytes.len() < asked * page, "the connection still lives after {} bytes", bytes.len());
    assert_eq!(herald.send("GET", "/livez", &[], b"").status, 200);
}

#[test]
fn a_second_request_is_never_smuggled_behind_a_body_of_two_lengths() {
    let herald = Herald::shared();
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: +5",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity, chunked, identity",
        "Transfer-Encoding : chunked",
    ] {
        let mut stream = herald.connect();
        let bytes = format!(
            "POST {REVIEW} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n{lengths}\r\n\r\n\
             0\r\n\r\nGET /livez HTTP/1.1\r\nHost: h\r\n\r\n"
        );
        stream.write_all(bytes.as_bytes()).unwrap();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        let said = String::from_utf8_lossy(&said);
        assert!(said.starts_with("HTTP/1.1 400"), "{lengths}: {said}");
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{lengths}: {said}");
        assert!(!said.contains("alive"), "{lengths}: {said}");
    }
}

#[test]
fn numbers_of_any_length_are_read_or_set_aside_and_never_a_fault() {
    let digits = "9".repeat(5_000);
    for number in ["1e400", "-1e400", "1e-400", "1E999999999", &digits, &format!("0.{digits}"), &format!("1e{digits}")]
    {
        let observation = json!({
            "resourceType": "Observation", "id": "o1", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "74860-8"}]},
            "valueQuantity": {"value": "NUMBER", "unit": "{ratio}"}
        });
        Herald::shared().post(REVIEW, with_her2(observation).replace("\"NUMBER\"", number)).answers();
    }
}

#[test]
fn what_is_for_operators_is_not_found_where_clients_call() {
    for path in ["/metrics", "/audit", "/admin", "/debug", "/.env", "/actuator"] {
        Herald::shared().send("GET", path, &[], b"").refuses(404);
    }
}

#[test]
fn every_reply_keeps_browsers_from_guessing_and_every_page_from_being_framed() {
    let herald = Herald::shared();
    for path in ["/", "/rules", "/handout", "/handout/breast/positive"] {
        let page = herald.send("GET", path, &[], b"");
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{path}: {policy}");
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "{path}");
        let text = String::from_utf8(page.body).unwrap();
        for active in ["<script", "javascript:", " onload=", " onclick=", " style="] {
            assert!(!text.contains(active), "{path} holds {active}");
        }
    }
    for path in
        ["/", "/rules", "/assets/herald.css", "/assets/herald.svg", "/livez", "/readyz", "/health", "/cds-services"]
    {
        let reply = herald.send("GET", path, &[], b"");
        assert_eq!((reply.status, reply.header("x-content-type-options")), (200, Some("nosniff")), "{path}");
    }
    for path in ["/livez", "/readyz", "/health"] {
        assert_eq!(herald.send("GET", path, &[], b"").header("cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn what_is_no_http_is_refused_without_a_word_and_its_connection_closed() {
    let herald = Herald::shared();
    let many: String = (0..200).map(|n| format!("X-{n}: CANARY\r\n")).collect();
    for (sent, status) in [
        ("\u{16}\u{3}\u{1}CANARY\r\n\r\n", 400),
        ("GET /CANARY\r\n\r\n", 400),
        ("GET /CANARY HTTP/3.7\r\nHost: h\r\n\r\n", 400),
        ("G@T /CANARY HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nCANARY header\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: CANARY\0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: CANARY\r\n\r\n", 400),
        (&format!("GET / HTTP/1.1\r\nHost: h\r\n{many}\r\n"), 431),
    ] {
        let mut stream = herald.connect();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut said = String::new();
        let _ = stream.read_to_string(&mut said);
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{sent:?}: {said}");
        assert!(said.contains("content-length: 0\r\n") && said.ends_with("\r\n\r\n"), "{sent:?}: {said}");
        assert!(said.contains("connection: close\r\n") && !said.contains("CANARY"), "{sent:?}: {said}");
    }
}
