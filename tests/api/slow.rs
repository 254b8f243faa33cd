//! Clients that are slow, by intent or by their network.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use herald::http::Limits;

use crate::harness::{Herald, REVIEW, Reply};

fn impatient() -> Herald {
    let limits =
        Limits { body_time: Duration::from_millis(200), header_time: Duration::from_millis(200), ..Limits::default() };
    Herald::with(limits)
}

/// Sends `more` again and again until the server closes; fails if it never does.
fn drip(herald: &Herald, head: &str, more: &[u8]) -> Reply {
    let mut stream = herald.connect();
    stream.write_all(head.as_bytes()).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let started = Instant::now();
    let bytes = more.to_vec();
    let dripping = std::thread::spawn(move || {
        while started.elapsed() < Duration::from_secs(20) {
            if writer.write_all(&bytes).is_err() {
                return true;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        false
    });
    let reply = Reply::read(&mut stream);
    assert!(dripping.join().unwrap(), "the connection was never closed");
    reply
}

#[test]
fn cdsh_r29_a_body_that_does_not_come_is_refused_and_its_connection_closed() {
    let herald = impatient();
    let head = format!("POST {REVIEW} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    let with_length = drip(&herald, &format!("{head}Content-Length: 100000\r\n\r\n"), b" ");
    with_length.refuses(408);
    assert_eq!(with_length.header("connection"), Some("close"));
    drip(&herald, &format!("{head}Transfer-Encoding: chunked\r\n\r\n"), b"1\r\n \r\n").refuses(408);
}

#[test]
fn a_form_that_does_not_come_is_refused_and_its_connection_closed() {
    let herald = impatient();
    let head = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for path in ["/try", "/try/feedback"] {
        let dripped = drip(&herald, &format!("POST {path} HTTP/1.1\r\n{head}Content-Length: 100000\r\n\r\n"), b"a");
        dripped.refuses(408);
    }
}

#[test]
fn a_refusal_does_not_wait_for_a_body_that_drips() {
    let herald = impatient();
    let chunked = "Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    drip(&herald, &format!("POST /nowhere HTTP/1.1\r\n{chunked}"), b"1\r\n \r\n").refuses(404);
    drip(&herald, &format!("PUT {REVIEW} HTTP/1.1\r\n{chunked}"), b"1\r\n \r\n").refuses(405);
    drip(&herald, &format!("POST {REVIEW} HTTP/1.1\r\n{chunked}"), b"1\r\n \r\n").refuses(415);
    assert_eq!(drip(&herald, &format!("GET /livez HTTP/1.1\r\n{chunked}"), b"1\r\n \r\n").status, 200);
}

#[test]
fn cdsh_r29_headers_that_do_not_come_are_refused_and_their_connection_closed() {
    let herald = impatient();
    assert_eq!(drip(&herald, "POST / HTTP/1.1\r\nX: ", b"x").status, 408);
}

#[test]
fn a_transfer_that_breaks_off_disturbs_nobody() {
    let herald = impatient();
    let mut stream = herald.connect();
    write!(
        stream,
        "POST {REVIEW} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
    )
    .unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(herald.send("GET", "/livez", &[], b"").status, 200);
}
