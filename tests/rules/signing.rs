//! Signing, in a folder of its own: no real signature is made here.

use std::fs;
use std::path::{Path, PathBuf};

use herald::commands::rules::{check, sheet, sign};
use herald::rules::{RulesError, Signer, files_in, load_dir};
use jiff::civil::Date;
use tempfile::TempDir;

use super::{TODAY, directory};

const GASTRIC: &str = "gastric-cap-2016.toml";

/// The rules of the repository in a folder that may be changed.
fn copied() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files_in(directory()).unwrap().iter().filter(|file| file.holds_rules()) {
        fs::write(folder.path().join(&file.name), &file.text).unwrap();
    }
    folder
}

fn every_file(folder: &Path) -> Vec<PathBuf> {
    files_in(folder).unwrap().iter().map(|file| folder.join(&file.name)).collect()
}

fn signer(name: &str) -> Signer {
    Signer { name: name.to_owned(), role: "invented pathologist of a test".to_owned(), registration: None }
}

fn signed_by(name: &str, files: &[PathBuf]) -> Result<(), RulesError> {
    sign(files, &signer(name), TODAY, &mut Vec::new())
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn unsigned(folder: &Path) -> Vec<String> {
    load_dir(folder).unwrap().unsigned.iter().map(ToString::to_string).collect()
}

fn sheet_of(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file.replace(".toml", ".review.md"))).unwrap()
}

#[test]
fn a_file_is_signed_once_two_people_have_signed_its_text() {
    let folder = copied();
    let file = folder.path().join(GASTRIC);
    signed_by("A. Invented", std::slice::from_ref(&file)).unwrap();
    assert!(unsigned(folder.path()).contains(&GASTRIC.to_owned()));
    assert!(sheet_of(folder.path(), GASTRIC).starts_with("**UNSIGNED.** 1 of 2 people have signed this sheet."));
    signed_by("a.  invented", std::slice::from_ref(&file)).unwrap();
    assert!(
        unsigned(folder.path()).contains(&GASTRIC.to_owned()),
        "one person counts once, however the name is written"
    );
    signed_by("B. Invented", &[file]).unwrap();
    assert!(!unsigned(folder.path()).contains(&GASTRIC.to_owned()));
    let sheet = sheet_of(folder.path(), GASTRIC);
    assert!(sheet.starts_with("**Signed.**") && sheet.contains("* B. Invented, invented pathologist"), "{sheet}");
    let written = fs::read_to_string(folder.path().join("SIGNOFF.toml")).unwrap();
    assert!(
        written.contains("file    = \"gastric-cap-2016.toml\"") && written.contains("date    = 2026-11-26"),
        "{written}"
    );
}

#[test]
fn the_rules_are_signed_off_only_if_every_file_is_and_none_is_overdue() {
    let folder = copied();
    let all = every_file(folder.path());
    assert!(all.iter().any(|path| path.ends_with("considerations.toml")), "labels are signed like tables");
    signed_by("A. Invented", &all).unwrap();
    signed_by("B. Invented", &all[1..]).unwrap();
    assert!(!load_dir(folder.path()).unwrap().signed_off(TODAY));
    signed_by("B. Invented", &all[..1]).unwrap();
    let book = load_dir(folder.path()).unwrap();
    assert!(book.signed_off(TODAY));
    assert!(!book.signed_off(book.review_due.tomorrow().unwrap()), "a signature holds until the day of review");
    let mut out = Vec::new();
    check(Some(folder.path()), TODAY, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("Edition 2026.11, signed, sha256:"));
}

#[test]
fn a_signature_does_not_change_the_digest_of_the_rules() {
    let folder = copied();
    let before = load_dir(folder.path()).unwrap().digest;
    signed_by("A. Invented", &every_file(folder.path())).unwrap();
    assert_eq!(load_dir(folder.path()).unwrap().digest, before);
}

