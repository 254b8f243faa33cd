//! Single lines of the clinical reference that the worked examples do not reach.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets bad data fails")]

#[path = "clinical/answers.rs"]
mod answers;
#[path = "clinical/builder.rs"]
mod builder;
#[path = "clinical/changes.rs"]
mod changes;

use std::sync::LazyLock;

use builder::{Case, breast, of};
use herald::domain::classify::{classify, classify_with_flips};
use herald::domain::evidence::{ExcludedWhy, ResultStatus, TestKind, TestValue};
use herald::domain::finding::{Basis, Finding};
use herald::domain::flips::flips;
use herald::domain::history::{Erbb2Mutation, Ras};
use herald::domain::rulebook::Rulebook;
use herald::domain::tumour::{Tumour, TumourClass};
use proptest::prelude::*;

static RULES: LazyLock<Rulebook> = LazyLock::new(|| herald::rules::load_embedded().unwrap());

fn finding(case: &Case) -> Finding {
    let found = classify(&RULES, &case.specimen, &case.history);
    assert!(RULES.source_of(&found.rule).is_some(), "no such rule {}", found.rule);
    assert!(!found.rule.ends_with("/no-row"));
    found
}

/// `category expression next [flags]`, the flags without those that only say how much is known.
#[track_caller]
fn expect(case: Case, line: &str) {
    let found = finding(&case);
    let mut parts = vec![found.category.to_string()];
    if found.expression.as_str() != "not_applicable" {
        parts.push(found.expression.to_string());
    }
    parts.push(found.next_step.to_string());
    let flags: Vec<&str> =
        found.flags.iter().map(|flag| flag.as_str()).filter(|flag| *flag != "near_threshold").collect();
    if !flags.is_empty() {
        parts.push(format!("[{}]", flags.join(" ")));
    }
    assert_eq!(parts.join(" "), line, "by rule {}", found.rule);
}

#[test]
fn bounds_are_used_only_where_they_decide_every_comparison() {
    expect(breast().ihc("2+").dual("<2.0", "3.0"), "negative low none");
    expect(breast().ihc("2+").dual("<2.2", "3.0"), "insufficient obtain_ratio_or_cep17 [copy_number_without_ratio]");
    expect(breast().ihc("2+").dual("3.0", ">4.5"), "positive none");
    expect(breast().ihc("2+").dual("1.5", ">5.0"), "insufficient obtain_copy_number [ratio_without_copy_number]");
    expect(breast().ihc("2+").dual("<2.2", "<7"), "equivocal reflex_ish_or_new_specimen");
    expect(breast().ihc("0").percent("<1"), "negative zero_unspecified clarify_membrane_staining");
    expect(breast().ihc("0").percent(">10"), "negative undetermined lab_clarification [ihc_score_pct_inconsistent]");
    expect(breast().ihc("3+").percent(">10"), "positive none");
    expect(of(Tumour::Gastroesophageal).kind("resection").ihc("3+").percent(">5"), "positive none");
    assert!(
        !finding(&breast().ihc("3+").dual("<2.0", "3.0")).flags.iter().any(|flag| flag.as_str() == "near_threshold")
    );
}

#[test]
fn a_number_a_hair_below_the_threshold_stays_below_it() {
    let found = finding(&breast().ihc("2+").dual("2.0", "3.9999999999999999"));
    assert_eq!(found.ish.unwrap().group, Some(2));
}

#[test]
fn a_mild_contradiction_keeps_the_category_and_loses_the_label_term() {
    expect(breast().ihc("1+").percent("5"), "negative undetermined lab_clarification [ihc_score_pct_inconsistent]");
    expect(
        breast().ihc("1+").pattern("none"),
        "negative undetermined lab_clarification [ihc_score_pattern_inconsistent]",
    );
    expect(
        breast().ihc("0").percent("0").pattern("incomplete"),
        "negative undetermined lab_clarification [ihc_score_pattern_inconsistent]",
    );
    expect(
        breast().ihc("0").percent("20").dual("2.5", "5.0"),
        "positive lab_clarification [ihc_score_pct_inconsistent ihc_ish_discordant]",
    );
}

