//! `POST /cds-services/{id}/feedback`: what became of a card (rules 45 to 50).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::answer::Desk;
use super::counting::{Outcomes, count_unusable};
use super::crowd::Crowd;
use super::door::{caller, reused_elsewhere, spend};
use super::error::ApiError;
use super::guarded::guarded;
use super::health::{Condition, Health};
use super::hooks::service_of;
use super::server::Limits;
use super::unread::hold;
use super::{body, media_type};
use crate::access::TokenUse;
use crate::cdshooks::{Feedback, FeedbackEntry, FeedbackError, Outcome, Service, parse_feedback};
use crate::config::Client;
use crate::json::Document;
use crate::store::{FeedbackEvent, FeedbackOutcome, OverrideReason, TokenStanding};

/// How long a client waits at most until its feedback is heeded as well as stored.
const HEARING_TIME: Duration = Duration::from_secs(1);

pub(super) async fn feedback(
    request: HttpRequest,
    payload: Payload,
    health: Data<Health>,
    limits: Data<Limits>,
    crowd: Data<Crowd>,
    desk: Data<Desk>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    match serve(&request, &mut payload, &health, &limits, &crowd, &desk).await {
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
    crowd: &Crowd,
    desk: &Desk,
) -> Result<(), ApiError> {
    let caller = caller(request, desk)?;
    let service = service_of(request)?;
    // Where a decision finds no room in the spool, a few words of feedback may.
    let condition = health.condition();
    if !condition.answers() && condition != Condition::Refusing {
        return Err(ApiError::Unavailable);
    }
    media_type::check(request.headers())?;
    let _inside = crowd.enter(&caller.client.tenant).ok_or(ApiError::Crowded)?;
    let body = body::read(request, payload, limits).await?;
    guarded(async {
        let received = {
            let document = Document::parse(&body).map_err(FeedbackError::from)?;
            let feedback = parse_feedback(&document).inspect_err(|error| count_unusable(&desk.metrics, *error))?;
            Received::of(service, &feedback, &caller.client, desk)
        };
        if let Some(token) = spend(&caller, || TokenUse::request(request.path(), &body), desk)? {
            // While the database is away what this process remembers has to do, as for a decision that goes to the spool.
            let reused =
                desk.recorder.spend_token(&token).await.is_ok_and(|standing| standing == TokenStanding::Reused);
            if reused {
                return Err(reused_elsewhere(&caller, Some(TokenUse(token.used_for)), desk));
            }
        }
        store(service, received, desk).await
    })
    .await
}

/// Feedback that was read. The document it came in may be large, and is not kept while the database is waited for.
pub(super) struct Received {
    events: Vec<FeedbackEvent>,
    unusable: usize,
}

impl Received {
    pub(super) fn of(service: Service, feedback: &Feedback<'_>, client: &Client, desk: &Desk) -> Self {
        let events = feedback.entries.iter().filter_map(|entry| event(service, entry, client, desk)).collect();
        Self { events, unusable: feedback.unusable }
    }
}

/// Stores every usable entry. Counts are logged; cards, reasons and comments never are.
pub(super) async fn store(service: Service, received: Received, desk: &Desk) -> Result<(), ApiError> {
    let outcomes = Outcomes::of(&received.events);
    let stored = desk.recorder.feedback(received.events).await;
    outcomes.count(&desk.metrics, received.unusable, stored.as_ref().ok());
    let stored = stored.map_err(|_| ApiError::NotStored)?;
    let usable = stored.stored + stored.repeated + stored.spooled;
    if usable == 0 {
        return Err(FeedbackError::NoneUsable(received.unusable + stored.unusable).into());
    }
    tracing::info!(
        service = service.id(),
        usable,
        spooled = stored.spooled,
        unusable = received.unusable + stored.unusable,
        "feedback stored"
    );
    // What lies in the spool is heard of after the replay.
    if stored.spooled == 0 {
        hear(desk).await;
    }
    Ok(())
}

/// Lets the memory of quiet findings hear of it, so that a client that has its reply is not shown the same card again. The
/// feedback is stored whatever comes of this, and the next look would find it.
async fn hear(desk: &Desk) {
    let (quiet, store) = (desk.quiet.clone(), desk.store.clone());
    // A task of its own: a look that takes too long for this client goes on for the others.
    let looking = actix_web::rt::spawn(async move { quiet.look(&store).await });
    match tokio::time::timeout(HEARING_TIME, looking).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => tracing::warn!(%error, "feedback is stored and not yet heeded"),
        Ok(Err(_)) | Err(_) => tracing::warn!("feedback is stored and not yet heeded"),
    }
}

fn event(service: Service, entry: &FeedbackEntry<'_>, client: &Client, desk: &Desk) -> Option<FeedbackEvent> {
    let reason = entry.reason.as_ref();
    let event = FeedbackEvent {
        tenant: Arc::clone(&client.tenant),
        service: Cow::Borrowed(service.id()),
        card: entry.card.to_string(),
        outcome: match entry.outcome {
            Outcome::Accepted => FeedbackOutcome::Accepted,
            Outcome::Overridden => FeedbackOutcome::Overridden,
        },
        suggestions: entry.accepted_suggestions.iter().map(|text| text.to_string()).collect(),
        outcome_at: Timestamp::from_microsecond(entry.at_micros).ok()?,
        received_at: desk.clock.now(),
        reason: OverrideReason {
            system: reason.and_then(|reason| reason.system.as_ref()).map(|text| text.to_string()),
            code: reason.map(|reason| reason.code.to_string()),
            display: reason.and_then(|reason| reason.display.as_ref()).map(|text| text.to_string()),
        },
        comment: entry.comment.as_ref().map(|text| text.to_string()),
    };
    Some(event.fitted())
}
