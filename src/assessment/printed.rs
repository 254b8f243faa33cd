//! The two lists of an assessment that are the same for many patients, printed once: labels with their verdicts, and trials.

use serde_json::value::{RawValue, to_raw_value};

use super::assess::Assessment;
use super::shape::{Considerations, Trials};

/// Considerations and trials of an assessment as JSON.
#[derive(Debug)]
pub struct PrintedLists {
    pub(super) considerations: Box<RawValue>,
    pub(super) trials: Box<RawValue>,
    in_one_piece: Box<str>,
}

impl PrintedLists {
    /// Prints them.
    #[must_use]
    pub fn of(assessment: &Assessment<'_>) -> Self {
        // Writing strings and numbers to memory cannot fail.
        let considerations = to_raw_value(&Considerations(assessment)).unwrap_or_default();
        let trials = to_raw_value(&Trials(assessment)).unwrap_or_default();
        let in_one_piece = format!("{considerations},\"safety\":[],\"trials\":{trials}").into();
        Self { considerations, trials, in_one_piece }
    }

    /// The considerations: an array.
    #[must_use]
    pub fn considerations(&self) -> &str {
        self.considerations.get()
    }

    /// From the considerations to the end of the trials, as it stands in an assessment that found nothing against an order.
    #[must_use]
    pub fn in_one_piece(&self) -> &str {
        &self.in_one_piece
    }
}
