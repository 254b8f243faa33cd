//! The proof that every score, number, word and second count that a laboratory can send has a column in the table, and
//! that no line of the file about staining is idle or at odds with another one.

use std::collections::BTreeSet;

use super::cell::plain;
use super::entries::{Faults, Placed};
use super::format::{StainingEntry, TableFile, Word};
use super::translate::Table;
use crate::domain::columns::{IhcColumn, IshColumn};
use crate::domain::reach::{Tried, every_slide};
use crate::domain::rulebook::StainingCondition;

/// What any IHC may turn out to be, whatever the scoring system: not done, not assessable, two results that differ.
const ANY_IHC: [IhcColumn; 3] = [IhcColumn::Missing, IhcColumn::Indeterminate, IhcColumn::Conflicting];

/// What any ISH may turn out to be beside its bands: not done, failed, a word, numbers that cannot be used.
const ANY_ISH: [IshColumn; 9] = [
    IshColumn::Missing,
    IshColumn::Failed,
    IshColumn::Conflicting,
    IshColumn::TooFewCells,
    IshColumn::Inconsistent,
    IshColumn::Implausible,
    IshColumn::WordPositive,
    IshColumn::WordNegative,
    IshColumn::WordEquivocal,
];

/// What is wrong with the columns of one table.
pub(super) fn faults(file: &TableFile, table: &Table, faults: &mut Faults) {
    let slides = every_slide(&table.set.staining);
    ihc_columns(file, table, &slides, faults);
    ish_columns(file, faults);
    second_count(file, faults);
    idle_lines(file, table, &slides, faults);
    rival_readings(file, table, &slides, faults);
}

fn ihc_columns(file: &TableFile, table: &Table, slides: &[Tried], faults: &mut Faults) {
    let declared: BTreeSet<IhcColumn> = file.staining.columns.iter().map(|column| column.0).collect();
    let mut reached: BTreeSet<IhcColumn> = ANY_IHC.into_iter().collect();
    reached.extend(file.staining.words().into_iter().map(|(_, column)| column));
    for column in reached.difference(&declared) {
        let what = format!("the IHC column \"{column}\" is left out: an IHC may be {}", plain(column.as_str()));
        faults.push((file.staining.at(), what));
    }
    for tried in slides {
        let column = tried.column(&table.set.staining);
        if reached.insert(column) && !declared.contains(&column) {
            let what = format!("the IHC column \"{column}\" is left out: {} is read as it", in_words(tried));
            faults.push((file.staining.at(), what));
        }
    }
    for column in declared.difference(&reached) {
        faults.push((file.staining.at(), format!("nothing is read as the IHC column \"{column}\"")));
    }
    twice("IHC", &file.staining.columns, file.staining.at(), faults);
}

fn ish_columns(file: &TableFile, faults: &mut Faults) {
    let declared: BTreeSet<IshColumn> = file.ish.columns.iter().map(|column| column.0).collect();
    let mut reached: BTreeSet<IshColumn> = ANY_ISH.into_iter().collect();
    for column in reached.difference(&declared) {
        let what = format!("the ISH column \"{column}\" is left out: an ISH may be {}", plain(column.as_str()));
        faults.push((file.ish.at(), what));
    }
    reached.extend(file.band.iter().map(|band| band.reads.0));
    for column in declared.difference(&reached) {
        faults.push((file.ish.at(), format!("nothing is read as the ISH column \"{column}\"")));
    }
    twice("ISH", &file.ish.columns, file.ish.at(), faults);
}

fn twice<T: Copy + Ord + std::fmt::Display>(axis: &str, columns: &[Word<T>], at: usize, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for column in columns.iter().filter(|column| !seen.insert(column.0)) {
        faults.push((at, format!("the {axis} column \"{}\" stands twice", column.0)));
    }
}

/// A second count may matter, and lead, only where the table has a column.
fn second_count(file: &TableFile, faults: &mut Faults) {
    let Some(recount) = &file.recount else { return };
    let settled = recount.settles.iter().map(|settled| settled.reads);
    for column in recount.ish.iter().copied().chain(settled).filter(|column| !file.ish.columns.contains(column)) {
        faults.push((recount.at(), format!("the recount names {}, which is no ISH column of this file", column.0)));
    }
    for column in recount.ihc.iter().filter(|column| !file.staining.columns.contains(column)) {
        faults.push((recount.at(), format!("the recount names {}, which is no IHC column of this file", column.0)));
    }
    if recount.fewest_cells == 0 {
        faults.push((recount.at(), "a recount of no cells would count".to_owned()));
    }
}

/// A line that holds for no slide would be read by a clinician and never used.
fn idle_lines(file: &TableFile, table: &Table, slides: &[Tried], faults: &mut Faults) {
    let rules = &table.set.staining;
    let mut check = |entry: &Placed<StainingEntry>, condition: &StainingCondition| {
        if !slides.iter().any(|tried| tried.fulfils(rules, condition)) {
            faults.push((entry.at(), format!("\"{}\" holds for no score at all", entry.because)));
        }
    };
    let contradictions = file.contradiction.iter().zip(rules.contradictions.iter().map(|(condition, _)| condition));
    let remarks = file.remark.iter().zip(rules.remarks.iter().map(|(condition, _)| condition));
    let readings = file.reading.iter().zip(rules.readings.iter().map(|(condition, _)| condition));
    let mild = file.mild_contradiction.iter().zip(rules.mild.iter().map(|mild| &mild.condition));
    for (entry, condition) in contradictions.chain(remarks).chain(readings).chain(mild) {
        check(entry, condition);
    }
}

/// Two readings of one slide: which of them holds would depend on their order in the file.
fn rival_readings(file: &TableFile, table: &Table, slides: &[Tried], faults: &mut Faults) {
    let rules = &table.set.staining;
    let mut told = BTreeSet::new();
    for tried in slides.iter().filter(|tried| rules.contradictions.iter().all(|(held, _)| !tried.fulfils(rules, held)))
    {
        let mut held = rules
            .readings
            .iter()
            .zip(&file.reading)
            .filter(|((condition, _), _)| tried.fulfils(rules, condition))
            .map(|((_, column), entry)| (*column, entry));
        let Some((column, _)) = held.next() else { continue };
        let Some((other, entry)) = held.find(|(other, _)| *other != column) else { continue };
        if told.insert(entry.at()) {
            let what = format!("{} is read as \"{column}\" and as \"{other}\", expected one", in_words(tried));
            faults.push((entry.at(), what));
        }
    }
}

fn in_words(tried: &Tried) -> String {
    let ihc = &tried.ihc;
    let parts = [
        Some(format!("IHC {}", tried.score)),
        Some(format!("specimen {}", tried.kind)),
        ihc.percent.as_ref().map(|percent| format!("{} %", percent.as_sent())),
        ihc.cluster_cells.map(|cells| format!("{cells} cells in a cluster")),
        ihc.pattern.map(|pattern| format!("pattern {pattern}")),
        ihc.intensity.map(|intensity| format!("intensity {intensity}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
