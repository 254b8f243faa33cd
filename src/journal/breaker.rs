//! The breaker: after a failure the database is left alone, and one probe at a time finds out when it is back.
//!
//! While it is open, live batches are answered at once instead of each waiting for its own time-out.

use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Whether batches go to the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Breaker {
    /// They do.
    #[default]
    Closed,
    /// They do not; a probe is under way and the next pause between its attempts is known.
    Open {
        /// Length before jitter.
        next_pause: Duration,
    },
}

impl Breaker {
    /// Batches may be sent.
    #[must_use]
    pub const fn admits(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// A batch failed for a reason that concerns the database, its one retry included. True if this opened the breaker.
    pub fn failed(&mut self) -> bool {
        let opened = self.admits();
        if opened {
            *self = Self::Open { next_pause: FIRST_PAUSE };
        }
        opened
    }

    /// How long the probe waits before its next attempt: a half up to one second, longer after each attempt, and up to
    /// a quarter shorter by `chance`, so that replicas do not all knock at once.
    pub fn pause(&mut self, chance: u8) -> Duration {
        let Self::Open { next_pause } = self else { return Duration::ZERO };
        let pause = *next_pause;
        *next_pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        pause - pause * u32::from(chance) / (4 * 255)
    }

    /// The probe reached a database that takes writes.
    pub fn recovered(&mut self) {
        *self = Self::Closed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_probe_runs_however_many_writers_fail() {
        let mut breaker = Breaker::default();
        assert!(breaker.admits());
        assert!(breaker.failed());
        assert!(!breaker.failed());
        assert!(!breaker.admits());
        breaker.recovered();
        assert!(breaker.admits());
        assert!(breaker.failed());
    }

    #[test]
    fn pauses_grow_to_one_second_and_never_beyond() {
        let mut breaker = Breaker::default();
        breaker.failed();
        let pauses: Vec<u128> = (0..4).map(|_| breaker.pause(0).as_millis()).collect();
        assert_eq!(pauses, [500, 750, 1_000, 1_000]);
        assert_eq!(breaker.pause(255).as_millis(), 750);
    }
}
