//! Pages in a browser (rule 58).

use crate::harness::{FEEDBACK, Herald, REVIEW, request};

const LOCAL: &str = "http://localhost:8080";

#[test]
fn cdsh_r58_a_preflight_is_answered_on_all_three_paths() {
    for (path, method) in [("/cds-services", "GET"), (REVIEW, "POST"), (FEEDBACK, "POST"), ("/cds-services/", "GET")] {
        for origin in [LOCAL, "http://127.0.0.1", "http://127.0.0.1:9000", "http://localhost"] {
            let headers = [
                ("Origin", origin),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "authorization,content-type"),
            ];
            let reply = Herald::shared().send("OPTIONS", path, &headers, b"");
            assert_eq!(reply.status, 204);
            assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
            assert!(reply.header("access-control-allow-methods").unwrap().contains(method));
            assert_eq!(reply.header("access-control-allow-headers"), Some("authorization, content-type"));
            assert_eq!(reply.header("vary"), Some("Origin"));
            assert_eq!(reply.header("access-control-allow-credentials"), None);
        }
    }
}

#[test]
fn cdsh_r58_replies_and_refusals_name_the_origin_and_expose_our_headers() {
    let headers = [("Origin", LOCAL), ("Content-Type", "application/json")];
    let herald = Herald::shared();
    let good = herald.send("POST", REVIEW, &headers, request().to_string().as_bytes());
    good.answers();
    let bad = herald.send("POST", REVIEW, &headers, b"{");
    bad.refuses(400);
    let unknown = herald.send("POST", "/nowhere", &headers, b"{}");
    unknown.refuses(404);
    let discovery = herald.send("GET", "/cds-services", &headers[..1], b"");
    for reply in [good, bad, unknown, discovery] {
        assert_eq!(reply.header("access-control-allow-origin"), Some(LOCAL));
        let exposed = reply.header("access-control-expose-headers").unwrap();
        assert_eq!(exposed, "X-Decision-Record, Idempotent-Replay, Retry-After");
        assert_eq!(reply.header("vary"), Some("Origin"));
    }
}

#[test]
fn cdsh_r58_other_origins_are_never_named() {
    for origin in
        ["null", "*", "https://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example:80"]
    {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
        let preflight = Herald::shared().send("OPTIONS", REVIEW, &headers, b"");
        let read = Herald::shared().send("GET", "/cds-services", &headers[..1], b"");
        for reply in [preflight, read] {
            assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
            assert_eq!(reply.header("access-control-allow-methods"), None, "{origin}");
            assert_eq!(reply.header("vary"), Some("Origin"));
        }
    }
}
