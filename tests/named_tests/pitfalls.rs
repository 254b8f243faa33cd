//! `docs/pitfalls.md` maps every pitfall to the test that guards it: the tests exist, and no pitfall is left out.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// Pitfalls of the clinical reference.
const PITFALLS: usize = 27;

fn page() -> String {
    fs::read_to_string(root().join("docs/pitfalls.md")).expect("the page is there")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source of the crate and of its tests.
fn sources() -> String {
    let mut folders: Vec<PathBuf> = ["src", "tests", "crates"].map(|name| root().join(name)).into();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("its entries").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text.push_str(&fs::read_to_string(&path).expect("sources are text"));
            }
        }
    }
    text
}

/// Words in code marks that can only be the name of a test.
fn named_tests(page: &str) -> Vec<&str> {
    let is_name = |word: &&str| {
        word.matches('_').count() > 2
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    page.split('`').skip(1).step_by(2).filter(is_name).collect()
}

#[test]
fn every_test_that_the_page_of_pitfalls_names_exists_and_is_a_test() {
    let (page, sources) = (page(), sources());
    let named = named_tests(&page);
    assert!(named.len() > 25, "only {} names were found", named.len());
    let is_test = |name: &str| {
        sources.match_indices(&format!("fn {name}(")).any(|(at, _)| {
            let above = sources[..at].rsplit("\n\n").next().unwrap_or_default();
            above.contains("#[test]") || above.contains("#[tokio::test") || above.contains("proptest!")
        })
    };
    let missing: Vec<&&str> = named.iter().filter(|name| !is_test(name)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

#[test]
fn the_page_of_pitfalls_has_a_row_for_each_of_them_in_order() {
    let page = page();
    let numbers: Vec<usize> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=PITFALLS).collect::<Vec<_>>());
}

#[test]
fn a_name_that_is_no_test_would_be_noticed() {
    assert_eq!(named_tests("`a_test_of_ours`; `docs/x.md`, `flag_word`"), ["a_test_of_ours"]);
    assert!(!sources().contains(&["fn a_test_that_", "nobody_wrote("].concat()));
}
