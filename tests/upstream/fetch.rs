//! What is fetched, how, and what becomes of it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::fhir_server::{Asked, FhirServer, answer, found};
use crate::harness::{Herald, REVIEW, replayed};
use crate::site::{
    TOKEN, assessment, bundle, chart, her2, herald, herald_at, may_be_incomplete, request, until_seen, whole_prefetch,
    with_next,
};

/// Cards without what is told apart by hookInstance.
fn words(reply: &Value) -> Vec<(Value, Value)> {
    let cards = reply["cards"].as_array().unwrap().iter();
    cards.map(|card| (card["summary"].clone(), card["detail"].clone())).collect()
}

#[test]
fn a_request_without_prefetch_gets_the_assessment_of_the_same_data_in_the_prefetch() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    let fetched = until_seen(&herald, &request(&server.base()));

    let mut sent = request(&server.base());
    sent["prefetch"] = whole_prefetch(&chart());
    server.forget();
    let sent = herald.post(REVIEW, sent.to_string());
    assert_eq!(assessment(&fetched), assessment(&sent));
    assert_eq!(words(&fetched.json()), words(&sent.json()));
    assert_eq!(words(&sent.json()).len(), 1);
    assert!(server.asked().is_empty(), "nothing was missing, and yet something was asked for");
}

#[test]
fn cdsh_r27_every_question_carries_the_token_and_asks_for_fhir_in_json() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    until_seen(&herald, &request(&server.base()));
    let connections = server.connections.load(Ordering::Relaxed);
    server.forget();
    until_seen(&herald, &request(&format!("{}/", server.base())));
    let asked = server.asked();
    assert!(asked.len() >= 12);
    for one in &asked {
        assert_eq!(one.method, "GET");
        assert_eq!(one.header("authorization"), Some(&*format!("Bearer {TOKEN}")));
        assert_eq!(one.header("accept"), Some("application/fhir+json"));
        assert_eq!(one.header("accept-encoding"), None);
        assert!(one.target.starts_with("/fhir/") && !one.key().is_empty(), "{}", one.target);
    }
    let targets: Vec<&str> = asked.iter().map(|one| &*one.target).collect();
    assert!(targets.contains(&"/fhir/Patient/p1"));
    assert!(targets.contains(&"/fhir/Specimen?patient=p1&_count=50"));
    assert!(targets.iter().any(|target| target.contains("code=http%3A%2F%2Floinc.org%7C85319-2%2Chttp%3A%2F%2F")));
    // kept alive: a second request does not open a dozen connections again
    assert!(server.connections.load(Ordering::Relaxed) < connections + 12);
}

#[test]
fn an_open_server_is_asked_without_a_token_and_a_token_that_cannot_be_passed_on_asks_nothing() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    let mut open = request(&server.base());
    open.as_object_mut().unwrap().remove("fhirAuthorization");
    until_seen(&herald, &open);
    assert!(server.asked().iter().all(|one| one.header("authorization").is_none()));
    server.forget();
    let mut broken = request(&server.base());
    broken["fhirAuthorization"]["access_token"] = json!("a\r\nX-Evil: 1");
    let words = herald.post(REVIEW, broken.to_string()).refuses(412);
    assert!(words.contains("`her2` was not sent and could not be fetched"), "{words}");
    assert!(server.asked().is_empty());
}

#[test]
fn cdsh_r19_only_what_was_not_sent_is_asked_for_and_never_what_the_client_answered_or_tried_in_vain() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    let mut partial = request(&server.base());
    partial["prefetch"] = json!({
        "patient": null,
        "her2": chart()["her2"],
        "pathology": {"resourceType": "Bundle"},
        "conditions": "Condition?patient={{context.patientId}}",
        "medRequests": {"resourceType": "OperationOutcome", "issue": []},
        "medAdmins": null, "medStatements": null, "procedures": null, "echoReports": null, "biomarkers": null,
    });
    for _ in 0..40 {
        server.forget();
        partial["hookInstance"] = json!(uuid::Uuid::now_v7());
        let assessed = assessment(&herald.post(REVIEW, partial.to_string()));
        let mut keys: Vec<&str> = server.asked().iter().map(Asked::key).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["conditions", "lvef", "specimens"]);
        if assessed["unseen"] == json!(["medRequests"]) {
            return;
        }
    }
    panic!("never was everything fetched in time")
}

