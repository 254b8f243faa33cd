//! Rules D14 and D15: narrative, and documents that are not quite FHIR.

use super::*;

#[test]
fn the_conclusion_of_a_report_is_read_and_its_narrative_never() {
    let report = |conclusion: &str| {
        json!({"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "subject": {"reference": "Patient/p1"},
            "code": coded(LOINC, "60568-3"), "effectiveDateTime": "2026-05-02", "text": {"status": "generated", "div": "<div>HER2 3+</div>"}, "conclusion": conclusion})
    };
    assert_read(&[report("Invasives Karzinom. HER2 negativ (Score 1+), Ki-67 20 %")], &["ihc 1+"]);
    for conclusion in ["ER 90 %, PR 80 %", "ERBB2 mutation positive", "Serum HER2 positive"] {
        assert_read(&[report(conclusion)], &[]);
    }
    // of another time, or on a condition: shown, and no result (C4)
    for conclusion in
        ["On the prior biopsy, HER2 was 3+.", "HER2 3+, on a previous biopsy", "If HER2 2+, FISH will be performed"]
    {
        assert_read(&[report(conclusion)], &["DiagnosticReport/r1: unreadable"]);
    }
    let coded_result = observation("o1", "85319-2", json!({"valueString": "1+"}));
    assert_read(&[report("HER2 3+"), coded_result], &["ihc 1+"]);
}

#[test]
fn a_conclusion_never_stands_beside_a_coded_result_that_its_report_lists() {
    let report = json!({"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": coded(LOINC, "60568-3"),
        "result": [{"reference": "Observation/o1"}], "conclusion": "HER2 3+"});
    let result = observation("o1", "85319-2", json!({"valueString": "1+", "specimen": {"reference": "Specimen/s1"}}));
    assert_read(&[report, result], &["ihc 1+"]);
}

#[test]
fn nulls_empty_arrays_and_objects_for_arrays_lose_nothing() {
    let members = [
        "id",
        "subject",
        "specimen",
        "effectiveDateTime",
        "issued",
        "interpretation",
        "component",
        "hasMember",
        "derivedFrom",
        "contained",
        "extension",
        "category",
        "method",
        "bodySite",
        "focus",
        "dataAbsentReason",
        "triggeredBy",
        "related",
    ];
    for member in members {
        for value in [json!(null), json!([])] {
            if member == "dataAbsentReason" && value.is_array() {
                continue;
            }
            let found = reads(&[observation("o1", "85319-2", json!({"valueString": "3+", member: value}))]);
            assert_eq!(found, ["ihc 3+"], "{member}");
        }
    }
    let object = json!({"category": {"coding": [{"code": "laboratory"}]}, "valueCodeableConcept": {"coding": {"system": LOINC, "code": "LA11843-2"}},
        "code": {"coding": {"system": "LOINC", "code": "85319-2"}}, "component": {"code": coded(LOINC, "85328-3"), "valueQuantity": {"value": 80, "unit": "%"}}});
    assert_read(&[observation("o1", "x", object)], &["ihc 3+"]);
}

#[test]
fn an_array_is_never_read_by_the_order_of_its_items() {
    let one = observation("o1", "x", json!({"code": {"coding": [[LOINC, "85319-2", "HER2"]]}, "valueString": "3+"}));
    assert_read(&[one], &[]);
    let code_as_array = observation("o1", "x", json!({"code": [coded(LOINC, "85319-2")], "valueString": "3+"}));
    assert_read(&[code_as_array], &["Observation/o1: unreadable"]);
}

#[test]
fn control_characters_in_names_never_reach_the_output() {
    let spoilt = [
        observation("o\u{0}1", "85319-2", json!({"valueString": "3+"})),
        observation("o2", "85319-2", json!({"valueString": "3+", "specimen": {"reference": "Specimen/s\u{0}"}})),
        observation("o3", "85319-2", json!({"valueString": "3\u{0}+"})),
        observation("o4", "85319-2", json!({"valueString": "3+", "effectiveDateTime": "2026-05-02\u{0}"})),
        observation(
            "o5",
            "x",
            json!({"code": {"coding": [{"system": LOINC, "code": "85319-2\u{0}"}]}, "valueString": "3+"}),
        ),
        json!({"resourceType": "DiagnosticReport", "id": "r1", "status": "final",
            "contained": [observation("c\u{0}", "85319-2", json!({"valueString": "3+"}))]}),
    ];
    for one in spoilt {
        let found = reads(&[one]);
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with(": unreadable") && !found[0].contains('\0'), "{found:?}");
    }
}

#[test]
fn what_is_no_whole_json_document_is_refused() {
    let one = observation("o1", "85319-2", json!({"valueString": "3+"})).to_string();
    for document in [
        "",
        "\u{c}",
        "\u{feff}\u{c}\n\u{c}",
        "3+",
        &one[..one.len() - 1],
        &format!("{one} trailing"),
        &format!("{one}{one}"),
    ] {
        assert!(read_documents(document.as_bytes()).is_err());
    }
    for nothing in [&b"{}"[..], br#"{"resourceType":"\ud800"}"#, b"[1,{}]"] {
        let nothing = read_documents(nothing).expect("JSON");
        assert_eq!(sources(&nothing).map(|_| ()), Err(DocumentError::NotFhir));
    }
    let total_twice = br#"[{"resourceType":"Bundle","total":1,"total":1,"entry":[]}]"#;
    for readable in [&total_twice[..], &total_twice[1..total_twice.len() - 1]] {
        assert!(sources(&read_documents(readable).expect("JSON")).is_ok());
    }
}
