//! The HER2 status of the tumour against the medicine that is ordered.

use herald::domain::evidence::ResultStatus;
use herald::domain::history::{Erbb2Mutation, Extent, HormoneReceptor, StageGroup};
use herald::domain::tumour::Tumour;

use super::builder::{Case, breast, of};
use super::situation::{Situation, choosing, signing};

#[track_caller]
fn finds(situation: &Situation, expected: &[&str]) {
    assert_eq!(situation.beside_the_heart(), expected, "{:?}", situation.0.orders);
}

/// Every HER2-directed medicine, the result of the tumour, and what is found when the order is signed.
#[test]
fn every_medicine_is_held_against_the_status_that_its_label_names() {
    let lung = |mutation| {
        let mut case = of(Tumour::Lung).ihc("0");
        case.history.erbb2_mutation = mutation;
        case
    };
    let colorectal = || of(Tumour::Colorectal).scoring("heracles");
    let table: Vec<(&str, Case, &[&str])> = vec![
        ("trastuzumab", breast().ihc("3+"), &[]),
        ("trastuzumab", breast().ihc("2+").dual("2.4", "6.1"), &[]),
        ("trastuzumab", breast().ihc("1+"), &["critical her2_negative"]),
        ("trastuzumab", breast().ihc("0"), &["critical her2_negative"]),
        ("trastuzumab", breast().ihc("2+").dual("1.2", "2.4"), &["critical her2_negative"]),
        ("trastuzumab", breast().ihc("2+"), &["warning her2_equivocal"]),
        ("trastuzumab", breast().ihc("indeterminate"), &["warning her2_unknown"]),
        ("trastuzumab", breast().overall("negative"), &["critical her2_negative"]),
        ("trastuzumab", breast().overall("positive"), &[]),
        ("trastuzumab", of(Tumour::Gastroesophageal).ihc("3+"), &[]),
        ("trastuzumab", of(Tumour::Gastroesophageal).ihc("0"), &["critical her2_negative"]),
        ("pertuzumab", breast().ihc("1+"), &["critical her2_negative"]),
        ("trastuzumab_emtansine", breast().ihc("1+"), &["critical her2_negative"]),
        ("margetuximab", breast().ihc("0"), &["critical her2_negative"]),
        ("lapatinib", breast().ihc("0"), &["critical her2_negative"]),
        ("neratinib", breast().ihc("0"), &["critical her2_negative"]),
        ("tucatinib", breast().ihc("0"), &["critical her2_negative"]),
        // low, ultralow and IHC 3+ carry trastuzumab deruxtecan; nothing at all, or another score, does not
        ("trastuzumab_deruxtecan", breast().ihc("3+"), &[]),
        ("trastuzumab_deruxtecan", breast().ihc("1+"), &[]),
        ("trastuzumab_deruxtecan", breast().ihc("2+").dual("1.2", "2.4"), &[]),
        ("trastuzumab_deruxtecan", breast().ihc("0").percent("5"), &["warning label_receptors_unknown"]),
        ("trastuzumab_deruxtecan", breast().ihc("0").percent("0"), &["critical her2_negative"]),
        ("trastuzumab_deruxtecan", breast().ihc("0"), &["warning her2_condition_open"]),
        ("trastuzumab_deruxtecan", breast().overall("negative"), &["warning her2_condition_open"]),
        ("trastuzumab_deruxtecan", breast().ihc("2+"), &["warning her2_equivocal"]),
        ("trastuzumab_deruxtecan", of(Tumour::Ovarian).ihc("3+"), &[]),
        ("trastuzumab_deruxtecan", of(Tumour::Ovarian).ihc("1+"), &["critical her2_negative"]),
        (
            "trastuzumab_deruxtecan",
            of(Tumour::Ovarian).ihc("2+").dual("2.6", "6.4"),
            &["warning her2_condition_not_met"],
        ),
        ("trastuzumab_deruxtecan", of(Tumour::Ovarian).overall("positive"), &["warning her2_condition_open"]),
        ("trastuzumab_deruxtecan", of(Tumour::Gastroesophageal).ihc("2+").dual("2.6", "6.4"), &[]),
        ("trastuzumab_deruxtecan", of(Tumour::Gastroesophageal).ihc("1+"), &["critical her2_negative"]),
        ("trastuzumab_deruxtecan", lung(Some(Erbb2Mutation::Activating)), &[]),
        ("trastuzumab_deruxtecan", lung(None), &["warning her2_condition_open"]),
        ("trastuzumab_deruxtecan", lung(Some(Erbb2Mutation::Negative)), &["critical her2_negative"]),
        // mutation medicines are never judged by the protein
        ("zongertinib", lung(Some(Erbb2Mutation::KinaseDomainActivating)), &[]),
        ("zongertinib", lung(Some(Erbb2Mutation::Activating)), &["warning erbb2_variant_open"]),
        ("zongertinib", lung(None), &["warning her2_condition_open"]),
        ("sevabertinib", lung(Some(Erbb2Mutation::Negative)), &["warning her2_condition_not_met"]),
        ("zanidatamab", of(Tumour::Biliary).ihc("3+"), &[]),
        ("zanidatamab", of(Tumour::Biliary).ihc("2+").dual("2.6", "6.4"), &["warning her2_condition_not_met"]),
        ("zanidatamab", of(Tumour::Biliary).ihc("1+"), &["critical her2_negative"]),
        ("tucatinib", colorectal().ihc("3+").percent("80"), &["warning ras_unknown"]),
        // no medicine that is directed at HER2, no finding
        ("taxane", breast().ihc("1+"), &[]),
        ("pembrolizumab", breast().ihc("1+"), &[]),
    ];
    for (medicine, case, expected) in table {
        let situation = signing(medicine).result(case);
        assert_eq!(situation.beside_the_heart(), expected, "{medicine}: {:?}", situation.0.specimens);
    }
}

