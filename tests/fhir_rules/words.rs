//! Words of the laboratory through the whole reader: whose copies, whose word, and what a name says was tested.

use super::*;
use herald::assessment::assess;

use crate::knowledge::KNOWLEDGE;

/// `category expression step flags` of the first specimen of a breast cancer.
fn assessed(resources: &[Value]) -> String {
    let mut all = vec![condition("c1", "http://hl7.org/fhir/sid/icd-10-cm", "C50.412")];
    all.extend_from_slice(resources);
    let evidence = evidence(&all);
    let answer = assess(&KNOWLEDGE, &evidence, jiff::civil::date(2026, 11, 26));
    let json = serde_json::to_value(&answer).expect("an assessment is JSON");
    let specimen = &json["specimens"][0];
    let flags: Vec<&str> = specimen["flags"].as_array().expect("flags").iter().filter_map(Value::as_str).collect();
    let word = |name: &str| specimen[name].as_str().unwrap_or("-").to_owned();
    format!("{} {} {} {}", word("category"), word("expression"), word("nextStep"), flags.join(" "))
        .trim_end()
        .to_owned()
}

fn conclusion(text: &str) -> Value {
    json!({"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "subject": {"reference": "Patient/p1"},
        "code": coded(LOINC, "60568-3"), "effectiveDateTime": "2026-05-02", "conclusion": text})
}

fn local(name: &str, value: &str) -> Value {
    observation("o1", "x", json!({"code": {"text": name}, "valueString": value}))
}

/// An IHC 2+ and an ISH of the same specimen.
fn two_plus_and(ish: Value) -> [Value; 2] {
    let on = json!({"reference": "Specimen/s1"});
    let mut ish = ish;
    ish["specimen"] = on.clone();
    [observation("o2", "85319-2", json!({"valueString": "2+", "specimen": on})), ish]
}

#[test]
fn six_copies_of_her2_and_three_of_cep17_are_group_three_and_never_group_five() {
    let group_3 = "HER2 2+. FISH ratio 1.9, HER2 copies 6.65, CEP17 copies 3.5, 40 cells.";
    assert_read(&[conclusion(group_3)], &["ihc 2+", "ish 1.9/6.65/3.5/40"]);
    assert!(assessed(&[conclusion(group_3)]).starts_with("equivocal not_applicable blinded_recount"));
    assert_read(&[text_value("85318-4", "ratio 2.2, HER2 copies 6.6, CEP17 copies 3.0")], &["ish 2.2/6.6/3.0/-"]);
    let no_copies = [conclusion("HER2 2+. FISH ratio 1.9, CEP17 copies 3.5")];
    assert_read(&no_copies, &["ihc 2+", "ish 1.9/-/3.5/-"]);
    assert!(assessed(&no_copies).starts_with("insufficient not_applicable obtain_copy_number"));
}

#[test]
fn two_different_numbers_in_a_text_ask_the_laboratory() {
    let twice = [conclusion("HER2 2+. FISH ratio 1.2, ratio 2.4")];
    assert_eq!(assessed(&twice), "insufficient not_applicable lab_clarification text_derived ambiguous_score");
    let two_texts = json!({"valueCodeableConcept": {"text": "ratio 2.4"}, "valueString": "ratio 1.2"});
    assert_read(&[observation("o1", "85318-4", two_texts)], &["contradictory ish", "Observation/o1: contradictory"]);
}

#[test]
fn a_number_under_the_code_of_one_probe_is_not_that_of_the_other() {
    let unreadable = ["Observation/o1: unreadable"];
    for text in ["120 signals in 40 cells", "CEP17 copies 3.0"] {
        assert_read(&[text_value("74860-8", text)], &unreadable);
    }
    assert_read(&[text_value("74861-6", "HER2 copies 6.6")], &unreadable);
    assert_read(&[text_value("74861-6", "3.0 copies")], &["ish -/-/3.0/-"]);
    assert_read(&[text_value("74860-8", "6.6 signals/cell")], &["ish -/6.6/-/-"]);
}

