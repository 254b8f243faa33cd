//! The proof that ISH numbers lead to exactly one column, whichever of them were sent.
//!
//! Every threshold is probed with its neighbours on both sides, together with "not sent", so that each point of the plane
//! lies in exactly one band. The probe is exact because thresholds have at most three decimals.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::{Faults, Placed};
use super::format::{BandEntry, TableFile};
use super::translate::Table;
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use crate::domain::decimal::{Decimal, Quantity};
use crate::domain::finding::Category;
use crate::domain::ish::IshMethod;
use crate::domain::range::Range;
use crate::domain::rulebook::{Axis, IshBand, SecondCount};

/// A probed number; None: not sent.
type Probe = Option<Quantity>;

/// A band with its entry in the file.
type Entry<'f> = (&'f IshBand, &'f Placed<BandEntry>);

/// What is wrong with the bands of a table, and with the count of further cells that settles what they leave open.
pub(super) fn faults(file: &TableFile, table: &Table, faults: &mut Faults) {
    for band in &file.band {
        if !file.ish.columns.contains(&band.reads) {
            let what = format!("a band reads {}, which is no ISH column of this file", band.reads.0);
            faults.push((band.at(), what));
        }
    }
    for method in IshMethod::ALL {
        let bands: Vec<Entry<'_>> =
            table.set.ish.bands.iter().zip(&file.band).filter(|(band, _)| band.probe == *method).collect();
        let begin = bands.first().map_or(file.ish.at(), |(_, entry)| entry.at());
        let axes = Axis::ALL.map(|axis| probes(&bands, axis, faults));
        if covered_once(&bands, *method, &axes, begin, faults) {
            incomplete_numbers(table, &bands, &axes, faults);
        }
    }
    further_counts(file, table, faults);
}

/// Each point lies in exactly one band, and each band has a point. The first hole and the first overlap are told.
fn covered_once(
    bands: &[Entry<'_>],
    method: IshMethod,
    axes: &[Vec<Probe>; 3],
    begin: usize,
    faults: &mut Faults,
) -> bool {
    let probe = if method == IshMethod::Single { "single probe: " } else { "" };
    let (mut hole, mut overlap, mut used) = (None, None, BTreeSet::new());
    for point in points(axes) {
        let hits: Vec<&Entry<'_>> = bands.iter().filter(|(band, _)| holds(band, point)).collect();
        used.extend(hits.iter().map(|(_, entry)| entry.at()));
        match hits.as_slice() {
            [_] => {}
            [] => drop(hole.get_or_insert((begin, point, 0))),
            [.., (_, last)] => drop(overlap.get_or_insert((last.at(), point, hits.len()))),
        }
    }
    let wrong: Vec<_> = [hole, overlap].into_iter().flatten().collect();
    for (at, point, hits) in &wrong {
        faults.push((*at, format!("{probe}{} falls in {hits} ISH groups, expected 1", in_words(*point))));
    }
    for (band, entry) in bands.iter().filter(|(_, entry)| !used.contains(&entry.at())) {
        faults.push((entry.at(), format!("the band {} holds no number at all", band.column)));
    }
    wrong.is_empty()
}

/// Every combination of probes but "nothing sent".
fn points(axes: &[Vec<Probe>; 3]) -> impl Iterator<Item = [&Probe; 3]> {
    let [ratios, copies, percents] = axes;
    let all = ratios.iter().flat_map(move |ratio| {
        copies.iter().flat_map(move |copies| percents.iter().map(move |percent| [ratio, copies, percent]))
    });
    all.filter(|point| point.iter().any(|probe| probe.is_some()))
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
fn incomplete_numbers(table: &Table, bands: &[Entry<'_>], axes: &[Vec<Probe>; 3], faults: &mut Faults) {
    let cell = |ihc, ish| {
        let row = table.set.cells.get(ihc, ish, RecountColumn::Missing)?;
        table.set.rows.get(usize::from(row))
    };
    let mut possible: BTreeMap<IshColumn, (usize, BTreeSet<IshColumn>)> = BTreeMap::new();
    for (band, entry) in bands.iter().filter(|(band, _)| !band.missing.is_empty()) {
        let known = IshBand { missing: Vec::new(), ..(*band).clone() };
        for point in points(axes) {
            let complete = bands.iter().find(|(other, _)| other.column.is_usable() && holds(other, point));
            if let (true, Some((complete, _))) = (holds(&known, point), complete) {
                possible.entry(band.column).or_insert((entry.at(), BTreeSet::new())).1.insert(complete.column);
            }
        }
    }
    for (incomplete, (at, complete)) in possible {
        for ihc in IhcColumn::ALL {
            let Some(row) = cell(*ihc, incomplete) else { continue };
            let other = complete.iter().find(|column| {
                matches!(row.category, Category::Positive | Category::Negative)
                    && cell(*ihc, **column).is_some_and(|other| other.category != row.category)
            });
            if let Some(other) = other {
                faults.push((
                    at,
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
fn probes(bands: &[Entry<'_>], axis: Axis, faults: &mut Faults) -> Vec<Probe> {
    let ranges: Vec<(usize, &Range)> = bands
        .iter()
        .flat_map(|(band, entry)| band.ranges.iter().map(|(named, range)| (entry.at(), *named, range)))
        .filter(|(_, named, _)| *named == axis)
        .map(|(at, _, range)| (at, range))
        .collect();
    let mut points: Vec<Probe> = vec![None];
    let always_possible = axis != Axis::PercentCells;
    if ranges.is_empty() && !always_possible {
        return points;
    }
    points.extend(around(&ranges, faults).into_iter().map(Some));
    points
}

fn around(ranges: &[(usize, &Range)], faults: &mut Faults) -> Vec<Quantity> {
    let mut thousandths = BTreeSet::from([0_u64, 4_294_967_295]);
    for (at, end) in ranges.iter().flat_map(|(at, range)| range.ends().map(move |end| (*at, end))) {
        match in_thousandths(end) {
            Some(end) => thousandths.extend([end.saturating_sub(1), end, end + 1]),
            None => faults.push((
                at,
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
fn further_counts(file: &TableFile, table: &Table, faults: &mut Faults) {
    let (SecondCount::Settles { ratio, .. }, Some(section)) = (&table.set.ish.second_count, &file.recount) else {
        return;
    };
    let ranges: Vec<(usize, &Range)> = ratio.iter().map(|(range, _)| (section.at(), range)).collect();
    for point in around(&ranges, faults) {
        let hits = ranges.iter().filter(|(_, range)| range.holds(&point) == Some(true)).count();
        if hits != 1 {
            faults.push((
                section.at(),
                format!("a further count with ratio {} has {hits} answers, expected 1", point.as_sent()),
            ));
            return;
        }
    }
}
