//! Conditions that turn on the setting: which treatment was for which stage of the disease, and what the two regions ask for.

use super::*;

/// A positive breast cancer with metastases since 2026-01-10, and its treatment.
fn spread(treatments: &[Value]) -> Vec<Value> {
    record(&[&positive(), &[breast(), metastasis("2026-01-10")], treatments])
}

/// A core of 2025, stage IIB, operated on on a day, and treated.
fn operated(day: &str, treatments: &[Value]) -> Vec<Value> {
    let core = ihc("o1", "3+", "2025-01-05", "biopsy");
    record(&[&core, &[staged("Stage IIB"), operation(day)], treatments])
}

fn operation(day: &str) -> Value {
    json!({"resourceType": "Procedure", "id": "op", "status": "completed", "code": coded(SNOMED, "392021009"), "performedDateTime": day})
}

fn progression(day: &str) -> Value {
    json!({"resourceType": "Observation", "id": "pd", "status": "final", "code": coded(LOINC, "97509-4"),
        "valueCodeableConcept": coded(SNOMED, "271299001"), "effectiveDateTime": day})
}

#[test]
fn adjuvant_trastuzumab_and_docetaxel_of_years_ago_do_not_meet_the_label_of_trastuzumab_emtansine_for_metastases() {
    let adjuvant = [given("trastuzumab", "2018-06-01"), given("docetaxel", "2018-06-01")];
    for region in ["us", "eu"] {
        let of = |treatments: &[Value], what: &str| verdict_in(region, &spread(treatments), "tdm1-metastatic", what);
        assert_eq!(of(&adjuvant, "after trastuzumab"), "met", "{region}");
        assert_eq!(of(&adjuvant, "treatment for metastatic disease"), "unknown", "{region}");
        assert_eq!(of(&adjuvant, ""), "unknown", "{region}");
        let first_line = [given("trastuzumab", "2026-02-01"), given("docetaxel", "2026-02-01")];
        assert_eq!(of(&first_line, ""), "met", "{region}");
        assert_eq!(of(&[given("letrozole", "2026-02-01")], "treatment for metastatic disease"), "unknown", "{region}");
    }
}

#[test]
fn neratinib_with_capecitabine_asks_for_two_regimens_for_metastatic_disease() {
    let of = |treatments: &[Value]| verdict(&spread(treatments), "neratinib-metastatic", "at least two");
    let adjuvant = || vec![given("trastuzumab", "2018-06-01"), given("trastuzumab", "2019-05-01")];
    let conjugate = given("T-DXd", "2026-08-01");
    assert_eq!(of(&record(&[&adjuvant(), std::slice::from_ref(&conjugate)])), "unknown", "one of them was adjuvant");
    let both = [given("trastuzumab", "2026-02-01"), conjugate.clone()];
    assert_eq!(of(&both), "met");
    assert_eq!(of(&record(&[&adjuvant(), &both])), "met");
    let across =
        stated("trastuzumab", "completed", json!({"effectivePeriod": {"start": "2025-06-01", "end": "2026-03-01"}}));
    assert_eq!(of(&[across, conjugate]), "unknown", "begun before the metastases");
}

#[test]
fn extended_adjuvant_neratinib_waits_until_adjuvant_trastuzumab_has_ended() {
    let of = |all: &[Value]| verdict(all, "neratinib-adjuvant", "");
    let neoadjuvant = || given("trastuzumab", "2026-01-10");
    assert_eq!(of(&operated("2026-10-20", &[neoadjuvant()])), "unknown", "right after the operation");
    assert_eq!(of(&operated("2026-03-20", &[neoadjuvant()])), "unknown", "no adjuvant treatment on record");
    assert_eq!(of(&operated("2026-03-20", &[])), "unknown");
    assert_eq!(of(&operated("2025-03-20", &[given("trastuzumab", "2026-11-10")])), "unknown", "it still runs");
    let other_runs = [given("trastuzumab", "2026-06-01"), given("T-DM1", "2026-11-10")];
    assert_eq!(of(&operated("2026-03-20", &other_runs)), "unknown", "another adjuvant treatment runs");
    assert_eq!(of(&operated("2026-03-20", &[given("trastuzumab", "2026-06-01")])), "met");
    let both = [neoadjuvant(), given("trastuzumab", "2026-06-01")];
    assert_eq!(of(&operated("2026-03-20", &both)), "met");
    let through =
        stated("trastuzumab", "completed", json!({"effectivePeriod": {"start": "2025-10-01", "end": "2026-09-20"}}));
    assert_eq!(of(&operated("2026-01-20", &[through])), "met");
    let mut undated = operated("2026-03-20", &[given("trastuzumab", "2026-06-01")]);
    undated.push(
        json!({"resourceType": "Procedure", "id": "op2", "status": "completed", "code": coded(SNOMED, "172043006")}),
    );
    assert_eq!(of(&undated), "unknown", "an operation of which nobody knows when it was");
}

