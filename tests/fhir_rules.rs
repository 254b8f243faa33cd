//! The rules of the FHIR reader, one sentence each, on documents that hold no more than the rule needs.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot set itself up has failed")]

use herald::domain::evidence::{Evidence, TestValue};
use herald::domain::tumour::{Tumour, TumourClass};
use herald::fhir::{DocumentError, Source, extract, patients, read_document};
use serde_json::{Value, json};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";

fn evidence(resources: &[Value]) -> Evidence {
    of_text(&Value::Array(resources.to_vec()).to_string())
}

fn of_text(json: &str) -> Evidence {
    extract([Source { place: "her2", json }], Some("p1"))
}

fn coded(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// A final Observation of patient p1 with the members of `more` added or put in place.
fn observation(id: &str, loinc: &str, more: Value) -> Value {
    let mut one = json!({"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": "Patient/p1"},
        "code": coded(LOINC, loinc), "effectiveDateTime": "2026-05-02"});
    for (key, value) in more.as_object().expect("members") {
        one[key] = value.clone();
    }
    one
}

fn text_value(loinc: &str, text: &str) -> Value {
    observation("o1", loinc, json!({"valueString": text}))
}

fn condition(id: &str, system: &str, code: &str) -> Value {
    json!({"resourceType": "Condition", "id": id, "subject": {"reference": "Patient/p1"}, "code": coded(system, code)})
}

/// What was read, in short: `ihc 3+`, `ish 2.4/5.1/2.1/40 positive`, `overall positive`, `pending ish`.
fn said(value: &TestValue) -> String {
    match value {
        TestValue::Ihc(ihc) => {
            let score = ihc.score.map(|score| score.as_str()).or(ihc.interpretation.map(|word| word.as_str()));
            format!("ihc {}", score.unwrap_or("-"))
        }
        TestValue::Ish(ish) => {
            let number = |quantity: &Option<herald::domain::decimal::Quantity>| {
                quantity.as_ref().map_or_else(|| "-".to_owned(), herald::domain::decimal::Quantity::as_sent)
            };
            let count = &ish.count;
            let cells = count.cells.map_or_else(|| "-".to_owned(), |cells| cells.to_string());
            let word = ish.interpretation.map_or("", |word| word.as_str());
            let implausible = if ish.implausible { "implausible" } else { "" };
            let numbers =
                format!("ish {}/{}/{}/{cells}", number(&count.ratio), number(&count.her2), number(&count.cep17));
            format!("{numbers} {word}{implausible}").trim_end().to_owned()
        }
        TestValue::Overall(word) => format!("overall {word}"),
        TestValue::Pending(kind) => format!("pending {kind}"),
        TestValue::Contradictory(kind) => format!("contradictory {kind}"),
        TestValue::AmbiguousText => "ambiguous text".to_owned(),
        TestValue::WordInText => "word in text".to_owned(),
    }
}

/// All results of all specimens, then the excluded ones as `reference: why`.
fn read(evidence: &Evidence) -> Vec<String> {
    let results = evidence.specimens.iter().flat_map(|specimen| &specimen.results).map(|result| said(&result.value));
    let excluded = evidence.excluded.iter().map(|one| format!("{}: {}", one.reference, one.why));
    results.chain(excluded).collect()
}

fn reads(resources: &[Value]) -> Vec<String> {
    read(&evidence(resources))
}

#[track_caller]
fn assert_read(resources: &[Value], expected: &[&str]) {
    assert_eq!(reads(resources), expected);
}

// D1 and D2: codes

#[test]
fn a_system_is_recognised_through_blanks_case_slash_word_and_oid() {
    for system in
        ["http://loinc.org", "https://LOINC.org/", " LOINC ", "urn:oid:2.16.840.1.113883.6.1", "2.16.840.1.113883.6.1"]
    {
        let one = observation("o1", "x", json!({"code": coded(system, "85319-2"), "valueString": "3+"}));
        assert_read(&[one], &["ihc 3+"]);
    }
    let without = observation("o1", "x", json!({"code": {"coding": [{"code": "85319-2"}]}, "valueString": "3+"}));
    assert_read(&[without], &["ihc 3+"]);
    let wrong = observation("o1", "x", json!({"code": coded(SNOMED, "85319-2"), "valueString": "3+"}));
    assert_read(&[wrong], &[]);
}

