//! The configuration: what a site sets, read once at the start.

mod client;
mod fault;
mod file;
mod origins;
mod settings;
mod transport;
mod watching;

pub use client::Client;
pub use fault::{Fault, Faults};
pub use origins::Origins;
pub use settings::{Config, DatabaseUrl, Given, RulesPolicy, load};
pub use transport::{Mode, TlsFiles, Transport};
pub use watching::{Watching, WatchingFault, WatchingGiven};
