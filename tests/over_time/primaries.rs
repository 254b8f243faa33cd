//! Two primaries: never compared, each with its own lead, and the card says which one it is about.

use super::*;

fn two() -> History {
    History { tumours_differ: true, ..History::default() }
}

#[test]
fn results_of_left_and_right_are_never_discordant_and_the_card_names_both_sides() {
    let left = on_side(Side::Left, on(breast().ihc("3+"), "2023-03-07"));
    let right = on_side(Side::Right, on(breast().ihc("2+"), "2026-10-12"));
    let apart = answer(vec![left, right], two());
    assert_eq!(apart.printed["overTime"]["discordant"], false);
    assert!(!apart.flags().iter().any(|flag| flag.contains("discordant") || flag == "prior_positive"));
    assert_says(&apart.card().summary, &["right breast cancer"]);
    let words =
        ["Two primaries on record", "right breast cancer", "left breast cancer, biopsy positive (IHC 3+, 2023-03-07)"];
    assert_says(&apart.card().detail, &words);
    assert_says(&apart.text, &["Two primary tumours", "Primary: breast left", "leads for another primary"]);
    assert!(!apart.card().detail.contains("Compared with"), "{}", apart.card().detail);
}

#[test]
fn an_ish_of_the_other_side_is_no_ish_of_another_specimen_of_this_tumour() {
    let left = on_side(Side::Left, on(breast().ihc("2+").dual("2.60", "6.4"), "2026-10-11"));
    let right = on_side(Side::Right, on(breast().ihc("2+"), "2026-10-12"));
    let apart = answer(vec![left, right], two());
    assert!(!apart.text.contains("does not count here"), "{}", apart.text);
}

#[test]
fn a_gap_of_the_other_primary_is_not_hidden_behind_a_newer_negative() {
    let left = on_side(Side::Left, on(breast().ihc("2+"), "2026-01-12"));
    let right = on_side(Side::Right, on(breast().ihc("0").percent("0"), "2026-10-12"));
    let apart = answer(vec![left, right], two());
    assert_eq!(apart.printed["lead"], 1);
    assert_says(&apart.card().summary, &["equivocal, left breast cancer", "reflex ISH"]);
    assert_says(&apart.card().detail, &["right breast cancer, biopsy negative (IHC 0, 2026-10-12)"]);
}

#[test]
fn a_settled_positive_of_the_other_primary_is_never_lost_behind_a_settled_negative() {
    let left = on_side(Side::Left, on(breast().ihc("3+"), "2024-03-07"));
    let right = on_side(Side::Right, on(breast().ihc("0").percent("0"), "2026-10-12"));
    let apart = answer(vec![left, right], two());
    assert_eq!(apart.printed["lead"], 1);
    let card = apart.card();
    assert_eq!((card.indicator.as_str(), card.source.topic.code), ("info", "HER2OTHERPRIMARY"));
    assert_says(&card.summary, &["HER2-positive left breast cancer", "consider which one is treated"]);
    assert_says(&card.detail, &["2024-03-07", "right breast cancer, biopsy negative (IHC 0, 2026-10-12)"]);
    assert_says(&card.detail, &["**Not assessed:** labels and trials for this primary"]);
    assert!(card.suggestions.is_empty());
}

#[test]
fn a_positive_stomach_cancer_is_named_beside_a_breast_cancer_for_which_nothing_is_open() {
    let stomach = on(of(Tumour::Gastroesophageal).ihc("2+").dual("2.60", "6.4"), "2024-10-12");
    let breast = on(breast().ihc("0").percent("0"), "2026-10-12");
    let apart = answer(vec![stomach, breast], two());
    assert_says(&apart.card().summary, &["HER2-positive gastric/GEJ cancer"]);
}

#[test]
fn two_primaries_for_which_nothing_is_open_and_none_is_positive_have_no_card() {
    let none = |side, day| on_side(side, on(breast().ihc("0").percent("0"), day));
    assert!(answer(vec![none(Side::Left, "2024-03-07"), none(Side::Right, "2026-10-12")], two()).card.is_none());
}

#[test]
fn a_metastasis_that_may_come_from_either_side_says_so() {
    let left = on_side(Side::Left, on(breast().ihc("1+"), "2023-03-07"));
    let liver = on_side(Side::NotKnown, metastasis(on(breast().ihc("3+"), "2026-10-12")));
    let open = answer(vec![left, liver], two());
    assert_says(
        &open.card().detail,
        &["which one this belongs to is not known", "left breast cancer, biopsy negative"],
    );
    assert_says(&open.text, &["left or right, not known"]);
    assert!(!open.flags().contains(&"discordant_over_time".to_owned()));
}

#[test]
fn a_result_that_may_belong_to_either_of_two_organs_asks_for_the_tumour_type() {
    let open = answer(vec![on(of(Tumour::Unknown).ihc("3+"), "2026-10-12")], two());
    assert_says(&open.card().summary, &["no rule applies until the tumour type is known"]);
    assert_says(&open.card().detail, &["Two primaries on record", "not known"]);
}

#[test]
fn two_organs_are_named_and_not_compared() {
    let stomach = on(of(Tumour::Gastroesophageal).ihc("3+"), "2024-10-12");
    let newer = on(breast().ihc("2+"), "2026-10-12");
    let apart = answer(vec![stomach, newer], two());
    assert!(apart.flags().iter().all(|flag| flag != "prior_positive"));
    assert_says(
        &apart.card().detail,
        &["this is the breast cancer", "gastric/GEJ cancer, biopsy positive (IHC 3+, 2024-10-12)"],
    );
}

#[test]
fn one_primary_is_not_spoken_of() {
    let one = answer(vec![on(breast().ihc("2+"), "2026-10-12")], History::default());
    assert!(!one.card().detail.contains("primar") && !one.text.contains("Primary:"), "{}", one.text);
}

#[test]
fn the_side_is_part_of_the_stored_evidence_only_where_there_is_one() {
    let stored = |specimen| {
        let evidence = Evidence { specimens: vec![specimen], ..Evidence::default() };
        String::from_utf8(herald::assessment::canonical_evidence(&evidence)).unwrap()
    };
    let plain = on(breast().ihc("2+"), "2026-10-12");
    assert!(!stored(plain.clone()).contains("side"));
    assert_says(&stored(on_side(Side::NotKnown, plain)), &["\"side\":\"not_known\""]);
}

/// Every worked example of the breast as the right one of two: the card stays within its limits, which `answer` checks.
#[test]
fn the_longest_cards_of_a_side_stay_short() {
    let all: [Case; 12] = [
        breast().ihc("2+").dual("1.60", "5.1"),
        breast().ihc("2+").dual("1.60", "5.1").recount("2.10", "5.1"),
        breast().ihc("2+"),
        breast().ihc("3+"),
        breast().ihc("1+"),
        breast().ihc("0"),
        breast().ihc("0").percent("5"),
        breast().ihc("3+").dual("1.60", "2.1"),
        breast().ihc("3+").percent("5"),
        breast().dual("1.60", "5.1"),
        breast().single("4.5"),
        breast().overall("low"),
    ];
    for case in all {
        for score in ["3+", "0"] {
            let left = on_side(Side::Left, on(breast().ihc(score).kind("resection"), "2023-03-07"));
            let old = on_side(Side::Right, on(breast().ihc("3+").kind("resection"), "2022-03-07"));
            let right = on_side(Side::Right, metastasis(on(case.clone(), "2026-10-12")));
            answer(vec![left, right.clone()], two());
            answer(vec![old, right], two());
        }
    }
}
