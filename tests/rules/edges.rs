//! Faults at the edges of the proof: next to a limit, in lines that are seldom used, and what must not be told beside them.

use herald::rules::{check_files, embedded_files, load, order_rules};

use super::TODAY;
use super::mutations::{At, changed, refusal, refused};

const BREAST: &str = "breast-asco-cap-2018.toml";
const GASTRIC: &str = "gastric-cap-2016.toml";
const SOLID: &str = "solid-tdxd-label-2024.toml";
const HERACLES: &str = "colorectal-heracles-2015.toml";
const COMMON: &str = "every-tumour.toml";
const ORDERS: &str = "order-safety.toml";

/// All that is told after one change.
#[track_caller]
fn told(file: &str, from: &str, to: &str) -> String {
    refusal(&changed(file, from, to)).join("\n")
}

#[test]
fn a_gap_between_two_limits_is_told_at_its_first_thousandth() {
    refused(
        GASTRIC,
        "copies   = { above = \"6.0\" }",
        "copies   = { at_least = \"6.5\" }",
        At::Entry("reads    = \"amplified\""),
        "ratio 0.000 with 6.001 copies falls in 0 ISH groups, expected 1",
    );
    refused(
        GASTRIC,
        "copies   = { at_least = \"4.0\", at_most = \"6.0\" }",
        "copies   = { above = \"3.5\", at_most = \"6.0\" }",
        At::Entry("reads    = \"between\""),
        "ratio 0.000 with 3.501 copies falls in 2 ISH groups, expected 1",
    );
}

#[test]
fn a_gap_below_a_limit_is_told_at_its_last_thousandth() {
    refused(
        GASTRIC,
        "missing  = [\"ratio\"]",
        "missing  = [\"ratio\"]\ncopies = { at_least = \"0.001\" }",
        At::Entry("reads    = \"amplified\""),
        "no ratio with 0.000 copies falls in 0 ISH groups, expected 1",
    );
}

#[test]
fn a_limit_with_three_decimals_is_proved() {
    let mut files = changed(GASTRIC, "below = \"4.0\"", "below = \"4.125\"");
    let gastric = files.iter_mut().find(|file| file.name == GASTRIC).unwrap();
    gastric.text = gastric.text.replacen("at_least = \"4.0\", at_most", "at_least = \"4.125\", at_most", 1);
    load(&files).unwrap_or_else(|faults| panic!("{faults}"));
}

#[test]
fn a_negative_limit_cannot_be_proved() {
    refused(
        GASTRIC,
        "below = \"4.0\"",
        "below = \"-4.0\"",
        At::Entry("-4.0"),
        "threshold -4.0 has more than three decimals or is negative, so it cannot be proved",
    );
}

#[test]
fn a_hole_of_the_percentage_of_cells_is_told_with_the_percentage() {
    refused(
        HERACLES,
        "percent_cells = { below = \"50\" }\nlab_word",
        "percent_cells = { below = \"40\" }\nlab_word",
        At::Entry("reads         = \"amplified\""),
        "ratio 2.000 with no copies and 40.000 % of cells falls in 0 ISH groups, expected 1",
    );
}

#[test]
fn of_several_holes_and_overlaps_of_a_table_the_first_of_each_is_told() {
    let said = told(BREAST, "copies = { at_least = \"6.0\" }", "copies = { at_least = \"6.1\" }");
    assert_eq!(said.matches("falls in").count(), 1, "{said}");
    let said = told(
        BREAST,
        "copies = { at_least = \"4.0\", below = \"6.0\" }",
        "copies = { at_least = \"3.9\", below = \"5.9\" }",
    );
    assert_eq!(said.matches("falls in 0").count(), 1, "{said}");
    assert_eq!(said.matches("falls in 2").count(), 1, "{said}");
}

#[test]
fn a_further_count_with_two_answers_is_refused() {
    refused(
        GASTRIC,
        "{ ratio = { below = \"2.0\" }, reads = \"not-amplified\" }",
        "{ ratio = { at_most = \"2.0\" }, reads = \"not-amplified\" }",
        At::Line("[recount]"),
        "a further count with ratio 2.000 has 2 answers, expected 1",
    );
}

