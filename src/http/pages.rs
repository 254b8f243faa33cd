//! The start page: sample patients against the real services, and what the record holds of them. Where clients are
//! registered, a plain page takes its place: whoever has no token sees no record and sends nothing.
//!
//! A form sends the same bytes through the same function as an EHR does, so that what the page shows is what a client gets.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Desk, answer};
use super::door::caller;
use super::error::ApiError;
use super::feedback::Received;
use super::guarded::guarded;
use super::health::Health;
use super::reply::HookReply;
use super::server::{Address, Limits};
use super::unread::hold;
use super::{feedback, form};
use crate::access::Caller;
use crate::cdshooks::{Service, parse_feedback};
use crate::json::Document;
use crate::noise::Silence;
use crate::pages::{
    self, Answer, Chosen, DecisionRow, Delivery, FeedbackForm, FeedbackState, SAMPLES, SECURITY_HEADERS, Sample,
    SilenceRow, StartView, TryForm,
};
use crate::store::{RecentDecision, RecordState};

/// Lines of the list of recorded decisions.
const DECISIONS_SHOWN: u16 = 12;

#[derive(Deserialize)]
pub(super) struct Choice {
    patient: Option<String>,
}

/// The page, with a patient if one was chosen; an address that cannot be read chooses none.
pub(super) async fn start(
    request: HttpRequest,
    choice: Option<Query<Choice>>,
    desk: Data<Desk>,
    health: Data<Health>,
    address: Data<Address>,
) -> HttpResponse {
    if desk.access.is_some() {
        return html(pages::information(&desk.knowledge.now().knowledge.rulebook, desk.clock.today()));
    }
    if let Err(error) = form::own_name(&request) {
        return error.reply();
    }
    let sample = choice.as_ref().and_then(|choice| choice.patient.as_deref()).and_then(Sample::of);
    let request = sample.map(|sample| sample.request(&new_instance())).unwrap_or_default();
    let chosen = sample.map(|sample| Chosen { id: sample.id, request: &request });
    page(&desk, &health, &address, chosen, None).await
}

/// Sends the request of the form to the service and shows the reply.
pub(super) async fn try_request(
    request: HttpRequest,
    payload: Payload,
    limits: Data<Limits>,
    desk: Data<Desk>,
    health: Data<Health>,
    address: Data<Address>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    if desk.access.is_some() {
        return hold(payload, ApiError::NotFound.reply());
    }
    let form: TryForm = match form::read(&request, &mut payload, &limits).await {
        Ok(form) => form,
        Err(error) => return hold(payload, error.reply()),
    };
    let answered = match caller(&request, &desk) {
        Ok(caller) => send(&form, &health, &limits, &caller, &desk).await,
        Err(error) => Err(error),
    };
    let chosen = Some(Chosen { id: &form.patient, request: &form.request });
    let (status, body) = match &answered {
        Ok(reply) => (200, String::from_utf8_lossy(&reply.body).into_owned()),
        Err(error) => error.shown(),
    };
    let answer = Answer {
        status,
        record: answered.as_ref().ok().map(HookReply::record_word),
        delivery: if answered.as_ref().is_ok_and(HookReply::is_replay) { Delivery::Replay } else { Delivery::Fresh },
        body: &body,
        feedback: FeedbackState::Open,
    };
    page(&desk, &health, &address, chosen, Some(answer)).await
}

/// As the endpoint of the service answers, with its limits.
async fn send(
    form: &TryForm,
    health: &Health,
    limits: &Limits,
    caller: &Caller,
    desk: &Desk,
) -> Result<HookReply, ApiError> {
    if !health.condition().answers() {
        return Err(ApiError::Unavailable);
    }
    if form.request.len() > limits.body_bytes {
        return Err(ApiError::TooLarge(limits.body_bytes));
    }
    let service = Sample::of(&form.patient).and_then(|sample| Service::offered(sample.service));
    guarded(answer(service.ok_or(ApiError::NotFound)?, form.request.as_bytes(), caller, desk)).await
}

/// Sends the feedback of the form and shows what the record holds now.
pub(super) async fn try_feedback(
    request: HttpRequest,
    payload: Payload,
    limits: Data<Limits>,
    desk: Data<Desk>,
    health: Data<Health>,
    address: Data<Address>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    if desk.access.is_some() {
        return hold(payload, ApiError::NotFound.reply());
    }
    let form: FeedbackForm = match form::read(&request, &mut payload, &limits).await {
        Ok(form) => form,
        Err(error) => return hold(payload, error.reply()),
    };
    let message = form.message(&desk.clock.now().to_string());
    let stored = guarded(async {
        let service = Service::offered(&form.service).ok_or(ApiError::NotFound)?;
        let received = {
            let document = Document::parse(message.as_bytes())?;
            Received::of(service, &parse_feedback(&document)?, &desk.local, &desk)
        };
        feedback::store(service, received, &desk).await
    })
    .await;
    let sample = Sample::of(&form.patient);
    let request = sample.map(|sample| sample.request(&new_instance())).unwrap_or_default();
    let chosen = sample.map(|sample| Chosen { id: sample.id, request: &request });
    let (status, body, feedback) = match &stored {
        Ok(()) => (200, String::new(), FeedbackState::Recorded),
        Err(error) => {
            let (status, body) = error.shown();
            (status, body, FeedbackState::Open)
        }
    };
    let answer = Answer { status, record: None, delivery: Delivery::Fresh, body: &body, feedback };
    page(&desk, &health, &address, chosen, Some(answer)).await
}

