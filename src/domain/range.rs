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
