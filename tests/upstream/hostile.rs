//! A FHIR server that means harm, or is broken: every time the answer comes in time, and says what could not be fetched.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::fhir_server::{Answering, Asked, FhirServer, Trap, answer, with_body};
use crate::harness::{Herald, REVIEW};
use crate::site::{bundle, her2, herald, request};

const FHIR: &str = "Content-Type: application/fhir+json\r\n";

/// The deadline of a reply is 450 ms; what is above is the patience of a test on a busy machine.
const IN_TIME: Duration = Duration::from_secs(3);

/// A server whose answers a test changes, and the service that asks it.
struct Bench {
    answering: Arc<Mutex<Arc<Answering>>>,
    server: FhirServer,
    herald: Herald,
}

impl Bench {
    fn new() -> Self {
        let nothing: Arc<Answering> = Arc::new(|_: &Asked, _: &mut dyn Write| Ok(()));
        let answering = Arc::new(Mutex::new(nothing));
        let current = Arc::clone(&answering);
        let server = FhirServer::start(move |asked, out| {
            let answer = Arc::clone(&current.lock().unwrap());
            answer(asked, out)
        });
        let herald = herald(&server);
        Self { answering, server, herald }
    }

    /// Nothing that the server gives can be used: the request is refused, in time, and the refusal says so.
    #[track_caller]
    fn refused(&self, answering: impl Fn(&Asked, &mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static) {
        *self.answering.lock().unwrap() = Arc::new(answering);
        let asked = Instant::now();
        let reply = self.herald.post(REVIEW, request(&self.server.base()).to_string());
        assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
        let words = reply.refuses(412);
        assert!(words.contains("`her2` was not sent and could not be fetched"), "{words}");
    }
}

/// What would be a whole answer.
fn good() -> Vec<u8> {
    bundle(&[her2("o1", "LA11843-2", "2026-10-12")]).to_string().into_bytes()
}

#[test]
fn a_redirect_is_followed_nowhere() {
    let bench = Bench::new();
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let trap = Trap::set();
        let port = trap.port;
        bench.refused(move |asked, out| {
            let to = if asked.key() == "her2" { "https" } else { "http" };
            let location = format!("{FHIR}Location: {to}://127.0.0.1:{port}/fhir\r\n");
            out.write_all(&with_body(status, &location, &good()))
        });
        trap.assert_untouched(status);
    }
}

