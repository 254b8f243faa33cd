//! The rules for which the attributes were last read through. A test fails when the rules have changed since: read
//! `texts.rs` against the change, then set both lines.

use jiff::civil::{Date, date};

/// The day of the reading.
pub const REVIEWED_ON: Date = date(2026, 11, 28);

/// Digest of the rule files as they were then, as `herald rules check` prints it.
pub const REVIEWED_RULES: &str = "sha256:f98b1246f1d6ded40aee06095b07085c68fa8840f0ba66426bc1a5ed32d9e041";
