//! Rules D3 to D5: status, replacement and patients.

use super::*;

#[test]
fn only_final_and_amended_results_are_used_as_they_are() {
    for status in ["final", "amended", "corrected", "appended", "preliminary", "partial"] {
        assert_read(&[observation("o1", "85319-2", json!({"status": status, "valueString": "3+"}))], &["ihc 3+"]);
    }
    for (status, why) in [
        (json!("cancelled"), "cancelled"),
        (json!("entered-in-error"), "entered_in_error"),
        (json!("unknown"), "unknown_status"),
        (json!(null), "unknown_status"),
        (json!("banana"), "unknown_status"),
        (json!(["final"]), "unknown_status"),
    ] {
        let one = observation("o1", "85319-2", json!({"status": status, "valueString": "3+"}));
        assert_read(&[one], &[&format!("Observation/o1: {why}")]);
    }
}

#[test]
fn a_registered_result_is_pending_even_with_a_value() {
    assert_read(&[observation("o1", "31150-6", json!({"status": "registered"}))], &["pending ish"]);
    let with_value = json!({"status": "registered", "valueString": "3+"});
    assert_read(&[observation("o1", "85319-2", with_value)], &["pending ihc"]);
    assert_read(&[observation("o1", "85319-2", json!({"status": "preliminary"}))], &["pending ihc"]);
}

#[test]
fn a_replaced_result_is_superseded_though_it_still_says_final() {
    let url = "http://hl7.org/fhir/StructureDefinition/observation-replaces";
    let replaces = |of: &str| json!([{"url": url, "valueReference": {"reference": of}}]);
    let old = observation("old", "85319-2", json!({"valueString": "3+"}));
    let new = |status: &str, of: &str| {
        observation("new", "85319-2", json!({"status": status, "valueString": "1+", "extension": replaces(of)}))
    };
    assert_read(&[old.clone(), new("corrected", "Observation/old")], &["ihc 1+", "Observation/old: superseded"]);
    let withdrawn = reads(&[old, new("entered-in-error", "Observation/old")]);
    assert_eq!(withdrawn, ["ihc 3+", "Observation/new: entered_in_error"]);
    assert_read(&[new("corrected", "Observation/new")], &["ihc 1+"]);
}

// D5: patients

#[test]
fn results_and_diagnoses_of_another_patient_are_never_mixed_in() {
    let other = json!({"reference": "https://ehr.example.org/fhir/Patient/p2"});
    let result = observation("o2", "85319-2", json!({"subject": other, "valueString": "3+"}));
    let own = observation(
        "o1",
        "85319-2",
        json!({"subject": {"reference": "https://ehr.example.org/fhir/Patient/p1"}, "valueString": "1+"}),
    );
    let mut diagnosis = condition("c2", "http://hl7.org/fhir/sid/icd-10-cm", "C16.3");
    diagnosis["subject"] = json!({"reference": "Patient/p2"});
    let found = evidence(&[result, own, diagnosis]);
    assert_eq!(read(&found), ["ihc 1+", "Observation/o2: other_patient"]);
    assert_eq!((found.tumour, found.specimens[0].tumour), (Tumour::Unknown, Tumour::Unknown));
}

#[test]
fn a_urn_uuid_subject_is_followed_to_its_patient_and_a_missing_one_is_accepted() {
    let bundle = |id: &str| {
        json!({"resourceType": "Bundle", "type": "collection", "entry": [
            {"fullUrl": "urn:uuid:9d2f8c1e-0000-4000-8000-000000000001", "resource": {"resourceType": "Patient", "id": id}},
            {"resource": observation("o1", "85319-2", json!({"valueString": "3+",
                "subject": {"reference": "urn:uuid:9d2f8c1e-0000-4000-8000-000000000001"}}))}]})
    };
    assert_eq!(read(&of_text(&bundle("p1").to_string())), ["ihc 3+"]);
    assert_eq!(read(&of_text(&bundle("p2").to_string())), ["Observation/o1: other_patient"]);
    assert_read(&[observation("o1", "85319-2", json!({"subject": null, "valueString": "3+"}))], &["ihc 3+"]);
    let contained = json!({"subject": {"reference": "#me"}, "contained": [{"resourceType": "Patient", "id": "me"}], "valueString": "3+"});
    assert_read(&[observation("o1", "85319-2", contained)], &["ihc 3+"]);
}

#[test]
fn a_diagnosis_of_another_patient_counts_for_nobody_however_its_subject_is_written() {
    let result = observation("o1", "85319-2", json!({"valueString": "3+"})).to_string();
    let diagnosis = |subject: &str| {
        let code = r#"{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"C16.9"}]}"#;
        format!(r#"{{"resourceType":"Condition","id":"c1","subject":{subject},"code":{code}}}"#)
    };
    let own = of_text(&format!("[{result},{}]", diagnosis(r#"{"reference":"Patient/p1"}"#)));
    assert_eq!(own.tumour, Tumour::Gastroesophageal);
    for subject in [
        r#"{"reference":"Patient/p2"}"#,
        r#"{"reference":"Patient/p2","identifier":{"value":"a"},"identifier":{"value":"b"}}"#,
        r#"{"reference":"Patient/p1","reference":"Patient/p2"}"#,
        r#"{"reference":"Patient/p2/_history/3/"}"#,
    ] {
        let found = of_text(&format!("[{result},{}]", diagnosis(subject)));
        assert_eq!(found.tumour, Tumour::Unknown, "{subject}");
    }
}

#[test]
fn a_document_with_two_patients_names_both_though_only_one_has_a_result() {
    let mut diagnosis = condition("c2", "http://hl7.org/fhir/sid/icd-10-cm", "C16.3");
    diagnosis["subject"] = json!({"reference": "Patient/p2"});
    let document = json!([observation("o1", "85319-2", json!({"valueString": "3+"})), diagnosis]).to_string();
    let document = Document::parse(document.as_bytes()).expect("JSON");
    assert_eq!(patients([Source { place: "list", json: document.root() }]), ["p1", "p2"]);
}
