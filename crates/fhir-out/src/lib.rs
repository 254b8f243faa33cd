//! The FHIR R4 resources that Herald writes. The only crate that knows fhirbolt.
//!
//! Plain functions: small structs of our own in, compact JSON out. Every field of a resource is named where it is built, so
//! that no default of a generated model reaches a reply (the default of a choice element is "invalid"). Nothing empty is
//! ever written: no `null`, `""`, `[]`, `{}`. Nothing is read here; a test reads with fhirbolt, to hold the
//! strict check of fhir-check against it.

mod communication_request;
mod operation_outcome;
mod parts;
mod service_request;

pub use communication_request::{CommunicationRequestDraft, communication_request_draft};
pub use operation_outcome::{Issue, IssueType, Severity, operation_outcome};
pub use parts::{Code, Concept};
pub use service_request::{ServiceRequestDraft, service_request_draft};
