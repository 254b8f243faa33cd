//! Do the event loops still turn? Each beats some ten times a second; one that is stuck stops beating.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::histogram::Histogram;

/// The pulses of all event loops of the process.
#[derive(Debug)]
pub struct Pulses {
    began: Instant,
    beats: Mutex<Vec<Weak<AtomicU64>>>,
    late: Histogram,
}

impl Pulses {
    /// How often a loop should beat.
    pub const EVERY: Duration = Duration::from_millis(100);

    /// None yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { began: now, beats: Mutex::default(), late: Histogram::times() }
    }

    /// The pulse of one more loop, which beats now for the first time. It ends when it is dropped.
    #[must_use]
    pub fn join(&self, now: Instant) -> Pulse {
        let last = Arc::new(AtomicU64::new(0));
        let mut beats = self.beats();
        beats.retain(|beat| beat.strong_count() > 0);
        beats.push(Arc::downgrade(&last));
        let pulse = Pulse { began: self.began, last, late: self.late.clone() };
        pulse.set(now);
        pulse
    }

    /// By how much the slowest loop is late now. Zero where none is to be expected.
    #[must_use]
    pub fn stuck(&self, now: Instant) -> Duration {
        let now = now.saturating_duration_since(self.began);
        let last = |beat: &Weak<AtomicU64>| beat.upgrade().map(|beat| beat.load(Ordering::Relaxed));
        let oldest = self.beats().iter().filter_map(last).min();
        oldest.map_or(Duration::ZERO, |oldest| now.saturating_sub(Duration::from_millis(oldest) + Self::EVERY))
    }

    /// How late beats came.
    #[must_use]
    pub const fn late(&self) -> &Histogram {
        &self.late
    }

    /// A list without invariants: a panic elsewhere leaves it usable.
    fn beats(&self) -> MutexGuard<'_, Vec<Weak<AtomicU64>>> {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pulse of one event loop.
#[derive(Debug)]
pub struct Pulse {
    began: Instant,
    /// Milliseconds from `began`.
    last: Arc<AtomicU64>,
    late: Histogram,
}

impl Pulse {
    /// The loop turned.
    pub fn beat(&self, now: Instant) {
        let before = Duration::from_millis(self.last.load(Ordering::Relaxed));
        let since = now.saturating_duration_since(self.began).saturating_sub(before);
        self.late.time(since.saturating_sub(Pulses::EVERY));
        self.set(now);
    }

    fn set(&self, now: Instant) {
        let millis = now.saturating_duration_since(self.began).as_millis();
        self.last.store(u64::try_from(millis).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_of_the_loops_is_the_one_that_counts() {
        let began = Instant::now();
        let at = |millis| began + Duration::from_millis(millis);
        let pulses = Pulses::new(began);
        let (quick, slow) = (pulses.join(began), pulses.join(began));
        quick.beat(at(6_000));
        assert_eq!(pulses.stuck(at(6_000)), Duration::from_millis(5_900));
        slow.beat(at(6_050));
        assert_eq!(pulses.stuck(at(6_060)), Duration::ZERO);
        assert_eq!(pulses.late().counted(), 2);
    }

    #[test]
    fn a_loop_that_has_ended_is_not_waited_for() {
        let began = Instant::now();
        let pulses = Pulses::new(began);
        drop(pulses.join(began));
        assert_eq!(pulses.stuck(began + Duration::from_secs(60)), Duration::ZERO);
    }
}
