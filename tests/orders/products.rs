//! Trastuzumab, trastuzumab emtansine and trastuzumab deruxtecan are never mistaken for each other.

use herald::domain::history::TreatmentSource;

use super::builder::breast;
use super::situation::{Situation, choosing, signing};

#[track_caller]
fn finds(situation: &Situation, expected: &[&str]) {
    let lines: Vec<String> = situation.findings().into_iter().filter(|line| line.contains("product")).collect();
    assert_eq!(lines, expected);
}

fn order(medicines: &str) -> Situation {
    signing(medicines).result(breast().ihc("3+"))
}

#[test]
fn two_trastuzumab_products_in_the_same_drafts_are_told_for_each_order() {
    finds(
        &order("trastuzumab").order("trastuzumab_deruxtecan"),
        &[
            "warning products_together trastuzumab MedicationRequest/draft1",
            "warning products_together trastuzumab_deruxtecan MedicationRequest/draft2",
        ],
    );
    finds(&order("trastuzumab, pertuzumab").order("taxane"), &[]);
    finds(&order("pertuzumab").order("trastuzumab_deruxtecan"), &[]);
    finds(&order("trastuzumab").order("trastuzumab"), &[]);
}

#[test]
fn a_draft_that_was_not_chosen_still_tells_that_two_products_stand_together() {
    let basket = choosing("trastuzumab_emtansine").result(breast().ihc("3+")).order("trastuzumab").not_chosen();
    finds(&basket, &["warning products_together trastuzumab_emtansine MedicationRequest/draft1"]);
}

#[test]
fn an_order_whose_code_and_name_differ_is_told_and_is_never_critical() {
    let unclear = signing("trastuzumab, trastuzumab_deruxtecan").ambiguous().result(breast().ihc("1+"));
    finds(
        &unclear,
        &[
            "warning product_unclear trastuzumab MedicationRequest/draft1",
            "warning product_unclear trastuzumab_deruxtecan MedicationRequest/draft1",
        ],
    );
    assert!(unclear.findings().iter().all(|line| !line.starts_with("critical")), "{:?}", unclear.findings());
}

#[test]
fn another_product_that_was_used_last_is_told() {
    let switched = order("trastuzumab_deruxtecan").given("trastuzumab_emtansine", "2026-11-05");
    finds(&switched, &["warning product_changed trastuzumab_deruxtecan MedicationRequest/draft1"]);
    let by_order = order("trastuzumab").treated("trastuzumab_deruxtecan", "2026-11-05", TreatmentSource::Ordered);
    finds(&by_order, &["warning product_changed trastuzumab MedicationRequest/draft1"]);
}

#[test]
fn a_change_of_long_ago_and_a_course_that_goes_on_are_not_told() {
    finds(&order("trastuzumab_deruxtecan").given("trastuzumab_emtansine", "2026-10-14"), &[]);
    finds(
        &order("trastuzumab_deruxtecan").given("trastuzumab_emtansine", "2026-10-15"),
        &["warning product_changed trastuzumab_deruxtecan MedicationRequest/draft1"],
    );
    let going_on = order("trastuzumab_deruxtecan")
        .given("trastuzumab_emtansine", "2026-10-20")
        .given("trastuzumab_deruxtecan", "2026-11-05");
    finds(&going_on, &[]);
    finds(&order("trastuzumab").given("trastuzumab", "2026-11-05"), &[]);
}

#[test]
fn a_basket_of_hundreds_of_products_names_a_bounded_number_of_the_others_for_each() {
    let mut basket = order("trastuzumab");
    for _ in 0..200 {
        basket = basket.order("trastuzumab_deruxtecan").order("trastuzumab");
    }
    let assessment = basket.assessment();
    let together: Vec<_> =
        assessment.safety.iter().filter(|finding| finding.check.as_str() == "products_together").collect();
    assert_eq!(together.iter().map(|finding| finding.more + 1).sum::<usize>(), 401);
    assert!(together.len() <= 32, "{} orders are named", together.len());
    for finding in together {
        assert!((2..=25).contains(&finding.evidence.len()), "{}", finding.evidence.len());
        assert_eq!(&*finding.evidence.last().unwrap().reference, finding.order);
    }
}
