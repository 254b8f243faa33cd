//! Each remark of the comparison is said in words, on the card and in the text, with the other result, its kind and its date.

use proptest::prelude::*;

use super::*;

/// The lead has the remark, and card and text say it in words beside the other result.
#[track_caller]
fn assert_worded(specimens: Vec<SpecimenEvidence>, flag: &str, words: &str, other: &str) {
    let answer = answer(specimens, History::default());
    assert!(answer.flags().iter().any(|one| one == flag), "{flag} is missing from {:?}", answer.flags());
    assert_says(&answer.card().detail, &[words, other]);
    assert_says(&answer.text, &[words]);
}

#[test]
fn a_core_and_an_excision_that_differ_are_both_named() {
    let core = on(breast().ihc("1+").kind("biopsy"), "2026-09-01");
    let excision = on(breast().ihc("3+").kind("resection"), "2026-10-12");
    let other = "biopsy negative (IHC 1+, 2026-09-01)";
    assert_worded(vec![core, excision], "core_vs_excision_discordant", "biopsy and resection differ", other);
}

#[test]
fn the_summary_of_a_core_and_an_excision_names_both_kinds() {
    let core = on(breast().ihc("1+").kind("biopsy"), "2026-09-01");
    let excision = on(breast().ihc("3+").kind("resection"), "2026-10-12");
    let both = answer(vec![core, excision], History::default());
    let words = ["resection positive (IHC 3+, 2026-10-12)", "biopsy negative (IHC 1+, 2026-09-01)"];
    assert_says(&both.card().summary, &words);
}

#[test]
fn foci_that_differ_are_both_named() {
    let foci = vec![on(breast().ihc("3+"), "2026-10-12"), on(breast().ihc("0").percent("0"), "2026-10-11")];
    assert_worded(foci, "multifocal_discordant", "foci of one tumour differ", "negative (IHC 0, 2026-10-11)");
}

#[test]
fn stomach_specimens_that_differ_are_called_heterogeneous() {
    let stomach = |score: &str, date: &str| on(of(Tumour::Gastroesophageal).ihc(score), date);
    let both = vec![stomach("3+", "2026-10-12"), stomach("1+", "2026-10-11")];
    let words = "HER2 is heterogeneous between specimens";
    assert_worded(both, "heterogeneous_between_specimens", words, "negative (IHC 1+, 2026-10-11)");
}

#[test]
fn a_primary_and_a_metastasis_that_differ_are_both_named() {
    let primary = on(breast().ihc("0").kind("resection"), "2023-03-07");
    let spread = metastasis(on(breast().ihc("3+"), "2026-10-12"));
    let both = vec![primary, spread];
    let differ = answer(both.clone(), History::default());
    assert_says(
        &differ.card().summary,
        &["metastasis positive (IHC 3+, 2026-10-12)", "primary negative (IHC 0, 2023-03-07)"],
    );
    assert_worded(
        both,
        "discordant_over_time",
        "results differ over time or site",
        "primary negative (IHC 0, 2023-03-07)",
    );
}

#[test]
fn a_lost_positive_is_named_and_in_the_stomach_the_loss_after_trastuzumab_too() {
    let stomach = |score: &str, date: &str| on(of(Tumour::Gastroesophageal).ihc(score), date);
    let both = vec![stomach("3+", "2024-10-12"), stomach("0", "2026-10-11")];
    let other = "positive (IHC 3+, 2024-10-12)";
    assert_worded(both.clone(), "prior_positive", "another specimen was positive", other);
    assert_worded(both.clone(), "post_trastuzumab_loss_possible", "HER2 may be lost after trastuzumab", other);
    assert_says(&answer(both, History::default()).card().detail, &["about a third or more", "unconfirmed"]);
}

#[test]
fn a_changed_expression_is_named_with_the_other_sample() {
    let both = vec![on(breast().ihc("0").percent("0"), "2023-03-07"), on(breast().ihc("1+"), "2026-10-12")];
    assert_worded(
        both,
        "expression_changed_over_time",
        "expression changed between samples",
        "negative (IHC 0, 2023-03-07)",
    );
}

#[test]
fn a_sample_that_was_ever_low_is_named_with_its_date() {
    let both = vec![on(breast().ihc("1+"), "2023-03-07"), on(breast().ihc("0").percent("0"), "2026-10-12")];
    assert_worded(both, "ever_low", "a sample was HER2-low", "negative (IHC 1+, 2023-03-07)");
}

#[test]
fn an_ish_of_another_specimen_is_seen_and_not_used() {
    let both = vec![on(breast().ihc("2+").dual("2.60", "6.4"), "2022-03-07"), on(breast().ihc("2+"), "2026-10-12")];
    let words = "ISH of another specimen does not count here";
    assert_worded(both.clone(), "ish_other_specimen_ignored", words, "positive (IHC 2+, 2022-03-07)");
    assert!(!answer(both, History::default()).card().detail.contains("No ISH result found"));
}

#[test]
fn of_several_earlier_positives_the_newest_is_named() {
    let low = on(breast().ihc("1+"), "2026-10-12");
    let positive = |date: &str| on(breast().ihc("3+"), date);
    for order in [["2019-01-01", "2024-05-06"], ["2024-05-06", "2019-01-01"]] {
        let [a, b] = order.map(positive);
        assert_says(&answer(vec![a, low.clone(), b], History::default()).card().summary, &["2024-05-06"]);
    }
}

fn specimen() -> impl Strategy<Value = SpecimenEvidence> {
    let score = prop::sample::select(vec!["0", "1+", "2+", "3+"]);
    let kind = prop::sample::select(vec!["biopsy", "resection", "unknown"]);
    let time = prop::sample::select(vec![
        "",
        "2026-10-01",
        "2026-10-12",
        "2026-10-12T08:00:00Z",
        "2026-10-12T10:00:00Z",
        "2024-10",
        "2023",
    ]);
    let side = prop::option::of(prop::sample::select(vec![Side::Left, Side::Right, Side::NotKnown]));
    let tumour = prop::sample::select(vec![Tumour::Breast, Tumour::Breast, Tumour::Gastroesophageal, Tumour::Unknown]);
    (score, kind, time, side, tumour, any::<bool>()).prop_map(|(score, kind, time, side, tumour, metastatic)| {
        let side = side.filter(|_| tumour == Tumour::Breast);
        let site = if metastatic { Site::Metastatic } else { Site::Primary };
        SpecimenEvidence { side, site, ..on(of(tumour).ihc(score).kind(kind), time) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Where precedence decides, the order of sending does not: status and date of the lead, and of the lead of every primary.
    #[test]
    fn the_order_in_which_specimens_were_sent_does_not_change_the_lead(
        (sent, shuffled) in prop::collection::vec(specimen(), 1..6).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let leads = |specimens: Vec<SpecimenEvidence>| {
            let evidence = Evidence { specimens, ..Evidence::default() };
            let record = assess(&KNOWLEDGE, &evidence, TODAY).record;
            let shown = |at: &usize| {
                let lead = &record.findings[*at];
                let score = lead.ihc.as_ref().and_then(|ihc| ihc.score);
                (lead.tumour, lead.side, lead.category, score, lead.collected.clone().map(|one| one.when.shown().to_owned()))
            };
            (record.lead.as_ref().map(shown).map(|lead| (lead.2, lead.4)), {
                let mut all: Vec<_> = record.leads.iter().map(shown).map(|lead| format!("{lead:?}")).collect();
                all.sort();
                all
            })
        };
        prop_assert_eq!(leads(sent), leads(shuffled));
    }
}
