//! What would change the answer: one value moved to its nearest threshold, one score or test more, re-classified by the
//! same tables. Only changes that a test could bring; nearest first; at most five.

use std::borrow::Cow;

use super::classify::status;
use super::decimal::{Decimal, Quantity};
use super::evidence::{Reading, ResultStatus, SpecimenEvidence, TestResult, TestValue};
use super::exact::Exact;
use super::finding::{Finding, Flip, NextStep};
use super::history::History;
use super::ihc::{Ihc, IhcScore};
use super::ish::{Count, Ish, IshMethod, Recount};
use super::range::Range;
use super::rulebook::{Axis, IshBand, RuleSet, Rulebook};
use super::thresholds::{Side, just_above, just_below};

/// More would be a list, not a hint.
const MOST: usize = 5;

/// Single changes of a value that would change the category of `finding`. Separate from [`super::classify::classify`], since
/// each of them costs one classification.
#[must_use]
pub fn flips(rules: &Rulebook, specimen: &SpecimenEvidence, history: &History, finding: &Finding) -> Vec<Flip> {
    let set = rules
        .systems_of(specimen.tumour)
        .iter()
        .find(|(system, _)| *system == finding.scoring)
        .and_then(|(_, at)| rules.sets.get(*at));
    let Some(set) = set else { return Vec::new() };
    let mut flips: Vec<Flip> = Vec::new();
    let mut tried = without_readings(specimen);
    for Change { words, place, value } in changes(set, specimen, finding) {
        let (category, row) = place.holding(value, &mut tried, |changed| status(rules, changed, history));
        if category != finding.category {
            flips.push(Flip { change: words.into(), category, rule: row.id.clone() });
        }
        if flips.len() == MOST {
            break;
        }
    }
    flips
}

/// One value that another test could bring.
struct Change<'r> {
    words: Cow<'r, str>,
    place: Place,
    value: TestValue,
}

/// Where the value goes.
#[derive(Clone, Copy)]
enum Place {
    /// In place of the value of this result.
    Of(usize),
    /// As a result of its own.
    Beside,
}

impl Place {
    /// What `ask` says of the specimen with `value` in this place; the specimen is left as it was.
    fn holding<T>(
        self,
        value: TestValue,
        specimen: &mut SpecimenEvidence,
        ask: impl FnOnce(&SpecimenEvidence) -> T,
    ) -> T {
        match self {
            Self::Of(at) => {
                let Some(result) = specimen.results.get_mut(at) else { return ask(specimen) };
                let before = std::mem::replace(&mut result.value, value);
                let answer = ask(specimen);
                specimen.results[at].value = before;
                answer
            }
            Self::Beside => {
                specimen.results.push(TestResult {
                    readings: Vec::new(),
                    status: ResultStatus::Final,
                    effective: None,
                    text: None,
                    value,
                });
                let answer = ask(specimen);
                specimen.results.pop();
                answer
            }
        }
    }
}

/// The words for the reader play no part in a classification; that there are some does.
fn without_readings(specimen: &SpecimenEvidence) -> SpecimenEvidence {
    let nameless = || Reading { reference: "".into(), reads: "".into() };
    let results = specimen.results.iter().map(|result| TestResult {
        readings: vec![nameless()],
        status: result.status,
        effective: result.effective.clone(),
        text: result.text,
        value: result.value.clone(),
    });
    SpecimenEvidence {
        reference: None,
        collected: None,
        results: results.collect(),
        excluded: specimen.excluded.clone(),
        superseded: Vec::new(),
        ..*specimen
    }
}

fn changes<'r>(set: &'r RuleSet, specimen: &SpecimenEvidence, finding: &Finding) -> Vec<Change<'r>> {
    let mut changes = Vec::new();
    let only = |is: fn(&TestValue) -> bool| {
        let mut at = specimen.results.iter().enumerate().filter(|(_, result)| is(&result.value)).map(|(at, _)| at);
        at.next().filter(|_| at.next().is_none())
    };
    let ihc = only(|value| matches!(value, TestValue::Ihc(_) | TestValue::Contradictory(_)));
    let ish = only(|value| matches!(value, TestValue::Ish(_) | TestValue::Contradictory(_)));
    let shown = finding.ish.as_ref().map(|shown| &shown.ish);
    let of_ish = |words, place, ish| Change { words, place, value: TestValue::Ish(Box::new(ish)) };
    if let (Some(at), Some(sent)) = (ish, shown) {
        if finding.next_step == NextStep::BlindedRecount {
            let words = "a blinded second count in the same group";
            changes.extend(confirmed(sent).map(|ish| of_ish(words.into(), Place::Of(at), ish)));
        }
        changes.extend(moved_numbers(set, sent).map(|(words, ish)| of_ish(words.into(), Place::Of(at), ish)));
    }
    if let (None, NextStep::ReflexIsh | NextStep::ReflexIshOrNewSpecimen) = (shown, finding.next_step) {
        let usable = |band: &&IshBand| {
            band.probe == IshMethod::Dual
                && band.column.is_usable()
                && band.missing.is_empty()
                && !band.ranges.is_empty()
        };
        let bands = set.ish.bands.iter().filter(usable);
        changes.extend(bands.map(|band| of_ish(in_words(band).into(), Place::Beside, inside(band))));
    }
    if let (Some(at), Some(score)) = (ihc, finding.ihc.as_ref().and_then(|ihc| ihc.score)) {
        changes.extend(neighbours(score).iter().map(|other| Change {
            words: format!("IHC {other}").into(),
            place: Place::Of(at),
            value: TestValue::Ihc(Ihc { score: Some(*other), ..Ihc::default() }),
        }));
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

/// A second count that finds what the first one found.
fn confirmed(first: &Ish) -> Option<Ish> {
    let count = Count { cells: first.count.cells.or(Some(20)), ..first.count.clone() };
    first.count.her2.as_ref()?;
    Some(Ish { recount: Some(Recount { count, blinded: Some(true) }), ..first.clone() })
}

/// Ratio and copies moved just across each threshold, the nearest first. CEP17 and the laboratory's word are left out,
/// since both would have changed with the number.
fn moved_numbers<'r>(set: &'r RuleSet, sent: &Ish) -> impl Iterator<Item = (&'r str, Ish)> {
    let number_on = |axis| match axis {
        Axis::Ratio => sent.count.ratio.as_ref().and_then(Quantity::as_number),
        Axis::Copies => sent.count.her2.as_ref().and_then(Quantity::as_number),
        Axis::PercentCells => None,
    };
    let mut moved: Vec<(Exact, Axis, &Side)> = set
        .ish
        .thresholds
        .iter()
        .filter(|threshold| threshold.probe == sent.method)
        .filter_map(|threshold| {
            let number = number_on(threshold.axis)?;
            let side = threshold.across(number)?;
            Some((distance(number, &side.number), threshold.axis, side))
        })
        .collect();
    moved.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    moved.into_iter().map(|(_, axis, side)| {
        let mut ish = Ish { interpretation: None, recount: None, ..sent.clone() };
        ish.count.cep17 = None;
        let number = Some(Quantity::exact(side.number.clone()));
        match axis {
            Axis::Ratio => ish.count.ratio = number,
            Axis::Copies | Axis::PercentCells => ish.count.her2 = number,
        }
        (&*side.change, ish)
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
