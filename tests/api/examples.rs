//! Messages that other people's software sends. Where each is from stands in `tests/examples/cds-hooks/PROVENANCE.tsv`.

use std::path::Path;

use herald::cdshooks::{Service, parse_feedback, parse_request};
use serde_json::Value;

use crate::harness::{FEEDBACK, Herald, REVIEW, document};

pub fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples/cds-hooks").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// What the HL7 validator says of each of its cases.
pub fn labelled() -> Vec<Value> {
    example("labelled.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Which examples that the HL7 validator calls invalid we accept, and for which reason of rule 30.
const LENIENT: [(&str, &str); 4] = [
    ("cdshooks-request-order-select-bad.json", "prefixed ids, selections without a type"),
    ("cdshooks-request-order-sign-bad-1.json", "prefixed id; codes inside resources are the reader's to judge"),
    ("cdshooks-request-order-sign-bad-2.json", "prefixed id; unknown prefetch keys of any value"),
    ("cdshooks-request-patient-view-bad.json", "prefixed ids; unknown prefetch keys of any value"),
];

#[test]
fn cdsh_r30_labelled_requests_are_judged_as_the_hl7_validator_does_or_more_leniently_for_a_stated_reason() {
    for label in labelled().iter().filter(|label| label["kind"] == "request") {
        let file = label["file"].as_str().unwrap();
        let body = example(file);
        let hook = serde_json::from_str::<Value>(&body).unwrap()["hook"].as_str().unwrap().to_owned();
        let service = [Service::ChartReview, Service::OrderSelect, Service::OrderSign]
            .into_iter()
            .find(|service| service.hook().name() == hook)
            .unwrap();
        let accepted = parse_request(&document(&body), service).is_ok();
        let lenient = LENIENT.iter().any(|(name, _)| file.ends_with(name));
        assert_eq!(accepted, label["valid"] == true || lenient, "{file}");
    }
}

#[test]
fn patient_view_requests_of_others_lack_our_keys_and_are_told_so() {
    for file in [
        "fhir-test-cases/validator/cdshooks-request-patient-view-good.json",
        "fhir-test-cases/validator/cdshooks-request-pv-good.json",
        "ahrq-cds-connect-cql-services/test_fixtures_hooks-patients_R4_null_prefetch_values_invocation.json",
    ] {
        assert!(Herald::shared().post(REVIEW, example(file)).refuses(412).contains("`her2`"));
    }
}

#[test]
fn what_the_cds_hooks_sandbox_sends_is_answered() {
    let captured: Value = serde_json::from_str(&example("sandbox-captured/01-cds-services_her2-review.json")).unwrap();
    Herald::shared().post(REVIEW, captured["body"].to_string()).answers();
    for file in ["02-cds-services_her2-review_feedback.json", "03-cds-services_her2-review_feedback.json"] {
        let captured: Value = serde_json::from_str(&example(&format!("sandbox-captured/{file}"))).unwrap();
        let body = captured["body"].to_string();
        assert_eq!(Herald::shared().post(FEEDBACK, &body).status, 200);
        assert_eq!(parse_feedback(&document(&body)).unwrap().unusable, 0);
    }
}
