//! The page of every rule: each cell that the classifier would look up, with its rule and its source.

use herald::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use herald::domain::rulebook::{Row, RuleSet, Rulebook};
use herald::domain::tumour::Tumour;
use herald::pages::rules;
use herald::rules::load_embedded;
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 26);

fn book() -> Rulebook {
    load_embedded().unwrap_or_else(|error| panic!("{error}"))
}

/// The part of the page between two texts, each time it occurs.
fn between<'p>(page: &'p str, begin: &'p str, end: &'p str) -> impl Iterator<Item = &'p str> {
    page.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
}

/// The rows of a table in the order in which a reader meets them: one for each answer of a cell.
fn rows_of_cells(set: &RuleSet) -> Vec<&Row> {
    let mut rows = Vec::new();
    for ish in IshColumn::ALL {
        for ihc in IhcColumn::ALL {
            let mut said = Vec::new();
            for second in RecountColumn::ALL {
                let row = set.cells.get(*ihc, *ish, *second);
                if let Some(at) = row.filter(|at| !said.contains(at)) {
                    said.push(at);
                }
            }
            rows.extend(said.into_iter().map(|at| &set.rows[usize::from(at)]));
        }
    }
    rows
}

#[test]
fn every_cell_of_every_table_stands_on_the_page_with_its_category_and_rule() {
    let (book, mut cells) = (book(), 0);
    let page = rules(&book, TODAY);
    let grids: Vec<&str> = between(&page, "<table class=\"grid\">", "</table>").collect();
    assert_eq!(grids.len(), book.sets.len());
    for (set, grid) in book.sets.iter().zip(grids) {
        let expected = rows_of_cells(set);
        let shown: Vec<&str> = between(grid, "href=\"#", "\"").collect();
        assert_eq!(shown, expected.iter().map(|row| &*row.id).collect::<Vec<_>>(), "{}", set.id);
        let categories: Vec<String> = between(grid, "<strong>", "</strong>").map(str::to_lowercase).collect();
        assert_eq!(categories, expected.iter().map(|row| row.category.as_str()).collect::<Vec<_>>(), "{}", set.id);
        let cited = between(grid, "<span class=\"cite\">[", "]").filter(|numbers| !numbers.is_empty()).count();
        assert_eq!(cited, expected.len(), "every cell names its source");
        cells += expected.len();
    }
    assert!(cells > 700, "only {cells} cells");
}

#[test]
fn every_tumour_leads_to_its_table_and_every_rule_to_its_row() {
    let book = book();
    let page = rules(&book, TODAY);
    let ids: Vec<&str> = between(&page, " id=\"", "\"").collect();
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len());
    for link in between(&page, "href=\"#", "\"") {
        assert!(ids.contains(&link), "{link} leads nowhere");
    }
    for rule in book.sources.keys() {
        assert!(ids.contains(&&**rule), "{rule} has no row");
    }
    for tumour in Tumour::ALL {
        let name = tumour.as_str().replace('_', " ");
        assert!(page.to_lowercase().contains(&format!("<th scope=\"row\">{name}")), "{name}");
    }
    assert!(page.contains("no table: insufficient"), "an unknown tumour is told as well");
}

#[test]
fn the_page_of_rules_says_who_has_not_signed_and_when_the_review_is_due() {
    let mut book = book();
    let page = rules(&book, TODAY);
    assert!(page.contains("UNREVIEWED") && page.contains("not signed by clinicians: breast-asco-cap-2018.toml"));
    assert!(page.contains("2027-03-01") && page.contains(book.digest()));
    book.unsigned.clear();
    assert!(!rules(&book, TODAY).contains("UNREVIEWED"));
    assert!(rules(&book, date(2028, 1, 1)).contains("the review of these rules is overdue"));
}

#[test]
fn the_page_of_rules_needs_no_script_no_inline_style_and_no_other_origin() {
    let page = rules(&book(), TODAY);
    for forbidden in ["<script", "<style", " style=", " onclick=", "javascript:", "href=\"http", "src="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}