/// A ratio of 2.0 or more without copies may still be group 1 or group 2, so neither answer may be given away.
#[test]
fn an_incomplete_ish_may_not_be_called_positive_while_a_negative_group_is_possible() {
    let text = embedded_files().into_iter().find(|file| file.name == BREAST).unwrap().text;
    let (_, row) = text.split_once("id       = \"RATIO-ONLY\"").unwrap();
    let row = format!("id       = \"RATIO-ONLY\"{}", row.split("because").next().unwrap());
    let changed_row = row.replacen("\"insufficient\"", "\"positive\"", 1);
    assert_ne!(row, changed_row);
    refused(
        BREAST,
        &row,
        &changed_row,
        At::Entry("reads   = \"ratio-only\""),
        "row breast-asco-cap-2018/RATIO-ONLY calls IHC 2+ with ISH ratio-only positive, but group-2 is still possible and is not",
    );
}

/// The percentage of cells without a ratio: fewer than 50 % are not amplified, whatever the ratio would have been.
#[test]
fn an_incomplete_ish_may_not_stand_for_a_complete_one_that_would_decide_otherwise() {
    refused(
        HERACLES,
        "reads         = \"not-amplified\"               # fewer than 50 % of cells decide without a ratio",
        "reads         = \"amplified\"               # fewer than 50 % of cells decide without a ratio",
        At::Entry("# fewer than 50 % of cells decide"),
        "row colorectal-heracles-2015/AMPLIFIED-to-confirm calls IHC to confirm with ISH amplified positive, but not-amplified \
         is still possible and is not",
    );
}

#[test]
fn an_incomplete_ish_that_leaves_one_answer_may_give_it() {
    let said = told(BREAST, "fewest_cells = 20", "fewest_cells = 0");
    assert!(!said.contains("still possible"), "a ratio below 2.0 with few copies is negative in any case: {said}");
}

/// Where a file judges contradictions, the slides that it does not call contradictory are asked.
#[test]
fn two_readings_of_one_slide_are_refused_in_a_file_with_contradictions_too() {
    refused(
        BREAST,
        "percent = { above = \"0\", at_most = \"10\" }\nreads = \"0 stained\"",
        "percent = { at_least = \"0\", at_most = \"10\" }\nreads = \"0 stained\"",
        At::Entry("because = \"0 % stained\""),
        "IHC 0, specimen biopsy, 0 % is read as \"0 stained\" and as \"0 unstained\", expected one",
    );
}

#[test]
fn a_column_that_stands_twice_is_refused() {
    for (file, section, from, to, axis, column) in [
        (GASTRIC, "[staining]", "\"kind needed\", \"none\"]", "\"kind needed\", \"none\", \"3+\"]", "IHC", "3+"),
        (
            GASTRIC,
            "[ish]",
            "\"conflicting\", \"none\"]\neq",
            "\"conflicting\", \"none\", \"failed\"]\neq",
            "ISH",
            "failed",
        ),
    ] {
        refused(file, from, to, At::Line(section), &format!("the {axis} column \"{column}\" stands twice"));
    }
}

#[test]
fn an_ish_column_that_nothing_leads_to_is_refused() {
    refused(
        GASTRIC,
        "\"conflicting\", \"none\"]\nequivocal_word",
        "\"conflicting\", \"none\", \"high-copies\"]\nequivocal_word",
        At::Line("[ish]"),
        "nothing is read as the ISH column \"high-copies\"",
    );
}

/// The row that covers the rest of the cell has to change, though another one has fewer cells.
#[test]
fn a_cell_that_is_covered_in_part_is_told_beside_the_row_that_covers_it() {
    refused(
        BREAST,
        "id       = \"IHC-3plus\"\n",
        "id       = \"IHC-3plus\"\nrecount  = [\"missing\"]\n",
        At::Entry("id       = \"IHC-3plus\"\n"),
        "no row for IHC 3+, ISH not done, recount invalid or same group or other group, expected exactly one",
    );
}

