//! Spellings, codes and places of medicines, and everything that must not be taken for one.

use super::named::Named::{self, Ambiguous, Medicines, Other};
use super::named::{medicines, of_text, together};
use crate::domain::medicine::Medicine::{self, *};
use crate::fhir::entries::{Entries, Source};
use crate::json::Document;

fn named(text: &str) -> Named {
    together(of_text(text).into_iter().collect())
}

fn read(resources: &str) -> Named {
    let document = Document::parse(resources.as_bytes()).unwrap();
    let entries = Entries::of([Source { place: "list", json: document.root() }]);
    medicines(&entries, 0)
}

fn request(medication: &str) -> Named {
    read(&format!(r#"[{{"resourceType":"MedicationRequest","id":"m1",{medication}}}]"#))
}

#[test]
fn a_medicine_is_known_by_every_name_it_goes_by() {
    let cases: &[(&[&str], &[Medicine])] = &[
        (
            &[
                "trastuzumab",
                "Trastuzumab 150 mg powder for solution",
                "HERCEPTIN",
                "Herceptin Hylecta",
                "trastuzumab-dkst",
                "trastuzumab-anns (Kanjinti) 420 mg",
                "Trastuzumab-hyaluronidase-oysk",
                "5 ML hyaluronidase-oysk 2000 UNT/ML / trastuzumab 120 MG/ML Injection",
                "trastuzumab maintenance",
                "Ogivri",
                "Trastuzumab biosimilar",
                "trastuzumab-strf",
                "trastuzumab-abcd 150mg",
                "Trastuzumab Sandoz 150 mg Pulver",
                "trastuzumab (IV), q3w",
                "trastuzumab s.c. 600 mg",
                "trastuzumab intravenous every 3 weeks",
                "Trastuzumab i.v. alle 3 Wochen",
                "No. 2 trastuzumab",
            ],
            &[Trastuzumab],
        ),
        (
            &[
                "trastuzumab emtansine",
                "ado-trastuzumab emtansine",
                "ADO-TRASTUZUMAB",
                "Kadcyla 100 mg",
                "T-DM1",
                "TDM1",
                "Trastuzumab-Emtansin",
                "trastuzumab\u{a0}emtansine",
                "trastuzumab (emtansine)",
            ],
            &[TrastuzumabEmtansine],
        ),
        (
            &[
                "trastuzumab deruxtecan",
                "fam-trastuzumab deruxtecan-nxki",
                "Trastuzumab-Deruxtecan",
                "trastuzumab d\u{e9}ruxt\u{e9}can",
                "Enhertu",
                "T-DXd",
                "DS-8201a",
            ],
            &[TrastuzumabDeruxtecan],
        ),
        (
            &[
                "Phesgo",
                "pertuzumab, trastuzumab, and hyaluronidase-zzxf",
                "trastuzumab + pertuzumab",
                "Herceptin/Perjeta",
            ],
            &[Trastuzumab, Pertuzumab],
        ),
        (&["margetuximab-cmkb", "Margenza"], &[Margetuximab]),
        (&["tucatinib 150 mg tablet", "Tukysa"], &[Tucatinib]),
        (&["zanidatamab-hrii", "Ziihera"], &[Zanidatamab]),
        (&["Hernexeos"], &[Zongertinib]),
        (&["pembrolizumab", "Keytruda 25 mg/ml"], &[Pembrolizumab]),
        (&["nab-paclitaxel", "Docetaxel", "Abraxane"], &[Taxane]),
        (&["5-FU", "fluorouracil 1000 mg", "Capecitabin", "Xeloda"], &[Fluoropyrimidine]),
        (&["mFOLFOX6", "capecitabine and oxaliplatin"], &[Fluoropyrimidine, Oxaliplatin]),
        (&["FOLFIRINOX"], &[Fluoropyrimidine, Oxaliplatin, Irinotecan]),
        (&["letrozol 2,5 mg", "Faslodex", "tamoxif\u{e8}ne"], &[EndocrineTherapy]),
    ];
    for (texts, medicines) in cases {
        for text in *texts {
            assert_eq!(named(text), Medicines(medicines.to_vec()), "{text}");
        }
    }
}

#[test]
fn a_conjugate_that_is_not_known_is_never_read_as_trastuzumab() {
    for text in [
        "trastuzumab duocarmazine",
        "[vic-]trastuzumab duocarmazine",
        "trastuzumab rezetecan",
        "trastuzumab-botidotin",
        "zanidatamab zovodotin",
        "trastuzumab pamirtecan",
        "disitamab vedotin",
        "sacituzumab govitecan",
        "datopotamab deruxtecan",
        "aspirin",
        "",
    ] {
        assert_eq!(named(text), Other, "{text}");
    }
}

#[test]
fn letters_beside_an_antibody_that_may_name_a_conjugate_leave_open_which_medicine_is_meant() {
    for text in [
        "trastuzumab emtasine",
        "trastuzumab emtancine 100 mg",
        "Trastuzumab-emtan",
        "trastuzumab 100 mg (emtasine)",
        "emtansine/trastuzumab",
    ] {
        let named = named(text);
        assert_eq!(named, Ambiguous(vec![Trastuzumab, TrastuzumabEmtansine]), "{text}");
    }
    for text in ["trastuzumab deruxtecn", "trastuzumab druxtecan", "trastuzumab IV derux"] {
        assert_eq!(named(text), Ambiguous(vec![Trastuzumab, TrastuzumabDeruxtecan]), "{text}");
    }
    for text in ["trastuzumab-somethingelse", "trastuzumab adc", "trastuzumab conjugate", "abo-trastuzumab"] {
        let all = vec![Trastuzumab, TrastuzumabEmtansine, TrastuzumabDeruxtecan];
        assert_eq!(named(text), Ambiguous(all), "{text}");
    }
    assert_eq!(named("pertuzumab zuvotolimod"), Ambiguous(vec![Pertuzumab]));
    // a brand name has no conjugates
    assert_eq!(named("Herceptin somethingelse"), Medicines(vec![Trastuzumab]));
}

#[test]
fn no_prior_trastuzumab_does_not_name_trastuzumab() {
    for text in [
        "no prior trastuzumab",
        "never trastuzumab",
        "without trastuzumab",
        "trastuzumab not given",
        "trastuzumab nicht gegeben",
        "kein Trastuzumab",
        "pas de trastuzumab",
        "non-trastuzumab",
    ] {
        let named = named(text);
        let Ambiguous(medicines) = &named else { panic!("{text} is {named:?}") };
        assert!(medicines.contains(&Trastuzumab), "{text}");
    }
    assert_eq!(named("no paclitaxel"), Ambiguous(vec![Taxane]));
}

#[test]
fn a_medicine_is_read_from_the_substance_that_it_consists_of() {
    let of = |substance: &str| {
        let contained = format!(
            r##""contained":[{{"resourceType":"Medication","id":"c","ingredient":[{{"itemReference":{{"reference":"#s"}}}}]}},
            {{"resourceType":"Substance","id":"s","code":{{"text":"{substance}"}}}}],"medicationReference":{{"reference":"#c"}}"##
        );
        request(&contained)
    };
    assert_eq!(of("trastuzumab"), Medicines(vec![Trastuzumab]));
    assert_eq!(of("trastuzumab emtasine"), Ambiguous(vec![Trastuzumab, TrastuzumabEmtansine]));
    assert_eq!(of("water"), Other);
}

#[test]
fn trastuzumab_beside_its_conjugate_is_ambiguous_and_not_two_medicines() {
    let both = Ambiguous(vec![Trastuzumab, TrastuzumabDeruxtecan]);
    assert_eq!(named("Enhertu, not trastuzumab"), both);
    let coded = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"224905"}],"text":"Enhertu"}"#;
    assert_eq!(request(coded), both);
    let conjugate = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"L01FD01"}],"text":"trastuzumab duocarmazine"}"#;
    assert_eq!(request(conjugate), Ambiguous(vec![Trastuzumab]));
    let listed = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"L01FD05","display":"trastuzumab"}]}"#;
    assert_eq!(request(listed), Ambiguous(vec![Trastuzumab]));
}

