//! Is the body in a form that is read at all?

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::error::ApiError;

const READ: [&str; 2] = ["application/json", "application/fhir+json"];

/// Parameters and letter case of the media type do not count; of codings only "none" is read.
pub(super) fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !READ.iter().any(|read| essence.eq_ignore_ascii_case(read)) {
        return Err(ApiError::MediaType);
    }
    if headers.get_all(CONTENT_ENCODING).any(|coding| !is_none(coding)) {
        return Err(ApiError::ContentEncoding);
    }
    Ok(())
}

fn is_none(coding: &HeaderValue) -> bool {
    let coding = coding.as_bytes().trim_ascii();
    coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
}
