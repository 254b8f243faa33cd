//! `POST /cds-services/{id}/feedback`: what became of a card (rules 45 to 50).

use actix_web::dev;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::error::ApiError;
use super::guarded::guarded;
use super::health::Health;
use super::hooks::service_of;
use super::server::Limits;
use super::unread::hold;
use super::{body, media_type};
use crate::cdshooks::{Feedback, Service, parse_feedback};
use crate::json;

pub(super) async fn feedback(
    request: HttpRequest,
    payload: Payload,
    health: Data<Health>,
    limits: Data<Limits>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    match serve(&request, &mut payload, &health, &limits).await {
        // An empty object: the specification leaves the body open, and a JSON parser of the client gets what it expects.
        Ok(()) => {
            HttpResponse::Ok().content_type("application/json").insert_header((CACHE_CONTROL, "no-store")).body("{}")
        }
        Err(error) => hold(payload, error.reply()),
    }
}

async fn serve(
    request: &HttpRequest,
    payload: &mut dev::Payload,
    health: &Health,
    limits: &Limits,
) -> Result<(), ApiError> {
    let service = service_of(request)?;
    if !health.condition().answers() {
        return Err(ApiError::Unavailable);
    }
    media_type::check(request.headers())?;
    let body = body::read(request, payload, limits).await?;
    guarded(async {
        let feedback = parse_feedback(json::check(&body).map_err(crate::cdshooks::FeedbackError::from)?)?;
        store(service, &feedback).await;
        Ok(())
    })
    .await
}

/// Stands where the store will stand. Counts are logged; cards, reasons and comments never are.
async fn store(service: Service, feedback: &Feedback<'_>) {
    tracing::info!(
        service = service.id(),
        usable = feedback.entries.len(),
        unusable = feedback.unusable,
        "feedback received"
    );
}