/// Which table speaks for which tumour. It holds nothing of a patient, so any name may lead here.
pub(super) async fn rules(desk: Data<Desk>) -> HttpResponse {
    html(pages::rules(&desk.knowledge.now().knowledge, desk.clock.today()))
}

/// One table, cell by cell, the labels or the order checks.
pub(super) async fn rule_page(desk: Data<Desk>, named: Path<String>) -> HttpResponse {
    let page = pages::rule_page(&desk.knowledge.now().knowledge, &named, desk.clock.today());
    page.map_or_else(|| ApiError::NotFound.reply(), html)
}

pub(super) async fn stylesheet() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(pages::STYLESHEET)
}

pub(super) async fn icon() -> HttpResponse {
    HttpResponse::Ok().content_type("image/svg+xml").body(pages::ICON)
}

/// A hookInstance of its own for every request that the page offers: the time in it keeps them apart.
fn new_instance() -> String {
    Uuid::now_v7().to_string()
}

async fn page(
    desk: &Desk,
    health: &Health,
    address: &Address,
    chosen: Option<Chosen<'_>>,
    answer: Option<Answer<'_>>,
) -> HttpResponse {
    let recent = desk.store.recent_decisions(&desk.local.tenant, DECISIONS_SHOWN).await.ok();
    let lines: Option<Vec<Line<'_>>> = recent.as_ref().map(|recent| recent.iter().map(Line::of).collect());
    let rows: Option<Vec<DecisionRow<'_>>> = lines.as_ref().map(|lines| lines.iter().map(Line::row).collect());
    let held = desk.quiet.report(desk.clock.now()).silences;
    let held: Vec<Held<'_>> = held.iter().map(Held::of).collect();
    let silences: Vec<SilenceRow<'_>> = held.iter().map(Held::row).collect();
    let held = desk.knowledge.now();
    let rulebook = &held.knowledge.rulebook;
    let page = pages::start(&StartView {
        status: health.condition().word(),
        rules_edition: rulebook.edition(),
        signed_off: rulebook.signed_off(desk.clock.today()),
        samples: SAMPLES,
        chosen,
        answer,
        decisions: rows.as_deref(),
        silences: &silences,
        address: &address.0,
    });
    html(page)
}

pub(super) fn html(page: String) -> HttpResponse {
    let mut reply = HttpResponse::build(StatusCode::OK);
    reply.content_type("text/html; charset=utf-8");
    for header in SECURITY_HEADERS {
        reply.insert_header(*header);
    }
    reply.body(page)
}

/// A recorded decision with its time as text.
struct Line<'a> {
    time: String,
    decision: &'a RecentDecision,
}

impl<'a> Line<'a> {
    fn of(decision: &'a RecentDecision) -> Self {
        Self { time: decision.received_at.to_string(), decision }
    }

    fn row(&self) -> DecisionRow<'_> {
        let decision = self.decision;
        let feedback = decision.feedback.as_ref();
        DecisionRow {
            time: &self.time,
            service: &decision.service,
            instance: &decision.hook_instance,
            category: &decision.category,
            next_step: &decision.next_step,
            state: match decision.state {
                RecordState::Recorded => "recorded",
                RecordState::Conflict => "conflict",
            },
            outcome: feedback.map(|feedback| feedback.outcome.as_str()),
            reason: feedback.and_then(|feedback| feedback.reason.as_deref()),
        }
    }
}

/// A silence with its times as text.
struct Held<'a> {
    of: String,
    since: String,
    until: Option<String>,
    silence: &'a Silence,
}

impl<'a> Held<'a> {
    fn of(silence: &'a Silence) -> Self {
        Self {
            of: format!("{}/{}", silence.tenant, silence.client),
            since: silence.since.to_string(),
            until: silence.until.map(|until| until.to_string()),
            silence,
        }
    }

    fn row(&self) -> SilenceRow<'_> {
        SilenceRow {
            what: self.silence.what.as_str(),
            of: &self.of,
            since: &self.since,
            until: self.until.as_deref(),
            by: &self.silence.by,
            why: &self.silence.why,
        }
    }
}