#[test]
fn a_severe_contradiction_is_indeterminate_unless_the_ish_is_positive_by_itself() {
    let severe = || breast().ihc("3+").percent("5");
    expect(severe(), "indeterminate lab_clarification [ihc_score_pct_inconsistent]");
    expect(severe().dual("2.5", "5.0"), "positive lab_clarification [ihc_score_pct_inconsistent]");
    expect(severe().single("6.0"), "positive lab_clarification [ihc_score_pct_inconsistent]");
    expect(
        severe().ish_word("positive"),
        "positive lab_clarification [ihc_score_pct_inconsistent interpretation_only_no_numbers]",
    );
    expect(
        severe().dual("2.5", "5.0").cells(Some(10)),
        "indeterminate lab_clarification [ihc_score_pct_inconsistent cells_below_20]",
    );
    let group_4 = finding(&severe().dual("1.5", "5.0"));
    assert_eq!(group_4.category.as_str(), "indeterminate");
    assert_eq!(group_4.ish.unwrap().group, Some(4));
    expect(breast().ihc("0").intensity("moderate"), "indeterminate lab_clarification [ihc_score_pattern_inconsistent]");
    expect(
        breast().ihc("2+").pattern("complete").intensity("intense").percent("11"),
        "indeterminate lab_clarification [ihc_score_pattern_inconsistent]",
    );
    expect(
        breast().ihc("2+").intensity("intense").percent("10"),
        "equivocal reflex_ish_or_new_specimen [unusual_pattern_2plus]",
    );
}

#[test]
fn incomplete_numbers_decide_only_where_every_possible_group_agrees() {
    let ratio = "[ratio_without_copy_number]";
    let copies = "[copy_number_without_ratio]";
    expect(breast().ihc("3+").dual("2.5", ""), &format!("positive none {ratio}"));
    expect(breast().dual("2.5", ""), &format!("insufficient obtain_copy_number {ratio}"));
    expect(breast().ihc("1+").dual("1.5", ""), &format!("negative low obtain_copy_number {ratio}"));
    expect(breast().ihc("1+").dual("2.5", ""), &format!("insufficient obtain_copy_number {ratio}"));
    expect(breast().ihc("1+").dual("", "3.9"), &format!("negative low obtain_ratio_or_cep17 {copies}"));
    expect(breast().ihc("1+").dual("", "4.5"), &format!("insufficient obtain_ratio_or_cep17 {copies}"));
    expect(
        breast().ihc("2+").dual("2.5", "").lab_word("positive"),
        &format!("insufficient obtain_copy_number {ratio}"),
    );
    expect(
        breast().ihc("1+").dual("1.5", "").cells(Some(12)),
        "insufficient count_at_least_20_cells [cells_below_20 ratio_without_copy_number]",
    );
    expect(
        breast().ihc("indeterminate").dual("1.5", ""),
        &format!("indeterminate repeat_assay_or_new_specimen {ratio}"),
    );
}

#[test]
fn a_recount_counts_only_if_it_is_complete_blinded_and_large_enough() {
    let group_2 = || breast().ihc("2+").dual("2.5", "3.0").recount("2.4", "3.1");
    expect(group_2(), "negative low none");
    let invalid = "equivocal blinded_recount [recount_invalid]";
    expect(group_2().recount_with(|second| second.count.cells = Some(19)), invalid);
    expect(group_2().recount_with(|second| second.count.cells = None), invalid);
    expect(group_2().recount_with(|second| second.blinded = None), invalid);
    expect(group_2().recount_with(|second| second.count.ratio = None), invalid);
    expect(group_2().recount_with(|second| second.count.her2 = Some(builder::quantity("0"))), invalid);
    expect(
        group_2().recount_with(|second| {
            second.count.ratio = None;
            second.count.cep17 = Some(builder::quantity("1.2"));
        }),
        "negative low none",
    );
    let changed = finding(&breast().ihc("2+").dual("1.5", "6.5").recount("1.5", "5.0"));
    assert_eq!((changed.category.as_str(), changed.ish.unwrap().group), ("indeterminate", Some(3)));
    expect(breast().ihc("1+").dual("2.5", "3.0").recount("2.5", "5.0"), "negative low none");
}

#[test]
fn the_word_of_the_laboratory_beside_numbers_is_compared_and_never_taken_over() {
    let disagrees = "lab_clarification [lab_interpretation_disagrees]";
    expect(breast().ihc("2+").dual("2.5", "5.0").lab_word("negative"), &format!("positive {disagrees}"));
    expect(breast().ihc("1+").dual("1.5", "5.0").lab_word("positive"), &format!("negative low {disagrees}"));
    expect(breast().ihc("3+").dual("1.5", "5.0").lab_word("negative"), "positive none");
    expect(breast().ihc("2+").dual("1.5", "5.0").lab_word("negative"), "equivocal blinded_recount");
    expect(breast().ihc("2+").dual("1.5", "3.0").lab_word("equivocal"), "negative low none [obsolete_ish_equivocal]");
    expect(
        breast().ihc("2+").dual("2.5", "5.0").lab_word("negative").cells(Some(5)),
        "insufficient count_at_least_20_cells [cells_below_20]",
    );
    expect(
        of(Tumour::Gastroesophageal).ihc("2+").dual("2.5", "").lab_word("negative"),
        "positive lab_clarification [ratio_without_copy_number lab_interpretation_disagrees]",
    );
}

