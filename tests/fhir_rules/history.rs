//! What the record shows beside HER2: heart, pregnancy, PD-L1, lungs, operations, stage and course.

use herald::domain::history::{Extent, History, StageGroup};
use herald::domain::when::When;

use super::*;

fn history(resources: &[Value]) -> History {
    evidence(resources).history
}

fn breast(more: Value) -> Value {
    let mut one = condition("c1", "http://hl7.org/fhir/sid/icd-10-cm", "C50.411");
    for (key, value) in more.as_object().expect("members") {
        one[key] = value.clone();
    }
    one
}

fn icd(id: &str, code: &str) -> Value {
    condition(id, "http://hl7.org/fhir/sid/icd-10-cm", code)
}

fn lvef(id: &str, loinc: &str, value: Value) -> Value {
    observation(id, loinc, json!({"valueQuantity": value}))
}

fn days(events: &[herald::domain::history::Event]) -> Vec<&str> {
    events.iter().map(|event| event.when.as_ref().map_or("-", When::shown)).collect()
}

#[test]
fn an_ejection_fraction_is_read_in_percent_and_in_nothing_else() {
    let read = |value: Value| {
        let fractions = history(&[lvef("o1", "10230-1", value)]).ejection_fractions;
        fractions.iter().map(|one| one.percent.as_sent()).collect::<Vec<_>>().join(",")
    };
    assert_eq!(read(json!({"value": 55, "unit": "%"})), "55");
    assert_eq!(read(json!({"value": 49.5, "code": "%"})), "49.5");
    assert_eq!(read(json!({"value": 60})), "60");
    assert_eq!(read(json!({"value": 40, "comparator": "<", "unit": "%"})), "<40");
    for other in [
        json!({"value": 0.55, "unit": "1"}),
        json!({"value": 0.55}),
        json!({"value": 55, "unit": "mL"}),
        json!({"value": 4, "unit": "%"}),
        json!({"value": 96, "unit": "%"}),
        json!({"value": "normal", "unit": "%"}),
        json!(55),
    ] {
        assert_eq!(read(other.clone()), "", "{other}");
    }
}

#[test]
fn every_code_of_the_ejection_fraction_is_known_and_dated_by_its_measurement() {
    for code in [
        "10230-1", "18043-0", "8806-2", "8807-0", "18047-1", "18046-3", "79991-6", "77892-8", "79990-8", "18045-5",
        "8811-2", "8812-0", "8810-4", "8808-8",
    ] {
        let found = history(&[lvef("o1", code, json!({"value": 60, "unit": "%"}))]).ejection_fractions;
        assert_eq!(found.len(), 1, "{code}");
        assert_eq!(found[0].when.as_ref().map(When::shown), Some("2026-05-02"));
        assert_eq!(&*found[0].reference, "Observation/o1");
    }
}

#[test]
fn results_of_others_withdrawn_and_preliminary_ones_are_no_history() {
    for more in [
        json!({"status": "entered-in-error"}),
        json!({"status": "cancelled"}),
        json!({"status": "preliminary"}),
        json!({"status": null}),
        json!({"subject": {"reference": "Patient/p2"}}),
    ] {
        let mut one = lvef("o1", "10230-1", json!({"value": 60, "unit": "%"}));
        for (key, value) in more.as_object().expect("members") {
            one[key] = value.clone();
        }
        assert!(history(&[one]).ejection_fractions.is_empty(), "{more}");
    }
    let twice = r#"[{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"10230-1"}]},"valueQuantity":{"value":60,"value":30}}]"#;
    assert!(of_text(twice).history.ejection_fractions.is_empty());
}

