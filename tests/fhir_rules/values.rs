//! Rules D9 to D11: contradictions, members that stand twice, and no value.

use super::*;

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
        let alone = read_documents(twice.as_bytes()).expect("JSON");
        assert_eq!(sources(&alone).map(|_| ()), Err(DocumentError::RepeatedMember));
        let lines = format!("{good}\n{twice}");
        let lines = read_documents(lines.as_bytes()).expect("NDJSON");
        assert_eq!(sources(&lines).map(|sources| sources.len()), Ok(2));
    }
}

#[test]
fn an_entry_whose_resource_stands_twice_is_named_and_one_that_was_null_first_is_read() {
    let (one, two) = (r#""id":"o1""#, r#""id":"o2""#);
    let her2 = |id: &str| {
        format!(
            r#"{{"resourceType":"Observation",{id},"status":"final","code":{{"coding":[{{"code":"85319-2"}}]}},"valueString":"3+"}}"#
        )
    };
    let bundle = |entry: &str| of_text(&format!(r#"{{"resourceType":"Bundle","entry":[{{{entry}}}]}}"#));
    assert_eq!(read(&bundle(&format!(r#""resource":null,"resource":{}"#, her2(one)))), ["ihc 3+"]);
    assert_eq!(
        read(&bundle(&format!(r#""fullUrl":null,"fullUrl":"urn:uuid:1","resource":{}"#, her2(one)))),
        ["ihc 3+"]
    );
    for again in [her2(two), "null".to_owned()] {
        let found = bundle(&format!(r#""resource":{},"resource":{again}"#, her2(one)));
        assert_eq!(read(&found), ["Observation/o1: unreadable"], "{again}");
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

const ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

#[test]
fn a_value_beside_the_reason_error_for_its_absence_contradicts_itself() {
    let with = |code: &str, mut more: Value| {
        more["dataAbsentReason"] = coded(ABSENT, "error");
        observation("o1", code, more)
    };
    let contradictory = |one: Value, kind: &str| {
        assert_read(&[one], &[&format!("contradictory {kind}"), "Observation/o1: contradictory"]);
    };
    contradictory(with("85319-2", json!({"valueCodeableConcept": coded(LOINC, "LA11843-2")})), "ihc");
    contradictory(with("85319-2", json!({"valueString": "negative"})), "ihc");
    contradictory(with("85319-2", json!({"valueInteger": 3})), "ihc");
    contradictory(with("48676-1", json!({"valueString": "positive"})), "overall");
    contradictory(with("85318-4", json!({"valueString": "ratio 2.4"})), "ish");
    contradictory(with("85318-4", json!({"valueString": ">2.2"})), "ish");
    contradictory(with("49683-6", json!({"valueQuantity": {"value": 2.4}})), "ish");
    contradictory(with("74860-8", json!({"valueInteger": 5})), "ish");
    // a failed test says the same in two places
    assert_read(&[with("85318-4", json!({"valueString": "failed"}))], &["ish -/-/-/- failed"]);
    assert_read(&[with("85319-2", json!({"valueCodeableConcept": coded(LOINC, "LA11884-6")}))], &["ihc indeterminate"]);
}

#[test]
fn a_component_with_a_number_and_the_reason_error_contradicts_itself() {
    let part = json!({"code": coded(LOINC, "49683-6"), "valueQuantity": {"value": 2.4}, "dataAbsentReason": coded(ABSENT, "error")});
    let one = observation("o1", "85318-4", json!({"component": [part]}));
    assert_read(&[one], &["contradictory ish", "Observation/o1: contradictory"]);
    // numbers of a test that failed as a whole are those of a failed test
    let part = json!({"code": coded(LOINC, "49683-6"), "valueQuantity": {"value": 2.4}});
    let failed = observation("o1", "85318-4", json!({"component": [part], "dataAbsentReason": coded(ABSENT, "error")}));
    assert_read(&[failed], &["ish 2.4/-/-/- failed"]);
}

fn percent_part(code: &str, value: Value) -> Value {
    let system = if code == "85328-3" { LOINC } else { "https://fhir.herald-cds.org/CodeSystem/her2-detail" };
    let mut part = json!({"code": coded(system, code)});
    for (key, value) in value.as_object().expect("members") {
        part[key] = value.clone();
    }
    part
}

fn percent_of(resources: &[Value]) -> (Option<String>, Vec<String>) {
    let found = evidence(resources);
    let percent = found.specimens[0].results.iter().find_map(|result| match &result.value {
        TestValue::Ihc(ihc) => ihc.percent.as_ref().map(|percent| percent.as_sent().to_string()),
        _ => None,
    });
    (percent, found.excluded.iter().map(|one| format!("{}: {}", one.reference, one.why)).collect())
}

#[test]
fn two_percentages_of_one_result_that_differ_are_not_read_and_named() {
    let number = |value: u32| json!({"valueQuantity": {"value": value, "unit": "%"}});
    let one =
        |text: &str, parts: Vec<Value>| observation("o1", "85319-2", json!({"valueString": text, "component": parts}));
    let percent = |value: u32| percent_part("percent-stained", number(value));
    let named = vec!["Observation/o1: contradictory".to_owned()];
    assert_eq!(percent_of(&[one("3+", vec![percent(5), percent(60)])]), (None, named.clone()));
    assert_eq!(percent_of(&[one("0, faint incomplete membrane staining in 5 % of cells", vec![percent(60)])]).0, None);
    assert_eq!(percent_of(&[one("3+", vec![percent(60), percent(60)])]), (Some("60".to_owned()), vec![]));
    let two_texts = json!({"valueString": "3+, 60 % of cells", "valueCodeableConcept": {"text": "3+, 30 % of cells"}});
    let read = reads(&[observation("o1", "85319-2", two_texts)]);
    assert_eq!(read, ["contradictory ihc", "Observation/o1: contradictory"]);
    // one that was sent on its own
    let alone = |value: u32, status: &str| {
        let mut alone =
            observation("p", "x", json!({"status": status, "valueQuantity": {"value": value, "unit": "%"}}));
        alone["code"] = coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "percent-stained");
        alone
    };
    let score = || one("3+", vec![percent(5)]);
    let both = vec!["Observation/o1: contradictory".to_owned(), "Observation/p: contradictory".to_owned()];
    assert_eq!(percent_of(&[score(), alone(60, "final")]), (None, both));
    assert_eq!(percent_of(&[score(), alone(5, "final")]), (Some("5".to_owned()), vec![]));
    assert_eq!(percent_of(&[score(), alone(60, "corrected")]), (Some("60".to_owned()), vec![]));
}

#[test]
fn a_percentage_or_a_number_of_cells_that_is_not_read_is_named() {
    let range = json!({"valueRange": {"low": {"value": 10, "unit": "%"}, "high": {"value": 20, "unit": "%"}}});
    let unread = vec!["Observation/o1: unreadable".to_owned()];
    for part in [
        percent_part("percent-stained", range),
        percent_part("percent-stained", json!({"valueString": "10-20 %"})),
        percent_part("percent-stained", json!({"valueQuantity": {"value": 120, "unit": "%"}})),
        percent_part("cluster-cells", json!({"valueString": "some"})),
        percent_part("membrane-pattern", json!({"valueString": "patchy"})),
        percent_part("staining-intensity", json!({"valueString": "odd"})),
    ] {
        let one = observation("o1", "85319-2", json!({"valueString": "3+", "component": [part]}));
        assert_eq!(percent_of(&[one]), (None, unread.clone()));
    }
    let ratio = json!({"code": coded(LOINC, "49683-6"), "valueString": "1.8-2.2"});
    let copies = observation("o1", "74860-8", json!({"valueQuantity": {"value": 5}, "component": [ratio]}));
    assert_read(&[copies], &["ish -/5/-/-", "Observation/o1: unreadable"]);
}