#[test]
fn a_name_that_says_another_thing_was_tested_is_set_aside() {
    for (name, why) in [
        ("HER2 ctDNA amplification", "not_tissue"),
        ("HER2 CTC", "not_tissue"),
        ("HER2 circulating tumor cells IHC", "not_tissue"),
        ("HER2 mRNA (RT-PCR)", "not_her2"),
        ("Oncotype HER2", "not_her2"),
        ("HER2 by RT-PCR (Oncotype DX)", "not_her2"),
        ("PAM50 HER2-enriched", "not_her2"),
        ("MammaPrint BluePrint HER2", "not_her2"),
        ("HER2 autoantibody", "not_her2"),
        ("HER2 vaccine response", "not_her2"),
        ("HER2 low", "unreadable"),
        ("HER2 ultralow", "unreadable"),
        ("HER2 polysomy", "unreadable"),
        ("HER2 genetic heterogeneity", "unreadable"),
        ("HER2 testing performed", "unreadable"),
        ("HER2 clone 4B5 adequate", "unreadable"),
        ("HER2 IHC control slide", "unreadable"),
        ("HER2 ISH control", "unreadable"),
        ("HER2 IHC internal control", "unreadable"),
        ("HER2 Intensity", "unreadable"),
        ("HER2 IHC of the patient's mother", "unreadable"),
    ] {
        for value in ["positive", "3+"] {
            assert_read(&[local(name, value)], &[format!("Observation/o1: {why}").as_str()]);
        }
    }
}

#[test]
fn a_name_of_a_tissue_test_is_read_in_four_languages() {
    for name in [
        "HER2 IHC",
        "HER2/neu by IHC, breast",
        "HER-2/neu Immunhistochemie",
        "HER2-Immunohistochemie (Mammakarzinom)",
        "Immunohistochimie HER2, sein",
        "HER2 inmunohistoquímica",
        "c-erbB-2 IHC",
        "CerbB2 IHC",
        "HER2 (4B5) IHC score",
        "HER2 Ag [Presence] in Tissue by Immune stain",
    ] {
        assert_read(&[local(name, "3+")], &["ihc 3+"]);
    }
    for name in ["HER2 SISH", "Dual ISH HER2", "HER2 in situ hybridization", "HER2-Hybridisierung", "ERBB2 FISH"] {
        assert_read(&[local(name, "not amplified")], &["ish -/-/-/- negative"]);
    }
    for name in ["HER2-Status", "HER2 Receptor", "Statut HER2", "HER2 overall result", "HER2 IHC and FISH"] {
        assert_read(&[local(name, "positive")], &["overall positive"]);
    }
    // what may follow was not done yet
    assert_read(&[local("HER2 IHC with reflex to FISH", "positive")], &["ihc positive"]);
    assert_read(&[local("HER2 IHC with reflex to FISH", "3+")], &["ihc 3+"]);
    assert_read(&[local("HER2/CEN17 ratio", "2.4")], &["ish 2.4/-/-/-"]);
}

#[test]
fn the_words_beside_a_known_code_may_set_the_result_aside() {
    let named = |text: &str| {
        let code = json!({"coding": [{"system": LOINC, "code": "85319-2"}], "text": text});
        observation("o1", "x", json!({"code": code, "valueString": "3+"}))
    };
    for text in ["HER2 IHC (prior biopsy)", "HER2 IHC positive control", "HER2 IHC, previous specimen"] {
        assert_read(&[named(text)], &["Observation/o1: unreadable"]);
    }
    for text in [
        "HER2 [Presence] in Breast cancer specimen by Immune stain",
        "HER2 IHC",
        "HER2 Receptor",
        "Hibridación in situ",
    ] {
        assert_read(&[named(text)], &["ihc 3+"]);
        assert!(assessed(&[named(text)]).starts_with("positive"), "{text}");
    }
    for one in [named("HER2 IHC DCIS"), local("HER2 IHC, DCIS component", "3+")] {
        let answer = assessed(&[one]);
        assert!(answer.starts_with("insufficient not_applicable confirm_invasive_component not_invasive"), "{answer}");
    }
}

#[test]
fn a_failed_ish_is_failed_in_words_as_in_codes() {
    for text in ["Failed", "QNS", "cannot be assessed", "insufficient invasive tumor", "FISH failed"] {
        let answer = assessed(&two_plus_and(text_value("85318-4", text)));
        assert!(answer.starts_with("indeterminate not_applicable repeat_assay_or_new_specimen ish_failed"), "{answer}");
        assert_read(&[text_value("85318-4", text)], &["ish -/-/-/- failed"]);
    }
    let answer = assessed(&[conclusion("HER2 2+. FISH failed.")]);
    assert!(answer.starts_with("indeterminate not_applicable repeat_assay_or_new_specimen ish_failed"), "{answer}");
}

