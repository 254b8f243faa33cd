//! What must not move an answer, on the whole path from the request to the card: the order of entries, entries that were
//! sent twice, resources that have nothing to do with HER2. And what must: a result that was withdrawn.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot set itself up has failed")]

use std::sync::LazyLock;

use herald::assessment::{Knowledge, assess};
use herald::cdshooks::{HookKey, TrialLine, called_service, cards, order_cards, parse_request};
use herald::http::{evidence_of, order_stage};
use herald::json::Document;
use herald::pages::SAMPLES;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The day of every assessment here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).expect("the rules of this binary are proved"),
        therapies: herald::rules::therapies(&files).expect("and so are the therapy rules"),
        order_rules: herald::rules::order_rules(&files).expect("and so are the therapy rules"),
        cohorts: herald::store::sample_trials(),
    }
});

static REQUESTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    SAMPLES.iter().map(|sample| serde_json::from_str(&sample.request("h1")).expect("samples are JSON")).collect()
});

/// The cards and the assessment of a request.
fn answered(request: &Value) -> (Value, Value) {
    let body = request.to_string();
    let document = Document::parse(body.as_bytes()).expect("JSON");
    let service = called_service(&document).expect("a hook");
    let request = parse_request(&document, service).expect("a request");
    let patient = request.context.patient.as_str();
    let evidence = evidence_of(&request, patient);
    let assessment = assess(&KNOWLEDGE, &evidence, TODAY);
    let key = HookKey { tenant: "local".into(), service: service.id(), instance: "h1".into() };
    let cards = match order_stage(service.hook()) {
        None => cards(&assessment, &KNOWLEDGE, &key, patient, TrialLine::Shown),
        Some(stage) => order_cards(&assessment, stage, &key, patient),
    };
    (serde_json::to_value(&cards).expect("cards"), serde_json::to_value(&assessment).expect("an assessment"))
}

/// The answer without the order in which things were sent.
fn without_order(request: &Value) -> (Value, Vec<String>) {
    let (cards, assessment) = answered(request);
    let lead = assessment["lead"].as_u64().and_then(|at| usize::try_from(at).ok());
    let sorted = |list: &Value| {
        let mut all: Vec<String> = list.as_array().into_iter().flatten().map(ToString::to_string).collect();
        all.sort();
        all
    };
    let specimens = assessment["specimens"].as_array().into_iter().flatten().enumerate().map(|(at, specimen)| {
        let (mut said, is_lead) = (specimen.clone(), lead == Some(at));
        said["evidence"] = json!(sorted(&specimen["evidence"]));
        format!("{is_lead} {said}")
    });
    let mut parts: Vec<String> = specimens.chain(sorted(&assessment["excluded"])).collect();
    parts.sort();
    for whole in ["tumour", "overTime", "actionable", "considerations", "safety", "trials", "unseen", "rules"] {
        parts.push(assessment[whole].to_string());
    }
    (cards, parts)
}

/// The prefetch keys that hold a Bundle with entries.
fn bundles(request: &Value) -> Vec<String> {
    let all = request["prefetch"].as_object().into_iter().flatten();
    all.filter(|(_, value)| value["entry"].is_array()).map(|(key, _)| key.clone()).collect()
}

fn unrelated() -> [Value; 4] {
    [
        json!({"resource": {"resourceType": "Observation", "id": "hb", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}, "valueQuantity": {"value": 12.1}}}),
        json!({"resource": {"resourceType": "Observation", "id": "serum", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}]}, "valueString": "3+"}}),
        json!({"resource": {"resourceType": "Unheard", "id": "x", "status": "final"}}),
        json!({"resource": {"resourceType": "Procedure", "id": "p", "status": "completed",
            "code": {"text": "removal of a mole"}}}),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_entries_repeated_entries_and_unrelated_resources_change_no_card_and_no_assessment(
        which in any::<prop::sample::Index>(),
        seed in prop::collection::vec(any::<u32>(), 16),
        twice in any::<prop::sample::Index>(),
        strangers in prop::sample::subsequence(unrelated().to_vec(), 0..=4),
    ) {
        let request = which.get::<Value>(&REQUESTS);
        let mut moved = request.clone();
        for key in bundles(request) {
            let entries = moved["prefetch"][&key]["entry"].as_array_mut().expect("entries");
            if !entries.is_empty() {
                let repeated = twice.get::<Value>(entries).clone();
                entries.push(repeated);
            }
            entries.extend(strangers.iter().cloned());
            let mut keyed: Vec<(u32, Value)> =
                entries.drain(..).enumerate().map(|(at, entry)| (seed[at % seed.len()], entry)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            entries.extend(keyed.into_iter().map(|(_, entry)| entry));
        }
        prop_assert_eq!(without_order(request), without_order(&moved));
    }
}

/// Every Observation of a request that is named by the evidence of its card.
fn named_by_the_card(request: &Value) -> Vec<String> {
    let (cards, _) = answered(request);
    let evidence =
        cards.as_array().into_iter().flatten().flat_map(|card| {
            card["extension"]["org.herald-cds.basis"]["evidence"].as_array().cloned().unwrap_or_default()
        });
    let named = evidence.filter_map(|one| Some(one.as_str()?.split('=').next()?.to_owned()));
    named.filter(|reference| reference.starts_with("Observation/")).collect()
}

/// The request with the status of one Observation, or of all of them, changed.
fn with_status(request: &Value, of: Option<&str>, status: &str) -> Value {
    let mut changed = request.clone();
    for key in bundles(request) {
        for entry in changed["prefetch"][&key]["entry"].as_array_mut().expect("entries") {
            let resource = &mut entry["resource"];
            let reference = format!("Observation/{}", resource["id"].as_str().unwrap_or_default());
            if resource["resourceType"] == "Observation" && of.is_none_or(|of| of == reference) {
                resource["status"] = json!(status);
            }
        }
    }
    changed
}

#[test]
fn a_withdrawn_observation_never_supports_a_card() {
    let mut withdrawn = 0;
    for request in REQUESTS.iter() {
        for reference in named_by_the_card(request) {
            for status in ["entered-in-error", "cancelled", "unknown"] {
                let changed = with_status(request, Some(&reference), status);
                assert!(!named_by_the_card(&changed).contains(&reference), "{reference} is {status} and still named");
                let (_, assessment) = answered(&changed);
                let read = assessment["specimens"].to_string();
                assert!(
                    !read.contains(&format!("{{\"reference\":\"{reference}\"")),
                    "{reference} is {status} and read"
                );
                withdrawn += 1;
            }
        }
    }
    assert!(withdrawn > 30, "only {withdrawn} were withdrawn");
}

#[test]
fn where_every_observation_is_withdrawn_no_therapy_and_no_trial_is_left() {
    for request in REQUESTS.iter() {
        let (_, assessment) = answered(&with_status(request, None, "entered-in-error"));
        assert_eq!(assessment["lead"], Value::Null);
        assert_eq!(assessment["actionable"], false);
        for list in ["considerations", "trials"] {
            assert_eq!(assessment[list].as_array().map(Vec::len), Some(0), "{list}");
        }
    }
}
