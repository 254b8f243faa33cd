//! The service as a client meets it: real sockets, started through the library on a free port.
//!
//! Numbers in test names (`cdsh_r29`) are rules of the conformance guide.

mod browser;
mod discovery;
mod examples;
mod feedback;
mod harness;
mod lifecycle;
mod methods;
mod mutations;
mod prefetch;
mod refusals;
mod slow;
