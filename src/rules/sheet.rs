//! The review sheet of a rule file: the whole table in Markdown, for the people who sign it.

use std::fmt::Write as _;

use super::considerations_sheet::considerations_sheet;
use super::error::RulesError;
use super::format::{AdditionEntry, BandEntry, CommonFile, Ends, Header, RowEntry, StainingEntry, TableFile, Word};
use super::load::{RuleFile, parse};
use super::translate::Table;
use crate::domain::columns::RecountColumn;

/// The sheet of one rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// `breast-asco-cap-2018.review.md`.
    pub name: String,
    /// Markdown.
    pub text: String,
}

/// The sheets of proved files, in name order.
///
/// # Errors
/// [`RulesError::Faults`] if the files are not total: a sheet of a table with holes would be signed by mistake.
pub fn sheets(files: &[RuleFile]) -> Result<Vec<Sheet>, RulesError> {
    super::load::load(files)?;
    let parsed = parse(files, &mut Vec::new());
    let mut sheets: Vec<Sheet> = parsed
        .files
        .iter()
        .zip(&parsed.tables)
        .map(|((name, file), (_, table))| Sheet { name: sheet_name(name), text: table_sheet(file, table) })
        .collect();
    sheets.extend(
        parsed.common.map(|common| Sheet { name: sheet_name("every-tumour.toml"), text: common_sheet(&common) }),
    );
    let therapies = super::considerations::therapies(files)?;
    if !therapies.is_empty() {
        sheets.push(Sheet { name: sheet_name("considerations.toml"), text: considerations_sheet(&therapies) });
    }
    sheets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sheets)
}

fn sheet_name(file: &str) -> String {
    format!("{}.review.md", file.trim_end_matches(".toml"))
}

/// Writing into a String cannot fail; the macro keeps that out of every line.
macro_rules! line {
    ($text:expr, $($part:tt)*) => {{ let _ = writeln!($text, $($part)*); }};
}

fn head(text: &mut String, header: &Header) {
    line!(
        text,
        "**UNSIGNED.** No pathologist or oncologist has confirmed this sheet. It is generated from `{}.toml`.\n",
        header.id
    );
    line!(text, "# {}\n", header.title);
    line!(text, "{}. Sources: {}. Review due {}.", header.guideline, header.cite.join("; "), header.review_due);
    line!(
        text,
        "\nMarks: *unconfirmed* = not yet compared with its source; *policy* = ours, not a guideline's, and needs a clinician's consent."
    );
}

fn common_sheet(file: &CommonFile) -> String {
    let mut text = String::new();
    head(&mut text, &file.ruleset);
    line!(
        text,
        "\n## Findings before any table\n\n| Rule | Category | Next step | Because | Mark |\n|---|---|---|---|---|"
    );
    for case in &file.case {
        let mark = marks(false, case.policy);
        line!(text, "| {} | {} | {} | {} | {mark} |", case.id.0, case.category.0, case.next.0, case.because);
    }
    let numbers = &file.numbers;
    let near = |ends: &[Ends]| ends.iter().map(in_words).collect::<Vec<_>>().join(", or ");
    line!(text, "\n## Checks of ISH numbers\n\n| Check | Limit | Mark |\n|---|---|---|");
    line!(text, "| Cells counted | at least {} | |", numbers.fewest_cells);
    line!(
        text,
        "| Copies differ from ratio × CEP17 by more than | {} × CEP17 | *policy* |",
        numbers.consistency.0.as_sent()
    );
    line!(text, "| Ratio near a threshold | {} | *policy* |", near(&numbers.near_ratio));
    line!(text, "| Copies near a threshold | {} | *policy* |", near(&numbers.near_copies));
    text
}

fn table_sheet(file: &TableFile, table: &Table) -> String {
    let mut text = String::new();
    head(&mut text, &file.ruleset);
    for group in &file.ruleset.applies {
        let rank = if group.rank == 1 { "their own system" } else { "another system in use" };
        let mark = marks(group.status.is_some(), false);
        line!(text, "\nApplies to: {} scored by `{}` ({rank}). {mark}", list(&group.tumours), group.scoring.0);
    }
    grid(&mut text, file, table);
    bands(&mut text, file);
    staining(&mut text, file);
    rows(&mut text, file);
    words(&mut text, file);
    expressions(&mut text, file);
    additions(&mut text, &file.addition);
    text
}

