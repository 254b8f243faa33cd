//! What the service says about itself: the OpenAPI document and the source attributes.

use serde_json::Value;

use crate::harness::{FEEDBACK, Herald};

fn document() -> Value {
    let reply = Herald::shared().send("GET", "/openapi.json", &[], b"");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    reply.json()
}

/// A path of the document with a value in the place of each parameter.
fn filled(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    parameters.iter().fold(path.to_owned(), |path, parameter| {
        let name = parameter["name"].as_str().unwrap();
        let value = parameter["schema"]["enum"][0].as_str().unwrap_or(match name {
            "tumour" => "breast",
            "page" => "considerations",
            _ => "positive",
        });
        path.replace(&format!("{{{name}}}"), value)
    })
}

#[test]
fn every_address_of_the_document_is_served_with_the_methods_that_it_names_and_refuses_the_others() {
    let herald = Herald::shared();
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut seen = 0;
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            seen += 1;
            let at = filled(path, operation);
            let allow = herald.send("OPTIONS", &at, &[], b"");
            assert_eq!(allow.status, 204, "{at}");
            let expected = if verb == "get" { "GET, HEAD, OPTIONS" } else { "POST, OPTIONS" };
            assert_eq!(allow.header("allow"), Some(expected), "{at}");
            herald.send("DELETE", &at, &[], b"").refuses(405);
            if verb == "get" {
                let reply = herald.send("GET", &at, &[], b"");
                let media: Vec<&String> =
                    operation["responses"]["200"]["content"].as_object().unwrap().keys().collect();
                let sent = reply.header("content-type").unwrap_or_default();
                // The seals of this desk are nobody's: none was ever looked at.
                let nothing_yet = at == "/.well-known/herald-seal.json" && reply.status == 404;
                assert!(reply.status == 200 || nothing_yet, "{at}: {}", reply.status);
                assert!(nothing_yet || media.iter().any(|media| *media == sent), "{at}: {sent} is none of {media:?}");
            } else {
                let refused = herald.send("POST", &at, &[("Content-Type", "text/plain")], b"x");
                assert!(operation["responses"][refused.status.to_string()].is_object(), "{at}: {}", refused.status);
            }
        }
    }
    assert!(seen >= 19, "only {seen} operations");
}

#[test]
fn the_page_of_the_interface_runs_nothing_and_names_every_address_and_shape() {
    let reply = Herald::shared().send("GET", "/openapi", &[], b"");
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let page = String::from_utf8(reply.body).unwrap();
    assert!(!page.contains("<script") && !page.contains(" style=") && !page.contains("onclick"));
    let document = document();
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path.as_str()), "{path}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
}

#[test]
fn the_source_attributes_come_in_three_forms_and_once_only_where_the_client_has_them() {
    let herald = Herald::shared();
    for service in ["her2-chart-review", "her2-order-select", "her2-order-sign"] {
        for (end, media) in
            [("json", "application/json"), ("md", "text/markdown; charset=utf-8"), ("html", "text/html; charset=utf-8")]
        {
            let at = format!("/.well-known/dsi/{service}.{end}");
            let reply = herald.send("GET", &at, &[], b"");
            assert_eq!((reply.status, reply.header("content-type")), (200, Some(media)), "{at}");
            let tag = reply.header("etag").unwrap().to_owned();
            let again = herald.send("GET", &at, &[("If-None-Match", &tag)], b"");
            assert_eq!((again.status, again.body.len()), (304, 0), "{at}");
            assert_eq!(again.header("etag"), Some(&*tag));
            assert_eq!(herald.send("GET", &at, &[("If-None-Match", "\"other\"")], b"").status, 200);
        }
        let document = herald.send("GET", &format!("/.well-known/dsi/{service}.json"), &[], b"").json();
        assert_eq!(document["service"], service);
        let attributes = document["attributes"].as_array().unwrap();
        assert_eq!(attributes.len(), 13);
        assert!(attributes.iter().all(|one| !one["says"].as_str().unwrap().is_empty()));
        assert!(document["rules"]["digest"].as_str().unwrap().starts_with("sha256:"));
    }
    for unknown in ["her2-chart-review", "her2-chart-review.xml", "other.json"] {
        herald.send("GET", &format!("/.well-known/dsi/{unknown}"), &[], b"").refuses(404);
    }
}

#[test]
fn the_page_of_all_rules_leads_to_the_source_attributes_and_to_the_interface() {
    let herald = Herald::shared();
    let page = String::from_utf8(herald.send("GET", "/rules", &[], b"").body).unwrap();
    let links: Vec<&str> = page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let own: Vec<&&str> = links.iter().filter(|link| link.contains("dsi/") || **link == "openapi").collect();
    assert_eq!(own.len(), 4, "{links:?}");
    for link in own {
        assert_eq!(herald.send("GET", &format!("/{link}"), &[], b"").status, 200, "{link}");
    }
}

#[test]
fn what_was_heard_of_cards_stands_beside_the_attributes_and_under_a_foreign_name_does_not() {
    let herald = Herald::with(herald::http::Limits::default());
    let at = "/.well-known/dsi/her2-chart-review.json";
    let figures = || herald.send("GET", at, &[], b"").json()["figures"].clone();
    assert_eq!((&figures()["accepted"], &figures()["overridden"]), (&0.into(), &0.into()));
    let before = herald.send("GET", at, &[], b"").header("etag").map(str::to_owned);
    let entry = |card: &str, outcome: &str, at: &str| {
        format!(r#"{{"card":"{card}","outcome":"{outcome}","outcomeTimestamp":"{at}"}}"#)
    };
    let (one, other) = ("0b7e5f0e-8a5c-4c0e-9d2f-2f6f1a7b3c11", "0b7e5f0e-8a5c-4c0e-9d2f-2f6f1a7b3c12");
    let entries = [
        entry(one, "overridden", "2026-11-26T10:00:00Z"),
        entry(one, "accepted", "2026-11-26T11:00:00Z"),
        entry(other, "overridden", "2026-11-26T10:00:00Z"),
    ];
    assert_eq!(herald.post(FEEDBACK, format!(r#"{{"feedback":[{}]}}"#, entries.join(","))).status, 200);
    let counted = figures();
    // the latest word counts, and nobody showed either card
    assert_eq!((&counted["accepted"], &counted["overridden"], &counted["orphans"]), (&1.into(), &1.into(), &2.into()));
    assert_ne!(herald.send("GET", at, &[], b"").header("etag").map(str::to_owned), before);
    let foreign = format!("GET {at} HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n");
    let foreign = herald.raw(foreign.as_bytes());
    assert_eq!(foreign.status, 200);
    assert!(foreign.json().get("figures").is_none());
}
