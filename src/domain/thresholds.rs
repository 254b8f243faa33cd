//! The thresholds of a table with the numbers just across them, worked out once when the table is loaded: what would change
//! an answer is asked for every specimen.

use smol_str::SmolStr;

use super::decimal::Decimal;
use super::ish::IshMethod;
use super::range::Range;
use super::rulebook::{Axis, IshBand};

/// One threshold of ratio or copies.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// The probe whose bands have it.
    pub probe: IshMethod,
    /// Ratio or copies.
    pub axis: Axis,
    end: Decimal,
    belongs: End,
    lower: Option<Side>,
    higher: Option<Side>,
}

/// A number on one side of a threshold.
#[derive(Debug, Clone)]
pub struct Side {
    /// The change in words: `HER2/CEP17 ratio below 2.0`.
    pub change: SmolStr,
    /// The threshold itself, or a number just beside it.
    pub number: Decimal,
}

/// To which side the threshold itself belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Higher,
    Lower,
}

impl Threshold {
    /// Every threshold of ratio and copies that `bands` have, each once.
    #[must_use]
    pub fn all_of(bands: &[IshBand]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for band in bands {
            for (axis, range) in &band.ranges {
                let Some(name) = name_of(*axis) else { continue };
                for (end, belongs) in ends(range) {
                    let known = |known: &Self| {
                        (known.probe, known.axis, known.belongs) == (band.probe, *axis, belongs)
                            && known.end.as_sent() == end.as_sent()
                    };
                    if !all.iter().any(known) {
                        all.push(Self::new(band.probe, *axis, name, end, belongs));
                    }
                }
            }
        }
        all
    }

    fn new(probe: IshMethod, axis: Axis, name: &str, end: &Decimal, belongs: End) -> Self {
        let text = end.as_sent();
        let side = |words: String, number: Option<Decimal>| {
            number.map(|number| Side { change: format!("{name} {words}").into(), number })
        };
        let (lower, higher) = match belongs {
            End::Higher => {
                (side(format!("below {text}"), just_below(end)), side(format!("{text} or more"), Some(end.clone())))
            }
            End::Lower => {
                (side(format!("{text} or less"), Some(end.clone())), side(format!("above {text}"), just_above(end)))
            }
        };
        Self { probe, axis, end: end.clone(), belongs, lower, higher }
    }

    /// The other side of the threshold, seen from `number`; None where there is no number on it.
    #[must_use]
    pub fn across(&self, number: &Decimal) -> Option<&Side> {
        let is_lower = match self.belongs {
            End::Higher => *number < self.end,
            End::Lower => *number <= self.end,
        };
        if is_lower { self.higher.as_ref() } else { self.lower.as_ref() }
    }
}

/// What a change of the number is called; the share of cells is not moved.
const fn name_of(axis: Axis) -> Option<&'static str> {
    match axis {
        Axis::Ratio => Some("HER2/CEP17 ratio"),
        Axis::Copies => Some("HER2 copies"),
        Axis::PercentCells => None,
    }
}

fn ends(range: &Range) -> impl Iterator<Item = (&Decimal, End)> {
    let higher = [&range.at_least, &range.below].into_iter().flatten().map(|end| (end, End::Higher));
    let lower = [&range.above, &range.at_most].into_iter().flatten().map(|end| (end, End::Lower));
    higher.chain(lower)
}

/// A number just below `end`: near enough to lie in the neighbouring band, and positive.
pub(super) fn just_below(end: &Decimal) -> Option<Decimal> {
    shifted(end, "0.999")
}

/// A number just above `end`.
pub(super) fn just_above(end: &Decimal) -> Option<Decimal> {
    shifted(end, "1.001")
}