#[test]
fn a_preliminary_positive_pregnancy_test_is_kept_as_such_and_a_preliminary_negative_one_is_not() {
    let test = |answer: &str, status: &str| {
        let more = json!({"status": status, "valueCodeableConcept": {"text": answer}});
        let tests = history(&[observation("o1", "2106-3", more)]).pregnancy_tests;
        tests.iter().map(|test| (test.positive, test.preliminary)).collect::<Vec<_>>()
    };
    assert_eq!(test("Positive", "preliminary"), [(true, true)]);
    assert_eq!(test("Negative", "preliminary"), []);
    assert_eq!(test("Positive", "entered-in-error"), []);
    assert_eq!(test("Positive", "final"), [(true, false)]);
}

#[test]
fn a_pregnancy_test_that_is_not_read_is_kept_by_its_day_and_is_never_none() {
    let unread = |more: Value| {
        let mut one = observation("o1", "2110-5", json!({"effectiveDateTime": "2026-11-20"}));
        for (key, value) in more.as_object().expect("members") {
            one[key] = value.clone();
        }
        let history = history(&[one]);
        (history.pregnancy_tests.len(), days(&history.unread_pregnancy_tests).join(","))
    };
    let day = |day: &str| (0, day.to_owned());
    assert_eq!(unread(json!({"valueBoolean": true})), day("2026-11-20"));
    assert_eq!(unread(json!({"valueQuantity": {"value": 1200, "unit": "IU/L"}})), day("2026-11-20"));
    let both = json!({"coding": [{"system": SNOMED, "code": "10828004"}, {"system": SNOMED, "code": "260385009"}]});
    assert_eq!(unread(json!({"valueCodeableConcept": both})), day("2026-11-20"));
    assert_eq!(unread(json!({"status": "preliminary", "valueString": "negative"})), day("2026-11-20"));
    assert_eq!(unread(json!({})), day(""));
    assert_eq!(unread(json!({"status": "entered-in-error", "valueBoolean": true})), day(""));
    assert_eq!(unread(json!({"valueString": "negative"})), (1, String::new()));
}

#[test]
fn a_patient_is_recorded_as_male_only_where_the_record_says_so_of_this_patient() {
    let male = |patients: &[Value]| history(patients).recorded_male;
    let patient = |id: &str, gender: &str| json!({"resourceType": "Patient", "id": id, "gender": gender});
    assert!(male(&[patient("p1", "male")]));
    for gender in ["female", "other", "unknown", "Male", ""] {
        assert!(!male(&[patient("p1", gender)]), "{gender}");
    }
    assert!(!male(&[]));
    assert!(!male(&[json!({"resourceType": "Patient", "id": "p1"})]));
    assert!(!male(&[patient("p1", "male"), patient("p1", "female")]));
}

