//! Methods and trailing slashes (rules 29 and 59).

use crate::harness::{FEEDBACK, Herald, REVIEW, request};

#[test]
fn cdsh_r29_a_wrong_method_is_refused_by_naming_the_right_ones() {
    let herald = Herald::shared();
    for method in ["GET", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
        for path in [REVIEW, FEEDBACK] {
            let reply = herald.send(method, path, &[], b"");
            reply.refuses(405);
            assert_eq!(reply.header("allow"), Some("POST, OPTIONS"));
        }
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE"] {
        for path in ["/cds-services", "/livez", "/readyz", "/health"] {
            let reply = herald.send(method, path, &[], b"");
            reply.refuses(405);
            assert_eq!(reply.header("allow"), Some("GET, HEAD, OPTIONS"));
        }
    }
    herald.send("TRACE", "/nowhere", &[], b"").refuses(404);
}

#[test]
fn cdsh_r29_head_reads_discovery_and_is_refused_where_one_posts() {
    let herald = Herald::shared();
    let discovery = herald.send("HEAD", "/cds-services", &[], b"");
    assert_eq!((discovery.status, discovery.body.len()), (200, 0));
    let hook = herald.send("HEAD", REVIEW, &[], b"");
    assert_eq!((hook.status, hook.body.len(), hook.header("allow")), (405, 0, Some("POST, OPTIONS")));
}

#[test]
fn cdsh_r29_plain_options_name_the_methods() {
    let reply = Herald::shared().send("OPTIONS", REVIEW, &[], b"");
    assert_eq!((reply.status, reply.header("allow")), (204, Some("POST, OPTIONS")));
}

#[test]
fn cdsh_r59_a_trailing_slash_is_served_and_never_redirected() {
    let herald = Herald::shared();
    assert_eq!(herald.send("GET", "/cds-services/", &[], b"").status, 200);
    herald.post("/cds-services/her2-chart-review/", request().to_string()).answers();
    herald.post("/cds-services/her2-chart-review/feedback/", "{}").refuses(400);
}
