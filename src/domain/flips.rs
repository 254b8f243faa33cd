//! What would change the answer: one value moved to its nearest threshold, one score or test more, re-classified by the
//! same tables. Only changes that a test could bring; nearest first; at most five.

use super::classify::classify;
use super::decimal::{Decimal, Quantity};
use super::evidence::{ResultStatus, SpecimenEvidence, TestResult, TestValue};
use super::exact::Exact;
use super::finding::{Finding, Flip, NextStep};
use super::history::History;
use super::ihc::{Ihc, IhcScore};
use super::ish::{Count, Ish, IshMethod, Recount};
use super::range::Range;
use super::rulebook::{Axis, IshBand, RuleSet, Rulebook};

/// More would be a list, not a hint.
const MOST: usize = 5;

/// Single changes of a value that would change the category of `finding`. Separate from [`classify`], since each of them
/// costs one classification.
#[must_use]
pub fn flips(rules: &Rulebook, specimen: &SpecimenEvidence, history: &History, finding: &Finding) -> Vec<Flip> {
    let set = rules
        .systems_of(specimen.tumour)
        .iter()
        .find(|(system, _)| *system == finding.scoring)
        .and_then(|(_, at)| rules.sets.get(*at));
    let Some(set) = set else { return Vec::new() };
    let mut flips: Vec<Flip> = Vec::new();
    for (change, changed) in changes(set, specimen, finding) {
        let found = classify(rules, &changed, history);
        if found.category != finding.category && flips.len() < MOST {
            flips.push(Flip { change: change.into(), category: found.category, rule: found.rule });
        }
    }
    flips
}

type Change = (String, SpecimenEvidence);

fn changes(set: &RuleSet, specimen: &SpecimenEvidence, finding: &Finding) -> Vec<Change> {
    let mut changes = Vec::new();
    let only = |is: fn(&TestValue) -> bool| {
        let mut at = specimen.results.iter().enumerate().filter(|(_, result)| is(&result.value)).map(|(at, _)| at);
        at.next().filter(|_| at.next().is_none())
    };
    let ihc = only(|value| matches!(value, TestValue::Ihc(_) | TestValue::Contradictory(_)));
    let ish = only(|value| matches!(value, TestValue::Ish(_) | TestValue::Contradictory(_)));
    let shown = finding.ish.as_ref().map(|shown| &shown.ish);
    if let (Some(at), Some(sent)) = (ish, shown) {
        if finding.next_step == NextStep::BlindedRecount {
            changes.extend(confirmed(sent).map(|ish| {
                (
                    "a blinded second count in the same group".to_owned(),
                    with(specimen, at, TestValue::Ish(Box::new(ish))),
                )
            }));
        }
        for (change, ish) in moved_numbers(set, sent) {
            changes.push((change, with(specimen, at, TestValue::Ish(Box::new(ish)))));
        }
    }
    if let (None, NextStep::ReflexIsh | NextStep::ReflexIshOrNewSpecimen) = (shown, finding.next_step) {
        let usable = |band: &&IshBand| {
            band.probe == IshMethod::Dual
                && band.column.is_usable()
                && band.missing.is_empty()
                && !band.ranges.is_empty()
        };
        for band in set.ish.bands.iter().filter(usable) {
            changes.push((in_words(band), with_more(specimen, TestValue::Ish(Box::new(inside(band))))));
        }
    }
    if let (Some(at), Some(score)) = (ihc, finding.ihc.as_ref().and_then(|ihc| ihc.score)) {
        for other in neighbours(score) {
            let ihc = Ihc { score: Some(*other), ..Ihc::default() };
            changes.push((format!("IHC {other}"), with(specimen, at, TestValue::Ihc(ihc))));
        }
    }
    changes
}

const fn neighbours(score: IhcScore) -> &'static [IhcScore] {
    match score {
        IhcScore::Zero => &[IhcScore::OnePlus, IhcScore::TwoPlus],
        IhcScore::OnePlus => &[IhcScore::TwoPlus, IhcScore::Zero],
        IhcScore::TwoPlus => &[IhcScore::ThreePlus, IhcScore::OnePlus],
        IhcScore::ThreePlus => &[IhcScore::TwoPlus],
        IhcScore::Indeterminate => &[],
    }
}

fn with(specimen: &SpecimenEvidence, at: usize, value: TestValue) -> SpecimenEvidence {
    let mut changed = specimen.clone();
    if let Some(result) = changed.results.get_mut(at) {
        result.value = value;
    }
    changed
}

fn with_more(specimen: &SpecimenEvidence, value: TestValue) -> SpecimenEvidence {
    let mut changed = specimen.clone();
    changed.results.push(TestResult {
        readings: Vec::new(),
        status: ResultStatus::Final,
        effective: None,
        text: None,
        value,
    });
    changed
}

