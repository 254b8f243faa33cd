//! The body of a table's review sheet: the grid, the thresholds in words, and every row with reason, source and mark.

use std::collections::{BTreeMap, BTreeSet};

use super::cell;
use super::entries::Placed;
use super::format::{AdditionEntry, RowEntry, StainingEntry, TableFile};
use super::sheet_words::{details, in_words, line, list, marks, numbers_of, plain};
use super::translate::{Table, promised};
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use crate::domain::finding::{Comment, LOW_IN_GROUPS_2_TO_4};

/// One cell of a table.
pub(super) type Cell = (IhcColumn, IshColumn, RecountColumn);

/// What every cell says, in words.
pub(super) fn cells(file: &TableFile, table: &Table) -> BTreeMap<Cell, String> {
    let said = |cell: Cell| {
        let at = usize::from(table.set.cells.get(cell.0, cell.1, cell.2)?);
        let row = file.row.get(at)?;
        let remarks = remarks(row);
        let remarks = if remarks.is_empty() { remarks } else { format!("; {remarks}") };
        Some((cell, format!("{}; {}{remarks} ({})", category(row), row.next.0, row.id)))
    };
    promised(file).filter_map(said).collect()
}

/// The name of a cell.
pub(super) fn name_of(file: &TableFile, (ihc, ish, second): Cell) -> String {
    cell::in_words(file, ihc, ish, &[second])
}

/// Everything but the head; cells that have changed since the table was signed are marked.
pub(super) fn body(file: &TableFile, table: &Table, changed: &BTreeSet<Cell>) -> String {
    let mut text = String::new();
    for group in &file.ruleset.applies {
        let rank = if group.rank == 1 { "their own system" } else { "another system in use" };
        let mark = marks(group.status.is_some(), false);
        line!(text, "\nApplies to: {} scored by `{}` ({rank}). {mark}", list(&group.tumours), group.scoring.0);
    }
    grid(&mut text, file, table, changed);
    bands(&mut text, file);
    staining(&mut text, file);
    rows(&mut text, file);
    words(&mut text, file);
    expressions(&mut text, file);
    additions(&mut text, &file.addition);
    text
}

/// IHC × ISH. A cell names the row; where a second count matters, every row with its count.
fn grid(text: &mut String, file: &TableFile, table: &Table, changed: &BTreeSet<Cell>) {
    line!(text, "\n## Grid: ISH (down) × IHC (across)\n");
    let across = &file.staining.columns;
    line!(text, "| ISH | {} |", across.iter().map(|column| column.0.as_str()).collect::<Vec<_>>().join(" | "));
    line!(text, "|---|{}", "---|".repeat(across.len()));
    for ish in &file.ish.columns {
        let cells: Vec<String> = across.iter().map(|ihc| in_grid(file, table, changed, ihc.0, ish.0)).collect();
        line!(text, "| **{}** | {} |", ish.0, cells.join(" | "));
    }
    line!(text, "\n† unconfirmed, ‡ policy: see the rows.");
}

fn in_grid(file: &TableFile, table: &Table, changed: &BTreeSet<Cell>, ihc: IhcColumn, ish: IshColumn) -> String {
    let mut shown: Vec<String> = Vec::new();
    for second in RecountColumn::ALL {
        let Some(row) = table.set.cells.get(ihc, ish, *second).and_then(|at| file.row.get(usize::from(at))) else {
            continue;
        };
        let unconfirmed = if row.status.is_some() { "†" } else { "" };
        let policy = if row.policy { "‡" } else { "" };
        let new = if changed.contains(&(ihc, ish, *second)) { " **changed**" } else { "" };
        let cell = format!("{} ({}{unconfirmed}{policy}){new}", row.category.0, row.id);
        if !shown.contains(&cell) {
            shown.push(cell);
        }
    }
    shown.join("; ")
}

fn bands(text: &mut String, file: &TableFile) {
    line!(text, "\n## ISH numbers in words\n\n| Reads as | Probe | Numbers | Mark |\n|---|---|---|---|");
    for band in &file.band {
        let mark = marks(band.status.is_some(), false);
        line!(text, "| {} | {} | {} | {mark} |", band.reads.0, band.probe.0, numbers_of(band));
    }
    if let Some(recount) = &file.recount {
        let mark = marks(recount.status.is_some(), false);
        line!(
            text,
            "\nSecond count: {}. At least {} cells; matters for {}{}. {mark}",
            recount.because,
            recount.fewest_cells,
            list(&recount.ish),
            if recount.ihc.is_empty() { String::new() } else { format!(" with IHC {}", list(&recount.ihc)) }
        );
        for settled in &recount.settles {
            line!(text, "\n* ratio {}: {}", in_words(&settled.ratio), settled.reads.0);
        }
    }
    line!(text, "\nThe word \"equivocal\" without numbers gets the flag `{}`.", file.ish.equivocal_word.0);
}

