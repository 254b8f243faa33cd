//! The configuration: what a site sets, read once at the start.

mod client;
mod settings;
mod watching;

pub use client::Client;
pub use settings::{Config, DatabaseUrl, Fault, Faults, Given, RulesPolicy, load};
pub use watching::{Watching, WatchingFault, WatchingGiven};
