//! FHIR dates and times, which may stop at the year or the month.

use std::cmp::Ordering;

use jiff::civil::Date;
use smol_str::SmolStr;

use super::words::vocabulary;

/// A FHIR date or dateTime. It orders by its earliest day, then by its instant where both have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    shown: SmolStr,
    first_day: Date,
    /// Seconds since 1970-01-01 UTC, where a time with an offset was sent.
    instant: Option<i64>,
}

impl When {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a dateTime or instant (offset optional, fractions tolerated).
    /// None if it is none of them, or no day of the calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, time) = match text.split_once('T') {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let first_day = earliest_day(day)?;
        if time.is_some() && day.len() != 10 {
            return None;
        }
        let instant = time.and_then(|_| text.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_second);
        Some(Self { shown: day.into(), first_day, instant })
    }

    /// The date as sent, without the time of day: `2026-05-02`, `2026-05`, `2026`.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The earliest day it can mean.
    #[must_use]
    pub const fn first_day(&self) -> Date {
        self.first_day
    }

    /// The latest day it can mean: the end of the month or the year where no day was sent.
    #[must_use]
    pub fn last_day(&self) -> Date {
        match self.shown.len() {
            4 => self.first_day.last_of_year(),
            7 => self.first_day.last_of_month(),
            _ => self.first_day,
        }
    }

    /// Chronological order: by earliest day, then by instant where both have one.
    #[must_use]
    pub fn chronological(&self, other: &Self) -> Ordering {
        self.first_day.cmp(&other.first_day).then_with(|| match (self.instant, other.instant) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => Ordering::Equal,
        })
    }

    /// Chronological order without ties between a day and a time of that day: the day alone comes first. Total, so that a
    /// choice by it does not depend on the order in which results were sent.
    #[must_use]
    pub fn total_order(&self, other: &Self) -> Ordering {
        (self.first_day, self.instant).cmp(&(other.first_day, other.instant))
    }

    /// Later than `other`, whatever day of its month or year either of them was.
    #[must_use]
    pub fn is_surely_after(&self, other: &Self) -> bool {
        self.first_day > other.last_day()
    }
}

fn earliest_day(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i16> {
        let part = text.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    let (month, day) = match text.len() {
        4 => (1, 1),
        7 if dash(4) => (number(5, 7)?, 1),
        10 if dash(4) && dash(7) => (number(5, 7)?, number(8, 10)?),
        _ => return None,
    };
    Date::new(number(0, 4)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

vocabulary! {
    /// Which element of the record gave the date of a specimen.
    DateSource, "source of a date" {
        Collection = "collection",
        Effective = "effective",
        Issued = "issued",
    }
}

/// The date of a specimen and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The date.
    pub when: When,
    /// The element it was read from.
    pub from: DateSource,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_dates_are_shown_as_sent_and_sorted_by_their_first_day() {
        let month = When::parse("2026-05").unwrap();
        assert_eq!(month.shown(), "2026-05");
        assert_eq!(month.chronological(&When::parse("2026-05-02").unwrap()), Ordering::Less);
        assert_eq!(When::parse("2026").unwrap().first_day(), Date::constant(2026, 1, 1));
        assert_eq!(When::parse("2026").unwrap().last_day(), Date::constant(2026, 12, 31));
        assert_eq!(When::parse("2028-02").unwrap().last_day(), Date::constant(2028, 2, 29));
        assert_eq!(When::parse("2026-05-02").unwrap().last_day(), Date::constant(2026, 5, 2));
    }

    #[test]
    fn two_results_of_one_day_are_ordered_by_their_time() {
        let early = When::parse("2026-05-02T08:00:00Z").unwrap();
        let late = When::parse("2026-05-02T11:00:00.5+02:00").unwrap();
        assert_eq!(early.chronological(&late), Ordering::Less);
        assert_eq!(late.shown(), "2026-05-02");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "26-05-02", "2026-13", "2026-02-30", "2026-5-2", "2026-05T08:00:00Z", "yesterday", "2026-05-02x"]
                .into_iter()
                .chain(["2026/05", "2026/05/02", "2026/05-02", "2026-05/02", "+026-05", "2026-+5", "2026-05-+2"])
        {
            assert!(When::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_day_is_surely_later_only_where_no_day_of_the_other_date_could_be() {
        let when = |text| When::parse(text).unwrap();
        assert!(when("2026-06").is_surely_after(&when("2026-05")));
        assert!(when("2026-05-02").is_surely_after(&when("2026-05-01")));
        for (later, earlier) in [("2026-05-02", "2026-05"), ("2026-05-02", "2026-05-02"), ("2026", "2026-01-01")] {
            assert!(!when(later).is_surely_after(&when(earlier)), "{later} {earlier}");
        }
    }

    #[test]
    fn a_day_and_a_time_of_that_day_are_one_time_and_still_always_stand_in_one_order() {
        let (day, time) = (When::parse("2026-05-02").unwrap(), When::parse("2026-05-02T08:00:00Z").unwrap());
        assert_eq!(day.chronological(&time), Ordering::Equal);
        assert_eq!((day.total_order(&time), time.total_order(&day)), (Ordering::Less, Ordering::Greater));
        assert_eq!(day.total_order(&day), Ordering::Equal);
        assert_eq!(day.total_order(&When::parse("2026-05-01T23:00:00Z").unwrap()), Ordering::Greater);
    }
}
