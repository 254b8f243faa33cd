//! Which results of one specimen count, before any table is asked.

use super::*;
use crate::domain::decimal::{Decimal, Quantity};
use crate::domain::evidence::TextMarks;
use crate::domain::fixtures::{result, score, specimen, when};
use crate::domain::ihc::{MembranePattern, StainingIntensity};
use crate::domain::ish::Count;
use crate::domain::tumour::Tumour;

use IhcScore::{Indeterminate, OnePlus, ThreePlus, TwoPlus, Zero};

fn quantity(text: &str) -> Quantity {
    Quantity::exact(Decimal::parse(text).unwrap())
}

fn breast(results: Vec<TestResult>) -> SpecimenEvidence {
    specimen(Tumour::Breast, results)
}

fn word(word: IhcWord) -> TestResult {
    result(TestValue::Ihc(Ihc { interpretation: Some(word), ..Ihc::default() }))
}

fn overall(word: OverallWord) -> TestResult {
    result(TestValue::Overall(word))
}

fn ish(change: impl FnOnce(&mut Ish)) -> TestResult {
    let mut ish = Ish::default();
    change(&mut ish);
    result(TestValue::Ish(Box::new(ish)))
}

fn ratio(text: &str) -> TestResult {
    ish(|ish| ish.count = Count { ratio: Some(quantity(text)), ..Count::default() })
}

fn status(status: ResultStatus, result: TestResult) -> TestResult {
    TestResult { status, ..result }
}

fn amended(result: TestResult) -> TestResult {
    status(ResultStatus::Amended, result)
}

fn preliminary(result: TestResult) -> TestResult {
    status(ResultStatus::Preliminary, result)
}

fn on(day: &str, result: TestResult) -> TestResult {
    TestResult { effective: Some(when(day)), ..result }
}

fn from_text(result: TestResult) -> TestResult {
    TestResult { text: Some(TextMarks::default()), ..result }
}

/// `3+`, `word positive`, `0 and 1+`, `conflict`, `not assessable` or `none`.
fn counted(results: Vec<TestResult>) -> String {
    let specimen = breast(results);
    match resolve(&specimen).ihc {
        IhcCounted::None => "none".into(),
        IhcCounted::Score(score, _) => score.to_string(),
        IhcCounted::NotAssessable => "not assessable".into(),
        IhcCounted::Word(word, _) => format!("word {word}"),
        IhcCounted::ZeroAndOne => "0 and 1+".into(),
        IhcCounted::Conflicting => "conflict".into(),
    }
}

fn flags(results: Vec<TestResult>) -> Vec<&'static str> {
    resolve(&breast(results)).flags.iter().map(|flag| flag.as_str()).collect()
}

/// The references of what was read.
fn evidence(results: Vec<TestResult>) -> Vec<String> {
    let read = resolve(&breast(results)).evidence;
    read.into_iter().map(|reading| reading.reference.trim_start_matches("Observation/").to_owned()).collect()
}

#[test]
fn a_score_beside_the_word_of_the_laboratory_counts_where_it_lies_in_the_class_of_the_word() {
    use IhcWord::{Equivocal, Negative, Positive};
    for (sent, fits) in [(ThreePlus, Positive), (TwoPlus, Equivocal), (OnePlus, Negative), (Zero, Negative)] {
        for said in [Positive, Equivocal, Negative] {
            let expected = if said == fits { sent.to_string() } else { "conflict".to_owned() };
            assert_eq!(counted(vec![score(sent), word(said)]), expected, "{sent} {said}");
            let one_result = Ihc { score: Some(sent), interpretation: Some(said), ..Ihc::default() };
            assert_eq!(counted(vec![result(TestValue::Ihc(one_result))]), expected, "{sent} {said}");
        }
    }
    assert_eq!(counted(vec![score(OnePlus), word(IhcWord::Indeterminate)]), "1+");
    assert_eq!(counted(vec![word(Positive), word(Positive)]), "word positive");
    assert_eq!(counted(vec![word(Positive), word(Equivocal)]), "conflict");
}

