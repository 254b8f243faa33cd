//! Labels weighed against whole records, from FHIR to the printed assessment: each condition met, not met and unknown.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets bad data fails"
)]

#[path = "support/knowledge.rs"]
mod knowledge;
#[path = "considerations/setting.rs"]
mod setting;

use herald::assessment::assess;
use herald::cdshooks::{Card, HookKey, TrialLine, cards};
use herald::domain::consideration::{Fact, Region, ResultChoice};
use herald::fhir::{Source, extract};
use herald::json::Document;
use knowledge::KNOWLEDGE;
use serde_json::{Value, json};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);
const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const SNOMED: &str = "http://snomed.info/sct";
const ICD: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const LOINC: &str = "http://loinc.org";

fn coded(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

fn condition(id: &str, code: &str, more: Value) -> Value {
    with(json!({"resourceType": "Condition", "id": id, "code": coded(ICD, code)}), more)
}

/// `one` with the members of `more` added or put in place.
fn with(mut one: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        one[key] = value.clone();
    }
    one
}

/// A HER2 score on a specimen of its own.
fn ihc(id: &str, score: &str, day: &str, kind: &str) -> Vec<Value> {
    let specimen = format!("s-{id}");
    let observation = json!({"resourceType": "Observation", "id": id, "status": "final", "code": coded(LOINC, "85319-2"),
        "valueString": score, "effectiveDateTime": day, "specimen": {"reference": format!("Specimen/{specimen}")}});
    let percent = with(
        observation.clone(),
        json!({"id": format!("{id}-p"), "code": coded(LOINC, "85328-3"), "valueQuantity": {"value": 5, "unit": "%"}}),
    );
    let percent = with(percent, json!({"valueString": null}));
    let code = if kind == "resection" { "397078009" } else { "258415003" };
    let specimen = json!({"resourceType": "Specimen", "id": specimen, "type": coded(SNOMED, code), "collection": {"collectedDateTime": day}});
    let mut all = vec![observation, specimen];
    if score == "0" {
        all.push(percent);
    }
    all
}

/// A medicine that was given on one day.
fn given(name: &str, day: &str) -> Value {
    json!({"resourceType": "MedicationAdministration", "id": format!("{name}-{day}"), "status": "completed",
        "medicationCodeableConcept": {"text": name}, "effectiveDateTime": day})
}

fn ordered(name: &str, status: &str) -> Value {
    json!({"resourceType": "MedicationRequest", "id": name, "status": status, "intent": "order",
        "medicationCodeableConcept": {"text": name}, "authoredOn": "2025-06-01"})
}

fn result(loinc: &str, value: Value) -> Value {
    json!({"resourceType": "Observation", "id": format!("r-{loinc}"), "status": "final", "code": coded(LOINC, loinc),
        "valueCodeableConcept": value, "effectiveDateTime": "2026-10-01"})
}

fn breast() -> Value {
    condition("c1", "C50.412", json!({}))
}

fn staged(stage: &str) -> Value {
    condition("c1", "C50.412", json!({"stage": [{"summary": {"text": stage}}], "recordedDate": "2026-09-01"}))
}

/// Metastases of the liver since a day.
fn metastasis(since: &str) -> Value {
    condition("c9", "C78.7", json!({"onsetDateTime": since}))
}

fn read(resources: &[Value]) -> (Value, Vec<Card>) {
    let text = Value::Array(resources.to_vec()).to_string();
    let document = Document::parse(text.as_bytes()).unwrap();
    let evidence = extract([Source { place: "her2", json: document.root() }], None);
    let assessment = assess(&KNOWLEDGE, &evidence, TODAY);
    let key = HookKey { tenant: "local".into(), service: "her2-chart-review", instance: "h1".into() };
    (serde_json::to_value(&assessment).unwrap(), cards(&assessment, &KNOWLEDGE, &key, "p1", TrialLine::Shown))
}

/// The verdict of the US label of `row` on the condition that begins with `what`; empty if the label is not listed.
fn verdict(resources: &[Value], row: &str, what: &str) -> String {
    verdict_in("us", resources, row, what)
}

