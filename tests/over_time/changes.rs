//! A result that was amended or replaced: the card says what it read before.

use herald::domain::evidence::{Reading, ResultStatus, TestResult};

use super::*;

fn reading(reference: &str, reads: &str) -> Reading {
    Reading { reference: reference.into(), reads: reads.into() }
}

/// The last result of `case` reads these words.
fn reads(mut case: Case, reference: &str, words: &str) -> Case {
    let last: &mut TestResult = case.specimen.results.last_mut().unwrap();
    last.readings = vec![reading(reference, words)];
    case
}

#[test]
fn an_amended_result_is_told_as_such_with_what_it_read_before() {
    let mut specimen =
        on(reads(breast().ihc("3+").status(ResultStatus::Amended), "Observation/new", "IHC 3+"), "2026-10-12");
    assert_says(&answer(vec![specimen.clone()], History::default()).card().detail, &["Amended result."]);
    specimen.superseded = vec![reading("Observation/old", "IHC 2+")];
    let told = answer(vec![specimen], History::default());
    assert_says(&told.card().detail, &["IHC 3+", "Amended; before: IHC 2+."]);
    assert_says(&told.text, &["Observation/old  IHC 2+ (before the amendment, not used)"]);
}

#[test]
fn a_final_result_beside_its_amendment_is_what_was_read_before() {
    let case = reads(breast().ihc("2+"), "Observation/o1", "IHC 2+");
    let case = reads(case.ihc("3+").status(ResultStatus::Amended), "Observation/o2", "IHC 3+");
    let told = answer(vec![on(case, "2026-10-12")], History::default());
    assert_eq!(told.printed["specimens"][0]["category"], "positive");
    assert_says(&told.card().detail, &["Amended; before: IHC 2+."]);
}

#[test]
fn an_ish_beside_its_amendment_is_what_was_read_before() {
    let case = reads(breast().ihc("2+").dual("2.10", "4.5"), "Observation/o2", "ISH ratio 2.10");
    let case = reads(case.dual("1.20", "2.4").status(ResultStatus::Amended), "Observation/o3", "ISH ratio 1.20");
    let told = answer(vec![on(case, "2026-10-12")], History::default());
    assert_eq!(told.printed["specimens"][0]["category"], "negative");
    assert_says(&told.text, &["ISH ratio 2.10 (before the amendment, not used)"]);
}

#[test]
fn a_final_result_that_replaces_another_says_so_and_a_plain_one_says_nothing() {
    let plain = on(breast().ihc("2+"), "2026-10-12");
    let detail = |specimen| answer(vec![specimen], History::default()).card().detail.clone();
    assert!(!detail(plain.clone()).contains("before") && !detail(plain.clone()).contains("mended"));
    let replaced = SpecimenEvidence { superseded: vec![reading("Observation/old", "IHC 3+")], ..plain };
    assert_says(&detail(replaced), &["Replaces an earlier result: IHC 3+."]);
}

#[test]
fn what_was_replaced_never_decides() {
    let specimen = on(breast().ihc("0").percent("0"), "2026-10-12");
    let replaced = SpecimenEvidence { superseded: vec![reading("Observation/old", "IHC 3+")], ..specimen };
    let told = answer(vec![replaced], History::default());
    assert_eq!(told.printed["specimens"][0]["category"], "negative");
    assert!(!told.printed.to_string().contains("IHC 3+"), "{}", told.printed);
}

#[test]
fn a_preliminary_result_is_called_not_final_and_opens_no_therapy_line() {
    let told = answer(vec![on(breast().ihc("3+").status(ResultStatus::Preliminary), "2026-10-12")], History::default());
    assert_says(&told.card().summary, &["not final"]);
    assert!(
        !told.card().summary.contains("therapy") && !told.card().detail.contains("label"),
        "{}",
        told.card().detail
    );
}
