//! Lines of the clinical reference at their very ends: the exact threshold, the bound, the word beside the number, and what is
//! shown where no table is asked.

use herald::domain::ish::IshMethod;
use herald::domain::specimen::Scoring;

use super::*;

/// The references of what was read before an amendment.
fn before(case: &Case) -> Vec<String> {
    finding(case).before.into_iter().map(|reading| reading.reference.into()).collect()
}

#[test]
fn a_difference_of_a_tenth_of_cep17_is_rounding_and_a_hair_more_is_told() {
    let of = |copies: &str| breast().ihc("1+").dual("2.0", copies).cep17("2.0");
    expect(of("4.2"), "positive pathologist_review [ihc_ish_discordant]");
    expect(of("4.21"), "positive pathologist_review [ihc_ish_discordant ratio_copy_inconsistent]");
    expect(breast().ihc("1+").dual("2.1", "4.0").cep17("2.0"), "positive pathologist_review [ihc_ish_discordant]");
}

#[test]
fn a_share_of_cells_that_is_a_bound_counts_only_where_it_decides() {
    let of = |ratio: &str, cells: &str| {
        let colorectal = of(Tumour::Colorectal).scoring("heracles").ihc("2+").percent("60");
        colorectal.dual(ratio, "").percent_cells(cells)
    };
    expect(of("2.5", ">40"), "insufficient obtain_percentage");
    expect(of("2.5", "<60"), "insufficient obtain_percentage");
    expect(of("2.5", ">=50"), "positive check_ras_status [ras_unknown]");
    expect(of("2.5", "<50"), "negative none");
    expect(of("<2.2", "60"), "insufficient obtain_ratio_or_cep17");
}

#[test]
fn an_ish_of_which_every_number_is_an_undecided_bound_is_no_ish() {
    expect(of(Tumour::Gastroesophageal).ihc("2+").dual("<2.2", "<7"), "equivocal reflex_ish");
    expect(breast().ihc("2+").single(">3"), "equivocal reflex_ish_or_new_specimen");
}

#[test]
fn further_cells_that_settle_a_gastric_result_are_compared_with_the_word_of_the_laboratory() {
    let of = |ratio: &str, word: &str| {
        let open = of(Tumour::Gastroesophageal).ihc("2+").dual("1.8", "5.0").lab_word(word);
        open.recount(ratio, "")
    };
    expect(of("2.1", "positive"), "positive none");
    expect(of("2.1", "negative"), "positive lab_clarification [lab_interpretation_disagrees]");
    expect(of("1.9", "negative"), "negative none");
    expect(of("1.9", "positive"), "negative lab_clarification [lab_interpretation_disagrees]");
}

#[test]
fn what_one_score_adds_to_the_answer_no_other_score_and_no_word_adds() {
    let urothelial = || of(Tumour::Urothelial);
    expect(urothelial().ihc("1+"), "negative none [outside_us_eu_label_only]");
    expect(urothelial().ihc("0"), "negative none");
    expect(urothelial().ihc("3+"), "positive none");
    expect(urothelial().ihc_word("negative").dual("1.5", "3"), "negative none [status_word_only]");
    let endometrial = || of(Tumour::Endometrial).scoring("gastric").ihc("3+");
    expect(endometrial().percent("30"), "positive none [scoring_system_dependent]");
    expect(endometrial().percent("31"), "positive none");
    expect(endometrial(), "positive none");
    expect(of(Tumour::Ovarian).ihc("3+").percent("20"), "positive none");
}

#[test]
fn one_number_of_an_ish_is_enough_to_decide_against_the_overall_word() {
    expect(breast().dual("1.5", "").overall("positive"), "insufficient obtain_copy_number [ratio_without_copy_number]");
    expect(
        breast().dual("", "5").overall("positive"),
        "insufficient obtain_ratio_or_cep17 [copy_number_without_ratio]",
    );
    expect(
        breast().dual("", "").implausible().overall("positive"),
        "insufficient lab_clarification [implausible_value]",
    );
}

