//! The single values that another test could bring to a specimen: a number moved across its threshold, a score beside the
//! one that was given, or what the next step asks for.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::decimal::{Decimal, Quantity};
use super::evidence::SpecimenEvidence;
use super::exact::Exact;
use super::finding::{Basis, Finding, NextStep};
use super::ihc::{Ihc, IhcScore};
use super::ish::{Count, Ish, IshMethod, Recount};
use super::ish_reading::Point;
use super::range::Range;
use super::resolve::{Counted, IhcCounted};
use super::rulebook::{Axis, IshBand, RuleSet, Rulebook};
use super::specimen::{Scoring, SpecimenKind};
use super::thresholds::{Side, just_above, just_below};

/// One value that another test could bring.
pub(super) struct Change<'r> {
    /// `HER2/CEP17 ratio 2.0 or more`
    pub words: Cow<'r, str>,
    pub value: Value,
    /// A number of the ISH that moved, and the way it went.
    pub moved: Option<(Axis, Ordering)>,
}

impl<'r> Change<'r> {
    const fn to(words: Cow<'r, str>, value: Value) -> Self {
        Self { words, value, moved: None }
    }
}

/// What would be there instead, or beside the other results.
pub(super) enum Value {
    Ihc(IhcScore, Ihc),
    Ish(Box<Ish>),
    Kind(SpecimenKind),
    Scoring(Scoring),
}

/// Every change that is tried, nearest first. None where the specimen has no result to begin with, or its tumour no table.
pub(super) fn changes<'r>(
    rules: &'r Rulebook,
    specimen: &SpecimenEvidence,
    counted: &Counted<'_>,
    finding: &Finding,
) -> Vec<Change<'r>> {
    let mut changes = Vec::new();
    let systems = rules.systems_of(specimen.tumour);
    let system = systems.iter().find(|(system, _)| *system == finding.scoring).or(systems.first());
    let Some(set) = system.and_then(|(_, at)| rules.sets.get(*at)).filter(|_| finding.basis != Basis::Nothing) else {
        return changes;
    };
    asked_for(systems, set, counted, finding, &mut changes);
    let of_ish = |words, ish| Change::to(words, Value::Ish(Box::new(ish)));
    if let ([only], Some(sent)) = (counted.ish.as_slice(), finding.ish.as_ref().map(|shown| &shown.ish))
        && only.ish.is_some()
    {
        if finding.next_step == NextStep::BlindedRecount {
            let words = "a blinded second count in the same group";
            changes.extend(confirmed(sent).map(|ish| of_ish(words.into(), ish)));
        }
        changes.extend(missing_numbers(set, sent, finding.next_step).map(|(words, ish)| of_ish(words.into(), ish)));
        changes.extend(
            moved_numbers(set, sent)
                .map(|(moved, words, ish)| Change { moved: Some(moved), ..of_ish(words.into(), ish) }),
        );
    }
    let awaits_ish = matches!(
        finding.next_step,
        NextStep::ReflexIsh
            | NextStep::ReflexIshOrNewSpecimen
            | NextStep::AwaitIsh
            | NextStep::OptionalIshTrialOnly
            | NextStep::RepeatIhcAndIsh
    );
    if finding.ish.is_none() && awaits_ish {
        let usable = |band: &&IshBand| {
            band.probe == IshMethod::Dual
                && band.column.is_usable()
                && band.missing.is_empty()
                && !band.ranges.is_empty()
        };
        let bands = set.ish.bands.iter().filter(usable);
        changes.extend(bands.map(|band| of_ish(in_words(band).into(), inside(band))));
    }
    let scores: &[IhcScore] = match counted.ihc {
        IhcCounted::Score(score, _) => neighbours(score),
        IhcCounted::None => &[IhcScore::ThreePlus, IhcScore::TwoPlus, IhcScore::OnePlus],
        IhcCounted::NotAssessable | IhcCounted::Word(..) | IhcCounted::ZeroAndOne | IhcCounted::Conflicting => &[],
    };
    // of a score that was not given no details are known
    changes.extend(scores.iter().map(|score| Change::to(words_of(*score).into(), Value::Ihc(*score, Ihc::default()))));
    changes
}

const fn words_of(score: IhcScore) -> &'static str {
    match score {
        IhcScore::Zero => "IHC 0",
        IhcScore::OnePlus => "IHC 1+",
        IhcScore::TwoPlus => "IHC 2+",
        IhcScore::ThreePlus => "IHC 3+",
        IhcScore::Indeterminate => "IHC indeterminate",
    }
}