#[test]
fn numbers_are_read_in_the_order_of_the_guide() {
    expect(breast().ihc("1+").dual("2.5", "5.0").lab_word("failed"), "negative low none [ish_failed]");
    expect(breast().dual("", "").lab_word("failed"), "indeterminate repeat_assay_or_new_specimen [ish_failed]");
    expect(breast().ihc("3+").dual("0", "4.0"), "positive lab_clarification [implausible_value]");
    expect(breast().ihc("1+").dual("", "").implausible(), "insufficient lab_clarification [implausible_value]");
    expect(breast().ihc("2+").dual("", "").cep17("2.0"), "equivocal reflex_ish_or_new_specimen");
    let computed = finding(&breast().ihc("2+").dual("", "6.5").cep17("3.0"));
    assert_eq!(computed.ish.as_ref().unwrap().ratio_computed.as_ref().unwrap().as_sent(), "2.1666");
    expect(breast().ihc("2+").dual("2.2", "5.0").cep17("2.0"), "positive none [ratio_copy_inconsistent]");
    expect(breast().ihc("3+").dual("2.5", "4.0").cep17("2.4"), "positive lab_clarification [ratio_copy_inconsistent]");
}

#[test]
fn a_gastric_slide_is_held_against_its_own_kind_of_specimen() {
    let gastric = || of(Tumour::Gastroesophageal);
    expect(gastric().ihc("3+").percent("2"), "positive none");
    expect(gastric().ihc("3+").cluster(4), "indeterminate lab_clarification [ihc_score_pct_inconsistent]");
    expect(gastric().kind("unknown").ihc("2+").percent("9"), "insufficient obtain_specimen_type");
    expect(
        gastric().kind("unknown").ihc("1+").percent("10").intensity("strong"),
        "indeterminate lab_clarification [ihc_score_pattern_inconsistent]",
    );
    expect(gastric().ihc("1+").percent("50").intensity("strong"), "negative none");
    expect(
        gastric().ihc("1+").cluster(5).intensity("strong"),
        "indeterminate lab_clarification [ihc_score_pattern_inconsistent]",
    );
    expect(
        gastric().ihc("2+").intensity("strong").dual("2.5", "6"),
        "indeterminate lab_clarification [ihc_score_pattern_inconsistent]",
    );
    expect(gastric().ihc("indeterminate").dual("2.5", "6"), "indeterminate repeat_assay_or_new_specimen");
    expect(gastric().dual("2.5", "6"), "insufficient obtain_ihc");
}

#[test]
fn a_gastric_ish_that_cannot_be_used_leaves_a_2plus_open_in_its_own_way() {
    let two = || of(Tumour::Gastroesophageal).ihc("2+");
    expect(two().ish_word("failed"), "indeterminate repeat_assay_or_new_specimen [ish_failed]");
    expect(two().dual("0", "4"), "insufficient lab_clarification [implausible_value]");
    expect(two().dual("2.5", "4.0").cep17("2.4"), "indeterminate lab_clarification [ratio_copy_inconsistent]");
    expect(
        two().dual("1.9", "").cells(Some(3)),
        "insufficient count_at_least_20_cells [cells_below_20 ratio_without_copy_number]",
    );
    expect(two().dual("", "5"), "insufficient obtain_ratio_or_cep17 [copy_number_without_ratio]");
    expect(two().single("7"), "insufficient dual_probe_ish");
    expect(
        two().ish_word("equivocal"),
        "equivocal count_20_more_or_alt_probe_or_new_block [interpretation_only_no_numbers]",
    );
    expect(two().ish_word("positive"), "positive none [interpretation_only_no_numbers]");
    expect(two().dual("1.5", "6.0"), "equivocal count_20_more_or_alt_probe_or_new_block");
    expect(two().dual("1.5", "6.01"), "positive none");
    expect(two().dual("1.5", "5.0").recount("2.0", ""), "positive none");
    expect(two().dual("1.5", "5.0").recount("1.9", "").recount_with(|second| second.blinded = None), "negative none");
    expect(
        two().dual("1.5", "5.0").recount("", ""),
        "equivocal count_20_more_or_alt_probe_or_new_block [recount_invalid]",
    );
    let one = || of(Tumour::Gastroesophageal).ihc("1+");
    expect(one().dual("2.5", "6"), "negative pathologist_review [ihc_ish_discordant]");
    expect(one().dual("0", "6"), "negative lab_clarification [implausible_value]");
    expect(one().ish_word("failed"), "negative none [ish_failed]");
}

