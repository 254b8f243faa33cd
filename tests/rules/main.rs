//! The rule files: proved, refused where they are wrong, and their review sheets fresh.

#![allow(clippy::unwrap_used, reason = "a test that meets bad data fails")]

use std::path::Path;

mod cases;
mod changes;
mod edges;
mod lists;
mod mutations;
mod signing;

use herald::commands::rules::{check, sheet};
use herald::rules::{RuleFile, embedded_files, files_in, load, load_dir, load_embedded, order_rules, sheets};

/// The day of every check here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/rules"))
}

#[test]
fn the_rules_of_the_binary_are_those_of_the_directory() {
    let of_the_directory = files_in(directory()).unwrap();
    assert_eq!(
        embedded_files(),
        of_the_directory.into_iter().filter(|file| !file.name.contains('/')).collect::<Vec<_>>()
    );
    let (embedded, loaded) = (load_embedded().unwrap(), load_dir(directory()).unwrap());
    assert_eq!(embedded.digest(), loaded.digest());
    assert!(embedded.digest().starts_with("sha256:"));
    assert_eq!(embedded.edition(), "2026.11");
    assert!(!embedded.signed_off(TODAY));
}

#[test]
fn the_digest_does_not_depend_on_line_endings_and_does_on_every_digit() {
    let files = embedded_files();
    let windows: Vec<RuleFile> =
        files.iter().map(|file| RuleFile { name: file.name.clone(), text: file.text.replace('\n', "\r\n") }).collect();
    let digest = |files: &[RuleFile]| load(files).unwrap().digest().to_owned();
    assert_eq!(digest(&files), digest(&windows));
    assert_ne!(digest(&files), digest(&mutations::changed("every-tumour.toml", "\"0.1\"", "\"0.2\"")));
}

#[test]
fn the_committed_review_sheets_are_fresh() {
    for sheet in sheets(&files_in(directory()).unwrap()).unwrap() {
        let path = directory().join(&sheet.name);
        if std::env::var_os("HERALD_WRITE_SHEETS").is_some() {
            std::fs::write(&path, &sheet.text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == sheet.text, "{} is stale; run the tests once with HERALD_WRITE_SHEETS=1", sheet.name);
        let file = sheet.name.replace(".review.md", ".toml");
        let unsigned = load_dir(directory()).unwrap().unsigned.iter().any(|unsigned| **unsigned == *file);
        assert_eq!(sheet.text.starts_with("**UNSIGNED.**"), unsigned, "{file}");
    }
}

#[test]
fn the_sheet_of_the_order_checks_has_every_check_in_one_row_with_label_sources_and_marks() {
    let files = embedded_files();
    let sheet = sheets(&files).unwrap().into_iter().find(|sheet| sheet.name == "order-safety.review.md").unwrap();
    for check in order_rules(&files).unwrap().in_words().iter().flat_map(|kind| &kind.rules) {
        let ground = check.ground;
        let row = sheet.text.lines().find(|line| line.starts_with(&format!("| `{}` |", ground.rule))).unwrap();
        assert!(row.contains(&check.medicine) && row.contains(&*ground.because), "{row}");
        assert!(ground.where_found.iter().all(|sentence| row.contains(&**sentence)), "{row}");
        assert!(check.asks.iter().all(|asks| row.contains(asks)), "{row}");
        assert!(ground.label.iter().chain(&ground.cite).all(|source| row.contains(&**source)), "{row}");
        assert_eq!(row.contains("unconfirmed"), ground.unconfirmed, "{row}");
        assert_eq!(row.contains("policy"), ground.policy, "{row}");
    }
}

#[test]
fn the_commands_say_what_was_proved_and_print_every_sheet() {
    let mut out = Vec::new();
    check(None, TODAY, &mut out).unwrap();
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("total and consistent") && said.contains("UNSIGNED"), "{said}");
    let mut out = Vec::new();
    sheet(Some(directory()), &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("breast-asco-cap-2018.review.md"));
}
