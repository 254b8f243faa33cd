//! The configuration: what a site sets, read once at the start.

mod client;
mod outside;
mod registration;
mod settings;

pub use client::Client;
pub use outside::{NotOutside, is_public, outside};
pub use registration::{ClientFault, KeySource, Registration, TokenAlgorithm};
pub use settings::{Config, DatabaseUrl, Fault, Faults, Given, RulesPolicy, load};
