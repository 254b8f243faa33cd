//! The same resource in two versions, as two searches give it: the newer counts, the older one is named (rules D4 and D12).

use super::*;

fn version(number: &str, updated: &str, status: &str, score: &str) -> Value {
    let meta = json!({"versionId": number, "lastUpdated": updated});
    observation("o1", "85319-2", json!({"meta": meta, "status": status, "valueString": score}))
}

fn both_ways(older: &Value, newer: &Value) -> Vec<Vec<String>> {
    [[older.clone(), newer.clone()], [newer.clone(), older.clone()]].iter().map(|pair| reads(pair)).collect()
}

#[test]
fn of_two_versions_of_a_result_the_newer_counts_whichever_was_sent_first() {
    let older = version("1", "2026-05-02T08:00:00Z", "final", "3+");
    let newer = version("2", "2026-05-03T08:00:00Z", "corrected", "1+");
    for read in both_ways(&older, &newer) {
        assert_eq!(read, ["ihc 1+", "Observation/o1/_history/1: superseded"]);
    }
    let withdrawn = version("2", "2026-05-03T08:00:00Z", "entered-in-error", "3+");
    for read in both_ways(&older, &withdrawn) {
        assert!(read.contains(&"Observation/o1: entered_in_error".to_owned()), "{read:?}");
        assert!(read.contains(&"Observation/o1/_history/1: superseded".to_owned()), "{read:?}");
        assert_eq!(read.len(), 2);
    }
}

#[test]
fn a_version_is_told_by_its_time_or_where_none_was_sent_by_its_number() {
    let of = |meta: Value, score: &str| observation("o1", "85319-2", json!({"meta": meta, "valueString": score}));
    let older = of(json!({"versionId": "9"}), "3+");
    let newer = of(json!({"versionId": "10"}), "1+");
    for read in both_ways(&older, &newer) {
        assert_eq!(read, ["ihc 1+", "Observation/o1/_history/9: superseded"]);
    }
    let early = of(json!({"lastUpdated": "2026-05-02T23:30:00Z"}), "3+");
    let late = of(json!({"lastUpdated": "2026-05-03T01:00:00+01:00"}), "1+");
    assert_eq!(reads(&[early, late]), ["ihc 1+", "Observation/o1/_history/older: superseded"]);
}

#[test]
fn two_results_under_one_id_of_which_neither_is_the_newer_are_both_read() {
    let of = |meta: Value, code: &str, text: &str| observation("o1", code, json!({"meta": meta, "valueString": text}));
    for (a, b) in [
        (json!({}), json!({})),
        (json!({"versionId": "1"}), json!({"versionId": "1"})),
        (json!({"versionId": "a"}), json!({"versionId": "b"})),
        (json!({"versionId": "1"}), json!({})),
        (
            json!({"versionId": "1", "lastUpdated": "2026-05-03T08:00:00Z"}),
            json!({"versionId": "2", "lastUpdated": "2026-05-02T08:00:00Z"}),
        ),
    ] {
        assert_eq!(reads(&[of(a, "85319-2", "3+"), of(b, "85318-4", "amplified")]), ["ihc 3+", "ish -/-/-/- positive"]);
    }
}

#[test]
fn of_three_versions_the_newest_counts() {
    let versions = [
        version("2", "2026-05-03T08:00:00Z", "amended", "2+"),
        version("3", "2026-05-04T08:00:00Z", "amended", "1+"),
        version("1", "2026-05-02T08:00:00Z", "final", "3+"),
    ];
    let named = |number: u8| format!("Observation/o1/_history/{number}: superseded");
    let read = reads(&versions);
    assert!(read.contains(&"ihc 1+".to_owned()) && read.contains(&named(1)) && read.contains(&named(2)), "{read:?}");
    assert_eq!(read.len(), 3);
}

#[test]
fn an_older_version_of_a_diagnosis_a_specimen_or_a_report_says_nothing() {
    let at = |number: &str, mut one: Value| {
        one["meta"] = json!({"versionId": number});
        one
    };
    let icd10 = "http://hl7.org/fhir/sid/icd-10-cm";
    let diagnoses = [at("2", condition("c1", icd10, "C16.3")), at("1", condition("c1", icd10, "C50.9"))];
    for pair in [diagnoses.clone(), [diagnoses[1].clone(), diagnoses[0].clone()]] {
        assert_eq!(evidence(&pair).tumour, Tumour::Gastroesophageal);
    }
    let report = |number: &str, status: &str| {
        at(
            number,
            json!({"resourceType": "DiagnosticReport", "id": "r1", "status": status, "conclusion": "HER2 3+",
            "result": [{"reference": "Observation/o1"}]}),
        )
    };
    let result = || observation("o1", "85319-2", json!({"valueString": "3+"}));
    let read = reads(&[result(), report("1", "final"), report("2", "entered-in-error")]);
    for named in [
        "Observation/o1: entered_in_error",
        "DiagnosticReport/r1: entered_in_error",
        "DiagnosticReport/r1/_history/1: superseded",
    ] {
        assert!(read.contains(&named.to_owned()), "{read:?}");
    }
    assert_eq!(read.len(), 3);
    let specimen = |number: &str, site: &str| {
        at(number, json!({"resourceType": "Specimen", "id": "s1", "collection": {"bodySite": coded(SNOMED, site)}}))
    };
    let on = observation("o1", "85319-2", json!({"valueString": "3+", "specimen": {"reference": "Specimen/s1"}}));
    let breast = condition("c1", icd10, "C50.9");
    let found = evidence(&[breast, on, specimen("1", "10200004"), specimen("2", "76752008")]);
    assert_eq!(found.specimens[0].site, herald::domain::specimen::Site::Primary);
}

#[test]
fn what_a_version_contains_is_its_own() {
    let with = |number: &str, site: &str| {
        observation(
            "o1",
            "85319-2",
            json!({"meta": {"versionId": number}, "valueString": "3+", "specimen": {"reference": "#s1"},
            "contained": [{"resourceType": "Specimen", "id": "s1", "collection": {"bodySite": coded(SNOMED, site)}}]}),
        )
    };
    let breast = || condition("c1", "http://hl7.org/fhir/sid/icd-10-cm", "C50.9");
    let (older, newer) = (with("1", "10200004"), with("2", "76752008"));
    for pair in [[older.clone(), newer.clone()], [newer, older]] {
        let found = evidence(&[vec![breast()], pair.to_vec()].concat());
        assert_eq!(found.specimens.len(), 1);
        assert_eq!(found.specimens[0].site, herald::domain::specimen::Site::Primary);
    }
}
