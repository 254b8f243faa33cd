//! The review sheet of a rule file: the whole of it in Markdown, for the people who sign it, with what has changed since
//! it was last signed.

use std::collections::BTreeSet;

use super::considerations;
use super::considerations_sheet;
use super::entries;
use super::error::RulesError;
use super::files::RuleFile;
use super::format::{CommonFile, Ends, Header, TableFile};
use super::load::{Proof, Proved, load, parse};
use super::order_safety;
use super::order_safety_sheet;
use super::sheet_table::{body, cells, name_of};
use super::sheet_words::{in_words, line, marks};
use super::signoff::{REVIEWERS, Signature, is_signed, signatures, signed_text, valid};
use super::sources::review_due;
use super::translate::{self, Table};

/// The sheet of one rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// `breast-asco-cap-2018.review.md`.
    pub name: String,
    /// Markdown.
    pub text: String,
}

/// Makes Markdown of the text of a file; None if it cannot be read.
type Body = fn(&str) -> Option<String>;

/// The files that are lists of rules and no tables: what stands above the rules, and the rules in Markdown.
const LISTS: [(&str, &str, Body); 2] = [
    (considerations::FILE, considerations_sheet::HEAD, considerations_sheet::body),
    (order_safety::FILE, order_safety_sheet::HEAD, order_safety_sheet::body),
];

/// The sheets of proved files, in name order.
///
/// # Errors
/// [`RulesError::Faults`] if the files are not total: a sheet of a table with holes would be signed by mistake.
pub fn sheets(files: &[RuleFile]) -> Result<Vec<Sheet>, RulesError> {
    load(files)?;
    let parsed = parse(files, Proof::Before, &mut Vec::new());
    let signatures = signatures(files, &mut Vec::new());
    let sheet = |file: &RuleFile, header: &Header, changes: String, body: &str| {
        let mut text = String::new();
        head(&mut text, file, header, &signatures);
        Sheet { name: sheet_name(&file.name), text: format!("{text}{changes}{body}") }
    };
    let mut sheets = Vec::new();
    for Proved { file, mirror, table } in &parsed.tables {
        let (changes, changed) = match last_signed(files, file, &signatures) {
            Last::Text(signed) => table_changes(signed, mirror, table),
            other => (other.in_words(), BTreeSet::new()),
        };
        sheets.push(sheet(file, &mirror.ruleset, changes, &body(mirror, table, &changed)));
    }
    if let Some((file, common)) = &parsed.common {
        let body_of = |text: &str| entries::read::<CommonFile>(text).ok().map(|common| common_body(&common));
        let (changes, body) = by_lines(files, file, &signatures, body_of);
        sheets.push(sheet(file, &common.ruleset, changes, &body));
    }
    for (name, above, body_of) in LISTS {
        let Some(file) = files.iter().find(|file| file.name == name) else { continue };
        let (changes, body) = by_lines(files, file, &signatures, body_of);
        let mut head = String::new();
        who_has_signed(&mut head, file, &signatures);
        let due = review_due(file).ok().flatten().map_or_else(String::new, |(due, _)| format!("Review due {due}.\n"));
        sheets.push(Sheet { name: sheet_name(&file.name), text: format!("{head}{above}\n{due}{changes}{body}") });
    }
    sheets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sheets)
}

fn sheet_name(file: &str) -> String {
    format!("{}.review.md", file.trim_end_matches(".toml"))
}

/// The body of a file without cells, and what has changed in its lines since it was last signed.
fn by_lines(
    files: &[RuleFile],
    file: &RuleFile,
    signatures: &[Signature],
    body_of: impl Fn(&str) -> Option<String>,
) -> (String, String) {
    let body = body_of(&file.text).unwrap_or_default();
    let changes = match last_signed(files, file, signatures) {
        Last::Text(signed) => match body_of(&signed.text) {
            Some(before) => section(&[], &before, &body),
            None => NOT_COMPARABLE.to_owned(),
        },
        other => other.in_words(),
    };
    (changes, body)
}

fn head(text: &mut String, file: &RuleFile, header: &Header, signatures: &[Signature]) {
    who_has_signed(text, file, signatures);
    line!(text, "# {}\n", header.title);
    line!(text, "{}. Sources: {}. Review due {}.", header.guideline, header.cite.join("; "), header.review_due);
    line!(
        text,
        "\nMarks: *unconfirmed* = not yet compared with its source; *policy* = ours, not a guideline's, and needs a clinician's consent."
    );
}

