//! The configuration: what a site sets, read once at the start.

mod authorities;
mod client;
mod client_entry;
mod fault;
mod fhir_access;
mod file;
mod key_source;
mod log;
mod origins;
mod outside;
mod reachable;
mod registration;
mod settings;
mod spool;
mod transport;
mod watching;

pub use authorities::authorities;
pub use client::Client;
pub use client_entry::ClientFault;
pub use fault::{Fault, Faults};
pub use fhir_access::{AddressRange, FhirAccess, FhirAccessFault};
pub use key_source::{KeyServer, KeySource, KeySourceFault};
pub use origins::Origins;
pub use outside::{NotOutside, is_public, outside};
pub use reachable::may_be_contacted;
pub use registration::{Registration, TokenAlgorithm};
pub use settings::{Config, DatabaseUrl, Given, RulesPolicy, load};
pub use transport::{Mode, TlsFiles, Transport};
pub use watching::{Watching, WatchingFault, WatchingGiven};