/// A second count that finds what the first one found.
fn confirmed(first: &Ish) -> Option<Ish> {
    let count = Count { cells: first.count.cells.or(Some(20)), ..first.count.clone() };
    first.count.her2.as_ref()?;
    Some(Ish { recount: Some(Recount { count, blinded: Some(true) }), ..first.clone() })
}

/// Ratio and copies moved just across each threshold, the nearest first. CEP17 and the laboratory's word are left out,
/// since both would have changed with the number.
fn moved_numbers(set: &RuleSet, sent: &Ish) -> Vec<(String, Ish)> {
    let mut moved: Vec<(Exact, String, Ish)> = Vec::new();
    for (axis, name) in [(Axis::Ratio, "HER2/CEP17 ratio"), (Axis::Copies, "HER2 copies")] {
        let value = match axis {
            Axis::Ratio => sent.count.ratio.as_ref(),
            Axis::Copies | Axis::PercentCells => sent.count.her2.as_ref(),
        };
        let Some(number) = value.and_then(Quantity::as_number) else { continue };
        let ranges = set.ish.bands.iter().filter(|band| band.probe == sent.method).flat_map(|band| &band.ranges);
        for range in ranges.filter(|(named, _)| *named == axis).map(|(_, range)| range) {
            for (text, target) in across(range, number) {
                let change = format!("{name} {text}");
                if moved.iter().any(|(_, known, _)| *known == change) {
                    continue;
                }
                let mut ish = Ish { interpretation: None, recount: None, ..sent.clone() };
                ish.count.cep17 = None;
                let target_quantity = Some(Quantity::exact(target.clone()));
                match axis {
                    Axis::Ratio => ish.count.ratio = target_quantity,
                    Axis::Copies | Axis::PercentCells => ish.count.her2 = target_quantity,
                }
                moved.push((distance(number, &target), change, ish));
            }
        }
    }
    moved.sort_by(|a, b| a.0.cmp(&b.0));
    moved.into_iter().map(|(_, change, ish)| (change, ish)).collect()
}

/// The other side of each end of the range, seen from `number`.
fn across(range: &Range, number: &Decimal) -> Vec<(String, Decimal)> {
    let mut sides = Vec::new();
    for end in [&range.at_least, &range.below].into_iter().flatten() {
        if number < end {
            sides.push((format!("{} or more", end.as_sent()), end.clone()));
        } else {
            sides.extend(just_below(end).map(|target| (format!("below {}", end.as_sent()), target)));
        }
    }
    for end in [&range.above, &range.at_most].into_iter().flatten() {
        if number > end {
            sides.push((format!("{} or less", end.as_sent()), end.clone()));
        } else {
            sides.extend(just_above(end).map(|target| (format!("above {}", end.as_sent()), target)));
        }
    }
    sides
}

fn just_below(end: &Decimal) -> Option<Decimal> {
    shifted(end, "0.999")
}

fn just_above(end: &Decimal) -> Option<Decimal> {
    shifted(end, "1.001")
}

/// The end times a factor next to one: near enough to lie in the neighbouring band, and positive.
fn shifted(end: &Decimal, factor: &str) -> Option<Decimal> {
    let inverse = Decimal::quotient(&Decimal::from(1), &Decimal::parse(factor).ok()?, 9)?;
    Decimal::quotient(end, &inverse, 9)
}

fn distance(from: &Decimal, to: &Decimal) -> Exact {
    from.value().minus(to.value()).abs()
}

/// Numbers that lie in the band.
fn inside(band: &IshBand) -> Ish {
    let mut ish = Ish::default();
    ish.count.cells = Some(20);
    for (axis, range) in &band.ranges {
        let number = match (&range.at_least, &range.above, &range.below, &range.at_most) {
            (Some(end), ..) | (None, None, None, Some(end)) => Some(end.clone()),
            (None, Some(end), ..) => just_above(end),
            (None, None, Some(end), _) => just_below(end),
            (None, None, None, None) => None,
        };
        let number = number.map(Quantity::exact);
        match axis {
            Axis::Ratio => ish.count.ratio = number,
            Axis::Copies => ish.count.her2 = number,
            Axis::PercentCells => ish.percent_cells_ratio_ge_2 = number,
        }
    }
    ish
}

fn in_words(band: &IshBand) -> String {
    let part = |(axis, range): &(Axis, Range)| {
        let name = match axis {
            Axis::Ratio => "ratio",
            Axis::Copies => "HER2 copies",
            Axis::PercentCells => "percent of cells",
        };
        let end = |end: &Option<Decimal>, before: &str, after: &str| {
            end.as_ref().map(|end| format!("{before}{}{after}", end.as_sent()))
        };
        let ends = [
            end(&range.at_least, "", " or more"),
            end(&range.above, "above ", ""),
            end(&range.below, "below ", ""),
            end(&range.at_most, "", " or less"),
        ];
        format!("{name} {}", ends.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    };
    format!("ISH with {}", band.ranges.iter().map(part).collect::<Vec<_>>().join(", "))
}
