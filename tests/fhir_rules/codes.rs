//! Rules D1 and D2: which code makes a HER2 result, and which one never does.

use super::*;

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

#[test]
fn another_gene_of_the_family_under_the_code_of_her2_is_not_her2() {
    let named = |code: &str, text: &str| {
        let code = json!({"coding": [{"system": LOINC, "code": code}], "text": text});
        observation("o1", "18474-7", json!({"code": code, "valueString": "3+"}))
    };
    for text in
        ["HER3", "HER-3 by IHC", "HER4 immunohistochemistry", "ERBB3", "c-erbB-4 (IHC)", "EGFR", "HER1", "her 3"]
    {
        assert_read(&[named("18474-7", text)], &["Observation/o1: not_her2"]);
        assert_read(&[named("85319-2", text)], &["Observation/o1: not_her2"]);
    }
    for text in ["HER2", "HER2 IHC (HER 3+ if strong)", "ERBB2", "HER-2/neu, EGFR family", "Higher 3 level", "receptor"]
    {
        assert_read(&[named("85319-2", text)], &["ihc 3+"]);
    }
}

#[test]
fn a_display_that_names_another_gene_speaks_against_the_code_of_her2() {
    let code = json!({"coding": [{"system": LOINC, "code": "18474-7", "display": "HER3 Ag [Presence] in Tissue by Immune stain"}]});
    let one = observation("o1", "18474-7", json!({"code": code, "valueString": "3+"}));
    assert_read(&[one], &["Observation/o1: not_her2"]);
}

#[test]
fn a_value_that_names_another_gene_is_no_value_of_her2() {
    for text in ["HER3 3+", "HER3 positive", "ERBB3: 3+", "HER4 Score 3+"] {
        assert_read(&[text_value("18474-7", text)], &["Observation/o1: unreadable"]);
    }
    let concept = |text: &str| observation("o1", "85319-2", json!({"valueCodeableConcept": {"text": text}}));
    assert_read(&[concept("HER3 positive (3+)")], &["Observation/o1: unreadable"]);
    // beside the answer that was coded it speaks against it
    let mut coded_answer = coded(LOINC, "LA11843-2");
    coded_answer["text"] = json!("HER3 3+");
    let one = observation("o1", "85319-2", json!({"valueCodeableConcept": coded_answer}));
    assert_read(&[one], &["contradictory ihc", "Observation/o1: contradictory"]);
}

#[test]
fn a_component_that_names_another_gene_is_not_read() {
    let part = |text: &str| {
        let code = json!({"coding": [{"system": LOINC, "code": "85319-2"}], "text": text});
        json!({"code": code, "valueString": "3+"})
    };
    let with = |parts: Vec<Value>| observation("o1", "48676-1", json!({"component": parts}));
    assert_read(&[with(vec![part("HER3")])], &["Observation/o1: not_her2"]);
    assert_read(&[with(vec![part("HER3"), part("HER2")])], &["ihc 3+"]);
}
