//! Cards: one fact, one gap, one act, with reasons, sources and what is missing.

mod compose;
mod kind;
mod ordering;
mod others;
mod overrides;
mod phrases;
mod suggestion;
mod wording;

pub use compose::cards;
pub use ordering::order_cards;
