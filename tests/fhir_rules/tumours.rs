//! Which tumour a result belongs to.

use super::*;

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
fn a_tumour_of_the_organ_that_is_no_carcinoma_has_no_rule_of_the_organ() {
    let class = |icd10: &str, morphology: &str| {
        let mut one = condition("c1", ICD10, icd10);
        let url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior";
        let value = coded("http://terminology.hl7.org/CodeSystem/icd-o-3", morphology);
        one["extension"] = json!([{"url": url, "valueCodeableConcept": value}]);
        evidence(&[one]).class
    };
    for (organ, morphology) in [
        ("C16.2", "8936/3"),
        ("C16.2", "9699/3"),
        ("C16.2", "8720/3"),
        ("C50.911", "9020/3"),
        ("C50.911", "9120/3"),
        ("C54.2", "8890/3"),
        ("C22.1", "8170/3"),
        ("C25.9", "8150/3"),
        ("C56.1", "9080/3"),
        ("C34.11", "8041/3"),
        ("C18.7", "8240/3"),
    ] {
        assert_eq!(class(organ, morphology), TumourClass::NotCovered, "{organ} {morphology}");
    }
    for (organ, morphology) in [("C16.2", "8140/3"), ("C50.911", "8500/3"), ("C54.1", "8980/3"), ("C54.1", "8441/3")] {
        assert_ne!(class(organ, morphology), TumourClass::NotCovered, "{organ} {morphology}");
    }
    assert_eq!(class("C50.911", "8500/2"), TumourClass::InSituOnly);
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

/// Tried from its whole length downwards, a code of a million characters would never come to an end.
#[test]
fn a_code_of_a_million_characters_is_read_by_its_beginning_only() {
    let long = "X".repeat(1_000_000);
    assert_eq!(evidence(&[condition("c1", "http://hl7.org/fhir/sid/icd-10-cm", &long)]).tumour, Tumour::Unknown);
    let breast = format!("C50.{}", "9".repeat(1_000_000));
    assert_eq!(evidence(&[condition("c1", "http://hl7.org/fhir/sid/icd-10-cm", &breast)]).tumour, Tumour::Breast);
}

fn with_body_site(code: Value, site: Value) -> Tumour {
    let mut one =
        json!({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": code});
    one["bodySite"] = json!([site]);
    evidence(&[one]).tumour
}

#[test]
fn a_topography_names_the_tumour_under_every_name_of_its_system() {
    for system in [
        "http://terminology.hl7.org/CodeSystem/icd-o-3",
        "urn:oid:2.16.840.1.113883.6.43.1",
        "http://hl7.org/fhir/sid/icd-o-3",
        "http://hl7.org/fhir/sid/icd-o-3-topo",
    ] {
        assert_eq!(
            with_body_site(json!({"text": "carcinoma"}), coded(system, "C16.2")),
            Tumour::Gastroesophageal,
            "{system}"
        );
        assert_eq!(evidence(&[condition("c1", system, "C50.4")]).tumour, Tumour::Breast, "{system}");
    }
    let by_morphology = coded("http://hl7.org/fhir/sid/icd-o-3-morph", "8500/3");
    assert_eq!(with_body_site(by_morphology, coded("http://hl7.org/fhir/sid/icd-o-3-topo", "C50.4")), Tumour::Breast);
    // words are not guessed
    assert_eq!(with_body_site(json!({"text": "Breast cancer"}), json!({"text": "C50.4 breast"})), Tumour::Unknown);
}

#[test]
fn the_topography_of_a_metastasis_never_sets_the_tumour() {
    let icd_o3 = "http://terminology.hl7.org/CodeSystem/icd-o-3";
    for (system, code) in
        [(ICD10, "C78.01"), (ICD10, "C79.51"), (ICD10, "Z85.3"), (SNOMED, "94391008"), (icd_o3, "8500/6")]
    {
        assert_eq!(with_body_site(coded(system, code), coded(icd_o3, "C34.1")), Tumour::Unknown, "{code}");
    }
    // what the diagnosis itself says of its origin stands
    assert_eq!(with_body_site(coded(ICD10, "C50.9"), coded(icd_o3, "C34.1")), Tumour::Breast);
    assert_eq!(with_body_site(coded(icd_o3, "8140/3"), coded(icd_o3, "C34.1")), Tumour::Lung);
}
