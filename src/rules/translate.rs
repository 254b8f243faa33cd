//! From the mirror of a file to the table that the classifier asks. Faults are collected, not stopped at.

use smol_str::{SmolStr, format_smolstr};

use jiff::civil::Date;

use super::cell::in_words as cell_in_words;
use super::entries::{Faults, Placed};
use super::format::{
    AxisName, BandEntry, DetailName, Ends, Header, InsteadOfScore, LabWordName, RecountSection, RowEntry,
    StainingEntry, TableFile, UnknownName, Word, WordEntry,
};
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use crate::domain::finding::{Flag, NextStep};
use crate::domain::range::Range;
use crate::domain::rulebook::{
    Addition, Axis, Cells, Detail, IshBand, IshRules, LabWord, LabelTerm, MildContradiction, Row, RuleSet, RuleSource,
    SecondCount, StainingCondition, StainingRules, Unknown, Voice, WordRow,
};
use crate::domain::specimen::Scoring;
use crate::domain::thresholds::Threshold;
use crate::domain::tumour::Tumour;

/// A table together with what the proof and the sheet need of its file.
pub(super) struct Table {
    pub set: RuleSet,
    pub applies: Vec<(Tumour, Scoring, u8)>,
    pub sources: Vec<(SmolStr, RuleSource)>,
    pub faults: Faults,
}

/// Turns one file into its table.
pub(super) fn table(file: &TableFile) -> Table {
    let mut faults = Vec::new();
    let bands: Vec<IshBand> = file.band.iter().map(|entry| band(entry)).collect();
    let set = RuleSet {
        id: file.ruleset.id.as_str().into(),
        title: file.ruleset.title.as_str().into(),
        staining: staining(file, &mut faults),
        ish: IshRules {
            thresholds: Threshold::all_of(&bands),
            bands,
            equivocal_word: file.ish.equivocal_word.0,
            second_count: second_count(file.recount.as_ref(), &mut faults),
        },
        rows: file.row.iter().map(|row| row_of(&file.ruleset, row)).collect(),
        cells: fill(file, &mut faults),
        words: file.word.iter().map(|word| word_of(file, word)).collect(),
        expressions: expressions(file, &mut faults),
        additions: file.addition.iter().map(|entry| addition(entry)).collect(),
    };
    Table { applies: applies(&file.ruleset), sources: sources(file), set, faults }
}

fn words<T: Copy>(list: &[Word<T>]) -> Vec<T> {
    list.iter().map(|word| word.0).collect()
}

pub(super) fn applies(header: &Header) -> Vec<(Tumour, Scoring, u8)> {
    let each = |group: &Placed<super::format::Applies>| {
        let (scoring, rank) = (group.scoring.0, group.rank);
        group.tumours.iter().map(move |tumour| (tumour.0, scoring, rank)).collect::<Vec<_>>()
    };
    header.applies.iter().flat_map(each).collect()
}

pub(super) fn full_id(header: &Header, row: &str) -> SmolStr {
    format_smolstr!("{}/{row}", header.id)
}

fn row_of(header: &Header, row: &RowEntry) -> Row {
    Row {
        id: full_id(header, &row.id),
        category: row.category.0,
        expression: None,
        provisional: row.provisional.map(|word| word.0),
        next: row.next.0,
        flags: words(&row.flags),
        comment: row.comment.map(|word| word.0),
    }
}

fn word_of(file: &TableFile, entry: &WordEntry) -> WordRow {
    let tumours = if entry.tumours.is_empty() {
        applies(&file.ruleset).into_iter().map(|(tumour, ..)| tumour).collect()
    } else {
        words(&entry.tumours)
    };
    WordRow {
        word: entry.word.0,
        tumours,
        row: Row {
            id: full_id(&file.ruleset, &entry.id),
            category: entry.category.0,
            expression: entry.expression.map(|word| word.0),
            provisional: None,
            next: entry.next.0,
            flags: words(&entry.flags),
            comment: None,
        },
    }
}