#[test]
fn a_second_count_for_a_score_that_is_no_column_or_of_two_open_results_is_refused() {
    let says = "the recount names kind needed, which is no IHC column of this file";
    refused(BREAST, "ihc          = [\"2+\"]", "ihc          = [\"2+\", \"kind needed\"]", At::Line("[recount]"), says);
    let says = "a recount that settles names exactly one ISH column";
    let two = "ish          = [\"between\", \"amplified\"]";
    refused(GASTRIC, "ish          = [\"between\"]", two, At::Line("[recount]"), says);
    let says = "the recount names high-copies, which is no ISH column of this file";
    let to = "reads = \"high-copies\" }, { ratio = { below";
    refused(GASTRIC, "reads = \"amplified\" }, { ratio = { below", to, At::Line("[recount]"), says);
}

#[test]
fn a_line_about_staining_that_leads_nowhere_is_refused() {
    refused(
        GASTRIC,
        "flag = \"ihc_score_pattern_inconsistent\"\nbecause = \"3+ is strong",
        "because = \"3+ is strong",
        At::Entry("because = \"3+ is strong"),
        "the contradiction \"3+ is strong staining\" names no flag",
    );
    refused(
        BREAST,
        "flag = \"unusual_pattern_2plus\"\nbecause = \"Intense",
        "because = \"Intense",
        At::Entry("because = \"Intense"),
        "the remark \"Intense staining in 10 % or less is treated as 2+\" names no flag",
    );
    let entry = At::Entry("because = \"Possible on a biopsy");
    let reading = "Possible on a biopsy, contradictory on a resection";
    let says = format!("the reading \"{reading}\" names no column");
    refused(GASTRIC, "reads = \"kind needed\"\n", "", entry, &says);
    let says = format!("\"{reading}\" reads to confirm, which is no IHC column of this file");
    refused(GASTRIC, "reads = \"kind needed\"\n", "reads = \"to confirm\"\n", entry, &says);
    let says = format!("\"{reading}\" names a step; only a mild contradiction may");
    refused(GASTRIC, "reads = \"kind needed\"\n", "reads = \"kind needed\"\nnext = \"none\"\n", entry, &says);
    let says = "an IHC word stands for to confirm, which is no IHC column of this file";
    refused(GASTRIC, "word_equivocal = \"2+\"", "word_equivocal = \"to confirm\"", At::Line("[staining]"), says);
}

#[test]
fn every_kind_of_line_needs_its_reason() {
    for (file, because, what) in [
        (GASTRIC, "3+ is strong staining", "a contradiction"),
        (BREAST, "Intense staining in 10 % or less is treated as 2+", "a remark"),
        (GASTRIC, "Possible on a biopsy, contradictory on a resection", "a reading"),
        (BREAST, "Score 0, nothing said about staining: null or ultralow is not known", "an expression"),
        (COMMON, "The organ is known, the kind of tumour is not, so no rule can be chosen", "case histology-needed"),
    ] {
        let files = changed(file, because, " ");
        let at = At::Entry(if file == COMMON { "id       = \"histology-needed\"" } else { "because = \" \"" });
        refused(file, because, " ", at, &format!("{what} gives no reason"));
        assert_eq!(refusal(&files).len(), 1);
    }
    let because = "A further count of at least 20 cells settles what was open by its ratio; blinding is not required";
    refused(GASTRIC, because, "", At::Line("[recount]"), "the recount gives no reason");
    let because = "Negative in any case; which of the two is not known";
    refused(BREAST, because, "", At::Line("[mild_contradiction]"), "the mild contradiction gives no reason");
    refused(
        GASTRIC,
        "guideline  = \"CAP/ASCP/ASCO HER2 testing in gastroesophageal adenocarcinoma, 2016\"",
        "guideline  = \" \"",
        At::Line("[ruleset]"),
        "the rule set names no guideline",
    );
    refused(ORDERS, "\"US labels, by date\"", "\" \"", At::Line("id         ="), "the file names no guideline");
}