/// What the next step asks for, and any percentage that the table reads for this score.
fn asked_for(
    systems: &[(Scoring, usize)],
    set: &RuleSet,
    counted: &Counted<'_>,
    finding: &Finding,
    changes: &mut Vec<Change<'_>>,
) {
    if finding.scoring == Scoring::Unknown {
        changes.extend(
            systems
                .iter()
                .map(|(system, _)| Change::to(format!("scoring system {system}").into(), Value::Scoring(*system))),
        );
    }
    if finding.next_step == NextStep::ObtainSpecimenType {
        changes.extend(
            [SpecimenKind::Biopsy, SpecimenKind::Resection]
                .map(|kind| Change::to(format!("the specimen is a {kind}").into(), Value::Kind(kind))),
        );
    }
    let IhcCounted::Score(score, ihc) = counted.ihc else { return };
    if finding.next_step != NextStep::ObtainPercentage && ihc.percent.is_none() {
        return;
    }
    let is_about = |kinds: &[SpecimenKind]| kinds.is_empty() || kinds.contains(&finding.kind);
    let read = set.staining.readings.iter().map(|(condition, _)| condition);
    for range in read
        .filter(|condition| condition.score.contains(&score) && is_about(&condition.kind))
        .filter_map(|condition| condition.percent.as_ref())
    {
        let percent = within(range).map(Quantity::exact);
        changes.push(Change::to(
            format!("percentage of stained cells {range}").into(),
            Value::Ihc(score, Ihc { percent, ..ihc.clone() }),
        ));
    }
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

/// A second count that finds what the first one found.
fn confirmed(first: &Ish) -> Option<Ish> {
    let count = Count { cells: first.count.cells.or(Some(20)), ..first.count.clone() };
    first.count.her2.as_ref()?;
    Some(Ish { recount: Some(Recount { count, blinded: Some(true) }), ..first.clone() })
}

/// The number that the next step asks for, in each band that the other numbers leave open.
fn missing_numbers(set: &RuleSet, sent: &Ish, step: NextStep) -> impl Iterator<Item = (String, Ish)> {
    let missing = match step {
        NextStep::ObtainCopyNumber => Some((Axis::Copies, "HER2 copies")),
        NextStep::ObtainRatioOrCep17 => Some((Axis::Ratio, "HER2/CEP17 ratio")),
        _ => None,
    };
    missing.into_iter().flat_map(move |(axis, name)| {
        set.ish.bands.iter().filter(|band| band.probe == sent.method).filter_map(move |band| {
            let (_, range) = band.ranges.iter().find(|(named, _)| *named == axis)?;
            let mut ish = sent.clone();
            put(&mut ish, axis, within(range));
            let point = Point {
                ratio: ish.count.ratio.as_ref(),
                copies: ish.count.her2.as_ref(),
                percent_cells: ish.percent_cells_ratio_ge_2.as_ref(),
            };
            band.holds(point).then_some(())?;
            Some((format!("{name} {range}"), ish))
        })
    })
}

/// Ratio and copies moved just across each threshold, the nearest first. CEP17 and the laboratory's word are left out,
/// since both would have changed with the number.
fn moved_numbers<'r>(set: &'r RuleSet, sent: &Ish) -> impl Iterator<Item = ((Axis, Ordering), &'r str, Ish)> {
    let number_on = |axis| match axis {
        Axis::Ratio => sent.count.ratio.as_ref().and_then(Quantity::as_number),
        Axis::Copies => sent.count.her2.as_ref().and_then(Quantity::as_number),
        Axis::PercentCells => None,
    };
    let mut moved: Vec<(Exact, (Axis, Ordering), &Side)> = set
        .ish
        .thresholds
        .iter()
        .filter(|threshold| threshold.probe == sent.method)
        .filter_map(|threshold| {
            let number = number_on(threshold.axis)?;
            let side = threshold.across(number)?;
            let way = side.number.value().cmp(number.value());
            Some((distance(number, &side.number), (threshold.axis, way), side))
        })
        .collect();
    moved.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    moved.into_iter().map(|(_, moved, side)| {
        let mut ish = Ish { interpretation: None, recount: None, ..sent.clone() };
        ish.count.cep17 = None;
        put(&mut ish, moved.0, Some(side.number.clone()));
        (moved, &*side.change, ish)
    })
}

fn distance(from: &Decimal, to: &Decimal) -> Exact {
    from.value().minus(to.value()).abs()
}

/// Numbers that lie in the band.
fn inside(band: &IshBand) -> Ish {
    let mut ish = Ish::default();
    ish.count.cells = Some(20);
    for (axis, range) in &band.ranges {
        put(&mut ish, *axis, within(range));
    }
    ish
}

fn put(ish: &mut Ish, axis: Axis, number: Option<Decimal>) {
    let number = number.map(Quantity::exact);
    match axis {
        Axis::Ratio => ish.count.ratio = number,
        Axis::Copies => ish.count.her2 = number,
        Axis::PercentCells => ish.percent_cells_ratio_ge_2 = number,
    }
}

/// A number that lies in the range.
fn within(range: &Range) -> Option<Decimal> {
    match (&range.at_least, &range.above, &range.below, &range.at_most) {
        (Some(end), ..) | (None, None, None, Some(end)) => Some(end.clone()),
        (None, Some(end), ..) => just_above(end),
        (None, None, Some(end), _) => just_below(end),
        (None, None, None, None) => None,
    }
}

fn in_words(band: &IshBand) -> String {
    let part = |(axis, range): &(Axis, Range)| {
        let name = match axis {
            Axis::Ratio => "ratio",
            Axis::Copies => "HER2 copies",
            Axis::PercentCells => "percent of cells",
        };
        format!("{name} {range}")
    };
    format!("ISH with {}", band.ranges.iter().map(part).collect::<Vec<_>>().join(", "))
}
