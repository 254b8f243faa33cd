//! What the service says about itself: the OpenAPI document and the source attributes. Nothing of a patient, so any name may
//! lead here; what was heard from clinicians is shown under a name of this machine only.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::ToSpan;
use sha2::{Digest, Sha256};

use super::answer::Desk;
use super::error::ApiError;
use super::form;
use super::pages::html;
use crate::attributes::{self, Figures};
use crate::cdshooks::Service;
use crate::pages;

/// Feedback of this many days is counted.
const COUNTED_DAYS: u32 = 90;

/// The document and its page, written once.
pub(super) struct Interface {
    document: Bytes,
    page: String,
}

impl Interface {
    pub(super) fn of(document: &serde_json::Value) -> Self {
        Self { document: Bytes::from(document.to_string()), page: pages::openapi(document) }
    }
}

pub(super) async fn openapi(interface: Data<Interface>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(interface.document.clone())
}

pub(super) async fn openapi_page(interface: Data<Interface>) -> HttpResponse {
    html(interface.page.clone())
}

/// The form of an answer, by the end of its name.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Markdown,
    Page,
}

/// `her2-chart-review.json`, `.md` or `.html`.
fn named(file: &str) -> Option<(Service, Form)> {
    let (id, end) = file.rsplit_once('.')?;
    let form = match end {
        "json" => Form::Json,
        "md" => Form::Markdown,
        "html" => Form::Page,
        _ => return None,
    };
    Some((Service::offered(id)?, form))
}

/// The source attributes of a service, unless the client has them already.
pub(super) async fn source_attributes(request: HttpRequest, file: Path<String>, desk: Data<Desk>) -> HttpResponse {
    let Some((service, form)) = named(&file) else { return ApiError::NotFound.reply() };
    let figures = match form::own_name(&request) {
        Ok(()) => figures(service, &desk).await,
        Err(_) => None,
    };
    let held = desk.knowledge.now();
    let attributes = attributes::source_attributes(service, &held.knowledge, figures, desk.clock.today());
    let (mut reply, body) = match form {
        Form::Json => (as_media("application/json"), attributes::as_json(&attributes)),
        Form::Markdown => (as_media("text/markdown; charset=utf-8"), attributes::as_markdown(&attributes)),
        Form::Page => (html(String::new()), pages::source_attributes(&attributes)),
    };
    let tag = tag_of(&body);
    let headers = reply.headers_mut();
    // kept, and asked for again each time
    headers.insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-cache"));
    if let Ok(tag) = tag.parse() {
        headers.insert(ETAG, tag);
    }
    if has(&request, &tag) {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
        return reply;
    }
    reply.set_body(body).map_into_boxed_body()
}

fn as_media(media: &str) -> HttpResponse {
    HttpResponse::Ok().content_type(media).finish()
}

/// A tag of the whole content: rules, texts and figures.
fn tag_of(body: &str) -> String {
    let digest = Sha256::digest(body);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn has(request: &HttpRequest, tag: &str) -> bool {
    let sent = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// None if the database is away, or counts too slowly; and where clients are registered, since this page asks for no token
/// and the figures are those of a tenant.
async fn figures(service: Service, desk: &Desk) -> Option<Figures> {
    if desk.access.is_some() {
        return None;
    }
    let within = Duration::from_secs(u64::from(COUNTED_DAYS) * 86_400);
    let heard = desk.store.heard(&desk.local.tenant, service.id(), within).await.ok()?;
    let until = desk.clock.today();
    Some(Figures {
        since: until.saturating_sub(i64::from(COUNTED_DAYS).days()),
        until,
        accepted: heard.accepted,
        overridden: heard.overridden,
        orphans: heard.orphans,
    })
}