#[test]
fn scores_that_differ_conflict_unless_all_of_them_are_negative() {
    assert_eq!(counted(vec![score(Zero), score(OnePlus)]), "0 and 1+");
    assert_eq!(counted(vec![score(Zero), score(OnePlus), word(IhcWord::Negative)]), "0 and 1+");
    assert_eq!(counted(vec![score(Zero), score(OnePlus), word(IhcWord::Positive)]), "conflict");
    assert_eq!(counted(vec![score(OnePlus), score(TwoPlus)]), "conflict");
    assert_eq!(counted(vec![score(OnePlus), score(OnePlus)]), "1+");
    assert_eq!(flags(vec![score(Zero), score(OnePlus)]), ["conflicting_results"]);
    assert_eq!(flags(vec![score(OnePlus), score(TwoPlus)]), ["conflicting_results"]);
    assert!(flags(vec![score(OnePlus), score(OnePlus)]).is_empty());
}

#[test]
fn of_scores_that_differ_the_amended_one_counts_if_it_is_exactly_one() {
    assert_eq!(counted(vec![score(TwoPlus), amended(score(ThreePlus))]), "3+");
    assert_eq!(counted(vec![amended(score(TwoPlus)), amended(score(ThreePlus))]), "conflict");
    assert_eq!(counted(vec![score(TwoPlus), score(ThreePlus)]), "conflict");
    assert_eq!(counted(vec![score(OnePlus), amended(word(IhcWord::Positive))]), "word positive");
    assert_eq!(flags(vec![score(TwoPlus), amended(score(ThreePlus))]), ["amended_result"]);
}

#[test]
fn an_ihc_that_could_not_be_assessed_gives_way_to_a_score() {
    assert_eq!(counted(vec![score(Indeterminate), score(OnePlus)]), "1+");
    assert_eq!(counted(vec![score(Indeterminate)]), "indeterminate");
    assert_eq!(counted(vec![word(IhcWord::Indeterminate)]), "indeterminate");
    let contradictory = || result(TestValue::Contradictory(TestKind::Ihc));
    assert_eq!(counted(vec![contradictory()]), "not assessable");
    assert_eq!(counted(vec![contradictory(), score(Indeterminate)]), "not assessable");
    assert_eq!(counted(vec![contradictory(), score(OnePlus)]), "1+");
    assert_eq!(counted(vec![]), "none");
}

#[test]
fn details_without_a_score_or_a_word_are_no_ihc() {
    let details = || result(TestValue::Ihc(Ihc { percent: Some(quantity("20")), ..Ihc::default() }));
    assert_eq!(counted(vec![details()]), "none");
    assert_eq!(counted(vec![details(), score(TwoPlus)]), "2+");
    assert_eq!(resolve(&breast(vec![details()])).basis, Basis::Nothing);
}

/// The percentage of the score that counts.
fn percent_of(results: Vec<TestResult>) -> String {
    let specimen = breast(results);
    match resolve(&specimen).ihc {
        IhcCounted::Score(_, ihc) => {
            ihc.percent.as_ref().map_or("none".into(), |percent| percent.as_sent().to_string())
        }
        other => panic!("no score counts: {other:?}"),
    }
}

#[test]
fn of_equal_scores_the_amended_then_the_newer_one_gives_the_details() {
    let one = |percent: &str, day: &str| {
        let ihc = Ihc { score: Some(OnePlus), percent: Some(quantity(percent)), ..Ihc::default() };
        on(day, result(TestValue::Ihc(ihc)))
    };
    let (old, new) = (|| one("20", "2026-01-01"), || one("30", "2026-02-01"));
    for results in [vec![old(), new()], vec![new(), old()]] {
        assert_eq!(percent_of(results), "30");
    }
    for results in [vec![amended(old()), new()], vec![new(), amended(old())]] {
        assert_eq!(percent_of(results), "20");
    }
    let undated = TestResult { effective: None, ..one("40", "2026-02-01") };
    for results in [vec![undated.clone(), old()], vec![old(), undated]] {
        assert_eq!(percent_of(results), "20");
    }
    let time = |results| resolve(&breast(results)).ihc_time.map(|time| time.shown().to_owned());
    assert_eq!(time(vec![old(), new()]), Some("2026-02-01".into()));
    assert_eq!(time(vec![amended(old()), new()]), Some("2026-01-01".into()));
    assert_eq!(time(vec![score(OnePlus)]), None);
}

