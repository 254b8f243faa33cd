//! What must never matter: the place of an order among the others, and orders of something else.

use herald::domain::evidence::ResultStatus;
use herald::domain::tumour::Tumour;
use proptest::prelude::*;

use super::builder::{breast, of};
use super::situation::{Situation, choosing, signing};

const MEDICINES: [&str; 8] = [
    "trastuzumab",
    "pertuzumab",
    "trastuzumab_emtansine",
    "trastuzumab_deruxtecan",
    "tucatinib",
    "pembrolizumab",
    "taxane",
    "trastuzumab, pertuzumab",
];

/// Drafts of `orders` (places in [`MEDICINES`]) in a situation that most checks have something to say about.
fn situation(orders: &[usize], score: usize, stage: bool) -> Situation {
    let first = MEDICINES[orders[0]];
    let mut situation = if stage { signing(first) } else { choosing(first) };
    for order in &orders[1..] {
        situation = situation.order(MEDICINES[*order]);
    }
    let case = match score {
        0 => breast().ihc("3+"),
        1 => breast().ihc("1+"),
        2 => breast().ihc("2+"),
        3 => of(Tumour::Gastroesophageal).ihc("3+"),
        _ => of(Tumour::Colorectal).scoring("heracles").ihc("3+").percent("80"),
    };
    let situation = situation.result(case).lvef("47", "2026-11-01").lung_disease("2025-03");
    situation.pregnancy_test(true, "2026-11-20").given("trastuzumab_emtansine", "2026-11-05")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_place_of_an_order_among_the_drafts_never_changes_what_is_found(
        orders in prop::collection::vec(0..MEDICINES.len(), 1..6),
        score in 0..5_usize,
        sign in any::<bool>(),
        turn in 0..6_usize,
    ) {
        let sent = situation(&orders, score, sign);
        let mut turned = sent.clone();
        let places = turned.0.orders.len();
        turned.0.orders.rotate_left(turn % places);
        prop_assert_eq!(sent.findings(), turned.findings());
        let words = |situation: &Situation| serde_json::to_string(&situation.cards()).unwrap();
        prop_assert_eq!(words(&sent), words(&turned));
    }

    #[test]
    fn an_order_of_something_else_never_changes_what_is_found(
        orders in prop::collection::vec(0..MEDICINES.len(), 1..5),
        score in 0..5_usize,
        sign in any::<bool>(),
    ) {
        let sent = situation(&orders, score, sign);
        let with_others = sent.clone().order("endocrine_therapy").order("oxaliplatin");
        prop_assert_eq!(sent.findings(), with_others.findings());
    }

    #[test]
    fn critical_is_said_at_signing_only_in_three_cases_and_never_without_data(
        orders in prop::collection::vec(0..MEDICINES.len(), 1..5),
        score in 0..5_usize,
        sign in any::<bool>(),
    ) {
        for line in situation(&orders, score, sign).findings() {
            let of_three = ["her2_negative", "lvef_low", "pregnancy_positive"].iter().any(|check| line.contains(check));
            prop_assert!(!line.starts_with("critical") || (sign && of_three), "{}", line);
        }
        let mut empty = situation(&orders, score, sign);
        empty.0.specimens.clear();
        empty.0.history = Default::default();
        prop_assert!(empty.findings().iter().all(|line| !line.starts_with("critical")), "{:?}", empty.findings());
    }
}

#[test]
fn orders_that_were_not_chosen_have_no_findings_of_their_own() {
    let basket = choosing("trastuzumab").not_chosen().result(breast().ihc("1+"));
    assert!(basket.findings().is_empty(), "{:?}", basket.findings());
    assert!(basket.cards().is_empty());
}

#[test]
fn a_result_that_is_not_final_never_supports_an_order() {
    let preliminary = breast().ihc("3+").status(ResultStatus::Preliminary);
    assert_eq!(signing("trastuzumab").result(preliminary).beside_the_heart(), ["warning her2_not_final"]);
}

#[test]
fn a_basket_of_thousands_of_orders_is_told_in_a_short_reply_and_nothing_urgent_is_lost_from_it() {
    let small = || signing("trastuzumab").result(breast().ihc("1+")).lvef("47", "2026-11-01").lung_disease("2025-03");
    let mut basket = small().order("trastuzumab_deruxtecan").order("tucatinib");
    let kinds = |situation: &Situation| {
        let assessment = situation.assessment();
        let mut kinds: Vec<_> = assessment.safety.iter().map(|one| (one.severity, one.check, one.agent)).collect();
        kinds.dedup();
        kinds
    };
    let of_one_each = kinds(&basket);
    for _ in 0..2_666 {
        basket = basket.order("trastuzumab").order("trastuzumab_deruxtecan").order("tucatinib");
    }
    assert_eq!(kinds(&basket), of_one_each);
    let assessment = basket.assessment();
    for (severity, check, agent) in of_one_each {
        let same =
            assessment.safety.iter().filter(|one| (one.severity, one.check, one.agent) == (severity, check, agent));
        let told: Vec<usize> = same.map(|one| one.more + 1).collect();
        assert_eq!(told.iter().sum::<usize>(), 2_667, "{severity} {check} {agent}");
        assert!(told.len() <= 16, "{} orders are named for {check}", told.len());
    }
    let reply =
        serde_json::to_string(&assessment).unwrap().len() + serde_json::to_string(&basket.cards()).unwrap().len();
    assert!(reply < 200_000, "{reply} bytes");
    assert!(basket.cards()[0].detail.contains(" more)"), "{}", basket.cards()[0].detail);
}
