//! Why a page could not be had.

/// Never holds an address, a token or a piece of the answer: all of them may lead to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// 404 or 410: of a single resource, that there is none.
    #[error("not found")]
    NotFound,
    /// 401 or 403.
    #[error("not permitted")]
    NotPermitted,
    /// Another status than 200, redirects included: none is followed.
    #[error("status")]
    Status,
    /// Not within the time that there is.
    #[error("too slow")]
    TooSlow,
    /// No connection, no TLS, an address that may not be contacted, or a transfer that broke off.
    #[error("unreachable")]
    Unreachable,
    /// Another media type than JSON.
    #[error("media type")]
    MediaType,
    /// Packed, although nothing but plain bytes was asked for.
    #[error("encoding")]
    Encoding,
    /// More bytes than are read.
    #[error("too large")]
    TooLarge,
    /// No JSON, or too deep.
    #[error("malformed")]
    Malformed,
    /// Too many requests are waiting for this server already.
    #[error("busy")]
    Busy,
}