#[test]
fn an_endometrial_score_needs_its_system() {
    let trial = || of(Tumour::Endometrial).kind("resection").scoring("endometrial_trial");
    expect(
        trial().ihc("2+").percent("9").intensity("weak_moderate"),
        "indeterminate lab_clarification [ihc_score_pct_inconsistent]",
    );
    expect(
        trial().ihc("2+").percent("31").intensity("strong"),
        "indeterminate lab_clarification [ihc_score_pct_inconsistent]",
    );
    expect(trial().ihc("2+").percent("30").intensity("strong"), "equivocal reflex_ish");
    expect(trial().ihc("3+").dual("1.5", "7"), "positive none");
    expect(trial().ihc("2+").dual("1.5", "5.9"), "negative none");
    expect(trial().ihc("2+").ish_word("equivocal"), "insufficient lab_clarification [interpretation_only_no_numbers]");
    let open = || of(Tumour::Endometrial).kind("resection");
    expect(open().ihc("3+").percent("60"), "positive none [scoring_system_unknown]");
    expect(open().ihc("2+"), "insufficient obtain_scoring_system [scoring_system_unknown]");
    expect(open().dual("2.5", "6"), "insufficient obtain_ihc");
    expect(open().ihc("indeterminate"), "indeterminate repeat_assay_or_new_specimen");
    expect(
        open().ihc_word("positive").dual("2.5", "6"),
        "positive obtain_scoring_system [scoring_system_unknown status_word_only]",
    );
    expect(open().ihc_word("indeterminate"), "indeterminate repeat_assay_or_new_specimen");
    expect(
        of(Tumour::Endometrial).scoring("gastric").ihc("2+"),
        "equivocal optional_ish_trial_only [label_requires_ihc3]",
    );
    expect(of(Tumour::Breast).scoring("gastric").ihc("3+"), "insufficient obtain_scoring_system");
}

#[test]
fn heracles_is_read_by_score_and_percentage() {
    let heracles = || of(Tumour::Colorectal).scoring("heracles").ras(Ras::WildType);
    expect(heracles().ihc("3+").percent("50"), "positive none");
    expect(heracles().ihc("3+").percent("10"), "negative none");
    expect(heracles().ihc("2+").percent("50"), "equivocal repeat_ihc_and_ish");
    expect(heracles().ihc("2+").dual("2.5", "6"), "insufficient obtain_percentage");
    let confirm = || heracles().ihc("2+").percent("60");
    expect(confirm().dual("2.5", ""), "insufficient obtain_percentage");
    expect(confirm().dual("2.5", "").percent_cells("50"), "positive none");
    expect(confirm().dual("2.5", "").percent_cells("49"), "negative none");
    expect(confirm().dual("", "").percent_cells("49"), "negative none");
    expect(confirm().dual("", "5.0"), "insufficient obtain_ratio_or_cep17 [copy_number_without_ratio]");
    expect(confirm().ish_word("equivocal"), "insufficient lab_clarification [interpretation_only_no_numbers]");
    expect(
        heracles().ihc("1+").dual("2.5", "").percent_cells("70"),
        "negative pathologist_review [ihc_ish_discordant]",
    );
    expect(heracles().ihc_word("equivocal").dual("2.5", "").percent_cells("70"), "positive none [status_word_only]");
    expect(heracles().ihc("0").ihc("1+"), "negative lab_clarification [conflicting_results]");
}

#[test]
fn single_tumours_add_their_own_questions() {
    expect(of(Tumour::Colorectal).scoring("gastric").ihc("3+"), "positive check_ras_status [ras_unknown]");
    expect(of(Tumour::Lung).ihc("3+").erbb2(Erbb2Mutation::Negative), "positive none");
    expect(of(Tumour::Lung).ihc("indeterminate"), "indeterminate repeat_assay_or_new_specimen");
    expect(
        of(Tumour::Biliary).ihc_word("positive").dual("2.5", "6"),
        "positive none [label_requires_ihc3 status_word_only]",
    );
    expect(
        of(Tumour::Ovarian).ihc("2+").dual("1.5", "5"),
        "equivocal count_20_more_or_alt_probe_or_new_block [label_requires_ihc3]",
    );
    expect(of(Tumour::Pancreatic).ihc("2+").dual("1.5", "3"), "negative none");
}

