//! Pregnancy, lungs, and the markers that a label asks for beside HER2.

use herald::domain::history::{Ras, TreatmentSource};
use herald::domain::safety::Check;
use herald::domain::tumour::Tumour;

use super::builder::{breast, of};
use super::situation::{Situation, choosing, signing, tdxd};

#[track_caller]
fn finds(situation: &Situation, expected: &[&str]) {
    assert_eq!(situation.beside_the_heart(), expected);
}

#[test]
fn a_recent_positive_pregnancy_test_is_critical_at_signing() {
    finds(&tdxd().pregnancy_test(true, "2026-11-20"), &["critical pregnancy_positive"]);
    finds(&tdxd().pregnancy_test(true, "2026-02-05"), &["critical pregnancy_positive"]);
    finds(&tdxd().pregnancy_test(false, "2026-11-20"), &[]);
    finds(&tdxd(), &[]);
}

#[test]
fn a_positive_test_of_another_year_or_without_a_date_is_a_warning() {
    finds(&tdxd().pregnancy_test(true, "2026-02-04"), &["warning pregnancy_positive"]);
    finds(&tdxd().pregnancy_test(true, ""), &["warning pregnancy_positive"]);
}

#[test]
fn only_a_negative_test_that_was_taken_later_answers_a_positive_one() {
    let both = |positive: &str, negative: &str| tdxd().pregnancy_test(true, positive).pregnancy_test(false, negative);
    finds(&both("2026-11-01", "2026-11-08"), &[]);
    finds(&both("2026-11-08", "2026-11-01"), &["critical pregnancy_positive"]);
    finds(&both("2026-11-08", "2026-11-08"), &["critical pregnancy_positive"]);
    finds(&both("2026-11-08T08:00:00Z", "2026-11-08T15:00:00Z"), &[]);
    finds(&both("2026-11", "2026-11-08"), &["critical pregnancy_positive"]);
    finds(&both("2026-11-08", ""), &["critical pregnancy_positive"]);
}

#[test]
fn lung_disease_concerns_the_conjugates_and_the_two_kinase_inhibitors_of_lung_cancer_only() {
    finds(&tdxd().lung_disease("2025-03"), &["warning lung_disease"]);
    let tdm1 = signing("trastuzumab_emtansine").result(breast().ihc("3+")).lung_disease("");
    finds(&tdm1, &["warning lung_disease"]);
    for medicine in ["zongertinib", "sevabertinib"] {
        let lung = signing(medicine).result(of(Tumour::Lung).ihc("0")).lung_disease("2025-03");
        finds(&lung, &["warning her2_condition_open", "warning lung_disease"]);
    }
    for medicine in ["trastuzumab", "tucatinib", "neratinib"] {
        finds(&signing(medicine).result(breast().ihc("3+")).lung_disease("2025-03"), &[]);
    }
}

#[test]
fn tucatinib_in_colorectal_cancer_asks_for_ras_and_in_breast_cancer_does_not() {
    let colorectal = || {
        let case = of(Tumour::Colorectal).scoring("heracles").ihc("3+").percent("80");
        signing("tucatinib").result(case)
    };
    finds(&colorectal(), &["warning ras_unknown"]);
    finds(&colorectal().ras(Ras::Mutant), &["warning ras_mutant"]);
    finds(&colorectal().ras(Ras::WildType), &[]);
    finds(&colorectal().ras_open(), &["warning ras_open"]);
    finds(&signing("tucatinib").result(breast().ihc("3+")), &[]);
}

#[test]
fn pembrolizumab_beside_trastuzumab_asks_for_the_combined_positive_score() {
    let gastric = || of(Tumour::Gastroesophageal).ihc("3+");
    let both = || signing("trastuzumab").order("pembrolizumab").result(gastric());
    finds(&both(), &["warning cps_unknown"]);
    finds(&both().cps("0.5"), &["warning cps_below"]);
    finds(&both().cps("<1"), &["warning cps_below"]);
    finds(&both().cps("<10"), &["warning cps_unknown"]);
    finds(&both().cps("1"), &[]);
    finds(&signing("pembrolizumab").result(gastric()), &[]);
    finds(&signing("pembrolizumab").result(gastric()).given("trastuzumab", "2026-11-05"), &["warning cps_unknown"]);
    finds(&signing("trastuzumab").order("pembrolizumab").result(breast().ihc("3+")), &[]);
}

#[test]
fn the_finding_about_the_score_names_the_order_of_pembrolizumab() {
    let gastric = of(Tumour::Gastroesophageal).ihc("3+");
    let both = choosing("trastuzumab").order("pembrolizumab").result(gastric);
    let about: Vec<String> = both.findings().into_iter().filter(|line| line.contains("cps")).collect();
    assert_eq!(about, ["warning cps_unknown pembrolizumab MedicationRequest/draft2"]);
}

#[test]
fn a_preliminary_positive_pregnancy_test_is_a_warning() {
    let preliminary = tdxd().pregnancy_test(true, "2026-11-20").preliminary();
    finds(&preliminary, &["warning pregnancy_positive"]);
    finds(&preliminary.pregnancy_test(true, "2026-11-22"), &["critical pregnancy_positive"]);
}

#[test]
fn a_negative_pregnancy_test_with_a_date_in_the_future_answers_no_positive_one() {
    let positive = tdxd().pregnancy_test(true, "2026-11-20");
    let found = |situation: &Situation| situation.beside_the_heart();
    assert_eq!(found(&positive), ["critical pregnancy_positive"]);
    assert_eq!(found(&positive.clone().pregnancy_test(false, "2062-11-21")), ["critical pregnancy_positive"]);
    assert!(found(&positive.pregnancy_test(false, "2026-11-25")).is_empty());
}

