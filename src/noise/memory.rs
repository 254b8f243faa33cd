//! All that is remembered about noise, and for how long an answer counts.

use jiff::SignedDuration;

use super::{Dismissed, Silences};

/// What the request path asks: in memory, filled in the background.
#[derive(Debug)]
pub struct Memory {
    /// Answers that keep a finding quiet.
    pub dismissed: Dismissed,
    /// What sites silenced.
    pub silences: Silences,
    /// How long an answer counts.
    pub quiet_for: SignedDuration,
}

impl Memory {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new(quiet_days: u16) -> Self {
        let quiet_for = SignedDuration::from_hours(24 * i64::from(quiet_days));
        Self { dismissed: Dismissed::default(), silences: Silences::default(), quiet_for }
    }

    /// Nothing that could keep a card back.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.dismissed.is_empty() && self.silences.is_empty()
    }
}
