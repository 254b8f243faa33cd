//! The breaker: after a failure the database is left alone, and one probe at a time finds out when it is back.
//!
//! While it is open, live batches are answered at once instead of each waiting for its own time-out. A probe that was
//! answered closes it, on trial: the outage is over only when a decision was stored. A database that answers and fails at
//! the first write each time is one outage, and it is asked ever more rarely.

use std::time::Duration;

use super::actions::Fault;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// A database that is away may be back any moment, and decisions should be durable two seconds later.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// One that answers and takes nothing waits for somebody to change that.
const LONGEST_PAUSE_DENIED: Duration = Duration::from_secs(5);
/// One that fails at the first write after every recovery costs live decisions their time at each of them.
const LONGEST_PAUSE_IN_VAIN: Duration = Duration::from_secs(30);

/// Whether batches go to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// No batch is sent; a probe is under way.
    open: bool,
    /// Since a failure no decision was stored.
    outage: bool,
    /// A probe has closed it, and nothing was stored since.
    on_trial: bool,
    /// What failed last.
    fault: Fault,
    /// Between two attempts of the probe, before jitter.
    next_pause: Duration,
    /// Recoveries, one after the other, whose first write failed.
    in_vain: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { open: false, outage: false, on_trial: false, fault: Fault::Away, next_pause: FIRST_PAUSE, in_vain: 0 }
    }
}

impl Breaker {
    /// Batches may be sent.
    #[must_use]
    pub const fn admits(&self) -> bool {
        !self.open
    }

    /// Since a failure no decision was stored.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        self.outage
    }

    /// A batch failed for a reason that concerns the database, its one retry included. True if this opened the breaker.
    pub fn failed_to_write(&mut self, fault: Fault) -> bool {
        let opened = !self.open;
        if opened && self.on_trial {
            self.in_vain = self.in_vain.saturating_add(1);
        }
        self.failed_to_answer(fault);
        opened
    }

    /// A probe or a look failed.
    pub fn failed_to_answer(&mut self, fault: Fault) {
        if !self.open {
            self.next_pause = FIRST_PAUSE;
        }
        self.fault = fault;
        (self.open, self.outage, self.on_trial) = (true, true, false);
    }

    /// How long the probe waits before its next attempt: a half up to one second, longer after each attempt, and up to
    /// a quarter shorter by `chance`, so that replicas do not all knock at once. Longer where the database answers and
    /// takes nothing, and where recoveries were in vain.
    pub fn pause(&mut self, chance: u8) -> Duration {
        if !self.open {
            return Duration::ZERO;
        }
        let longest = match self.fault {
            Fault::Away => LONGEST_PAUSE,
            Fault::Denied => LONGEST_PAUSE_DENIED,
        };
        let in_vain = FIRST_PAUSE.saturating_mul(1 << self.in_vain.min(6)).min(LONGEST_PAUSE_IN_VAIN);
        let pause = self.next_pause.min(longest).max(in_vain);
        self.next_pause = (self.next_pause * 3 / 2).min(longest);
        pause - pause * u32::from(chance) / (4 * 255)
    }

    /// The probe reached a database that takes writes, or a look one that would. `waiting`: rows lie in the spool, whose
    /// replay tells in a moment whether they are taken. A look is made only when nothing was heard for a while, of a
    /// database that nothing failed at.
    pub const fn recovered(&mut self, waiting: bool) {
        if self.open {
            self.on_trial = true;
            self.outage = waiting || self.in_vain > 0;
        } else {
            self.outage = false;
        }
        self.open = false;
    }

    /// A decision was stored.
    pub const fn stored(&mut self) {
        if !self.open {
            (self.outage, self.on_trial, self.in_vain) = (false, false, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(breaker: &mut Breaker, number: usize) -> Vec<u128> {
        (0..number).map(|_| breaker.pause(0).as_millis()).collect()
    }

    #[test]
    fn one_probe_runs_however_many_writers_fail() {
        let mut breaker = Breaker::default();
        assert!(breaker.admits());
        assert!(breaker.failed_to_write(Fault::Away));
        assert!(!breaker.failed_to_write(Fault::Away));
        assert!(!breaker.admits());
        breaker.recovered(false);
        assert!(breaker.admits());
        assert!(breaker.failed_to_write(Fault::Away));
    }

    #[test]
    fn pauses_grow_to_one_second_and_never_beyond_while_the_database_is_away() {
        let mut breaker = Breaker::default();
        breaker.failed_to_write(Fault::Away);
        assert_eq!(pauses(&mut breaker, 4), [500, 750, 1_000, 1_000]);
        assert_eq!(breaker.pause(255).as_millis(), 750);
    }

    #[test]
    fn a_database_that_answers_and_takes_nothing_is_asked_more_rarely_and_at_once_again_when_it_goes_away() {
        let mut breaker = Breaker::default();
        breaker.failed_to_write(Fault::Denied);
        assert_eq!(pauses(&mut breaker, 8), [500, 750, 1_125, 1_687, 2_531, 3_796, 5_000, 5_000]);
        breaker.failed_to_answer(Fault::Away);
        assert_eq!(pauses(&mut breaker, 1), [1_000]);
    }

    #[test]
    fn recoveries_that_fail_at_the_first_write_are_one_outage_and_come_ever_more_rarely_until_one_is_stored() {
        let mut breaker = Breaker::default();
        breaker.failed_to_write(Fault::Away);
        let mut seen = Vec::new();
        for _ in 0..9 {
            seen.push(breaker.pause(0).as_millis());
            breaker.recovered(true);
            assert!(breaker.admits() && breaker.is_outage());
            breaker.failed_to_write(Fault::Away);
        }
        assert_eq!(seen, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        breaker.recovered(true);
        breaker.stored();
        assert!(!breaker.is_outage());
        breaker.failed_to_write(Fault::Away);
        assert_eq!(pauses(&mut breaker, 1), [500]);
    }
}