#[test]
fn an_order_of_trastuzumab_beside_pembrolizumab_that_is_under_way_asks_for_the_score_too() {
    let gastric = || of(Tumour::Gastroesophageal).ihc("3+");
    let order = |day: &str| signing("trastuzumab").result(gastric()).given("pembrolizumab", day);
    finds(&order("2026-11-05"), &["warning cps_unknown"]);
    finds(&order("2026-10-15"), &["warning cps_unknown"]);
    finds(&order("2026-10-14"), &[]);
    finds(&order("2026-11-05").cps("1"), &[]);
    finds(&signing("trastuzumab").result(gastric()).given("pertuzumab", "2026-11-05"), &[]);
}

#[test]
fn where_pembrolizumab_is_drafted_and_not_chosen_the_order_of_trastuzumab_carries_the_question() {
    let gastric = || of(Tumour::Gastroesophageal).ihc("3+");
    let about = |situation: Situation| -> Vec<String> {
        situation.findings().into_iter().filter(|line| line.contains("cps")).collect()
    };
    let not_chosen = signing("trastuzumab").order("pembrolizumab").not_chosen().result(gastric());
    assert_eq!(about(not_chosen), ["warning cps_unknown pembrolizumab MedicationRequest/draft1"]);
    let another = signing("trastuzumab").order("pembrolizumab").not_chosen().order("taxane").result(gastric());
    assert_eq!(about(another), ["warning cps_unknown pembrolizumab MedicationRequest/draft1"]);
}

#[test]
fn a_pregnancy_test_that_was_not_found_before_the_first_dose_is_a_warning_and_never_critical() {
    let untested = |situation: Situation| situation.without_pregnancy_test().lvef("60", "2026-11-01");
    for medicine in [
        "trastuzumab",
        "pertuzumab",
        "trastuzumab_emtansine",
        "trastuzumab_deruxtecan",
        "margetuximab",
        "lapatinib",
        "neratinib",
        "tucatinib",
    ] {
        for order in [signing(medicine), choosing(medicine)] {
            finds(&untested(order.result(breast().ihc("3+"))), &["warning pregnancy_missing"]);
        }
    }
    finds(&untested(tdxd().unseen("pregnancy")), &["warning pregnancy_not_visible"]);
    finds(&untested(tdxd()).pregnancy_test(false, "2026-11-20"), &[]);
    // a test of a day that has not come was not taken
    finds(&untested(tdxd()).pregnancy_test(false, "2062-11-20"), &["warning pregnancy_missing"]);
}

#[test]
fn a_man_and_a_patient_under_treatment_are_not_asked_for_a_pregnancy_test_but_a_positive_one_is_told() {
    let untested = || tdxd().without_pregnancy_test().lvef("60", "2026-11-01");
    finds(&untested().male(), &[]);
    finds(&untested().male().unseen("pregnancy"), &[]);
    finds(&untested().given("trastuzumab_deruxtecan", "2026-11-05"), &[]);
    finds(
        &untested().treated("trastuzumab_deruxtecan", "2026-11-05", TreatmentSource::Ordered),
        &["warning pregnancy_missing"],
    );
    finds(&untested().male().pregnancy_test(true, "2026-11-20"), &["critical pregnancy_positive"]);
}

#[test]
fn a_pregnancy_test_that_was_not_read_is_never_counted_as_none_and_no_older_negative_one_answers_it() {
    let unread = |day: &str| tdxd().without_pregnancy_test().lvef("60", "2026-11-01").unread_pregnancy_test(day);
    finds(&unread("2026-11-20"), &["warning pregnancy_unread"]);
    finds(&unread(""), &["warning pregnancy_unread"]);
    finds(&unread("2026-11-20").pregnancy_test(false, "2026-11-10"), &["warning pregnancy_unread"]);
    finds(&unread("2026-11-20").pregnancy_test(false, "2026-11-21"), &[]);
    finds(&unread("2026-11-20").pregnancy_test(true, "2026-11-10"), &["critical pregnancy_positive"]);
    finds(&unread("2026-11-20").given("trastuzumab_deruxtecan", "2026-11-05"), &["warning pregnancy_unread"]);
}

#[test]
fn a_pneumonitis_after_the_first_dose_of_a_conjugate_is_told_with_what_holds_under_treatment() {
    let rule = |situation: Situation| {
        let assessment = situation.assessment();
        assessment.safety.iter().find(|one| one.check == Check::LungDisease).map(|one| one.ground.rule.to_string())
    };
    let treated = |day: &str| tdxd().given("trastuzumab_deruxtecan", "2026-07-01").lung_disease(day);
    assert_eq!(rule(treated("2026-10-29")).as_deref(), Some("order-safety/ild-tdxd-under-treatment"));
    for earlier in ["2026-06-30", "2025-03", "2026", ""] {
        assert_eq!(rule(treated(earlier)).as_deref(), Some("order-safety/ild-tdxd"), "{earlier}");
    }
    assert_eq!(
        rule(treated("2025-03").lung_disease("2026-10")).as_deref(),
        Some("order-safety/ild-tdxd-under-treatment")
    );
    assert_eq!(rule(tdxd().lung_disease("2026-10-29")).as_deref(), Some("order-safety/ild-tdxd"));
    let emtansine = signing("trastuzumab_emtansine").given("trastuzumab_emtansine", "2026-07-01");
    let under = emtansine.clone().lung_disease("2026-10-29");
    assert_eq!(rule(under).as_deref(), Some("order-safety/ild-tdm1-under-treatment"));
    assert_eq!(rule(emtansine.lung_disease("2025-03")).as_deref(), Some("order-safety/ild-tdm1"));
}
