//! Medicines that the record shows: which status of which resource is a treatment, and when it was.

use herald::domain::history::Treatment;
use herald::domain::when::When;

use super::*;

/// A resource of patient p1 that names Kadcyla, with the members of `more` added or put in place.
fn medication(kind: &str, id: &str, status: &str, more: Value) -> Value {
    let mut one = json!({"resourceType": kind, "id": id, "status": status, "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": "Kadcyla"}});
    for (key, value) in more.as_object().expect("members") {
        one[key] = value.clone();
    }
    one
}

fn shown(treatment: &Treatment) -> String {
    let day = |when: &Option<When>| when.as_ref().map_or("-", When::shown).to_owned();
    let (from, until) = (day(&treatment.from), day(&treatment.until));
    format!("{} {} {from} {until} {}", treatment.medicine, treatment.source, treatment.reference)
}

fn treatments(resources: &[Value]) -> Vec<String> {
    evidence(resources).history.treatments.iter().map(shown).collect()
}

#[test]
fn the_kind_of_resource_and_its_status_say_whether_a_medicine_was_ordered_given_or_taken() {
    let cases = [
        ("MedicationRequest", &["active", "on-hold", "stopped"][..], "ordered"),
        ("MedicationRequest", &["completed"], "fulfilled"),
        ("MedicationRequest", &["draft", "cancelled", "entered-in-error", "unknown", "ended"], ""),
        ("MedicationAdministration", &["in-progress", "on-hold", "completed", "stopped"], "given"),
        ("MedicationAdministration", &["not-done", "entered-in-error", "unknown", "preparation"], ""),
        ("MedicationStatement", &["active", "completed", "stopped", "on-hold", "recorded"], "stated"),
        ("MedicationStatement", &["intended", "not-taken", "entered-in-error", "unknown", "draft"], ""),
    ];
    for (kind, statuses, source) in cases {
        for status in statuses {
            let read = treatments(&[medication(kind, "m1", status, json!({}))]);
            let expected = format!("trastuzumab_emtansine {source} - - {kind}/m1");
            assert_eq!(read.concat(), if source.is_empty() { "" } else { &expected }, "{kind} {status}");
        }
    }
}

#[test]
fn what_was_not_taken_and_what_is_only_an_idea_is_no_treatment() {
    let none: Vec<Value> = vec![
        medication("MedicationRequest", "m1", "active", json!({"doNotPerform": true})),
        medication("MedicationRequest", "m1", "active", json!({"intent": "proposal"})),
        medication("MedicationStatement", "m1", "completed", json!({"taken": "n"})),
        medication(
            "MedicationStatement",
            "m1",
            "recorded",
            json!({"adherence": {"code": {"coding": [{"code": "not-taking"}]}}}),
        ),
        medication("MedicationStatement", "m1", "active", json!({"subject": {"reference": "Patient/p2"}})),
        json!({"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": "Kadcyla"}}),
    ];
    for one in none {
        assert!(treatments(std::slice::from_ref(&one)).is_empty(), "{one}");
    }
}

#[test]
fn a_treatment_begins_and_ends_where_the_record_says_so() {
    let period = json!({"effectivePeriod": {"start": "2025-01", "end": "2025-06-30"}});
    let dose = json!({"effectiveDateTime": "2025-03-04T09:00:00Z"});
    let newer = json!({"occurenceDateTime": "2025-03-05"});
    let authored = json!({"authoredOn": "2025-02-02"});
    let all = [
        medication("MedicationStatement", "s1", "completed", period),
        medication("MedicationStatement", "s2", "active", dose.clone()),
        medication("MedicationAdministration", "a1", "completed", dose),
        medication("MedicationAdministration", "a2", "completed", newer),
        medication("MedicationRequest", "r1", "active", authored),
    ];
    assert_eq!(
        treatments(&all),
        [
            "trastuzumab_emtansine stated 2025-01 2025-06-30 MedicationStatement/s1",
            "trastuzumab_emtansine stated 2025-03-04 - MedicationStatement/s2",
            "trastuzumab_emtansine given 2025-03-04 2025-03-04 MedicationAdministration/a1",
            "trastuzumab_emtansine given 2025-03-05 2025-03-05 MedicationAdministration/a2",
            "trastuzumab_emtansine ordered 2025-02-02 - MedicationRequest/r1",
        ]
    );
}

#[test]
fn a_medicine_that_is_named_ambiguously_supports_no_label() {
    let two = json!({"medicationCodeableConcept": {
        "coding": [{"system": "http://www.whocc.no/atc", "code": "L01FD01"}], "text": "Enhertu"}});
    assert!(treatments(&[medication("MedicationAdministration", "a1", "completed", two)]).is_empty());
}

#[test]
fn one_broken_treatment_never_loses_the_others() {
    let twice = r#"{"resourceType":"MedicationStatement","id":"s0","status":"completed","status":"not-taken","medicationCodeableConcept":{"text":"Kadcyla"}}"#;
    let whole = medication("MedicationStatement", "s1", "completed", json!({"effectivePeriod": 7, "contained": null}));
    let read = of_text(&format!("[{twice},null,7,{whole}]")).history.treatments;
    assert_eq!(read.iter().map(shown).collect::<Vec<_>>(), ["trastuzumab_emtansine stated - - MedicationStatement/s1"]);
}
