//! The rule files: proved, refused where they are wrong, and their review sheets fresh.

#![allow(clippy::unwrap_used, reason = "a test that meets bad data fails")]

use std::path::Path;

use herald::commands::rules::{check, sheet};
use herald::rules::{RuleFile, RulesError, embedded_files, files_in, load, load_dir, load_embedded, sheets};

fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/rules"))
}

#[test]
fn the_rules_of_the_binary_are_those_of_the_directory() {
    assert_eq!(embedded_files(), files_in(directory()).unwrap());
    let (embedded, loaded) = (load_embedded().unwrap(), load_dir(directory()).unwrap());
    assert_eq!(embedded.digest(), loaded.digest());
    assert!(embedded.digest().starts_with("sha256:"));
    assert_eq!(embedded.edition(), "2026.11");
    assert!(!embedded.signed_off());
}

#[test]
fn the_digest_does_not_depend_on_line_endings_and_does_on_every_digit() {
    let files = embedded_files();
    let windows: Vec<RuleFile> =
        files.iter().map(|file| RuleFile { name: file.name.clone(), text: file.text.replace('\n', "\r\n") }).collect();
    let digest = |files: &[RuleFile]| load(files).unwrap().digest().to_owned();
    assert_eq!(digest(&files), digest(&windows));
    assert_ne!(digest(&files), digest(&changed("every-tumour.toml", "\"0.1\"", "\"0.2\"")));
}

#[test]
fn the_committed_review_sheets_are_fresh() {
    for sheet in sheets(&embedded_files()).unwrap() {
        let path = directory().join(&sheet.name);
        if std::env::var_os("HERALD_WRITE_SHEETS").is_some() {
            std::fs::write(&path, &sheet.text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == sheet.text, "{} is stale; run the tests once with HERALD_WRITE_SHEETS=1", sheet.name);
        assert!(sheet.text.starts_with("**UNSIGNED.**"));
    }
}

#[test]
fn the_commands_say_what_was_proved_and_print_every_sheet() {
    let mut out = Vec::new();
    check(None, &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("total and consistent") && said.contains("UNSIGNED"), "{said}");
    let mut out = Vec::new();
    sheet(Some(directory()), &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("breast-asco-cap-2018.review.md"));
}

/// The rule files with one change, which must be found exactly once.
fn changed(file: &str, from: &str, to: &str) -> Vec<RuleFile> {
    let mut files = embedded_files();
    let target = files.iter_mut().find(|candidate| candidate.name == file).unwrap();
    assert!(target.text.contains(from), "{file} does not contain {from}");
    target.text = target.text.replacen(from, to, 1);
    files
}

fn refusal(file: &str, from: &str, to: &str) -> String {
    match load(&changed(file, from, to)) {
        Err(error @ RulesError::Faults(_)) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{file} with {to} was accepted"),
    }
}

const BREAST: &str = "breast-asco-cap-2018.toml";
const GASTRIC: &str = "gastric-cap-2016.toml";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, message: &str) {
    let said = refusal(file, from, to);
    assert!(said.contains(message), "expected {message:?} in:\n{said}");
    assert!(said.contains(file) || file == "rules", "the file is not named in:\n{said}");
}

#[test]
fn a_gap_between_bands_is_refused_with_a_point_in_it() {
    refused(
        BREAST,
        "copies = { at_least = \"6.0\" }",
        "copies = { at_least = \"6.1\" }",
        "ratio 0.000 with 6.000 copies falls in 0 ISH groups, expected 1",
    );
}

#[test]
fn overlapping_bands_are_refused() {
    refused(
        BREAST,
        "copies = { at_least = \"4.0\", below = \"6.0\" }",
        "copies = { at_least = \"3.9\", below = \"6.0\" }",
        "with 3.900 copies falls in 2 ISH groups, expected 1",
    );
}

#[test]
fn a_threshold_whose_inclusion_is_turned_round_is_refused() {
    refused(
        BREAST,
        "copies = { below = \"4.0\" }",
        "copies = { at_most = \"4.0\" }",
        "4.000 copies falls in 2 ISH groups",
    );
    refused(GASTRIC, "above = \"6.0\"", "at_least = \"6.0\"", "with 6.000 copies falls in 2 ISH groups, expected 1");
}

#[test]
fn a_row_that_lost_a_column_is_refused() {
    refused(
        BREAST,
        "ihc      = [\"2+\"]\nish      = [\"group-1\"]",
        "ihc      = [\"2+\"]\nish      = [\"group-5\"]",
        "IHC 2+ with ISH group-1 and recount missing is covered by no row, expected exactly one",
    );
}

