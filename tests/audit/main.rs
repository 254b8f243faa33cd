//! The record against those who could change it: roles and rows of the database, seals, audit, deletion by age.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checked_here;
mod commands;
mod deletion;
mod edits;
mod roles;
mod sealed;
mod sealing;
#[path = "../support/mod.rs"]
mod support;