#[test]
fn all_missing_keys_are_asked_for_at_the_same_time() {
    // how many are here now, and how many were here at once
    let counts = Arc::new((Mutex::new((0, 0)), Condvar::new()));
    let seen = Arc::clone(&counts);
    let server = FhirServer::start(move |asked, out| {
        let (counts, changed) = &*seen;
        let mut held = counts.lock().unwrap();
        held.0 += 1;
        held.1 = held.1.max(held.0);
        changed.notify_all();
        // each waits until all twelve are here
        let waited = changed.wait_timeout_while(held, Duration::from_millis(250), |(_, most)| *most < 12).unwrap();
        drop(waited);
        let written = out.write_all(&found(&chart()[asked.key()]));
        counts.lock().unwrap().0 -= 1;
        written
    });
    let herald = herald(&server);
    for _ in 0..40 {
        herald.post(REVIEW, request(&server.base()).to_string());
        if counts.0.lock().unwrap().1 == 12 {
            return;
        }
    }
    panic!("never were twelve questions there at once: {:?}", counts.0.lock().unwrap());
}

#[test]
fn a_repeat_gets_the_stored_reply_whether_its_data_were_sent_or_fetched() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    for _ in 0..40 {
        let mut one = request(&server.base());
        let first = herald.post(REVIEW, one.to_string());
        let whole = first.status == 200 && assessment(&first)["unseen"] == json!([]);
        if !whole || first.header("x-decision-record") != Some("durable") {
            continue;
        }
        one["prefetch"] = whole_prefetch(&chart());
        one["fhirAuthorization"]["access_token"] = json!("renewed");
        let again = replayed(|| herald.post(REVIEW, one.to_string()));
        assert_eq!(again.body, first.body);
        return;
    }
    panic!("never was everything fetched and recorded in time")
}

/// A server on which everything but these keys is found.
fn server_without(keys: &'static [&'static str], instead: fn() -> Vec<u8>) -> FhirServer {
    FhirServer::start(move |asked, out| {
        let key = asked.key();
        out.write_all(&if keys.contains(&key) { instead() } else { found(&chart()[key]) })
    })
}

/// Asks until no more than `keys` is unseen.
#[track_caller]
fn unseen_but(herald: &Herald, server: &FhirServer, keys: &[&str]) -> Value {
    for _ in 0..40 {
        let reply = herald.post(REVIEW, request(&server.base()).to_string());
        if reply.status == 200 && assessment(&reply)["unseen"] == json!(keys) {
            return reply.json();
        }
    }
    panic!("never were exactly these keys unseen: {keys:?}")
}

#[test]
fn what_the_server_does_not_give_is_told_as_not_visible_and_the_rest_is_used() {
    let refusals: [fn() -> Vec<u8>; 4] = [
        || answer("403 Forbidden", "application/fhir+json", &json!({"resourceType": "OperationOutcome"})),
        || answer("500 Internal Server Error", "application/fhir+json", &json!({"resourceType": "Bundle"})),
        || answer("200 OK", "application/fhir+json", &json!({"resourceType": "OperationOutcome", "issue": []})),
        || answer("404 Not Found", "application/fhir+json", &json!({"resourceType": "OperationOutcome"})),
    ];
    for instead in refusals {
        let server = server_without(&["conditions", "lvef"], instead);
        let herald = herald(&server);
        let reply = unseen_but(&herald, &server, &["conditions", "lvef"]);
        let detail = reply["cards"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("not visible here: diagnoses, LVEF"), "{detail}");
    }
}

#[test]
fn cdsh_r21_without_her2_results_and_pathology_reports_the_answer_is_412_and_names_both() {
    let server = server_without(&["her2", "pathology"], || {
        answer("401 Unauthorized", "application/fhir+json", &json!({"resourceType": "OperationOutcome"}))
    });
    let words = herald(&server).post(REVIEW, request(&server.base()).to_string()).refuses(412);
    assert!(
        words.contains("`her2` was not sent and could not be fetched")
            && words.contains("`pathology` was not sent and could not be fetched"),
        "{words}"
    );
}