#[test]
fn two_rows_for_one_cell_are_refused_with_both_ids_and_the_line() {
    let said = refusal(
        BREAST,
        "ihc      = [\"2+\"]\nish      = [\"group-1\"]",
        "ihc      = [\"2+\", \"3+\"]\nish      = [\"group-1\"]",
    );
    assert!(said.contains("IHC 3+ with ISH group-1 is covered by row G1-3plus and by row G1-2plus"), "{said}");
    assert!(said.contains(", line "), "{said}");
}

#[test]
fn a_forgotten_recount_is_refused() {
    refused(
        BREAST,
        "recount  = [\"missing\", \"invalid\"]",
        "recount  = [\"missing\"]",
        "IHC 2+ with ISH group-2 and recount invalid is covered by no row",
    );
}

#[test]
fn a_misspelt_group_is_refused_with_its_row() {
    refused(BREAST, "ish      = [\"group-5\"]", "ish      = [\"notdone\"]", "names unknown ISH column \"notdone\"");
}

#[test]
fn a_misspelt_key_is_refused_with_its_line() {
    let said = refusal(BREAST, "because  = \"Complete, circ", "becuase  = \"Complete, circ");
    assert!(said.contains("unknown field `becuase`") && said.contains("line "), "{said}");
}

#[test]
fn an_unquoted_decimal_is_refused() {
    refused(BREAST, "at_least = \"2.0\"", "at_least = 2.0", "invalid type: floating point `2.0`, expected a string");
}

#[test]
fn a_number_that_is_none_is_refused() {
    refused(GASTRIC, "below = \"4.0\"", "below = \"4,0\"", "\"4,0\" is not a decimal number");
}

#[test]
fn an_unknown_category_or_step_is_refused() {
    refused(BREAST, "category = \"positive\"", "category = \"low\"", "\"low\" is not a category");
    refused(BREAST, "next     = \"blinded_recount\"", "next     = \"recount\"", "\"recount\" is not a next step");
}

#[test]
fn a_threshold_finer_than_the_proof_is_refused() {
    refused(GASTRIC, "below = \"4.0\"", "below = \"4.0001\"", "more than three decimals");
}

#[test]
fn an_incomplete_ish_may_not_be_called_negative_while_a_positive_group_is_possible() {
    refused(
        BREAST,
        "category = \"insufficient\"\nnext     = \"obtain_ratio_or_cep17\"\nbecause  = \"4.0 or more",
        "category = \"negative\"\nnext     = \"obtain_ratio_or_cep17\"\nbecause  = \"4.0 or more",
        "is still possible and is not",
    );
}

#[test]
fn a_word_without_a_row_is_refused() {
    refused(
        GASTRIC,
        "word     = \"ultralow\"",
        "word     = \"low\"",
        "the word ultralow in gastroesophageal is covered by 0 rows",
    );
}

#[test]
fn a_provisional_status_beside_a_final_one_is_refused() {
    refused(
        BREAST,
        "category = \"equivocal\"\nprovisional = \"negative\"",
        "category = \"indeterminate\"\nprovisional = \"negative\"",
        "row G2-2plus has a provisional status but is not equivocal",
    );
}

#[test]
fn a_tumour_without_a_table_and_a_table_for_an_unknown_tumour_are_refused() {
    let solid = "solid-tdxd-label-2024.toml";
    let said = refusal(solid, "\"ovarian\", \"cervical\"", "\"cervical\"");
    assert!(said.contains("ovarian has 0 tables"), "{said}");
    let said = refusal(solid, "tumours = [\"biliary\"]", "tumours = [\"biliary\", \"unknown\"]");
    assert!(said.contains("unknown"), "{said}");
}

#[test]
fn a_negative_without_an_expression_is_refused_in_breast() {
    refused(
        BREAST,
        "ihc = [\"1+\"]\nexpression",
        "ihc = [\"3+\"]\nexpression",
        "IHC 1+ may be negative but has no expression",
    );
}

#[test]
fn a_missing_file_is_named() {
    let files: Vec<RuleFile> = embedded_files().into_iter().filter(|file| file.name != "every-tumour.toml").collect();
    assert!(load(&files).unwrap_err().to_string().contains("every-tumour.toml: this file is missing"));
}

#[test]
fn all_faults_of_all_files_are_told_at_once() {
    let mut files = changed(BREAST, "ish      = [\"group-5\"]", "ish      = [\"notdone\"]");
    let gastric = files.iter_mut().find(|file| file.name == GASTRIC).unwrap();
    gastric.text = gastric.text.replacen("\"6.0\"", "6.0", 1);
    let said = load(&files).unwrap_err().to_string();
    assert!(said.contains(BREAST) && said.contains(GASTRIC), "{said}");
}
