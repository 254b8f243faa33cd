//! Health, and the graceful stop.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use herald::http::{Condition, Limits};
use herald::metrics::Metrics;

use crate::harness::{Herald, REVIEW, Reply, request};

#[test]
fn health_names_the_rules_and_the_files_that_nobody_has_signed() {
    let rules = Herald::shared().send("GET", "/health", &[], b"").json()["rules"].clone();
    let book = herald::rules::load_embedded().unwrap();
    assert_eq!(rules["edition"].as_str(), Some(book.edition()));
    assert_eq!(rules["digest"].as_str(), Some(book.digest()));
    assert_eq!(rules["signedOff"], false);
    assert_eq!(rules["unsigned"].as_array().map(Vec::len), Some(book.unsigned.len()));
    assert_eq!(rules["unsigned"][0], "breast-asco-cap-2018.toml");
    assert_eq!(rules["reviewDue"], "2027-03-01");
}

#[test]
fn health_is_a_word_and_readiness_is_a_status() {
    let herald = Herald::with(Limits::default());
    for (condition, word, ready) in [
        (Condition::FirstStart, "starting", 200),
        (Condition::Migrating, "starting", 503),
        (Condition::Recording, "ok", 200),
        (Condition::Spooling, "degraded", 200),
        (Condition::Shedding, "degraded", 200),
        (Condition::Unrecorded, "critical", 200),
        (Condition::Refusing, "critical", 503),
        (Condition::Leaving, "draining", 503),
        (Condition::Draining, "draining", 503),
    ] {
        herald.health.set(condition);
        let health = herald.send("GET", "/health", &[], b"");
        assert_eq!((health.status, health.json()["status"].as_str()), (200, Some(word)));
        assert_eq!(herald.send("GET", "/readyz", &[], b"").status, ready);
        assert_eq!(herald.send("GET", "/livez", &[], b"").status, 200);
        let hook = herald.post(REVIEW, request().to_string());
        if condition.answers() {
            hook.answers();
        } else {
            hook.refuses(503);
            assert_eq!(hook.header("retry-after"), Some("1"));
        }
    }
}

#[test]
fn a_service_whose_event_loop_is_stuck_asks_to_be_restarted_until_it_turns_again() {
    let long_ago = Instant::now().checked_sub(Duration::from_secs(6)).unwrap();
    let metrics = Arc::new(Metrics::new(long_ago, SystemTime::now()));
    let stuck = metrics.event_loops.join(long_ago);
    let herald = Herald::changed(move |desk| desk.metrics = metrics);
    for path in ["/livez", "/readyz"] {
        assert_eq!(herald.send("GET", path, &[], b"").status, 503);
    }
    assert_eq!(herald.send("GET", "/health", &[], b"").status, 200);
    stuck.beat(Instant::now());
    for path in ["/livez", "/readyz"] {
        assert_eq!(herald.send("GET", path, &[], b"").status, 200);
    }
}

#[test]
fn a_stop_finishes_what_is_in_flight_and_then_accepts_nothing() {
    let mut herald = Herald::with(Limits::default());
    let body = request().to_string();
    let mut stream = herald.connect();
    let head = format!(
        "POST {REVIEW} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (first, rest) = body.as_bytes().split_at(10);
    stream.write_all(first).unwrap();
    // Connections are accepted in their order: once these were answered, by each worker, the first one is being served.
    for _ in 0..2 * std::thread::available_parallelism().map_or(1, usize::from) {
        assert_eq!(herald.send("GET", "/livez", &[], b"").status, 200);
    }
    let address = herald.address;
    let rest = rest.to_vec();
    let health = herald.health.clone();
    let sender = std::thread::spawn(move || {
        while health.condition() != Condition::Draining {
            std::thread::yield_now();
        }
        stream.write_all(&rest).unwrap();
        Reply::read(&mut stream)
    });
    herald.stop();
    sender.join().unwrap().answers();
    assert!(TcpStream::connect(address).is_err());
}