#[test]
fn the_european_label_of_tucatinib_asks_for_two_regimens_and_the_american_for_one_in_metastatic_disease() {
    let of = |region: &str, treatments: &[Value]| verdict_in(region, &spread(treatments), "tucatinib_breast", "");
    let one = [given("trastuzumab", "2026-02-01")];
    assert_eq!((of("us", &one), of("eu", &one)), ("met".into(), "unknown".into()));
    let two = [given("trastuzumab", "2018-06-01"), given("T-DM1", "2026-02-01")];
    assert_eq!((of("us", &two), of("eu", &two)), ("met".into(), "met".into()));
    let before = [given("trastuzumab", "2018-06-01"), given("T-DM1", "2019-02-01")];
    assert_eq!((of("us", &before), of("eu", &before)), ("unknown".into(), "met".into()));
}

#[test]
fn the_european_label_of_trastuzumab_deruxtecan_takes_an_anti_her2_regimen_of_any_setting() {
    let of = |region: &str, treatments: &[Value]| verdict_in(region, &spread(treatments), "tdxd_breast_2l", "");
    let adjuvant = [given("trastuzumab", "2018-06-01")];
    assert_eq!((of("us", &adjuvant), of("eu", &adjuvant)), ("unknown".into(), "met".into()));
    let chemotherapy = [given("docetaxel", "2018-06-01")];
    assert_eq!((of("us", &chemotherapy), of("eu", &chemotherapy)), ("unknown".into(), "unknown".into()));
    let first_line = [given("trastuzumab", "2026-02-01")];
    assert_eq!((of("us", &first_line), of("eu", &first_line)), ("met".into(), "met".into()));
}

#[test]
fn the_european_label_for_a_lung_mutation_asks_for_a_platinum() {
    let mutation = json!({"resourceType": "Observation", "id": "v1", "status": "final", "code": coded(LOINC, "69548-6"),
        "valueCodeableConcept": coded(LOINC, "LA9633-4"), "interpretation": [{"text": "activating, kinase domain"}],
        "component": [{"code": coded(LOINC, "48018-6"), "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3430")}]});
    let diagnosis = json!({"resourceType": "Condition", "id": "c1", "code": coded(SNOMED, "254626006"),
        "stage": [{"summary": {"text": "Stage IV"}}], "recordedDate": "2026-09-01"});
    let of = |region: &str, medicine: &str| {
        let all = record(&[&positive(), &[diagnosis.clone(), mutation.clone(), given(medicine, "2026-01-05")]]);
        verdict_in(region, &all, "tdxd_lung_mutation", "")
    };
    assert_eq!((of("us", "carboplatin"), of("eu", "carboplatin")), ("met".into(), "met".into()));
    assert_eq!((of("us", "docetaxel"), of("eu", "docetaxel")), ("met".into(), "unknown".into()));
    assert_eq!((of("us", "pembrolizumab"), of("eu", "pembrolizumab")), ("met".into(), "unknown".into()));
}

#[test]
fn trastuzumab_for_metastases_is_not_met_by_the_setting_alone() {
    let of = |region: &str, treatments: &[Value]| verdict_in(region, &spread(treatments), "trastuzumab-metastatic", "");
    for region in ["us", "eu"] {
        assert_eq!(of(region, &[]), "unknown", "{region}");
        assert_eq!(of(region, &[given("docetaxel", "2018-06-01")]), "unknown", "{region}");
    }
    let one = [given("capecitabine", "2026-02-01")];
    assert_eq!((of("us", &one), of("eu", &one)), ("met".into(), "unknown".into()), "the EU label asks for two");
}

#[test]
fn adjuvant_trastuzumab_is_open_until_nodes_or_risk_are_known_and_negative_receptors_settle_it() {
    let receptor = |loinc: &str, word: &str| result(loinc, json!({"coding": [{"system": SNOMED, "code": word}]}));
    let of = |more: &[Value]| verdict(&operated("2026-10-20", more), "trastuzumab-adjuvant", "");
    assert_eq!(of(&[]), "unknown");
    assert_eq!(of(&[receptor("85337-4", "10828004")]), "unknown", "receptors positive");
    assert_eq!(of(&[receptor("85337-4", "260385009")]), "unknown", "one of two receptors");
    assert_eq!(of(&[receptor("85337-4", "260385009"), receptor("85339-0", "260385009")]), "met");
}

