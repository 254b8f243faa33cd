//! Corrections, second counts and preliminary numbers.

use super::*;

fn breast() -> Value {
    condition("C50.412")
}

fn recount(status: &str) -> Value {
    let blinded = detail("observer-blinded", true);
    let mut one = count(
        "again",
        [1.6, 6.4, 4.0],
        20,
        json!({"status": status, "derivedFrom": [{"reference": "Observation/ish"}]}),
    );
    one["component"].as_array_mut().unwrap().push(blinded);
    one
}

#[test]
fn a_preliminary_recount_settles_nothing_and_a_final_one_does() {
    let of = |status| found(&[breast(), ihc("2+"), count("ish", [1.5, 6.5, 4.33], 20, json!({})), recount(status)]);
    let (category, _, step, flags) = of("preliminary");
    assert_eq!((category.as_str(), step.as_str()), ("equivocal", "await_final"));
    assert!(flags.contains(&"not_final".to_owned()), "{flags:?}");
    let (category, _, step, _) = of("final");
    assert_eq!((category.as_str(), step.as_str()), ("positive", "none"));
    let (category, _, step, flags) = of("corrected");
    assert_eq!((category.as_str(), step.as_str()), ("positive", "none"));
    assert!(flags.contains(&"amended_result".to_owned()), "{flags:?}");
}

#[test]
fn a_corrected_or_later_ratio_that_was_sent_alone_leaves_no_older_group_in_force() {
    let whole = || count("ish", [2.1, 4.5, 2.14], 40, json!({}));
    for status in ["corrected", "final"] {
        let other = number("ratio", "49683-6", 1.1, later(status));
        let (category, step) = category_and_step(&[breast(), ihc("2+"), whole(), other]);
        assert_eq!((category, step), is("indeterminate", "lab_clarification"), "{status}");
    }
    let negative = || count("ish", [1.1, 3.5, 3.2], 40, json!({}));
    let higher = number("ratio", "49683-6", 2.1, later("final"));
    let answer = category_and_step(&[breast(), ihc("2+"), negative(), higher]);
    assert_eq!(answer, is("indeterminate", "lab_clarification"));
    // one that says the same changes nothing, and a whole count that was itself corrected stands against an older number
    let same = number("ratio", "49683-6", 1.2, later("final"));
    assert_eq!(category_and_step(&[breast(), ihc("2+"), negative(), same]), is("negative", "none"));
    let corrected = count("ish", [1.1, 3.5, 3.2], 40, later("corrected"));
    let older = number("ratio", "49683-6", 2.1, json!({}));
    assert_eq!(category_and_step(&[breast(), ihc("2+"), corrected, older]), is("negative", "none"));
}

#[test]
fn a_number_that_was_sent_alone_denies_a_word_only_from_the_other_side_of_its_threshold() {
    let word = |word: &str| observation("word", "85318-4", json!({"valueString": word}));
    let with = |score: &str, said: &str, ratio: f64| {
        let alone = number("ratio", "49683-6", ratio, later("final"));
        category_and_step(&[breast(), ihc(score), word(said), alone])
    };
    assert_eq!(with("2+", "amplified", 1.1), is("indeterminate", "lab_clarification"));
    assert_eq!(with("2+", "not amplified", 2.3), is("indeterminate", "lab_clarification"));
    assert_eq!(with("2+", "amplified", 2.3).0, "positive");
    assert_eq!(with("2+", "not amplified", 1.1).0, "negative");
    assert_eq!(with("3+", "amplified", 1.1).0, "positive");
}

#[test]
fn ratio_and_copies_that_came_one_by_one_fall_with_a_corrected_ratio() {
    let parts = [
        breast(),
        ihc("2+"),
        number("copies", "74860-8", 4.5, json!({})),
        number("ratio", "49683-6", 2.1, json!({})),
        number("ratio-corrected", "49683-6", 1.1, later("corrected")),
    ];
    assert_eq!(category_and_step(&parts), is("indeterminate", "lab_clarification"));
}

#[test]
fn two_ratios_of_one_day_that_lie_on_two_sides_of_the_threshold_conflict() {
    let two = |a: f64, b: f64| {
        let copies = number("copies", "74860-8", 4.5, json!({}));
        [breast(), ihc("2+"), copies, number("r1", "49683-6", a, json!({})), number("r2", "49683-6", b, json!({}))]
    };
    assert_eq!(category_and_step(&two(1.1, 2.1)), is("indeterminate", "lab_clarification"));
    assert!(found(&two(1.1, 2.1)).3.contains(&"conflicting_results".to_owned()));
    assert_eq!(category_and_step(&two(2.3, 2.1)).0, "insufficient");
}