#[test]
fn a_third_table_of_a_tumour_and_a_second_one_of_another_rank_are_refused() {
    refused(
        SOLID,
        "tumours = [\"endometrial\", \"colorectal\"], scoring = \"gastric\", rank = 2",
        "tumours = [\"endometrial\", \"colorectal\"], scoring = \"gastric\", rank = 3",
        At::Line("rank = 3"),
        "colorectal has a second table of rank 3, expected 2",
    );
    refused(
        SOLID,
        "tumours = [\"biliary\"], scoring = \"pathway_btc\", rank = 1 },",
        "tumours = [\"biliary\"], scoring = \"pathway_btc\", rank = 1 },\n{ tumours = [\"colorectal\"], scoring = \"breast\", rank = 3 },",
        At::Line("rank = 3"),
        "colorectal has a third table, expected at most two",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_not_called_missing_and_leaves_no_tumour_without_a_table() {
    assert_eq!(told(COMMON, "edition    =", "editoin    =").lines().count(), 1);
    let said = told(GASTRIC, "category = \"equivocal\"", "category = \"equivocla\"");
    assert_eq!(said.lines().count(), 1, "{said}");
    let said = told(GASTRIC, "[staining]", "[stainings]");
    assert!(!said.contains("no table"), "{said}");
}

#[test]
fn an_overdue_file_and_a_wrong_file_are_told_together() {
    let mut files = changed(GASTRIC, "review_due = 2027-06-01", "review_due = 2026-11-25");
    let breast = files.iter_mut().find(|file| file.name == BREAST).unwrap();
    breast.text = breast.text.replacen("fewest_cells = 20", "fewest_cells = 0", 1);
    let said = refusal(&files).join("\n");
    assert!(said.contains("the review was due on 2026-11-25") && said.contains("a recount of no cells"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn the_rules_are_due_for_review_on_the_first_day_of_any_file() {
    let due = |file: &str, to: &str| load(&changed(file, "2027-", to)).unwrap().review_due.to_string();
    assert_eq!(load(&embedded_files()).unwrap().review_due.to_string(), "2027-03-01");
    assert_eq!(due(GASTRIC, "2026-"), "2026-06-01");
    assert_eq!(due(ORDERS, "2026-"), "2026-03-01");
    assert!(check_files(&embedded_files(), "2027-03-01".parse().unwrap()).is_ok());
}

#[test]
fn every_rule_carries_the_day_on_which_its_file_is_due_for_review() {
    let book = load(&changed(GASTRIC, "2027-06-01", "2027-05-02")).unwrap();
    let due = |rule: &str| book.sources[rule].review_due.to_string();
    assert_eq!(due("gastric-cap-2016/IHC-3plus"), "2027-05-02");
    assert_eq!(due("gastric-cap-2016/WORD-ultralow"), "2027-05-02");
    assert_eq!(due("breast-asco-cap-2018/G1-2plus"), "2027-06-01");
    assert_eq!(due("every-tumour/not-covered"), "2027-06-01");
}

#[test]
fn an_edition_has_to_stand_in_its_file() {
    refused(
        COMMON,
        "edition    = \"2026.11\"\n",
        "",
        At::Line("[ruleset]"),
        "the edition stands in every-tumour.toml, and only there",
    );
    assert_eq!(TODAY.to_string(), "2026-11-26");
}

#[test]
fn a_case_that_is_left_out_is_refused_at_the_last_one() {
    let text = embedded_files().into_iter().find(|file| file.name == COMMON).unwrap().text;
    let begin = text.find("[[case]]\nid       = \"histology-needed\"").unwrap();
    let end = begin + 1 + text[begin + 1..].find("[[case]]").unwrap();
    let said = told(COMMON, &text[begin..end], "");
    assert!(said.contains("case histology-needed stands 0 times, expected once"), "{said}");
    let line = text[..text.rfind("[[case]]").unwrap()].matches('\n').count() + 1;
    let lost = text[begin..end].matches('\n').count();
    assert!(said.starts_with(&format!("rules/{COMMON}:{}: ", line - lost)), "{said}");
}

#[test]
fn a_fault_of_the_order_checks_names_the_row_that_has_to_change() {
    let from = "agent   = \"neratinib\"\naccepts";
    let to = "agent   = \"neratinib\"\ntumours = [\"breast\"]\naccepts";
    let at = At::Entry("row     = \"her2-neratinib\"");
    refused(ORDERS, from, to, at, "neratinib has no HER2 condition for every other tumour");
    let from = "tumours = [\"gastroesophageal\"]\naccepts = [\"positive\"]\nbecause = \"In gastric and junction cancer zanidatamab";
    let general = "accepts = [\"positive\"]\nbecause = \"In gastric and junction cancer zanidatamab";
    let says = "zanidatamab has two rows for one tumour: order-safety/her2-zanidatamab-gastric and her2-zanidatamab";
    refused(ORDERS, from, general, At::Entry("row     = \"her2-zanidatamab\""), says);
    let at = At::Entry("row          = \"lvef-pertuzumab\"");
    let says = "trastuzumab has two rows for the heart";
    refused(
        ORDERS,
        "\"lvef-pertuzumab\"\nagent        = \"pertuzumab\"",
        "\"lvef-pertuzumab\"\nagent        = \"trastuzumab\"",
        at,
        says,
    );
    refused(
        ORDERS,
        "during       = \"12 weeks\"",
        "during       = \"often\"",
        at,
        "row lvef-pertuzumab: \"often\" is no time such as \"3 months\" or \"4 weeks\"",
    );
    refused(
        ORDERS,
        "agent   = \"lapatinib\"\naccepts",
        "agent   = \"neratinib\"\ntumours = [\"lung\"]\naccepts",
        At::Line("id         ="),
        "lapatinib has no HER2 condition for every other tumour",
    );
}

#[test]
fn order_checks_without_a_row_of_products_or_with_a_row_that_rests_on_nothing_are_refused() {
    let text = embedded_files().into_iter().find(|file| file.name == ORDERS).unwrap().text;
    let begin = text.find("[[product]]").unwrap();
    let end = begin + 1 + text[begin + 1..].find("\n[[").unwrap();
    let files = changed(ORDERS, &text[begin..end], "");
    let files: Vec<_> = files
        .into_iter()
        .map(|mut file| {
            if file.name == ORDERS {
                file.text = file.text.replacen("review_due =", "product = []\nreview_due =", 1);
            }
            file
        })
        .collect();
    let said = order_rules(&files).unwrap_err().to_string();
    assert!(said.contains("no row says which medicines are mistaken for each other"), "{said}");
    refused(
        ORDERS,
        "cite      = [\"US labels of trastuzumab of 2021-02-02, trastuzumab emtansine of 2023-08-31, trastuzumab deruxtecan of 2023-02-08\"]",
        "cite      = [\"\"]",
        At::Line("[[product]]"),
        "row trastuzumab-products needs the date of its label, or a citation",
    );
    refused(
        ORDERS,
        "under_way = \"6 weeks\"",
        "under_way = \"6\"",
        At::Line("[[product]]"),
        "row trastuzumab-products: \"6\" is no time such as \"3 months\" or \"4 weeks\"",
    );
    refused(
        ORDERS,
        "Trastuzumab, trastuzumab emtansine and trastuzumab deruxtecan are three medicines with different doses. None replaces another.",
        "",
        At::Line("[[product]]"),
        "row trastuzumab-products gives no reason",
    );
}

#[test]
fn a_limit_that_stands_for_the_institution_names_the_value_that_stands_for_it() {
    let told = told(
        ORDERS,
        "lvef = { below = \"50\" }, institution = true",
        "fall = { at_least = \"12\" }, institution = true",
    );
    assert!(told.contains("row lvef-lapatinib has a limit of the institution without a value"), "{told}");
}

#[test]
fn a_lung_disease_under_treatment_has_one_row_beside_the_one_of_an_earlier_disease() {
    let alone = told(
        ORDERS,
        "row     = \"ild-tdxd\"\nagent   = \"trastuzumab_deruxtecan\"",
        "row     = \"ild-tdxd\"\nagent   = \"tucatinib\"",
    );
    assert!(alone.contains("trastuzumab_deruxtecan has no row for a lung disease before treatment"), "{alone}");
    let twice = told(ORDERS, "under_treatment = true\n", "under_treatment = false\n");
    assert!(twice.contains("trastuzumab_deruxtecan has two rows for the same lung disease"), "{twice}");
}
