//! `docs/security.md` names the test beside each threat: every row of its tables names one, each exists and is run, and no
//! row of the two numbered tables is missing.

use crate::sources::{file, is_test, named_tests, sources};

/// Refusals of an unsafe configuration.
const REFUSALS: usize = 14;
/// Risks of the OWASP list.
const RISKS: usize = 10;
/// Tables of threats at least; fewer mean that they were not found.
const TABLES: usize = 12;

/// The cells of a row.
fn cells(line: &str) -> Option<Vec<&str>> {
    Some(line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect())
}

/// Rows of the tables whose last column is that of tests: the first cell and the last one.
fn rows(page: &str) -> (usize, Vec<(&str, &str)>) {
    let (mut tables, mut rows, mut is_inside) = (0, Vec::new(), false);
    for line in page.lines() {
        let Some(cells) = cells(line) else {
            is_inside = false;
            continue;
        };
        let (first, last) = (cells[0], cells[cells.len() - 1]);
        match last {
            "test" => {
                is_inside = true;
                tables += 1;
            }
            _ if last.starts_with("---") => {}
            _ if is_inside => rows.push((if first.is_empty() { cells[1] } else { first }, last)),
            _ => {}
        }
    }
    (tables, rows)
}

/// Targets of `make` that a cell names.
fn targets(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2).filter_map(|words| words.strip_prefix("make "))
}

/// What is wrong with a row.
fn fault((threat, tests): &(&str, &str), sources: &str, ci: &str) -> Option<String> {
    let named = named_tests(tests);
    if named.is_empty() && targets(tests).next().is_none() {
        return Some(format!("{threat}: names no test"));
    }
    let missing =
        named.into_iter().find(|name| !is_test(name, sources)).map(|name| format!("{threat}: no test {name}"));
    let unknown = || targets(tests).find(|target| !ci.lines().any(|line| line == format!("timed make {target}")));
    missing.or_else(|| Some(format!("{threat}: CI does not run make {}", unknown()?)))
}

#[test]
fn every_row_of_the_page_of_threats_names_a_test_that_exists() {
    let (page, sources, ci) = (file("docs/security.md"), sources(), file(".ci/run"));
    let (tables, rows) = rows(&page);
    assert!(tables >= TABLES && rows.len() > 100, "only {tables} tables with {} rows were found", rows.len());
    let faults: Vec<String> = rows.iter().filter_map(|row| fault(row, &sources, &ci)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_refusal_of_a_configuration_and_no_risk_of_the_owasp_list_is_left_out() {
    let page = file("docs/security.md");
    let (_, rows) = rows(&page);
    let numbered: Vec<usize> = rows.iter().filter_map(|(first, _)| first.parse().ok()).collect();
    assert_eq!(numbered, (1..=REFUSALS).collect::<Vec<_>>());
    let risks: Vec<usize> =
        rows.iter().filter_map(|(first, _)| first.strip_prefix("API")?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(risks, (1..=RISKS).collect::<Vec<_>>());
}

#[test]
fn a_row_without_a_test_with_a_test_that_is_gone_or_a_target_that_nobody_runs_would_be_noticed() {
    let page = "| threat | control | test |\n|---|---|---|\n| a | b | by construction |\n| c | d | `one_two_three_four` |\n\
                | e | f | `make check` |\n| g | h | `make nothing` |\n| i | j | `five_six_seven_eight` |\n\n| x | y |\n";
    let (tables, rows) = rows(page);
    assert_eq!((tables, rows.len()), (1, 5));
    let sources = "#[test]\nfn one_two_three_four() {}";
    let faults: Vec<bool> = rows.iter().map(|row| fault(row, sources, "timed make check").is_some()).collect();
    assert_eq!(faults, [true, false, false, true, true]);
}
