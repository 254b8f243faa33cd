//! The configuration: what a site sets, read once at the start.

mod client;
mod fhir_access;
mod settings;

pub use client::Client;
pub use fhir_access::{AddressRange, FhirAccess, FhirAccessFault};
pub use settings::{Config, DatabaseUrl, Fault, Faults, Given, RulesPolicy, load};