#[test]
fn a_patient_whom_the_server_does_not_know_is_no_data_and_a_search_that_it_does_not_know_is_a_failure() {
    let gone = || answer("404 Not Found", "text/html", &json!("gone"));
    let server = server_without(&["patient", "specimens"], gone);
    unseen_but(&herald(&server), &server, &["specimens"]);
}

#[test]
fn cdsh_r20_the_next_page_is_read_and_a_third_one_is_told_as_maybe_missing() {
    for third in [false, true] {
        let mut second = bundle(&[her2("o2", "LA11843-2", "2026-11-01")]);
        if third {
            second = with_next(second, "Observation?page=3");
        }
        let served = second.clone();
        let server = FhirServer::start(move |asked, out| {
            if asked.target == "/fhir?_getpages=abc&_getpagesoffset=1" {
                return out.write_all(&found(&served));
            }
            let mut chart = chart();
            let host = asked.header("host").unwrap();
            let next = format!("https://{host}/fhir?_getpages=abc&_getpagesoffset=1");
            chart["her2"] = with_next(chart["her2"].clone(), &next);
            out.write_all(&found(&chart[asked.key()]))
        });
        let herald = herald(&server);
        // fetched, and sent along with its next link unread
        let mut sent = request(&server.base());
        sent["prefetch"] = whole_prefetch(&chart());
        sent["prefetch"]["her2"] =
            with_next(chart()["her2"].clone(), &format!("{}?_getpages=abc&_getpagesoffset=1", server.base()));
        let third_page = |one: &Asked| one.target.contains("page=3");
        for asking in [request(&server.base()), sent] {
            let both = (0..40).map(|_| until_seen(&herald, &asking)).find(|reply| {
                may_be_incomplete(reply) == third && assessment(reply).to_string().contains("Observation/o2")
            });
            let both = assessment(&both.unwrap());
            assert!(both.to_string().contains("Observation/o1"));
            assert!(!server.asked().iter().any(third_page), "a third page was asked for");
            if !third {
                let mut whole = request(&server.base());
                whole["prefetch"] = whole_prefetch(&chart());
                whole["prefetch"]["her2"] =
                    bundle(&[her2("o1", "LA11842-4", "2026-10-12"), her2("o2", "LA11843-2", "2026-11-01")]);
                assert_eq!(both, assessment(&herald.post(REVIEW, whole.to_string())));
            }
        }
    }
}

#[test]
fn a_search_whose_address_would_be_too_long_is_posted() {
    let server = FhirServer::with_chart(chart());
    let base = format!("{}/{}", server.base(), "a".repeat(1_400));
    let herald = herald_at(&server, &base);
    until_seen(&herald, &request(&base));
    let asked = server.asked();
    let her2 = asked.iter().find(|one| one.key() == "her2").unwrap();
    assert_eq!(
        (her2.method.as_str(), her2.header("content-type")),
        ("POST", Some("application/x-www-form-urlencoded"))
    );
    assert!(her2.target.ends_with("/Observation/_search") && her2.body.starts_with("patient=p1&code=http%3A"));
    assert!(asked.iter().any(|one| one.method == "GET" && one.key() == "specimens"));
}

#[test]
fn cdsh_r25_a_server_that_is_not_registered_is_not_contacted() {
    let registered = FhirServer::with_chart(chart());
    let other = FhirServer::with_chart(chart());
    let words = herald(&registered).post(REVIEW, request(&other.base()).to_string()).refuses(412);
    assert!(words.contains("`her2` was not sent") && !words.contains("fetched"), "{words}");
    assert_eq!(other.connections.load(Ordering::Relaxed) + registered.connections.load(Ordering::Relaxed), 0);
}

#[test]
fn results_of_another_patient_that_the_server_gives_are_set_aside() {
    let mut foreign = chart();
    foreign["her2"]["entry"][0]["resource"]["subject"]["reference"] = json!("Patient/p2");
    let server = FhirServer::with_chart(foreign);
    let seen = assessment(&until_seen(&herald(&server), &request(&server.base())));
    assert_eq!(seen["excluded"][0]["why"], "other_patient", "{}", seen["excluded"]);
}
