//! The FHIR R4 resources that Herald writes, and the strict check of one resource. The only crate that knows fhirbolt.
//!
//! Plain functions: small structs of our own in, compact JSON out. Every field of a resource is named where it is built, so
//! that no default of a generated model reaches a reply (the default of a choice element is "invalid"). Nothing empty is
//! ever written: no `null`, `""`, `[]`, `{}`. fhirbolt reads in `strict` only, and only what was looked at before.

mod communication_request;
mod operation_outcome;
mod parts;
mod service_request;
mod strict;

pub use communication_request::{CommunicationRequestDraft, communication_request_draft};
pub use operation_outcome::{Issue, IssueType, Severity, operation_outcome};
pub use parts::{Code, Concept};
pub use service_request::{ServiceRequestDraft, service_request_draft};
pub use strict::{Problem, strict_check};
