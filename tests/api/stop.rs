//! The binary stops under load: what is in flight is finished, for both signals.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::binary::Setting;
use crate::harness::{REVIEW, Reply, request};

/// Requests whose body is half sent when the signal comes.
const HALF_SENT: usize = 24;
/// Clients that send one request after the other meanwhile.
const BUSY: usize = 8;

fn instance(name: &str) -> String {
    let mut request = request();
    request["hookInstance"] = json!(name);
    request.to_string()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

fn whole(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {REVIEW} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One client on one connection, until the service closes it: when each request was sent, and the status of its reply.
fn busy(address: SocketAddr, name: usize, sent: &AtomicUsize) -> Vec<(Instant, Option<u16>)> {
    let mut stream = connect(address);
    let mut requests = Vec::new();
    for number in 0.. {
        if stream.write_all(&whole(&instance(&format!("busy-{name}-{number}")))).is_err() {
            break;
        }
        let at = Instant::now();
        sent.fetch_add(1, Ordering::Relaxed);
        let status = status(&mut stream);
        requests.push((at, status));
        if status != Some(200) {
            break;
        }
    }
    requests
}

/// Reads one reply to its end; None if the connection was closed before.
fn status(stream: &mut TcpStream) -> Option<u16> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 65536]);
    loop {
        let n = stream.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
        if bytes.len() >= head + 4 + length {
            return text.split(' ').nth(1)?.parse().ok();
        }
    }
}

#[test]
fn no_request_in_flight_fails_when_either_signal_comes_under_load() {
    for signal in ["TERM", "INT"] {
        let mut herald = Setting::new().env("HERALD_LOG", "info").start();
        let address = herald.address;
        let half: Vec<(TcpStream, Vec<u8>)> = (0..HALF_SENT)
            .map(|number| {
                let bytes = whole(&instance(&format!("half-{number}")));
                let mut stream = connect(address);
                let (first, rest) = bytes.split_at(bytes.len() - 20);
                stream.write_all(first).unwrap();
                (stream, rest.to_vec())
            })
            .collect();
        let sent = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..BUSY)
            .map(|name| {
                let sent = Arc::clone(&sent);
                std::thread::spawn(move || busy(address, name, &sent))
            })
            .collect();
        while sent.load(Ordering::Relaxed) < 20 * BUSY {
            std::thread::sleep(Duration::from_millis(10));
        }
        let signalled = Instant::now();
        herald.signal(signal);
        let replies = Arc::new(Mutex::new(Vec::new()));
        let finishing: Vec<_> = half
            .into_iter()
            .map(|(mut stream, rest)| {
                let replies = Arc::clone(&replies);
                std::thread::spawn(move || {
                    // Long enough for the service to have begun its end.
                    std::thread::sleep(Duration::from_millis(500));
                    stream.write_all(&rest).unwrap();
                    replies.lock().unwrap().push(Reply::read(&mut stream));
                })
            })
            .collect();
        let (code, _) = herald.ended();
        assert_eq!(code, Some(0), "{signal}");
        let took = signalled.elapsed();
        assert!(took < Duration::from_secs(25), "{signal}: {took:?}");
        finishing.into_iter().for_each(|thread| thread.join().unwrap());
        let replies = replies.lock().unwrap();
        assert_eq!(replies.len(), HALF_SENT);
        for reply in replies.iter() {
            reply.answers();
            assert_ne!(reply.header("x-decision-record"), Some("unrecorded"), "{signal}");
        }
        for (at, status) in clients.into_iter().flat_map(|client| client.join().unwrap()) {
            // What was in the hands of the service is answered. Later a client may be told to come again, or find it closed.
            let in_flight = at + Duration::from_millis(250) < signalled;
            assert!(status == Some(200) || !in_flight, "{signal}: {status:?}");
            assert!(matches!(status, Some(200 | 503) | None), "{signal}: {status:?}");
        }
    }
}

#[test]
fn what_was_sent_before_the_signal_is_answered_although_the_service_had_not_looked_at_it() {
    for signal in ["TERM", "INT", "HUP"] {
        let mut herald = Setting::new().start();
        herald.signal("STOP");
        let waiting: Vec<TcpStream> = (0..8)
            .map(|number| {
                let mut stream = connect(herald.address);
                stream.write_all(&whole(&instance(&format!("sent-{number}")))).unwrap();
                stream
            })
            .collect();
        herald.signal(signal);
        herald.signal("CONT");
        for mut stream in waiting {
            assert_eq!(status(&mut stream), Some(200), "{signal}");
        }
        assert_eq!(herald.ended().0, Some(0));
    }
}

#[test]
fn while_a_balancer_takes_notice_hooks_are_still_answered() {
    let mut herald = Setting::new().file("stop_wait_seconds = 2\n").start();
    assert_eq!(herald.get("/readyz").status, 200);
    herald.signal("TERM");
    while herald.get("/readyz").status == 200 {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(herald.get("/health").json()["status"], "draining");
    assert_eq!(herald.get("/livez").status, 200);
    let reply = herald.post(REVIEW, &instance("late"));
    reply.answers();
    assert_ne!(reply.header("x-decision-record"), Some("unrecorded"));
    assert_eq!(herald.ended().0, Some(0));
}
