//! A FHIR server that means harm, or is broken: every time the answer comes in time, and says what could not be fetched.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::fhir_server::{Asked, FhirServer, Trap, answer, with_body};
use crate::harness::{REVIEW, Reply};
use crate::site::{bundle, herald, her2, request};

const FHIR: &str = "Content-Type: application/fhir+json\r\n";

/// The deadline of a reply is 450 ms; what is above is the patience of a test on a busy machine.
const IN_TIME: Duration = Duration::from_millis(2_000);

/// The refusal of a request for which this server gives nothing that can be used.
#[track_caller]
fn refused(answering: impl Fn(&Asked, &mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static) -> String {
    let server = FhirServer::start(answering);
    let (herald, request) = (herald(&server), request(&server.base()).to_string());
    let asked = Instant::now();
    let reply: Reply = herald.post(REVIEW, request);
    assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
    let words = reply.refuses(412);
    assert!(words.contains("`her2` was not sent and could not be fetched"), "{words}");
    words
}

/// What would be a whole answer.
fn good() -> Vec<u8> {
    bundle(&[her2("o1", "LA11843-2", "2026-10-12")]).to_string().into_bytes()
}

#[test]
fn a_redirect_is_followed_nowhere() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let trap = Trap::set();
        let port = trap.port;
        refused(move |asked, out| {
            let to = if asked.key() == "her2" { "https" } else { "http" };
            let location = format!("{FHIR}Location: {to}://127.0.0.1:{port}/fhir\r\n");
            out.write_all(&with_body(status, &location, &good()))
        });
        trap.assert_untouched(status);
    }
}

#[test]
fn slow_headers_and_slow_bodies_end_at_the_deadline() {
    refused(|_, out| {
        for byte in with_body("200 OK", FHIR, &good()) {
            out.write_all(&[byte])?;
            out.flush()?;
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    });
    refused(|_, out| {
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
    refused(|_, out| {
        std::thread::sleep(Duration::from_millis(1_500));
        out.write_all(&with_body("200 OK", FHIR, &good()))
    });
}

#[test]
fn of_an_answer_without_end_no_more_is_read_than_the_cap() {
    for announced in [true, false] {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        refused(move |asked, out| {
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
    for media_type in ["text/html", "application/xml", "application/fhir+xml", "application/octet-stream", "text/json", ""] {
        refused(move |_, out| {
            out.write_all(&with_body("200 OK", &format!("Content-Type: {media_type}\r\n"), &good()))
        });
    }
    refused(|_, out| out.write_all(&with_body("200 OK", "", &good())));
    refused(|_, out| out.write_all(&answer("200 OK", "application/fhir+json", &json!("<html>Log in</html>"))));
    refused(|_, out| out.write_all(&with_body("200 OK", FHIR, b"<!doctype html><title>Log in</title>")));
}

#[test]
fn packed_answers_are_refused_and_never_unpacked() {
    for coding in ["gzip", "br", "zstd", "deflate", "x-bomb"] {
        refused(move |asked, out| {
            assert_eq!(asked.header("accept-encoding"), None);
            out.write_all(&with_body("200 OK", &format!("{FHIR}Content-Encoding: {coding}\r\n"), &good()))
        });
    }
}

#[test]
fn deep_broken_and_ambiguous_documents_count_as_not_fetched() {
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
        refused(move |_, out| out.write_all(&with_body("200 OK", FHIR, document.as_bytes())));
    }
    refused(|_, out| out.write_all(&with_body("200 OK", FHIR, b"{\"resourceType\":\"Bundle\",\"x\":\"\xff\"}")));
}

#[test]
fn answers_that_are_no_http_and_connections_that_break_off_count_as_not_fetched() {
    refused(|_, out| out.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    refused(|_, _| Err(std::io::Error::other("gone")));
    refused(|_, out| {
        out.write_all(&with_body("200 OK", FHIR, &good())[..120])?;
        Err(std::io::Error::other("gone"))
    });
    let headers: String = (0..500).map(|nth| format!("X-{nth}: {}\r\n", "a".repeat(1_000))).collect();
    refused(move |_, out| out.write_all(&with_body("200 OK", &format!("{FHIR}{headers}"), &good())));
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

#[test]
fn when_too_many_wait_for_a_server_that_hangs_the_next_are_answered_at_once() {
    let server = FhirServer::start(|_, out| {
        std::thread::sleep(Duration::from_millis(1_500));
        out.write_all(&with_body("200 OK", FHIR, &good()))
    });
    let herald = herald(&server);
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..80)
            .map(|_| {
                let (herald, request) = (&herald, request(&server.base()).to_string());
                scope.spawn(move || herald.post(REVIEW, request).status)
            })
            .collect();
        for one in asking {
            assert!(matches!(one.join().unwrap(), 412 | 503));
        }
    });
    // twelve questions for each of the 32 requests that may wait, at most
    assert!(server.connections.load(Ordering::Relaxed) <= 32 * 12);
}