#[test]
fn a_contradictory_ihc_is_a_score_beside_the_overall_word_and_a_contradictory_ish_is_no_number() {
    expect(
        breast().result(TestValue::Contradictory(TestKind::Ihc)).overall("positive"),
        "indeterminate lab_clarification [conflicting_results]",
    );
    expect(
        breast().result(TestValue::Contradictory(TestKind::Ish)).overall("positive"),
        "positive lab_clarification [conflicting_results status_word_only]",
    );
}

#[test]
fn disease_in_situ_asks_for_the_invasive_component_once_anything_was_sent() {
    let in_situ = || breast().invasive(Some(false));
    expect(in_situ(), "insufficient obtain_ihc_or_ish [not_invasive]");
    expect(in_situ().pending(TestKind::Ish), "insufficient confirm_invasive_component [not_invasive]");
    expect(in_situ().ihc("3+"), "insufficient confirm_invasive_component [not_invasive]");
}

#[test]
fn the_scoring_system_that_is_shown_is_the_stated_one_and_else_the_only_one_of_the_tumour() {
    let shown = |case: Case| finding(&case).scoring;
    assert_eq!(shown(breast().ihc("3+")), Scoring::Breast);
    assert_eq!(shown(breast().scoring("unknown").ihc("3+")), Scoring::Breast);
    assert_eq!(shown(of(Tumour::Gastroesophageal).ihc("3+")), Scoring::Gastric);
    assert_eq!(shown(of(Tumour::Endometrial).ihc("3+")), Scoring::Unknown);
    assert_eq!(shown(of(Tumour::Endometrial).scoring("gastric").ihc("3+")), Scoring::Gastric);
}

#[test]
fn where_no_table_is_asked_the_newest_ish_is_shown_and_one_from_before_the_ihc_is_told() {
    let two_counts = |case: Case| {
        let scored = case.ihc("2+").on("2026-05-10");
        scored
            .dual("1.5", "3.0")
            .on("2026-05-01")
            .dual("2.5", "5.0")
            .on("2026-05-08")
            .dual("1.2", "2.0")
            .on("2026-05-02")
    };
    for case in [of(Tumour::Unknown), breast().class(TumourClass::NotCovered), breast().scoring("heracles")] {
        let found = finding(&two_counts(case));
        let shown = found.ish.unwrap();
        assert_eq!(shown.ish.count.ratio.unwrap().as_sent(), "2.5", "{}", found.rule);
        assert_eq!(shown.group, None);
        assert!(found.flags.iter().any(|flag| flag.as_str() == "ish_before_ihc"), "{}", found.rule);
    }
    let later = of(Tumour::Unknown).ihc("2+").on("2026-05-10").dual("2.5", "5.0").on("2026-05-11");
    expect(later, "insufficient obtain_tumor_type");
}

#[test]
fn a_result_beside_another_one_that_was_never_amended_is_nothing_that_was_read_before() {
    assert!(before(&breast().ihc("2+").ihc_word("equivocal")).is_empty());
    assert!(
        before(&breast().ihc("1+").dual("1.5", "3").on("2026-01-01").dual("1.4", "3.1").on("2026-02-01")).is_empty()
    );
    assert!(before(&breast().ihc("2+").status(ResultStatus::Amended)).is_empty());
}

#[test]
fn only_a_final_coded_result_that_an_amended_one_changed_is_what_was_read_before() {
    let amended = || breast().ihc("3+").status(ResultStatus::Amended);
    assert_eq!(before(&amended().ihc("2+")), ["Observation/o2"]);
    assert!(before(&amended().ihc("3+")).is_empty());
    assert!(before(&amended().ihc("2+").status(ResultStatus::Preliminary)).is_empty());
    assert!(before(&amended().ihc("2+").read_from_text(false)).is_empty());
    let count = || breast().ihc("2+").dual("1.2", "2.4").status(ResultStatus::Amended);
    assert_eq!(before(&count().dual("2.1", "4.5")), ["Observation/o3"]);
    assert!(before(&count().dual("1.2", "2.4")).is_empty());
    assert!(before(&count().dual("2.1", "4.5").status(ResultStatus::Preliminary)).is_empty());
    assert!(before(&count().dual("2.1", "4.5").read_from_text(false)).is_empty());
}

