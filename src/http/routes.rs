//! Every path that is served. A trailing slash is served as well, never redirected: a redirect fails a preflight and loses
//! the Authorization header (rule 59).

use actix_web::http::header::ALLOW;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};

use super::error::ApiError;
use super::feedback::feedback;
use super::handout::{handout, handouts};
use super::health::{health, livez, readyz};
use super::hooks::{hook, service_of};
use super::pages::{icon, rules, start, stylesheet, try_feedback, try_request};
use super::seal_head::seal_head;
use super::unread::hold;
use crate::cdshooks::Service;

const READ: &str = "GET, HEAD, OPTIONS";
const SEND: &str = "POST, OPTIONS";

pub(super) fn routes(app: &mut ServiceConfig) {
    // The services first, each under its whole address: a path that is compared as text costs nothing, a pattern does.
    for service in Service::OFFERED {
        both(app, &format!("/cds-services/{}", service.id()), SEND, |at| at.route(web::post().to(hook)));
    }
    both(app, "/cds-services", READ, |at| at.route(web::get().to(discovery)).route(web::head().to(discovery)));
    both(app, "/cds-services/{id}", SEND, |at| at.route(web::post().to(hook)));
    both(app, "/cds-services/{id}/feedback", SEND, |at| at.route(web::post().to(feedback)));
    both(app, "/livez", READ, |at| at.route(web::get().to(livez)).route(web::head().to(livez)));
    both(app, "/readyz", READ, |at| at.route(web::get().to(readyz)).route(web::head().to(readyz)));
    both(app, "/health", READ, |at| at.route(web::get().to(health)).route(web::head().to(health)));
    both(app, "/.well-known/herald-seal.json", READ, |at| {
        at.route(web::get().to(seal_head)).route(web::head().to(seal_head))
    });
    both(app, "", READ, |at| at.route(web::get().to(start)).route(web::head().to(start)));
    both(app, "/try", SEND, |at| at.route(web::post().to(try_request)));
    both(app, "/try/feedback", SEND, |at| at.route(web::post().to(try_feedback)));
    both(app, "/handout", READ, |at| at.route(web::get().to(handouts)).route(web::head().to(handouts)));
    both(app, "/handout/{tumour}/{result}", READ, |at| at.route(web::get().to(handout)).route(web::head().to(handout)));
    both(app, "/rules", READ, |at| at.route(web::get().to(rules)).route(web::head().to(rules)));
    both(app, "/assets/herald.css", READ, |at| at.route(web::get().to(stylesheet)).route(web::head().to(stylesheet)));
    both(app, "/assets/herald.svg", READ, |at| at.route(web::get().to(icon)).route(web::head().to(icon)));
    app.default_service(web::to(not_found));
}

/// Serves `path` with and without a slash at its end.
fn both(app: &mut ServiceConfig, path: &str, allow: &'static str, routes: impl Fn(Resource) -> Resource) {
    for path in [path.to_owned(), format!("{path}/")] {
        app.service(routes(at(&path, allow)));
    }
}

/// An address that answers OPTIONS with the methods it knows and refuses all others by naming them.
fn at(path: &str, allow: &'static str) -> Resource {
    web::resource(path)
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
