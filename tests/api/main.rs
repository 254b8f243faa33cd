//! The service as a client meets it: real sockets, started through the library on a free port.
//!
//! Numbers in test names (`cdsh_r29`) are rules of the conformance guide.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

mod browser;
mod discovery;
mod examples;
mod feedback;
mod harness;
mod lifecycle;
mod methods;
mod mutations;
mod noise;
mod orders;
mod prefetch;
mod process;
mod refusals;
mod slow;
mod spool;
mod start_page;
#[path = "../support/mod.rs"]
mod support;