#[test]
fn low_and_ultralow_carry_trastuzumab_deruxtecan_only_in_the_setting_of_the_label() {
    let order = |case: Case, receptor, extent, stage| {
        let mut situation = signing("trastuzumab_deruxtecan").result(case);
        situation.0.history.hormone_receptor = receptor;
        situation.0.history.extent = extent;
        situation.0.history.stage = stage;
        situation
    };
    let (low, ultralow) = (|| breast().ihc("1+"), || breast().ihc("0").percent("5"));
    let (early, metastatic) = (Some(Extent::Early), Some(Extent::Metastatic));
    let (positive, negative) = (Some(HormoneReceptor::Positive), Some(HormoneReceptor::Negative));
    let not_met: &[&str] = &["warning label_setting_not_met"];
    finds(&order(low(), None, metastatic, None), &[]);
    finds(&order(low(), negative, metastatic, None), &[]);
    finds(&order(low(), None, early, Some(StageGroup::Two)), not_met);
    finds(&order(low(), None, early, Some(StageGroup::Three)), &[]);
    finds(&order(ultralow(), positive, metastatic, None), &[]);
    finds(&order(ultralow(), negative, metastatic, None), not_met);
    finds(&order(ultralow(), positive, early, Some(StageGroup::One)), not_met);
}

#[test]
fn choosing_an_order_is_never_critical() {
    finds(&choosing("trastuzumab").result(breast().ihc("1+")), &["warning her2_negative"]);
    finds(
        &choosing("trastuzumab").pregnancy_test(true, "2026-11-20").result(breast().ihc("3+")),
        &["warning pregnancy_positive"],
    );
}

#[test]
fn without_a_her2_result_the_status_is_unknown_and_never_negative() {
    finds(&signing("trastuzumab").tumour(Tumour::Breast), &["warning her2_unknown"]);
    finds(&signing("trastuzumab").tumour(Tumour::Breast).unseen("her2"), &["warning her2_unknown"]);
}

#[test]
fn a_preliminary_result_neither_carries_an_order_nor_makes_it_critical() {
    for score in ["3+", "1+"] {
        let case = breast().ihc(score).status(ResultStatus::Preliminary);
        finds(&signing("trastuzumab").result(case), &["warning her2_not_final"]);
    }
}

