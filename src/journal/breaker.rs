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

/// What a failed batch leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// Start the probe.
    StartProbe,
    /// A probe is under way already.
    ProbeRuns,
}

impl Breaker {
    /// Batches may be sent.
    #[must_use]
    pub const fn admits(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// A batch failed for a reason that concerns the database, its one retry included.
    pub fn failed(&mut self) -> Failed {
        match self {
            Self::Closed => {
                *self = Self::Open { next_pause: FIRST_PAUSE };
                Failed::StartProbe
            }
            Self::Open { .. } => Failed::ProbeRuns,
        }
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
        assert_eq!(breaker.failed(), Failed::StartProbe);
        assert_eq!(breaker.failed(), Failed::ProbeRuns);
        assert!(!breaker.admits());
        breaker.recovered();
        assert!(breaker.admits());
        assert_eq!(breaker.failed(), Failed::StartProbe);
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