fn shifted(end: &Decimal, factor: &str) -> Option<Decimal> {
    let inverse = Decimal::quotient(&Decimal::from(1), &Decimal::parse(factor).ok()?, 9)?;
    Decimal::quotient(end, &inverse, 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn change(belongs: End, number: &str) -> String {
        let threshold = Threshold::new(IshMethod::Dual, Axis::Copies, "HER2 copies", &decimal("6.0"), belongs);
        threshold.across(&decimal(number)).unwrap().change.to_string()
    }

    #[test]
    fn the_threshold_itself_belongs_to_the_side_that_the_rule_says() {
        assert_eq!(change(End::Higher, "5.9"), "HER2 copies 6.0 or more");
        assert_eq!(change(End::Higher, "6.0"), "HER2 copies below 6.0");
        assert_eq!(change(End::Lower, "6"), "HER2 copies above 6.0");
        assert_eq!(change(End::Lower, "6.1"), "HER2 copies 6.0 or less");
    }

    #[test]
    fn the_numbers_beside_a_threshold_are_on_their_side_of_it() {
        for end in ["0.1", "2.0", "4.0", "6.0", "15"] {
            let end = decimal(end);
            let (below, above) = (just_below(&end).unwrap(), just_above(&end).unwrap());
            assert!(below < end && end < above && !below.is_zero_or_less());
        }
    }

    /// Ratio 2.0 and copies 4.0 and 6.0, as the breast table has them.
    fn bands() -> Vec<IshBand> {
        use crate::domain::columns::IshColumn;
        use crate::domain::rulebook::LabWord;
        let at_least = |text| Range { at_least: Some(decimal(text)), ..Range::default() };
        let below = |text| Range { below: Some(decimal(text)), ..Range::default() };
        let band = |probe, ranges| IshBand {
            column: IshColumn::Group1,
            probe,
            missing: Vec::new(),
            ranges,
            lab_word: LabWord::NotCompared,
            unconfirmed: false,
        };
        vec![
            band(IshMethod::Dual, vec![(Axis::Ratio, at_least("2.0")), (Axis::Copies, at_least("4.0"))]),
            band(IshMethod::Dual, vec![(Axis::Ratio, below("2.0")), (Axis::Copies, below("4.0"))]),
            band(IshMethod::Dual, vec![(Axis::Copies, Range { above: Some(decimal("4.0")), ..below("6.0") })]),
            band(IshMethod::Dual, vec![(Axis::PercentCells, at_least("50"))]),
            band(IshMethod::Single, vec![(Axis::Copies, at_least("4.0"))]),
        ]
    }

    #[test]
    fn each_threshold_of_a_table_is_listed_once_for_each_probe_and_each_side_that_it_belongs_to() {
        let all = Threshold::all_of(&bands());
        let named: Vec<(IshMethod, Axis, &str, End)> =
            all.iter().map(|one| (one.probe, one.axis, one.end.as_sent(), one.belongs)).collect();
        assert_eq!(
            named,
            [
                (IshMethod::Dual, Axis::Ratio, "2.0", End::Higher),
                (IshMethod::Dual, Axis::Copies, "4.0", End::Higher),
                (IshMethod::Dual, Axis::Copies, "6.0", End::Higher),
                (IshMethod::Dual, Axis::Copies, "4.0", End::Lower),
                (IshMethod::Single, Axis::Copies, "4.0", End::Higher),
            ]
        );
    }

    #[test]
    fn a_change_names_what_is_moved_and_holds_the_number_on_the_other_side() {
        let all = Threshold::all_of(&bands());
        let across = |at: usize, number: &str| {
            let side = all[at].across(&decimal(number)).unwrap();
            (side.change.to_string(), side.number.clone())
        };
        assert_eq!(across(0, "1.9"), ("HER2/CEP17 ratio 2.0 or more".into(), decimal("2.0")));
        assert_eq!(across(0, "2.1"), ("HER2/CEP17 ratio below 2.0".into(), decimal("1.998")));
        assert_eq!(across(3, "4.0"), ("HER2 copies above 4.0".into(), decimal("4.004")));
        assert_eq!(across(3, "4.1"), ("HER2 copies 4.0 or less".into(), decimal("4.0")));
    }
}
