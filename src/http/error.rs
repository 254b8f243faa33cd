//! What an error is on the wire: its status, and an OperationOutcome that says what to change (rules 29 and 32).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};

use crate::cdshooks::{self, FeedbackError, IssueType, MissingPrefetch, RequestError};
use crate::json::Malformed;

/// Every way in which a request may fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ApiError {
    #[error("Send a valid bearer token of a registered client.")]
    Unauthenticated,
    #[error("Send fewer requests: the quota of this client is used up.")]
    TooMany(u64),
    #[error("Nothing is served at this address; GET /cds-services lists the services.")]
    NotFound,
    #[error("Use a method that the header Allow names.")]
    Method(&'static str),
    #[error("Send the body as application/json or application/fhir+json.")]
    MediaType,
    #[error("Send the body without Content-Encoding.")]
    ContentEncoding,
    #[error("Send a smaller body: at most {0} bytes are read.")]
    TooLarge(usize),
    #[error("Send the whole body within {0} seconds.")]
    TooSlow(u64),
    #[error("Send the whole body: the transfer broke off.")]
    BrokenOff,
    #[error("Send the form of the start page, url-encoded, with all its fields.")]
    Form,
    #[error("Use the start page of this service itself, under a name of this machine.")]
    ForeignForm,
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error(transparent)]
    MissingPrefetch(#[from] MissingPrefetch),
    #[error("The service is starting or stopping. Try again.")]
    Unavailable,
    #[error("More is waiting than can be recorded in time. Try again.")]
    Overloaded,
    #[error("Too many requests are open at once. Try again.")]
    Crowded,
    #[error("The decision cannot be recorded now, and this site gives no answer without a record. Try again.")]
    NotRecorded,
    #[error("Feedback could not be stored. Send it again.")]
    NotStored,
    #[error("A fault inside the service, which has been logged. The request was not answered.")]
    Fault,
}

impl From<Malformed> for ApiError {
    fn from(malformed: Malformed) -> Self {
        Self::Request(RequestError::Malformed(malformed))
    }
}

impl ApiError {
    pub(super) fn reply(&self) -> HttpResponse {
        let mut reply = HttpResponse::build(self.status());
        reply.content_type("application/fhir+json").insert_header((CACHE_CONTROL, "no-store"));
        match self {
            Self::Method(allow) => {
                reply.insert_header((ALLOW, *allow));
            }
            Self::Unauthenticated => {
                reply.insert_header((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
                // whether the body was read before the cause was known is nobody's business
                reply.force_close();
            }
            Self::TooMany(seconds) => {
                reply.insert_header((RETRY_AFTER, *seconds));
            }
            Self::Unavailable | Self::Overloaded | Self::Crowded | Self::NotRecorded | Self::NotStored => {
                reply.insert_header((RETRY_AFTER, "1"));
            }
            Self::TooSlow(_) | Self::BrokenOff | Self::TooLarge(_) => {
                reply.force_close();
            }
            Self::NotFound
            | Self::MediaType
            | Self::ContentEncoding
            | Self::Form
            | Self::ForeignForm
            | Self::Request(_)
            | Self::Feedback(_)
            | Self::MissingPrefetch(_)
            | Self::Fault => {}
        }
        let words = self.to_string();
        tracing::debug!(status = self.status().as_u16(), error = words, "refused");
        reply.body(cdshooks::operation_outcome(self.issue(), &words))
    }

    /// Status and body, for a page that shows what a client would get.
    pub(super) fn shown(&self) -> (u16, String) {
        (self.status().as_u16(), cdshooks::operation_outcome(self.issue(), &self.to_string()))
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::MediaType | Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Request(RequestError::NotR4) | Self::MissingPrefetch(_) => StatusCode::PRECONDITION_FAILED,
            Self::BrokenOff | Self::Form | Self::Request(_) | Self::Feedback(_) => StatusCode::BAD_REQUEST,
            Self::Unavailable | Self::Overloaded | Self::Crowded | Self::NotRecorded | Self::NotStored => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn issue(&self) -> IssueType {
        match self {
            Self::Unauthenticated => IssueType::Login,
            Self::TooMany(_) => IssueType::Throttled,
            Self::NotFound => IssueType::NotFound,
            Self::Method(_) | Self::MediaType | Self::ContentEncoding | Self::ForeignForm => IssueType::NotSupported,
            Self::TooLarge(_) => IssueType::TooLong,
            Self::TooSlow(_) => IssueType::Timeout,
            Self::BrokenOff | Self::Form => IssueType::Structure,
            Self::Request(error) => of_request(error),
            Self::Feedback(error) => of_feedback(error),
            Self::MissingPrefetch(_) => IssueType::Incomplete,
            Self::Unavailable | Self::Overloaded | Self::Crowded | Self::NotRecorded | Self::NotStored => {
                IssueType::Transient
            }
            Self::Fault => IssueType::Exception,
        }
    }
}

const fn of_request(error: &RequestError) -> IssueType {
    match error {
        RequestError::Missing(_) | RequestError::AuthorizationWithoutServer => IssueType::Required,
        RequestError::Empty(_) | RequestError::NotText(_) | RequestError::NotAnId(_) | RequestError::WrongHook(_) => {
            IssueType::Value
        }
        RequestError::TooLong(..) | RequestError::TooManyKeys(_) | RequestError::TooManyEntries(_) => {
            IssueType::TooLong
        }
        RequestError::NotR4 => IssueType::NotSupported,
        RequestError::Malformed(_)
        | RequestError::NotAnObject
        | RequestError::WrongType(..)
        | RequestError::RepeatedAtTop
        | RequestError::RepeatedIn(_) => IssueType::Structure,
    }
}

const fn of_feedback(error: &FeedbackError) -> IssueType {
    match error {
        FeedbackError::NoEntries => IssueType::Required,
        FeedbackError::Malformed(_) | FeedbackError::Repeated => IssueType::Structure,
        FeedbackError::NoneUsable(_) => IssueType::Value,
    }
}
