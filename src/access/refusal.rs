//! Why a caller is not let in: for logs and metrics, never for the caller.

/// Not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A bare 401, the same for every cause.
    Unknown {
        /// What was wrong.
        cause: Cause,
        /// Whose token it claimed to be, where its issuer is one of ours.
        client: Option<Box<str>>,
    },
    /// The caller is known and calls too often: 429.
    TooMany {
        /// Seconds until it may call again; at least 1.
        retry_after: u64,
    },
}

/// What was wrong, in a word of a short list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No `Authorization`.
    Missing,
    /// `Authorization` that is no bearer token, stands twice, or is too long.
    NotBearer,
    /// Not three parts of base64url with JSON objects in two of them.
    Malformed,
    /// A header that says something it must not, or lacks something.
    Header,
    /// No client has this issuer.
    Issuer,
    /// A `jku` that is not the one that was agreed.
    KeyAddress,
    /// The algorithm is not the client's or not the key's.
    Algorithm,
    /// No usable key, or two, of this id; or a revoked one.
    Key,
    /// The signature is not of this key.
    Signature,
    /// Meant for somebody else.
    Audience,
    /// A claim is missing, of a wrong type, or said twice.
    Claims,
    /// Not good yet, not good any more, or for too long.
    Time,
    /// The claim `tenant` names none of ours.
    Tenant,
    /// The service is not one of this client's.
    Service,
    /// The TLS certificate of the connection is not this client's.
    Certificate,
    /// It was used for something else before.
    Reused,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 16] = [
        Self::Missing,
        Self::NotBearer,
        Self::Malformed,
        Self::Header,
        Self::Issuer,
        Self::KeyAddress,
        Self::Algorithm,
        Self::Key,
        Self::Signature,
        Self::Audience,
        Self::Claims,
        Self::Time,
        Self::Tenant,
        Self::Service,
        Self::Certificate,
        Self::Reused,
    ];

    /// The word in logs and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBearer => "not_bearer",
            Self::Malformed => "malformed",
            Self::Header => "header",
            Self::Issuer => "issuer",
            Self::KeyAddress => "jku",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Audience => "audience",
            Self::Claims => "claims",
            Self::Time => "time",
            Self::Tenant => "tenant",
            Self::Service => "service",
            Self::Certificate => "certificate",
            Self::Reused => "reused",
        }
    }
}
