//! `docs/pitfalls.md` maps every pitfall to the test that guards it: the tests exist, and no pitfall is left out.

use crate::sources::{file, is_test, named_tests, sources};

/// Pitfalls of the clinical reference.
const PITFALLS: usize = 27;

fn page() -> String {
    file("docs/pitfalls.md")
}

#[test]
fn every_test_that_the_page_of_pitfalls_names_exists_and_is_a_test() {
    let (page, sources) = (page(), sources());
    let named = named_tests(&page);
    assert!(named.len() > 25, "only {} names were found", named.len());
    let missing: Vec<&&str> = named.iter().filter(|name| !is_test(name, &sources)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

#[test]
fn the_page_of_pitfalls_has_a_row_for_each_of_them_in_order() {
    let page = page();
    let numbers: Vec<usize> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=PITFALLS).collect::<Vec<_>>());
}