fn who_has_signed(text: &mut String, file: &RuleFile, signatures: &[Signature]) {
    let signers = valid(signatures, file);
    if is_signed(signatures, file) {
        line!(text, "**Signed.** This sheet is generated from `{}`.\n", file.name);
    } else {
        let missing = match signers.len() {
            0 => "No pathologist or oncologist has confirmed this sheet.".to_owned(),
            some => format!("{some} of {REVIEWERS} people have signed this sheet."),
        };
        line!(text, "**UNSIGNED.** {missing} It is generated from `{}`.\n", file.name);
    }
    for one in &signers {
        let registration = one.signer.registration.as_ref().map_or_else(String::new, |number| format!(", {number}"));
        line!(text, "* {}, {}{registration}: {}", one.signer.name, one.signer.role, one.date);
    }
    if !signers.is_empty() {
        line!(text, "");
    }
}

/// What the present text is compared with.
enum Last<'f> {
    Never,
    Unchanged,
    /// Signed, but the text of that time is not at hand.
    Elsewhere,
    Text(&'f RuleFile),
}

fn last_signed<'f>(files: &'f [RuleFile], file: &RuleFile, signatures: &[Signature]) -> Last<'f> {
    match signed_text(files, &file.name) {
        Some(signed) if signed.digest() == file.digest() => Last::Unchanged,
        Some(signed) => Last::Text(signed),
        None if is_signed(signatures, file) => Last::Unchanged,
        None if signatures.iter().any(|one| one.file == file.name && one.digest != file.digest()) => Last::Elsewhere,
        None => Last::Never,
    }
}

impl Last<'_> {
    fn in_words(&self) -> String {
        let said = match self {
            Self::Never => "This file was never signed: every cell is new.",
            Self::Unchanged => "Nothing has changed since this file was signed.",
            Self::Elsewhere => {
                "This file has changed since it was signed. `herald rules sheet` with the folder of the rules lists the cells."
            }
            Self::Text(_) => "",
        };
        format!("{TITLE}{said}\n")
    }
}

const TITLE: &str = "\n## Changed since it was last signed\n\n";
const NOT_COMPARABLE: &str = "\n## Changed since it was last signed\n\nThe text that was signed cannot be compared cell by cell: read the whole sheet.\n";

fn table_changes(signed: &RuleFile, file: &TableFile, table: &Table) -> (String, BTreeSet<super::sheet_table::Cell>) {
    let Ok(before) = entries::read::<TableFile>(&signed.text) else {
        return (NOT_COMPARABLE.to_owned(), BTreeSet::new());
    };
    let old_table = translate::table(&before);
    let (old, new) = (cells(&before, &old_table), cells(file, table));
    let every: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    let changed: BTreeSet<_> = every.into_iter().filter(|cell| old.get(cell) != new.get(cell)).collect();
    let said = |cell: Option<&String>| cell.cloned().unwrap_or_else(|| "no such cell".to_owned());
    let mut lines: Vec<String> = changed
        .iter()
        .map(|cell| format!("| {} | {} | {} |", name_of(file, *cell), said(old.get(cell)), said(new.get(cell))))
        .collect();
    // where the second count is no part of a cell's name, its states would be told as the same line
    lines.dedup();
    let nothing = BTreeSet::new();
    (section(&lines, &body(&before, &old_table, &nothing), &body(file, table, &nothing)), changed)
}

/// Changed cells, and every other line of the sheet that is new or gone.
fn section(cells: &[String], before: &str, now: &str) -> String {
    let mut text = TITLE.to_owned();
    if !cells.is_empty() {
        line!(text, "| Cell | Signed | Now |\n|---|---|---|\n{}\n", cells.join("\n"));
    }
    let (old, new) = (outside_the_grid(before), outside_the_grid(now));
    for (what, lines, others) in [("Gone", &old, &new), ("New", &new, &old)] {
        let only: Vec<&str> = lines.iter().filter(|line| !others.contains(line)).copied().collect();
        if !only.is_empty() {
            line!(text, "{what}:\n");
            only.iter().for_each(|line| {
                line!(text, "* {}", line.trim_matches(|c| c == '|' || c == ' ').replace(" | ", " / "))
            });
            line!(text, "");
        }
    }
    text
}

/// The lines of a body; those of the grid are compared cell by cell.
fn outside_the_grid(body: &str) -> Vec<&str> {
    body.split("\n## ")
        .filter(|part| !part.starts_with("Grid"))
        .flat_map(str::lines)
        .filter(|line| !line.is_empty())
        .collect()
}

fn common_body(file: &CommonFile) -> String {
    let mut text = String::new();
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
    line!(
        text,
        "| Mean copies of HER2 or CEP17 per cell | below {}; more is implausible | *policy* |",
        numbers.most_copies.0.as_sent()
    );
    line!(text, "| Ratio near a threshold | {} | *policy* |", near(&numbers.near_ratio));
    line!(text, "| Copies near a threshold | {} | *policy* |", near(&numbers.near_copies));
    text
}