#[test]
fn a_pregnancy_test_counts_where_it_says_yes_or_no() {
    let read = |code: &str, more: Value| {
        history(&[observation("o1", code, more)]).pregnancy_tests.first().map(|test| test.positive)
    };
    let positive = json!({"valueCodeableConcept": coded(SNOMED, "10828004")});
    assert_eq!(read("2112-1", positive), Some(true));
    assert_eq!(read("2110-5", json!({"valueString": "negative"})), Some(false));
    assert_eq!(
        read(
            "2106-3",
            json!({"interpretation": [coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")]})
        ),
        Some(false)
    );
    assert_eq!(read("82810-3", json!({"valueCodeableConcept": coded(LOINC, "LA15173-0")})), Some(true));
    assert_eq!(read("82810-3", json!({"valueCodeableConcept": coded(LOINC, "LA26683-5")})), Some(false));
    assert_eq!(read("2118-8", json!({"valueCodeableConcept": coded(LOINC, "LA9634-2")})), Some(false));
    for unclear in [
        json!({"valueQuantity": {"value": 12, "unit": "mIU/mL"}}),
        json!({"valueString": "see report"}),
        json!({"valueString": "positive", "interpretation": [coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")]}),
        json!({}),
    ] {
        assert_eq!(read("2112-1", unclear.clone()), None, "{unclear}");
    }
}

#[test]
fn a_combined_positive_score_is_read_under_its_own_code_and_a_tumour_proportion_score_never() {
    let nci = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl";
    let component = |code: &str, value: Value| json!({"code": coded(nci, code), "valueQuantity": value});
    let read = |resources: &[Value]| history(resources).pd_l1_cps.map(|score| score.as_sent());
    let pd_l1 = |parts: Value| observation("o1", "83052-1", json!({"component": parts}));
    let both = json!([
        component("C184941", json!({"value": 80, "unit": "%"})),
        component("C176582", json!({"value": 5, "unit": "{score}"}))
    ]);
    assert_eq!(read(&[pd_l1(both)]), Some("5".into()));
    let only_tps = json!([component("C184941", json!({"value": 80, "unit": "%"}))]);
    assert_eq!(read(&[pd_l1(only_tps)]), None);
    let alone = observation(
        "o1",
        "83052-1",
        json!({"code": coded(nci, "C176582"), "valueQuantity": {"value": 1, "comparator": "<"}}),
    );
    assert_eq!(read(std::slice::from_ref(&alone)), Some("<1".into()));
    assert_eq!(read(&[observation("o1", "83052-1", json!({"valueQuantity": {"value": 50, "unit": "%"}}))]), None);
    // the newest counts, and two of one day that differ decide nothing
    let mut newer = alone.clone();
    newer["id"] = json!("o2");
    newer["valueQuantity"] = json!({"value": 10});
    assert_eq!(read(&[alone.clone(), newer.clone()]), None);
    newer["effectiveDateTime"] = json!("2026-06-01");
    assert_eq!(read(&[newer, alone]), Some("10".into()));
}

#[test]
fn distant_metastases_are_a_metastatic_disease_and_nodes_are_not() {
    let extent = |code: &Value| history(&[breast(json!({})), code.clone()]).extent;
    for code in [
        icd("c2", "C78.7"),
        icd("c2", "C7951"),
        condition("c2", SNOMED, "94222008"),
        condition("c2", SNOMED, "128462008"),
    ] {
        assert_eq!(extent(&code), Some(Extent::Metastatic), "{code}");
    }
    for code in [icd("c2", "C77.3"), condition("c2", SNOMED, "94181007"), icd("c2", "I10")] {
        assert_eq!(extent(&code), None, "{code}");
    }
    let verification = |word: &str| json!({"coding": [{"code": word}]});
    for word in ["refuted", "entered-in-error", "provisional", "differential", "unconfirmed"] {
        let mut doubtful = icd("c2", "C78.7");
        doubtful["verificationStatus"] = verification(word);
        assert_eq!(extent(&doubtful), None, "{word}");
    }
    let m1 = observation("o1", "21907-1", json!({"valueCodeableConcept": {"text": "cM1"}}));
    assert_eq!(extent(&m1), Some(Extent::Metastatic));
    let m0 = observation("o1", "21907-1", json!({"valueCodeableConcept": {"text": "cM0"}}));
    assert_eq!(extent(&m0), None);
}

#[test]
fn an_early_stage_is_read_only_where_it_is_stated() {
    assert_eq!(history(&[breast(json!({}))]).extent, None);
    let staged = |text: &str| breast(json!({"stage": [{"summary": {"text": text}}]}));
    let read = |resources: &[Value]| {
        let history = history(resources);
        (history.extent, history.stage)
    };
    assert_eq!(read(&[staged("Stage IIA")]), (Some(Extent::Early), Some(StageGroup::Two)));
    assert_eq!(read(&[staged("Stage IV")]), (Some(Extent::Metastatic), Some(StageGroup::Four)));
    assert_eq!(read(&[staged("Stage 0")]), (None, None));
    let observed = observation("o1", "21908-9", json!({"valueCodeableConcept": coded(SNOMED, "1222806003")}));
    assert_eq!(read(&[breast(json!({})), observed.clone()]), (Some(Extent::Early), Some(StageGroup::Three)));
    // two stages that differ: early, and which of them nobody knows
    assert_eq!(read(&[staged("Stage IIA"), observed]), (Some(Extent::Early), None));
}

#[test]
fn an_early_stage_gives_way_to_everything_that_speaks_against_it() {
    let early = json!({"stage": [{"summary": {"text": "Stage II"}}], "recordedDate": "2020-01-10"});
    let extent = |resources: &[Value]| history(resources).extent;
    assert_eq!(extent(&[breast(early.clone())]), Some(Extent::Early));
    assert_eq!(extent(&[breast(early.clone()), icd("c2", "C79.31")]), Some(Extent::Metastatic));
    let mut back = early.clone();
    back["clinicalStatus"] = json!({"coding": [{"code": "recurrence"}]});
    assert_eq!(extent(&[breast(back)]), None);
    let worse = observation("o1", "97509-4", json!({"valueCodeableConcept": coded(SNOMED, "271299001")}));
    assert_eq!(extent(&[breast(early.clone()), worse]), None);
    // a specimen years later may be of a recurrence
    let later = observation("o1", "85319-2", json!({"valueString": "1+", "effectiveDateTime": "2026-05-02"}));
    assert_eq!(extent(&[breast(early.clone()), later.clone()]), None);
    let mut then = early.clone();
    then["recordedDate"] = json!("2026-04-20");
    assert_eq!(extent(&[breast(then.clone()), later]), Some(Extent::Early));
    let liver = observation("o1", "85319-2", json!({"valueString": "1+", "bodySite": coded(SNOMED, "10200004")}));
    assert_eq!(extent(&[breast(then.clone()), liver]), None);
    // the stage of another tumour is not that of this one
    let mut colon = icd("c2", "C18.2");
    colon["stage"] = json!([{"summary": {"text": "Stage IV"}}]);
    colon["clinicalStatus"] = json!({"coding": [{"code": "inactive"}]});
    assert_eq!(extent(&[breast(then), colon]), None);
}

#[test]
fn worsening_is_progression_and_other_courses_are_not() {
    let status = |code: &str| observation("o1", "97509-4", json!({"valueCodeableConcept": coded(SNOMED, code)}));
    assert_eq!(days(&history(&[status("271299001")]).progressions), ["2026-05-02"]);
    for code in ["268910001", "359746009", "709137006"] {
        assert!(history(&[status(code)]).progressions.is_empty(), "{code}");
    }
}

#[test]
fn interstitial_lung_disease_is_noticed_with_its_onset() {
    for code in ["J70.2", "J70.4", "J84.9", "J84112"] {
        assert_eq!(days(&history(&[icd("c1", code)]).lung_disease), ["-"], "{code}");
    }
    let mut known = condition("c1", SNOMED, "233703007");
    known["onsetDateTime"] = json!("2024-03");
    known["clinicalStatus"] = json!({"coding": [{"code": "resolved"}]});
    assert_eq!(days(&history(std::slice::from_ref(&known)).lung_disease), ["2024-03"]);
    known["verificationStatus"] = json!({"coding": [{"code": "refuted"}]});
    assert!(history(&[known]).lung_disease.is_empty());
    for code in ["J70.0", "J18.9", "J44.9"] {
        assert!(history(&[icd("c1", code)]).lung_disease.is_empty(), "{code}");
    }
}

#[test]
fn an_operation_counts_once_it_is_completed() {
    let operation = |status: &str, code: &str| {
        json!({"resourceType": "Procedure", "id": "p1", "status": status, "subject": {"reference": "Patient/p1"},
            "code": coded(SNOMED, code), "performedPeriod": {"start": "2026-02-03", "end": "2026-02-04"}})
    };
    assert_eq!(days(&history(&[operation("completed", "392021009")]).operations), ["2026-02-03"]);
    for (status, code) in [("in-progress", "392021009"), ("not-done", "392021009"), ("completed", "122548005")] {
        assert!(history(&[operation(status, code)]).operations.is_empty(), "{status} {code}");
    }
}

#[test]
fn a_specimen_from_a_metastasis_is_a_metastatic_disease_unless_an_early_stage_still_holds() {
    let liver = |day: &str| {
        observation(
            "o1",
            "85319-2",
            json!({"valueString": "1+", "bodySite": coded(SNOMED, "10200004"), "effectiveDateTime": day}),
        )
    };
    let read = |resources: &[Value]| {
        let history = history(resources);
        (history.extent, history.metastatic_since.as_ref().map(|when| when.shown().to_owned()))
    };
    assert_eq!(read(&[breast(json!({})), liver("2026-05-02")]), (Some(Extent::Metastatic), Some("2026-05-02".into())));
    let staged = |day: &str| breast(json!({"stage": [{"summary": {"text": "Stage II"}}], "recordedDate": day}));
    assert_eq!(read(&[staged("2026-04-01"), liver("2026-05-02")]), (None, None));
    assert_eq!(read(&[staged("2020-04-01"), liver("2026-05-02")]).0, Some(Extent::Metastatic));
    let withdrawn = observation(
        "o1",
        "85319-2",
        json!({"status": "entered-in-error", "valueString": "1+", "bodySite": coded(SNOMED, "10200004")}),
    );
    assert_eq!(read(&[breast(json!({})), withdrawn]), (None, None));
}

#[test]
fn metastases_are_dated_by_the_first_of_them_and_not_at_all_if_one_has_no_date() {
    let since = |resources: &[Value]| history(resources).metastatic_since.map(|when| when.shown().to_owned());
    let dated = |id: &str, day: &str| {
        let mut one = icd(id, "C78.7");
        one["onsetDateTime"] = json!(day);
        one
    };
    assert_eq!(
        since(&[breast(json!({})), dated("c2", "2026-02"), dated("c3", "2025-11-03")]),
        Some("2025-11-03".into())
    );
    assert_eq!(since(&[breast(json!({})), dated("c2", "2026-02"), icd("c3", "C79.5")]), None);
    assert_eq!(since(&[breast(json!({}))]), None);
}

#[test]
fn a_metastasis_that_is_coded_again_is_no_new_one_and_one_at_another_site_is() {
    let newest = |resources: &[Value]| history(resources).newest_metastasis.map(|when| when.shown().to_owned());
    let dated = |id: &str, code: &str, day: &str| {
        let mut one = icd(id, code);
        one["recordedDate"] = json!(day);
        one
    };
    let liver = || dated("c2", "C78.7", "2023-02-01");
    let again = || dated("c3", "C787", "2026-11-02");
    assert_eq!(newest(&[breast(json!({})), liver(), again()]), Some("2023-02-01".into()));
    let bone = dated("c4", "C79.51", "2026-10-05");
    assert_eq!(newest(&[breast(json!({})), liver(), bone, again()]), Some("2026-10-05".into()));
    let somewhere = dated("c5", "C79.9", "2026-10-05");
    assert_eq!(newest(&[breast(json!({})), liver(), somewhere]), Some("2023-02-01".into()), "no site of its own");
    assert_eq!(newest(&[breast(json!({})), again(), icd("c6", "C78.7")]), None, "it may be old");
}

#[test]
fn hormone_receptors_are_negative_only_if_both_are_and_kras_alone_is_no_wild_type() {
    let word =
        |loinc: &str, code: &str| observation(loinc, loinc, json!({"valueCodeableConcept": coded(SNOMED, code)}));
    let (positive, negative) = ("10828004", "260385009");
    let receptor = |all: &[Value]| history(all).hormone_receptor.map(|receptor| receptor.as_str());
    assert_eq!(receptor(&[word("85337-4", negative), word("85339-0", negative)]), Some("negative"));
    assert_eq!(receptor(&[word("85337-4", negative), word("85339-0", positive)]), Some("positive"));
    assert_eq!(receptor(&[word("85337-4", negative)]), None);
    assert_eq!(receptor(&[word("85339-0", positive)]), Some("positive"));
    // an older primary and a newer metastasis
    assert_eq!(receptor(&[word("85337-4", positive), word("16112-5", negative), word("85339-0", negative)]), None);
    assert_eq!(
        receptor(&[word("85337-4", positive), word("16112-5", negative), word("85339-0", positive)]),
        Some("positive")
    );
    let ras = |all: &[Value]| history(all).ras.map(|ras| ras.as_str());
    assert_eq!(ras(&[word("81420-2", negative)]), Some("wild_type"));
    assert_eq!(ras(&[word("85509-8", negative)]), None);
    assert_eq!(ras(&[word("85509-8", positive)]), Some("mutant"));
    assert_eq!(ras(&[word("81420-2", negative), word("21702-6", negative)]), Some("wild_type"));
    assert_eq!(ras(&[word("81420-2", negative), word("21702-6", positive)]), None);
}

#[test]
fn an_older_wild_type_does_not_stand_beside_a_ras_result_that_was_not_understood() {
    let ras = |all: &[Value]| history(all).ras.map(|ras| ras.as_str());
    let wild =
        || observation("wild", "81420-2", json!({"valueString": "Wild type", "effectiveDateTime": "2019-03-01"}));
    let said = |loinc: &str, text: &str| observation("later", loinc, json!({"valueString": text}));
    let variant = |gene: &str, found: &str| {
        observation(
            "variant",
            "69548-6",
            json!({"valueCodeableConcept": coded(LOINC, found), "component": [{"code": coded(LOINC, "48018-6"),
                "valueCodeableConcept": coded("http://www.genenames.org", gene)}]}),
        )
    };
    assert_eq!(ras(&[wild()]), Some("wild_type"));
    assert_eq!(ras(&[wild(), said("81420-2", "KRAS G12V mutation detected")]), None);
    assert_eq!(ras(&[wild(), said("21702-6", "p.Gly12Asp")]), None);
    assert_eq!(ras(&[wild(), variant("HGNC:6407", "LA9633-4")]), None, "a variant of KRAS");
    assert_eq!(ras(&[wild(), variant("HGNC:7989", "LA9633-4")]), None, "a variant of NRAS");
    assert_eq!(ras(&[wild(), variant("HGNC:6407", "LA9634-2")]), Some("wild_type"), "absent");
    assert_eq!(ras(&[wild(), variant("HGNC:3430", "LA9633-4")]), Some("wild_type"), "another gene");
    assert_eq!(ras(&[wild(), said("21702-6", "not detected")]), Some("wild_type"));
    assert_eq!(ras(&[wild(), observation("later", "81420-2", json!({}))]), Some("wild_type"), "no value");
    let preliminary = |text| observation("later", "81420-2", json!({"status": "preliminary", "valueString": text}));
    assert_eq!(ras(&[wild(), preliminary("mutated")]), None);
    assert_eq!(ras(&[wild(), preliminary("wild type")]), Some("wild_type"));
    assert_eq!(ras(&[preliminary("wild type")]), None);
    assert_eq!(
        ras(&[said("81420-2", "mutated"), observation("o2", "21702-6", json!({"valueString": "p.G12D"}))]),
        Some("mutant")
    );
}

#[test]
fn a_variant_of_erbb2_was_tested_for_although_nobody_says_what_it_means_and_more_copies_of_the_gene_are_no_variant() {
    let found = |more: Value| {
        let gene = json!({"code": coded(LOINC, "48018-6"), "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3430")});
        let all = json!({"valueCodeableConcept": coded(LOINC, "LA9633-4"), "component": [gene, more]});
        history(&[observation("v1", "69548-6", all)]).erbb2_mutation.map(|mutation| mutation.as_str())
    };
    let change =
        json!({"code": coded(LOINC, "48005-3"), "valueCodeableConcept": {"text": "p.Ala775_Gly776insTyrValMetAla"}});
    assert_eq!(found(change), Some("unclassified"));
    assert_eq!(found(json!({"code": coded(LOINC, "82155-3"), "valueQuantity": {"value": 12}})), None);
}

#[test]
fn only_a_plain_word_makes_a_variant_activating_and_a_denial_never_does() {
    let mutation = |interpretation: &str| {
        let variant = observation(
            "v1",
            "69548-6",
            json!({"valueCodeableConcept": coded("http://loinc.org", "LA9633-4"), "interpretation": [{"text": interpretation}],
                "component": [{"code": coded("http://loinc.org", "48018-6"),
                    "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3430")}]}),
        );
        history(&[variant]).erbb2_mutation.map(|mutation| mutation.as_str())
    };
    assert_eq!(mutation("Activating"), Some("activating"));
    assert_eq!(mutation("activating mutation in the kinase domain"), Some("tkd_activating"));
    for denied in
        ["Inactivating", "Does not appear activating", "not activating", "non-activating", "possibly activating", "VUS"]
    {
        assert_eq!(mutation(denied), Some("unclassified"), "{denied}");
    }
}

#[test]
fn an_ejection_fraction_that_is_not_used_is_kept_by_its_day_and_one_without_a_value_is_none() {
    let unread = |more: Value| {
        let mut one = observation("o1", "10230-1", json!({"effectiveDateTime": "2026-11-20"}));
        for (key, value) in more.as_object().expect("members") {
            one[key] = value.clone();
        }
        let history = history(&[one]);
        (history.ejection_fractions.len(), days(&history.unread_ejection_fractions).join(","))
    };
    let day = |day: &str| (0, day.to_owned());
    assert_eq!(unread(json!({"valueQuantity": {"value": 0.45, "unit": "1"}})), day("2026-11-20"));
    assert_eq!(unread(json!({"valueString": "45 %"})), day("2026-11-20"));
    assert_eq!(unread(json!({"valueRange": {"low": {"value": 40}, "high": {"value": 45}}})), day("2026-11-20"));
    assert_eq!(
        unread(json!({"status": "preliminary", "valueQuantity": {"value": 38, "unit": "%"}})),
        day("2026-11-20")
    );
    assert_eq!(unread(json!({"status": "entered-in-error", "valueQuantity": {"value": 38, "unit": "%"}})), day(""));
    assert_eq!(unread(json!({})), day(""));
    assert_eq!(unread(json!({"valueQuantity": {"value": 38, "unit": "%"}})), (1, String::new()));
}

#[test]
fn a_ras_result_on_file_is_never_called_none_and_a_newer_mutation_outweighs_an_older_wild_type() {
    let ras = |all: &[Value]| {
        let history = history(all);
        (history.ras.map(|ras| ras.as_str()), history.ras_open)
    };
    let one = |code: &str, day: &str, value: &str| {
        observation("o1", code, json!({"effectiveDateTime": day, "valueCodeableConcept": coded(SNOMED, value)}))
    };
    let (absent, present) = ("260385009", "10828004");
    let (wild, mutant) = (|day: &str| one("81420-2", day, absent), |day: &str| one("81420-2", day, present));
    assert_eq!(ras(&[]), (None, false));
    assert_eq!(ras(&[wild("2026-02-01")]), (Some("wild_type"), false));
    assert_eq!(ras(&[wild("2026-02-01"), mutant("2026-11-18")]), (Some("mutant"), false));
    assert_eq!(ras(&[mutant("2026-11-18"), wild("2026-02-01")]), (Some("mutant"), false));
    // which one is the newer is not certain, or the wild type is
    assert_eq!(ras(&[wild("2026"), mutant("2026-11-18")]), (None, true));
    assert_eq!(ras(&[wild("2026-11-18"), mutant("2026-02-01")]), (None, true));
    assert_eq!(ras(&[observation("o1", "81420-2", json!({"valueString": "KRAS G12D"}))]), (None, true));
    assert_eq!(ras(&[one("21702-6", "2026-11-18", absent)]), (None, true));
    let gene = json!({"code": coded(LOINC, "48018-6"),
        "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:6407")});
    let variant = json!({"valueCodeableConcept": coded(LOINC, "LA9633-4"), "component": [gene]});
    assert_eq!(ras(&[observation("o1", "69548-6", variant)]), (None, true));
}
