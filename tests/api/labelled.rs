//! Our own reading of the standard is held against documents that the HL7 validator has judged.

use serde_json::Value;

use crate::examples::{example, labelled};
use crate::standard::{faults_of_discovery, faults_of_response};

/// Where the prose of the standard is stricter than the validator: faults that we must see all the same.
const STRICTER: [&str; 1] = ["cdshooks-response-source-link.json"];
/// Where the validator knows less: extensions whose definition it does not have are legal (rule 44).
const TOLERATED: [&str; 1] = ["cdshooks-services-order-select-extensions.json"];

#[test]
fn cdsh_r33_labelled_responses_and_discovery_documents_are_judged_as_their_labels_say() {
    let mut judged = 0;
    for label in labelled() {
        let file = label["file"].as_str().unwrap();
        let document: Value = serde_json::from_str(&example(file)).unwrap();
        let faults = match label["kind"].as_str().unwrap() {
            "response" => faults_of_response(&document),
            "discovery" => faults_of_discovery(&document),
            _ => continue,
        };
        let named = |list: &[&str]| list.iter().any(|name| file.ends_with(name));
        let valid = (label["valid"] == true && !named(&STRICTER)) || named(&TOLERATED);
        assert_eq!(faults.is_empty(), valid, "{file}: {faults:?}");
        judged += 1;
    }
    assert_eq!(judged, 13);
}

#[test]
fn a_fault_of_each_kind_is_seen() {
    let good: Value = serde_json::from_str(&example("fhir-test-cases/validator/cdshooks-response-good.json")).unwrap();
    assert_eq!(faults_of_response(&good), [""; 0]);
    let broken = |break_it: &dyn Fn(&mut Value)| {
        let mut document = good.clone();
        break_it(&mut document["cards"][0]);
        faults_of_response(&document)
    };
    let action = |action: Value| serde_json::json!([{"label": "l", "actions": [action]}]);
    let create =
        serde_json::json!({"type": "create", "description": "d", "resource": {"resourceType": "Task", "id": "1"}});
    let two_recommended =
        serde_json::json!([{"label": "a", "isRecommended": true}, {"label": "b", "isRecommended": true}]);
    let faults: [(&str, Vec<String>); 13] = [
        ("rule 33", broken(&|card| card["summary"] = "x".repeat(140).into())),
        ("rule 33", broken(&|card| card["summary"] = "one\ntwo".into())),
        ("rule 33", broken(&|card| card["summary"] = "\u{1f9ec}".repeat(70).into())),
        ("rule 34", broken(&|card| card["indicator"] = "hard-stop".into())),
        ("rule 35", broken(&|card| card["source"]["url"] = "/relative".into())),
        (
            "rule 36",
            broken(&|card| {
                card["suggestions"] = two_recommended.clone();
                card["selectionBehavior"] = "at-most-one".into();
            }),
        ),
        ("rule 37", broken(&|card| card["suggestions"] = action(create.clone()))),
        (
            "rule 38",
            broken(&|card| card["suggestions"] = action(serde_json::json!({"type": "delete", "description": "d"}))),
        ),
        (
            "rule 38",
            broken(&|card| card["suggestions"] = action(serde_json::json!({"type": "create", "description": "d"}))),
        ),
        ("rule 39", broken(&|card| card["overrideReasons"] = serde_json::json!([{"code": "c", "system": "s"}]))),
        ("rule 40", broken(&|card| card["links"][0]["appContext"] = "x".into())),
        ("rule 40", broken(&|card| card["links"][0]["type"] = "other".into())),
        ("rule 2", broken(&|card| card["detail"] = Value::Null)),
    ];
    for (rule, seen) in faults {
        assert!(seen.iter().any(|fault| fault.contains(&format!("({rule})"))), "{rule}: {seen:?}");
    }
}
