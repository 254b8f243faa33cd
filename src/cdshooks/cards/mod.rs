//! Cards: one fact, one gap, one act, with reasons, sources and what is missing.

mod clarify;
mod compose;
mod gaps;
mod kind;
mod ordering;
mod others;
mod overrides;
mod phrases;
mod primaries;
mod retest;
mod seen;
mod suggestion;
mod why;
mod wording;

pub use compose::cards;
pub use kind::topics;
pub(super) use kind::{is_about_trials, names_trials};
pub use ordering::order_cards;
pub(super) use overrides::offers_line_not_reached;
pub(super) use wording::{WHY, without_trials};