fn staining(file: &TableFile, faults: &mut Faults) -> StainingRules {
    let mut flagged = |entries: &[Placed<StainingEntry>], what: &str| -> Vec<(StainingCondition, Flag)> {
        entries
            .iter()
            .filter_map(|entry| match entry.flag {
                Some(flag) => Some((condition(entry), flag.0)),
                None => {
                    faults.push((entry.at(), format!("the {what} \"{}\" names no flag", entry.because)));
                    None
                }
            })
            .collect()
    };
    let contradictions = flagged(&file.contradiction, "contradiction");
    let remarks = flagged(&file.remark, "remark");
    let mut read = |entry: &Placed<StainingEntry>| match entry.reads {
        Some(column) => {
            if !file.staining.columns.contains(&column) {
                let what = format!("\"{}\" reads {}, which is no IHC column of this file", entry.because, column.0);
                faults.push((entry.at(), what));
            }
            Some((condition(entry), column.0))
        }
        None => {
            faults.push((entry.at(), format!("the reading \"{}\" names no column", entry.because)));
            None
        }
    };
    let mild = file.mild_contradiction.as_ref().and_then(|entry| {
        let next = entry.next.map_or(NextStep::None, |word| word.0);
        read(entry).map(|(condition, column)| MildContradiction { condition, column, next })
    });
    let readings = file.reading.iter().filter_map(&mut read).collect();
    let details = file.contradiction.iter().chain(&file.remark).chain(&file.reading);
    for entry in details.filter(|entry| entry.next.is_some()) {
        faults.push((entry.at(), format!("\"{}\" names a step; only a mild contradiction may", entry.because)));
    }
    for (_, column) in file.staining.words() {
        if !words(&file.staining.columns).contains(&column) {
            let what = format!("an IHC word stands for {column}, which is no IHC column of this file");
            faults.push((file.staining.at(), what));
        }
    }
    StainingRules { contradictions, mild, remarks, readings, words: file.staining.words() }
}

fn range(ends: Option<&Ends>) -> Option<Range> {
    ends.cloned().map(Range::from)
}

fn condition(entry: &StainingEntry) -> StainingCondition {
    StainingCondition {
        score: words(&entry.score),
        kind: words(&entry.kind),
        percent: range(entry.percent.as_ref()),
        cluster_cells: range(entry.cluster_cells.as_ref()),
        pattern: words(&entry.pattern),
        pattern_not: words(&entry.pattern_not),
        intensity: words(&entry.intensity),
        intensity_not: words(&entry.intensity_not),
        not_sent: entry
            .not_sent
            .iter()
            .map(|detail| match detail {
                DetailName::Percent => Detail::Percent,
                DetailName::Pattern => Detail::Pattern,
                DetailName::Intensity => Detail::Intensity,
            })
            .collect(),
    }
}

fn band(entry: &BandEntry) -> IshBand {
    let axes = [(Axis::Ratio, &entry.ratio), (Axis::Copies, &entry.copies), (Axis::PercentCells, &entry.percent_cells)];
    IshBand {
        column: entry.reads.0,
        probe: entry.probe.0,
        missing: entry.missing.iter().copied().map(axis).collect(),
        ranges: axes.into_iter().filter_map(|(axis, ends)| Some((axis, range(ends.as_ref())?))).collect(),
        lab_word: match entry.lab_word {
            None => LabWord::NotCompared,
            Some(LabWordName::Positive) => LabWord::Positive,
            Some(LabWordName::Negative) => LabWord::Negative,
            Some(LabWordName::Category) => LabWord::Category,
        },
        unconfirmed: entry.status.is_some(),
    }
}

const fn axis(name: AxisName) -> Axis {
    match name {
        AxisName::Ratio => Axis::Ratio,
        AxisName::Copies => Axis::Copies,
        AxisName::PercentCells => Axis::PercentCells,
    }
}

fn second_count(section: Option<&Placed<RecountSection>>, faults: &mut Faults) -> SecondCount {
    let Some(section) = section else { return SecondCount::Unused };
    if section.settles.is_empty() {
        return SecondCount::Confirms {
            ihc: words(&section.ihc),
            ish: words(&section.ish),
            fewest_cells: section.fewest_cells,
        };
    }
    let [open] = section.ish.as_slice() else {
        faults.push((section.at(), "a recount that settles names exactly one ISH column".to_owned()));
        return SecondCount::Unused;
    };
    SecondCount::Settles {
        ish: open.0,
        fewest_cells: section.fewest_cells,
        ratio: section.settles.iter().map(|entry| (entry.ratio.clone().into(), entry.reads.0)).collect(),
    }
}

