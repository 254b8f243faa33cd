//! The configuration: what a site sets, read once at the start.

mod client;
mod client_entry;
mod outside;
mod registration;
mod settings;

pub use client::Client;
pub use client_entry::ClientFault;
pub use outside::{NotOutside, is_public, outside};
pub use registration::{KeySource, Registration, TokenAlgorithm};
pub use settings::{Config, DatabaseUrl, Fault, Faults, Given, RulesPolicy, load};
