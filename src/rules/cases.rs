//! Worked cases beside a rule file, `gastric-cap-2016.cases.csv`: one line for one specimen, with what was reported and the
//! answer that a pathologist expects. A spreadsheet opens them; every line is tried against the tables.

use smol_str::SmolStr;

use std::str::FromStr;

use super::cases_table::{Line, Table};
use super::error::RulesError;
use super::files::RuleFile;
use crate::domain::classify::classify;
use crate::domain::decimal::{Comparator, Decimal, Quantity};
use crate::domain::evidence::{OverallWord, Reading, ResultStatus, SpecimenEvidence, TestResult, TestValue};
use crate::domain::history::History;
use crate::domain::ihc::Ihc;
use crate::domain::ish::{Count, Ish, IshMethod, IshWord, Recount};
use crate::domain::rulebook::Rulebook;
use crate::domain::specimen::Site;
use crate::domain::tumour::TumourClass;

/// How the name of such a file ends.
pub(super) const ENDING: &str = ".cases.csv";

/// The columns, in the order in which they are written. A cell that is left empty was not reported; of an expectation: is not
/// looked at.
pub(super) const COLUMNS: [&str; 30] = [
    "case",
    "tumour",
    "diagnosis",
    "specimen",
    "invasive",
    "scoring",
    "ihc",
    "percent",
    "pattern",
    "intensity",
    "cluster cells",
    "ihc word",
    "second ihc",
    "probe",
    "ratio",
    "her2 copies",
    "cep17 copies",
    "cells",
    "percent of cells with ratio 2",
    "ish word",
    "second ratio",
    "second her2 copies",
    "recount ratio",
    "recount her2 copies",
    "recount cells",
    "recount blinded",
    "laboratory word",
    "category",
    "next step",
    "row",
];

/// Tries every case of `files` against the tables of `book`; the full id of the row that answers each of them.
///
/// # Errors
/// [`RulesError::Faults`] with every case that cannot be read or has another answer, each with file and line.
pub fn check_cases(book: &Rulebook, files: &[RuleFile]) -> Result<Vec<SmolStr>, RulesError> {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        match Table::read(&file.text, &COLUMNS) {
            Err((at, what)) => faults.push(file.fault(at, &what)),
            Ok(table) => {
                for line in &table.lines {
                    match answer(book, file, line) {
                        Ok(row) => rows.push(row),
                        Err(what) => faults.push(file.fault(line.at, &format!("{}: {what}", line.cell("case")))),
                    }
                }
            }
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(RulesError::Faults(faults)) }
}

/// `gastric-cap-2016/IHC-3plus`
fn full_id(file: &RuleFile, row: &str) -> String {
    format!("{}/{row}", file.name.strip_suffix(ENDING).unwrap_or(&file.name))
}

/// The row that answers as the line expects, else what the tables say.
fn answer(book: &Rulebook, file: &RuleFile, line: &Line<'_>) -> Result<SmolStr, String> {
    let specimen = specimen(line)?;
    let finding = classify(book, &specimen, &History::default());
    let row = full_id(file, line.cell("row"));
    let says = [("category", finding.category.as_str()), ("next step", finding.next_step.as_str())];
    let mut wrong: Vec<String> = says
        .into_iter()
        .map(|(column, says)| (column, line.cell(column), says))
        .filter(|(_, expected, says)| expected != says)
        .map(|(column, expected, says)| format!("{column} {expected} is expected, the tables say {says}"))
        .collect();
    if row != *finding.rule {
        wrong.push(format!("row {row} is expected, the tables answer with {}", finding.rule));
    }
    if wrong.is_empty() { Ok(finding.rule) } else { Err(wrong.join("; ")) }
}

/// The specimen that a line tells of.
fn specimen(line: &Line<'_>) -> Result<SpecimenEvidence, String> {
    let mut results: Vec<TestValue> = Vec::new();
    results.extend(ihc(line)?.map(TestValue::Ihc));
    results.extend(word(line, "second ihc")?.map(|score| TestValue::Ihc(Ihc { score: Some(score), ..Ihc::default() })));
    results.extend(ish(line)?.map(|ish| TestValue::Ish(Box::new(ish))));
    results.extend(second_ish(line)?.map(|ish| TestValue::Ish(Box::new(ish))));
    results.extend(word::<OverallWord>(line, "laboratory word")?.map(TestValue::Overall));
    Ok(SpecimenEvidence {
        tumour: required(line, "tumour")?,
        class: diagnosis(line)?,
        reference: Some("Specimen/case".into()),
        collected: None,
        kind: required(line, "specimen")?,
        site: Site::Primary,
        side: None,
        scoring: word(line, "scoring")?,
        invasive: yes_or_no(line, "invasive")?,
        results: (1..).zip(results).map(|(nth, value)| result(nth, value)).collect(),
        excluded: Vec::new(),
        superseded: Vec::new(),
    })
}

