//! The newest seal of every tenant, at a well-known address: what an auditor notes down, so that nobody can cut the record
//! off later. It names no tenant and no patient.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;

use super::answer::Desk;
use super::error::ApiError;

/// Not found until the record was looked at for the first time.
pub(super) async fn seal_head(desk: Data<Desk>) -> HttpResponse {
    match desk.seal_head.document() {
        Some(document) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type("application/json")
            .body(document),
        None => ApiError::NotFound.reply(),
    }
}
