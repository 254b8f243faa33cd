//! The limits of the order checks as data, the rows of `rules/order-safety.toml`.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::domain::consideration::{Her2Condition, ResultChoice};
use crate::domain::history::Extent;
use crate::domain::medicine::Medicine;
use crate::domain::range::Range;
use crate::domain::tumour::Tumour;
use crate::domain::words::vocabulary;

/// Why a rule says what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Rule set and row, `order-safety/lvef-tdxd`.
    pub rule: Box<str>,
    /// The reason in own words, for the detail of a card.
    pub because: Box<str>,
    /// A sentence behind it that holds only where the very thing was found: a tumour that is negative beyond doubt, a positive
    /// pregnancy test.
    pub where_found: Option<Box<str>>,
    /// Date of the US label that it rests on, if it rests on one.
    pub label: Option<Box<str>>,
    /// Trial and publication.
    pub cite: Vec<Box<str>>,
    /// Not yet compared with the current label.
    pub unconfirmed: bool,
    /// Its times are ours and no number of the label: they need a clinician's consent.
    pub policy: bool,
}

/// A time that a label or a policy names: `3 months`, `4 weeks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    shown: Box<str>,
    span: Length,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Weeks(i8),
    Months(i8),
}

impl Window {
    /// Reads a number of weeks or months, 1 to 99; None for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_once(' ')?;
        let number = number.parse().ok().filter(|number| (1..100).contains(number))?;
        let span = match unit {
            "week" | "weeks" => Length::Weeks(number),
            "month" | "months" => Length::Months(number),
            _ => return None,
        };
        Some(Self { shown: text.into(), span })
    }

    /// In words, as the rule file has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The first day that still lies within this time before `today`.
    #[must_use]
    pub fn opens(&self, today: Date) -> Date {
        let span: Span = match self.span {
            Length::Weeks(weeks) => weeks.weeks(),
            Length::Months(months) => months.months(),
        };
        today.saturating_sub(span)
    }
}

/// The HER2 conditions under which one medicine has a label in some tumours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Her2Rule {
    /// The medicine.
    pub agent: Medicine,
    /// Tumours of this row; empty: every tumour that no other row of the medicine names.
    pub tumours: Vec<Tumour>,
    /// Any of them is enough.
    pub accepts: Vec<Her2Condition>,
    /// The result that answers; one before neoadjuvant treatment does so for residual disease of a breast cancer only.
    pub result: ResultChoice,
    /// Why.
    pub ground: Ground,
}

/// What the label of one medicine says about the left ventricular ejection fraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartRule {
    /// The medicine.
    pub agent: Medicine,
    /// How old the value before the first dose may be.
    pub before_start: Window,
    /// How often it is measured under treatment, where the label names a time.
    pub during: Option<Window>,
    /// How long a low value speaks for itself; later it is only the last one that is known.
    pub low_holds: Window,
    /// Values at which the label says not to start, or to interrupt.
    pub limits: Vec<HeartLimit>,
    /// Why.
    pub ground: Ground,
}

/// When a limit applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the first dose only.
    Start,
    /// Before and during treatment.
    Any,
}

vocabulary! {
    /// What the label says of a value that meets a limit.
    LimitSays, "word of a limit" {
        /// It asks for more before the first dose.
        Required = "required",
        /// It says that such a value was not studied: no limit of the label.
        NotStudied = "not_studied",
        Interrupt = "interrupt",
        /// To go on, and to measure again soon.
        Repeat = "repeat",
        /// *Policy*: the label names no such number, and the value is below whatever limit an institution has.
        Review = "review",
    }
}

/// One limit: it is crossed if all that it names holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartLimit {
    /// When it applies.
    pub phase: Phase,
    /// In which extent of disease; None: in any.
    pub extent: Option<Extent>,
    /// Only after, or only without, an anthracycline; None: either.
    pub after_anthracycline: Option<bool>,
    /// The value, in percent.
    pub lvef: Option<Range>,
    /// The fall against the value before treatment, in percentage points.
    pub fall: Option<Range>,
    /// The value stands for the lower limit of the institution, which is not known here: it never makes a finding critical.
    pub institution: bool,
    /// What the label says then.
    pub says: LimitSays,
    /// Within which time LVEF is to be measured again, where going on depends on it.
    pub within: Option<Window>,
}

