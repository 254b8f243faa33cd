//! The client's FHIR server: what a request lacks is fetched from there, in parallel, within one deadline, and from nowhere
//! else.
//!
//! A request can name any address in `fhirServer` and in links of Bundles. None of them is ever used as sent: only a base
//! that is registered for the client is contacted, at addresses that were checked, and only below its path.

mod client;
mod errand;
mod fault;
mod fetched;
mod page;
mod query;
mod registered;
mod resolver;

pub use errand::Errand;
pub use fetched::{Documents, Fetched};
pub use registered::{Upstream, UpstreamError};