#[test]
fn words_are_used_as_far_as_they_go() {
    let word = "[status_word_only]";
    expect(breast().ihc_word("equivocal"), &format!("equivocal reflex_ish_or_new_specimen {word}"));
    expect(
        breast().ihc_word("negative").dual("1.5", "3"),
        &format!("negative unknown_no_ihc obtain_ihc_for_low_ultralow {word}"),
    );
    expect(
        breast().ihc_word("equivocal").dual("1.5", "3"),
        &format!("negative unknown_no_ihc obtain_ihc_for_low_ultralow {word}"),
    );
    expect(breast().ihc("3+").ihc_word("positive"), "positive none");
    expect(breast().ihc("1+").ihc_word("positive"), "indeterminate lab_clarification [conflicting_results]");
    expect(breast().ihc_word("negative").ihc_word("positive"), "indeterminate lab_clarification [conflicting_results]");
    expect(breast().ihc("1+").ihc_word("indeterminate"), "negative low none");
    expect(breast().overall("ultralow"), &format!("negative ultralow obtain_ihc {word}"));
    expect(of(Tumour::Gastroesophageal).overall("low"), &format!("insufficient lab_clarification {word}"));
    expect(of(Tumour::Lung).overall("negative"), &format!("negative erbb2_mutation_testing {word}"));
    expect(
        of(Tumour::Colorectal).overall("indeterminate"),
        &format!("indeterminate repeat_assay_or_new_specimen {word}"),
    );
}

#[test]
fn the_overall_word_stands_beside_words_and_yields_to_scores() {
    expect(breast().ihc("indeterminate").overall("positive"), "indeterminate repeat_assay_or_new_specimen");
    expect(breast().dual("2.5", "5").overall("low"), "positive lab_clarification [lab_interpretation_disagrees]");
    expect(breast().ihc("2+").overall("indeterminate"), "equivocal reflex_ish_or_new_specimen");
    expect(of(Tumour::Gastroesophageal).dual("2.5", "5").overall("positive"), "insufficient obtain_ihc");
    expect(
        breast().ish_word("positive").overall("positive"),
        "positive none [interpretation_only_no_numbers status_word_only]",
    );
    expect(breast().ish_word("positive").overall("equivocal"), "positive none [interpretation_only_no_numbers]");
    expect(breast().ish_word("failed").overall("positive"), "positive obtain_ihc_or_ish [ish_failed status_word_only]");
    expect(
        breast().ish_word("negative").overall("positive"),
        "positive lab_clarification [interpretation_only_no_numbers lab_interpretation_disagrees status_word_only]",
    );
    expect(breast().ihc_word("negative").overall("low"), "negative low obtain_ihc [status_word_only]");
    expect(of(Tumour::Gastroesophageal).ihc_word("positive").overall("low"), "positive obtain_ihc [status_word_only]");
}

#[test]
fn overall_words_that_differ_give_way_or_conflict() {
    expect(breast().overall("negative").overall("low"), "negative low obtain_ihc [status_word_only]");
    expect(of(Tumour::Gastroesophageal).overall("negative").overall("low"), "negative none [status_word_only]");
    expect(breast().overall("indeterminate").overall("positive"), "positive obtain_ihc_or_ish [status_word_only]");
    let conflict = finding(&breast().overall("positive").overall("negative"));
    assert_eq!((conflict.category.as_str(), conflict.next_step.as_str()), ("indeterminate", "lab_clarification"));
    assert_eq!(conflict.lab_reported, None);
    expect(
        breast().overall("positive").overall("negative").status(ResultStatus::Amended),
        "negative unknown_no_ihc obtain_ihc_for_low_ultralow [amended_result status_word_only]",
    );
}

