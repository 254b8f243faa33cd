//! Both readers look at one resource, and agree, or differ for a reason that is known.

use std::panic::catch_unwind;

use fhir_check::{Fault, Problem, strict_check};
use fhirbolt::model::r4::Resource;
use fhirbolt::serde::{DeserializationConfig, DeserializationMode};
use serde_json::Value;

use crate::samples::TABLE;

/// Generated readers take much room for each level.
const STACK: usize = 256 << 20;

/// How often both accepted, both refused, or only the check refused.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub accepted: usize,
    pub refused: usize,
    pub stricter: usize,
    disputes: Vec<String>,
}

impl Tally {
    /// Both judge `resource`.
    pub(crate) fn judge(&mut self, resource: &Value) {
        let problems = strict_check(resource);
        if problems.iter().any(never_reaches_fhirbolt) {
            self.refused += 1;
            return;
        }
        match (problems.is_empty(), fhirbolt_reads(resource)) {
            (true, Ok(())) => self.accepted += 1,
            (false, Err(_)) => self.refused += 1,
            (false, Ok(())) if problems.iter().all(beyond_fhirbolt) => self.stricter += 1,
            (false, Ok(())) => self.dispute(resource, &format!("only the check refuses: {problems:?}")),
            (true, Err(words)) => self.dispute(resource, &format!("only fhirbolt refuses: {words}")),
        }
    }

    fn dispute(&mut self, resource: &Value, words: &str) {
        self.disputes.push(format!("{words}\n  {}", resource.to_string().chars().take(600).collect::<String>()));
    }

    /// Fails with the first disputes.
    pub(crate) fn agreed(self) -> Self {
        let count = self.disputes.len();
        assert!(count == 0, "{count} disputes\n{}", self.disputes[..count.min(20)].join("\n"));
        self
    }
}

/// An empty array or a null makes fhirbolt panic or refuse; whatever is empty is refused by the check alone.
fn never_reaches_fhirbolt(problem: &Problem) -> bool {
    matches!(problem.fault, Fault::Empty(what) if what != "an element with nothing but an id")
}

/// What fhirbolt lets pass, and why the check does not.
fn beyond_fhirbolt(problem: &Problem) -> bool {
    match &problem.fault {
        // Texts are texts to it, whatever their format or their list of codes.
        Fault::Format { .. } | Fault::Code(_) => true,
        // It wraps a single value into an array, and takes a required array that is missing for an empty one.
        Fault::NotArray => true,
        Fault::Missing(_) => TABLE.is_required_array(problem.at.rsplit('.').next().unwrap()),
        // Invariants that hold for every element and every extension (ele-1, ext-1).
        Fault::Empty(_) | Fault::Extension => true,
        // HL7's definitions give Resource.id the type of a plain value; fhirbolt gives it a sibling.
        Fault::NothingBeside => problem.at.ends_with("._id"),
        _ => false,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads with it, and only resources of this repository"
)]
fn fhirbolt_reads(resource: &Value) -> Result<(), String> {
    let text = resource.to_string();
    let strict = DeserializationConfig { mode: DeserializationMode::Strict };
    let read = catch_unwind(|| fhirbolt::json::from_str::<Resource>(&text, Some(strict)).map(drop));
    read.map_err(|_| "it panicked".to_owned())?.map_err(|error| error.to_string())
}

/// Runs a test with room for fhirbolt.
pub(crate) fn with_room(test: fn()) {
    std::thread::Builder::new().stack_size(STACK).spawn(test).unwrap().join().unwrap();
}
