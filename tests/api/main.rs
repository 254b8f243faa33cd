//! The service as a client meets it: real sockets, started through the library on a free port.
//!
//! Numbers in test names (`cdsh_r29`) are rules of the conformance guide.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

mod binary;
mod browser;
mod canary;
mod collector;
mod discovery;
mod examples;
mod feedback;
mod harness;
mod knowledge;
mod labelled;
mod lifecycle;
mod limits;
mod methods;
mod metrics;
mod mutations;
mod noise;
mod opening;
mod orders;
mod prefetch;
mod private_cluster;
mod process;
mod refusals;
mod replies;
mod slow;
mod spool;
mod spool_damage;
#[path = "../standard/mod.rs"]
mod standard;
mod start_page;
mod stop;
#[path = "../support/mod.rs"]
mod support;
mod traces;
