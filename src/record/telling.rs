//! What the log says of an outage of the database: one line at its beginning with its cause, one every few minutes while it
//! lasts, and one at its end.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::{SqlState, StoreError};

/// While an outage lasts it is told again so often.
const AGAIN: Duration = Duration::from_secs(180);

#[derive(Default)]
pub(super) struct Telling(Mutex<State>);

#[derive(Default)]
struct State {
    cause: Option<Cause>,
    outage: Option<Told>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Cause {
    words: &'static str,
    sqlstate: Option<SqlState>,
    /// Somebody has to do something about it.
    denial: bool,
}

/// An outage that was told.
struct Told {
    at: Instant,
    cause: Option<Cause>,
    /// Decisions that were answered `spooled` before it.
    spooled_before: u64,
}

/// What a look at an outage leads to.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Begins,
    Lasts(u64),
    Ends(u64),
}

impl State {
    fn look(&mut self, is_outage: bool, spooled: u64, now: Instant) -> Option<Line> {
        match (&mut self.outage, is_outage) {
            (None, false) => None,
            (None, true) => {
                self.outage = Some(Told { at: now, cause: self.cause, spooled_before: spooled });
                Some(Line::Begins)
            }
            (Some(told), true) => {
                // What began as a broken connection may turn out to be a wrong password.
                let turned_out = self.cause.is_some_and(|cause| cause.denial) && self.cause != told.cause;
                if !turned_out && now.saturating_duration_since(told.at) < AGAIN {
                    return None;
                }
                (told.at, told.cause) = (now, self.cause);
                Some(Line::Lasts(spooled.saturating_sub(told.spooled_before)))
            }
            (Some(told), false) => {
                let spooled = spooled.saturating_sub(told.spooled_before);
                *self = Self::default();
                Some(Line::Ends(spooled))
            }
        }
    }
}

impl Telling {
    /// Notes why nothing was stored.
    pub(super) fn blame(&self, error: &StoreError) {
        let cause = Cause { words: error.in_words(), sqlstate: error.sqlstate(), denial: error.is_denial() };
        self.state(|state| state.cause = Some(cause));
    }

    /// Tells what there is to tell, during an outage and at both its ends.
    pub(super) fn look(&self, is_outage: bool, spooled: u64, now: Instant) {
        let (line, cause) = self.state(|state| {
            let cause = state.cause;
            (state.look(is_outage, spooled, now), cause)
        });
        let words = cause.map_or("not known", |cause| cause.words);
        let state = cause.and_then(|cause| cause.sqlstate);
        let sqlstate = state.as_ref().map(SqlState::as_str);
        match line {
            None => {}
            Some(Line::Begins) => {
                tracing::error!(cause = words, sqlstate, "the database does not take decisions; they go to the spool");
            }
            Some(Line::Lasts(spooled)) => {
                tracing::error!(cause = words, sqlstate, spooled, "the database still does not take decisions");
            }
            Some(Line::Ends(spooled)) => tracing::info!(spooled, "the database takes decisions again"),
        }
    }

    /// Every field is whole between two looks.
    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKE: Cause = Cause { words: "no connection", sqlstate: None, denial: false };
    const DENIED: Cause = Cause { words: "wrong password", sqlstate: None, denial: true };

    #[test]
    fn an_outage_has_a_line_at_its_beginning_one_every_few_minutes_and_one_at_its_end() {
        let (mut state, now) = (State { cause: Some(BROKE), outage: None }, Instant::now());
        assert_eq!(state.look(true, 7, now), Some(Line::Begins));
        assert_eq!(state.look(true, 8, now + AGAIN / 2), None);
        assert_eq!(state.look(true, 19, now + AGAIN), Some(Line::Lasts(12)));
        assert_eq!(state.look(true, 20, now + AGAIN + AGAIN / 2), None);
        assert_eq!(state.look(false, 21, now + AGAIN * 2), Some(Line::Ends(14)));
        assert_eq!(state.look(false, 21, now + AGAIN * 3), None);
    }

    #[test]
    fn a_cause_that_somebody_has_to_see_to_is_told_as_soon_as_it_is_known_and_once() {
        let (mut state, now) = (State { cause: Some(BROKE), outage: None }, Instant::now());
        state.look(true, 0, now);
        state.cause = Some(DENIED);
        assert_eq!(state.look(true, 3, now), Some(Line::Lasts(3)));
        assert_eq!(state.look(true, 4, now), None);
    }
}
