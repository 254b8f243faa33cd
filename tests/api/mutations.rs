//! Requests broken at random: every one is answered or refused, none does harm.

use std::sync::LazyLock;

use herald::cdshooks::{Service, parse_feedback, parse_request};
use herald::json::Document;
use herald::pages::SAMPLES;
use proptest::prelude::*;
use serde_json::Value;

use crate::examples::{example, labelled};
use crate::harness::{FEEDBACK, Herald, REVIEW};
use crate::standard::faults_of_our_reply;

const REQUEST: &str = r#"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","fhirServer":"https://ehr.example.org/fhir","fhirAuthorization":{"access_token":"t","expires_in":300},"context":{"userId":"Practitioner/1","patientId":"p1"},"prefetch":{"patient":{"resourceType":"Patient","id":"p1"},"her2":{"resourceType":"Bundle","total":1,"link":[{"relation":"self","url":"x"}],"entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Observation","id":"o1","status":"final","valueQuantity":{"value":1.90}},"search":{"mode":"match"}},{"resource":{"resourceType":"OperationOutcome"}}]},"pathology":null},"extension":{"x":[1.5e3,true]}}"#;
const ENTRY: &str = r#"{"feedback":[{"card":"c","outcome":"accepted","acceptedSuggestions":[{"id":"s"}],"overrideReason":{"reason":{"code":"a","system":"b"},"userComment":"w"},"outcomeTimestamp":"2026-11-24T10:00:00+01:00"}]}"#;

/// What is put into a document: pieces that break JSON, and pieces that keep it whole and change its meaning.
const PIECES: [&str; 24] = [
    "",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "null",
    "true",
    "0",
    "-",
    "1e400",
    "\\u0000",
    "\\ud800",
    "\\",
    "[]",
    "{}",
    "\"\"",
    "\u{0}",
    "ä",
    "\"hook\":1,",
    "5,",
    "[[[[[[[[",
];

fn broken(document: &'static str) -> impl Strategy<Value = String> {
    let cut = (0..document.len(), 0..12_usize, prop::sample::select(&PIECES[..]));
    prop::collection::vec(cut, 1..4).prop_map(move |cuts| {
        let mut text = document.to_owned();
        for (at, length, piece) in cuts {
            let from = text.floor_char_boundary(at.min(text.len()));
            let to = text.ceil_char_boundary((from + length).min(text.len()));
            text.replace_range(from..to, piece);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_request_is_read_or_refused_without_a_panic(text in broken(REQUEST)) {
        let Ok(document) = Document::parse(text.as_bytes()) else { return Ok(()) };
        for service in [Service::ChartReview, Service::OrderSign] {
            if let Ok(request) = parse_request(&document, service) {
                // What is accepted was JSON for a reader that takes no shortcuts, too, wherever it was read.
                prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
                prop_assert!(request.prefetch.unseen().count() <= service.keys().len());
                let _ = request.prefetch.check_required(service);
            }
        }
    }

    #[test]
    fn broken_feedback_is_read_or_refused_without_a_panic(text in broken(ENTRY)) {
        let Ok(document) = Document::parse(text.as_bytes()) else { return Ok(()) };
        if let Ok(feedback) = parse_feedback(&document) {
            prop_assert!(!feedback.entries.is_empty());
        }
    }
}

/// Whole requests of each service: every sample patient, and what other people's software sends.
static SEEDS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let samples = SAMPLES.iter().map(|sample| (sample.service.to_owned(), sample.request("seed")));
    let of_others = labelled().into_iter().filter(|label| label["kind"] == "request").map(|label| {
        let body = example(label["file"].as_str().unwrap());
        let hook = serde_json::from_str::<Value>(&body).unwrap()["hook"].as_str().unwrap().to_owned();
        let services = [Service::ChartReview, Service::OrderSelect, Service::OrderSign];
        let service = services.into_iter().find(|service| service.hook().name() == hook).unwrap();
        (service.id().to_owned(), body)
    });
    samples.chain(of_others).map(|(service, body)| (service, serde_json::from_str(&body).unwrap())).collect()
});

/// What takes the place of a value: every type, and words that mean something somewhere else.
const VALUES: [&str; 20] = [
    "null",
    "true",
    "0",
    "-1.5e300",
    "99999999999999999999999999",
    "0.000000000000000000000001",
    "\"\"",
    "[]",
    "{}",
    "[null]",
    "[[],[]]",
    "{\"resourceType\":\"OperationOutcome\"}",
    "{\"resourceType\":\"Bundle\",\"entry\":[{}]}",
    "\"final\"",
    "\"entered-in-error\"",
    "\"2026-02-30\"",
    "\"Patient/other\"",
    "\"http://loinc.org\"",
    "\"\\u202e<script>alert(1)</script>[x](javascript:y)\"",
    "\"10828004\"",
];

/// How many values a document holds, itself included.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// Replaces the value at place `at`, counted from the top.
fn replace(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(list) => list.iter_mut().for_each(|entry| replace(entry, at, with)),
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, at, with)),
        _ => {}
    }
}

/// Removes or doubles what stands at place `at` of a list, or removes a member.
fn prune(value: &mut Value, at: &mut usize, double: bool) {
    let here = *at == 0;
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(list) => {
            if here && !list.is_empty() {
                if double { list.push(list[0].clone()) } else { list.truncate(list.len() - 1) }
            }
            list.iter_mut().for_each(|entry| prune(entry, at, double));
        }
        Value::Object(members) => {
            if here && let Some(name) = members.keys().next().cloned() {
                members.shift_remove(&name);
            }
            members.values_mut().for_each(|member| prune(member, at, double));
        }
        _ => {}
    }
}

/// A whole request of which some values are others, gone or doubled; it is JSON still.
fn changed() -> impl Strategy<Value = (String, String)> {
    let change = (any::<prop::sample::Index>(), 0..3_u8, prop::sample::select(&VALUES[..]));
    (any::<prop::sample::Index>(), prop::collection::vec(change, 1..6)).prop_map(|(seed, changes)| {
        let (service, mut document) = SEEDS[seed.index(SEEDS.len())].clone();
        document["hookInstance"] = uuid::Uuid::now_v7().to_string().into();
        for (place, how, value) in changes {
            let mut at = place.index(size(&document));
            match how {
                0 => replace(&mut document, &mut at, &serde_json::from_str(value).unwrap()),
                how => prune(&mut document, &mut at, how == 1),
            }
        }
        (format!("/cds-services/{service}"), document.to_string())
    })
}

/// A bounded number here; `make fuzz-smoke` asks for many more.
fn cases() -> u32 {
    std::env::var("HERALD_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_broken_request_is_answered_with_a_fault(text in broken(REQUEST), words in broken(ENTRY)) {
        for (path, body) in [(REVIEW, text), (FEEDBACK, words)] {
            let reply = Herald::shared().post_until_stored(path, &body);
            prop_assert!(matches!(reply.status, 200 | 400 | 412), "{} for {body}", reply.status);
        }
    }

    #[test]
    fn no_changed_request_is_answered_with_a_fault_and_every_answer_keeps_the_standard((path, body) in changed()) {
        let reply = Herald::shared().post_until_stored(&path, &body);
        prop_assert!(matches!(reply.status, 200 | 400 | 412), "{} for {body}", reply.status);
        if reply.status == 200 {
            prop_assert_eq!(faults_of_our_reply(&reply.json()), [""; 0], "{}", body);
        } else {
            reply.refuses(reply.status);
        }
    }
}