#[test]
fn of_equal_scores_of_one_day_the_one_that_says_more_gives_the_details() {
    let percent = || Some(quantity("20"));
    let (pattern, intensity) = (Some(MembranePattern::Incomplete), Some(StainingIntensity::Faint));
    let plain = Ihc { score: Some(OnePlus), ..Ihc::default() };
    for (more, less) in [
        (Ihc { percent: percent(), ..plain.clone() }, plain.clone()),
        (Ihc { pattern, ..plain.clone() }, plain.clone()),
        (Ihc { intensity, ..plain.clone() }, plain.clone()),
        (Ihc { percent: percent(), pattern, ..plain.clone() }, Ihc { intensity, ..plain.clone() }),
        (Ihc { percent: percent(), intensity, ..plain.clone() }, Ihc { pattern, ..plain.clone() }),
        (Ihc { pattern, intensity, ..plain.clone() }, Ihc { percent: percent(), ..plain.clone() }),
        (Ihc { percent: percent(), pattern, intensity, ..plain.clone() }, Ihc { percent: percent(), pattern, ..plain }),
    ] {
        let sent = |ihc: &Ihc| result(TestValue::Ihc(ihc.clone()));
        for results in [vec![sent(&more), sent(&less)], vec![sent(&less), sent(&more)]] {
            let specimen = breast(results);
            assert_eq!(resolve(&specimen).ihc, IhcCounted::Score(OnePlus, &more));
        }
    }
}

#[test]
fn each_part_of_an_ish_is_a_basis_and_chromosome_17_alone_is_none() {
    let of = |result| resolve(&breast(vec![result])).basis;
    assert_eq!(of(ratio("2.5")), Basis::Final);
    assert_eq!(of(ish(|ish| ish.count.her2 = Some(quantity("5")))), Basis::Final);
    assert_eq!(of(ish(|ish| ish.percent_cells_ratio_ge_2 = Some(quantity("60")))), Basis::Final);
    assert_eq!(of(ish(|ish| ish.interpretation = Some(crate::domain::ish::IshWord::Failed))), Basis::Final);
    assert_eq!(of(ish(|ish| ish.implausible = true)), Basis::Final);
    assert_eq!(of(ish(|ish| ish.count.cep17 = Some(quantity("2")))), Basis::Nothing);
}

#[test]
fn a_specimen_rests_on_final_results_if_one_of_them_is_final_and_on_nothing_if_none_says_anything() {
    let of = |results| resolve(&breast(results)).basis;
    assert_eq!(of(vec![score(OnePlus), preliminary(score(ThreePlus))]), Basis::Final);
    assert_eq!(of(vec![preliminary(score(ThreePlus))]), Basis::Preliminary);
    assert_eq!(of(vec![amended(score(ThreePlus))]), Basis::Final);
    assert_eq!(of(vec![word(IhcWord::Negative)]), Basis::Final);
    assert_eq!(of(vec![overall(OverallWord::Negative)]), Basis::Final);
    // excluded with its value, so that it never leads (clinical guide, 8.1)
    for nothing in [
        TestValue::Contradictory(TestKind::Ihc),
        TestValue::Contradictory(TestKind::Ish),
        TestValue::Contradictory(TestKind::Overall),
        TestValue::Pending(TestKind::Ihc),
        TestValue::AmbiguousText,
        TestValue::WordInText,
    ] {
        assert_eq!(of(vec![result(nothing)]), Basis::Nothing);
    }
}

#[test]
fn what_was_read_names_what_counts_what_is_pending_and_what_contradicts_itself() {
    let pending = || status(ResultStatus::Pending, result(TestValue::Pending(TestKind::Ish)));
    assert_eq!(evidence(vec![score(TwoPlus), pending()]), ["o1", "o2"]);
    assert_eq!(evidence(vec![score(TwoPlus), status(ResultStatus::Pending, score(OnePlus))]), ["o1", "o2"]);
    assert_eq!(evidence(vec![score(TwoPlus), result(TestValue::Pending(TestKind::Ish))]), ["o1", "o2"]);
    assert_eq!(evidence(vec![score(TwoPlus), preliminary(score(ThreePlus))]), ["o1"]);
    let contradictory = || result(TestValue::Contradictory(TestKind::Ish));
    assert_eq!(evidence(vec![score(TwoPlus), preliminary(contradictory())]), ["o1", "o2"]);
    assert_eq!(evidence(vec![from_text(score(TwoPlus)), score(TwoPlus)]), ["o2"]);
    // another score is told, and a conflict
    assert_eq!(evidence(vec![from_text(score(ThreePlus)), score(TwoPlus)]), ["o1", "o2"]);
}

