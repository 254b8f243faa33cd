//! Every path that is served. A trailing slash is served as well, never redirected: a redirect fails a preflight and loses
//! the Authorization header (rule 59).

use actix_web::http::header::ALLOW;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};

use super::error::ApiError;
use super::feedback::feedback;
use super::health::{health, livez, readyz};
use super::hooks::{hook, service_of};
use super::pages::{icon, start, stylesheet, try_feedback, try_request};
use super::unread::hold;

const READ: &str = "GET, HEAD, OPTIONS";
const SEND: &str = "POST, OPTIONS";

pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(
        at(["/cds-services", "/cds-services/"], READ).route(web::get().to(discovery)).route(web::head().to(discovery)),
    )
    .service(at(["/cds-services/{id}", "/cds-services/{id}/"], SEND).route(web::post().to(hook)))
    .service(at(["/cds-services/{id}/feedback", "/cds-services/{id}/feedback/"], SEND).route(web::post().to(feedback)))
    .service(at(["/livez", "/livez/"], READ).route(web::get().to(livez)).route(web::head().to(livez)))
    .service(at(["/readyz", "/readyz/"], READ).route(web::get().to(readyz)).route(web::head().to(readyz)))
    .service(at(["/health", "/health/"], READ).route(web::get().to(health)).route(web::head().to(health)))
    .service(at(["/", ""], READ).route(web::get().to(start)).route(web::head().to(start)))
    .service(at(["/try", "/try/"], SEND).route(web::post().to(try_request)))
    .service(at(["/try/feedback", "/try/feedback/"], SEND).route(web::post().to(try_feedback)))
    .service(at(["/assets/herald.css", "/assets/herald.css/"], READ).route(web::get().to(stylesheet)))
    .service(at(["/assets/herald.svg", "/assets/herald.svg/"], READ).route(web::get().to(icon)))
    .default_service(web::to(not_found));
}

/// An address that answers OPTIONS with the methods it knows and refuses all others by naming them.
fn at(paths: [&'static str; 2], allow: &'static str) -> Resource {
    web::resource(paths)
        .route(web::method(actix_web::http::Method::OPTIONS).to(move || async move { options(allow) }))
        .default_service(web::to(move |request: HttpRequest, body: Payload| async move {
            hold(body.into_inner(), refused_method(&request, allow))
        }))
}

fn options(allow: &'static str) -> HttpResponse {
    HttpResponse::NoContent().insert_header((ALLOW, allow)).finish()
}

/// An unknown service is not found, whatever the method.
fn refused_method(request: &HttpRequest, allow: &'static str) -> HttpResponse {
    match request.match_info().get("id").map(|_| service_of(request)) {
        Some(Err(error)) => error.reply(),
        Some(Ok(_)) | None => ApiError::Method(allow).reply(),
    }
}

async fn not_found(body: Payload) -> HttpResponse {
    hold(body.into_inner(), ApiError::NotFound.reply())
}

async fn discovery(document: Data<DiscoveryDocument>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}

/// The discovery document, written once.
pub(super) struct DiscoveryDocument(pub web::Bytes);
