//! OperationOutcome: the body of every error reply.

use fhirbolt::model::r4::{resources, types};

use crate::parts::{json, unless_empty};

/// How bad an issue is (FHIR issue-severity). An error reply carries `Error` or `Fatal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The service could not go on.
    Fatal,
    /// The request was not carried out.
    Error,
    /// It was carried out; something should be looked at.
    Warning,
    /// Nothing is wrong.
    Information,
}

/// What kind of issue it is (FHIR issue-type; only the codes that Herald uses).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueType {
    /// The content is no JSON, or not shaped as demanded.
    Structure,
    /// A required element is missing.
    Required,
    /// An element has a value that is not allowed.
    Value,
    /// Data that the answer needs could not be had.
    Incomplete,
    /// The interaction, media type, coding or version is not supported.
    NotSupported,
    /// The thing addressed does not exist.
    NotFound,
    /// The content is larger than is read.
    TooLong,
    /// The client did not prove who it is.
    Login,
    /// Too slow, or too much at once: try again.
    Throttled,
    /// The request did not arrive in time.
    Timeout,
    /// The service is stopping or starting: try again.
    Transient,
    /// An unexpected fault inside the service.
    Exception,
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue<'a> {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub kind: IssueType,
    /// What to change, for the people who run the client. Never a piece of the request.
    pub text: &'a str,
}

/// An OperationOutcome with these issues, as JSON. FHIR wants at least one issue: without any, it says that the cause is
/// unknown.
#[must_use]
pub fn operation_outcome(issues: &[Issue<'_>]) -> String {
    let unknown = [Issue { severity: Severity::Error, kind: IssueType::Exception, text: "The cause is not known." }];
    let issues = if issues.is_empty() { &unknown } else { issues };
    json(&resources::OperationOutcome {
        id: None,
        meta: None,
        implicit_rules: None,
        language: None,
        text: None,
        contained: vec![],
        extension: vec![],
        modifier_extension: vec![],
        issue: issues.iter().map(written).collect(),
    })
}

fn written(issue: &Issue<'_>) -> resources::OperationOutcomeIssue {
    resources::OperationOutcomeIssue {
        id: None,
        extension: vec![],
        modifier_extension: vec![],
        severity: types::Code::from(severity(issue.severity)),
        code: types::Code::from(kind(issue.kind)),
        details: None,
        diagnostics: unless_empty(issue.text),
        location: vec![],
        expression: vec![],
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal => "fatal",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "information",
    }
}

const fn kind(kind: IssueType) -> &'static str {
    match kind {
        IssueType::Structure => "structure",
        IssueType::Required => "required",
        IssueType::Value => "value",
        IssueType::Incomplete => "incomplete",
        IssueType::NotSupported => "not-supported",
        IssueType::NotFound => "not-found",
        IssueType::TooLong => "too-long",
        IssueType::Login => "login",
        IssueType::Throttled => "throttled",
        IssueType::Timeout => "timeout",
        IssueType::Transient => "transient",
        IssueType::Exception => "exception",
    }
}
