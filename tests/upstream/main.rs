//! Missing prefetch, fetched from FHIR servers over TLS: good ones, hostile ones, and a HAPI server.
//!
//! Numbers in test names (`cdsh_r20`) are rules of the conformance guide.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

mod canary;
mod fetch;
mod fhir_server;
mod hapi;
#[allow(dead_code, reason = "each test binary uses its own part of it")]
#[path = "../api/harness.rs"]
mod harness;
mod hostile;
mod links;
mod medications;
mod site;
#[allow(dead_code, unused_imports, reason = "the tests of the loopback mode use the rest of it")]
#[path = "../standard/mod.rs"]
mod standard;
#[path = "../support/mod.rs"]
mod support;
