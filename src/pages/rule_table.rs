//! One table of the rules: its grid, its thresholds in words, its rows with reasons and sources.

use maud::{Markup, html};

use super::rule_words::{category, details, listed, marks, numbers_of, short, unconfirmed};
use super::rules::applies;
use super::wording::words;
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use crate::domain::finding::{Category, NextStep};
use crate::domain::rulebook::{Addition, Row, RuleSet, Rulebook, SecondCount, StainingCondition, Unknown};

/// Everything of one table.
pub(super) fn table(rulebook: &Rulebook, set: &RuleSet) -> Markup {
    let sources = Sources::of(rulebook, set);
    html! {
        section.ruleset id=(set.id) aria-labelledby={ (set.id) "-head" } {
            h2 id={ (set.id) "-head" } { (set.title) }
            p { "For " (applies(rulebook, set).join(", ")) "." }
            @if let Some(source) = set.rows.first().and_then(|row| rulebook.source_of(&row.id)) {
                p.hint { (source.guideline) ". Review due " (source.review_due) "." }
            }
            ol.sources {
                @for cite in &sources.0 { li { (cite) } }
            }
            (grid(rulebook, set, &sources))
            h3 { "Scores and their details" }
            (staining(set))
            h3 { "ISH numbers in words" }
            (bands(set))
            h3 { "Rows" }
            (rows(rulebook, set, &sources))
            h3 { "The laboratory’s word alone" }
            (word_rows(rulebook, set))
            @if !set.additions.is_empty() {
                h3 { "What single tumours add" }
                (additions(set))
            }
        }
    }
}

/// The sources of a table; a cell names them by number.
struct Sources<'r>(Vec<&'r str>);

impl<'r> Sources<'r> {
    fn of(rulebook: &'r Rulebook, set: &RuleSet) -> Self {
        let mut sources: Vec<&str> = Vec::new();
        let cited = set.rows.iter().filter_map(|row| rulebook.source_of(&row.id)).flat_map(|source| &source.cite);
        for cite in cited {
            if !sources.contains(&&**cite) {
                sources.push(cite);
            }
        }
        Self(sources)
    }

    /// "[1, 2]"
    fn numbers(&self, rulebook: &Rulebook, row: &Row) -> String {
        let cited = rulebook.source_of(&row.id).map_or(&[][..], |source| &source.cite);
        let number = |cite: &str| self.0.iter().position(|known| *known == cite).map(|at| (at + 1).to_string());
        format!("[{}]", cited.iter().filter_map(|cite| number(cite)).collect::<Vec<_>>().join(", "))
    }
}

/// IHC across, ISH down; each cell with its row, or with one for each state of the second count.
fn grid(rulebook: &Rulebook, set: &RuleSet, sources: &Sources<'_>) -> Markup {
    let across: Vec<IhcColumn> =
        columns(IhcColumn::ALL, |ihc| IshColumn::ALL.iter().any(|ish| is_cell(set, ihc, *ish)));
    let down: Vec<IshColumn> = columns(IshColumn::ALL, |ish| IhcColumn::ALL.iter().any(|ihc| is_cell(set, *ihc, ish)));
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Grid: " (set.title) } {
            table.grid {
                (caption(set, "Grid"))
                thead { tr {
                    th scope="col" { "ISH ↓ IHC →" }
                    @for ihc in &across { th scope="col" { (plain(ihc.as_str())) } }
                } }
                tbody {
                    @for ish in &down {
                        tr {
                            th scope="row" { "ISH " (plain(ish.as_str())) }
                            @for ihc in &across { (cell(rulebook, set, sources, *ihc, *ish)) }
                        }
                    }
                }
            }
        }
    }
}

fn columns<T: Copy>(all: &[T], is_used: impl Fn(T) -> bool) -> Vec<T> {
    all.iter().copied().filter(|column| is_used(*column)).collect()
}

fn is_cell(set: &RuleSet, ihc: IhcColumn, ish: IshColumn) -> bool {
    set.cells.get(ihc, ish, RecountColumn::Missing).is_some()
}

