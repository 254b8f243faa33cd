//! The OpenAPI 3.1 document of the service, written from the one table of addresses that are served.

mod assessment;
mod document;
mod operation;
mod replies;
mod schemas;

pub use document::{Listed, Verb, document};
pub use operation::Operation;