#[test]
fn slow_headers_and_slow_bodies_end_at_the_deadline() {
    let bench = Bench::new();
    bench.refused(|_, out| {
        for byte in with_body("200 OK", FHIR, &good()) {
            out.write_all(&[byte])?;
            out.flush()?;
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    });
    bench.refused(|_, out| {
        let whole = with_body("200 OK", FHIR, &good());
        let head = whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        out.write_all(&whole[..head])?;
        for byte in &whole[head..] {
            out.write_all(&[*byte])?;
            out.flush()?;
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    });
    bench.refused(|_, out| {
        std::thread::sleep(Duration::from_secs(6));
        out.write_all(&with_body("200 OK", FHIR, &good()))
    });
}

#[test]
fn of_an_answer_without_end_no_more_is_read_than_the_cap() {
    let bench = Bench::new();
    for announced in [true, false] {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        bench.refused(move |asked, out| {
            if asked.key() != "her2" {
                return out.write_all(&with_body("500 Internal Server Error", FHIR, b"{}"));
            }
            let length = if announced { "Content-Length: 104857600" } else { "Transfer-Encoding: chunked" };
            out.write_all(format!("HTTP/1.1 200 OK\r\n{FHIR}{length}\r\n\r\n").as_bytes())?;
            let piece = [b' '; 0x1_0000];
            for _ in 0..1_600 {
                if !announced {
                    out.write_all(b"10000\r\n")?;
                }
                out.write_all(&piece)?;
                if !announced {
                    out.write_all(b"\r\n")?;
                }
                count.fetch_add(piece.len(), Ordering::Relaxed);
            }
            Ok(())
        });
        // 4 MiB and what lies in the buffers of two sockets
        let written = written.load(Ordering::Relaxed);
        assert!(written < 24 << 20, "{written} bytes were taken");
    }
}

#[test]
fn what_is_not_json_by_its_media_type_is_not_read() {
    let bench = Bench::new();
    for media_type in
        ["text/html", "application/xml", "application/fhir+xml", "application/octet-stream", "text/json", ""]
    {
        bench.refused(move |_, out| {
            out.write_all(&with_body("200 OK", &format!("Content-Type: {media_type}\r\n"), &good()))
        });
    }
    bench.refused(|_, out| out.write_all(&with_body("200 OK", "", &good())));
    bench.refused(|_, out| out.write_all(&answer("200 OK", "application/fhir+json", &json!("<html>Log in</html>"))));
    bench.refused(|_, out| out.write_all(&with_body("200 OK", FHIR, b"<!doctype html><title>Log in</title>")));
}

#[test]
fn packed_answers_are_refused_and_never_unpacked() {
    let bench = Bench::new();
    for coding in ["gzip", "br", "zstd", "deflate", "x-bomb"] {
        bench.refused(move |asked, out| {
            assert_eq!(asked.header("accept-encoding"), None);
            out.write_all(&with_body("200 OK", &format!("{FHIR}Content-Encoding: {coding}\r\n"), &good()))
        });
    }
}

#[test]
fn deep_broken_and_ambiguous_documents_count_as_not_fetched() {
    let bench = Bench::new();
    let deep = format!(r#"{{"resourceType":"Bundle","entry":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(r#"{{"resourceType":"Bundle","x":"{}"}}"#, "a".repeat(2 << 20));
    let many = format!(r#"{{"resourceType":"Bundle","entry":[{}{{}}]}}"#, "{},".repeat(10_000));
    for document in [
        deep,
        long,
        many,
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"resourceType":"Bundle""#.to_owned(),
        r#"{"resourceType":"Bundle"} {"resourceType":"Bundle"}"#.to_owned(),
        r#"{"resourceType":"Bundle","resourceType":"Bundle"}"#.to_owned(),
        r#"{"resourceType":"Bundle","entry":[],"entry":[]}"#.to_owned(),
        r#"{"resourceType":"Bundle","entry":{}}"#.to_owned(),
        r#"{"resourceType":"CapabilityStatement"}"#.to_owned(),
        r#"{"resourceType":"Observation","id":"o1"}"#.to_owned(),
        r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"MedicationOrder"}}]}"#.to_owned(),
        "{\"resourceType\":\"Bundle\",\"x\":\"\u{1}\"}".to_owned(),
    ] {
        bench.refused(move |_, out| out.write_all(&with_body("200 OK", FHIR, document.as_bytes())));
    }
    bench.refused(|_, out| out.write_all(&with_body("200 OK", FHIR, b"{\"resourceType\":\"Bundle\",\"x\":\"\xff\"}")));
}

#[test]
fn answers_that_are_no_http_and_connections_that_break_off_count_as_not_fetched() {
    let bench = Bench::new();
    bench.refused(|_, out| out.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    bench.refused(|_, _| Err(std::io::Error::other("gone")));
    bench.refused(|_, out| {
        out.write_all(&with_body("200 OK", FHIR, &good())[..120])?;
        Err(std::io::Error::other("gone"))
    });
    let headers: String = (0..500).map(|nth| format!("X-{nth}: {}\r\n", "a".repeat(1_000))).collect();
    bench.refused(move |_, out| out.write_all(&with_body("200 OK", &format!("{FHIR}{headers}"), &good())));
}

#[test]
fn a_server_with_a_certificate_of_somebody_else_is_not_spoken_to() {
    let impostor = FhirServer::start(|_, out| out.write_all(&with_body("200 OK", FHIR, &good())));
    let authority = FhirServer::start(|_, _| Ok(()));
    std::fs::copy(authority.ca(), impostor.ca()).unwrap();
    let words = herald(&impostor).post(REVIEW, request(&impostor.base()).to_string()).refuses(412);
    assert!(words.contains("could not be fetched"), "{words}");
    assert!(impostor.asked().is_empty(), "a token went to somebody else");
}
