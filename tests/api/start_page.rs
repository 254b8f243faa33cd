//! The start page over HTTP: whose forms are taken, and how the others are refused.

use herald::http::Limits;
use uuid::Uuid;

use crate::harness::{Herald, REVIEW, Reply, request};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const OWN: (&str, &str) = ("Sec-Fetch-Site", "same-origin");

fn new_instance() -> String {
    Uuid::now_v7().to_string()
}

/// The form of the page with a request of this hookInstance.
fn form(instance: &str) -> String {
    let mut sent = request();
    sent["hookInstance"] = instance.into();
    format!("patient=no-data&request={}", encoded(&sent.to_string()))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn post(herald: &Herald, path: &str, headers: &[(&str, &str)], form: &str) -> Reply {
    herald.send("POST", path, headers, form.as_bytes())
}

/// Whether a decision of this hookInstance stands in the list of the page, which is short: the server must be the test's own.
fn is_recorded(herald: &Herald, instance: &str) -> bool {
    let page = herald.send("GET", "/", &[], b"");
    assert_eq!(page.status, 200);
    String::from_utf8(page.body).unwrap().contains(instance)
}

#[test]
fn a_form_of_this_page_is_answered_and_recorded() {
    let herald = Herald::with(Limits::default());
    let own_with_null = [FORM, OWN, ("Origin", "null")]; // what a page without referrer sends
    for headers in [&own_with_null[..], &[FORM, OWN], &[FORM]] {
        let instance = new_instance();
        assert_eq!(post(&herald, "/try", headers, &form(&instance)).status, 200);
        assert!(is_recorded(&herald, &instance), "{headers:?}");
    }
}

#[test]
fn another_site_cannot_write_into_the_record_through_the_readers_browser() {
    let herald = Herald::with(Limits::default());
    for foreign in [
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")][..],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:9000")],
        &[("Sec-Fetch-Site", "none")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
    ] {
        let instance = new_instance();
        let headers = [&[FORM], foreign].concat();
        post(&herald, "/try", &headers, &form(&instance)).refuses(403);
        post(&herald, "/try/feedback", &headers, "patient=no-data&card=c&outcome=accepted").refuses(403);
        assert!(!is_recorded(&herald, &instance), "{foreign:?}");
    }
}

#[test]
fn a_form_that_cannot_be_read_is_refused_without_quoting_it() {
    let herald = Herald::shared();
    for body in ["", "request=CANARY", "patient=a&patient=CANARY&request=%7B%7D", "patient=a"] {
        post(herald, "/try", &[FORM, OWN], body).refuses(400);
    }
    for path in ["/try", "/try/feedback"] {
        post(herald, path, &[("Content-Type", "application/json"), OWN], "{}").refuses(400);
        post(herald, path, &[FORM, OWN, ("Content-Encoding", "gzip")], "patient=a").refuses(415);
    }
}

#[test]
fn an_address_that_cannot_be_read_shows_the_page_without_a_patient() {
    let plain = Herald::shared().send("GET", "/", &[], b"");
    for address in ["/?patient=a&patient=b", "/?patient=nobody", "/?patient=", "/?patient=%FF", "/?x=1"] {
        let page = Herald::shared().send("GET", address, &[], b"");
        assert_eq!(page.status, 200, "{address}");
        assert!(!String::from_utf8_lossy(&page.body).contains("<textarea"), "{address}");
        for header in ["content-security-policy", "referrer-policy", "cache-control"] {
            assert!(page.header(header).is_some() && page.header(header) == plain.header(header), "{address} {header}");
        }
    }
}

#[test]
fn a_handout_is_served_by_tumour_and_result_and_nothing_else_is() {
    let herald = Herald::shared();
    let page = herald.send("GET", "/handout/ovarian/positive-3plus", &[], b"");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.header("content-security-policy").is_some() && page.header("referrer-policy") == Some("no-referrer"));
    assert!(String::from_utf8(page.body).unwrap().contains("HER2 in ovarian cancer"));
    assert_eq!(herald.send("GET", "/handout", &[], b"").status, 200);
    for address in
        ["/handout/ovarian/low", "/handout/ovarian/CANARY", "/handout/CANARY/low", "/handout/breast/positive-3plus"]
    {
        herald.send("GET", address, &[], b"").refuses(404);
    }
    herald.send("POST", "/handout", &[FORM], b"x=1").refuses(405);
}

