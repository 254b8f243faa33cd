//! The proof that a table has no hole and no overlap.
//!
//! Every threshold is probed with its neighbours on both sides, so that each point of the plane lies in exactly one
//! band, and every cell of the product of the columns must have exactly one row. The probe is exact because thresholds
//! have at most three decimals.

use std::collections::{BTreeMap, BTreeSet};

use super::format::TableFile;
use super::translate::{Table, promised};
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use crate::domain::decimal::{Decimal, Quantity};
use crate::domain::evidence::OverallWord;
use crate::domain::finding::Category;
use crate::domain::ish::IshMethod;
use crate::domain::range::Range;
use crate::domain::rulebook::{Axis, IshBand, SecondCount};

type Faults = Vec<(Option<usize>, String)>;

/// A probed number; None: not sent.
type Probe = Option<Quantity>;

/// Everything that is wrong with one table, beyond what its file already shows.
pub(super) fn faults(file: &TableFile, table: &Table) -> Faults {
    let mut faults = Vec::new();
    holes(file, table, &mut faults);
    idle_rows(file, table, &mut faults);
    planes(file, table, &mut faults);
    further_counts(table, &mut faults);
    words(table, &mut faults);
    expressions(file, table, &mut faults);
    comments(file, &mut faults);
    faults
}

fn holes(file: &TableFile, table: &Table, faults: &mut Faults) {
    let mut reported = BTreeSet::new();
    for (ihc, ish, second) in promised(file) {
        if table.set.cells.get(ihc, ish, second).is_none() && reported.insert((ihc, ish)) {
            let recount = if matches!(table.set.ish.second_count, SecondCount::Confirms { .. }) {
                format!(" and recount {second}")
            } else {
                String::new()
            };
            faults
                .push((None, format!("IHC {ihc} with ISH {ish}{recount} is covered by no row, expected exactly one")));
        }
    }
}

/// A row that covers no cell would be read by a clinician and never used.
fn idle_rows(file: &TableFile, table: &Table, faults: &mut Faults) {
    let used: BTreeSet<u16> =
        promised(file).filter_map(|(ihc, ish, second)| table.set.cells.get(ihc, ish, second)).collect();
    let mut seen = BTreeSet::new();
    let ids = file.row.iter().map(|row| row.id.get_ref()).chain(file.word.iter().map(|word| word.id.get_ref()));
    for (at, id) in ids.enumerate() {
        if !seen.insert(id) {
            faults.push((None, format!("row id {id} is used twice")));
        }
        if at < file.row.len() && u16::try_from(at).is_ok_and(|at| !used.contains(&at)) {
            faults.push((None, format!("row {id} covers no cell")));
        }
    }
}

/// Each point of the plane ratio × copies (× percentage of cells) lies in exactly one band.
fn planes(file: &TableFile, table: &Table, faults: &mut Faults) {
    let bands = &table.set.ish.bands;
    for band in bands {
        if !file.ish.columns.iter().any(|column| column.0 == band.column) {
            faults.push((None, format!("a band reads {}, which is no ISH column of this file", band.column)));
        }
    }
    for method in IshMethod::ALL {
        let of_probe: Vec<&IshBand> = bands.iter().filter(|band| band.probe == *method).collect();
        let axes = Axis::ALL.map(|axis| probes(&of_probe, axis, faults));
        let mut wrong = None;
        for ratio in &axes[0] {
            for copies in &axes[1] {
                for percent in &axes[2] {
                    if ratio.is_none() && copies.is_none() && percent.is_none() {
                        continue;
                    }
                    let point = [ratio, copies, percent];
                    let hits: Vec<&&IshBand> = of_probe.iter().filter(|band| holds(band, point)).collect();
                    if hits.len() != 1 && wrong.is_none() {
                        wrong = Some(format!(
                            "{}{} falls in {} ISH groups, expected 1",
                            if *method == IshMethod::Single { "single probe: " } else { "" },
                            in_words(point),
                            hits.len()
                        ));
                    }
                }
            }
        }
        let broken = wrong.is_some();
        faults.extend(wrong.map(|what| (None, what)));
        if !broken {
            incomplete_numbers(table, &of_probe, &axes, faults);
        }
    }
}

fn holds(band: &IshBand, point: [&Probe; 3]) -> bool {
    let at = |axis: Axis| point[axis as usize];
    band.missing.iter().all(|axis| at(*axis).is_none())
        && band
            .ranges
            .iter()
            .all(|(axis, range)| at(*axis).as_ref().is_some_and(|value| range.holds(value) == Some(true)))
}