/// The same for the label of `region`.
fn verdict_in(region: &str, resources: &[Value], row: &str, what: &str) -> String {
    let (printed, _) = read(resources);
    let rule = format!("considerations/{row}");
    let all = printed["considerations"].as_array().unwrap().clone();
    let Some(one) = all.iter().find(|one| one["rule"] == *rule && one["region"] == region) else {
        return String::new();
    };
    if what.is_empty() {
        return one["verdict"].as_str().unwrap().to_owned();
    }
    let conditions = one["conditions"].as_array().unwrap();
    let found = conditions.iter().find(|condition| condition["what"].as_str().unwrap().starts_with(what));
    found.unwrap_or_else(|| panic!("{row} has no condition {what}: {conditions:?}"))["verdict"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn record(parts: &[&[Value]]) -> Vec<Value> {
    parts.concat()
}

fn positive() -> Vec<Value> {
    ihc("o1", "3+", "2026-10-01", "biopsy")
}

#[test]
fn the_setting_is_met_not_met_or_unknown_from_metastases_and_stage() {
    let of = |more: &[Value], row: &str, what: &str| verdict(&record(&[&positive(), more]), row, what);
    for (diagnoses, metastatic, unresectable) in [
        (vec![breast(), metastasis("2026-09")], "met", "met"),
        (vec![staged("Stage IV")], "met", "met"),
        (vec![staged("Stage IIA")], "not_met", "not_met"),
        (vec![staged("Stage IIIC")], "not_met", "unknown"),
        (vec![breast()], "unknown", "unknown"),
    ] {
        assert_eq!(of(&diagnoses, "trastuzumab-metastatic", "metastatic"), metastatic, "{diagnoses:?}");
        assert_eq!(of(&diagnoses, "tdxd_breast_2l", "unresectable"), unresectable, "{diagnoses:?}");
    }
    for (diagnoses, stage, before) in [
        (vec![staged("Stage II")], "met", "unknown"),
        (vec![staged("Stage IIIA")], "met", "unknown"),
        (vec![staged("Stage I")], "not_met", "unknown"),
        (vec![breast(), metastasis("2026-09")], "not_met", "not_met"),
        (vec![breast()], "unknown", "unknown"),
    ] {
        assert_eq!(of(&diagnoses, "tdxd_neoadjuvant", "stage"), stage, "{diagnoses:?}");
        assert_eq!(of(&diagnoses, "tdxd_neoadjuvant", "before surgery"), before, "{diagnoses:?}");
    }
}

#[test]
fn the_adjuvant_setting_is_met_only_after_an_operation_at_an_early_stage() {
    let operated = json!({"resourceType": "Procedure", "status": "completed", "code": coded(SNOMED, "392021009")});
    let of = |more: &[Value]| verdict(&record(&[&positive(), more]), "trastuzumab-adjuvant", "adjuvant");
    assert_eq!(of(&[staged("Stage IIA"), operated.clone()]), "met");
    assert_eq!(of(&[staged("Stage IIA")]), "unknown");
    assert_eq!(of(&[breast(), operated.clone()]), "unknown");
    assert_eq!(of(&[staged("Stage IV"), operated]), "not_met");
}

#[test]
fn a_treatment_that_is_not_on_record_is_unknown_and_never_missing() {
    let rows = [
        ("tdm1-metastatic", "after trastuzumab"),
        ("tdm1-metastatic", "after a taxane"),
        ("tdxd_breast_2l", "an earlier anti-HER2 regimen"),
        ("neratinib-metastatic", "at least two"),
        ("lapatinib-capecitabine", "after an anthracycline"),
        ("pertuzumab-metastatic", "first line"),
        ("tdxd_tumour_agnostic", "systemic therapy before"),
    ];
    for (row, what) in rows {
        assert_eq!(
            verdict(&record(&[&positive(), &[breast(), metastasis("2026-01-10")]]), row, what),
            "unknown",
            "{row}"
        );
    }
}

#[test]
fn earlier_medicines_meet_a_label_once_they_were_used_and_not_while_they_are_ordered() {
    let of = |more: &[Value], row: &str, what: &str| {
        verdict(&record(&[&positive(), &[breast(), metastasis("2026-01-10")], more]), row, what)
    };
    for (medicine, row, what) in [
        ("Herceptin", "tdm1-metastatic", "after trastuzumab"),
        ("paclitaxel", "tdm1-metastatic", "after a taxane"),
        ("epirubicin", "lapatinib-capecitabine", "after an anthracycline"),
        ("docetaxel", "tdxd_tumour_agnostic", "systemic therapy before"),
    ] {
        assert_eq!(of(&[given(medicine, "2025-06-01")], row, what), "met", "{medicine}");
        assert_eq!(of(&[ordered(medicine, "completed")], row, what), "met", "{medicine}");
        for status in ["active", "on-hold", "stopped", "draft"] {
            assert_eq!(of(&[ordered(medicine, status)], row, what), "unknown", "{medicine} {status}");
        }
    }
    // one of its conjugates is not trastuzumab, and endocrine therapy alone is no systemic therapy of this label
    assert_eq!(of(&[given("Kadcyla", "2025-06-01")], "tdm1-metastatic", "after trastuzumab"), "unknown");
    assert_eq!(of(&[given("letrozole", "2025-06-01")], "tdxd_tumour_agnostic", "systemic therapy before"), "unknown");
}

#[test]
fn a_treatment_is_for_metastatic_disease_only_if_it_began_with_metastases_on_record() {
    let of = |since: &str, day: &str, row: &str, what: &str| {
        verdict(&record(&[&positive(), &[breast(), metastasis(since), given("trastuzumab", day)]]), row, what)
    };
    for (since, day, second_line, first_line) in [
        ("2026-01-10", "2026-02-01", "met", "not_met"),
        ("2026-01-10", "2026-01-10", "met", "not_met"),
        ("2026-01-10", "2024-05-01", "unknown", "unknown"),
        // within the month, and nobody knows which came first
        ("2026-02", "2026-02-11", "unknown", "unknown"),
        ("2026-01-10", "2026", "unknown", "unknown"),
    ] {
        assert_eq!(of(since, day, "tdxd_breast_2l", "an earlier anti-HER2"), second_line, "{since} {day}");
        assert_eq!(of(since, day, "pertuzumab-metastatic", "first line"), first_line, "{since} {day}");
    }
    let undated = with(metastasis("x"), json!({"onsetDateTime": null}));
    let one = record(&[&positive(), &[breast(), undated, given("trastuzumab", "2026-02-01")]]);
    assert_eq!(verdict(&one, "tdxd_breast_2l", "an earlier anti-HER2"), "unknown");
}

#[test]
fn two_regimens_are_two_only_if_the_first_had_ended() {
    let of = |treatments: &[Value]| {
        let all = record(&[&positive(), &[breast(), metastasis("2024-01-10")], treatments]);
        verdict(&all, "margetuximab", "at least two")
    };
    let in_turn =
        [given("trastuzumab", "2024-02-01"), given("trastuzumab", "2024-09-01"), given("T-DM1", "2025-01-10")];
    assert_eq!(of(&in_turn), "met");
    let together =
        [given("trastuzumab", "2024-02-01"), given("pertuzumab", "2024-02-01"), given("trastuzumab", "2024-03-01")];
    assert_eq!(of(&together), "unknown");
    let goes_on = json!({"resourceType": "MedicationStatement", "id": "s", "status": "active", "medicationCodeableConcept": {"text": "trastuzumab"}, "effectiveDateTime": "2024-02-01"});
    assert_eq!(of(&[goes_on, given("tucatinib", "2025-01-10")]), "unknown");
    assert_eq!(of(&[given("trastuzumab", "2024-02-01"), given("docetaxel", "2025-02-01")]), "unknown");
}

#[test]
fn chemotherapy_counts_for_low_only_in_metastatic_disease() {
    let low = ihc("o1", "1+", "2026-10-01", "biopsy");
    let of = |more: &[Value]| {
        verdict(&record(&[&low, &[breast(), metastasis("2026-01-10")], more]), "tdxd_low", "chemotherapy")
    };
    assert_eq!(of(&[given("capecitabine", "2026-03-01")]), "met");
    assert_eq!(of(&[given("docetaxel", "2022-03-01")]), "unknown");
    assert_eq!(of(&[given("letrozole", "2026-03-01")]), "unknown");
    assert_eq!(of(&[]), "unknown");
}

#[test]
fn endocrine_therapy_counts_for_ultralow_only_in_metastatic_disease() {
    let ultralow = ihc("o1", "0", "2026-10-01", "biopsy");
    let receptor = |word: &str| result("85337-4", json!({"coding": [{"system": SNOMED, "code": word}]}));
    let of = |more: &[Value], what: &str| {
        verdict(&record(&[&ultralow, &[breast(), metastasis("2026-01-10")], more]), "tdxd_low_ultralow", what)
    };
    let endocrine = "at least one endocrine";
    assert_eq!(of(&[given("letrozole", "2026-03-01")], endocrine), "met");
    assert_eq!(of(&[given("tamoxifen", "2022-03-01")], endocrine), "unknown");
    assert_eq!(of(&[given("capecitabine", "2026-03-01")], endocrine), "unknown");
    assert_eq!(of(&[receptor("10828004")], "hormone receptor"), "met");
    let progesterone = result("85339-0", json!({"coding": [{"system": SNOMED, "code": "260385009"}]}));
    assert_eq!(of(&[receptor("260385009")], "hormone receptor"), "unknown");
    assert_eq!(of(&[receptor("260385009"), progesterone], "hormone receptor"), "not_met");
    assert_eq!(of(&[], "hormone receptor"), "unknown");
    assert_eq!(of(&[receptor("10828004"), given("fulvestrant", "2026-03-01")], ""), "met");
}

#[test]
fn the_card_of_an_ultralow_result_names_the_endocrine_history() {
    let (_, cards) = read(&record(&[&ihc("o1", "0", "2026-10-01", "biopsy"), &[breast()]]));
    assert!(cards[0].detail.contains("endocrine therapy"), "{}", cards[0].detail);
}

#[test]
fn a_low_or_ultralow_result_at_a_known_early_stage_has_no_card() {
    for score in ["1+", "0"] {
        let of = |more: &[Value]| read(&record(&[&ihc("o1", score, "2026-10-01", "biopsy"), more])).1.len();
        assert_eq!(of(&[staged("Stage IIA")]), 0, "{score}");
        assert_eq!(of(&[staged("Stage IIIA")]), 0, "{score}");
        assert_eq!(of(&[breast()]), 1, "{score}: the stage is not known");
        assert_eq!(of(&[staged("Stage IV")]), 1, "{score}");
        assert_eq!(of(&[staged("Stage IIA"), metastasis("2026-09-20")]), 1, "{score}");
    }
}

#[test]
fn three_medicines_of_colorectal_cancer_are_asked_for_together() {
    let colon = condition("c1", "C18.2", json!({}));
    let scored = with(
        ihc("o1", "3+", "2026-10-01", "biopsy")[0].clone(),
        json!({
        "component": [{"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "scoring-system"), "valueString": "heracles"},
                      {"code": coded(LOINC, "85328-3"), "valueQuantity": {"value": 80, "unit": "%"}}]}),
    );
    let of = |more: &[Value], what: &str| {
        verdict(&record(&[&[colon.clone(), scored.clone()], more]), "tucatinib_trastuzumab_crc", what)
    };
    let what = "a fluoropyrimidine";
    let all =
        [given("capecitabine", "2025-01-01"), given("oxaliplatin", "2025-01-01"), given("irinotecan", "2025-06-01")];
    assert_eq!(of(&all, what), "met");
    assert_eq!(of(&all[..2], what), "unknown");
    assert_eq!(of(&[given("FOLFOX", "2025-01-01"), given("FOLFIRI", "2025-08-01")], what), "met");
    let ras = |code: &str| result("81420-2", json!({"coding": [{"system": LOINC, "code": code}]}));
    assert_eq!(of(&[ras("LA9634-2")], "RAS"), "met");
    assert_eq!(of(&[ras("LA9633-4")], "RAS"), "not_met");
    assert_eq!(of(&[], "RAS"), "unknown");
}

/// A label of advanced disease is not met by the medicines of an early one.
#[test]
fn treatment_of_an_early_cancer_never_meets_a_label_of_advanced_disease() {
    let stage = |id: &str, code: &str, stage: &str| {
        condition(id, code, json!({"stage": [{"summary": {"text": stage}}], "recordedDate": "2026-09-01"}))
    };
    let medicines = |names: &[&str]| names.iter().map(|name| given(name, "2026-01-05")).collect::<Vec<_>>();
    let lung = |stage: &str| {
        let mutation = json!({"resourceType": "Observation", "id": "v1", "status": "final", "code": coded(LOINC, "69548-6"),
            "valueCodeableConcept": coded(LOINC, "LA9633-4"), "interpretation": [{"text": "activating, kinase domain"}],
            "component": [{"code": coded(LOINC, "48018-6"), "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3430")}]});
        let diagnosis = json!({"resourceType": "Condition", "id": "c1", "code": coded(SNOMED, "254626006"),
            "stage": [{"summary": {"text": stage}}], "recordedDate": "2026-09-01"});
        record(&[&positive(), &[diagnosis, mutation], &medicines(&["cisplatin"])])
    };
    for (early, expected) in [("Stage II", "not_met"), ("Stage IV", "met")] {
        let breast = stage("c1", "C50.412", early);
        let treated = medicines(&["doxorubicin", "paclitaxel", "trastuzumab"]);
        assert_eq!(verdict(&record(&[&positive(), &[breast], &treated]), "lapatinib-capecitabine", ""), expected);
        let gastric = stage("c1", "C16.3", early);
        let treated = medicines(&["trastuzumab"]);
        let scored = &ihc("o1", "3+", "2026-10-01", "biopsy");
        assert_eq!(verdict(&record(&[scored, &[gastric], &treated]), "tdxd_gastric", ""), expected);
        assert_eq!(verdict(&lung(early), "tdxd_lung_mutation", ""), expected);
        let colon = stage("c1", "C18.2", early);
        let heracles = json!({"component": [
            {"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "scoring-system"), "valueString": "heracles"},
            {"code": coded(LOINC, "85328-3"), "valueQuantity": {"value": 80, "unit": "%"}}]});
        let scored = with(scored[0].clone(), heracles);
        assert_eq!(verdict(&[scored, colon], "tucatinib_trastuzumab_crc", "unresectable"), expected);
    }
}

#[test]
fn pembrolizumab_asks_for_the_combined_positive_score_and_never_for_another() {
    let gastric = condition("c1", "C16.3", json!({}));
    let of = |more: &[Value]| {
        let all = record(&[&ihc("o1", "3+", "2026-10-01", "resection")[..1], std::slice::from_ref(&gastric), more]);
        verdict(&all, "pembro_trastuzumab_chemo", "PD-L1")
    };
    let score = |code: &str, value: Value| {
        let nci = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl";
        json!({"resourceType": "Observation", "status": "final", "code": coded(LOINC, "83052-1"),
            "component": [{"code": coded(nci, code), "valueQuantity": value}]})
    };
    assert_eq!(of(&[score("C176582", json!({"value": 1}))]), "met");
    assert_eq!(of(&[score("C176582", json!({"value": 0}))]), "not_met");
    assert_eq!(of(&[score("C176582", json!({"value": 1, "comparator": "<"}))]), "not_met");
    assert_eq!(of(&[score("C176582", json!({"value": 10, "comparator": "<"}))]), "unknown");
    assert_eq!(of(&[score("C184941", json!({"value": 80, "unit": "%"}))]), "unknown");
    assert_eq!(of(&[]), "unknown");
}

#[test]
fn treatments_of_a_record_with_two_tumours_count_for_neither() {
    let lung = condition("c2", "C34.11", json!({"clinicalStatus": coded("x", "inactive")}));
    let all = record(&[&positive(), &[breast(), given("trastuzumab", "2025-06-01")]]);
    assert_eq!(verdict(&all, "tdm1-metastatic", "after trastuzumab"), "met");
    assert_eq!(verdict(&record(&[&all, &[lung]]), "tdm1-metastatic", "after trastuzumab"), "unknown");
}

/// A positive biopsy, neoadjuvant treatment, and what was operated on.
fn katherine(residual: &str, treatments: &[Value]) -> Vec<Value> {
    let before = ihc("core", "3+", "2026-01-10", "biopsy");
    let after = ihc("res", residual, "2026-08-01", "resection");
    record(&[&before, &after, &[staged("Stage IIB")], treatments])
}

#[test]
fn residual_disease_is_judged_by_the_result_before_neoadjuvant_treatment() {
    let both = [given("trastuzumab", "2026-02-01"), given("docetaxel", "2026-02-01")];
    let negative = katherine("1+", &both);
    for row in ["tdm1-adjuvant", "tdxd_adjuvant_residual"] {
        assert_eq!(verdict(&negative, row, "HER2-positive before"), "met", "{row}");
        assert_eq!(verdict(&negative, row, ""), "met", "{row}");
        assert_eq!(verdict(&katherine("1+", &both[..1]), row, "neoadjuvant trastuzumab"), "unknown", "{row}");
        // without the treatment, or with it after the operation, the residual tumour alone is what is judged
        assert_eq!(verdict(&katherine("1+", &[]), row, ""), "", "{row}");
        let later = [given("trastuzumab", "2026-09-01"), given("docetaxel", "2026-09-01")];
        assert_eq!(verdict(&katherine("1+", &later), row, ""), "", "{row}");
        let metastatic = record(&[&negative, &[metastasis("2026-08-10")]]);
        assert_eq!(verdict(&metastatic, row, ""), "", "{row}");
    }
    // a dose of years ago belongs to an earlier operation, and tissue of an operation is no result before treatment
    let long_ago = |kind: &str, first: &str, day: &str| {
        let before = ihc("core", "3+", first, kind);
        let doses = [given("trastuzumab", day), given("docetaxel", day)];
        record(&[&before, &ihc("res", "1+", "2026-08-01", "resection"), &[staged("Stage IIB")], &doses])
    };
    assert_eq!(verdict(&long_ago("biopsy", "2020-01-10", "2020-02-01"), "tdm1-adjuvant", ""), "");
    assert_eq!(verdict(&long_ago("resection", "2026-01-10", "2026-02-01"), "tdm1-adjuvant", ""), "");
    assert_eq!(verdict(&long_ago("biopsy", "2026-01-10", "2026-02-01"), "tdm1-adjuvant", ""), "met");
    // no other label opens on the old positive
    assert_eq!(verdict(&negative, "trastuzumab-adjuvant", ""), "");
}

#[test]
fn the_card_of_a_negative_residual_tumour_names_both_results_and_asks_for_review() {
    let both = [given("trastuzumab", "2026-02-01"), given("docetaxel", "2026-02-01")];
    let (printed, cards) = read(&katherine("1+", &both));
    assert_eq!(printed["specimens"][1]["nextStep"], "multidisciplinary_review");
    let text = format!("{} {}", cards[0].summary, cards[0].detail);
    for part in ["2026-01-10", "2026-08-01", "review", "before neoadjuvant treatment"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(cards[0].detail.split_whitespace().count() <= 80, "{text}");
}

/// A positive biopsy of a metastatic breast cancer, and its treatment.
fn metastatic_and(treatments: &[Value]) -> Vec<Value> {
    record(&[&positive(), &[breast(), metastasis("2025-10-24")], treatments])
}

fn stated(name: &str, status: &str, more: Value) -> Value {
    let statement = json!({"resourceType": "MedicationStatement", "id": format!("s-{name}"), "status": status,
        "medicationCodeableConcept": {"text": name}});
    with(statement, more)
}

#[test]
fn a_first_line_that_still_runs_is_no_earlier_line_until_progression_or_its_end_is_on_record() {
    const SECOND_LINE: [(&str, &str); 3] = [
        ("tdxd_breast_2l", "an earlier anti-HER2"),
        ("tdm1-metastatic", "after trastuzumab"),
        ("tucatinib_breast", "at least one earlier"),
    ];
    let of = |treatments: &[Value], expected: &str| {
        for (row, what) in SECOND_LINE {
            assert_eq!(verdict(&metastatic_and(treatments), row, what), expected, "{row}: {treatments:?}");
        }
    };
    of(&[given("trastuzumab", "2026-11-25")], "unknown");
    of(&[given("trastuzumab", "2026-01-25"), given("trastuzumab", "2026-02-15")], "met");
    of(&[stated("trastuzumab", "active", json!({"effectivePeriod": {"start": "2026-11-08"}}))], "unknown");
    of(&[stated("trastuzumab", "completed", json!({"effectivePeriod": {"start": "2026-02-08"}}))], "met");
    let period = json!({"effectivePeriod": {"start": "2026-02-08", "end": "2026-10-30"}});
    of(&[stated("trastuzumab", "active", period)], "met");
    let progression = json!({"resourceType": "Observation", "id": "p1", "status": "final", "code": coded(LOINC, "97509-4"),
        "valueCodeableConcept": coded(SNOMED, "271299001"), "effectiveDateTime": "2026-11-20"});
    of(&[given("trastuzumab", "2026-11-08"), progression], "met");
    let first_line = |treatments: &[Value]| verdict(&metastatic_and(treatments), "pertuzumab-metastatic", "first line");
    assert_eq!(first_line(&[given("trastuzumab", "2026-11-25")]), "unknown", "the first line is the one that runs");
    assert_eq!(first_line(&[given("trastuzumab", "2026-01-25")]), "not_met");
}

#[test]
fn what_is_dated_in_the_future_denied_or_not_taken_is_no_earlier_treatment() {
    for treatment in [
        given("trastuzumab", "2026-12-08"),
        given("no prior trastuzumab", "2026-02-01"),
        stated("no prior trastuzumab", "completed", json!({"effectiveDateTime": "2026-02-01"})),
        stated("trastuzumab", "not-taken", json!({"effectiveDateTime": "2026-02-01"})),
        given("trastuzumab emtasine", "2026-02-01"),
    ] {
        let all = metastatic_and(std::slice::from_ref(&treatment));
        assert_eq!(verdict(&all, "tdxd_breast_2l", "an earlier anti-HER2"), "unknown", "{treatment}");
        assert_eq!(verdict(&all, "tdm1-metastatic", "after trastuzumab"), "unknown", "{treatment}");
    }
}

#[test]
fn the_card_of_a_low_result_names_the_label_whose_conditions_are_met() {
    let low = ihc("o1", "1+", "2026-10-01", "biopsy");
    let receptor = result("85337-4", json!({"coding": [{"system": SNOMED, "code": "10828004"}]}));
    let of = |treatments: &[Value]| {
        let all = record(&[&low, &[breast(), metastasis("2025-10-24"), receptor.clone()], treatments]);
        read(&all).1[0].detail.clone()
    };
    let met = of(&[given("letrozole", "2026-02-01"), given("letrozole", "2026-05-12")]);
    assert!(met.contains("US label of 2025-01-27"), "{met}");
    assert!(!met.contains("Not assessed"), "{met}");
    let open = of(&[]);
    assert!(open.contains("US label of 2022-08-05") && open.contains("**Not assessed:** chemotherapy"), "{open}");
}

#[test]
fn the_line_of_treatment_is_called_not_assessed_only_where_no_verdict_used_it() {
    let detail = |treatments: &[Value]| read(&metastatic_and(treatments)).1[0].detail.clone();
    assert!(detail(&[]).contains("line of treatment"), "{}", detail(&[]));
    assert!(detail(&[given("trastuzumab", "2026-11-25")]).contains("line of treatment"), "it may be the first");
    let later = detail(&[given("trastuzumab", "2026-02-01"), given("docetaxel", "2026-02-01")]);
    assert!(!later.contains("line of treatment"), "{later}");
}

#[test]
fn a_squamous_lung_cancer_does_not_meet_non_squamous_and_nothing_else_answers_it() {
    let mutated = json!({"resourceType": "Observation", "id": "v1", "status": "final", "code": coded(LOINC, "69548-6"),
        "effectiveDateTime": "2026-08-20", "valueCodeableConcept": coded(LOINC, "LA9633-4"), "interpretation": [{"text": "activating, kinase domain"}],
        "component": [{"code": coded(LOINC, "48018-6"), "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3430")}]});
    let score = with(ihc("o1", "0", "2026-10-01", "biopsy")[0].clone(), json!({"code": coded(LOINC, "18474-7")}));
    let of = |code: Value| {
        let lung = json!({"resourceType": "Condition", "id": "c1", "code": code});
        let all = [score.clone(), mutated.clone(), lung];
        ["zongertinib", "sevabertinib"].map(|row| verdict(&all, row, "non-squamous"))
    };
    assert_eq!(of(coded(SNOMED, "254634000")), ["not_met", "not_met"]);
    let morphology = json!({"coding": [{"system": ICD, "code": "C34.11"}, {"code": "8070/3"}]});
    assert_eq!(of(morphology), ["not_met", "not_met"]);
    let text = |text: &str| with(coded(SNOMED, "254637007"), json!({"text": text}));
    assert_eq!(of(text("Squamous non-small cell carcinoma of the lung")), ["not_met", "not_met"]);
    assert_eq!(of(text("Non-squamous NSCLC")), ["unknown", "unknown"]);
    assert_eq!(of(text("NSCLC")), ["unknown", "unknown"]);
    assert_eq!(of(coded(SNOMED, "254626006")), ["unknown", "unknown"], "adenocarcinoma");
}

#[test]
fn every_label_has_a_region_and_a_date_and_the_two_regions_are_never_mixed() {
    for rule in &KNOWLEDGE.therapies {
        for label in &rule.labels {
            assert!(
                label.date.len() >= 4 && label.date.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
                "{}",
                rule.rule
            );
        }
        let of = |region| rule.labels.iter().filter(|label| label.region == region).count();
        assert!(of(Region::Us) <= 1 && of(Region::Eu) <= 1, "{}", rule.rule);
    }
}

#[test]
fn every_fact_answers_a_condition_of_some_label() {
    let therapies = &KNOWLEDGE.therapies;
    let conditions = therapies
        .iter()
        .flat_map(|rule| rule.conditions.iter().chain(rule.labels.iter().flat_map(|label| &label.conditions)));
    let asked: Vec<Fact> = conditions.filter_map(|condition| condition.fact).collect();
    for fact in Fact::ALL {
        assert!(asked.contains(fact), "{fact}");
    }
    let back: Vec<&str> = therapies
        .iter()
        .filter(|rule| rule.result == ResultChoice::BeforeNeoadjuvant)
        .map(|rule| &*rule.rule)
        .collect();
    assert_eq!(back, ["considerations/tdxd_adjuvant_residual", "considerations/tdm1-adjuvant"]);
}

#[test]
fn a_medicine_by_code_meets_a_label_as_one_by_name_does() {
    let coded = json!({"resourceType": "MedicationAdministration", "status": "completed", "effectiveDateTime": "2025-06-01",
        "medicationCodeableConcept": coded(RXNORM, "224905")});
    assert_eq!(verdict(&record(&[&positive(), &[breast(), coded]]), "tdm1-metastatic", "after trastuzumab"), "met");
}