#[test]
fn free_text_counts_only_where_the_same_test_is_not_coded() {
    assert_eq!(evidence(vec![from_text(score(OnePlus)), ratio("1.5")]), ["o1", "o2"]);
    assert_eq!(evidence(vec![from_text(ratio("1.5")), score(TwoPlus)]), ["o1", "o2"]);
    assert_eq!(evidence(vec![from_text(ratio("1.5")), ratio("1.6")]), ["o2"]);
    let contradictory = |kind| result(TestValue::Contradictory(kind));
    assert_eq!(evidence(vec![from_text(ratio("1.5")), contradictory(TestKind::Ish)]), ["o2"]);
    assert_eq!(evidence(vec![from_text(score(OnePlus)), contradictory(TestKind::Ihc)]), ["o2"]);
    let negative = || overall(OverallWord::Negative);
    assert_eq!(evidence(vec![from_text(negative()), overall(OverallWord::Positive)]), ["o2"]);
    assert_eq!(evidence(vec![from_text(negative()), ratio("1.5")]), ["o1", "o2"]);
    assert_eq!(resolve(&breast(vec![from_text(negative())])).overall, Some(OverallWord::Negative));
}

#[test]
fn a_text_with_two_scores_is_silent_beside_an_ihc_and_beside_an_overall_word() {
    let two_scores = || result(TestValue::AmbiguousText);
    assert_eq!(flags(vec![two_scores()]), ["text_derived", "ambiguous_score"]);
    assert_eq!(flags(vec![two_scores(), ratio("1.5")]), ["text_derived", "ambiguous_score"]);
    assert!(flags(vec![two_scores(), score(OnePlus)]).is_empty());
    assert!(flags(vec![two_scores(), overall(OverallWord::Negative)]).is_empty());
    assert_eq!(resolve(&breast(vec![two_scores()])).next, NextStep::LabClarification);
}

#[test]
fn a_word_inside_a_sentence_is_silent_beside_an_ihc_an_ish_and_an_overall_word() {
    let in_text = || result(TestValue::WordInText);
    assert_eq!(flags(vec![in_text()]), ["text_derived", "status_word_only"]);
    assert!(flags(vec![in_text(), score(OnePlus)]).is_empty());
    assert!(flags(vec![in_text(), ratio("1.5")]).is_empty());
    assert!(flags(vec![in_text(), overall(OverallWord::Negative)]).is_empty());
}

#[test]
fn preliminary_results_count_only_where_there_is_nothing_else() {
    assert_eq!(counted(vec![preliminary(score(ThreePlus))]), "3+");
    assert_eq!(counted(vec![preliminary(score(ThreePlus)), score(OnePlus)]), "1+");
    assert_eq!(flags(vec![preliminary(score(ThreePlus)), score(OnePlus)]), ["not_final"]);
    assert_eq!(counted(vec![status(ResultStatus::Pending, score(ThreePlus))]), "none");
    assert!(flags(vec![status(ResultStatus::Pending, score(ThreePlus)), score(OnePlus)]).is_empty());
}

#[test]
fn a_result_that_was_excluded_for_its_status_is_told_and_an_unknown_status_asks_the_laboratory_where_nothing_is_left() {
    let of = |why: ExcludedWhy, results: Vec<TestResult>| {
        let specimen = SpecimenEvidence { excluded: vec![why], ..breast(results) };
        let counted = resolve(&specimen);
        (counted.flags.contains(Flag::ExcludedStatus), counted.next)
    };
    for why in ExcludedWhy::ALL {
        let by_status =
            matches!(why, ExcludedWhy::EnteredInError | ExcludedWhy::Cancelled | ExcludedWhy::UnknownStatus);
        let asks = if *why == ExcludedWhy::UnknownStatus { NextStep::LabClarification } else { NextStep::None };
        assert_eq!(of(*why, vec![]), (by_status, asks), "{why}");
        assert_eq!(of(*why, vec![score(OnePlus)]), (by_status, NextStep::None), "{why}");
    }
    assert_eq!(of(ExcludedWhy::UnknownStatus, vec![result(TestValue::WordInText)]).1, NextStep::LabClarification);
}

