//! What a review sheet says has changed since its file was signed, and which signatures and signed texts are refused. All
//! in memory: nothing is written and no real signature is made.

use herald::rules::{RuleFile, RulesError, SIGNOFF, Signer, embedded_files, load, sheets, sign};

use super::TODAY;

const GASTRIC: &str = "gastric-cap-2016.toml";
const ORDERS: &str = "order-safety.toml";

fn signer(name: &str, role: &str) -> Signer {
    Signer { name: name.to_owned(), role: role.to_owned(), registration: None }
}

/// The files with those in place that a signature has written.
fn with(files: &[RuleFile], written: Vec<RuleFile>) -> Vec<RuleFile> {
    let kept = files.iter().filter(|file| written.iter().all(|new| new.name != file.name)).cloned();
    let mut files: Vec<RuleFile> = kept.chain(written.clone()).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn signed_by(files: &[RuleFile], file: &str, name: &str) -> Vec<RuleFile> {
    with(files, sign(files, &[file.to_owned()], &signer(name, "invented pathologist"), TODAY).unwrap())
}

/// The rules of the repository with one file signed by two people.
fn signed(file: &str) -> Vec<RuleFile> {
    signed_by(&signed_by(&embedded_files(), file, "A. Invented"), file, "B. Invented")
}

fn edited(mut files: Vec<RuleFile>, file: &str, from: &str, to: &str) -> Vec<RuleFile> {
    let target = files.iter_mut().find(|candidate| candidate.name == file).unwrap();
    assert!(target.text.contains(from), "{file} does not contain {from}");
    target.text = target.text.replacen(from, to, 1);
    files
}

/// As a binary has them: the texts of earlier signatures are not built in.
fn without_signed_texts(files: Vec<RuleFile>) -> Vec<RuleFile> {
    files.into_iter().filter(|file| !file.name.contains('/')).collect()
}

/// The part of the sheet of `file` that tells what has changed.
fn changes(files: &[RuleFile], file: &str) -> String {
    let name = file.replace(".toml", ".review.md");
    let sheet = sheets(files).unwrap().into_iter().find(|sheet| sheet.name == name).unwrap();
    let (_, after) = sheet.text.split_once("## Changed since it was last signed\n\n").unwrap();
    after.split("\nApplies to:").next().unwrap().split("\n## ").next().unwrap().to_owned()
}

fn refusal(files: &[RuleFile]) -> String {
    load(files).map(drop).unwrap_err().to_string()
}

#[test]
fn a_signed_file_whose_signed_text_is_not_at_hand_has_not_changed() {
    let files = without_signed_texts(signed(GASTRIC));
    assert_eq!(changes(&files, GASTRIC), "Nothing has changed since this file was signed.\n");
    assert_eq!(changes(&files, ORDERS), "This file was never signed: every cell is new.\n");
}

#[test]
fn a_file_that_changed_and_whose_signed_text_is_not_at_hand_says_where_the_changes_are_listed() {
    let files = edited(without_signed_texts(signed(GASTRIC)), GASTRIC, "fewest_cells = 20", "fewest_cells = 30");
    assert!(changes(&files, GASTRIC).starts_with("This file has changed since it was signed."));
}

#[test]
fn one_signature_of_two_does_not_make_a_file_unchanged() {
    let files = signed_by(&embedded_files(), GASTRIC, "A. Invented");
    assert_eq!(changes(&files, GASTRIC), "This file was never signed: every cell is new.\n");
}

#[test]
fn a_signed_text_that_can_no_longer_be_read_is_not_compared_cell_by_cell() {
    for (file, old, new) in [(GASTRIC, "[staining]", "[stainings]"), (ORDERS, "guideline  =", "guidelines =")] {
        let mut files = signed(file);
        let digest = files.iter().find(|one| one.name == *file).unwrap().digest();
        files = edited(files, &format!("signed/{file}"), old, new);
        let earlier = files.iter().find(|one| one.name == format!("signed/{file}")).unwrap().digest();
        let signoff = files.iter_mut().find(|one| one.name == SIGNOFF).unwrap();
        signoff.text = signoff.text.replace(&digest, &earlier);
        assert_eq!(
            changes(&files, file),
            "The text that was signed cannot be compared cell by cell: read the whole sheet.\n",
            "{file}"
        );
    }
}

#[test]
fn only_the_cells_and_lines_that_differ_are_told() {
    let now = "category = \"equivocal\"\nnext     = \"repeat_ihc_and_ish\"";
    let files = edited(signed(GASTRIC), GASTRIC, "category = \"equivocal\"\nnext     = \"reflex_ish\"", now);
    let said = changes(&files, GASTRIC);
    let because = files.iter().find(|file| file.name == GASTRIC).unwrap().text.clone();
    let because = because.split(now).nth(1).unwrap().split("because  = \"").nth(1).unwrap().split('"').next().unwrap();
    let line =
        |next: &str| format!("* IHC-2plus / 2+ / none / any / equivocal / {next} /  / {because} / PMID 27841667");
    assert_eq!(
        said,
        format!(
            "| Cell | Signed | Now |\n|---|---|---|\n| IHC 2+, ISH not done | equivocal; reflex_ish (IHC-2plus) | \
             equivocal; repeat_ihc_and_ish (IHC-2plus) |\n\nGone:\n\n{}\n\nNew:\n\n{}\n\n",
            line("reflex_ish"),
            line("repeat_ihc_and_ish")
        )
    );
}

#[test]
fn a_line_that_only_came_is_new_and_nothing_is_gone() {
    let row = "[[product]]\nrow = \"invented\"\nagents = [\"trastuzumab\", \"pertuzumab\"]\nunder_way = \"3 months\"\n\
               because = \"Invented\"\ncite = [\"Invented\"]\nstatus = \"unconfirmed\"\n\n[[product]]\n";
    let files = edited(signed(ORDERS), ORDERS, "[[product]]\n", row);
    let said = changes(&files, ORDERS);
    assert!(said.starts_with("New:\n\n* `order-safety/invented` / ") && !said.contains("Gone:"), "{said}");
    assert!(!said.contains("Cell"), "a list has no cells: {said}");
}

#[test]
fn a_signature_without_a_name_or_without_a_role_is_refused() {
    for (name, role) in [("", "invented pathologist"), ("A. Invented", ""), ("A. Invented", " "), ("A", "B\nC")] {
        let refused = sign(&embedded_files(), &[GASTRIC.to_owned()], &signer(name, role), TODAY).unwrap_err();
        assert!(refused.to_string().contains("who signs needs a name and a role"), "{refused}");
    }
    for (from, to) in [("\"A. Invented\"", "\" \""), ("\"invented pathologist\"", "\"\"")] {
        let said = refusal(&edited(signed(GASTRIC), SIGNOFF, from, to));
        assert!(said.starts_with("SIGNOFF.toml:4: a signature needs a name and a role"), "{said}");
    }
}

#[test]
fn a_signature_without_a_day_is_refused() {
    let said = refusal(&edited(signed(GASTRIC), SIGNOFF, "2026-11-26", "10:30:00"));
    assert!(said.contains("SIGNOFF.toml:4: the date of a signature is no date"), "{said}");
}

#[test]
fn a_kept_text_that_is_not_the_one_that_was_signed_is_refused() {
    let kept = format!("signed/{GASTRIC}");
    let said = refusal(&edited(signed(GASTRIC), &kept, "fewest_cells = 20", "fewest_cells = 30"));
    assert_eq!(said, format!("{kept}:1: nobody has signed this text"));
    let mut files = signed(GASTRIC);
    files.iter_mut().filter(|file| file.name == kept).for_each(|file| file.name = format!("signed/{ORDERS}"));
    assert_eq!(refusal(&files), format!("signed/{ORDERS}:1: nobody has signed this text"), "under another name");
}

#[test]
fn one_person_who_signs_a_text_twice_stands_there_once_with_the_later_registration() {
    let files = signed(GASTRIC);
    let again = Signer { registration: Some("12 \"345\"".to_owned()), ..signer("b. INVENTED", "invented oncologist") };
    let files = with(&files, sign(&files, &[GASTRIC.to_owned()], &again, TODAY).unwrap());
    let signoff = &files.iter().find(|file| file.name == SIGNOFF).unwrap().text;
    assert_eq!(signoff.matches("[[signature]]").count(), 2, "{signoff}");
    assert!(!signoff.contains("B. Invented"), "{signoff}");
    let sheet = sheets(&files).unwrap().into_iter().find(|sheet| sheet.name == "gastric-cap-2016.review.md").unwrap();
    let signers =
        "* A. Invented, invented pathologist: 2026-11-26\n* b. INVENTED, invented oncologist, 12 \"345\": 2026-11-26\n";
    assert!(sheet.text.contains(&format!("\n\n{signers}\n")), "{}", sheet.text.split("\n# ").next().unwrap());
}

#[test]
fn the_signatures_under_the_earlier_text_stay_until_two_people_have_signed_the_present_one() {
    let files = edited(signed(GASTRIC), GASTRIC, "fewest_cells = 20", "fewest_cells = 30");
    let signatures = |files: &[RuleFile]| {
        let signoff = &files.iter().find(|file| file.name == SIGNOFF).unwrap().text;
        (signoff.matches("[[signature]]").count(), signoff.matches("\"A. Invented\"").count())
    };
    let files = signed_by(&files, GASTRIC, "A. Invented");
    assert_eq!(signatures(&files), (3, 2), "who signs the present text has signed the earlier one as well");
    let files = signed_by(&files, GASTRIC, "C. Invented");
    assert_eq!(signatures(&files), (2, 1));
}

#[test]
fn a_person_may_sign_several_files_and_each_keeps_its_signatures() {
    let files = signed_by(&signed(GASTRIC), ORDERS, "A. Invented");
    let signoff = &files.iter().find(|file| file.name == SIGNOFF).unwrap().text;
    assert_eq!(signoff.matches("[[signature]]").count(), 3, "{signoff}");
    assert_eq!(signoff.matches("\"A. Invented\"").count(), 2, "{signoff}");
    let unsigned = load(&files).unwrap().unsigned;
    assert!(unsigned.iter().all(|name| **name != *GASTRIC) && unsigned.iter().any(|name| **name == *ORDERS));
    assert!(unsigned.iter().all(|name| **name != *SIGNOFF), "the signatures are no rules: {unsigned:?}");
}

#[test]
fn every_file_that_is_named_and_not_there_is_told_and_nothing_is_signed() {
    let names = ["stomach.toml".to_owned(), GASTRIC.to_owned(), SIGNOFF.to_owned()];
    let refused = sign(&embedded_files(), &names, &signer("A. Invented", "invented"), TODAY).unwrap_err();
    let RulesError::Faults(faults) = refused else { panic!("{refused}") };
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["stomach.toml: is not among the rule files", "SIGNOFF.toml: is not among the rule files"]);
}
