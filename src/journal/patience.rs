//! When a queue is too slow: whoever came out of it had waited long, and that for a while.
//!
//! A queue that is only full now and then empties by itself. One in which everybody waits long takes in more than goes out,
//! and whoever is let in makes all of them later; so newcomers are sent away at once, while others can still help them.

use std::time::{Duration, Instant};

/// A longer wait is a bad one: a reply has less than half a second in all.
const LONG: Duration = Duration::from_millis(200);
/// Waits must have been long for this time. A single burst is no reason to send anybody away.
const LASTING: Duration = Duration::from_millis(100);

/// With nobody coming out for this time the queue had emptied: what was before says nothing of it any more.
const FORGOTTEN: Duration = Duration::from_secs(1);

/// The waits of one queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Patience {
    /// The first and the latest of the long waits that no short one and no pause came after.
    long: Option<(Instant, Instant)>,
}

impl Patience {
    /// Somebody came out of the queue `now` and had waited so long. True while newcomers should be sent away.
    pub fn came_out(&mut self, waited: Duration, now: Instant) -> bool {
        if waited <= LONG {
            self.long = None;
            return false;
        }
        let lasting = self.long.filter(|(_, latest)| now.saturating_duration_since(*latest) < FORGOTTEN);
        let since = lasting.map_or(now, |(since, _)| since);
        self.long = Some((since, now));
        now.saturating_duration_since(since) >= LASTING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn nobody_is_sent_away_for_one_burst_and_everybody_while_long_waits_last() {
        let (mut patience, start) = (Patience::default(), Instant::now());
        assert!(!patience.came_out(millis(200), start), "not long");
        assert!(!patience.came_out(millis(201), start));
        assert!(!patience.came_out(millis(400), start + millis(99)));
        assert!(patience.came_out(millis(201), start + millis(100)));
        assert!(patience.came_out(millis(350), start + millis(500)));
        assert!(!patience.came_out(millis(200), start + millis(501)), "one short wait ends it");
        assert!(!patience.came_out(millis(300), start + millis(502)), "and it begins anew");
        assert!(patience.came_out(millis(300), start + millis(602)));
    }
    #[test]
    fn a_burst_is_no_reason_because_there_was_another_one_an_hour_ago() {
        let (mut patience, start) = (Patience::default(), Instant::now());
        assert!(!patience.came_out(millis(300), start));
        assert!(!patience.came_out(millis(300), start + millis(3_600_000)));
        assert!(patience.came_out(millis(300), start + millis(3_600_100)), "it lasts");
    }
}