#[test]
fn a_preliminary_overall_word_beside_a_final_score_is_shown_and_does_not_count() {
    let specimen = breast(vec![score(OnePlus), preliminary(overall(OverallWord::Positive))]);
    let counted = resolve(&specimen);
    assert_eq!((counted.overall, counted.lab_reported), (None, Some(OverallWord::Positive)));
    let both = breast(vec![overall(OverallWord::Low), preliminary(overall(OverallWord::Positive))]);
    assert_eq!(resolve(&both).lab_reported, Some(OverallWord::Low));
}

#[test]
fn overall_words_that_conflict_are_not_settled_by_a_preliminary_one() {
    let words =
        vec![overall(OverallWord::Low), overall(OverallWord::Ultralow), preliminary(overall(OverallWord::Negative))];
    let stomach = specimen(Tumour::Gastroesophageal, words);
    let counted = resolve(&stomach);
    assert!(counted.overall_conflict);
    assert_eq!((counted.overall, counted.lab_reported), (None, None));
}

#[test]
fn overall_words_that_differ_give_way_as_the_reference_says() {
    use OverallWord::{Equivocal, Indeterminate as Failed, Low, Negative, Positive, Ultralow};
    let of = |tumour, words: &[OverallWord]| {
        let specimen = specimen(tumour, words.iter().map(|word| overall(*word)).collect());
        let counted = resolve(&specimen);
        (counted.overall, counted.overall_conflict)
    };
    let (breast, stomach) = (Tumour::Breast, Tumour::Gastroesophageal);
    for (tumour, words, expected) in [
        (breast, &[Negative, Low][..], Some(Low)),
        (breast, &[Negative, Ultralow], Some(Ultralow)),
        (stomach, &[Negative, Low], Some(Negative)),
        (stomach, &[Negative, Ultralow], Some(Negative)),
        (stomach, &[Low], Some(Low)),
        (breast, &[Failed, Negative], Some(Negative)),
        (breast, &[Failed], Some(Failed)),
        (breast, &[Positive, Positive], Some(Positive)),
        (breast, &[Positive, Negative], None),
        (breast, &[Positive, Equivocal], None),
        (breast, &[Low, Ultralow], None),
        (breast, &[Positive, Low], None),
    ] {
        assert_eq!(of(tumour, words), (expected, expected.is_none()), "{tumour} {words:?}");
    }
    assert_eq!(of(breast, &[]), (None, false));
    let amended_of = |results: Vec<TestResult>| resolve(&specimen(breast, results)).overall;
    assert_eq!(amended_of(vec![overall(Positive), amended(overall(Negative))]), Some(Negative));
    assert_eq!(amended_of(vec![amended(overall(Positive)), amended(overall(Negative))]), None);
    let gone = vec![overall(Positive), overall(Low), amended(overall(Negative))];
    assert_eq!(amended_of(gone), None, "an amended word that gives way does not count");
}

#[test]
fn a_contradictory_ihc_counts_as_a_score_that_was_sent_and_a_contradictory_ish_does_not() {
    let has_score = |result| resolve(&breast(vec![result])).has_score;
    assert!(has_score(result(TestValue::Contradictory(TestKind::Ihc))));
    assert!(!has_score(result(TestValue::Contradictory(TestKind::Ish))));
    assert!(!has_score(result(TestValue::Contradictory(TestKind::Overall))));
    assert!(has_score(score(Indeterminate)) && has_score(word(IhcWord::Indeterminate)));
    assert!(!has_score(word(IhcWord::Positive)) && !has_score(ratio("2.5")));
}

#[test]
fn an_ish_is_pending_only_where_an_ish_was_ordered() {
    let pending = |kind| resolve(&breast(vec![result(TestValue::Pending(kind))])).ish_pending;
    assert!(pending(TestKind::Ish) && !pending(TestKind::Ihc));
    assert!(!resolve(&breast(vec![ratio("2.5")])).ish_pending);
}

#[test]
fn a_date_makes_a_result_newer_than_one_without_a_date() {
    let (old, new) = (when("2026-01-01"), when("2026-02-01"));
    assert_eq!(newer_first(Some(&new), Some(&old)), Ordering::Less);
    assert_eq!(newer_first(Some(&old), Some(&new)), Ordering::Greater);
    assert_eq!(newer_first(Some(&old), None), Ordering::Less);
    assert_eq!(newer_first(None, Some(&old)), Ordering::Greater);
    assert_eq!(newer_first(None, None), Ordering::Equal);
}
