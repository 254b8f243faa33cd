//! The routes of the table of addresses. A trailing slash is served as well, never redirected: a redirect fails a preflight
//! and loses the Authorization header (rule 59).

use actix_web::http::header::ALLOW;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};

use super::addresses::{addresses, allowed, routes_of};
use super::answer::Desk;
use super::door::caller;
use super::error::ApiError;
use super::hooks::service_of;
use super::unread::hold;
use crate::cdshooks::{SpecVersion, in_1_0, with_shared_order_id};
use crate::config::Client;
use crate::openapi::Operation;

pub(super) fn routes(app: &mut ServiceConfig) {
    for address in addresses() {
        for path in [address.path.clone().into_owned(), format!("{}/", address.path)] {
            let routes = routes_of(address.verb, address.answered_by);
            let resource = at(&path, allowed(address.verb), address.operation);
            app.service(routes.into_iter().fold(resource, Resource::route));
        }
    }
    app.default_service(web::to(not_found));
}

/// An address that answers OPTIONS with the methods it knows and refuses all others by naming them.
fn at(path: &str, allow: &'static str, operation: Option<Operation>) -> Resource {
    let named = move |request: HttpRequest| async move {
        if is_hidden(operation, &request) { ApiError::NotFound.reply() } else { options(allow) }
    };
    let refused = move |request: HttpRequest, body: Payload| async move {
        let hidden = is_hidden(operation, &request);
        hold(body.into_inner(), if hidden { ApiError::NotFound.reply() } else { refused_method(&request, allow) })
    };
    web::resource(path).route(web::method(actix_web::http::Method::OPTIONS).to(named)).default_service(web::to(refused))
}

/// The sample patients are there in the loopback mode only. Elsewhere their addresses are not found, whatever the method.
fn is_hidden(operation: Option<Operation>, request: &HttpRequest) -> bool {
    let is_of_samples = matches!(operation, Some(Operation::Try | Operation::TryFeedback));
    is_of_samples && request.app_data::<Data<Desk>>().is_none_or(|desk| desk.access.is_some())
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

pub(super) async fn discovery(
    request: HttpRequest,
    document: Data<DiscoveryDocument>,
    desk: Data<Desk>,
) -> HttpResponse {
    // The list is open; a client that shows its token may have one of its own.
    let document = match caller(&request, &desk) {
        Ok(caller) => document.of(&caller.client),
        Err(_) => &document.plain,
    };
    HttpResponse::Ok().content_type("application/json").body(document.clone())
}

/// The discovery document, written once for each kind of client.
pub(super) struct DiscoveryDocument {
    plain: web::Bytes,
    /// For clients with one id for both ordering hooks.
    shared: web::Bytes,
    /// For clients that speak 1.0.
    old: web::Bytes,
    /// For clients that do both.
    old_and_shared: web::Bytes,
}

impl DiscoveryDocument {
    pub(super) fn new(document: String) -> Self {
        let old = in_1_0(&document);
        Self {
            shared: with_shared_order_id(&document).into(),
            old_and_shared: with_shared_order_id(&old).into(),
            old: old.into(),
            plain: document.into(),
        }
    }

    fn of(&self, client: &Client) -> &web::Bytes {
        match (client.spec, client.shared_order_id) {
            (SpecVersion::V2, false) => &self.plain,
            (SpecVersion::V2, true) => &self.shared,
            (SpecVersion::V1, false) => &self.old,
            (SpecVersion::V1, true) => &self.old_and_shared,
        }
    }
}
