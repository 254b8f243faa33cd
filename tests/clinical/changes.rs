//! What another test could change, change by change and in full: nothing is offered that no test could bring.

use super::*;

/// `change: category`, without the rule.
fn told(case: &Case) -> Vec<String> {
    changes_of(case).into_iter().map(|line| line.split(" by ").next().unwrap().to_owned()).collect()
}

const BREAST_2_PLUS: [&str; 4] = [
    "ISH with ratio 2.0 or more, HER2 copies 4.0 or more: positive",
    "ISH with ratio below 2.0, HER2 copies below 4.0: negative",
    "IHC 3+: positive",
    "IHC 1+: negative",
];

#[test]
fn a_2plus_without_ish_is_told_of_each_complete_dual_count_that_would_settle_it_and_of_no_other() {
    assert_eq!(told(&breast().ihc("2+")), BREAST_2_PLUS);
    assert_eq!(told(&breast().ihc("2+").pending(TestKind::Ish)), BREAST_2_PLUS);
}

#[test]
fn chromosome_17_alone_is_no_ish_and_changes_nothing_of_what_an_ish_would_bring() {
    assert_eq!(told(&breast().ihc("2+").dual("", "").cep17("2.1")), BREAST_2_PLUS);
}

#[test]
fn a_stomach_2plus_is_told_of_every_count_that_the_table_of_the_stomach_knows() {
    assert_eq!(
        told(&of(Tumour::Gastroesophageal).ihc("2+")),
        [
            "ISH with ratio 2.0 or more: positive",
            "ISH with ratio below 2.0, HER2 copies above 6.0: positive",
            "ISH with ratio below 2.0, HER2 copies below 4.0: negative",
            "IHC 3+: positive",
            "IHC 1+: negative",
        ]
    );
}

#[test]
fn an_ish_is_offered_only_where_the_step_asks_for_one() {
    for case in [breast().ihc("3+"), breast().ihc("1+"), breast().ihc("0").percent("0"), breast().ihc("indeterminate")]
    {
        let told = told(&case);
        assert!(told.iter().all(|change| !change.starts_with("ISH")), "{told:?}");
    }
}

#[test]
fn a_second_count_settles_a_first_one_whose_cells_were_not_told() {
    for cells in [None, Some(20), Some(40)] {
        let changes = told(&breast().ihc("2+").dual("2.5", "3.0").cells(cells));
        assert_eq!(changes[0], "a blinded second count in the same group: negative", "{cells:?}");
    }
}

#[test]
fn a_missing_ratio_is_asked_for_with_what_each_of_its_ranges_would_decide() {
    assert_eq!(
        told(&breast().ihc("2+").dual("", "4.5"))[..2],
        ["HER2/CEP17 ratio 2.0 or more: positive", "HER2/CEP17 ratio below 2.0: equivocal"]
    );
    assert_eq!(
        told(&breast().ihc("2+").dual("", "3.5"))[..2],
        ["HER2/CEP17 ratio 2.0 or more: equivocal", "HER2/CEP17 ratio below 2.0: negative"]
    );
}

#[test]
fn a_number_that_moved_across_its_threshold_is_a_count_of_its_own_without_the_old_second_count() {
    let confirmed = breast().ihc("2+").dual("1.5", "5.8").recount("1.6", "5.7");
    expect(confirmed.clone(), "negative low none");
    let changes = told(&confirmed);
    assert!(changes.contains(&"HER2 copies 6.0 or more: equivocal".to_owned()), "{changes:?}");
}

#[test]
fn a_failed_ish_with_numbers_is_told_what_a_count_that_succeeds_would_decide() {
    let failed = breast().ihc("2+").dual("1.9", "5.0").lab_word("failed");
    expect(failed.clone(), "indeterminate repeat_assay_or_new_specimen [ish_failed]");
    let changes = told(&failed);
    for expected in ["HER2/CEP17 ratio 2.0 or more: positive", "HER2 copies below 4.0: negative"] {
        assert!(changes.contains(&expected.to_owned()), "{changes:?}");
    }
}

#[test]
fn a_percentage_is_offered_where_the_table_reads_one_for_this_score_and_no_range_of_another_score() {
    let heracles = || of(Tumour::Colorectal).scoring("heracles");
    let of_stain = |case: &Case| -> Vec<String> {
        told(case).into_iter().filter(|change| change.starts_with("percentage")).collect()
    };
    assert_eq!(
        of_stain(&heracles().ihc("2+")),
        ["percentage of stained cells 50 or more: equivocal", "percentage of stained cells below 50: negative"]
    );
    assert_eq!(
        of_stain(&heracles().ihc("3+").percent("30")),
        ["percentage of stained cells 50 or more: positive", "percentage of stained cells 10 or less: negative"]
    );
    assert!(of_stain(&heracles().ihc("1+")).is_empty());
    assert!(of_stain(&breast().ihc("3+")).is_empty());
}

#[test]
fn a_specimen_is_judged_by_the_bands_of_the_system_that_was_stated() {
    let endometrial = |system: &str| told(&of(Tumour::Endometrial).scoring(system).ihc("2+"));
    let many_copies = |changes: Vec<String>, line: &str| changes.iter().any(|change| change.starts_with(line));
    assert!(many_copies(endometrial("gastric"), "ISH with ratio below 2.0, HER2 copies above 6.0: positive"));
    assert!(many_copies(
        endometrial("endometrial_trial"),
        "ISH with ratio below 2.0, HER2 copies 6.0 or more: indeterminate"
    ));
}