#[test]
fn of_two_results_that_differ_the_amended_one_counts() {
    expect(breast().ihc("1+").ihc("3+").status(ResultStatus::Amended), "positive none [amended_result]");
    expect(breast().ihc("1+").ihc("indeterminate"), "negative low none");
    expect(
        breast().ihc("2+").dual("2.5", "5").dual("1.5", "3"),
        "indeterminate lab_clarification [conflicting_results]",
    );
    expect(
        breast().ihc("2+").dual("2.5", "5").dual("1.5", "3").status(ResultStatus::Amended),
        "negative low none [amended_result]",
    );
    expect(breast().ihc("2+").single("6.0").dual("1.5", "3"), "negative low none");
    expect(
        breast().ihc("0").ihc("1+").dual("2.5", "5"),
        "positive lab_clarification [ihc_ish_discordant conflicting_results]",
    );
    let newer = finding(&breast().ihc("1+").dual("1.5", "3").on("2026-01-01").dual("1.4", "5").on("2026-02-01"));
    assert_eq!(newer.ish.unwrap().group, Some(4));
    expect(
        breast().result(TestValue::Contradictory(TestKind::Ihc)),
        "indeterminate lab_clarification [conflicting_results]",
    );
    expect(
        breast().ihc("2+").result(TestValue::Contradictory(TestKind::Ish)),
        "indeterminate lab_clarification [conflicting_results]",
    );
}

#[test]
fn status_decides_what_counts() {
    expect(breast().ihc("1+").ihc("3+").status(ResultStatus::Preliminary), "negative low await_final [not_final]");
    assert_eq!(finding(&breast().ihc("3+").status(ResultStatus::Preliminary)).basis, Basis::Preliminary);
    expect(breast().ihc("2+").pending(TestKind::Ish), "equivocal await_ish [ish_pending]");
    expect(breast().ihc("2+").dual("1.5", "5").pending(TestKind::Ish), "equivocal blinded_recount [ish_pending]");
    expect(breast().ihc("1+").pending(TestKind::Ish), "negative low none");
    let gone = finding(&breast().excluded(ExcludedWhy::Cancelled));
    assert_eq!((gone.next_step.as_str(), gone.basis), ("obtain_ihc_or_ish", Basis::Nothing));
    expect(
        of(Tumour::Gastroesophageal).excluded(ExcludedWhy::EnteredInError),
        "insufficient obtain_ihc [excluded_status]",
    );
    expect(
        of(Tumour::Gastroesophageal).excluded(ExcludedWhy::UnknownStatus),
        "insufficient lab_clarification [excluded_status]",
    );
    expect(breast().ihc("3+").excluded(ExcludedWhy::UnknownStatus), "positive none [excluded_status]");
}

#[test]
fn what_is_not_invasive_not_covered_or_not_known_is_not_classified() {
    expect(of(Tumour::Unknown).ihc("3+"), "insufficient obtain_tumor_type");
    expect(of(Tumour::Lung).class(TumourClass::NeedsHistology).ihc("3+"), "insufficient obtain_tumor_type");
    expect(of(Tumour::Lung).class(TumourClass::NotCovered).ihc("3+"), "insufficient none");
    expect(breast().class(TumourClass::InSituOnly).ihc("3+"), "insufficient confirm_invasive_component [not_invasive]");
    expect(breast().class(TumourClass::InSituOnly).invasive(Some(true)).ihc("3+"), "positive none");
    let in_situ = finding(&breast().invasive(Some(false)).ihc("3+"));
    assert_eq!((in_situ.basis, in_situ.invasive), (Basis::Nothing, Some(false)));
}

#[test]
fn free_text_counts_only_where_nothing_is_coded() {
    expect(breast().ihc("1+").read_from_text(true), "negative low none [text_derived negation_in_text]");
    expect(breast().ihc("1+").read_from_text(false).ihc("1+"), "negative low none");
    // another score is a conflict, whichever way it was sent (guide 8.1): nothing that was told is dropped in silence
    let conflict = "indeterminate lab_clarification [conflicting_results text_derived]";
    expect(breast().ihc("3+").read_from_text(false).ihc("1+"), conflict);
    expect(breast().result(TestValue::AmbiguousText), "insufficient lab_clarification [text_derived ambiguous_score]");
    expect(breast().result(TestValue::WordInText), "insufficient obtain_ihc_or_ish [text_derived status_word_only]");
}

/// `change: category by rule` of every flip, by the classification that the assessment uses.
fn changes_of(case: &Case) -> Vec<String> {
    classify_with_flips(&RULES, &case.specimen, &case.history)
        .flips
        .into_iter()
        .map(|flip| format!("{}: {} by {}", flip.change, flip.category, flip.rule))
        .collect()
}