fn cell(rulebook: &Rulebook, set: &RuleSet, sources: &Sources<'_>, ihc: IhcColumn, ish: IshColumn) -> Markup {
    let mut said: Vec<(u16, Vec<String>)> = Vec::new();
    for second in RecountColumn::ALL {
        let Some(at) = set.cells.get(ihc, ish, *second) else { continue };
        match said.iter_mut().find(|(row, _)| *row == at) {
            Some((_, seconds)) => seconds.push(plain(second.as_str())),
            None => said.push((at, vec![plain(second.as_str())])),
        }
    }
    let counts_matter = said.len() > 1;
    html! {
        td data-ihc=(plain(ihc.as_str())) {
            @for (at, seconds) in &said {
                @if let Some(row) = set.rows.get(usize::from(*at)) {
                    div {
                        @if counts_matter { span.second { "recount " (seconds.join(" or ")) ": " } }
                        @let expression = (row.category == Category::Negative).then(|| set.expressions[ihc as usize]).flatten();
                        @let next = expression.map_or(row.next, |term| row.next.min(term.next));
                        (category(row))
                        @if let Some(term) = expression { " expression " (listed(&[term.expression])) (unconfirmed(term.unconfirmed)) }
                        " " a href={ "#" (short(&row.id)) } { (short(&row.id)) }
                        (marks(rulebook.source_of(&row.id)))
                        " " small { (sources.numbers(rulebook, row)) }
                        @if next != NextStep::None { " " em { (words(next.as_str())) } }
                    }
                }
            }
        }
    }
}

/// The heading above the table again, for those who go from table to table.
fn caption(set: &RuleSet, what: &str) -> Markup {
    html! { caption.heard { (set.title) ": " (what) } }
}

/// "none" and "missing" are a test that was not done.
fn plain(word: &str) -> String {
    match word {
        "none" | "missing" => "not done".to_owned(),
        other => other.replace('-', " "),
    }
}

fn staining(set: &RuleSet) -> Markup {
    let rules = &set.staining;
    html! {
        div.scroll { table.rows {
            (caption(set, "Scores and their details"))
            thead { tr { th scope="col" { "Score" } th scope="col" { "With" } th scope="col" { "Then" } } }
            tbody {
                @for (condition, flag) in &rules.contradictions { (slide(condition, &format!("contradicted: {}", words(flag.as_str())))) }
                @if let Some(mild) = &rules.mild {
                    (slide(&mild.condition, &format!("a contradiction is mild, read as {}", mild.column)))
                }
                @for (condition, flag) in &rules.remarks { (slide(condition, &format!("remark: {}", words(flag.as_str())))) }
                @for (condition, column) in &rules.readings { (slide(condition, &format!("read as {column}"))) }
                @for (word, column) in &rules.words { tr { td { "the word " (word) } td { "no score" } td { "read as " (column) } } }
            }
        } }
    }
}

fn slide(condition: &StainingCondition, then: &str) -> Markup {
    html! { tr { td { (listed(&condition.score)) } td { (details(condition)) } td { (then) } } }
}

fn bands(set: &RuleSet) -> Markup {
    html! {
        div.scroll { table.rows {
            (caption(set, "ISH numbers in words"))
            thead { tr { th scope="col" { "Numbers" } th scope="col" { "Probe" } th scope="col" { "Read as" } } }
            tbody {
                @for band in &set.ish.bands {
                    tr {
                        td { (numbers_of(band)) (unconfirmed(band.unconfirmed)) }
                        td { (band.probe) }
                        td { (plain(band.column.as_str())) }
                    }
                }
            }
        } }
        @match &set.ish.second_count {
            SecondCount::Unused => {}
            SecondCount::Confirms { fewest_cells, .. } => {
                p.hint { "A second count of at least " (fewest_cells) " cells by a blinded observer confirms or changes the group." }
            }
            SecondCount::Settles { fewest_cells, ratio, .. } => {
                p.hint {
                    "A further count of at least " (fewest_cells) " cells settles what was open: "
                    @for (at, (range, column)) in ratio.iter().enumerate() {
                        @if at > 0 { "; " }
                        "ratio " (range) " is " (plain(column.as_str()))
                    }
                    "."
                }
            }
        }
    }
}

