//! Is the body in a form that is read at all?

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::error::ApiError;

const READ: [&str; 2] = ["application/json", FHIR];
const FHIR: &str = "application/fhir+json";
const FORM: [&str; 1] = ["application/x-www-form-urlencoded"];

/// Parameters and letter case of the media type do not count; of codings only "none" is read.
pub(super) fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    is_one_of(&READ, headers).then_some(()).ok_or(ApiError::MediaType)?;
    is_not_coded(headers)
}

/// The same for a form of the start page.
pub(super) fn check_form(headers: &HeaderMap) -> Result<(), ApiError> {
    is_one_of(&FORM, headers).then_some(()).ok_or(ApiError::Form)?;
    is_not_coded(headers)
}

/// A hook request is no FHIR resource, and read all the same under this name.
pub(super) fn is_fhir(headers: &HeaderMap) -> bool {
    is_one_of(&[FHIR], headers)
}

fn is_one_of(read: &[&str], headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    read.iter().any(|read| essence.eq_ignore_ascii_case(read))
}

fn is_not_coded(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.get_all(CONTENT_ENCODING).any(|coding| !is_none(coding)) {
        return Err(ApiError::ContentEncoding);
    }
    Ok(())
}

fn is_none(coding: &HeaderValue) -> bool {
    let coding = coding.as_bytes().trim_ascii();
    coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
}