/// Puts every row into its cells; a cell that is taken twice is a fault of the later row.
fn fill(file: &TableFile, faults: &mut Faults) -> Cells {
    let mut cells = Cells::empty();
    let (all_ihc, all_ish) = (words(&file.staining.columns), words(&file.ish.columns));
    for (at, row) in file.row.iter().enumerate() {
        let mut unknown = |axis: &str, word: &str| {
            faults.push((row.at(), format!("row {} names unknown {axis} column \"{word}\"", row.id)));
        };
        let ihc = columns(row.ihc.as_deref(), &all_ihc, &file.names.ihc);
        let ihc = ihc.inspect_err(|word| unknown("IHC", word)).unwrap_or_default();
        let ish = columns(row.ish.as_deref(), &all_ish, &file.names.ish);
        let ish = ish.inspect_err(|word| unknown("ISH", word)).unwrap_or_default();
        let recount = row.recount.as_deref().map_or_else(|| RecountColumn::ALL.to_vec(), words);
        let Ok(number) = u16::try_from(at) else { continue };
        for (ihc, ish) in ihc.iter().flat_map(|ihc| ish.iter().map(move |ish| (*ihc, *ish))) {
            let twice: Vec<(RecountColumn, u16)> =
                recount.iter().filter_map(|second| Some((*second, cells.put(ihc, ish, *second, number)?))).collect();
            let Some((_, other)) = twice.first() else { continue };
            let other = file.row.get(usize::from(*other)).map_or("", |other| &*other.id);
            let seconds: Vec<RecountColumn> = twice.iter().map(|(second, _)| *second).collect();
            let cell = cell_in_words(file, ihc, ish, &seconds);
            faults.push((row.at(), format!("two rows for {cell}: {other} and {}, expected exactly one", row.id)));
        }
    }
    cells
}

/// Columns by their words or by the short names of the file. A column that is left out is covered whole.
fn columns<T: Copy + PartialEq + std::str::FromStr>(
    named: Option<&[String]>,
    all: &[T],
    names: &std::collections::BTreeMap<String, Vec<Word<T>>>,
) -> Result<Vec<T>, String> {
    let Some(named) = named else { return Ok(all.to_vec()) };
    let mut columns = Vec::new();
    for name in named {
        let these = match (names.get(name), name.parse::<T>()) {
            (Some(several), _) => words(several),
            (None, Ok(column)) => vec![column],
            (None, Err(_)) => return Err(name.clone()),
        };
        if these.iter().any(|column| !all.contains(column)) {
            return Err(name.clone());
        }
        columns.extend(these);
    }
    Ok(columns)
}

fn expressions(file: &TableFile, faults: &mut Faults) -> Vec<Option<LabelTerm>> {
    let mut by_column = vec![None; IhcColumn::ALL.len()];
    for entry in &file.expression {
        for column in &entry.ihc {
            let cell = &mut by_column[column.0 as usize];
            let (expression, next) = (entry.expression.0, entry.next.0);
            if cell.replace(LabelTerm { expression, next, unconfirmed: entry.status.is_some() }).is_some() {
                faults.push((entry.at(), format!("IHC {} has two expressions, expected one", column.0)));
            }
        }
    }
    by_column
}

fn addition(entry: &super::format::AdditionEntry) -> Addition {
    Addition {
        tumours: words(&entry.tumours),
        category: words(&entry.category),
        ihc: words(&entry.ihc),
        percent: range(entry.percent.as_ref()),
        voice: entry.instead_of_score.map(|InsteadOfScore::Word| Voice::Word),
        unknown: entry
            .unknown
            .iter()
            .map(|name| match name {
                UnknownName::Ras => Unknown::Ras,
                UnknownName::Erbb2Mutation => Unknown::Erbb2Mutation,
            })
            .collect(),
        next: entry.next.map_or(NextStep::None, |word| word.0),
        flags: words(&entry.flags),
        unconfirmed: entry.status.is_some(),
    }
}

/// Where each row of the file comes from.
fn sources(file: &TableFile) -> Vec<(SmolStr, RuleSource)> {
    let rows = file.row.iter().map(|row| {
        let source = source(&file.ruleset, row.cite.as_deref(), &row.because, row.status.is_some(), row.policy);
        (full_id(&file.ruleset, &row.id), source)
    });
    let words = file
        .word
        .iter()
        .map(|word| (full_id(&file.ruleset, &word.id), source(&file.ruleset, None, &word.because, false, true)));
    rows.chain(words).collect()
}

pub(super) fn source(
    header: &Header,
    cite: Option<&[String]>,
    because: &str,
    unconfirmed: bool,
    policy: bool,
) -> RuleSource {
    RuleSource {
        guideline: header.guideline.as_str().into(),
        cite: cite.unwrap_or(&header.cite).iter().map(|cite| cite.as_str().into()).collect(),
        because: because.into(),
        unconfirmed,
        policy,
        review_due: review_due(header).unwrap_or(Date::MAX),
    }
}

pub(super) fn review_due(header: &Header) -> Option<Date> {
    header.review_due.to_string().parse().ok()
}

/// Cells that a file promises to cover.
pub(super) fn promised(file: &TableFile) -> impl Iterator<Item = (IhcColumn, IshColumn, RecountColumn)> {
    let ish = words(&file.ish.columns);
    words(&file.staining.columns).into_iter().flat_map(move |ihc| {
        let ish = ish.clone();
        ish.into_iter().flat_map(move |ish| RecountColumn::ALL.iter().map(move |second| (ihc, ish, *second)))
    })
}
