//! Nobody in who does not belong: the real binary with registered clients, keys made here, and every token a test can think of.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

mod batches;
#[allow(dead_code, reason = "it is a FHIR server to other tests")]
#[path = "../upstream/fhir_server.rs"]
mod fhir_server;
mod good;
#[allow(dead_code, reason = "the tests of the loopback mode use the rest of it")]
#[path = "../api/harness.rs"]
mod harness;
mod hostile;
mod key_server;
mod keys;
mod quota;
mod replay;
mod rotation;
mod routes;
mod site;
#[allow(dead_code, unused_imports, reason = "the tests of the loopback mode use the rest of it")]
#[path = "../standard/mod.rs"]
mod standard;
mod start;
#[path = "../support/mod.rs"]
mod support;
mod tenants;
mod tokens;