#[test]
fn the_page_says_which_single_change_would_change_the_category() {
    assert_eq!(
        changes_of(&breast().ihc("2+").dual("1.90", "4.2").cep17("2.2")),
        [
            "a blinded second count in the same group: negative by breast-asco-cap-2018/G4-2plus-confirmed",
            "HER2/CEP17 ratio 2.0 or more: positive by breast-asco-cap-2018/G1-2plus",
            "HER2 copies below 4.0: negative by breast-asco-cap-2018/G5-2plus",
            "IHC 3+: positive by breast-asco-cap-2018/G4-3plus",
            "IHC 1+: negative by breast-asco-cap-2018/G4-0-1plus",
        ]
    );
    let gastric = changes_of(&of(Tumour::Gastroesophageal).ihc("2+"));
    assert_eq!(gastric[0], "ISH with ratio 2.0 or more: positive by gastric-cap-2016/AMPLIFIED-2plus");
}

#[test]
fn a_number_that_goes_further_the_same_way_to_the_same_row_is_told_once_by_its_nearer_threshold() {
    let changes = changes_of(&breast().ihc("1+").dual("2.50", "3.5"));
    let copies: Vec<&String> = changes.iter().filter(|change| change.starts_with("HER2 copies")).collect();
    assert_eq!(copies, ["HER2 copies 4.0 or more: positive by breast-asco-cap-2018/G1-0-1plus"]);
}

#[test]
fn what_the_next_step_asks_for_is_told_with_what_it_would_decide() {
    assert_eq!(
        changes_of(&breast().ihc("2+").dual("2.5", "")),
        [
            "HER2 copies 4.0 or more: positive by breast-asco-cap-2018/G1-2plus",
            "HER2 copies below 4.0: equivocal by breast-asco-cap-2018/G2-2plus",
            "IHC 3+: positive by breast-asco-cap-2018/IHC-3plus",
        ]
    );
    assert_eq!(
        changes_of(&of(Tumour::Gastroesophageal).kind("unknown").ihc("3+").percent("5"))[..2],
        [
            "the specimen is a biopsy: positive by gastric-cap-2016/IHC-3plus",
            "the specimen is a resection: indeterminate by gastric-cap-2016/IHC-contradicted",
        ]
    );
    assert_eq!(
        changes_of(&of(Tumour::Colorectal).scoring("heracles").ihc("3+"))[..3],
        [
            "percentage of stained cells 50 or more: positive by colorectal-heracles-2015/IHC-positive",
            "percentage of stained cells above 10 and below 50: equivocal by colorectal-heracles-2015/IHC-to-confirm",
            "percentage of stained cells 10 or less: negative by colorectal-heracles-2015/IHC-negative",
        ]
    );
    assert_eq!(
        changes_of(&of(Tumour::Endometrial).ihc("3+").percent("20"))[..2],
        [
            "scoring system endometrial_trial: indeterminate by endometrial-nct01367002/IHC-contradicted",
            "scoring system gastric: positive by solid-tdxd-label-2024/IHC-3plus",
        ]
    );
    assert_eq!(
        changes_of(&of(Tumour::Ovarian).ihc("2+"))[..2],
        [
            "ISH with ratio 2.0 or more: positive by solid-tdxd-label-2024/AMPLIFIED-2plus",
            "ISH with ratio below 2.0, HER2 copies above 6.0: positive by solid-tdxd-label-2024/AMPLIFIED-2plus",
        ]
    );
    assert_eq!(
        changes_of(&of(Tumour::Ovarian).dual("2.5", "8")),
        [
            "IHC 3+: positive by solid-tdxd-label-2024/IHC-3plus",
            "IHC 2+: positive by solid-tdxd-label-2024/AMPLIFIED-2plus",
            "IHC 1+: negative by solid-tdxd-label-2024/IHC-0-1plus-amplified",
        ]
    );
}

#[test]
fn nothing_is_promised_where_no_value_could_change_the_answer() {
    assert!(changes_of(&of(Tumour::Unknown).ihc("2+")).is_empty());
    assert!(changes_of(&breast().class(TumourClass::NotCovered).ihc("2+")).is_empty());
    assert!(changes_of(&breast().invasive(Some(false)).ihc("2+")).is_empty());
    assert!(changes_of(&breast().excluded(ExcludedWhy::Cancelled)).is_empty());
}

