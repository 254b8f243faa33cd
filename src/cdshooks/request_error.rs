//! Why a hook request is refused. The texts are for the people who run the client: what to change, and never a piece of the
//! request.

use crate::json::Malformed;

/// A member of the request that an error may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// `hook`
    Hook,
    /// `hookInstance`
    HookInstance,
    /// `fhirServer`
    FhirServer,
    /// `context`
    Context,
    /// `context.patientId`
    PatientId,
    /// `context.userId`
    UserId,
    /// `context.draftOrders`
    DraftOrders,
    /// `prefetch`
    Prefetch,
}

impl Member {
    /// The path in the request.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::HookInstance => "hookInstance",
            Self::FhirServer => "fhirServer",
            Self::Context => "context",
            Self::PatientId => "context.patientId",
            Self::UserId => "context.userId",
            Self::DraftOrders => "context.draftOrders",
            Self::Prefetch => "prefetch",
        }
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path())
    }
}

/// Why a hook request is refused (rule 29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The body as a document: empty, cut off, too deep, not UTF-8.
    #[error("Send one JSON object (RFC 8259, UTF-8) as the body: {0}.")]
    Malformed(#[from] Malformed),
    /// The body is JSON, but no object.
    #[error("Send one JSON object as the body; the body is another kind of JSON value.")]
    NotAnObject,
    /// A required member is not there, or null.
    #[error("Send `{0}`: it is required and missing or null.")]
    Missing(Member),
    /// A string is empty or blank.
    #[error("Send a value in `{0}`: it is empty.")]
    Empty(Member),
    /// A member has another JSON type.
    #[error("Send `{0}` as {1}.")]
    WrongType(Member, &'static str),
    /// A string with control characters or half of a surrogate pair.
    #[error("Send `{0}` without control characters and as whole Unicode characters.")]
    NotText(Member),
    /// A string that is too long.
    #[error("Shorten `{0}` to {1} characters at most.")]
    TooLong(Member, usize),
    /// No FHIR id.
    #[error("Send a FHIR id in `{0}`: 1 to 64 letters, digits, `-` or `.`, with or without `Patient/` before it.")]
    NotAnId(Member),
    /// The hook of another service.
    #[error("Send the hook of this service in `hook`: it answers `{0}`.")]
    WrongHook(&'static str),
    /// An access token without the server that it is for (invariant cds-r-1).
    #[error("Send `fhirServer` together with `fhirAuthorization`.")]
    AuthorizationWithoutServer,
    /// A member stands twice at the top level.
    #[error("Send each member of the request once: one stands twice.")]
    RepeatedAtTop,
    /// A member stands twice in an object.
    #[error("Send each member of `{0}` once: one stands twice.")]
    RepeatedIn(Member),
    /// More prefetch keys than are read.
    #[error("Send at most {0} prefetch keys.")]
    TooManyKeys(usize),
    /// More Bundle entries than are read.
    #[error("Send at most {0} Bundle entries in `prefetch`, all keys together.")]
    TooManyEntries(usize),
    /// FHIR DSTU2 or STU3.
    #[error("Send FHIR R4: the request names or holds an older version of FHIR, which this service does not read.")]
    NotR4,
}
