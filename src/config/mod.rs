//! The configuration: what a site sets, read once at the start.

mod client;
mod client_entry;
mod fault;
mod fhir_access;
mod file;
mod origins;
mod outside;
mod registration;
mod settings;
mod spool;
mod transport;
mod watching;

pub use client::Client;
pub use client_entry::ClientFault;
pub use fault::{Fault, Faults};
pub use fhir_access::{AddressRange, FhirAccess, FhirAccessFault};
pub use origins::Origins;
pub use outside::{NotOutside, is_public, outside};
pub use registration::{KeySource, Registration, TokenAlgorithm};
pub use settings::{Config, DatabaseUrl, Given, RulesPolicy, load};
pub use transport::{Mode, TlsFiles, Transport};
pub use watching::{Watching, WatchingFault, WatchingGiven};
