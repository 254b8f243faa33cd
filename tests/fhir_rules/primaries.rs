//! Left and right, and two organs: which of two primaries a result belongs to.

use herald::domain::specimen::{Side, Site};

use super::*;

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const LEFT_BREAST: &str = "80248007";
const RIGHT_BREAST: &str = "73056007";
const BREAST: &str = "76752008";
const LIVER: &str = "10200004";

fn left_and_right() -> [Value; 2] {
    [condition("left", ICD10, "C50.912"), condition("right", ICD10, "C50.411")]
}

fn qualified(code: &str, side: &str) -> Value {
    let url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier";
    let mut site = coded(SNOMED, code);
    site["extension"] = json!([{"url": url, "valueCodeableConcept": coded(SNOMED, side)}]);
    site
}

/// A score on a specimen of its own from `body_site`.
fn score(id: &str, body_site: Value, more: Value) -> [Value; 2] {
    let specimen = json!({"resourceType": "Specimen", "id": format!("s-{id}"), "collection": {"bodySite": body_site}});
    let mut one = observation(id, "85319-2", more);
    one["valueString"] = json!("3+");
    one["specimen"] = json!({"reference": format!("Specimen/s-{id}")});
    [one, specimen]
}

fn sides(resources: &[&[Value]]) -> Vec<Option<Side>> {
    evidence(&resources.concat()).specimens.iter().map(|specimen| specimen.side).collect()
}

#[test]
fn of_two_breast_cancers_the_body_site_names_the_side_and_a_metastasis_does_not() {
    let left = score("o1", coded(SNOMED, LEFT_BREAST), json!({}));
    let right = score("o2", qualified(BREAST, "24028007"), json!({}));
    let beside = score("o3", json!({"coding": [{"code": BREAST}, {"code": "7771000"}]}), json!({}));
    let liver = score("o4", qualified(LIVER, "7771000"), json!({}));
    let found = sides(&[&left_and_right(), &left, &right, &beside, &liver]);
    assert_eq!(found, [Some(Side::Left), Some(Side::Right), Some(Side::Left), Some(Side::NotKnown)]);
}

#[test]
fn the_focus_names_the_side_of_a_metastasis() {
    let focus = json!({"focus": [{"reference": "Condition/right"}]});
    let liver = score("o1", coded(SNOMED, LIVER), focus);
    assert_eq!(sides(&[&left_and_right(), &liver]), [Some(Side::Right)]);
}

#[test]
fn a_past_cancer_of_the_other_breast_is_a_second_primary_and_treatment_is_of_neither() {
    let [left, mut right] = left_and_right();
    right["clinicalStatus"] = json!("resolved");
    let tissue = score("o1", coded(SNOMED, BREAST), json!({}));
    let found = evidence(&[&[left, right][..], &tissue].concat());
    assert_eq!(found.specimens[0].side, Some(Side::NotKnown));
    assert_eq!((found.tumour, found.history.tumours_differ), (Tumour::Breast, true));
}

#[test]
fn without_a_second_side_on_record_no_side_is_stated() {
    let of = |code: &str| [condition("c1", ICD10, code)];
    let left = score("o1", coded(SNOMED, LEFT_BREAST), json!({}));
    let plain = score("o2", coded(SNOMED, BREAST), json!({}));
    for code in ["C50.912", "C50.919", "C50.9"] {
        assert_eq!(sides(&[&of(code), &left, &plain]), [None, None], "{code}");
    }
    assert!(!evidence(&[&of("C50.912")[..], &left].concat()).history.tumours_differ);
}

#[test]
fn tissue_of_the_other_breast_is_kept_apart_though_no_diagnosis_names_it() {
    let right = score("o1", coded(SNOMED, RIGHT_BREAST), json!({}));
    let plain = score("o2", coded(SNOMED, BREAST), json!({}));
    let found = sides(&[&[condition("c1", ICD10, "C50.912")], &right, &plain]);
    assert_eq!(found, [Some(Side::Right), Some(Side::NotKnown)]);
}

