//! The pages of the rules: each cell that the classifier would look up, with its rule and its source.

use herald::assessment::Knowledge;
use herald::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use herald::domain::consideration::ResultChoice;
use herald::domain::rulebook::{Row, RuleSet};
use herald::domain::tumour::Tumour;
use herald::pages::{rule_page, rules};
use herald::rules::{RulesError, embedded_files, load, order_rules, therapies};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 26);

fn knowledge() -> Knowledge {
    let files = embedded_files();
    let read = |files| {
        Ok(Knowledge {
            rulebook: load(files)?,
            therapies: therapies(files)?,
            order_rules: order_rules(files)?,
            cohorts: Vec::new(),
        })
    };
    read(&files).unwrap_or_else(|error: RulesError| panic!("{error}"))
}

/// The page of all tables, labels or checks of this name.
fn page_of(knowledge: &Knowledge, name: &str) -> String {
    rule_page(knowledge, name, TODAY).unwrap_or_else(|| panic!("no page {name}"))
}

/// The names of all pages behind the first.
fn names(knowledge: &Knowledge) -> Vec<&str> {
    let tables = knowledge.rulebook.sets.iter().map(|set| &*set.id);
    tables.chain(["considerations", "order-safety"]).collect()
}

/// The part of the page between two texts, each time it occurs.
fn between<'p>(page: &'p str, begin: &'p str, end: &'p str) -> impl Iterator<Item = &'p str> {
    page.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
}

/// What a row is called on the page of its table.
fn row_name(rule: &str) -> &str {
    rule.split_once('/').map_or(rule, |(_, row)| row)
}

/// The row of one rule.
fn row_of<'p>(page: &'p str, rule: &'p str) -> &'p str {
    let begin = format!("<tr id=\"{}\">", row_name(rule));
    let rest = page.split_once(&begin).unwrap_or_else(|| panic!("{rule} has no row")).1;
    rest.split("</tr>").next().unwrap_or_default()
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
    let (knowledge, mut cells) = (knowledge(), 0);
    for set in &knowledge.rulebook.sets {
        let page = page_of(&knowledge, &set.id);
        let grids: Vec<&str> = between(&page, "<table class=\"grid\">", "</table>").collect();
        assert_eq!(grids.len(), 1);
        let grid = grids[0];
        let expected = rows_of_cells(set);
        let shown: Vec<&str> = between(grid, "href=\"#", "\"").collect();
        assert_eq!(shown, expected.iter().map(|row| row_name(&row.id)).collect::<Vec<_>>(), "{}", set.id);
        let categories: Vec<String> = between(grid, "<strong>", "</strong>").map(str::to_lowercase).collect();
        assert_eq!(categories, expected.iter().map(|row| row.category.as_str()).collect::<Vec<_>>(), "{}", set.id);
        let cited = between(grid, "<small>[", "]").filter(|numbers| !numbers.is_empty()).count();
        assert_eq!(cited, expected.len(), "every cell names its source");
        cells += expected.len();
    }
    assert!(cells > 700, "only {cells} cells");
}

#[test]
fn every_tumour_leads_to_its_table_and_every_rule_to_its_row() {
    let knowledge = knowledge();
    let (first, book) = (rules(&knowledge, TODAY), &knowledge.rulebook);
    let mut all = Vec::new();
    let pages: Vec<(String, String)> =
        names(&knowledge).into_iter().map(|name| (format!("/rules/{name}"), page_of(&knowledge, name))).collect();
    for (address, page) in pages.iter().chain([&("/rules".to_owned(), first.clone())]) {
        let ids: Vec<&str> = between(page, " id=\"", "\"").collect();
        let unique: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len());
        for link in between(page, "href=\"#", "\"") {
            assert!(ids.contains(&link), "{link} leads nowhere on {address}");
        }
        for link in between(page, "href=\"/rules", "\"") {
            let known = link.is_empty() || pages.iter().any(|(address, _)| *address == format!("/rules{link}"));
            assert!(known, "{link} leads nowhere");
        }
        all.extend(ids.iter().map(|id| format!("{address}#{id}")));
    }
    for rule in book.sources.keys() {
        let page = rule.split_once('/').map(|(page, _)| format!("/rules/{page}")).unwrap();
        let page = if pages.iter().any(|(address, _)| *address == page) { page } else { "/rules".to_owned() };
        assert!(all.contains(&format!("{page}#{}", row_name(rule))), "{rule} has no row on {page}");
    }
    for tumour in Tumour::ALL {
        let name = tumour.as_str().replace('_', " ");
        assert!(first.to_lowercase().contains(&format!("<th scope=\"row\">{name}")), "{name}");
    }
    assert!(first.contains("no table: insufficient"), "an unknown tumour is told as well");
    assert!(names(&knowledge).iter().all(|name| first.contains(&format!("href=\"/rules/{name}\""))));
    assert_eq!(rule_page(&knowledge, "breast", TODAY), None);
}