fn any_result() -> impl Strategy<Value = TestValue> {
    let number = || {
        prop::sample::select(vec![
            "", "0", "1.5", "1.99", "2.0", "2.5", "3.99", "4.0", "5.0", "6.0", "6.1", "<2.0", ">5", "<=4",
        ])
    };
    let score = prop::sample::select(vec!["0", "1+", "2+", "3+", "indeterminate"]);
    let percent = prop::sample::select(vec!["", "0", "5", "10", "11", "30", "50", "<10"]);
    let pattern = prop::sample::select(vec!["", "none", "incomplete", "complete", "segmental"]);
    let word = || prop::sample::select(vec!["positive", "negative", "equivocal"]);
    prop_oneof![
        (score, percent, pattern).prop_map(|(score, percent, pattern)| {
            let mut case = breast().ihc(score);
            if !percent.is_empty() {
                case = case.percent(percent);
            }
            if !pattern.is_empty() {
                case = case.pattern(pattern);
            }
            case.specimen.results.remove(0).value
        }),
        word().prop_map(|word| breast().ihc_word(word).specimen.results.remove(0).value),
        (number(), number(), prop::bool::ANY).prop_map(|(ratio, copies, single)| {
            let case = if single { breast().single(copies) } else { breast().dual(ratio, copies) };
            case.specimen.results.clone().remove(0).value
        }),
        word().prop_map(|word| breast().ish_word(word).specimen.results.remove(0).value),
        prop::sample::select(vec!["positive", "negative", "low", "equivocal", "indeterminate"])
            .prop_map(|word| breast().overall(word).specimen.results.remove(0).value),
        Just(TestValue::Contradictory(TestKind::Ihc)),
        Just(TestValue::Contradictory(TestKind::Ish)),
        Just(TestValue::AmbiguousText),
    ]
}

fn any_case() -> impl Strategy<Value = Case> {
    let tumour = prop::sample::select(Tumour::ALL.to_vec());
    let scoring =
        prop::sample::select(vec!["", "breast", "gastric", "heracles", "endometrial_trial", "pathway_btc", "unknown"]);
    let status = prop::sample::select(vec![ResultStatus::Final, ResultStatus::Amended, ResultStatus::Preliminary]);
    let day = prop::sample::select(vec!["", "2026-01-01", "2026-02-01"]);
    let kind = prop::sample::select(vec!["biopsy", "resection", "unknown"]);
    (tumour, scoring, kind, prop::collection::vec((any_result(), status, day), 0..5)).prop_map(
        |(tumour, scoring, kind, results)| {
            let mut case = of(tumour).kind(kind);
            if !scoring.is_empty() {
                case = case.scoring(scoring);
            }
            for (value, status, day) in results {
                case = case.result(value).status(status);
                if !day.is_empty() {
                    case = case.on(day);
                }
            }
            case
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn every_evidence_has_an_answer_and_the_order_of_sending_does_not_change_it(case in any_case()) {
        let found = finding(&case);
        let flips = flips(&RULES, &case.specimen, &case.history, &found);
        prop_assert!(flips.iter().all(|flip| flip.category != found.category));
        prop_assert_eq!(&flips, &classify_with_flips(&RULES, &case.specimen, &case.history).flips);
        let mut turned = case.clone();
        turned.specimen.results.reverse();
        let again = finding(&turned);
        prop_assert_eq!(found.category, again.category);
        prop_assert_eq!(found.expression, again.expression);
        prop_assert_eq!(found.next_step, again.next_step);
        prop_assert_eq!(found.flags, again.flags);
        prop_assert!(found.tumour == Tumour::Breast || found.expression.as_str() == "not_applicable");
        prop_assert!(found.provisional.is_none() || found.category.as_str() == "equivocal");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_change_that_is_told_is_what_the_classifier_says_once_the_value_has_changed(
        tumour in prop::sample::select(Tumour::ALL.to_vec()),
        score in prop::sample::select(vec!["0", "1+", "2+", "3+"]),
        numbers in prop::option::of((
            prop::sample::select(vec!["1.5", "1.9", "2.0", "2.5"]),
            prop::sample::select(vec!["3.0", "4.0", "5.9", "6.0", "7.5"]),
        )),
    ) {
        let with = |score: &str, copies: Option<&str>| {
            let case = of(tumour).ihc(score);
            match numbers {
                Some((ratio, sent)) => case.dual(ratio, copies.unwrap_or(sent)),
                None => case,
            }
        };
        let case = with(score, None);
        for flip in classify_with_flips(&RULES, &case.specimen, &case.history).flips {
            let changed = match &*flip.change {
                "HER2 copies below 4.0" => with(score, Some("3.996")),
                "HER2 copies 4.0 or more" => with(score, Some("4.0")),
                "HER2 copies 6.0 or more" => with(score, Some("6.0")),
                other => match other.strip_prefix("IHC ") {
                    Some(score) => with(score, None),
                    None => continue,
                },
            };
            let found = finding(&changed);
            prop_assert_eq!((found.category, found.rule), (flip.category, flip.rule), "{}", flip.change);
        }
    }
}