#[test]
fn a_ratio_or_a_copy_number_is_near_its_threshold_with_the_ends_of_the_range_included() {
    let is_near = |ratio: &str, copies: &str| {
        finding(&breast().ihc("1+").dual(ratio, copies)).flags.iter().any(|flag| flag.as_str() == "near_threshold")
    };
    for ratio in ["1.8", "2.0", "2.2"] {
        assert!(is_near(ratio, "3.0"), "{ratio}");
    }
    for copies in ["3.8", "4.2", "5.8", "6.2"] {
        assert!(is_near("1.5", copies), "{copies}");
    }
    for (ratio, copies) in [("1.79", "3.79"), ("2.21", "4.21"), ("1.5", "5.79"), ("2.5", "6.21")] {
        assert!(!is_near(ratio, copies), "{ratio} {copies}");
    }
    let computed = breast().ihc("1+").dual("", "3.0").cep17("1.5");
    assert!(finding(&computed).flags.iter().any(|flag| flag.as_str() == "near_threshold"), "a ratio that was computed");
}

#[test]
fn an_overall_word_asks_for_the_system_only_where_none_was_stated() {
    let colorectal = || of(Tumour::Colorectal);
    let flags = "[ras_unknown status_word_only]";
    expect(colorectal().scoring("heracles").overall("positive"), &format!("positive obtain_ihc {flags}"));
    let flags = "[scoring_system_unknown ras_unknown status_word_only]";
    expect(colorectal().overall("positive"), &format!("positive obtain_scoring_system {flags}"));
    expect(colorectal().scoring("unknown").overall("positive"), &format!("positive obtain_scoring_system {flags}"));
}

#[test]
fn of_two_counts_that_conflict_the_newer_is_shown_without_a_group_and_its_time_is_compared_with_the_ihc() {
    let case = |day: &str| {
        let counts = breast().ihc("2+").on("2026-05-10").dual("2.5", "5.0").on("2026-05-01");
        counts.dual("1.5", "3.0").on(day)
    };
    expect(case("2026-05-02"), "indeterminate lab_clarification [conflicting_results ish_before_ihc]");
    expect(case("2026-05-11"), "indeterminate lab_clarification [conflicting_results]");
    let shown = finding(&case("2026-05-02")).ish.unwrap();
    assert_eq!((&*shown.ish.count.ratio.unwrap().as_sent(), shown.group), ("1.5", None));
    let flagged = breast().ihc("2+").dual("2.5", "5.0").cells(None).dual("1.5", "3.0");
    expect(flagged, "indeterminate lab_clarification [cells_not_reported conflicting_results]");
}

#[test]
fn the_word_beside_a_count_that_is_not_used_is_not_compared_and_beside_3plus_no_group_in_between_is() {
    expect(
        breast().ihc("2+").dual("2.5", "5.0").cells(Some(19)).lab_word("negative"),
        "insufficient count_at_least_20_cells [cells_below_20]",
    );
    expect(breast().ihc("2+").dual("2.5", "5.0").cells(Some(20)).lab_word("positive"), "positive none");
    for word in ["positive", "negative"] {
        for (ratio, copies) in [("2.5", "3.0"), ("1.5", "6.0"), ("1.5", "5.0")] {
            expect(breast().ihc("3+").dual(ratio, copies).lab_word(word), "positive none");
        }
    }
    let confirmed = || breast().ihc("2+").dual("1.5", "5.0").recount("1.5", "5.0");
    expect(confirmed().lab_word("negative"), "negative low none");
    expect(confirmed().lab_word("positive"), "negative low lab_clarification [lab_interpretation_disagrees]");
    expect(breast().ihc("2+").dual("1.5", "5.0").lab_word("positive"), "equivocal blinded_recount");
}

#[test]
fn the_remark_about_a_ratio_without_copies_is_one_of_the_dual_probe() {
    let remarked = |method| {
        let mut case = breast().ihc("2+").dual("2.5", "");
        if let TestValue::Ish(ish) = &mut case.specimen.results[1].value {
            ish.method = method;
        }
        finding(&case).flags.iter().any(|flag| flag.as_str() == "ratio_without_copy_number")
    };
    assert!(remarked(IshMethod::Dual) && !remarked(IshMethod::Single));
}
