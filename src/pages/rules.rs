//! Every rule: a page that says which table speaks for a tumour, and behind it one page for each table, with every cell, its rule and
//! its citation, one for the labels and one for the checks of orders. Each is printed and signed by itself.

use jiff::civil::Date;
use maud::{Markup, html};

use super::rule_table;
use super::wording::words;
use super::{layout, rule_lists, rule_words};
use crate::assessment::Knowledge;
use crate::domain::rulebook::{RuleSet, Rulebook};
use crate::domain::tumour::Tumour;

/// The page of the labels; rules of these files have their ids from it, as those of a table have theirs from the table.
const LABELS: &str = "considerations";

/// The page of the checks of orders.
const ORDER_CHECKS: &str = "order-safety";

/// The case that no table answers stand on the first page.
const CASES: &str = "every-tumour";

/// Where the row of a rule stands.
pub(super) fn address_of(rule: &str) -> String {
    match rule.split_once('/') {
        Some((CASES, row)) => format!("/rules#{row}"),
        Some((page, row)) => format!("/rules/{page}#{row}"),
        None => "/rules".to_owned(),
    }
}

/// One table, the labels or the checks of orders, by the name that its rules begin with; None where there is no such page.
pub fn rule_page(knowledge: &Knowledge, name: &str, today: Date) -> Option<String> {
    let rulebook = &knowledge.rulebook;
    let (title, rules) = match name {
        LABELS => ("labels", rule_lists::labels(&knowledge.therapies)),
        ORDER_CHECKS => ("checks of orders", rule_lists::order_checks(&knowledge.order_rules)),
        _ => {
            let set = rulebook.sets.iter().find(|set| *set.id == *name)?;
            (&*set.title, rule_table::table(rulebook, set))
        }
    };
    let content = html! {
        h1.heard { "Rules: " (title) }
        p.hint { a href="/rules" { "All rules" } ". " (marks()) }
        (rules)
    };
    Some(layout::page(&format!("Herald: {title}"), &state(rulebook, today), &content, layout::Foot::Rules))
}

fn marks() -> Markup {
    html! {
        "† unconfirmed: not yet compared with its source. ‡ policy: ours, not a guideline’s. "
        "Numbers are compared as they were sent and never rounded."
    }
}

/// The first page, made from the rules that are loaded.
pub fn rules(knowledge: &Knowledge, today: Date) -> String {
    let rulebook = &knowledge.rulebook;
    let content = html! {
        section.introduction aria-labelledby="rules-head" {
            h1 #rules-head { "Every rule, cell by cell." }
            p {
                "Each table lists what an IHC can say across and what an ISH can say down. A cell gives the category, the rule "
                "that decides it, the next step and the numbers of its sources in the list above the table. Herald classifies by these tables and by nothing else. "
                "Beside them stand the " a href={ "/rules/" (LABELS) } { "labels that it names" } " and the "
                a href={ "/rules/" (ORDER_CHECKS) } { "checks of orders" } "."
            }
            p {
                "What of a record each service uses, and what it does not, is said in its source attributes: "
                a href="/.well-known/dsi/her2-chart-review.html" { "chart review" } ", "
                a href="/.well-known/dsi/her2-order-select.html" { "chosen order" } ", "
                a href="/.well-known/dsi/her2-order-sign.html" { "order to sign" } ". "
                "For those who connect a record system: " a href="/openapi" { "the interface" } "."
            }
            p.hint { (marks()) }
        }
        (index(rulebook))
        (cases(rulebook))
    };
    layout::page("Herald: every rule", &state(rulebook, today), &content, layout::Foot::Rules)
}

fn state(rulebook: &Rulebook, today: Date) -> Markup {
    html! {
        ul.state {
            li { "Rules " strong { (rulebook.edition()) } }
            li { "Review due " strong.whole { (rulebook.review_due) } }
            @if rulebook.signed_off(today) { li { "Signed by clinicians" } }
        }
        p.digest { code { (rulebook.digest()) } }
        @if !rulebook.signed_off(today) {
            p.unreviewed {
                span aria-hidden="true" { "▲ " }
                strong { "UNREVIEWED" } ": "
                @if rulebook.unsigned.is_empty() { "the review of these rules is overdue" }
                @else { "not signed by clinicians: " (rulebook.unsigned.join(", ")) }
            }
        }
    }
}

/// Which table speaks for which tumour.
fn index(rulebook: &Rulebook) -> Markup {
    html! {
        section #tumours aria-labelledby="tumours-head" {
            h2 #tumours-head { "Tumours" }
            div.scroll { table.index {
                caption.heard { "Which table speaks for which tumour" }
                thead { tr { th scope="col" { "Tumour" } th scope="col" { "Scoring system" } th scope="col" { "Table" } } }
                tbody {
                    @for tumour in Tumour::ALL { (of_tumour(rulebook, *tumour)) }
                }
            } }
        }
    }
}

fn of_tumour(rulebook: &Rulebook, tumour: Tumour) -> Markup {
    let systems = rulebook.systems_of(tumour);
    html! {
        @if systems.is_empty() {
            tr {
                th scope="row" { (words(tumour.as_str())) }
                td { "none" }
                td { "no table: insufficient, the tumour type has to be obtained" }
            }
        }
        @for (at, (scoring, set)) in systems.iter().enumerate() {
            tr {
                th scope="row" { (words(tumour.as_str())) @if at > 0 { ", also scored as" } }
                td { (rule_words::system(*scoring)) }
                td { @if let Some(set) = rulebook.sets.get(*set) { a href={ "/rules/" (set.id) } { (set.title) } } }
            }
        }
    }
}

/// What is answered before any table is asked.
fn cases(rulebook: &Rulebook) -> Markup {
    html! {
        section.before aria-labelledby="before-head" {
            h2 #before-head { "Before any table" }
            div.scroll { table.rows {
                caption.heard { "What is answered before any table is asked" }
                thead { tr {
                    th scope="col" { "Rule" } th scope="col" { "Category" } th scope="col" { "Next step" }
                    th scope="col" { "Because" } th scope="col" { "Source" }
                } }
                tbody {
                    @for case in &rulebook.cases {
                        @let source = rulebook.source_of(&case.id);
                        tr id=(rule_words::short(&case.id)) {
                            th scope="row" { code { (rule_words::short(&case.id)) } (rule_words::marks(source)) }
                            td { (rule_words::category(case)) }
                            td { (words(case.next.as_str())) }
                            td { (source.map_or("", |source| &source.because)) }
                            td { (source.map(|source| source.cite.join("; ")).unwrap_or_default()) }
                        }
                    }
                }
            } }
        }
    }
}

/// The tumours and systems that a table speaks for.
pub(super) fn applies(rulebook: &Rulebook, set: &RuleSet) -> Vec<String> {
    let of = |tumour: &Tumour| {
        let (tumour, systems) = (*tumour, rulebook.systems_of(*tumour));
        systems
            .iter()
            .filter(|(_, at)| rulebook.sets.get(*at).is_some_and(|other| other.id == set.id))
            .map(move |(scoring, _)| {
                format!("{} ({})", words(tumour.as_str()).to_lowercase(), rule_words::system(*scoring))
            })
            .collect::<Vec<_>>()
    };
    Tumour::ALL.iter().flat_map(of).collect()
}
