//! `POST /cds-services/{id}`: refuse what cannot be read, answer the rest.

use actix_web::dev;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{Desk, answer};
use super::crowd::Crowd;
use super::door::caller;
use super::error::ApiError;
use super::guarded::guarded;
use super::health::{Condition, Health};
use super::reply::HookReply;
use super::server::Limits;
use super::unread::hold;
use super::{body, media_type};
use crate::cdshooks::{Leniency, Service};

pub(super) async fn hook(
    request: HttpRequest,
    payload: Payload,
    health: Data<Health>,
    limits: Data<Limits>,
    crowd: Data<Crowd>,
    desk: Data<Desk>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    match serve(&request, &mut payload, &health, &limits, &crowd, &desk).await {
        Ok(reply) => reply.into_response(),
        Err(error) => hold(payload, error.reply()),
    }
}

async fn serve(
    request: &HttpRequest,
    payload: &mut dev::Payload,
    health: &Health,
    limits: &Limits,
    crowd: &Crowd,
    desk: &Desk,
) -> Result<HookReply, ApiError> {
    let caller = caller(request, desk)?;
    let service = service_of(request)?;
    match health.condition() {
        condition if condition.answers() => {}
        Condition::Refusing => {
            desk.recorder.refused();
            return Err(ApiError::NotRecorded);
        }
        _ => return Err(ApiError::Unavailable),
    }
    media_type::check(request.headers())?;
    if tracing::enabled!(tracing::Level::DEBUG) && media_type::is_fhir(request.headers()) {
        tracing::debug!(client = %caller.client.name, leniency = Leniency::FhirMediaType.as_str(), "read all the same");
    }
    let Some(_inside) = crowd.enter(&caller.client.tenant) else {
        desk.recorder.turned_away();
        return Err(ApiError::Crowded);
    };
    let body = body::read(request, payload, limits).await?;
    guarded(answer(service, &body, &caller, desk)).await
}

/// The service that the address names by its id or its hook, compared exactly.
pub(super) fn service_of(request: &HttpRequest) -> Result<Service, ApiError> {
    // a service under its whole address has no pattern to match
    let of_path = || request.path().strip_prefix("/cds-services/").and_then(|rest| rest.split('/').next());
    request.match_info().get("id").or_else(of_path).and_then(Service::called).ok_or(ApiError::NotFound)
}