#[test]
fn a_code_and_a_name_of_different_medicines_are_ambiguous() {
    let coded = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"L01EH03","display":"lapatinib"}]}"#;
    assert_eq!(request(coded), Ambiguous(vec![Lapatinib, Tucatinib]));
    // one of them names more than the other: no contradiction
    let fuller = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"L01XC13"}],"text":"Pertuzumab + Trastuzumab"}"#;
    assert_eq!(request(fuller), Medicines(vec![Trastuzumab, Pertuzumab]));
}

#[test]
fn a_code_counts_under_its_own_system_only() {
    let coded = |system: &str, code: &str| {
        request(&format!(r#""medicationCodeableConcept":{{"coding":[{{"system":"{system}","code":"{code}"}}]}}"#))
    };
    assert_eq!(coded("http://www.nlm.nih.gov/research/umls/rxnorm", "1371041"), Medicines(vec![TrastuzumabEmtansine]));
    assert_eq!(
        coded("https://www.nlm.nih.gov/research/umls/rxnorm/", "2267582"),
        Medicines(vec![TrastuzumabDeruxtecan])
    );
    assert_eq!(coded("http://fhir.de/CodeSystem/bfarm/atc", "l01fd04"), Medicines(vec![TrastuzumabDeruxtecan]));
    assert_eq!(coded("urn:oid:2.16.840.1.113883.6.73", "L01FY01"), Medicines(vec![Trastuzumab, Pertuzumab]));
    assert_eq!(coded("http://snomed.info/sct", "387003001"), Medicines(vec![Trastuzumab]));
    assert_eq!(coded("http://loinc.org", "224905"), Other);
    assert_eq!(coded("http://www.whocc.no/atc", "224905"), Other);
    assert_eq!(request(r#""medicationCodeableConcept":{"coding":[{"code":"224905"}]}"#), Other);
}

#[test]
fn a_medicine_is_found_wherever_a_resource_can_name_it() {
    assert_eq!(request(r#""medicationCodeableConcept":{"text":"Kadcyla"}"#), Medicines(vec![TrastuzumabEmtansine]));
    assert_eq!(request(r#""medication":{"concept":{"text":"Kadcyla"}}"#), Medicines(vec![TrastuzumabEmtansine]));
    let contained = r##""contained":[{"resourceType":"Medication","id":"x","code":{"text":"Enhertu"}}],"medicationReference":{"reference":"#x"}"##;
    assert_eq!(request(contained), Medicines(vec![TrastuzumabDeruxtecan]));
    // the Medication was not sent, its name was
    let by_name = r#""medicationReference":{"reference":"Medication/absent","display":"Herceptin"}"#;
    assert_eq!(request(by_name), Medicines(vec![Trastuzumab]));
    let newer = contained
        .replace(r##""medicationReference":{"reference":"#x"}"##, r##""medication":{"reference":{"reference":"#x"}}"##);
    assert_eq!(request(&newer), Medicines(vec![TrastuzumabDeruxtecan]));
    let ingredients = read(
        r#"[{"resourceType":"MedicationAdministration","medicationReference":{"reference":"Medication/m"}},
        {"resourceType":"Medication","id":"m","code":{"text":"house mix"},"ingredient":[
          {"itemCodeableConcept":{"text":"pertuzumab"}},{"itemReference":{"reference":"Medication/t"}}]},
        {"resourceType":"Medication","id":"t","code":{"text":"Ontruzant"},"ingredient":[{"itemReference":{"reference":"Medication/m"}}]}]"#,
    );
    assert_eq!(ingredients, Medicines(vec![Trastuzumab, Pertuzumab]));
}

#[test]
fn what_names_no_medicine_is_no_medicine_and_no_fault() {
    for medication in [
        r#""status":"active""#,
        r#""medicationCodeableConcept":null"#,
        r#""medicationCodeableConcept":[]"#,
        r#""medicationCodeableConcept":7"#,
        r#""medicationReference":{"reference":"Medication/absent"}"#,
        r#""medicationReference":{"reference":"MedicationRequest/m1"}"#,
    ] {
        assert_eq!(request(medication), Other, "{medication}");
    }
}

#[test]
fn fluorouracil_on_the_skin_is_no_chemotherapy() {
    let coded = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"L01BC02"}],"text":"Fluorouracil 5% cream"}"#;
    assert_eq!(request(coded), Other);
}