#[test]
fn the_european_label_of_lapatinib_asks_for_progression_after_trastuzumab_for_metastases() {
    let chemotherapy = [given("epirubicin", "2018-01-01"), given("docetaxel", "2018-04-01")];
    let of = |region: &str, more: &[Value]| {
        verdict_in(region, &spread(&record(&[&chemotherapy, more])), "lapatinib-capecitabine", "")
    };
    let adjuvant = [given("trastuzumab", "2018-06-01"), progression("2026-01-10")];
    assert_eq!((of("us", &adjuvant), of("eu", &adjuvant)), ("met".into(), "unknown".into()));
    let first_line = [given("trastuzumab", "2026-02-01")];
    assert_eq!(of("eu", &first_line), "unknown", "no progression on record");
    let failed = [given("trastuzumab", "2026-02-01"), progression("2026-09-10")];
    assert_eq!((of("us", &failed), of("eu", &failed)), ("met".into(), "met".into()));
}

#[test]
fn neoadjuvant_labels_are_not_open_for_a_patient_who_was_operated_on() {
    let of =
        |all: &[Value]| ["tdxd_neoadjuvant", "pertuzumab-neoadjuvant"].map(|row| verdict(all, row, "before surgery"));
    assert_eq!(of(&record(&[&positive(), &[staged("Stage IIB")]])), ["unknown", "unknown"]);
    assert_eq!(of(&operated("2026-10-20", &[])), ["not_met", "not_met"]);
    let no_stage = record(&[&positive(), &[breast(), operation("2026-10-20")]]);
    assert_eq!(of(&no_stage), ["not_met", "not_met"], "whatever the stage");
    let resected = record(&[&ihc("o1", "3+", "2026-10-01", "resection"), &[staged("Stage IIB")]]);
    assert_eq!(of(&resected), ["not_met", "not_met"], "the specimen is that of an operation");
    let earlier = operated("2019-03-01", &[]);
    assert_eq!(of(&earlier), ["unknown", "unknown"], "the biopsy was taken years after it");
    assert_eq!(verdict(&earlier, "trastuzumab-adjuvant", "adjuvant"), "unknown", "and it is not that cancer's");
    assert_eq!(of(&operated("2026-12-20", &[])), ["unknown", "unknown"], "dated in the future");
}

/// The sample trials that the record leaves possible.
fn trials(resources: &[Value]) -> Vec<String> {
    let files = herald::rules::embedded_files();
    let knowledge = herald::assessment::Knowledge {
        rulebook: herald::rules::load(&files).unwrap(),
        therapies: Vec::new(),
        order_rules: herald::rules::order_rules(&files).unwrap(),
        cohorts: herald::store::sample_trials(),
    };
    let text = Value::Array(resources.to_vec()).to_string();
    let document = Document::parse(text.as_bytes()).unwrap();
    let evidence = extract([Source { place: "her2", json: document.root() }], None);
    assess(&knowledge, &evidence, TODAY).trials.iter().map(|prompt| prompt.cohort.nct.to_string()).collect()
}

#[test]
fn trials_for_advanced_disease_are_not_shown_at_stage_one_and_two_and_stay_possible_where_the_stage_is_not_known() {
    let of = |diagnosis: Value| trials(&record(&[&positive(), &[diagnosis]]));
    assert!(of(staged("Stage IA")).is_empty(), "{:?}", of(staged("Stage IA")));
    assert!(of(staged("Stage IIB")).is_empty());
    assert_eq!(of(breast()).len(), 3, "the stage is not known");
    assert_eq!(of(staged("Stage IIIC")).len(), 3, "it may be unresectable");
    assert_eq!(of(staged("Stage IV")).len(), 3);
    let progressed = record(&[&positive(), &[staged("Stage IA"), progression("2026-10-10")]]);
    assert_eq!(trials(&progressed).len(), 3, "an early stage, and progression since");
}

#[test]
fn a_trial_without_a_setting_of_its_own_is_shown_at_an_early_stage_too() {
    let uterus =
        condition("c1", "C54.1", json!({"stage": [{"summary": {"text": "Stage I"}}], "recordedDate": "2026-09-01"}));
    let system = json!({"component": [
        {"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "scoring-system"), "valueString": "endometrial_trial"}]});
    let scored = with(positive()[0].clone(), system);
    assert_eq!(trials(&[scored, uterus]), ["NCT05256225"]);
}