/// IHC × ISH. A cell names the row; where a second count matters, every row with its count.
fn grid(text: &mut String, file: &TableFile, table: &Table) {
    line!(text, "\n## Grid: ISH (down) × IHC (across)\n");
    let across = &file.staining.columns;
    line!(text, "| ISH | {} |", across.iter().map(|column| column.0.as_str()).collect::<Vec<_>>().join(" | "));
    line!(text, "|---|{}", "---|".repeat(across.len()));
    for ish in &file.ish.columns {
        let cells: Vec<String> = across
            .iter()
            .map(|ihc| {
                let mut shown: Vec<String> = Vec::new();
                for second in RecountColumn::ALL {
                    let Some(row) =
                        table.set.cells.get(ihc.0, ish.0, *second).and_then(|at| table.set.rows.get(usize::from(at)))
                    else {
                        continue;
                    };
                    let cell = format!("{} ({})", row.category, row.id.rsplit('/').next().unwrap_or_default());
                    if !shown.contains(&cell) {
                        shown.push(cell);
                    }
                }
                shown.join("; ")
            })
            .collect();
        line!(text, "| **{}** | {} |", ish.0, cells.join(" | "));
    }
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

fn numbers_of(band: &BandEntry) -> String {
    let part = |name: &str, ends: &Option<Ends>| ends.as_ref().map(|ends| format!("{name} {}", in_words(ends)));
    let missing = |axis: &super::format::AxisName| match axis {
        super::format::AxisName::Ratio => "no ratio".to_owned(),
        super::format::AxisName::Copies => "no copy number".to_owned(),
        super::format::AxisName::PercentCells => "no percentage of cells".to_owned(),
    };
    let parts: Vec<String> = [
        part("ratio", &band.ratio),
        part("copies", &band.copies),
        part("percent of cells with a ratio of 2 or more:", &band.percent_cells),
    ]
    .into_iter()
    .flatten()
    .chain(band.missing.iter().map(missing))
    .collect();
    if parts.is_empty() { "any".to_owned() } else { parts.join(", ") }
}

fn staining(text: &mut String, file: &TableFile) {
    let words = file.staining.words();
    let words: Vec<String> = words.iter().map(|(word, column)| format!("{word} stands for {column}")).collect();
    line!(text, "\n## Scores and their details\n\nWords instead of a score: {}.", words.join("; "));
    line!(text, "\n| Score | Details | Then | Because | Mark |\n|---|---|---|---|---|");
    let mut entry = |entry: &StainingEntry, then: String, policy: bool| {
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

fn details(entry: &StainingEntry) -> String {
    let mut parts = Vec::new();
    let mut some = |name: &str, words: String| {
        if !words.is_empty() {
            parts.push(format!("{name} {words}"));
        }
    };
    some("specimen", list(&entry.kind));
    some("percent", entry.percent.as_ref().map(in_words).unwrap_or_default());
    some("cluster cells", entry.cluster_cells.as_ref().map(in_words).unwrap_or_default());
    some("pattern", list(&entry.pattern));
    some("pattern not", list(&entry.pattern_not));
    some("intensity", list(&entry.intensity));
    some("intensity not", list(&entry.intensity_not));
    some(
        "not sent:",
        entry.not_sent.iter().map(|detail| format!("{detail:?}").to_lowercase()).collect::<Vec<_>>().join(", "),
    );
    if parts.is_empty() { "any".to_owned() } else { parts.join("; ") }
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
            row.id.get_ref(),
            plain(row.ihc.as_deref()),
            plain(row.ish.as_deref()),
            row.recount.as_deref().map_or_else(|| "any".to_owned(), list),
            category(row),
            row.next.0,
            remarks(row),
            row.because
        );
    }
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
            row.id.get_ref(),
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

fn additions(text: &mut String, entries: &[AdditionEntry]) {
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

fn marks(unconfirmed: bool, policy: bool) -> &'static str {
    match (unconfirmed, policy) {
        (false, false) => "",
        (true, false) => "*unconfirmed*",
        (false, true) => "*policy*",
        (true, true) => "*unconfirmed, policy*",
    }
}

fn list<T: std::fmt::Display>(words: &[Word<T>]) -> String {
    words.iter().map(|word| word.0.to_string()).collect::<Vec<_>>().join(", ")
}

fn plain(words: Option<&[String]>) -> String {
    words.map_or_else(|| "any".to_owned(), |words| words.join(", "))
}

/// "2.0 and above", "below 4.0": no sign that could be misread.
fn in_words(ends: &Ends) -> String {
    let said = |end: &Option<super::format::Number>, before: &str, after: &str| {
        end.as_ref().map(|number| format!("{before}{}{after}", number.0.as_sent()))
    };
    [
        said(&ends.at_least, "", " and above"),
        said(&ends.above, "above ", ""),
        said(&ends.below, "below ", ""),
        said(&ends.at_most, "", " and below"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
