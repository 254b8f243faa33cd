//! What `strict_check` tells about resources: every fault with its place and with what is allowed.

use fhir_check::{MOST_PROBLEMS, strict_check};
use serde_json::{Value, json};

fn observation() -> Value {
    json!({
        "resourceType": "Observation", "id": "o1", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "85319-2"}]},
        "valueQuantity": {"value": 1.90, "unit": "{ratio}"}
    })
}

/// The Observation with these members in place of its own.
fn with(members: &Value) -> Value {
    let mut resource = observation();
    for (name, value) in members.as_object().unwrap() {
        resource[name] = value.clone();
    }
    resource
}

fn told(resource: &Value) -> Vec<String> {
    strict_check(resource).iter().map(ToString::to_string).collect()
}

/// Each pair: members of an Observation, and the one problem that they are.
fn each_is_told(cases: &[(Value, &str)]) {
    for (members, words) in cases {
        let told = told(&with(members));
        assert!(told.len() == 1 && told[0].starts_with(words), "{members}: {told:#?}");
    }
}

#[test]
fn a_valid_resource_has_no_problem() {
    assert_eq!(told(&observation()), [""; 0]);
    let rich = with(&json!({
        "meta": {"lastUpdated": "2026-10-12T08:30:00.000+02:00", "profile": ["http://example.org/p"]},
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">3+</div>"},
        "contained": [{"resourceType": "Specimen", "id": "s1", "collection": {"collectedDateTime": "2026-05"}}],
        "extension": [{"url": "http://example.org/e", "extension": [{"url": "x", "valueInteger": -3}]}],
        "modifierExtension": [{"url": "http://example.org/m", "valueBoolean": true}],
        "effectiveDateTime": "2026-10-12", "_effectiveDateTime": {"id": "d"},
        "component": [{"code": {"text": "x"}, "referenceRange": [{"low": {"value": 1e2, "comparator": ">="}}]}]
    }));
    assert_eq!(told(&rich), [""; 0]);
}

#[test]
fn what_is_no_resource_is_said_to_be_none() {
    for value in [json!([]), json!(5), json!({}), json!({"resourceType": 5})] {
        assert_eq!(told(&value), ["resource: a resource is an object with a resourceType"]);
    }
    for name in ["Observationn", "DomainResource", "Coding", "Observation.component", ""] {
        let told = told(&json!({"resourceType": name}));
        assert_eq!(told, ["resource.resourceType: not a resource type of FHIR R4 (4.0.1)"], "{name}");
    }
}

#[test]
fn an_unknown_element_is_told_with_those_that_r4_has_there() {
    let told = told(&with(&json!({"component": [{"code": {"text": "x"}, "valueRatioo": 1}]})));
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("Observation.component[0].valueRatioo: no element of Observation.component in R4"));
    assert!(told[0].ends_with("code, value[x], dataAbsentReason, interpretation, referenceRange"), "{told:?}");
    each_is_told(&[
        (json!({"valueMoney": {"value": 1}}), "Observation.valueMoney: no element"),
        (json!({"Status": "final"}), "Observation.Status: no element"),
        (json!({"value": 1}), "Observation.value: no element"),
        (json!({"__status": {}}), "Observation.__status: no element"),
        (json!({"code": {"resourceType": "x", "text": "y"}}), "Observation.code.resourceType: no element"),
        (json!({"a\u{1b}[2J": 1}), r#"Observation."a\u{1b}[2J": no element"#),
        (json!({"_code": {"id": "x"}}), "Observation._code: nothing may stand beside this element"),
        (json!({"_id": {"id": "x"}}), "Observation._id: nothing may stand beside this element"),
    ]);
}

#[test]
fn a_required_element_that_is_missing_is_told_a_choice_too() {
    assert_eq!(
        told(&json!({"resourceType": "MedicationRequest", "intent": "order", "subject": {"display": "x"}})),
        [
            "MedicationRequest.status: required, and not there; its type: code",
            "MedicationRequest.medication[x]: required, and not there; its type: CodeableConcept, Reference",
        ]
    );
    let mut masked =
        with(&json!({"_status": {"extension": [{"url": "http://example.org/why", "valueCode": "masked"}]}}));
    masked.as_object_mut().unwrap().remove("status");
    assert_eq!(told(&masked), [""; 0], "an extension stands in for the value");
}

#[test]
fn one_where_many_are_allowed_and_many_where_one_is_are_told() {
    each_is_told(&[
        (json!({"category": {"text": "laboratory"}}), "Observation.category: not an array"),
        (json!({"status": ["final"]}), "Observation.status: an array"),
        (json!({"code": [{"text": "x"}]}), "Observation.code: an array"),
        (
            json!({"note": [[{"text": "x"}]]}),
            "Observation.note[0]: an array, but Annotation is written as a JSON object",
        ),
    ]);
}

#[test]
fn another_type_is_told() {
    each_is_told(&[
        (json!({"status": 5}), "Observation.status: a number, but code is written as a JSON string"),
        (json!({"code": "85319-2"}), "Observation.code: a string, but CodeableConcept is written as a JSON object"),
        (json!({"valueQuantity": {"value": "1.9"}}), "Observation.valueQuantity.value: a string, but decimal"),
        (json!({"_status": "x"}), "Observation._status: a string, but Element is written as a JSON object"),
    ]);
}

