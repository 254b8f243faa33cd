//! How fast the spool is emptied: as fast as it goes while nobody asks, and in small steps by a timetable beside live
//! decisions.
//!
//! A live decision that meets a step waits for it: for its work in PostgreSQL and for its flush. So a step is small,
//! and a few rows come every few milliseconds. Where flushes are slow the steps are larger, and the timetable is kept as
//! long as the largest step takes less than nine milliseconds.

use std::time::{Duration, Instant};

/// Most rows of one step: more of them in one transaction save little.
const MOST: u32 = 16;
/// Fewest rows of a step beside live decisions. Each step costs a commit.
const FEWEST: u32 = 4;
/// By the timetable a row is due every 625 microseconds, 1,600 in a second: an hour of 100 a second is replayed in less
/// than five minutes.
const EACH_ROW: Duration = Duration::from_micros(625);
/// So long after a live decision the next one is expected.
const LIVE_FOR: Duration = Duration::from_millis(100);
/// After a step that took longer than the timetable gives it.
const SHORTEST_REST: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(super) struct Pace {
    /// Rows that were due before this were taken.
    due_since: Instant,
    last_live: Option<Instant>,
}

impl Pace {
    pub(super) const fn new(now: Instant) -> Self {
        Self { due_since: now, last_live: None }
    }

    /// A live batch was taken in hand.
    pub(super) const fn live_came(&mut self, now: Instant) {
        self.last_live = Some(now);
    }

    /// Most rows of the step that begins now.
    pub(super) fn rows(&mut self, now: Instant) -> usize {
        let due = now.saturating_duration_since(self.due_since).as_micros() / EACH_ROW.as_micros();
        let rows = match u32::try_from(due) {
            Ok(due) if self.is_beside_live(now) && due < MOST => {
                let rows = due.max(FEWEST);
                self.due_since += EACH_ROW * rows;
                rows
            }
            // what is more than one step late is not made up for
            _ => {
                self.due_since = now;
                MOST
            }
        };
        rows as usize
    }

    /// From the end of a step to the next one.
    pub(super) fn rest(&self, now: Instant) -> Duration {
        if self.is_beside_live(now) {
            (self.due_since + EACH_ROW * FEWEST).saturating_duration_since(now).max(SHORTEST_REST)
        } else {
            Duration::ZERO
        }
    }

    fn is_beside_live(&self, now: Instant) -> bool {
        self.last_live.is_some_and(|live| now.saturating_duration_since(live) < LIVE_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of so many microseconds each for a second, beside live decisions; the sizes and how many rows in all.
    fn a_second_of_steps(each_takes: u64, timer: u64) -> (Vec<usize>, usize) {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let (mut at, mut steps) = (0_u64, Vec::new());
        while at < 1_000_000 {
            let now = |at| start + Duration::from_micros(at);
            pace.live_came(now(at));
            steps.push(pace.rows(now(at)));
            at += each_takes;
            let rest = u64::try_from(pace.rest(now(at)).as_micros()).unwrap();
            assert!(rest >= 1_000, "a live decision gets its turn");
            // the timer of the runtime counts whole milliseconds, and is late
            at += rest.div_ceil(timer) * timer;
        }
        let rows = steps.iter().sum();
        (steps, rows)
    }

    #[test]
    fn beside_live_decisions_the_spool_is_emptied_by_the_timetable_in_steps_that_are_as_small_as_they_can_be() {
        for (each_takes, timer, largest) in
            [(200, 1, 4), (900, 1, 4), (900, 1_000, 6), (4_000, 1_000, 9), (8_000, 1_000, 15)]
        {
            let (steps, rows) = a_second_of_steps(each_takes, timer);
            assert!((1_550..=1_610).contains(&rows), "{rows} rows in steps of {each_takes} microseconds");
            assert!(steps[1..].iter().all(|rows| (4..=largest).contains(rows)), "{each_takes}: {steps:?}");
        }
    }

    #[test]
    fn on_a_slow_disk_the_spool_is_emptied_in_the_largest_steps_with_a_rest_between() {
        let (steps, rows) = a_second_of_steps(20_000, 1_000);
        assert!(steps[1..].iter().all(|rows| *rows == 16) && rows > 700, "{steps:?}");
    }

    #[test]
    fn while_nobody_asks_the_spool_is_emptied_without_a_rest() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!((pace.rows(start), pace.rest(start)), (16, Duration::ZERO));
        pace.live_came(start);
        let later = start + LIVE_FOR;
        assert!(pace.rest(later - SHORTEST_REST) > Duration::ZERO);
        assert_eq!((pace.rows(later), pace.rest(later)), (16, Duration::ZERO));
    }
}