/// A medicine that must not meet a pregnancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PregnancyRule {
    /// The medicine.
    pub agent: Medicine,
    /// How long a positive test may mean a pregnancy of today.
    pub recent: Window,
    /// Why.
    pub ground: Ground,
}

/// A medicine with a warning for interstitial lung disease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LungRule {
    /// The medicine.
    pub agent: Medicine,
    /// It holds where the disease was recorded after the first dose, in place of the other rule of the medicine.
    pub under_treatment: bool,
    /// Why.
    pub ground: Ground,
}

/// Medicines that are mistaken for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRule {
    /// The medicines.
    pub agents: Vec<Medicine>,
    /// How long after its last day a medicine counts as under way.
    pub under_way: Window,
    /// Why.
    pub ground: Ground,
}

/// A medicine whose label asks for RAS wild-type in some tumours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RasRule {
    /// The medicine.
    pub agent: Medicine,
    /// The tumours.
    pub tumours: Vec<Tumour>,
    /// Why.
    pub ground: Ground,
}

/// A medicine whose label beside a partner asks for a PD-L1 combined positive score in some tumours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpsRule {
    /// The medicine.
    pub agent: Medicine,
    /// The partner that makes the label apply.
    pub partner: Medicine,
    /// The tumours.
    pub tumours: Vec<Tumour>,
    /// The score.
    pub cps: Range,
    /// How long after its last day a medicine counts as under way.
    pub under_way: Window,
    /// Why.
    pub ground: Ground,
}

/// The tumours for which a medicine has a label in some region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TumourRule {
    /// The medicine.
    pub agent: Medicine,
    /// The tumours.
    pub labelled: Vec<Tumour>,
    /// Why.
    pub ground: Ground,
}

/// All rules of the order checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderRules {
    /// HER2 conditions.
    pub her2: Vec<Her2Rule>,
    /// Heart.
    pub heart: Vec<HeartRule>,
    /// Pregnancy.
    pub pregnancy: Vec<PregnancyRule>,
    /// Lungs.
    pub lung: Vec<LungRule>,
    /// Products that are mistaken for each other.
    pub products: Vec<ProductRule>,
    /// RAS.
    pub ras: Vec<RasRule>,
    /// PD-L1.
    pub cps: Vec<CpsRule>,
    /// Tumours of the labels.
    pub tumours: Vec<TumourRule>,
}

impl OrderRules {
    /// The HER2 conditions of `agent` in `tumour`.
    #[must_use]
    pub fn her2_of(&self, agent: Medicine, tumour: Tumour) -> Option<&Her2Rule> {
        let of_agent = || self.her2.iter().filter(move |rule| rule.agent == agent);
        of_agent()
            .find(|rule| rule.tumours.contains(&tumour))
            .or_else(|| of_agent().find(|rule| rule.tumours.is_empty()))
    }

    /// Why each rule says what it says, with its name.
    pub fn grounds(&self) -> impl Iterator<Item = &Ground> {
        let Self { her2, heart, pregnancy, lung, products, ras, cps, tumours } = self;
        let first = her2.iter().map(|rule| &rule.ground).chain(heart.iter().map(|rule| &rule.ground));
        let second = pregnancy.iter().map(|rule| &rule.ground).chain(lung.iter().map(|rule| &rule.ground));
        let third = products.iter().map(|rule| &rule.ground).chain(ras.iter().map(|rule| &rule.ground));
        let fourth = cps.iter().map(|rule| &rule.ground).chain(tumours.iter().map(|rule| &rule.ground));
        first.chain(second).chain(third).chain(fourth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_months_goes_by_the_calendar_and_a_window_of_weeks_by_days() {
        let today = jiff::civil::date(2026, 5, 31);
        assert_eq!(Window::parse("3 months").unwrap().opens(today), jiff::civil::date(2026, 2, 28));
        assert_eq!(Window::parse("4 weeks").unwrap().opens(today), jiff::civil::date(2026, 5, 3));
        for text in ["", "3", "0 weeks", "100 weeks", "3 years", "-1 weeks", "3  months", "3 months "] {
            assert!(Window::parse(text).is_none(), "{text}");
        }
    }
}
