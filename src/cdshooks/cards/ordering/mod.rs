//! Cards at ordering, the most urgent first, each about one thing that speaks against a draft order; two are shown at most.

mod compose;
mod draft;
mod group;
mod topic;
mod wording;

pub use compose::order_cards;
pub(super) use topic::topics;
