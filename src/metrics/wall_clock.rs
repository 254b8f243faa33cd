//! Does the wall clock jump back? Rows are filed and answers expire by it.

use std::time::{Duration, Instant, SystemTime};

/// A step back that is smaller is one of the ordinary corrections.
const TOLERATED: Duration = Duration::from_secs(1);

/// Compares the wall clock with the clock that only counts up.
#[derive(Debug)]
pub struct WallClock {
    wall: SystemTime,
    steady: Instant,
}

impl WallClock {
    /// From these two readings on.
    #[must_use]
    pub const fn new(wall: SystemTime, steady: Instant) -> Self {
        Self { wall, steady }
    }

    /// By how much the wall clock went back since the last look, if that is more than a second.
    pub fn look(&mut self, wall: SystemTime, steady: Instant) -> Option<Duration> {
        let expected = self.wall + steady.saturating_duration_since(self.steady);
        *self = Self { wall, steady };
        expected.duration_since(wall).ok().filter(|back| *back > TOLERATED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_back_of_more_than_a_second_is_told_once() {
        let (wall, steady) = (SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000), Instant::now());
        let after = |seconds| (wall + Duration::from_secs(seconds), steady + Duration::from_secs(seconds));
        let mut clock = WallClock::new(wall, steady);
        let (good_wall, later) = after(1);
        assert_eq!(clock.look(good_wall, later), None);
        let (_, later) = after(2);
        let hour_back = good_wall - Duration::from_secs(3_600);
        assert_eq!(clock.look(hour_back, later), Some(Duration::from_secs(3_601)));
        let (_, later) = after(3);
        assert_eq!(clock.look(hour_back + Duration::from_secs(1), later), None);
    }

    #[test]
    fn a_correction_of_half_a_second_and_a_jump_ahead_are_nothing_to_tell() {
        let (wall, steady) = (SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000), Instant::now());
        let mut clock = WallClock::new(wall, steady);
        assert_eq!(clock.look(wall - Duration::from_millis(500), steady), None);
        assert_eq!(clock.look(wall + Duration::from_secs(3_600), steady), None);
    }
}
