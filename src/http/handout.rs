//! The handouts. They hold no data of any patient: an address names a tumour and a kind of result.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::error::ApiError;
use super::form;
use crate::domain::tumour::Tumour;
use crate::pages::{self, Handouts, PlainResult, SECURITY_HEADERS};

/// The list of them.
pub(super) async fn handouts(request: HttpRequest) -> HttpResponse {
    match form::own_name(&request) {
        Ok(()) => page(pages::handouts(Handouts::embedded())),
        Err(error) => error.reply(),
    }
}

/// One of them.
pub(super) async fn handout(request: HttpRequest, named: Path<(String, String)>) -> HttpResponse {
    match form::own_name(&request).and_then(|()| sheet(&named.0, &named.1)) {
        Ok(html) => page(html),
        Err(error) => error.reply(),
    }
}

fn sheet(tumour: &str, result: &str) -> Result<String, ApiError> {
    let tumour: Tumour = tumour.parse().map_err(|_| ApiError::NotFound)?;
    let result: PlainResult = result.parse().map_err(|_| ApiError::NotFound)?;
    Handouts::embedded().handout(tumour, result).map(|sheet| pages::handout(&sheet)).ok_or(ApiError::NotFound)
}

fn page(html: String) -> HttpResponse {
    let mut reply = HttpResponse::build(StatusCode::OK);
    reply.content_type("text/html; charset=utf-8");
    for header in SECURITY_HEADERS {
        reply.insert_header(*header);
    }
    reply.body(html)
}