#[test]
fn serum_top2a_and_assay_units_are_refused_whatever_stands_beside_them() {
    for (code, why) in
        [("32996-1", "not_tissue"), ("63068-1", "not_her2"), ("72382-5", "unreadable"), ("21924-6", "not_her2")]
    {
        let both = json!({"coding": [{"system": LOINC, "code": "85319-2"}, {"system": LOINC, "code": code}]});
        let one = observation("o1", "x", json!({"code": both, "valueString": "3+"}));
        assert_read(&[one], &[&format!("Observation/o1: {why}")]);
    }
}

#[test]
fn the_tissue_immunoassay_code_is_ihc_only_where_its_value_is_a_score() {
    assert_read(&[text_value("72383-3", "2+")], &["ihc 2+"]);
    assert_read(&[text_value("72383-3", "positive")], &["Observation/o1: unreadable"]);
}

#[test]
fn the_method_code_wins_over_the_overall_code_and_is_read_once() {
    let both = json!({"coding": [{"system": LOINC, "code": "48676-1"}, {"system": LOINC, "code": "85319-2"}]});
    assert_read(&[observation("o1", "x", json!({"code": both, "valueString": "2+"}))], &["ihc 2+"]);
    let two = json!({"coding": [{"system": LOINC, "code": "85318-4"}, {"system": LOINC, "code": "85319-2"}]});
    assert_read(&[observation("o1", "x", json!({"code": two, "valueString": "2+"}))], &["Observation/o1: unreadable"]);
}