#[test]
fn a_score_under_an_ish_code_is_no_score() {
    for text in ["3+", "Score 2+", "positive (3+)"] {
        assert_read(&[text_value("85318-4", text)], &["Observation/o1: unreadable"]);
    }
    for text in ["Negative by IHC", "IHC negative"] {
        assert_read(&[text_value("85318-4", text)], &["Observation/o1: unreadable"]);
    }
    assert_read(&[text_value("85318-4", "HER2 negative. FISH ordered")], &["pending ish"]);
    assert_read(&[text_value("85318-4", "IHC 2+, FISH negative")], &["ihc 2+", "ish -/-/-/- negative"]);
}

#[test]
fn a_share_of_cells_and_the_word_of_another_gene_are_not_the_ish() {
    for text in ["amplified in 8 % of cells", "HER2 amplified, TOP2A not amplified"] {
        assert_read(&[text_value("85318-4", text)], &["Observation/o1: unreadable"]);
    }
    let answer = assessed(&[conclusion("HER2 IHC 3+. Amplified in 8 % of cells by FISH.")]);
    assert_eq!(answer, "positive not_applicable none text_derived");
}

#[test]
fn the_word_for_both_tests_stands_beside_a_settled_two_plus() {
    for text in ["HER2 negative (IHC 2+, FISH not amplified)", "HER2-Status: negativ (Score 2+, FISH negativ)"] {
        let coded = [text_value("48676-1", text)];
        assert_read(&coded, &["ihc 2+", "overall negative", "ish -/-/-/- negative"]);
        assert!(assessed(&coded).starts_with("negative low none"), "{text}");
        assert!(assessed(&[conclusion(text)]).starts_with("negative low none"), "{text}");
    }
    let positive = [text_value("48676-1", "HER2 positive (IHC 2+, FISH amplified)")];
    assert!(assessed(&positive).starts_with("positive not_applicable none"));
    let numbers = [text_value("48676-1", "HER2 negative (IHC 2+; FISH ratio 1.2, HER2 copies 2.4, 40 cells)")];
    assert_read(&numbers, &["ihc 2+", "overall negative", "ish 1.2/2.4/-/40"]);
    assert_eq!(assessed(&numbers), "negative low none text_derived");
    let against = [text_value("48676-1", "HER2 negative (IHC 2+; FISH ratio 3.2, HER2 copies 8.4, 40 cells)")];
    let answer = assessed(&against);
    assert!(answer.starts_with("positive not_applicable lab_clarification lab_interpretation_disagrees"), "{answer}");
    let low = [text_value("85319-2", "HER2-low (IHC 2+, ISH negative)")];
    assert!(assessed(&low).starts_with("negative low none"), "{}", assessed(&low));
    assert_read(&[text_value("48676-1", "Negative (low)")], &["overall low"]);
    assert_read(&[text_value("48676-1", "Negative by FISH")], &["ish -/-/-/- negative"]);
    assert_read(
        &[text_value("48676-1", "HER2 negative (IHC 2+)")],
        &["contradictory overall", "Observation/o1: contradictory"],
    );
}

#[test]
fn the_word_of_a_conclusion_that_its_numbers_contradict_asks_the_laboratory() {
    for (text, ours) in [
        ("HER2: negative; IHC 2+; ratio 3.2; copies 6.4", "positive not_applicable"),
        ("HER2: positive; IHC 2+; ratio 1.2; copies 2.4", "negative low"),
    ] {
        for one in [conclusion(text), text_value("85319-2", text)] {
            let answer = assessed(&[one]);
            assert!(answer.starts_with(&format!("{ours} lab_clarification")), "{text}: {answer}");
            assert!(answer.contains("lab_interpretation_disagrees"), "{text}: {answer}");
        }
    }
}

