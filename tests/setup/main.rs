//! How a site sets the service up: what the binary refuses to start with, TLS, and what the doctor says.
//!
//! Every test runs the real binary. Numbers in test names (`row_8`) are rows of the table of refusals in `docs/security.md`.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

mod certificates;
mod doctor;
mod partitions;
mod refusals;
mod site;
mod starts;
#[path = "../support/mod.rs"]
mod support;