#[test]
fn two_values_of_one_choice_are_told() {
    each_is_told(&[
        (json!({"valueInteger": 3}), "Observation.value[x]: only one of these may be there: valueQuantity, "),
        (json!({"_valueString": {"id": "x"}}), "Observation.value[x]: only one of these may be there: valueQuantity, "),
    ]);
}

#[test]
fn what_is_empty_is_told_and_counts_as_left_out() {
    each_is_told(&[
        (json!({"note": []}), "Observation.note: an empty array is not allowed"),
        (json!({"category": [{"coding": [{"code": ""}]}]}), "Observation.category[0].coding[0].code: an empty text"),
        (json!({"subject": {}}), "Observation.subject: an empty object"),
        (json!({"issued": null}), "Observation.issued: null"),
        (json!({"valueInteger": null}), "Observation.valueInteger: null"),
        (json!({"subject": {"id": "x"}}), "Observation.subject: an element with nothing but an id"),
        (json!({"note": [null]}), "Observation.note[0]: null"),
    ]);
    assert_eq!(
        told(&with(&json!({"status": ""}))),
        [
            "Observation.status: an empty text is not allowed, leave it out",
            "Observation.status: required, and not there; its type: code"
        ]
    );
}

#[test]
fn formats_and_required_codes_are_checked() {
    each_is_told(&[
        (json!({"issued": "2026-10-12"}), "Observation.issued: not valid as instant: YYYY-MM-DDThh:mm:ss with Z"),
        (json!({"effectiveDateTime": "2026-02-30"}), "Observation.effectiveDateTime: not valid as dateTime: a date"),
        (json!({"id": "o_1"}), "Observation.id: not valid as id: 1 to 64"),
        (
            json!({"status": "banana"}),
            "Observation.status: not a code of this element; allowed: registered, preliminary",
        ),
        (json!({"valueQuantity": {"comparator": "=", "value": 1}}), "Observation.valueQuantity.comparator: not a code"),
    ]);
    let large =
        serde_json::from_str(r#"{"resourceType":"Parameters","parameter":[{"name":"n","valueInteger":5000000000}]}"#);
    assert!(
        told(&large.unwrap())[0].starts_with("Parameters.parameter[0].valueInteger: not valid as integer: a whole")
    );
}

#[test]
fn a_null_keeps_the_place_of_a_primitive_that_has_extensions() {
    let name = |given: Value, beside: Value| {
        told(&json!({"resourceType": "Patient", "name": [{"given": given, "_given": beside}]}))
    };
    let why = json!({"extension": [{"url": "http://example.org/why", "valueCode": "masked"}]});
    assert_eq!(name(json!(["Ann", null]), json!([null, why])), [""; 0]);
    assert_eq!(name(json!([null, "Ann"]), json!([null, why])).len(), 2, "an empty place is told in both arrays");
    assert_eq!(
        name(json!(["Ann", "Bo"]), json!([why])),
        [
            "Patient.name[0].given: not as many places as in the array beside it (_name): null keeps a place that is empty"
        ]
    );
    assert_eq!(told(&json!({"resourceType": "Patient", "name": [{"given": ["Ann", null]}]})).len(), 1);
}

#[test]
fn resources_inside_a_resource_are_checked_too() {
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": observation()},
        {"resource": {"resourceType": "Patient", "gender": "f", "contained": [{"resourceType": "Nothing"}, {"id": "x"}]}}
    ]});
    let told = told(&bundle);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].starts_with("Bundle.entry[1].resource.gender: not a code"));
    assert!(told[1].starts_with("Bundle.entry[1].resource.contained[0].resourceType: not a resource type"));
    assert!(told[2].starts_with("Bundle.entry[1].resource.contained[1]: a resource is an object"));
}

#[test]
fn an_extension_has_either_a_value_or_extensions() {
    let inner = json!({"url": "x", "valueString": "y"});
    each_is_told(&[
        (json!({"extension": [{"url": "x"}]}), "Observation.extension[0]: an extension has either"),
        (
            json!({"extension": [{"url": "x", "valueString": "y", "extension": [inner]}]}),
            "Observation.extension[0]: an",
        ),
        (json!({"extension": [{"valueString": "y"}]}), "Observation.extension[0].url: required"),
    ]);
}

#[test]
fn all_problems_are_told_up_to_a_hundred() {
    let wrong: Value = (0..250).map(|n| json!({"text": n})).collect();
    assert_eq!(strict_check(&with(&json!({"category": wrong}))).len(), MOST_PROBLEMS);
}

#[test]
fn a_document_too_deep_to_look_at_ends_with_an_answer() {
    let mut deep = json!({"url": "x", "valueString": "y"});
    for _ in 0..500 {
        deep = json!({"url": "x", "extension": [deep]});
    }
    let told = told(&with(&json!({"extension": [deep]})));
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with("nested deeper than 100; what is inside was not checked"), "{told:?}");
}