#[test]
fn the_reply_on_the_page_leads_to_the_handout_of_its_result() {
    let herald = Herald::with(Limits::default());
    for (sample, address) in [
        ("breast-low", "/handout/breast/low"),
        ("breast-2plus", "/handout/breast/equivocal"),
        ("ovarian-3plus", "/handout/ovarian/positive-3plus"),
        ("ovarian-1plus", "/handout/ovarian/negative"),
        ("gastric-2plus", "/handout/gastroesophageal/equivocal"),
    ] {
        let request = herald::pages::Sample::of(sample).unwrap().request(&new_instance());
        let sent = format!("patient={sample}&request={}", encoded(&request));
        let page = String::from_utf8(post(&herald, "/try", &[FORM, OWN], &sent).body).unwrap();
        assert!(page.contains(&format!("href=\"{address}\"")), "{sample}: {address}");
        assert_eq!(herald.send("GET", address, &[], b"").status, 200);
    }
}

#[test]
fn the_page_says_why_a_card_was_kept_back() {
    let herald = Herald::with(Limits::default());
    let ask = || {
        let request = herald::pages::Sample::of("breast-2plus").unwrap().request(&new_instance());
        let sent = format!("patient=breast-2plus&request={}", encoded(&request));
        String::from_utf8(post(&herald, "/try", &[FORM, OWN], &sent).body).unwrap()
    };
    let page = ask();
    let card = page.split("name=\"card\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let accept = format!("patient=breast-2plus&service=her2-chart-review&card={card}&outcome=accepted");
    assert_eq!(post(&herald, "/try/feedback", &[FORM, OWN], &accept).status, 200);
    let page = ask();
    assert!(page.contains("Accepted before for this patient") && page.contains("kept back"), "{page}");
    assert!(!page.contains("name=\"card\""), "and offers no feedback on a card that was not shown");
}

#[test]
fn a_foreign_name_that_points_here_sees_no_page_and_writes_nothing() {
    let herald = Herald::shared();
    let foreign = |method: &str, path: &str, more: &str| {
        let text = format!("{method} {path} HTTP/1.1\r\nHost: evil.example:8080\r\nConnection: close\r\n{more}\r\n");
        herald.raw(text.as_bytes()).status
    };
    assert_eq!(foreign("GET", "/", ""), 403);
    let form =
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n";
    assert_eq!(foreign("POST", "/try", form), 403);
    assert_eq!(foreign("GET", "/livez", ""), 200);
    // nor does it play the record system: only what is no browser may call this machine by another name
    for path in [REVIEW, "/cds-services/her2-chart-review/feedback"] {
        let post =
            |more: &str| foreign("POST", path, &format!("Content-Type: text/plain\r\nContent-Length: 0\r\n{more}"));
        assert_eq!(post("Sec-Fetch-Site: same-origin\r\n"), 403, "{path}");
        assert_eq!(post("Origin: http://evil.example:8080\r\n"), 403, "{path}");
        assert_eq!(post(""), 415, "{path}");
    }
}

#[test]
fn every_rule_can_be_read_in_a_browser() {
    for (path, shows) in [
        ("/rules", "href=\"/rules/breast-asco-cap-2018\""),
        ("/rules/breast-asco-cap-2018", "id=\"G4-2plus\""),
        ("/rules/considerations", "id=\"tdm1-adjuvant\""),
    ] {
        let page = Herald::shared().send("GET", path, &[], b"");
        assert_eq!(page.status, 200);
        assert!(page.header("content-security-policy").is_some());
        let text = String::from_utf8(page.body).unwrap();
        assert!(text.contains(shows) && text.contains("UNREVIEWED"), "{path}");
    }
    Herald::shared().send("GET", "/rules/breast", &[], b"").refuses(404);
}
