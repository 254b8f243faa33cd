//! The strict check (fhir-check, a table) against fhirbolt's generated reader: two readings of HL7's definitions that know
//! nothing of each other refuse the same resources and accept the same. The exceptions have their reasons in `judges.rs`.
//!
//! The only place that reads with fhirbolt: its reader is large, and panics or hangs on some input.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod judges;
mod known;
mod mutations;
mod samples;