fn rows(rulebook: &Rulebook, set: &RuleSet, sources: &Sources<'_>) -> Markup {
    html! {
        div.scroll { table.rows {
            (caption(set, "Rows"))
            thead { tr {
                th scope="col" { "Rule" } th scope="col" { "Category" } th scope="col" { "Next step" }
                th scope="col" { "Flags" } th scope="col" { "Because" } th scope="col" { "Source" }
            } }
            tbody { @for row in &set.rows { (rule(rulebook, row, &sources.numbers(rulebook, row))) } }
        } }
    }
}

fn rule(rulebook: &Rulebook, row: &Row, cited: &str) -> Markup {
    let source = rulebook.source_of(&row.id);
    html! {
        tr id=(short(&row.id)) {
            th scope="row" { code { (short(&row.id)) } (marks(source)) }
            td { (category(row)) @if let Some(expression) = row.expression { ", expression " (listed(&[expression])) } }
            td { (words(row.next.as_str())) }
            td { (row.flags.iter().map(|flag| words(flag.as_str())).collect::<Vec<_>>().join(", ")) }
            td { (source.map_or("", |source| &source.because)) }
            td.cite { (cited) }
        }
    }
}

fn word_rows(rulebook: &Rulebook, set: &RuleSet) -> Markup {
    html! {
        div.scroll { table.rows {
            (caption(set, "The laboratory’s word alone"))
            thead { tr {
                th scope="col" { "Rule" } th scope="col" { "Word" } th scope="col" { "Tumours" } th scope="col" { "Category" }
                th scope="col" { "Next step" } th scope="col" { "Because" }
            } }
            tbody {
                @for entry in &set.words {
                    @let source = rulebook.source_of(&entry.row.id);
                    tr id=(short(&entry.row.id)) {
                        th scope="row" { code { (short(&entry.row.id)) } (marks(source)) }
                        td { (entry.word) }
                        td { (entry.tumours.iter().map(|tumour| words(tumour.as_str()).to_lowercase()).collect::<Vec<_>>().join(", ")) }
                        td { (category(&entry.row)) @if let Some(expression) = entry.row.expression { ", expression " (listed(&[expression])) } }
                        td { (words(entry.row.next.as_str())) }
                        td { (source.map_or("", |source| &source.because)) }
                    }
                }
            }
        } }
    }
}

fn additions(set: &RuleSet) -> Markup {
    let any = |listed: Vec<String>| if listed.is_empty() { "any".to_owned() } else { listed.join(", ") };
    html! {
        div.scroll { table.rows {
            (caption(set, "What single tumours add"))
            thead { tr {
                th scope="col" { "Tumours" } th scope="col" { "Category" } th scope="col" { "IHC" } th scope="col" { "Only if" }
                th scope="col" { "Next step" } th scope="col" { "Flags" }
            } }
            tbody {
                @for one in &set.additions {
                    tr {
                        td { (any(one.tumours.iter().map(|tumour| words(tumour.as_str()).to_lowercase()).collect())) }
                        td { (any(one.category.iter().map(|category| words(category.as_str())).collect())) }
                        td { (any(one.ihc.iter().map(ToString::to_string).collect())) }
                        td { (only_if(one)) (unconfirmed(one.unconfirmed)) }
                        td { (words(one.next.as_str())) }
                        td { (one.flags.iter().map(|flag| words(flag.as_str())).collect::<Vec<_>>().join(", ")) }
                    }
                }
            }
        } }
    }
}

fn only_if(addition: &Addition) -> String {
    let percent = addition.percent.as_ref().map(|range| format!("percentage of stained cells {range}"));
    let word = addition.voice.map(|_| "a word stands instead of the score".to_owned());
    let unknown = addition.unknown.iter().map(|what| {
        match what {
            Unknown::Ras => "RAS is not known",
            Unknown::Erbb2Mutation => "the ERBB2 mutation status is not known",
        }
        .to_owned()
    });
    percent.into_iter().chain(word).chain(unknown).collect::<Vec<_>>().join("; ")
}
