//! The body of an error reply.

use fhir_out::{Issue, IssueType, Severity};

/// An OperationOutcome with one issue of severity error. `text` says what to change and holds no piece of a request.
#[must_use]
pub fn operation_outcome(kind: IssueType, text: &str) -> String {
    fhir_out::operation_outcome(&[Issue { severity: Severity::Error, kind, text }])
}
