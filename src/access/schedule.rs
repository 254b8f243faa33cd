//! When a key set is fetched again: pure, with the time as an argument (since the start of the process).

use std::time::Duration;

/// A set is fetched again after the time its owner says, within these bounds.
const SHORTEST_LIFE: Duration = Duration::from_secs(5 * 60);
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// After a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// A set that could not be fetched again for this long is dropped.
const STALE_AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);
/// A key that is not in the set asks for another look, this often at most: anybody can invent a key id.
const LOOKS_FOR_UNKNOWN: Duration = Duration::from_secs(60);

/// What a request that shows an unknown key may hope for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hope {
    /// The set is fetched now, because of this request.
    Fetch,
    /// It is being fetched already.
    Wait,
    /// It was looked for a moment ago.
    None,
}

/// The state of one key set.
#[derive(Debug)]
pub(super) struct Schedule {
    due: Duration,
    failures: u32,
    /// When the set that is held is dropped; None while none is held.
    drop_at: Option<Duration>,
    looked_for_unknown: Option<Duration>,
    is_fetching: bool,
}

impl Schedule {
    /// Nothing is held, and the set is fetched at once: who asks meanwhile waits for that.
    pub(super) const fn new() -> Self {
        Self { due: Duration::ZERO, failures: 0, drop_at: None, looked_for_unknown: None, is_fetching: true }
    }

    /// A set of an earlier process is held, which was good `age` ago.
    pub(super) fn held(now: Duration, age: Duration) -> Self {
        Self { drop_at: Some(now + STALE_AT_MOST.saturating_sub(age)), ..Self::new() }
    }

    /// When to fetch next.
    pub(super) const fn due(&self) -> Duration {
        self.due
    }

    /// A fetch begins.
    pub(super) const fn begin(&mut self) {
        self.is_fetching = true;
    }

    /// A set came, good for `life` by its owner's word. `chance` spreads the fetches of many processes by a tenth.
    pub(super) fn fetched(&mut self, now: Duration, life: Option<Duration>, chance: u8) {
        let life = life.unwrap_or(SHORTEST_LIFE).clamp(SHORTEST_LIFE, LONGEST_LIFE);
        let jitter = life.mul_f64(0.9 + 0.2 * f64::from(chance) / 255.0);
        *self = Self {
            due: now + jitter,
            failures: 0,
            drop_at: Some(now + STALE_AT_MOST),
            looked_for_unknown: self.looked_for_unknown,
            is_fetching: false,
        };
    }

    /// No set came: again after a pause that doubles, of which chance takes a part.
    pub(super) fn failed(&mut self, now: Duration, chance: u8) {
        let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        let longest = doubled.min(LONGEST_PAUSE);
        // At least a tenth of a second: full jitter, but never a busy loop.
        self.due = now + longest.mul_f64(f64::from(chance) / 255.0).max(Duration::from_millis(100));
        self.failures = self.failures.saturating_add(1).min(16);
        self.is_fetching = false;
    }

    /// A token names a key that is not in the set.
    pub(super) fn unknown_key(&mut self, now: Duration) -> Hope {
        if self.is_fetching {
            return Hope::Wait;
        }
        if self.looked_for_unknown.is_some_and(|looked| now < looked + LOOKS_FOR_UNKNOWN) {
            return Hope::None;
        }
        self.looked_for_unknown = Some(now);
        self.is_fetching = true;
        Hope::Fetch
    }

    /// Is the set that is held too old to trust?
    pub(super) fn has_gone_stale(&self, now: Duration) -> bool {
        self.drop_at.is_some_and(|drop_at| now >= drop_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_thousand_requests_with_an_unknown_key_make_one_fetch_and_the_next_one_a_minute_later() {
        let mut schedule = Schedule::new();
        schedule.fetched(secs(0), None, 128);
        let hopes: Vec<Hope> = (0..1_000).map(|_| schedule.unknown_key(secs(10))).collect();
        assert_eq!(hopes.iter().filter(|hope| **hope == Hope::Fetch).count(), 1);
        assert!(hopes[1..].iter().all(|hope| *hope == Hope::Wait));
        schedule.fetched(secs(11), None, 128);
        assert_eq!(schedule.unknown_key(secs(69)), Hope::None);
        assert_eq!(schedule.unknown_key(secs(70)), Hope::Fetch);
    }

    #[test]
    fn the_owner_says_how_long_a_set_is_good_within_five_minutes_and_a_day() {
        for (life, least, most) in [
            (None, 270, 330),
            (Some(secs(0)), 270, 330),
            (Some(secs(3_600)), 3_240, 3_960),
            (Some(secs(10_000_000)), 77_760, 95_040),
        ] {
            for chance in [0, 128, 255] {
                let mut schedule = Schedule::new();
                schedule.fetched(secs(100), life, chance);
                let due = schedule.due().as_secs() - 100;
                assert!((least..=most).contains(&due), "{life:?} {chance}: {due}");
            }
        }
    }

    #[test]
    fn an_outage_of_an_hour_is_survived_with_the_old_keys_and_few_attempts() {
        let mut schedule = Schedule::new();
        schedule.fetched(secs(0), None, 255);
        let (mut now, mut attempts) = (schedule.due(), 0);
        while now < secs(3_600) {
            schedule.begin();
            schedule.failed(now, 255);
            assert!(!schedule.has_gone_stale(now));
            (now, attempts) = (schedule.due(), attempts + 1);
        }
        assert!((10..30).contains(&attempts), "{attempts}");
        schedule.fetched(now, None, 0);
        assert_eq!(schedule.due(), now + secs(270), "as before, at once");
    }

    #[test]
    fn after_a_day_without_a_fetch_the_old_keys_are_dropped_and_a_restart_does_not_renew_them() {
        let mut schedule = Schedule::new();
        assert!(!schedule.has_gone_stale(secs(1_000_000)), "nothing is held");
        schedule.fetched(secs(0), None, 0);
        assert!(!schedule.has_gone_stale(secs(86_399)) && schedule.has_gone_stale(secs(86_400)));
        let restarted = Schedule::held(secs(0), secs(86_000));
        assert!(!restarted.has_gone_stale(secs(399)) && restarted.has_gone_stale(secs(400)));
        assert_eq!(restarted.due(), Duration::ZERO);
    }

    #[test]
    fn pauses_grow_to_five_minutes_and_chance_spreads_them() {
        let mut schedule = Schedule::new();
        let mut pauses = Vec::new();
        for _ in 0..20 {
            schedule.failed(secs(0), 255);
            pauses.push(schedule.due().as_secs());
        }
        assert_eq!(pauses[..6], [1, 2, 4, 8, 16, 32]);
        assert_eq!(pauses[19], 300);
        schedule.failed(secs(0), 0);
        assert_eq!(schedule.due(), Duration::from_millis(100));
    }
}