#[test]
fn no_page_of_rules_is_longer_than_a_slow_line_can_bear() {
    let knowledge = knowledge();
    for name in names(&knowledge) {
        let length = page_of(&knowledge, name).len();
        assert!(length <= 100_000, "{name}: {length}");
    }
    assert!(rules(&knowledge, TODAY).len() <= 100_000);
}

#[test]
fn every_label_stands_on_the_page_with_its_conditions_dates_sources_and_marks() {
    let knowledge = knowledge();
    let page = page_of(&knowledge, "considerations");
    for rule in &knowledge.therapies {
        let row = row_of(&page, &rule.rule);
        assert!(row.contains(&format!("<li>{}", rule.her2.in_words())), "{row}");
        assert_eq!(row.contains("title=\"unconfirmed\""), rule.unconfirmed, "{row}");
        assert_eq!(row.contains("title=\"policy\""), rule.result == ResultChoice::BeforeNeoadjuvant, "{row}");
        let conditions = rule.labels.iter().flat_map(|label| &label.conditions).chain(&rule.conditions);
        let dates = rule.labels.iter().map(|label| &label.date);
        for words in conditions.map(|condition| &condition.what).chain(dates).chain(&rule.cite) {
            assert!(row.contains(&**words), "{words} is not in {row}");
        }
    }
    assert!(row_of(&page, "considerations/zanidatamab_btc").contains("accelerated"));
    assert!(row_of(&page, "considerations/pertuzumab-metastatic").contains("with docetaxel (for the clinician)"));
}

#[test]
fn every_order_check_stands_on_the_page_with_its_limits_label_source_and_marks() {
    let knowledge = knowledge();
    let page = page_of(&knowledge, "order-safety");
    let checks = knowledge.order_rules.in_words();
    let rows: usize = checks.iter().map(|kind| kind.rules.len()).sum();
    assert_eq!(page.matches("<tr id=\"").count(), rows);
    for rule in checks.iter().flat_map(|kind| &kind.rules) {
        let row = row_of(&page, &rule.ground.rule);
        assert!(row.contains(&*rule.medicine) && row.contains(&rule.ground.sources()), "{row}");
        assert!(rule.asks.iter().all(|asks| row.contains(&format!("<li>{asks}</li>"))), "{row}");
        assert_eq!(row.contains("title=\"unconfirmed\""), rule.ground.unconfirmed, "{row}");
        assert_eq!(row.contains("title=\"policy\""), rule.ground.policy, "{row}");
    }
    let pertuzumab = row_of(&page, "order-safety/lvef-pertuzumab");
    assert!(
        pertuzumab.contains("limit before the first dose, early disease, after an anthracycline: LVEF (%) below 50")
    );
    assert!(pertuzumab.contains("LVEF (%) 40 or more and 45 or less, with fall (points) 10 or more"), "{pertuzumab}");
}

#[test]
fn the_page_of_rules_says_who_has_not_signed_and_when_the_review_is_due() {
    let mut knowledge = knowledge();
    let page = rules(&knowledge, TODAY);
    assert!(page.contains("UNREVIEWED") && page.contains("not signed by clinicians: breast-asco-cap-2018.toml"));
    assert!(page.contains("2027-03-01") && page.contains(knowledge.rulebook.digest()));
    knowledge.rulebook.unsigned.clear();
    assert!(!rules(&knowledge, TODAY).contains("UNREVIEWED"));
    assert!(rules(&knowledge, date(2028, 1, 1)).contains("the review of these rules is overdue"));
}

#[test]
fn the_page_of_rules_needs_no_script_no_inline_style_and_no_other_origin() {
    let knowledge = knowledge();
    let page =
        names(&knowledge).iter().map(|name| page_of(&knowledge, name)).collect::<String>() + &rules(&knowledge, TODAY);
    for forbidden in ["<script", "<style", " style=", " onclick=", "javascript:", "href=\"http", "src="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}
