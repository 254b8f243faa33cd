//! Between the time type of the house (jiff) and the one the database driver maps (time).

use jiff::Timestamp;
use time::{Date, OffsetDateTime};

use super::StoreError;

/// To what is bound. PostgreSQL keeps microseconds.
pub(super) fn to_stored(instant: Timestamp) -> OffsetDateTime {
    // Both types span the years -9999 to 9999, so the fallback is never taken.
    OffsetDateTime::from_unix_timestamp_nanos(instant.as_nanosecond()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// From what was read.
pub(super) fn from_stored(instant: OffsetDateTime) -> Result<Timestamp, StoreError> {
    Timestamp::from_nanosecond(instant.unix_timestamp_nanos()).map_err(|_| StoreError::Inconsistent("time"))
}

/// A civil day, to what is bound.
pub(super) fn day_to_stored(day: jiff::civil::Date) -> Date {
    let month = u8::try_from(day.month()).ok().and_then(|month| time::Month::try_from(month).ok());
    month
        .and_then(|month| Date::from_calendar_date(i32::from(day.year()), month, day.day().unsigned_abs()).ok())
        .unwrap_or(Date::MIN)
}

/// A civil day, from what was read.
pub(super) fn day_from_stored(day: Date) -> Result<jiff::civil::Date, StoreError> {
    let year = i16::try_from(day.year()).map_err(|_| StoreError::Inconsistent("date"))?;
    let month = i8::try_from(u8::from(day.month())).map_err(|_| StoreError::Inconsistent("date"))?;
    let day = i8::try_from(day.day()).map_err(|_| StoreError::Inconsistent("date"))?;
    jiff::civil::Date::new(year, month, day).map_err(|_| StoreError::Inconsistent("date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_come_back_as_they_were() {
        let instant: Timestamp = "2026-11-24T23:59:59.123456Z".parse().unwrap();
        assert_eq!(from_stored(to_stored(instant)).unwrap(), instant);
        let day = jiff::civil::Date::constant(2026, 2, 28);
        assert_eq!(day_from_stored(day_to_stored(day)).unwrap(), day);
    }
}
