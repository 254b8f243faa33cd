//! The clock. The only place that asks the system for the time; everywhere else it is an argument.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The clock of the machine.
    System,
    /// Stands still, for tests and for replays of recorded decisions.
    Fixed(Timestamp),
}

impl Clock {
    /// The instant now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everyone else is told to use")]
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(instant) => instant,
        }
    }

    /// The day today, in UTC.
    #[must_use]
    pub fn today(self) -> Date {
        TimeZone::UTC.to_datetime(self.now()).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_that_of_utc() {
        let late: Timestamp = "2026-11-24T23:59:59Z".parse().unwrap();
        assert_eq!(Clock::Fixed(late).today(), jiff::civil::date(2026, 11, 24));
        let early: Timestamp = "2026-11-25T01:30:00+02:00".parse().unwrap();
        assert_eq!(Clock::Fixed(early).today(), jiff::civil::date(2026, 11, 24));
    }
}