#[test]
fn a_limit_of_an_order_check_that_changed_after_it_was_signed_is_named_on_the_sheet() {
    let folder = copied();
    let file = folder.path().join("order-safety.toml");
    for name in ["A. Invented", "B. Invented"] {
        signed_by(name, std::slice::from_ref(&file)).unwrap();
    }
    assert!(sheet_of(folder.path(), "order-safety.toml").starts_with("**Signed.**"));
    edit(&file, "{ below = \"55\" }", "{ below = \"54\" }");
    let mut out = Vec::new();
    sheet(Some(folder.path()), &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    let changes = said.split("<!-- order-safety.review.md -->").nth(1).unwrap().split("\n## HER2").next().unwrap();
    for (what, limit) in [("Gone:", "LVEF (%) below 55"), ("New:", "LVEF (%) below 54")] {
        let line = changes.split(what).nth(1).unwrap().trim_start().lines().next().unwrap();
        assert!(line.contains("`order-safety/lvef-pertuzumab`") && line.contains(limit), "{line}");
    }
}

#[test]
fn a_file_that_was_changed_after_it_was_signed_is_unsigned_and_its_sheet_names_the_changed_cells() {
    let folder = copied();
    let file = folder.path().join(GASTRIC);
    for name in ["A. Invented", "B. Invented"] {
        signed_by(name, std::slice::from_ref(&file)).unwrap();
    }
    assert!(sheet_of(folder.path(), GASTRIC).contains("Nothing has changed since this file was signed."));
    edit(
        &file,
        "category = \"equivocal\"\nnext     = \"reflex_ish\"",
        "category = \"equivocal\"\nnext     = \"repeat_ihc_and_ish\"",
    );
    edit(&file, "fewest_cells = 20", "fewest_cells = 30");
    assert_eq!(unsigned(folder.path()).iter().filter(|name| *name == GASTRIC).count(), 1);
    let mut out = Vec::new();
    sheet(Some(folder.path()), &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    let cell =
        "| IHC 2+, ISH not done | equivocal; reflex_ish (IHC-2plus) | equivocal; repeat_ihc_and_ish (IHC-2plus) |";
    assert!(said.contains(cell), "{said}");
    assert!(said.contains("equivocal (IHC-2plus) **changed**"), "the grid marks it as well");
    assert!(said.contains("At least 30 cells"), "a threshold that changed is told as well");
    signed_by("A. Invented", std::slice::from_ref(&file)).unwrap();
    assert!(
        sheet_of(folder.path(), GASTRIC).contains(cell),
        "the second reader is shown the same changes as the first"
    );
    signed_by("C. Invented", &[file]).unwrap();
    assert!(sheet_of(folder.path(), GASTRIC).contains("Nothing has changed since this file was signed."));
    let signoff = fs::read_to_string(folder.path().join("SIGNOFF.toml")).unwrap();
    assert!(!signoff.contains("B. Invented"), "the signature under the former text is gone:\n{signoff}");
}

#[test]
fn what_does_not_pass_the_check_is_not_signed_and_nothing_is_written() {
    let folder = copied();
    let file = folder.path().join(GASTRIC);
    edit(&file, "above = \"6.0\"", "above = \"6.1\"");
    let refused = signed_by("A. Invented", std::slice::from_ref(&file)).unwrap_err().to_string();
    assert!(refused.contains("falls in 0 ISH groups"), "{refused}");
    assert!(!folder.path().join("SIGNOFF.toml").exists());
    edit(&file, "above = \"6.1\"", "above = \"6.0\"");
    let late: Date = "2028-01-01".parse().unwrap();
    let refused = sign(&[file], &signer("A. Invented"), late, &mut Vec::new()).unwrap_err().to_string();
    assert!(refused.contains("the review was due on 2027-06-01"), "{refused}");
    assert!(!folder.path().join("SIGNOFF.toml").exists());
}

#[test]
fn a_signature_needs_a_name_and_a_file_of_the_folder() {
    let folder = copied();
    let refused = signed_by(" ", &[folder.path().join(GASTRIC)]).unwrap_err().to_string();
    assert!(refused.contains("needs a name and a role"), "{refused}");
    let refused = signed_by("A. Invented", &[folder.path().join("gastric.toml")]).unwrap_err().to_string();
    assert!(refused.contains("gastric.toml: is not among the rule files"), "{refused}");
}

#[test]
fn a_name_cannot_forge_another_line_of_the_file_of_signatures() {
    let folder = copied();
    let file = folder.path().join(GASTRIC);
    signed_by("A. \"quoted\" Invented", std::slice::from_ref(&file)).unwrap();
    assert!(load_dir(folder.path()).is_ok());
    assert!(signed_by("A\"\n[[signature]]\nname = \"B", &[file]).is_err());
}

#[test]
fn signatures_that_cannot_be_read_and_texts_that_nobody_signed_are_refused() {
    let folder = copied();
    let refusal = |text: &str| {
        fs::write(folder.path().join("SIGNOFF.toml"), text).unwrap();
        load_dir(folder.path()).unwrap_err().to_string()
    };
    let said = refusal("[[signature]]\nfile = \"gastric-cap-2016.toml\"\nsigned = true\n");
    assert!(said.contains("SIGNOFF.toml:3: unknown field `signed`"), "{said}");
    let entry = "[[signature]]\nfile = \"x.toml\"\ndigest = \"sha256:0\"\nedition = \"1\"\nname = \"A\"\nrole = \"B\"\ndate = 2026-11-26\n";
    let said = refusal(entry);
    assert!(
        said.contains("SIGNOFF.toml:1: a signature stands under x.toml, which is not among the rule files"),
        "{said}"
    );
    fs::write(folder.path().join("SIGNOFF.toml"), "").unwrap();
    fs::create_dir(folder.path().join("signed")).unwrap();
    fs::write(folder.path().join("signed").join(GASTRIC), "x = 1").unwrap();
    let said = load_dir(folder.path()).unwrap_err().to_string();
    assert!(said.contains("signed/gastric-cap-2016.toml:1: nobody has signed this text"), "{said}");
}
