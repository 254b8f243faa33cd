//! Ranges of numbers as rule files write them, with every end either included or excluded in words.

use super::decimal::{Decimal, Quantity};

/// The ends that a rule names. `at_least` and `at_most` include, `above` and `below` exclude.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// Included lower end.
    pub at_least: Option<Decimal>,
    /// Excluded lower end.
    pub above: Option<Decimal>,
    /// Excluded upper end.
    pub below: Option<Decimal>,
    /// Included upper end.
    pub at_most: Option<Decimal>,
}

impl Range {
    /// Does the true value lie inside? None where a bound ("< 2.2") leaves it open.
    #[must_use]
    pub fn holds(&self, value: &Quantity) -> Option<bool> {
        let ends = [
            self.at_least.as_ref().map(|end| value.at_least(end)),
            self.above.as_ref().map(|end| value.above(end)),
            self.below.as_ref().map(|end| value.at_least(end).map(|reached| !reached)),
            self.at_most.as_ref().map(|end| value.above(end).map(|passed| !passed)),
        ];
        let mut all = Some(true);
        for verdict in ends.into_iter().flatten() {
            match verdict {
                Some(false) => return Some(false),
                None => all = None,
                Some(true) => {}
            }
        }
        all
    }

    /// Is the exact number inside?
    #[must_use]
    pub fn contains(&self, number: &Decimal) -> bool {
        self.at_least.as_ref().is_none_or(|end| number >= end)
            && self.above.as_ref().is_none_or(|end| number > end)
            && self.below.as_ref().is_none_or(|end| number < end)
            && self.at_most.as_ref().is_none_or(|end| number <= end)
    }

    /// The numbers at which the answer changes.
    pub fn ends(&self) -> impl Iterator<Item = &Decimal> {
        [&self.at_least, &self.above, &self.below, &self.at_most].into_iter().flatten()
    }
}

/// "2.0 or more", "above 10 and below 50": no sign that could be misread.
impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: &Option<Decimal>, before: &str, after: &str| {
            end.as_ref().map(|end| format!("{before}{}{after}", end.as_sent()))
        };
        let ends = [
            end(&self.at_least, "", " or more"),
            end(&self.above, "above ", ""),
            end(&self.below, "below ", ""),
            end(&self.at_most, "", " or less"),
        ];
        f.write_str(&ends.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decimal::Comparator;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    /// `at_least`, `above`, `below`, `at_most` of 10.
    fn each() -> [Range; 4] {
        let ten = || Some(decimal("10"));
        [
            Range { at_least: ten(), ..Range::default() },
            Range { above: ten(), ..Range::default() },
            Range { below: ten(), ..Range::default() },
            Range { at_most: ten(), ..Range::default() },
        ]
    }

    #[test]
    fn ten_percent_lies_within_at_least_and_at_most_and_outside_above_and_below() {
        for (text, within) in [
            ("9.99", [false, false, true, true]),
            ("10.0", [true, false, false, true]),
            ("10.01", [true, true, false, false]),
        ] {
            let number = decimal(text);
            assert_eq!(each().map(|range| range.contains(&number)), within, "{text}");
            let exact = Quantity::exact(number);
            assert_eq!(each().map(|range| range.holds(&exact)), within.map(Some), "{text}");
        }
    }

    #[test]
    fn both_ends_of_a_range_count() {
        let between = Range { above: Some(decimal("10")), below: Some(decimal("50")), ..Range::default() };
        for (text, within) in [("10", false), ("10.5", true), ("49", true), ("50", false)] {
            assert_eq!(between.contains(&decimal(text)), within, "{text}");
            assert_eq!(between.holds(&Quantity::exact(decimal(text))), Some(within), "{text}");
        }
        assert!(Range::default().contains(&decimal("7")));
    }

    #[test]
    fn a_bound_outside_one_end_is_outside_whatever_the_other_end_says() {
        let between = Range { at_least: Some(decimal("40")), at_most: Some(decimal("45")), ..Range::default() };
        let bound = |comparator, text| Quantity { comparator: Some(comparator), number: decimal(text) };
        assert_eq!(between.holds(&bound(Comparator::Below, "40")), Some(false));
        assert_eq!(between.holds(&bound(Comparator::Above, "45")), Some(false));
        assert_eq!(between.holds(&bound(Comparator::Below, "45")), None);
        assert_eq!(between.holds(&bound(Comparator::AtLeast, "40")), None);
    }

    #[test]
    fn a_range_is_worded_without_a_sign_and_names_every_end() {
        let words = each().map(|range| range.to_string());
        assert_eq!(words, ["10 or more", "above 10", "below 10", "10 or less"]);
        let between = Range { above: Some(decimal("10")), below: Some(decimal("50.0")), ..Range::default() };
        assert_eq!(between.to_string(), "above 10 and below 50.0");
        let ends: Vec<&str> = between.ends().map(Decimal::as_sent).collect();
        assert_eq!(ends, ["10", "50.0"]);
        assert!(each().iter().all(|range| range.ends().count() == 1));
    }
}