#[test]
fn a_preliminary_number_completes_no_final_count() {
    let ratio = number("ratio", "49683-6", 1.4, json!({"status": "preliminary"}));
    let copies = number("copies", "74860-8", 5.0, json!({}));
    let (category, _, step, flags) = found(&[breast(), ihc("1+"), copies, ratio]);
    assert_eq!((category.as_str(), step.as_str()), ("insufficient", "await_final"));
    assert!(flags.contains(&"copy_number_without_ratio".to_owned()), "{flags:?}");
}

#[test]
fn copies_by_a_single_probe_and_a_ratio_are_two_results_and_the_dual_probe_decides() {
    let mut single = number("single", "74860-8", 6.5, json!({}));
    let probe =
        json!({"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "probe"), "valueString": "single"});
    single["component"] = json!([probe]);
    for day in ["2026-09-02", "2026-09-05"] {
        let ratio = number("ratio", "49683-6", 1.1, json!({"effectiveDateTime": day}));
        let answer = category_and_step(&[breast(), ihc("2+"), single.clone(), ratio]);
        assert_eq!(answer, is("insufficient", "obtain_copy_number"), "{day}");
    }
    assert_eq!(found(&[breast(), ihc("2+"), single]).0, "positive");
}

fn percent(id: &str, value: f64, more: Value) -> Value {
    let mut one = observation(id, "x", more);
    one["code"] = coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "percent-stained");
    one["valueQuantity"] = json!({"value": value, "unit": "%"});
    one
}

#[test]
fn a_percentage_of_its_own_counts_by_its_status() {
    let zero = |percents: &[Value]| {
        let (category, expression, step, flags) = found(&[&[breast(), ihc("0")], percents].concat());
        assert_eq!(category, "negative");
        (expression, step, flags)
    };
    let (expression, step, flags) = zero(&[percent("p", 5.0, json!({"status": "preliminary"}))]);
    assert_eq!((expression.as_str(), step.as_str()), ("zero_unspecified", "await_final"));
    assert!(flags.contains(&"not_final".to_owned()), "{flags:?}");

    let first = percent("p", 0.0, json!({}));
    let (expression, _, flags) = zero(&[first.clone(), percent("q", 5.0, later("corrected"))]);
    assert_eq!(expression, "ultralow");
    assert!(flags.contains(&"amended_result".to_owned()), "{flags:?}");

    let both = [first, percent("q", 5.0, later("final"))];
    let (expression, step, _) = zero(&both);
    assert_eq!((expression.as_str(), step.as_str()), ("zero_unspecified", "clarify_membrane_staining"));
    let set_aside = printed(&[&[breast(), ihc("0")], &both[..]].concat())["excluded"].clone();
    assert_eq!(set_aside[0], json!({"reference": "Observation/p", "why": "contradictory"}));
    assert_eq!(set_aside[1], json!({"reference": "Observation/q", "why": "contradictory"}));
}

#[test]
fn no_cell_with_uniform_intense_staining_does_not_make_a_zero_null_nor_contradict_a_higher_score() {
    let intense = |score: &str, value: f64| {
        let mut one = number("percent", "85328-3", value, json!({}));
        one["valueQuantity"]["unit"] = json!("%");
        let (category, expression, step, _) = found(&[breast(), ihc(score), one]);
        (category, expression, step)
    };
    let all = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(intense("0", 0.0), all("negative", "zero_unspecified", "clarify_membrane_staining"));
    assert_eq!(intense("1+", 0.0), all("negative", "low", "none"));
    assert_eq!(intense("2+", 0.0).0, "equivocal");
    assert_eq!(intense("2+", 0.0).2, "reflex_ish_or_new_specimen");
    assert_eq!(intense("0", 5.0), all("negative", "ultralow", "none"));
}

#[test]
fn signals_of_all_cells_are_no_mean_per_cell() {
    let stomach = [condition("C16.2"), ihc("2+"), count("ish", [1.2, 120.0, 100.0], 40, json!({}))];
    let (category, _, step, flags) = found(&stomach);
    assert_eq!((category.as_str(), step.as_str()), ("insufficient", "lab_clarification"));
    assert!(flags.contains(&"implausible_value".to_owned()), "{flags:?}");
    let mut capped = count("ish", [8.2, 100.0, 12.2], 40, json!({}));
    capped["component"][1]["valueQuantity"] = json!({"value": 100, "comparator": ">"});
    assert_eq!(found(&[breast(), ihc("2+"), capped]).0, "positive", "the end of a scale is no sum");
    let (category, ..) = found(&[breast(), ihc("2+"), count("ish", [20.0, 60.0, 3.0], 40, json!({}))]);
    assert_eq!(category, "positive", "many copies are not implausible");
}

#[test]
fn fewer_than_20_cells_are_too_few_also_where_no_more_is_said_of_their_number() {
    let with = |comparator: &str, bound: u32| {
        let mut ish = count("ish", [2.5, 5.5, 2.2], 40, json!({}));
        ish["component"][3]["valueQuantity"] = json!({"value": bound, "comparator": comparator});
        let all = [breast(), ihc("2+"), ish];
        let reads = printed(&all)["specimens"][0]["evidence"][1]["reads"].as_str().unwrap().to_owned();
        let (category, _, step, flags) = found(&all);
        (category, step, flags, reads)
    };
    for (comparator, bound, words) in [("<", 20, "fewer than 20 cells"), ("<=", 12, "fewer than 13 cells")] {
        let (category, step, flags, reads) = with(comparator, bound);
        assert_eq!(
            (category.as_str(), step.as_str()),
            ("insufficient", "count_at_least_20_cells"),
            "{comparator}{bound}"
        );
        assert!(flags.contains(&"cells_below_20".to_owned()), "{flags:?}");
        assert!(reads.ends_with(words), "{reads}");
    }
    for (comparator, bound) in [("<", 40), (">=", 20)] {
        let (category, _, flags, _) = with(comparator, bound);
        assert_eq!(category, "positive", "{comparator}{bound}");
        assert!(flags.contains(&"cells_not_reported".to_owned()), "{flags:?}");
    }
}

#[test]
fn a_percentage_of_its_own_belongs_to_the_score_whatever_the_order_of_sending() {
    let word = observation("word", "85319-2", json!({"valueString": "negative"}));
    let zero = observation("zero", "85319-2", json!({"valueCodeableConcept": coded("http://loinc.org", "LA6111-4")}));
    let mut parts = [breast(), word, zero, percent("p", 5.0, json!({}))];
    let first = found(&parts);
    assert_eq!((first.0.as_str(), first.1.as_str()), ("negative", "ultralow"));
    parts.swap(1, 2);
    assert_eq!(found(&parts), first);
}

#[test]
fn an_implausible_count_beside_a_usable_one_is_told() {
    let usable = || count("usable", [2.5, 6.5, 2.6], 40, json!({}));
    let with = |other: Value| {
        let all = [breast(), ihc("2+"), usable(), other];
        let (category, _, _, flags) = found(&all);
        assert_eq!(category, "positive");
        (category_and_step(&all).1, flags)
    };
    let zero = || count("zero", [2.5, 6.5, 0.0], 40, later("final"));
    let (step, flags) = with(zero());
    assert_eq!(step, "lab_clarification");
    assert!(flags.contains(&"implausible_value".to_owned()), "{flags:?}");
    let (step, flags) = with(count("sums", [2.4, 120.0, 50.0], 40, later("final")));
    assert_eq!(step, "lab_clarification");
    assert!(flags.contains(&"implausible_value".to_owned()), "{flags:?}");
    let (step, flags) = with(count("differs", [1.4, 6.5, 2.6], 40, later("final")));
    assert_eq!(step, "lab_clarification");
    assert!(flags.contains(&"ratio_copy_inconsistent".to_owned()), "{flags:?}");
    // a failed test that was repeated, or too few cells that were counted again, are how a laboratory works
    let failed = observation("failed", "85318-4", json!({"valueString": "failed"}));
    assert_eq!(with(failed).0, "none");
    assert_eq!(with(count("few", [2.5, 6.5, 2.6], 12, json!({}))).0, "none");
    // and one that was corrected is settled
    let mut corrected = usable();
    corrected["status"] = json!("corrected");
    let (_, _, step, flags) = found(&[breast(), ihc("2+"), zero(), corrected]);
    assert_eq!(step, "none");
    assert!(!flags.contains(&"implausible_value".to_owned()), "{flags:?}");
}

#[test]
fn fewer_than_five_cells_in_a_cluster_contradict_a_score_of_a_biopsy_of_the_stomach() {
    let with = |score: &str, value: Value| {
        let cluster = coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "cluster-cells");
        let mut part = value;
        part["code"] = cluster;
        let specimen =
            json!({"resourceType": "Specimen", "id": "s", "type": coded("http://snomed.info/sct", "258415003")});
        let mut one = ihc(score);
        one["component"] = json!([part]);
        let all = [condition("C16.2"), specimen, one];
        let (category, _, step, _) = found(&all);
        let reads = printed(&all)["specimens"][0]["evidence"][0]["reads"].as_str().unwrap().to_owned();
        (category, step, reads)
    };
    for value in [json!({"valueQuantity": {"value": 5, "comparator": "<"}}), json!({"valueString": "<5"})] {
        let (category, step, reads) = with("3+", value);
        assert_eq!((category, step), is("indeterminate", "lab_clarification"));
        assert_eq!(reads, "IHC 3+, cluster of <5 cells");
    }
    // a bound that leaves it open is no number
    for bound in [json!({"value": 8, "comparator": "<"}), json!({"value": 5, "comparator": ">="})] {
        let (category, step, _) = with("3+", json!({"valueQuantity": bound}));
        assert_eq!((category, step), is("positive", "none"));
    }
    assert_eq!(with("3+", json!({"valueInteger": 4})).0, "indeterminate");
}
