//! Cards at ordering, the most urgent first, each about one thing that speaks against a draft order, the last about orders that
//! could not be read; two are shown at most.

mod compose;
mod draft;
mod group;
mod heart_words;
mod status_words;
mod topic;
mod unread;
mod wording;

pub use compose::order_cards;
pub(super) use topic::topics;
