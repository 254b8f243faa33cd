//! Spans for a collector: they name the request, the tenant, the service and the record, and nothing of a patient.

use crate::binary::Setting;
use crate::collector::{Collector, contains};
use crate::harness::{REVIEW, over, request};

#[test]
fn a_collector_gets_one_span_for_each_request_with_its_trace_and_its_record() {
    let collector = Collector::start();
    let endpoint = format!("http://{}", collector.address);
    let mut herald = Setting::new().env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint).start();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let headers = [
        ("Content-Type", "application/json"),
        ("traceparent", &format!("00-{trace}-b7ad6b7169203331-01")[..]),
        ("tracestate", "vendor=TRACECANARY"),
        ("baggage", "patient=TRACECANARY"),
        ("X-Request-Id", "TRACECANARY"),
    ];
    let reply = over(herald.address, "POST", REVIEW, &headers, request().to_string().as_bytes());
    reply.answers();
    let id = reply.header("x-request-id").unwrap().to_owned();
    assert_ne!(id, "TRACECANARY");
    over(herald.address, "PROPFIND", "/TRACECANARY", &[], b"");
    herald.signal("TERM");
    assert_eq!(herald.ended().0, Some(0));
    collector.wait_for(b"_OTHER");
    let sent = collector.bytes();
    let trace: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&trace[2 * at..2 * at + 2], 16).unwrap()).collect();
    for part in [id.as_bytes(), b"her2-chart-review", b"herald.record", b"durable", b"herald.tenant", b"local", &trace]
    {
        assert!(contains(&sent, part), "{}", String::from_utf8_lossy(part));
    }
    assert!(!contains(&sent, b"TRACECANARY"));
    assert!(collector.paths().iter().all(|path| path == "/v1/traces"), "{:?}", collector.paths());
}

#[test]
fn without_a_collector_a_request_gets_no_name_and_nothing_is_sent() {
    let herald = Setting::new().start();
    let reply = herald.post(REVIEW, &request().to_string());
    reply.answers();
    assert_eq!(reply.header("x-request-id"), None);
}

#[test]
fn a_collector_that_is_away_delays_no_reply_and_no_stop() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut herald = Setting::new().file(&format!("[traces]\nendpoint = \"http://{nobody}\"\n")).start();
    let began = std::time::Instant::now();
    herald.post(REVIEW, &request().to_string()).answers();
    assert!(began.elapsed().as_secs() < 5);
    herald.signal("TERM");
    let (code, time) = herald.ended();
    assert!(code == Some(0) && time.as_secs() < 25, "{code:?} {time:?}");
}