#[test]
fn an_unknown_loinc_code_that_names_her2_is_shown_and_not_read() {
    for code in [
        json!({"coding": [{"system": LOINC, "code": "85319", "display": "HER2 [Presence]"}]}),
        json!({"coding": [{"system": LOINC, "code": "99999-9"}], "text": "ERBB2 gene copy number"}),
    ] {
        let one = observation("o1", "x", json!({"code": code, "valueString": "positive"}));
        assert_read(&[one], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn a_local_code_is_read_by_its_text() {
    let local = |text: &str, value: &str| observation("o1", "x", json!({"code": {"text": text}, "valueString": value}));
    assert_read(&[local("HER2 IHC findings", "3+")], &["ihc 3+"]);
    assert_read(&[local("HER2 FISH", "amplified")], &["ish -/-/-/- positive"]);
    assert_read(&[local("HER2/CEP17 ratio", "2.4")], &["ish 2.4/-/-/-"]);
    assert_read(&[local("HER2 serum", "positive")], &["Observation/o1: not_tissue"]);
    for text in ["ERBB2 variant", "ERBB2 mutation analysis", "ER, PR and HER2", "HER2 and HER3", "ERBB2 NGS"] {
        assert_read(&[local(text, "positive")], &["Observation/o1: not_her2"]);
    }
    for text in ["HER2 of previous biopsy", "HER2 targeted therapy"] {
        assert_read(&[local(text, "positive")], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn other_two_and_her_twentieth_week_are_not_her2() {
    for text in ["Other 2", "Mother 2", "Date of her 20 week scan"] {
        assert_read(&[observation("o1", "x", json!({"code": {"text": text}, "valueString": "positive"}))], &[]);
    }
}

#[test]
fn a_concentration_is_no_ratio() {
    let one = observation("o1", "x", json!({"code": {"text": "HER2 concentration"}, "valueQuantity": {"value": 15}}));
    assert_read(&[one], &["Observation/o1: unreadable"]);
}

// D3 and D4: status and replacement

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
fn a_document_with_two_patients_names_both_though_only_one_has_a_result() {
    let mut diagnosis = condition("c2", "http://hl7.org/fhir/sid/icd-10-cm", "C16.3");
    diagnosis["subject"] = json!({"reference": "Patient/p2"});
    let document = json!([observation("o1", "85319-2", json!({"valueString": "3+"})), diagnosis]).to_string();
    assert_eq!(patients([Source { place: "list", json: &document }]), ["p1", "p2"]);
}

// D6, D7 and D8: numbers

fn ratio(json: &str) -> Vec<String> {
    let document =
        r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"code":"49683-6"}]},VALUE}"#;
    read(&of_text(&document.replace("VALUE", json)))
}

#[test]
fn a_number_is_the_text_that_was_sent() {
    assert_eq!(ratio(r#""valueQuantity":{"value":2.40,"unit":"{ratio}"}"#), ["ish 2.40/-/-/-"]);
    assert_eq!(ratio(r#""valueQuantity":{"value":"1.9999999999999999999"}"#), ["ish 1.9999999999999999999/-/-/-"]);
    assert_eq!(ratio(r#""valueString":"2,4""#), ["ish 2.4/-/-/-"]);
    assert_eq!(ratio(r#""valueQuantity":{"value":1e400}"#), ["ish 1e400/-/-/-"]);
}

#[test]
fn what_is_no_laboratory_number_is_unreadable() {
    let digits = format!(r#""valueQuantity":{{"value":{}}}"#, "9".repeat(5000));
    for value in [
        digits.as_str(),
        r#""valueQuantity":{"value":1e4000}"#,
        r#""valueQuantity":{"value":"NaN"}"#,
        r#""valueQuantity":{"value":2.4,"unit":"mg"}"#,
        r#""valueQuantity":{"value":2.4,"comparator":"~"}"#,
        r#""valueString":"1,234""#,
        r#""valueString":"1.8-2.2""#,
        r#""valueString":"ratio 1.8-2.2""#,
    ] {
        assert_eq!(ratio(value), ["Observation/o1: unreadable"], "{}", &value[..value.len().min(60)]);
    }
}

#[test]
fn a_ratio_of_zero_or_less_marks_the_ish_as_implausible() {
    for value in ["0", "-2.4"] {
        assert_eq!(ratio(&format!(r#""valueQuantity":{{"value":{value}}}"#)), ["ish -/-/-/- implausible"]);
    }
}

#[test]
fn a_comparator_makes_a_bound_and_a_bound_is_never_a_score() {
    assert_eq!(ratio(r#""valueQuantity":{"value":2.0,"comparator":"<"}"#), ["ish <2.0/-/-/-"]);
    assert_read(&[text_value("85318-4", "greater than 2.2")], &["ish >2.2/-/-/-"]);
    for text in ["<3+", "≥ 2+", "> 2"] {
        assert_read(&[text_value("85319-2", text)], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn a_value_ratio_is_divided_exactly_or_not_at_all() {
    let divided =
        |over: &str, under: &str| ratio(&format!(r#""valueRatio":{{"numerator":{over},"denominator":{under}}}"#));
    assert_eq!(divided(r#"{"value":246}"#, r#"{"value":120}"#), ["ish 2.05/-/-/-"]);
    assert_eq!(divided(r#"{"value":24}"#, r#"{"value":0}"#), ["Observation/o1: unreadable"]);
    assert_eq!(divided(r#"{"value":24}"#, "{}"), ["Observation/o1: unreadable"]);
    let bound = r#"{"value":1,"comparator":">="}"#;
    assert_eq!(divided(bound, bound), ["Observation/o1: unreadable"]);
}

#[test]
fn the_same_component_twice_with_different_values_is_not_read() {
    let copies = |value: u32| json!({"code": coded(LOINC, "74860-8"), "valueQuantity": {"value": value}});
    let one = observation(
        "o1",
        "49683-6",
        json!({"valueQuantity": {"value": 2}, "component": [copies(4), copies(6), copies(4)]}),
    );
    assert_read(&[one], &["ish 2/-/-/-"]);
}

#[test]
fn a_number_is_a_score_on_an_ihc_code_only() {
    assert_read(&[observation("o1", "85319-2", json!({"valueInteger": 3}))], &["ihc 3+"]);
    assert_read(&[observation("o1", "85319-2", json!({"valueQuantity": {"value": 2}}))], &["ihc 2+"]);
    for (code, value) in [("85319-2", json!(4)), ("48676-1", json!(3)), ("85318-4", json!(3))] {
        let one = observation("o1", code, json!({"valueInteger": value}));
        assert_read(&[one], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn an_ihc_code_misused_for_signals_gives_no_score() {
    let misused = json!({"code": coded(LOINC, "85319-2"), "valueQuantity": {"value": 2}});
    let one = observation("o1", "49683-6", json!({"valueQuantity": {"value": 1.7}, "component": [misused]}));
    assert_read(&[one], &["ish 1.7/-/-/-"]);
}

// D9 to D11: conflict, duplicates, no value

#[test]
fn one_observation_that_says_two_things_is_contradictory() {
    let negative_code = |text: &str| json!({"coding": [{"system": SNOMED, "code": "431396003"}], "text": text});
    let ihc = |value: Value| observation("o1", "85319-2", json!({"valueCodeableConcept": value}));
    let contradictory = ["contradictory ihc", "Observation/o1: contradictory"];
    for text in ["HER2 positive (IHC 3+)", "amplified", "HER2 gene amplified (finding)"] {
        assert_read(&[ihc(negative_code(text))], &contradictory);
    }
    let two = json!({"valueCodeableConcept": coded(LOINC, "LA11843-2"), "valueString": "1+"});
    assert_read(&[observation("o1", "85319-2", two)], &contradictory);
    let agreeing = json!({"valueCodeableConcept": coded(LOINC, "LA11843-2"), "valueString": "3+"});
    assert_read(&[observation("o1", "85319-2", agreeing)], &["ihc 3+"]);
    let numbers = observation("o1", "49683-6", json!({"valueQuantity": {"value": 2.4}, "valueString": "1.4"}));
    assert_read(&[numbers], &["contradictory ish", "Observation/o1: contradictory"]);
}

#[test]
fn the_code_for_her2_negative_carcinoma_stays_negative_under_any_display() {
    let value = json!({"coding": [{"system": SNOMED, "code": "431396003"}]});
    assert_read(&[observation("o1", "48676-1", json!({"valueCodeableConcept": value}))], &["overall negative"]);
}

#[test]
fn a_member_that_stands_twice_makes_a_her2_observation_unreadable_and_loses_nothing_else() {
    let good = observation("o2", "85319-2", json!({"valueString": "1+"})).to_string();
    for twice in [
        r#"{"resourceType":"Observation","id":"o1","status":"final","status":"entered-in-error","code":{"coding":[{"code":"85319-2"}]},"valueString":"3+"}"#,
        r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"code":"85319-2","code":"85318-4"}]},"valueString":"3+"}"#,
        r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"code":"85319-2"}]},"valueQuantity":{"value":3,"value":1}}"#,
    ] {
        assert_eq!(read(&of_text(&format!("[{twice},{good}]"))), ["ihc 1+", "Observation/o1: unreadable"], "{twice}");
        let bundle = format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{twice}}},{{"resource":{good}}}]}}"#);
        assert_eq!(read(&of_text(&bundle)), ["ihc 1+", "Observation/o1: unreadable"], "{twice}");
        assert_eq!(read_document(twice).map(|_| ()), Err(DocumentError::RepeatedMember));
        assert_eq!(read_document(&format!("{good}\n{twice}")).map(|sources| sources.len()), Ok(2));
    }
}

#[test]
fn no_value_is_no_score_and_never_zero() {
    let absent = |reason: &str| json!({"dataAbsentReason": coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", reason)});
    for more in [
        json!({}),
        absent("not-performed"),
        absent("error"),
        json!({"valueCodeableConcept": coded(LOINC, "LA13538-6")}),
        json!({"valueCodeableConcept": coded(LOINC, "LA9633-4")}),
        json!({"_valueString": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}}),
    ] {
        assert_read(&[observation("o1", "85319-2", more)], &["Observation/o1: no_value"]);
    }
    assert_read(&[observation("o1", "31150-6", absent("error"))], &["ish -/-/-/- failed"]);
    assert_read(&[observation("o1", "31150-6", absent("temp-unknown"))], &["pending ish"]);
    assert_read(&[text_value("31150-6", "pending")], &["pending ish"]);
}

#[test]
fn a_status_word_is_never_a_score_and_present_is_not_positive() {
    assert_read(&[text_value("85319-2", "positive")], &["ihc positive"]);
    assert_read(&[text_value("48676-1", "HER2-low")], &["overall low"]);
    assert_read(
        &[observation("o1", "85319-2", json!({"valueCodeableConcept": coded(SNOMED, "52101004")}))],
        &["Observation/o1: no_value"],
    );
    for interpretation in ["A", "N", "H", "L", "DET", "ND"] {
        let more = json!({"interpretation": [coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", interpretation)]});
        assert_read(&[observation("o1", "85319-2", more)], &["Observation/o1: no_value"]);
    }
}

// D12 and D13: references and specimens

#[test]
fn one_resource_through_two_prefetch_keys_is_read_once_and_two_with_one_id_are_both_read() {
    let one = observation("o1", "85319-2", json!({"valueString": "3+"})).to_string();
    let sources = || [Source { place: "her2", json: &one }, Source { place: "reports", json: &one }];
    assert_eq!(read(&extract(sources(), Some("p1"))), ["ihc 3+"]);
    let nameless = one.replace(r#""id":"o1","#, "");
    let twice = [Source { place: "her2", json: &nameless }, Source { place: "reports", json: &nameless }];
    assert_eq!(read(&extract(twice, Some("p1"))), ["ihc 3+"]);
    let other = observation("o1", "85318-4", json!({"valueString": "amplified"}));
    let found = of_text(&format!("[{one},{other},{other}]"));
    assert_eq!(read(&found), ["ihc 3+", "ish -/-/-/- positive"]);
    assert_eq!(&*found.specimens[0].results[1].readings[0].reference, "her2[1]");
}

#[test]
fn cycles_and_absent_targets_are_no_error() {
    let member = |id: &str, other: &str, code: &str, value: &str| {
        let reference = json!([{"reference": format!("Observation/{other}")}, {"reference": "Observation/absent"}, {"display": "x"}, {"identifier": {"value": "1"}}]);
        observation(
            id,
            code,
            json!({"valueString": value, "hasMember": reference, "derivedFrom": reference, "partOf": reference}),
        )
    };
    let found = reads(&[
        member("a", "b", "85319-2", "2+"),
        member("b", "a", "85318-4", "not amplified"),
        member("c", "c", "48676-1", "negative"),
    ]);
    assert_eq!(found, ["ihc 2+", "overall negative", "ish -/-/-/- negative"]);
}

fn specimens(resources: &[Value]) -> Vec<usize> {
    evidence(resources).specimens.iter().map(|specimen| specimen.results.len()).collect()
}

#[test]
fn ihc_and_ish_are_joined_on_one_specimen_only() {
    let on = |id: &str, code: &str, value: &str, specimen: Value| {
        observation(id, code, json!({"valueString": value, "specimen": specimen}))
    };
    let by = |reference: &str| json!({"reference": reference});
    let pair = |a: Value, b: Value| specimens(&[on("a", "85319-2", "2+", a), on("b", "85318-4", "amplified", b)]);
    assert_eq!(pair(by("Specimen/s1"), by("https://ehr.example.org/fhir/Specimen/s1")), [2]);
    assert_eq!(pair(by("Specimen/s1"), by("Specimen/s2")), [1, 1]);
    let accession = |value: &str| json!({"identifier": {"value": value}});
    assert_eq!(pair(accession("S26-1 A1"), accession("S26-1 A1")), [2]);
    assert_eq!(pair(accession("S26-1 A1"), accession("S26-1 B1")), [1, 1]);
    assert_eq!(pair(by("Specimen/s1"), json!(null)), [1, 1]);
    assert_eq!(pair(json!(null), json!(null)), [2]);
}

#[test]
fn without_a_specimen_body_site_and_day_have_to_agree() {
    let first = observation("a", "85319-2", json!({"valueString": "2+", "bodySite": coded(SNOMED, "76752008")}));
    let second = |more: Value| {
        let mut one =
            observation("b", "85318-4", json!({"valueString": "amplified", "bodySite": coded(SNOMED, "76752008")}));
        for (key, value) in more.as_object().expect("members") {
            one[key] = value.clone();
        }
        one
    };
    assert_eq!(specimens(&[first.clone(), second(json!({}))]), [2]);
    assert_eq!(specimens(&[first.clone(), second(json!({"effectiveDateTime": "2026-05-03"}))]), [1, 1]);
    assert_eq!(specimens(&[first, second(json!({"bodySite": coded(SNOMED, "10200004")}))]), [1, 1]);
}

#[test]
fn panel_members_are_found_by_urn_uuid_and_take_the_specimen_of_their_panel() {
    let bundle = json!({"resourceType": "Bundle", "entry": [
        {"resource": observation("panel", "74885-5", json!({"specimen": {"reference": "Specimen/s1"},
            "hasMember": [{"reference": "urn:uuid:r"}, {"reference": "Observation/c"}, {"reference": "Observation/absent"}]}))},
        {"fullUrl": "urn:uuid:r", "resource": observation("r", "49683-6", json!({"valueQuantity": {"value": 2.4}}))},
        {"resource": observation("c", "74860-8", json!({"valueQuantity": {"value": 5.1, "unit": "{copies}/nucleus"}}))}]});
    let found = of_text(&bundle.to_string());
    assert_eq!(read(&found), ["ish 2.4/5.1/-/-"]);
    assert_eq!(found.specimens[0].reference.as_deref(), Some("Specimen/s1"));
}

#[test]
fn a_contained_specimen_gives_the_date_and_the_kind() {
    let more = json!({"valueString": "3+", "specimen": {"reference": "#s1"}, "contained": [{"resourceType": "Specimen", "id": "s1",
        "type": coded(SNOMED, "258415003"), "collection": {"collectedDateTime": "2026-04-30", "bodySite": {"concept": coded(SNOMED, "10200004")}}}]});
    let found = evidence(&[observation("o1", "85319-2", more)]);
    let specimen = &found.specimens[0];
    assert_eq!(specimen.reference.as_deref(), Some("Observation/o1#s1"));
    assert_eq!(specimen.kind, herald::domain::specimen::SpecimenKind::Biopsy);
    assert_eq!(specimen.collected.as_ref().map(|when| when.when.shown()), Some("2026-04-30"));
    assert_eq!(specimen.site, herald::domain::specimen::Site::Metastatic);
}

#[test]
fn a_second_count_is_the_recount_of_the_first_in_whatever_order_they_come() {
    let first = observation("first", "49683-6", json!({"valueQuantity": {"value": 1.9}}));
    let blinded = json!({"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "observer-blinded"), "valueBoolean": true});
    let second = observation(
        "second",
        "49683-6",
        json!({"valueQuantity": {"value": 2.1}, "derivedFrom": [{"reference": "Observation/first"}], "component": [blinded]}),
    );
    for order in [[first.clone(), second.clone()], [second, first]] {
        let found = evidence(&order);
        assert_eq!(read(&found), ["ish 1.9/-/-/-"]);
        let TestValue::Ish(ish) = &found.specimens[0].results[0].value else { panic!("an ISH") };
        let recount = ish.recount.as_ref().expect("a recount");
        assert_eq!(
            (recount.blinded, recount.count.ratio.as_ref().map(|ratio| ratio.as_sent())),
            (Some(true), Some("2.1".to_owned()))
        );
    }
}

// D14 and D15: narrative and tolerance

#[test]
fn the_conclusion_of_a_report_is_read_and_its_narrative_never() {
    let report = |conclusion: &str| {
        json!({"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "subject": {"reference": "Patient/p1"},
            "code": coded(LOINC, "60568-3"), "effectiveDateTime": "2026-05-02", "text": {"status": "generated", "div": "<div>HER2 3+</div>"}, "conclusion": conclusion})
    };
    assert_read(&[report("Invasives Karzinom. HER2 negativ (Score 1+), Ki-67 20 %")], &["ihc 1+"]);
    for conclusion in [
        "ER 90 %, PR 80 %",
        "On the prior biopsy, HER2 was 3+.",
        "HER2 3+, on a previous biopsy",
        "ERBB2 mutation positive",
        "Serum HER2 positive",
        "If HER2 2+, FISH will be performed",
    ] {
        assert_read(&[report(conclusion)], &[]);
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
    for document in ["", "3+", &one[..one.len() - 1], &format!("{one} trailing"), &format!("{one}{one}")] {
        assert!(read_document(document).is_err());
    }
    assert_eq!(read_document("{}").map(|_| ()), Err(DocumentError::NotFhir));
}

// Tumours

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

#[test]
fn a_metastasis_code_never_sets_the_tumour() {
    for (system, code) in
        [(ICD10, "C79.51"), (ICD10, "C77.3"), (ICD10, "C80.1"), (ICD10, "Z85.3"), (SNOMED, "94381002")]
    {
        assert_eq!(evidence(&[condition("c1", system, code)]).tumour, Tumour::Unknown, "{code}");
    }
    let both = [condition("c1", ICD10, "C79.51"), condition("c2", "http://hl7.org/fhir/sid/icd-10-cm", "c50.412")];
    assert_eq!(evidence(&both).tumour, Tumour::Breast);
}

#[test]
fn in_situ_alone_is_in_situ_and_the_junction_is_gastric() {
    let found = evidence(&[condition("c1", ICD10, "D05.1")]);
    assert_eq!((found.tumour, found.class), (Tumour::Breast, TumourClass::InSituOnly));
    let both = evidence(&[condition("c1", ICD10, "D05.1"), condition("c2", ICD10, "C50.9")]);
    assert_eq!((both.tumour, both.class), (Tumour::Breast, TumourClass::Applicable));
    assert_eq!(evidence(&[condition("c1", ICD10, "C16.0")]).tumour, Tumour::Gastroesophageal);
}

#[test]
fn of_two_primaries_the_focus_chooses_also_a_past_one() {
    let mut breast = condition("breast", ICD10, "C50.9");
    let stomach = condition("stomach", ICD10, "C16.3");
    let result = |focus: Value| observation("o1", "85319-2", json!({"valueString": "3+", "focus": focus}));
    let on_breast = || result(json!([{"reference": "Condition/breast"}]));
    let tumour = |resources: &[Value]| evidence(resources).specimens[0].tumour;
    assert_eq!(tumour(&[breast.clone(), stomach.clone(), result(json!(null))]), Tumour::Unknown);
    assert_eq!(tumour(&[breast.clone(), stomach.clone(), on_breast()]), Tumour::Breast);
    breast["clinicalStatus"] = json!("resolved");
    assert_eq!(tumour(&[breast.clone(), stomach.clone(), on_breast()]), Tumour::Breast);
    assert_eq!(tumour(&[breast, stomach, result(json!(null))]), Tumour::Gastroesophageal);
}

#[test]
fn a_refuted_diagnosis_says_nothing_even_as_a_bare_word() {
    for status in [json!("refuted"), json!({"coding": [{"code": "refuted"}]}), json!({"text": "Entered-in-error"})] {
        let mut one = condition("c1", ICD10, "C50.9");
        one["verificationStatus"] = status;
        assert_eq!(evidence(&[one]).tumour, Tumour::Unknown);
    }
}

#[test]
fn an_erbb2_mutation_and_an_ngs_copy_number_are_no_her2_result() {
    let gene = json!({"code": coded(LOINC, "48018-6"), "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3430")});
    let copies = json!({"code": coded(LOINC, "82155-3"), "valueQuantity": {"value": 12}});
    let variant = observation(
        "v",
        "69548-6",
        json!({"valueCodeableConcept": coded(LOINC, "LA9633-4"), "component": [gene, copies]}),
    );
    let copy_number = observation("n", "82155-3", json!({"valueQuantity": {"value": 12}}));
    assert_read(&[variant, copy_number], &[]);
}
