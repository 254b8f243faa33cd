//! Rules D12 and D13: references, and what belongs to one specimen.

use super::*;

#[test]
fn one_resource_through_two_prefetch_keys_is_read_once_and_two_with_one_id_are_both_read() {
    let one = observation("o1", "85319-2", json!({"valueString": "3+"})).to_string();
    let nameless = one.replace(r#""id":"o1","#, "");
    for resource in [&one, &nameless] {
        let document = Document::parse(resource.as_bytes()).expect("JSON");
        let json = document.root();
        let twice = [Source { place: "her2", json }, Source { place: "reports", json }];
        assert_eq!(read(&extract(twice, Some("p1"))), ["ihc 3+"]);
    }
    let other = observation("o1", "85318-4", json!({"valueString": "amplified"}));
    let found = of_text(&format!("[{one},{other},{other}]"));
    assert_eq!(read(&found), ["ihc 3+", "ish -/-/-/- positive"]);
    assert_eq!(&*found.specimens[0].results[1].readings[0].reference, "her2[1]");
}

#[test]
fn an_accession_counts_although_another_member_of_its_identifier_stands_twice() {
    let specimen = |id: &str| {
        let accession = r#"{"system":"urn:a","system":"urn:b","value":"S24-1"}"#;
        format!(r#"{{"resourceType":"Specimen","id":"{id}","accessionIdentifier":{accession}}}"#)
    };
    let on = |id: &str, code: &str, text: &str, specimen: &str| {
        observation(id, code, json!({"valueString": text, "specimen": {"reference": format!("Specimen/{specimen}")}}))
    };
    let (ihc, ish) = (on("o1", "85319-2", "2+", "s1"), on("o2", "85318-4", "amplified", "s2"));
    let found = of_text(&format!("[{},{},{ihc},{ish}]", specimen("s1"), specimen("s2")));
    assert_eq!(found.specimens.len(), 1);
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
            (Some(true), Some("2.1".into()))
        );
    }
}

/// Each of these panels lists the one before it forty times: followed one by one that would be forty to the power of eight ways.
#[test]
fn a_panel_that_lists_the_same_panel_again_and_again_lists_it_once() {
    let panel = |nth: usize, of: &str| {
        let members = vec![json!({"reference": of}); 40];
        observation(&format!("p{nth}"), "74860-8", json!({"hasMember": members}))
    };
    let mut all = vec![observation("o1", "85319-2", json!({"valueString": "1+"})), panel(1, "Observation/o1")];
    all.extend((2..=8).map(|nth| panel(nth, &format!("Observation/p{}", nth - 1))));
    all.last_mut().expect("panels")["specimen"] = json!({"reference": "Specimen/s1"});
    let found = evidence(&all);
    assert_eq!(read(&found)[0], "ihc 1+");
    assert_eq!(found.specimens[0].reference.as_deref(), Some("Specimen/s1"));
}

#[test]
fn more_counts_on_one_specimen_than_anybody_makes_stay_apart() {
    let counts = |number: usize| -> Vec<Value> {
        let one = |nth: usize| {
            let (code, value) = if nth == 0 { ("74861-6", 4.2) } else { ("49683-6", 1.5) };
            let specimen = json!({"reference": "Specimen/s1"});
            observation(&format!("o{nth}"), code, json!({"valueQuantity": {"value": value}, "specimen": specimen}))
        };
        (0..number).map(one).collect()
    };
    assert_eq!(evidence(&counts(3)).specimens[0].results.len(), 1);
    assert_eq!(evidence(&counts(300)).specimens[0].results.len(), 300);
}

#[test]
fn specimens_that_are_told_apart_by_their_display_alone_are_two() {
    let on = |id: &str, code: &str, value: &str, specimen: Value| {
        observation(id, code, json!({"valueString": value, "specimen": specimen}))
    };
    let named = |display: &str| json!({"display": display});
    let pair = |a: Value, b: Value| specimens(&[on("a", "85319-2", "2+", a), on("b", "85318-4", "amplified", b)]);
    assert_eq!(pair(named("Left breast, core"), named("Right breast, core")), [1, 1]);
    assert_eq!(pair(named("Left breast, core"), named("left breast,  core ")), [2]);
    assert_eq!(pair(named("Left breast, core"), json!(null)), [1, 1]);
    assert_eq!(pair(named(" "), json!(null)), [2]);
    // the same words on another day are no same specimen
    let mut later = on("b", "85318-4", "amplified", named("Left breast, core"));
    later["effectiveDateTime"] = json!("2026-05-09");
    assert_eq!(specimens(&[on("a", "85319-2", "2+", named("Left breast, core")), later]), [1, 1]);
}

#[test]
fn the_display_of_the_specimen_of_a_report_holds_for_its_results() {
    let report = |id: &str, display: &str, of: &str| {
        json!({"resourceType": "DiagnosticReport", "id": id, "status": "final", "subject": {"reference": "Patient/p1"},
            "specimen": [{"display": display}], "result": [{"reference": format!("Observation/{of}")}]})
    };
    let results = || {
        let ihc = observation("a", "85319-2", json!({"valueString": "2+"}));
        [ihc, observation("b", "85318-4", json!({"valueString": "amplified"}))]
    };
    let with =
        |a: &str, b: &str| specimens(&[results().to_vec(), vec![report("r1", a, "a"), report("r2", b, "b")]].concat());
    assert_eq!(with("Left breast", "Right breast"), [1, 1]);
    assert_eq!(with("Left breast", "Left breast"), [2]);
    // a specimen that the report names outranks the words beside the result
    let mut named = report("r1", "x", "a");
    named["specimen"] = json!([{"reference": "Specimen/s1"}]);
    named["result"] = json!([{"reference": "Observation/a"}, {"reference": "Observation/b"}]);
    let [mut ihc, ish] = results();
    ihc["specimen"] = json!({"display": "block A1"});
    assert_eq!(specimens(&[ihc, ish, named]), [2]);
}
