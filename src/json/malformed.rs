//! Why a document is refused.

/// Why a document is refused before anything in it is looked at. Never holds a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No byte but white space.
    #[error("the document is empty")]
    Empty,
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// More than 128 arrays and objects inside each other.
    #[error("arrays and objects are nested deeper than 128")]
    TooDeep,
    /// A string of more than 1 MiB.
    #[error("a string is longer than 1 MiB")]
    StringTooLong,
    /// More bytes than a place in it can be told with.
    #[error("the document is longer than 4 GiB")]
    TooLong,
    /// Cut off, unbalanced, followed by more text, or otherwise no JSON.
    #[error("the document is not JSON")]
    NotJson,
}