/// A category that an incomplete ISH gives must be that of every complete one which is still possible.
fn incomplete_numbers(table: &Table, bands: &[&IshBand], axes: &[Vec<Probe>; 3], faults: &mut Faults) {
    let cell = |ihc, ish| {
        let row = table.set.cells.get(ihc, ish, RecountColumn::Missing)?;
        table.set.rows.get(usize::from(row))
    };
    let mut possible: BTreeMap<IshColumn, BTreeSet<IshColumn>> = BTreeMap::new();
    for band in bands.iter().filter(|band| !band.missing.is_empty() && !band.column.is_usable()) {
        let known = IshBand { missing: Vec::new(), ..(*band).clone() };
        for ratio in axes[0].iter().filter(|probe| probe.is_some()) {
            for copies in axes[1].iter().filter(|probe| probe.is_some()) {
                for percent in &axes[2] {
                    let point = [ratio, copies, percent];
                    let complete = bands.iter().find(|other| other.column.is_usable() && holds(other, point));
                    if let (true, Some(complete)) = (holds(&known, point), complete) {
                        possible.entry(band.column).or_default().insert(complete.column);
                    }
                }
            }
        }
    }
    for (incomplete, complete) in possible {
        for ihc in IhcColumn::ALL {
            let Some(row) = cell(*ihc, incomplete) else { continue };
            let other = complete.iter().find(|column| {
                matches!(row.category, Category::Positive | Category::Negative)
                    && cell(*ihc, **column).is_some_and(|other| other.category != row.category)
            });
            if let Some(other) = other {
                faults.push((
                    None,
                    format!(
                        "row {} calls IHC {ihc} with ISH {incomplete} {}, but {other} is still possible and is not",
                        row.id, row.category
                    ),
                ));
            }
        }
    }
}

/// "Not sent", zero, each threshold with both neighbours, and a number beyond all of them.
fn probes(bands: &[&IshBand], axis: Axis, faults: &mut Faults) -> Vec<Probe> {
    let ranges: Vec<&Range> = bands
        .iter()
        .flat_map(|band| &band.ranges)
        .filter(|(named, _)| *named == axis)
        .map(|(_, range)| range)
        .collect();
    let mut points: Vec<Probe> = vec![None];
    let always_possible = axis != Axis::PercentCells;
    if ranges.is_empty() && !always_possible {
        return points;
    }
    points.extend(around(&ranges, faults).into_iter().map(Some));
    points
}

fn around(ranges: &[&Range], faults: &mut Faults) -> Vec<Quantity> {
    let mut thousandths = BTreeSet::from([0_u64, 4_294_967_295]);
    for end in ranges.iter().flat_map(|range| range.ends()) {
        match in_thousandths(end) {
            Some(at) => thousandths.extend([at.saturating_sub(1), at, at + 1]),
            None => faults.push((
                None,
                format!(
                    "threshold {} has more than three decimals or is negative, so it cannot be proved",
                    end.as_sent()
                ),
            )),
        }
    }
    thousandths.into_iter().filter_map(quantity).collect()
}

fn in_thousandths(end: &Decimal) -> Option<u64> {
    let (whole, fraction) = end.as_sent().split_once('.').unwrap_or((end.as_sent(), ""));
    if fraction.len() > 3 {
        return None;
    }
    format!("{whole}{fraction:0<3}").parse().ok()
}

fn quantity(thousandths: u64) -> Option<Quantity> {
    Decimal::parse(&format!("{}.{:03}", thousandths / 1000, thousandths % 1000)).ok().map(Quantity::exact)
}

fn in_words(point: [&Probe; 3]) -> String {
    let said = |name: &str, probe: &Probe, unit: &str| match probe {
        Some(value) => format!("{name}{}{unit}", value.as_sent()),
        None => format!("no {}{unit}", name.trim()),
    };
    let mut text =
        format!("{} with {}", said("ratio ", point[0], ""), said("", point[1], " copies")).replace("no  ", "no ");
    if let Some(percent) = point[2] {
        text.push_str(&format!(" and {} % of cells", percent.as_sent()));
    }
    text
}

/// A further count gives exactly one answer for every ratio.
fn further_counts(table: &Table, faults: &mut Faults) {
    let SecondCount::Settles { ratio, .. } = &table.set.ish.second_count else { return };
    let ranges: Vec<&Range> = ratio.iter().map(|(range, _)| range).collect();
    for point in around(&ranges, faults) {
        let hits = ranges.iter().filter(|range| range.holds(&point) == Some(true)).count();
        if hits != 1 {
            faults
                .push((None, format!("a further count with ratio {} has {hits} answers, expected 1", point.as_sent())));
            return;
        }
    }
}

/// Every tumour of the file has exactly one answer to every word.
fn words(table: &Table, faults: &mut Faults) {
    for (tumour, ..) in &table.applies {
        for word in OverallWord::ALL {
            let rows = table.set.words.iter().filter(|row| row.word == *word && row.tumours.contains(tumour)).count();
            if rows != 1 {
                faults.push((
                    None,
                    format!("the word {word} in {tumour} is covered by {rows} rows, expected exactly one"),
                ));
            }
        }
    }
}

/// Where a file knows label terms, every negative has one.
fn expressions(file: &TableFile, table: &Table, faults: &mut Faults) {
    if file.expression.is_empty() {
        return;
    }
    let mut reported = BTreeSet::new();
    for (ihc, ish, second) in promised(file) {
        let row = table.set.cells.get(ihc, ish, second).and_then(|at| table.set.rows.get(usize::from(at)));
        if row.is_some_and(|row| row.category == Category::Negative)
            && table.set.expressions[ihc as usize].is_none()
            && reported.insert(ihc)
        {
            faults.push((None, format!("IHC {ihc} may be negative but has no expression")));
        }
    }
}

/// A provisional status stands beside an equivocal one, a comment beside a negative one.
fn comments(file: &TableFile, faults: &mut Faults) {
    for row in &file.row {
        let id = row.id.get_ref();
        if row.provisional.is_some() && row.category.0 != Category::Equivocal {
            faults.push((None, format!("row {id} has a provisional status but is not equivocal")));
        }
        if row.comment.is_some() && row.category.0 != Category::Negative {
            faults.push((None, format!("row {id} has a comment but is not negative")));
        }
    }
}