#[test]
fn a_title_is_not_read_as_an_amplified_gene() {
    for text in ["HER2 2+; FISH for HER2 amplification.", "HER2 2+. HER2 amplification by FISH"] {
        assert!(assessed(&[conclusion(text)]).starts_with("equivocal"), "{text}");
        assert_read(&[text_value("85318-4", text)], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn a_digit_beside_its_word_is_read_as_far_as_the_code_goes() {
    for (text, ihc, overall) in [("Negative (0)", "ihc 0", "negative"), ("Positive (3)", "ihc 3+", "positive")] {
        assert_read(&[text_value("85319-2", text)], &[ihc]);
        assert_read(&[text_value("48676-1", text)], &[format!("overall {overall}").as_str()]);
        assert_read(&[text_value("85318-4", text)], &["Observation/o1: unreadable"]);
    }
    assert_read(&[text_value("85318-4", "2+, not amplified")], &["ihc 2+", "ish -/-/-/- negative"]);
}

#[test]
fn an_ordered_fish_is_awaited() {
    let answer = assessed(&[text_value("85319-2", "2+; FISH ordered")]);
    assert!(answer.starts_with("equivocal not_applicable await_ish"), "{answer}");
}

#[test]
fn where_the_tissue_lay_may_stand_in_the_name_of_a_test() {
    for name in
        ["HER2 IHC left breast", "HER2 IHC, liver biopsy", "HER2 IHC on cell block", "HER2 IHC (axillary lymph node)"]
    {
        assert_read(&[local(name, "3+")], &["ihc 3+"]);
    }
    assert_read(&[local("HER2 IHC outside report", "3+")], &["Observation/o1: unreadable"]);
}

#[test]
fn names_of_laboratories_that_say_no_more_than_what_was_tested_are_read() {
    for name in [
        "Human epidermal growth factor receptor 2 (HER2) IHC",
        "HER2 IHC, Part A",
        "HER2 IHC Block A1",
        "HER2 by IHC, manual",
        "HER2 analysis by IHC",
        "HER2 IHC Breast w/ reflex to FISH",
        "HER2 IHC, reflex FISH if 2+",
        "HER2 IHC gastroesophageal junction",
        "HER2 IHC score (0-3+)",
        "HER2 ASCO/CAP 2018 IHC",
    ] {
        assert_read(&[local(name, "3+")], &["ihc 3+"]);
    }
    for name in ["HER2 DNA FISH", "HER2 FISH DNA probe", "HER2 FISH (Vysis)", "HER2 FISH-Analyse", "HER2 reflex FISH"] {
        assert_read(&[local(name, "amplified")], &["ish -/-/-/- positive"]);
    }
    for name in ["HER2 IHC 3", "HER2 DNA", "HER2 IHC control, Part A"] {
        let found = reads(&[local(name, "3+")]);
        assert!(found.len() == 1 && found[0].contains(": "), "{name}: {found:?}");
    }
}

#[test]
fn words_beside_a_known_code_set_it_aside_only_where_they_speak_of_a_control_slide_or_of_an_earlier_specimen() {
    let with = |text: &str| {
        let code = json!({"coding": [{"system": LOINC, "code": "85319-2"}], "text": text});
        reads(&[observation("o1", "x", json!({"code": code, "valueString": "3+"}))])
    };
    for text in ["HER2 IHC PRIORITY", "HER2 IHC w/ controls", "HER2, no previous result", "HER2 IHC prior to treatment"]
    {
        assert_eq!(with(text), ["ihc 3+"], "{text}");
    }
    for text in
        ["HER2 IHC positive control", "HER2 IHC control slide", "HER2 IHC (prior biopsy)", "HER2 IHC (previous)"]
    {
        assert_eq!(with(text), ["Observation/o1: unreadable"], "{text}");
    }
}

#[test]
fn in_situ_in_the_name_of_an_ish_is_the_hybridisation_and_a_name_with_both_parts_is_not_in_situ() {
    let invasive = |loinc: &str, text: &str, value: &str| {
        let code = json!({"coding": [{"system": LOINC, "code": loinc}], "text": text});
        evidence(&[observation("o1", "x", json!({"code": code, "valueString": value}))]).specimens[0].invasive
    };
    for text in ["HER2 in situ hyb", "HER2 dual in situ", "HER2 ibridazione in situ", "HER2 hibridização in situ"] {
        assert_eq!(invasive("85318-4", text, "amplified"), None, "{text}");
    }
    assert_eq!(invasive("85318-4", "HER2 FISH DCIS component", "amplified"), Some(false));
    for text in ["HER2 IHC invasive carcinoma with DCIS", "HER2 IHC (DCIS excluded)"] {
        assert_eq!(invasive("85319-2", text, "3+"), None, "{text}");
    }
    assert_eq!(invasive("85319-2", "HER2 IHC, carcinoma in situ", "3+"), Some(false));
}

#[test]
fn a_conclusion_on_her2_that_is_not_understood_is_set_aside_by_name() {
    let unread = "DiagnosticReport/r1: unreadable";
    for text in [
        "Breast cancer, HER2 FISH amplified (4.5).",
        "HER2 was 3+ on the core biopsy of 2019",
        "HER2 3+ in the usual places, I would think",
        "HER2 IHC 3+ (see comment).",
        "HER2 2+, ISH recommended.",
    ] {
        assert_read(&[conclusion(text)], &[unread]);
        // so that nobody is told that no ISH was found
        let two_plus =
            observation("o2", "85319-2", json!({"valueString": "2+", "specimen": {"reference": "Specimen/s1"}}));
        assert_read(&[two_plus, conclusion(text)], &["ihc 2+", unread]);
    }
}

#[test]
fn a_conclusion_that_tells_no_result_of_this_tissue_is_not_listed() {
    for text in [
        "HER2 testing ordered",
        "Recommend HER2 testing.",
        "Refer to the HER2 addendum",
        "HER2: see separate report.",
        "ERBB2 mutation positive",
        "NGS panel: ERBB2 S310F mutation detected; no amplification.",
        "Serum HER2 positive",
        "HER2 amplification studies pending.",
        "Recommend HER2 amplification testing by FISH.",
        "HER2 staining not performed.",
        "HER2 control slides stained appropriately.",
        "Liquid biopsy: ERBB2 amplification.",
    ] {
        assert_eq!(read(&evidence(&[conclusion(text)])), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_a_conclusion_says_of_the_tissue_holds_for_no_coded_result_and_no_other_report() {
    let on = json!({"reference": "Specimen/s1"});
    let with_specimen = |id: &str, text: &str| {
        let mut report = conclusion(text);
        (report["id"], report["specimen"]) = (id.into(), json!([on]));
        report
    };
    let coded = observation("o1", "85319-2", json!({"valueString": "3+", "specimen": on}));
    let beside_code = [with_specimen("r1", "DCIS. HER2 positive."), coded];
    assert!(assessed(&beside_code).starts_with("positive"), "{}", assessed(&beside_code));
    let two = [with_specimen("r1", "DCIS. HER2 3+."), with_specimen("r2", "HER2 IHC 1+.")];
    assert!(assessed(&two).starts_with("indeterminate not_applicable lab_clarification"), "{}", assessed(&two));
    let addendum = [with_specimen("r1", "DCIS. HER2 2+."), with_specimen("r2", "HER2 FISH amplified.")];
    assert!(assessed(&addendum).starts_with("positive"), "{}", assessed(&addendum));
}

#[test]
fn a_score_on_carcinoma_in_situ_alone_asks_for_the_invasive_component() {
    for text in [
        "DCIS. HER2 3+.",
        "Ductal carcinoma in situ, no invasive carcinoma. HER2 IHC 3+.",
        "DCIS ohne Hinweis auf Invasion. HER2 Score 3+.",
    ] {
        let answer = assessed(&[conclusion(text)]);
        assert!(
            answer.starts_with("insufficient not_applicable confirm_invasive_component not_invasive"),
            "{text}: {answer}"
        );
    }
    for text in [
        "Invasive ductal carcinoma with DCIS. HER2 3+.",
        "Carcinoma, no DCIS. HER2 3+.",
        "History of DCIS. Carcinoma, HER2 3+",
        "Liver metastasis; intraductal component in the breast. HER2 3+.",
    ] {
        assert!(assessed(&[conclusion(text)]).starts_with("positive"), "{text}");
    }
    let hybridised = "HER2 2+. Fluorescence in situ hybridization: amplified.";
    assert!(assessed(&[conclusion(hybridised)]).starts_with("positive"));
}
