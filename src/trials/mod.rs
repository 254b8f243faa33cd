//! Clinical trials with HER2 criteria, as pure values.

mod listed;

pub use listed::{Her2Condition, ListedTrial};