fn staining(text: &mut String, file: &TableFile) {
    let words = file.staining.words();
    let words: Vec<String> = words.iter().map(|(word, column)| format!("{word} stands for {column}")).collect();
    line!(text, "\n## Scores and their details\n\nWords instead of a score: {}.", words.join("; "));
    line!(text, "\n| Score | Details | Then | Because | Mark |\n|---|---|---|---|---|");
    let mut entry = |entry: &Placed<StainingEntry>, then: String, policy: bool| {
        let mark = marks(entry.status.is_some(), policy);
        line!(text, "| {} | {} | {then} | {} | {mark} |", list(&entry.score), details(entry), entry.because);
    };
    let flag = |entry: &StainingEntry| entry.flag.map_or_else(String::new, |flag| format!("`{}`", flag.0));
    let reads = |entry: &StainingEntry| entry.reads.map_or_else(String::new, |column| format!("reads as {}", column.0));
    for contradiction in &file.contradiction {
        entry(contradiction, format!("contradicted, {}", flag(contradiction)), true);
    }
    if let Some(mild) = &file.mild_contradiction {
        let next = mild.next.map_or_else(String::new, |step| format!(", {}", step.0));
        entry(mild, format!("a contradiction is mild: {}{next}", reads(mild)), true);
    }
    for remark in &file.remark {
        entry(remark, format!("only {}", flag(remark)), false);
    }
    for reading in &file.reading {
        entry(reading, reads(reading), false);
    }
}

fn rows(text: &mut String, file: &TableFile) {
    line!(
        text,
        "\n## Rows\n\n| Rule | IHC | ISH | Recount | Category | Next step | Flags, comment | Because | Source | Mark |\n|---|---|---|---|---|---|---|---|---|---|"
    );
    for row in &file.row {
        let mark = marks(row.status.is_some(), row.policy);
        let cite = row.cite.as_ref().unwrap_or(&file.ruleset.cite).join("; ");
        line!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {cite} | {mark} |",
            row.id,
            plain(row.ihc.as_deref()),
            plain(row.ish.as_deref()),
            row.recount.as_deref().map_or_else(|| "any".to_owned(), list),
            category(row),
            row.next.0,
            remarks(row),
            row.because
        );
    }
    comments(text, file);
    for (name, columns) in &file.names.ihc {
        line!(text, "\n*{name}* in column IHC: {}.", list(columns));
    }
    for (name, columns) in &file.names.ish {
        line!(text, "\n*{name}* in column ISH: {}.", list(columns));
    }
}

fn category(row: &RowEntry) -> String {
    match row.provisional {
        Some(provisional) => format!("{}, provisionally {}", row.category.0, provisional.0),
        None => row.category.0.to_string(),
    }
}

fn remarks(row: &RowEntry) -> String {
    let comment = row.comment.map(|comment| comment.0.to_string());
    row.flags.iter().map(|flag| flag.0.to_string()).chain(comment).collect::<Vec<_>>().join(", ")
}

/// What each comment of the rows means, in our own words.
fn comments(text: &mut String, file: &TableFile) {
    let used: BTreeSet<Comment> = file.row.iter().filter_map(|row| row.comment.map(|comment| comment.0)).collect();
    for comment in &used {
        line!(text, "\nComment {comment}: {}: {}", comment.numbers(), comment.in_words());
    }
    if !used.is_empty() {
        line!(text, "\nBeside HER2-low: {LOW_IN_GROUPS_2_TO_4}");
    }
}

fn words(text: &mut String, file: &TableFile) {
    line!(
        text,
        "\n## The laboratory's word alone\n\n| Rule | Word | Tumours | Category | Expression | Next step | Flags | Because | Mark |\n|---|---|---|---|---|---|---|---|---|"
    );
    for row in &file.word {
        let tumours = if row.tumours.is_empty() { "all".to_owned() } else { list(&row.tumours) };
        let expression = row.expression.map_or_else(String::new, |word| word.0.to_string());
        line!(
            text,
            "| {} | {} | {tumours} | {} | {expression} | {} | {} | {} | *policy* |",
            row.id,
            row.word.0,
            row.category.0,
            row.next.0,
            list(&row.flags),
            row.because
        );
    }
}

fn expressions(text: &mut String, file: &TableFile) {
    if file.expression.is_empty() {
        return;
    }
    line!(
        text,
        "\n## Label term beside a negative\n\n| IHC | Expression | Next step | Because | Mark |\n|---|---|---|---|---|"
    );
    for entry in &file.expression {
        let mark = marks(entry.status.is_some(), false);
        line!(
            text,
            "| {} | {} | {} | {} | {mark} |",
            list(&entry.ihc),
            entry.expression.0,
            entry.next.0,
            entry.because
        );
    }
}

fn additions(text: &mut String, entries: &[Placed<AdditionEntry>]) {
    if entries.is_empty() {
        return;
    }
    line!(
        text,
        "\n## What single tumours add\n\n| Tumours | Category | IHC | Only if | Next step | Flags | Because | Mark |\n|---|---|---|---|---|---|---|---|"
    );
    for entry in entries {
        let any = |words: String| if words.is_empty() { "any".to_owned() } else { words };
        let mut only = Vec::new();
        only.extend(entry.percent.as_ref().map(|ends| format!("percent {}", in_words(ends))));
        only.extend(entry.instead_of_score.map(|_| "a word stands instead of the score".to_owned()));
        only.extend(entry.unknown.iter().map(|what| format!("{what:?} not known")));
        let next = entry.next.map_or_else(String::new, |word| word.0.to_string());
        let mark = marks(entry.status.is_some(), false);
        line!(
            text,
            "| {} | {} | {} | {} | {next} | {} | {} | {mark} |",
            any(list(&entry.tumours)),
            any(list(&entry.category)),
            any(list(&entry.ihc)),
            only.join("; "),
            list(&entry.flags),
            entry.because
        );
    }
}
