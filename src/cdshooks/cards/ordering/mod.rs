//! Cards at ordering: at most two, the most urgent first, each about one thing that speaks against a draft order.

mod compose;
mod draft;
mod group;
mod topic;
mod wording;

pub use compose::order_cards;