#[test]
fn a_final_result_does_not_carry_an_order_while_a_newer_one_is_preliminary() {
    let newer = breast().ihc("1+").status(ResultStatus::Preliminary);
    let situation = signing("trastuzumab").result_on(breast().ihc("3+"), "2026-09-01").result(newer);
    finds(&situation, &["warning her2_not_final"]);
}

#[test]
fn a_negative_result_beside_an_earlier_positive_one_is_not_critical() {
    let situation = signing("trastuzumab").result_on(breast().ihc("3+"), "2023-03-07").result(breast().ihc("0"));
    finds(&situation, &["warning her2_negative_doubted"]);
}

#[test]
fn a_negative_result_that_the_laboratory_calls_positive_is_not_critical() {
    let situation = signing("trastuzumab").result(breast().ihc("1+").overall("positive"));
    finds(&situation, &["warning her2_negative_doubted"]);
}

#[test]
fn a_sample_that_was_low_once_leaves_trastuzumab_deruxtecan_to_the_clinician() {
    let situation = signing("trastuzumab_deruxtecan")
        .result_on(breast().ihc("1+"), "2023-03-07")
        .result(breast().ihc("0").percent("0"));
    finds(&situation, &["warning her2_condition_open"]);
}

#[test]
fn a_result_of_another_tumour_never_carries_an_order() {
    let situation = signing("trastuzumab_deruxtecan").result(breast().ihc("3+")).tumour(Tumour::Ovarian);
    finds(&situation, &["warning her2_other_tumour"]);
}

#[test]
fn the_result_of_the_treated_tumour_counts_even_where_another_one_leads() {
    let both = |order: &str| {
        signing(order)
            .result_on(breast().ihc("3+"), "2026-11-01")
            .result_on(of(Tumour::Ovarian).ihc("1+"), "2026-05-02")
            .tumour(Tumour::Ovarian)
    };
    finds(&both("trastuzumab_deruxtecan"), &["critical her2_negative"]);
    let treated_is_positive = both("trastuzumab").tumour(Tumour::Breast);
    finds(&treated_is_positive, &[]);
}

#[test]
fn two_primaries_that_differ_are_said_and_two_that_agree_are_not() {
    let two = |score: &str| {
        signing("trastuzumab_deruxtecan")
            .result_on(breast().ihc("3+"), "2026-11-01")
            .result_on(of(Tumour::Ovarian).ihc(score), "2026-11-02")
            .tumour(Tumour::Unknown)
    };
    finds(&two("1+"), &["warning her2_other_tumour"]);
    finds(&two("3+"), &[]);
}

#[test]
fn an_activating_mutation_carries_an_order_without_any_tissue_result() {
    let mut situation = signing("zongertinib").tumour(Tumour::Lung);
    situation.0.history.erbb2_mutation = Some(Erbb2Mutation::KinaseDomainActivating);
    finds(&situation, &[]);
}

#[test]
fn the_findings_name_the_order_the_rule_and_what_was_read() {
    let situation = signing("trastuzumab").result(breast().ihc("1+")).lvef("60", "2026-11-01");
    let assessment = situation.assessment();
    let printed = serde_json::to_value(&assessment).unwrap();
    assert_eq!(
        printed["safety"],
        serde_json::json!([{
            "id": "her2_negative",
            "indicator": "critical",
            "agent": "trastuzumab",
            "order": "MedicationRequest/draft1",
            "rule": "order-safety/her2-trastuzumab-breast",
            "evidence": [
                {"reference": "Observation/o1", "reads": "IHC 1+"},
                {"reference": "MedicationRequest/draft1", "reads": "order of trastuzumab"},
            ],
        }])
    );
    assert!(
        herald::assessment::as_text(&assessment)
            .contains("critical her2_negative: trastuzumab, MedicationRequest/draft1")
    );
}

#[test]
fn the_row_of_the_tumour_counts_even_where_only_its_results_name_the_tumour() {
    let low = signing("trastuzumab_deruxtecan").result(breast().ihc("1+")).tumour(Tumour::Unknown);
    finds(&low, &[]);
    let stomach = of(Tumour::Gastroesophageal).ihc("2+").dual("2.6", "6.4");
    finds(&signing("trastuzumab_deruxtecan").result(stomach).tumour(Tumour::Unknown), &[]);
}
