//! New tissue: an old test at progression, and the stomach after trastuzumab.

use herald::cdshooks::Action;
use herald::domain::history::{Event, Extent, Treatment, TreatmentSource};
use herald::domain::medicine::Medicine;

use super::*;

fn progressed(day: &str) -> History {
    let event = Event { when: When::parse(day), reference: "Observation/progress".into() };
    History { progressions: vec![event], ..History::default() }
}

fn used(medicine: Medicine, source: TreatmentSource, day: &str) -> Treatment {
    Treatment {
        medicine,
        source,
        from: When::parse(day),
        until: None,
        ended: false,
        reference: "MedicationStatement/m1".into(),
    }
}

fn after_trastuzumab(source: TreatmentSource, day: &str, history: History) -> History {
    History { treatments: vec![used(Medicine::Trastuzumab, source, day)], ..history }
}

fn topic(answer: &Answer) -> &str {
    answer.card.as_ref().map_or("", |card| card.source.topic.code)
}

#[test]
fn an_old_test_at_progression_is_told_with_its_age_and_both_dates() {
    let old = answer(vec![on(breast().ihc("1+"), "2024-04-09")], progressed("2026-11-02"));
    let card = old.card();
    assert_eq!(
        card.summary,
        "UNREVIEWED: Last HER2 test is 31 months old and progression was recorded 2026-11-02: consider testing new tissue."
    );
    assert_eq!((topic(&old), card.indicator.as_str()), ("HER2RETEST", "info"));
    assert_says(
        &card.detail,
        &["IHC 1+", "2024-04-09", "2026-11-02", "No HER2 result found since", "policy", "unconfirmed"],
    );
    assert_says(&old.text, &["New tissue can be considered (policy, unconfirmed)", "31 months"]);
    assert_eq!(card.extension.basis.rule, "over-time/retest-at-progression");
    assert!(card.extension.basis.evidence.contains(&"Observation/progress=progression 2026-11-02".to_owned()));
    let reasons: Vec<&str> = card.override_reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(reasons, ["no-safe-biopsy", "no-tissue", "already-done", "treat-by-primary", "result-wrong"]);
    let Action::Create { resource, .. } = &card.suggestions[0].actions[0] else { panic!("a draft is offered") };
    let draft = resource.get();
    assert_says(draft, &["HER2 IHC on the next biopsy", "Observation/progress", "\"draft\""]);
    assert!(!draft.contains("Specimen/"), "the old tissue is not what is to be tested: {draft}");
}

#[test]
fn a_test_of_24_months_is_not_old_and_a_day_more_is() {
    let at = |day: &str| answer(vec![on(breast().ihc("1+"), day)], progressed("2026-11-02"));
    assert_ne!(topic(&at("2024-11-26")), "HER2RETEST");
    assert_eq!(topic(&at("2024-11-25")), "HER2RETEST");
    // the month may end 24 months ago
    assert_ne!(topic(&at("2024-11")), "HER2RETEST");
    assert_eq!(topic(&at("2024-10")), "HER2RETEST");
}

#[test]
fn an_old_test_without_a_later_dated_event_is_no_reason() {
    let old = || vec![on(breast().ihc("1+"), "2024-04-09")];
    for history in
        [History::default(), progressed(""), progressed("2024-03-01"), progressed("2024-04"), progressed("2027-01-01")]
    {
        assert_ne!(topic(&answer(old(), history)), "HER2RETEST");
    }
    assert_ne!(topic(&answer(vec![on(breast().ihc("1+"), "")], progressed("2026-11-02"))), "HER2RETEST");
}

#[test]
fn a_first_metastasis_after_an_old_test_is_a_reason_too() {
    let since = When::parse("2026-09-10");
    let history = History { extent: Some(Extent::Metastatic), metastatic_since: since, ..History::default() };
    let old = answer(vec![on(breast().ihc("1+"), "2024-04-09")], history);
    assert_says(&old.card().summary, &["a metastasis was recorded 2026-09-10"]);
}

#[test]
fn an_old_test_at_progression_leads_before_a_question_about_its_tissue() {
    let old = answer(vec![on(breast().ihc("2+"), "2024-04-09")], progressed("2026-11-02"));
    assert_eq!(topic(&old), "HER2RETEST");
    assert_says(&old.card().detail, &["Open for that specimen: consider reflex ISH or a new specimen."]);
    assert_says(&old.text, &["Next step: reflex_ish_or_new_specimen", "31 months"]);
}

#[test]
fn a_test_that_is_under_way_or_was_not_dated_silences_the_old_one() {
    let pending = breast().pending(herald::domain::evidence::TestKind::Ihc);
    for newer in [on(pending.clone(), "2026-11-10"), on(pending, ""), on(breast().ihc("1+"), "2026-11-10")] {
        let found = answer(vec![on(breast().ihc("1+"), "2024-04-09"), newer], progressed("2026-11-02"));
        assert_ne!(topic(&found), "HER2RETEST");
    }
}

#[test]
fn of_two_primaries_nobody_knows_which_one_progressed() {
    let history = History { tumours_differ: true, ..progressed("2026-11-02") };
    assert_ne!(topic(&answer(vec![on(breast().ihc("1+"), "2024-04-09")], history)), "HER2RETEST");
}

fn stomach(history: History) -> Answer {
    answer(vec![on(of(Tumour::Gastroesophageal).ihc("3+"), "2025-10-01")], history)
}

#[test]
fn a_stomach_cancer_tested_before_trastuzumab_is_told_of_the_loss_when_it_progressed() {
    let found = stomach(after_trastuzumab(TreatmentSource::Given, "2025-11-03", progressed("2026-08-20")));
    assert_eq!(topic(&found), "HER2RETEST");
    assert_says(&found.card().summary, &["tested before trastuzumab", "consider a new biopsy before second line"]);
    assert_says(
        &found.card().detail,
        &["about a third or more", "unconfirmed", "2025-10-01", "2025-11-03", "2026-08-20"],
    );
    assert_eq!(found.card().extension.basis.rule, "over-time/retest-after-trastuzumab");
}

#[test]
fn without_a_progression_on_record_the_card_of_the_positive_result_says_it() {
    let found = stomach(after_trastuzumab(TreatmentSource::Stated, "2025-11-03", History::default()));
    assert_eq!(topic(&found), "HER2POSITIVE");
    assert_says(&found.card().detail, &["about a third or more", "A new biopsy can be considered before second line"]);
}

#[test]
fn the_loss_is_not_spoken_of_where_trastuzumab_was_only_ordered_or_came_before_the_test() {
    for history in [
        after_trastuzumab(TreatmentSource::Ordered, "2025-11-03", progressed("2026-08-20")),
        after_trastuzumab(TreatmentSource::Given, "2025-09-03", progressed("2026-08-20")),
        after_trastuzumab(TreatmentSource::Given, "2025-10", progressed("2026-08-20")),
        progressed("2026-08-20"),
    ] {
        assert!(!stomach(history).card().detail.contains("third"));
    }
}

#[test]
fn the_longest_summary_of_the_stomach_stays_short() {
    let lead = of(Tumour::Gastroesophageal).ihc("2+").dual("2.6000", "6.4");
    let history = after_trastuzumab(TreatmentSource::Given, "2025-11-03", progressed("2026-08-20"));
    let found = answer(vec![on(lead, "2025-10-01")], history);
    assert_says(&found.card().summary, &["HER2-positive gastric/GEJ cancer, tested before trastuzumab"]);
}
