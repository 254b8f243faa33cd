//! Between the time type of the house (jiff) and the one the database driver maps (time).

use jiff::Timestamp;
use time::OffsetDateTime;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_as_it_was() {
        let instant: Timestamp = "2026-11-24T23:59:59.123456Z".parse().unwrap();
        assert_eq!(from_stored(to_stored(instant)).unwrap(), instant);
    }
}