fn result(nth: usize, value: TestValue) -> TestResult {
    let reading = Reading { reference: format!("Observation/case{nth}").into(), reads: "a result".into() };
    TestResult { readings: vec![reading], status: ResultStatus::Final, effective: None, text: None, value }
}

fn diagnosis(line: &Line<'_>) -> Result<TumourClass, String> {
    match line.cell("diagnosis") {
        "" => Ok(TumourClass::Applicable),
        "histology not known" => Ok(TumourClass::NeedsHistology),
        "other kind of tumour" => Ok(TumourClass::NotCovered),
        "in situ only" => Ok(TumourClass::InSituOnly),
        other => {
            Err(format!("diagnosis \"{other}\" is none of: histology not known, other kind of tumour, in situ only"))
        }
    }
}

fn ihc(line: &Line<'_>) -> Result<Option<Ihc>, String> {
    let ihc = Ihc {
        score: word(line, "ihc")?,
        percent: number(line, "percent")?,
        pattern: word(line, "pattern")?,
        intensity: word(line, "intensity")?,
        cluster_cells: word(line, "cluster cells")?,
        cluster_bound: None,
        interpretation: word(line, "ihc word")?,
    };
    Ok((ihc != Ihc::default()).then_some(ihc))
}

fn ish(line: &Line<'_>) -> Result<Option<Ish>, String> {
    let count = Count {
        ratio: number(line, "ratio")?,
        her2: number(line, "her2 copies")?,
        cep17: number(line, "cep17 copies")?,
        cells: word(line, "cells")?,
        cells_below: None,
    };
    let recount = Recount {
        count: Count {
            ratio: number(line, "recount ratio")?,
            her2: number(line, "recount her2 copies")?,
            cep17: None,
            cells: word(line, "recount cells")?,
            cells_below: None,
        },
        blinded: yes_or_no(line, "recount blinded")?,
    };
    let ish = Ish {
        method: word(line, "probe")?.unwrap_or(IshMethod::Dual),
        implausible: false, // said of a number that could not be kept; these are, and are judged when they are read
        count,
        percent_cells_ratio_ge_2: number(line, "percent of cells with ratio 2")?,
        interpretation: word::<IshWord>(line, "ish word")?,
        recount: (recount != Recount::default()).then_some(recount),
    };
    Ok((ish != Ish::default()).then_some(ish))
}

/// A second ISH on the same specimen that is no recount of the first, of as many cells.
fn second_ish(line: &Line<'_>) -> Result<Option<Ish>, String> {
    let (ratio, her2) = (number(line, "second ratio")?, number(line, "second her2 copies")?);
    if ratio.is_none() && her2.is_none() {
        return Ok(None);
    }
    let count = Count { ratio, her2, cep17: None, cells: word(line, "cells")?, cells_below: None };
    Ok(Some(Ish { count, ..Ish::default() }))
}

/// The word or whole number of a cell; None for an empty one.
fn word<T: FromStr<Err: std::fmt::Display>>(line: &Line<'_>, column: &str) -> Result<Option<T>, String> {
    let text = line.cell(column);
    let read = |text: &str| text.parse().map_err(|error: T::Err| format!("{column}: {error}"));
    (!text.is_empty()).then(|| read(text)).transpose()
}

fn required<T: FromStr<Err: std::fmt::Display>>(line: &Line<'_>, column: &str) -> Result<T, String> {
    word(line, column)?.ok_or_else(|| format!("{column} is empty"))
}

fn yes_or_no(line: &Line<'_>, column: &str) -> Result<Option<bool>, String> {
    match line.cell(column) {
        "" => Ok(None),
        "yes" => Ok(Some(true)),
        "no" => Ok(Some(false)),
        other => Err(format!("{column}: \"{other}\" is neither yes nor no")),
    }
}

/// A number as a laboratory reports it, or a bound: `2.0`, `<2.0`, `>=6.0`.
fn number(line: &Line<'_>, column: &str) -> Result<Option<Quantity>, String> {
    const BOUNDS: [(&str, Comparator); 4] =
        [("<=", Comparator::AtMost), (">=", Comparator::AtLeast), ("<", Comparator::Below), (">", Comparator::Above)];
    let text = line.cell(column);
    if text.is_empty() {
        return Ok(None);
    }
    let bound = BOUNDS.iter().find_map(|(sign, bound)| Some((*bound, text.strip_prefix(sign)?)));
    let digits = bound.map_or(text, |(_, rest)| rest);
    let number = Decimal::parse(digits).map_err(|error| format!("{column}: \"{text}\" is {error}"))?;
    Ok(Some(Quantity { comparator: bound.map(|(bound, _)| bound), number }))
}
