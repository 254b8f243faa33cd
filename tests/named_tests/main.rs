//! Pages that name the test beside each claim: the tests exist, and no claim is left without one.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

mod pitfalls;
mod security;
mod sources;
