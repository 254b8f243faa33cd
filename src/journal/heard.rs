//! When the database was last heard of. While decisions are stored their commits tell; while nobody asks, the keeper looks,
//! so that a service in which nothing happens does not call a database up that is away or was never there.

use std::time::{Duration, Instant};

/// So long after it was last heard of the database is looked at.
const LOOK_AFTER: Duration = Duration::from_secs(3);

/// What is known of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// Nothing yet: since the start it neither answered nor failed.
    Unheard,
    /// It takes decisions.
    Up,
    /// The last batch or look failed, and no decision was stored since: a probe waits for its return, or what waits in the
    /// spool is about to be stored and tells whether it has returned.
    Away,
}

#[derive(Debug, Default)]
pub(super) struct Heard {
    last: Option<Instant>,
    looks_since: Option<Instant>,
}

impl Heard {
    /// It answered, be it with a refusal.
    pub(super) const fn answered(&mut self, now: Instant) {
        self.last = Some(now);
    }

    pub(super) const fn ever(&self) -> bool {
        self.last.is_some()
    }

    /// Until it should be looked at; nothing once it is time.
    pub(super) fn until_look(&self, now: Instant) -> Option<Duration> {
        let rest = LOOK_AFTER.checked_sub(now.saturating_duration_since(self.last?))?;
        (!rest.is_zero()).then_some(rest)
    }

    /// A look begins.
    pub(super) const fn looks(&mut self, now: Instant) {
        self.looks_since = Some(now);
    }

    /// Whether a batch was stored while the look was under way. Then a look that failed proves nothing: the server may
    /// have had no connection to spare.
    pub(super) fn answered_meanwhile(&self) -> bool {
        self.last.is_some() && self.last > self.looks_since
    }
}
