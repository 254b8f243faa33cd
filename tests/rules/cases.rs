//! The worked cases beside the rule files: every line is answered as a pathologist expects, and one that is not is refused.

use std::collections::BTreeSet;
use std::path::Path;

use herald::commands::rules::check;
use herald::rules::{RuleFile, cases_in, check_cases, load_embedded};

use super::{TODAY, directory};

const GASTRIC: &str = "gastric-cap-2016.cases.csv";

fn cases() -> Vec<RuleFile> {
    cases_in(directory()).unwrap()
}

/// What is said of the gastric cases after one change in the first place where it can be made.
fn said_after(from: &str, to: &str) -> String {
    let mut file = cases().into_iter().find(|file| file.name == GASTRIC).unwrap();
    assert!(file.text.contains(from), "{GASTRIC} does not contain {from}");
    file.text = file.text.replacen(from, to, 1);
    check_cases(&load_embedded().unwrap(), &[file]).unwrap_err().to_string()
}

#[test]
fn every_worked_case_is_answered_as_expected() {
    let tried = check_cases(&load_embedded().unwrap(), &cases()).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(tried.len() > 200, "only {} cases", tried.len());
}

#[test]
fn every_row_of_every_table_has_a_worked_case() {
    let book = load_embedded().unwrap();
    let with_case: BTreeSet<smol_str::SmolStr> = check_cases(&book, &cases()).unwrap().into_iter().collect();
    let words = book.sets.iter().flat_map(|set| &set.words).map(|word| &word.row);
    let rows = book.cases.iter().chain(book.sets.iter().flat_map(|set| &set.rows)).chain(words);
    let without: Vec<&str> = rows.map(|row| &*row.id).filter(|id| !with_case.contains(*id)).collect();
    // no specimen reaches it: the proof at loading excludes it
    assert_eq!(without, ["every-tumour/no-row"]);
}

#[test]
fn a_case_with_another_answer_is_refused_with_file_line_and_both_answers() {
    let said = said_after("reflex_ish,IHC-2plus", "none,IHC-2plus");
    assert!(said.starts_with(&format!("{GASTRIC}:")), "{said}");
    assert!(said.contains("2+ without ISH: next step none is expected, the tables say reflex_ish"), "{said}");
    let said = said_after("equivocal,reflex_ish,IHC-2plus", "positive,reflex_ish,IHC-3plus");
    assert!(said.contains("category positive is expected, the tables say equivocal"), "{said}");
    assert!(said.contains("row gastric-cap-2016/IHC-3plus is expected"), "{said}");
}

#[test]
fn a_case_that_cannot_be_read_is_refused_with_its_column() {
    let of =
        |to: &str| said_after("3+ on a biopsy: a cluster of 5 cells is enough,gastroesophageal,,biopsy,,,3+,2,", to);
    let begin = "3+ on a biopsy: a cluster of 5 cells is enough";
    assert!(of(&format!("{begin},stomach,,biopsy,,,3+,2,")).contains("tumour: \"stomach\" is not a tumour"));
    assert!(of(&format!("{begin},gastroesophageal,,biopsy,,,4+,2,")).contains("ihc: \"4+\" is not a IHC score"));
    assert!(
        of(&format!("{begin},gastroesophageal,,biopsy,,,3+,two,")).contains("percent: \"two\" is not a decimal number")
    );
    assert!(
        of(&format!("{begin},gastroesophageal,,biopsy,maybe,,3+,2,"))
            .contains("invasive: \"maybe\" is neither yes nor no")
    );
    assert!(of(&format!("{begin},gastroesophageal,,,,,3+,2,")).contains("specimen is empty"));
    assert!(of(&format!("{begin},gastroesophageal,benign,biopsy,,,3+,2,")).contains("diagnosis \"benign\" is none of"));
    assert!(of(&format!("{begin},gastroesophageal,,biopsy,,,3+,")).contains("29 cells, expected 30"));
}

#[test]
fn a_bound_is_read_as_a_laboratory_reports_it() {
    let book = load_embedded().unwrap();
    let mut file = cases().into_iter().find(|file| file.name == "breast-asco-cap-2018.cases.csv").unwrap();
    let head = file.text.lines().next().unwrap().to_owned();
    let line = |ratio: &str, copies: &str, answer: &str| {
        format!("bound,breast,,biopsy,,,2+,,,,,,,,{ratio},{copies},,20,,,,,,,,,,{answer}\n")
    };
    file.text = format!(
        "{head}\n{}{}{}",
        line("<2.0", "<4.0", "negative,none,G5-2plus"),
        line(">=2.0", ">4.0", "positive,none,G1-2plus"),
        line("<=1.8", "2.4", "negative,none,G5-2plus"),
    );
    assert_eq!(check_cases(&book, &[file]).unwrap_or_else(|faults| panic!("{faults}")).len(), 3);
}

#[test]
fn a_second_count_may_report_one_number_only() {
    let book = load_embedded().unwrap();
    let mut file = cases().into_iter().find(|file| file.name == GASTRIC).unwrap();
    let head = file.text.lines().next().unwrap().to_owned();
    let line = |ratio: &str, copies: &str, answer: &str| {
        format!("second,gastroesophageal,,biopsy,,,2+,,,,6,,,,1.2,2.4,,20,,,{ratio},{copies},,,,,,{answer}\n")
    };
    file.text = format!(
        "{head}\n{}{}",
        line("2.6", "", "indeterminate,lab_clarification,ISH-conflicting"),
        line("", "", "negative,none,NOT-AMPLIFIED-2plus"),
    );
    assert_eq!(check_cases(&book, &[file]).unwrap_or_else(|faults| panic!("{faults}")).len(), 2);
}

#[test]
fn the_check_of_a_folder_tries_its_cases_and_names_the_path_of_one_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &Path| {
        for entry in std::fs::read_dir(from).unwrap().filter_map(Result::ok).filter(|entry| entry.path().is_file()) {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    };
    copy(directory());
    let mut out = Vec::new();
    check(Some(folder.path()), TODAY, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("worked cases in 6 files: answered as expected"));
    let path = folder.path().join(GASTRIC);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("reflex_ish,IHC-2plus", "none,IHC-2plus", 1)).unwrap();
    let refused = check(Some(folder.path()), TODAY, &mut Vec::new()).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("{}:", path.display())), "{refused}");
}