#[test]
fn the_side_is_read_from_codes_sites_qualifiers_and_the_german_extension() {
    let left = score("o1", coded(SNOMED, LEFT_BREAST), json!({}));
    let with = |key: &str, value: Value| {
        let mut one = condition("c1", ICD10, "C50.9");
        one[key] = value;
        one
    };
    let german = |code: &str| {
        let extension =
            json!([{"url": "http://fhir.de/StructureDefinition/seitenlokalisation", "valueCoding": {"code": code}}]);
        let coding =
            json!({"system": "http://fhir.de/CodeSystem/bfarm/icd-10-gm", "code": "C50.9", "extension": extension});
        with("code", json!({"coding": [coding]}))
    };
    let right = json!([{"url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier", "valueCodeableConcept": coded(SNOMED, "24028007")}]);
    for diagnosis in [
        condition("c1", ICD10, "c50011"),
        condition("c1", ICD10, "C50.921"),
        condition("c1", SNOMED, "353511000119101"),
        with("bodySite", json!([coded(SNOMED, RIGHT_BREAST)])),
        with("bodySite", json!([qualified(BREAST, "24028007")])),
        with("bodySite", json!([coded(SNOMED, "63762007")])),
        with("bodySite", json!([qualified(BREAST, "51440002")])),
        with("extension", right.clone()),
        german("R"),
        german("B"),
    ] {
        assert_eq!(sides(&[std::slice::from_ref(&diagnosis), &left]), [Some(Side::Left)], "{diagnosis}");
    }
    for diagnosis in
        [german("L"), german("U"), condition("c1", SNOMED, "353431000119107"), condition("c1", ICD10, "C50.912")]
    {
        assert_eq!(sides(&[std::slice::from_ref(&diagnosis), &left]), [None], "{diagnosis}");
    }
}

#[test]
fn in_situ_disease_of_the_other_breast_is_no_second_primary_and_its_tissue_is_not_invasive() {
    let diagnoses = [condition("left", ICD10, "C50.912"), condition("right", ICD10, "D05.11")];
    let right = score("o1", coded(SNOMED, RIGHT_BREAST), json!({}));
    let plain = score("o2", coded(SNOMED, BREAST), json!({}));
    let found = evidence(&[&diagnoses[..], &right, &plain].concat());
    let classes: Vec<_> = found.specimens.iter().map(|specimen| (specimen.class, specimen.side)).collect();
    assert_eq!(classes, [(TumourClass::InSituOnly, None), (TumourClass::Applicable, None)]);
    assert!(!found.history.tumours_differ);
}

#[test]
fn two_ovaries_and_two_lungs_are_not_taken_for_two_primaries() {
    for codes in [["C56.1", "C56.2"], ["C34.11", "C34.12"]] {
        let diagnoses = codes.map(|code| condition(code, ICD10, code));
        let tissue = score("o1", qualified("39607008", "7771000"), json!({}));
        assert_eq!(sides(&[&diagnoses, &tissue]), [None], "{codes:?}");
    }
}

#[test]
fn of_two_organs_the_tissue_names_the_primary_unless_metastases_go_there() {
    let diagnoses =
        [condition("breast", ICD10, "C50.9"), condition("stomach", ICD10, "C16.3"), condition("ovary", ICD10, "C56.9")];
    let of = |site: Value| {
        let found = evidence(&[&diagnoses[..], &score("o1", site, json!({}))].concat());
        (found.specimens[0].tumour, found.specimens[0].site)
    };
    assert_eq!(of(coded(SNOMED, BREAST)), (Tumour::Breast, Site::Primary));
    assert_eq!(of(coded(SNOMED, "69695003")), (Tumour::Gastroesophageal, Site::Primary));
    assert_eq!(of(coded("http://terminology.hl7.org/CodeSystem/icd-o-3", "C16.3")).0, Tumour::Gastroesophageal);
    for site in [LIVER, "39607008", "15497006"] {
        assert_eq!(of(coded(SNOMED, site)).0, Tumour::Unknown, "{site}");
    }
    assert_eq!(of(coded("http://terminology.hl7.org/CodeSystem/icd-o-3", "C56.9")).0, Tumour::Unknown);
    assert_eq!(of(coded(SNOMED, "113276009")).0, Tumour::Unknown, "an organ that is not known");
}

#[test]
fn what_a_replaced_result_read_is_kept_apart_and_what_was_withdrawn_is_not() {
    let url = "http://hl7.org/fhir/StructureDefinition/observation-replaces";
    let replaces = json!([{"url": url, "valueReference": {"reference": "Observation/old"}}]);
    let before = |status: &str| {
        let on = json!({"reference": "Specimen/s1"});
        let old = observation("old", "85319-2", json!({"status": status, "valueString": "2+", "specimen": on}));
        let new = json!({"status": "corrected", "valueString": "3+", "specimen": on, "extension": replaces});
        let found = evidence(&[old, observation("new", "85319-2", new)]);
        assert_eq!(read(&found), ["ihc 3+", "Observation/old: superseded"], "{status}");
        found.specimens[0].superseded.iter().map(|one| one.reads.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(before("final"), ["IHC 2+"]);
    assert_eq!(before("amended"), ["IHC 2+"]);
    assert!(before("entered-in-error").is_empty());
    assert!(before("cancelled").is_empty());
}
