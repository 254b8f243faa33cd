//! One change in one rule file, and the fault that it must be refused with: file, line and words.

use std::path::Path;

use herald::rules::{RuleFile, RulesError, check_files, embedded_files, load};

use super::TODAY;

const BREAST: &str = "breast-asco-cap-2018.toml";
const GASTRIC: &str = "gastric-cap-2016.toml";
const SOLID: &str = "solid-tdxd-label-2024.toml";
const HERACLES: &str = "colorectal-heracles-2015.toml";
const COMMON: &str = "every-tumour.toml";

/// Where a fault is told, found in the changed text.
#[derive(Clone, Copy)]
pub enum At {
    /// The line with this text.
    Line(&'static str),
    /// The first line of the entry that holds this text: its `[[row]]`, `[[band]]`, `[staining]`.
    Entry(&'static str),
    /// At no line: no file says what is missing.
    Nowhere,
}

/// The rule files with one change.
pub fn changed(file: &str, from: &str, to: &str) -> Vec<RuleFile> {
    let mut files = embedded_files();
    let target = files.iter_mut().find(|candidate| candidate.name == file).unwrap();
    assert!(target.text.contains(from), "{file} does not contain {from}");
    target.text = target.text.replacen(from, to, 1);
    files
}

pub fn refusal(files: &[RuleFile]) -> Vec<String> {
    match check_files(files, TODAY).map_err(|error| error.in_folder(Path::new("rules"))) {
        Err(RulesError::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("this was accepted"),
    }
}

fn prefix(file: &str, text: &str, at: At) -> String {
    let line_of = |at: usize| 1 + text[..at].matches('\n').count();
    let found = |anchor: &str| text.find(anchor).unwrap_or_else(|| panic!("{file} does not contain {anchor}"));
    match at {
        At::Line(anchor) => format!("rules/{file}:{}: ", line_of(found(anchor))),
        At::Entry(anchor) => {
            let begin = text[..=found(anchor)].rfind("\n[").unwrap();
            format!("rules/{file}:{}: ", line_of(begin + 1))
        }
        At::Nowhere => "rules: ".to_owned(),
    }
}

#[track_caller]
pub fn refused(file: &str, from: &str, to: &str, at: At, says: &str) {
    let files = changed(file, from, to);
    let text = &files.iter().find(|candidate| candidate.name == file).unwrap().text;
    let said = refusal(&files);
    let expected = format!("{}{says}", prefix(file, text, at));
    assert!(said.contains(&expected), "expected\n{expected}\namong\n{}", said.join("\n"));
}

#[test]
fn a_gap_between_bands_is_refused_with_a_point_in_it() {
    refused(
        BREAST,
        "copies = { at_least = \"6.0\" }",
        "copies = { at_least = \"6.1\" }",
        At::Entry("reads  = \"group-1\""),
        "ratio 0.000 with 6.000 copies falls in 0 ISH groups, expected 1",
    );
    refused(
        GASTRIC,
        "copies   = { at_least = \"4.0\", at_most = \"6.0\" }",
        "copies   = { at_least = \"4.0\", below = \"6.0\" }",
        At::Entry("reads    = \"amplified\""),
        "ratio 0.000 with 6.000 copies falls in 0 ISH groups, expected 1",
    );
    refused(
        HERACLES,
        "percent_cells = { at_least = \"50\" }",
        "percent_cells = { above = \"50\" }",
        At::Entry("reads         = \"amplified\""),
        "ratio 2.000 with no copies and 50.000 % of cells falls in 0 ISH groups, expected 1",
    );
}

#[test]
fn overlapping_bands_are_refused() {
    refused(
        BREAST,
        "copies = { at_least = \"4.0\", below = \"6.0\" }",
        "copies = { at_least = \"3.9\", below = \"6.0\" }",
        At::Entry("reads  = \"group-5\""),
        "ratio 0.000 with 3.900 copies falls in 2 ISH groups, expected 1",
    );
}

#[test]
fn a_threshold_whose_inclusion_is_turned_round_is_refused() {
    refused(
        BREAST,
        "copies = { below = \"4.0\" }",
        "copies = { at_most = \"4.0\" }",
        At::Entry("copies = { at_most = \"4.0\" }"),
        "ratio 2.000 with 4.000 copies falls in 2 ISH groups, expected 1",
    );
    refused(
        GASTRIC,
        "above = \"6.0\"",
        "at_least = \"6.0\"",
        At::Entry("reads    = \"between\""),
        "ratio 0.000 with 6.000 copies falls in 2 ISH groups, expected 1",
    );
}

#[test]
fn a_band_that_holds_no_number_and_a_band_of_another_table_are_refused() {
    refused(
        BREAST,
        "copies = { at_least = \"4.0\", below = \"6.0\" }",
        "copies = { at_least = \"6.0\", below = \"4.0\" }",
        At::Entry("reads  = \"group-4\""),
        "the band group-4 holds no number at all",
    );
    refused(
        GASTRIC,
        "reads    = \"between\"",
        "reads    = \"group-3\"",
        At::Entry("reads    = \"group-3\""),
        "a band reads group-3, which is no ISH column of this file",
    );
}

#[test]
fn numbers_that_are_missing_need_a_band_as_well() {
    refused(
        GASTRIC,
        "missing  = [\"copies\"]",
        "missing  = [\"copies\", \"percent_cells\"]\nprobe = \"dual\"",
        At::Line("probe = \"dual\""),
        "duplicate key",
    );
    refused(
        BREAST,
        "reads   = \"copies-only-low\"\nprobe   = \"dual\"",
        "reads   = \"copies-only-low\"\nprobe   = \"single\"",
        At::Entry("reads  = \"group-1\""),
        "no ratio with 0.000 copies falls in 0 ISH groups, expected 1",
    );
}

#[test]
fn a_single_probe_needs_a_band_as_well() {
    refused(
        GASTRIC,
        "reads    = \"single-probe\"                     # no single-probe rule outside breast (policy)\nprobe    = \"single\"",
        "reads    = \"single-probe\"\nprobe    = \"single\"\ncopies   = { at_least = \"1\" }",
        At::Entry("reads    = \"single-probe\"\n"),
        "single probe: no ratio with 0.000 copies falls in 0 ISH groups, expected 1",
    );
}

#[test]
fn a_row_that_lost_a_column_is_refused_with_each_empty_cell() {
    refused(
        BREAST,
        "ihc      = [\"2+\"]\nish      = [\"group-1\"]",
        "ihc      = [\"2+\"]\nish      = [\"group-5\"]",
        At::Entry("\"G1-3plus\""),
        "no row for IHC 2+, ISH group 1, expected exactly one",
    );
    refused(
        GASTRIC,
        "ish      = [\"none\", \"says amplified\", \"cannot be used\", \"still open\"]",
        "ish      = [\"none\", \"says amplified\", \"cannot be used\"]",
        At::Entry("\"IHC-3plus-not-amplified\""),
        "no row for IHC 3+, ISH between, expected exactly one",
    );
    refused(
        SOLID,
        "ihc      = [\"indeterminate\"]",
        "ihc      = [\"indeterminate\"]\nish      = [\"none\"]",
        At::Entry("\"IHC-indeterminate\""),
        "no row for IHC indeterminate, ISH failed, expected exactly one",
    );
}

#[test]
fn two_rows_for_one_cell_are_refused_with_both_ids() {
    refused(
        BREAST,
        "ihc      = [\"2+\"]\nish      = [\"group-1\"]",
        "ihc      = [\"2+\", \"3+\"]\nish      = [\"group-1\"]",
        At::Entry("\"G1-2plus\""),
        "two rows for IHC 3+, ISH group 1: G1-3plus and G1-2plus, expected exactly one",
    );
    refused(
        BREAST,
        "recount  = [\"missing\", \"invalid\"]",
        "recount  = [\"missing\", \"invalid\", \"same group\"]",
        At::Entry("\"G2-2plus-confirmed\""),
        "two rows for IHC 2+, ISH group 2, recount same group: G2-2plus and G2-2plus-confirmed, expected exactly one",
    );
}

#[test]
fn a_forgotten_recount_is_refused() {
    refused(
        BREAST,
        "recount  = [\"missing\", \"invalid\"]",
        "recount  = [\"missing\"]",
        At::Entry("\"G2-2plus\""),
        "no row for IHC 2+, ISH group 2, recount invalid, expected exactly one",
    );
    refused(
        BREAST,
        "recount  = [\"missing\", \"invalid\"]",
        "recount  = [\"invalid\"]",
        At::Entry("\"G2-2plus\""),
        "no row for IHC 2+, ISH group 2, recount not done, expected exactly one",
    );
    refused(
        GASTRIC,
        "{ ratio = { below = \"2.0\" }, reads = \"not-amplified\" }",
        "{ ratio = { below = \"1.9\" }, reads = \"not-amplified\" }",
        At::Line("[recount]"),
        "a further count with ratio 1.900 has 0 answers, expected 1",
    );
}

#[test]
fn a_recount_of_no_cells_or_of_a_column_that_is_not_there_is_refused() {
    refused(
        BREAST,
        "fewest_cells = 20",
        "fewest_cells = 0",
        At::Line("[recount]"),
        "a recount of no cells would count",
    );
    refused(
        GASTRIC,
        "ish          = [\"between\"]",
        "ish          = [\"group-4\"]",
        At::Line("[recount]"),
        "the recount names group-4, which is no ISH column of this file",
    );
}

#[test]
fn a_row_without_a_cell_is_refused() {
    refused(
        GASTRIC,
        "ihc      = [\"kind needed\"]\n",
        "ihc      = []\n",
        At::Entry("\"KIND-NEEDED\""),
        "row KIND-NEEDED covers no cell",
    );
}

#[test]
fn an_ihc_that_was_not_done_or_failed_needs_its_column() {
    refused(
        GASTRIC,
        "\"kind needed\", \"none\"]",
        "\"kind needed\"]",
        At::Line("[staining]"),
        "the IHC column \"none\" is left out: an IHC may be not done",
    );
    refused(
        HERACLES,
        "\"percentage needed\", \"indeterminate\"",
        "\"percentage needed\"",
        At::Line("[staining]"),
        "the IHC column \"indeterminate\" is left out: an IHC may be indeterminate",
    );
}

#[test]
fn an_ish_that_was_not_done_or_failed_needs_its_column() {
    refused(
        SOLID,
        "\"failed\", \"conflicting\", \"none\"]\nequivocal_word",
        "\"conflicting\", \"none\"]\nequivocal_word",
        At::Line("[ish]"),
        "the ISH column \"failed\" is left out: an ISH may be failed",
    );
    refused(
        BREAST,
        "\"failed\", \"conflicting\", \"none\"]\nequivocal_word",
        "\"failed\", \"conflicting\"]\nequivocal_word",
        At::Line("[ish]"),
        "the ISH column \"none\" is left out: an ISH may be not done",
    );
}

#[test]
fn a_score_of_some_kind_of_specimen_without_a_column_is_refused() {
    refused(
        GASTRIC,
        "\"conflicting\", \"kind needed\", \"none\"]\nword_positive",
        "\"conflicting\", \"none\"]\nword_positive",
        At::Line("[staining]"),
        "the IHC column \"kind needed\" is left out: IHC 2+, specimen unknown, 0 % is read as it",
    );
    refused(
        BREAST,
        "\"0 unstained\", \"0 or 1+\", \"indeterminate\"",
        "\"0 unstained\", \"0 or 1+\", \"to confirm\", \"indeterminate\"",
        At::Line("[staining]"),
        "nothing is read as the IHC column \"to confirm\"",
    );
}

#[test]
fn a_line_about_staining_that_never_holds_or_that_rivals_another_is_refused() {
    refused(
        GASTRIC,
        "score = [\"3+\"]\nintensity = [\"none\", \"faint\", \"weak_moderate\", \"moderate\"]",
        "score = [\"3+\"]\nintensity = [\"none\", \"faint\"]\nintensity_not = [\"none\", \"faint\"]",
        At::Entry("because = \"3+ is strong staining\""),
        "\"3+ is strong staining\" holds for no score at all",
    );
    refused(
        HERACLES,
        "percent = { above = \"10\", below = \"50\" }",
        "percent = { above = \"10\", at_most = \"50\" }",
        At::Entry("because = \"3+ in more than 10 % and less"),
        "IHC 3+, specimen biopsy, 50 % is read as \"positive\" and as \"to confirm\", expected one",
    );
}

#[test]
fn a_misspelt_group_is_refused_with_its_row() {
    refused(
        BREAST,
        "ish      = [\"group-5\"]",
        "ish      = [\"notdone\"]",
        At::Entry("[\"notdone\"]"),
        "row G5-3plus names unknown ISH column \"notdone\"",
    );
    refused(
        GASTRIC,
        "ihc      = [\"kind needed\"]",
        "ihc      = [\"kind missing\"]",
        At::Entry("[\"kind missing\"]"),
        "row KIND-NEEDED names unknown IHC column \"kind missing\"",
    );
}

#[test]
fn a_misspelt_key_is_refused_with_its_line() {
    refused(
        BREAST,
        "because  = \"Incomplete, faint staining in more than 10 %\"",
        "becuase  = \"Incomplete, faint staining in more than 10 %\"",
        At::Line("becuase"),
        "unknown field `becuase`, expected one of `id`, `ihc`, `ish`, `recount`, `category`, `provisional`, `next`, \
         `flags`, `comment`, `because`, `cite`, `status`, `policy`",
    );
    refused(
        COMMON,
        "consistency  =",
        "consistancy  =",
        At::Line("consistancy"),
        "unknown field `consistancy`, expected one of `fewest_cells`, `consistency`, `most_copies`, `near_ratio`, `near_copies`",
    );
}

#[test]
fn an_unquoted_decimal_is_refused() {
    refused(
        BREAST,
        "ratio  = { at_least = \"2.0\" }",
        "ratio  = { at_least = 2.0 }",
        At::Line("at_least = 2.0"),
        "invalid type: floating point `2.0`, expected a string",
    );
    refused(
        COMMON,
        "consistency  = \"0.1\"",
        "consistency  = 0.1",
        At::Line("= 0.1 "),
        "invalid type: floating point `0.1`, expected a string",
    );
}

#[test]
fn a_number_that_is_none_or_finer_than_the_proof_is_refused() {
    refused(GASTRIC, "below = \"4.0\"", "below = \"4,0\"", At::Line("4,0"), "\"4,0\" is not a decimal number");
    refused(
        GASTRIC,
        "below = \"4.0\"",
        "below = \"4.0001\"",
        At::Entry("4.0001"),
        "threshold 4.0001 has more than three decimals or is negative, so it cannot be proved",
    );
}

#[test]
fn a_word_outside_its_vocabulary_is_refused() {
    refused(
        BREAST,
        "category = \"positive\"",
        "category = \"low\"",
        At::Line("category = \"low\""),
        "\"low\" is not a category",
    );
    refused(
        BREAST,
        "next     = \"blinded_recount\"",
        "next     = \"recount\"",
        At::Line("\"recount\""),
        "\"recount\" is not a next step",
    );
    refused(
        SOLID,
        "\"ovarian\", \"cervical\"",
        "\"ovary\", \"cervical\"",
        At::Line("\"ovary\""),
        "\"ovary\" is not a tumour",
    );
}

#[test]
fn an_incomplete_ish_may_not_be_called_negative_while_a_positive_group_is_possible() {
    refused(
        BREAST,
        "category = \"insufficient\"\nnext     = \"obtain_ratio_or_cep17\"\nbecause  = \"4.0 or more",
        "category = \"negative\"\nnext     = \"obtain_ratio_or_cep17\"\nbecause  = \"4.0 or more",
        At::Entry("reads   = \"copies-only\""),
        "row breast-asco-cap-2018/COPIES-ONLY calls IHC 2+ with ISH copies-only negative, but group-1 is still possible and is not",
    );
}

#[test]
fn a_word_without_a_row_or_with_two_is_refused() {
    refused(
        GASTRIC,
        "word     = \"ultralow\"",
        "word     = \"low\"",
        At::Entry("\"WORD-ultralow\""),
        "no row for the word ultralow in gastroesophageal, expected exactly one",
    );
    refused(
        GASTRIC,
        "word     = \"ultralow\"",
        "word     = \"low\"",
        At::Entry("\"WORD-ultralow\""),
        "two rows for the word low in gastroesophageal: WORD-low and WORD-ultralow",
    );
}

#[test]
fn a_provisional_status_and_a_comment_stand_beside_their_category_only() {
    refused(
        BREAST,
        "category = \"equivocal\"\nprovisional = \"negative\"",
        "category = \"indeterminate\"\nprovisional = \"negative\"",
        At::Entry("\"G2-2plus\""),
        "row G2-2plus has a provisional status but is not equivocal",
    );
    refused(
        BREAST,
        "category = \"negative\"\nnext     = \"none\"\ncomment  = \"ASCO_CAP_2018_G2\"",
        "category = \"positive\"\nnext     = \"none\"\ncomment  = \"ASCO_CAP_2018_G2\"",
        At::Entry("\"G2-2plus-confirmed\""),
        "row G2-2plus-confirmed has a comment but is not negative",
    );
}

#[test]
fn a_negative_without_an_expression_is_refused_in_breast() {
    refused(
        BREAST,
        "ihc = [\"1+\"]\nexpression",
        "ihc = [\"3+\"]\nexpression",
        At::Entry("ihc = [\"3+\"]\nexpression"),
        "IHC 1+ may be negative but has no expression",
    );
    refused(
        BREAST,
        "ihc = [\"0 stained\"]\nexpression",
        "ihc = [\"1+\", \"0 stained\"]\nexpression",
        At::Entry("ihc = [\"1+\", \"0 stained\"]\nexpression"),
        "IHC 1+ has two expressions, expected one",
    );
}

#[test]
fn a_row_id_that_is_used_again_is_refused() {
    refused(
        BREAST,
        "id       = \"G1-2plus\"",
        "id       = \"G1-3plus\"",
        At::Entry("ihc      = [\"2+\"]\nish      = [\"group-1\"]"),
        "row id G1-3plus is used twice",
    );
    refused(
        GASTRIC,
        "review_due",
        "retired    = [\"BETWEEN-2plus\"]\nreview_due",
        At::Entry("\"BETWEEN-2plus\"\nihc"),
        "row id BETWEEN-2plus is retired and never used again",
    );
    refused(
        COMMON,
        "id       = \"not-covered\"",
        "id       = \"not-invasive\"",
        At::Entry("in situ only\""),
        "case not-invasive stands 2 times, expected once",
    );
}

#[test]
fn a_rule_without_a_source_or_a_reason_is_refused() {
    refused(
        GASTRIC,
        "cite       = [\"PMID 27841667\"]",
        "cite       = []",
        At::Line("[ruleset]"),
        "the rule set cites no source",
    );
    refused(
        BREAST,
        "because  = \"Incomplete, faint staining in more than 10 %\"",
        "because  = \"Incomplete, faint staining in more than 10 %\"\ncite     = [\" \"]",
        At::Entry("\"IHC-1plus\""),
        "row IHC-1plus cites no source",
    );
    refused(
        BREAST,
        "because  = \"Incomplete, faint staining in more than 10 %\"",
        "because  = \"\"",
        At::Entry("\"IHC-1plus\""),
        "row IHC-1plus gives no reason",
    );
    refused(
        BREAST,
        "because  = \"Incomplete, faint staining in more than 10 %\"\n",
        "",
        At::Entry("\"IHC-1plus\""),
        "missing field `because`",
    );
}

#[test]
fn a_review_date_that_has_passed_or_is_none_is_refused_in_every_kind_of_file() {
    for file in [BREAST, COMMON] {
        let at = At::Line("review_due");
        refused(file, "2027-06-01", "2026-11-25", at, "the review was due on 2026-11-25");
    }
    for file in ["considerations.toml", "order-safety.toml"] {
        let (from, to) = ("review_due = \"2027-03-01\"", "review_due = \"2026-03-01\"");
        let at = At::Line("review_due");
        refused(file, from, to, at, "the review was due on 2026-03-01");
        refused(file, from, "review_due = \"spring\"", at, "review_due is no date");
        refused(file, &format!("{from}\n"), "", At::Line("#"), "no day of review is named (review_due)");
    }
    refused(BREAST, "2027-06-01", "\"next summer\"", At::Line("next summer"), "review_due is no date");
    assert!(check_files(&changed(BREAST, "2027-06-01", "2026-11-26"), TODAY).is_ok(), "the day itself is not late");
}

#[test]
fn a_tumour_without_a_table_and_a_table_for_an_unknown_tumour_are_refused() {
    refused(SOLID, "\"ovarian\", \"cervical\"", "\"cervical\"", At::Nowhere, "no table for ovarian");
    refused(
        SOLID,
        "tumours = [\"biliary\"]",
        "tumours = [\"biliary\", \"unknown\"]",
        At::Line("\"unknown\"]"),
        "an unknown tumour has no table: there is no default rule",
    );
}

#[test]
fn a_scoring_system_without_a_table_or_with_two_for_one_tumour_is_refused() {
    refused(
        SOLID,
        "scoring = \"pathway_btc\"",
        "scoring = \"gastric\"",
        At::Nowhere,
        "no table for the scoring system pathway_btc",
    );
    refused(
        SOLID,
        "tumours = [\"endometrial\", \"colorectal\"], scoring = \"gastric\"",
        "tumours = [\"endometrial\", \"colorectal\"], scoring = \"heracles\"",
        At::Line("scoring = \"heracles\""),
        "colorectal has two tables for the scoring system heracles: see colorectal-heracles-2015.toml",
    );
    refused(
        SOLID,
        "scoring = \"pathway_btc\", rank = 1",
        "scoring = \"pathway_btc\", rank = 2",
        At::Line("scoring = \"pathway_btc\""),
        "biliary has no table of rank 1",
    );
    refused(
        SOLID,
        "scoring = \"pathway_btc\"",
        "scoring = \"unknown\"",
        At::Line("scoring = \"unknown\""),
        "an unknown scoring system has no table",
    );
}

#[test]
fn a_file_under_another_name_and_an_edition_in_two_places_are_refused() {
    refused(
        GASTRIC,
        "\"gastric-cap-2016\"",
        "\"gastric-cap-2017\"",
        At::Line("[ruleset]"),
        "the id \"gastric-cap-2017\" is not the name of the file",
    );
    refused(
        GASTRIC,
        "review_due",
        "edition = \"2027.1\"\nreview_due",
        At::Line("[ruleset]"),
        "the edition stands in every-tumour.toml, and only there",
    );
}

#[test]
fn a_missing_file_is_named() {
    let files: Vec<RuleFile> = embedded_files().into_iter().filter(|file| file.name != COMMON).collect();
    assert!(refusal(&files).contains(&"rules/every-tumour.toml: this file is missing".to_owned()));
}

#[test]
fn all_faults_of_a_file_and_of_all_files_are_told_at_once() {
    let mut files = changed(BREAST, "ish      = [\"group-5\"]", "ish      = [\"notdone\"]");
    let gastric = files.iter_mut().find(|file| file.name == GASTRIC).unwrap();
    gastric.text = gastric.text.replacen("\"6.0\"", "6.0", 1).replacen("because  =", "becuase  =", 1);
    let said = refusal(&files).join("\n");
    for words in [BREAST, "notdone", GASTRIC, "`6.0`", "`becuase`"] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

#[test]
fn the_rules_as_they_are_pass() {
    assert!(load(&embedded_files()).is_ok());
    assert!(check_files(&embedded_files(), TODAY).is_ok());
}
