//! A medicine in a tumour for which no label is known: told as information, once, and after everything that is more urgent.

use herald::cdshooks::Indicator;
use herald::domain::consideration::Region;
use herald::domain::medicine::Medicine;
use herald::domain::tumour::Tumour;

use super::builder::{breast, of};
use super::situation::{KNOWLEDGE, Situation, choosing, signing};

const TOLD: &str = "info tumour_not_labelled";

#[track_caller]
fn says(situation: &Situation, expected: &[&str]) {
    assert_eq!(situation.beside_the_heart(), expected, "{:?}", situation.0.orders);
}

#[test]
fn an_order_in_a_tumour_that_no_label_covers_is_told_and_one_that_a_label_covers_is_not() {
    let gastric = || of(Tumour::Gastroesophageal).ihc("3+");
    let biliary = || of(Tumour::Biliary).ihc("3+");
    let colorectal = || of(Tumour::Colorectal).scoring("heracles").ihc("3+").percent("80");
    says(&signing("tucatinib").result(gastric()), &[TOLD]);
    says(&signing("tucatinib").result(breast().ihc("3+")), &[]);
    says(&signing("tucatinib").result(colorectal()), &["warning ras_unknown"]);
    says(&signing("zanidatamab").result(biliary()), &[]);
    says(&signing("pertuzumab").result(gastric()), &[TOLD]);
    says(&signing("trastuzumab_emtansine").result(gastric()), &[TOLD]);
    says(&signing("lapatinib").result(colorectal()), &[TOLD]);
    says(&signing("trastuzumab").result(gastric()), &[]);
    says(&signing("trastuzumab").result(colorectal()), &[]);
    says(&signing("trastuzumab").result(of(Tumour::Salivary).ihc("3+")), &[TOLD]);
    says(&signing("trastuzumab").result(of(Tumour::Endometrial).scoring("endometrial_trial").ihc("3+")), &[TOLD]);
    says(&signing("trastuzumab_deruxtecan").result(of(Tumour::OtherSolid).ihc("3+")), &[]);
}

#[test]
fn zanidatamab_in_breast_and_in_gastric_cancer_is_told_since_only_the_biliary_label_is_known() {
    says(&signing("zanidatamab").result(breast().ihc("3+")), &[TOLD]);
    says(&signing("zanidatamab").result(of(Tumour::Gastroesophageal).ihc("3+")), &[TOLD]);
}

#[test]
fn it_is_never_told_where_the_tumour_is_not_known() {
    says(&signing("tucatinib").tumour(Tumour::Unknown), &["warning her2_unknown"]);
}

#[test]
fn an_order_that_may_be_for_another_tumour_on_record_is_not_told() {
    let two = signing("tucatinib")
        .result_on(of(Tumour::Gastroesophageal).ihc("3+"), "2026-10-14")
        .result_on(breast().ihc("3+"), "2026-10-14")
        .tumour(Tumour::Gastroesophageal);
    says(&two, &[]);
}

#[test]
fn a_label_that_is_missing_for_the_tumour_comes_after_everything_that_speaks_against_the_order() {
    let order = || signing("tucatinib").result(of(Tumour::Gastroesophageal).ihc("0"));
    says(&order(), &["critical her2_negative", TOLD]);
    let cards = order().cards();
    let urgency: Vec<_> = cards.iter().map(|card| card.indicator).collect();
    assert_eq!(urgency, [Indicator::Critical, Indicator::Info]);
    // with two more urgent things to say it is named on their cards and has none of its own
    let crowded = order().pregnancy_test(true, "2026-11-20").cards();
    assert_eq!(crowded.len(), 2);
    assert!(crowded.iter().all(|card| card.indicator == Indicator::Critical));
    assert!(crowded[0].detail.contains("a draft order outside the tumours of its label"), "{}", crowded[0].detail);
}

#[test]
fn the_card_says_which_labels_exist_and_that_they_are_unconfirmed_and_asks_for_no_more_than_a_check() {
    for situation in [signing("tucatinib"), choosing("tucatinib")] {
        let cards = situation.result(of(Tumour::Gastroesophageal).ihc("3+")).cards();
        let [card] = cards.as_slice() else { panic!("{cards:?}") };
        assert_eq!((card.indicator, card.source.topic.code), (Indicator::Info, "HER2LABELTUMOUR"));
        assert!(card.summary.contains("consider"), "{}", card.summary);
        assert!(card.detail.contains("breast") && card.detail.contains("colorectal"), "{}", card.detail);
        assert!(card.detail.contains("US label of tucatinib of 2023-01-23, unconfirmed"), "{}", card.detail);
        assert!(card.suggestions.is_empty());
    }
}

/// The two lists of labels say the same: what one calls labelled the other has no reason to question.
#[test]
fn every_tumour_in_which_a_label_is_considered_counts_as_labelled_for_its_medicine() {
    let mut compared = 0;
    for therapy in KNOWLEDGE.therapies.iter().filter(|therapy| !therapy.labels.is_empty()) {
        let named = |agent: &&Medicine| therapy.agent.to_lowercase().starts_with(agent.name());
        let Some(agent) = Medicine::ALL.iter().rfind(named) else { continue };
        let Some(rule) = KNOWLEDGE.order_rules.tumours.iter().find(|rule| rule.agent == *agent) else { continue };
        for tumour in &therapy.tumours {
            compared += 1;
            let regions: Vec<Region> = therapy.labels.iter().map(|label| label.region).collect();
            assert!(rule.labelled.contains(tumour), "{agent} {tumour} {regions:?}: {}", therapy.id);
        }
    }
    assert!(compared > 10, "only {compared} labels compared");
}
