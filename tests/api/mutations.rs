//! Requests broken at random: every one is answered or refused, none does harm.

use herald::cdshooks::{Service, parse_feedback, parse_request};
use herald::json::Document;
use proptest::prelude::*;

use crate::harness::{FEEDBACK, Herald, REVIEW};

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_broken_request_is_answered_with_a_fault(text in broken(REQUEST), words in broken(ENTRY)) {
        for (path, body) in [(REVIEW, text), (FEEDBACK, words)] {
            let reply = Herald::shared().post(path, body);
            prop_assert!(matches!(reply.status, 200 | 400 | 412), "{}", reply.status);
        }
    }
}
