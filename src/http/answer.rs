//! The hook from body to reply: request → evidence → assessment → cards → record → reply.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use super::counting::count_answer;
use super::door::{reused_elsewhere, spend};
use super::error::ApiError;
use super::evidence::{absent_from, evidence_of, order_stage};
use super::known::Known;
use super::reply::HookReply;
use super::turns::Turns;
use crate::access::{Access, Caller, TokenUse};
use crate::assessment::{Assessment, Knowledge, assess, canonical_evidence};
use crate::cdshooks::{
    HookKey, HookRequest, Service, Sifted, Viewer, answering_service, cards, leniencies, order_cards, parse_request,
    reply, sift, trial_line,
};
use crate::clock::Clock;
use crate::config::Client;
use crate::domain::evidence::Evidence;
use crate::json::Document;
use crate::metrics::Metrics;
use crate::record::{Decision, People, Pseudonyms, Quiet, Recorded, Recorder, SealHead};
use crate::store::Store;
use crate::traces::Traces;
use crate::upstream::{Errand, Fetched, Upstream};

/// The whole reply goes out within this time; recording gets what is left of it.
const REPLY_TIME: Duration = Duration::from_millis(450);

/// What must be left of it for a decision to be made and recorded.
const RECORD_TIME: Duration = Duration::from_millis(100);

/// Missing prefetch is fetched within this part of it.
const FETCH_TIME: Duration = Duration::from_millis(350);

/// What a hook needs beside its request. Built once for each worker.
#[derive(Clone)]
pub struct Desk {
    /// Whoever calls in the loopback mode.
    pub local: Arc<Client>,
    /// Who may call; None in the loopback mode.
    pub access: Option<Arc<Access>>,
    /// Rules, labels, trials.
    pub knowledge: Known,
    /// SHA-256 of the rule files, as bytes.
    pub rules_digest: [u8; 32],
    /// The FHIR servers that missing prefetch is fetched from.
    pub upstream: Arc<Upstream>,
    /// Lets the thread look up between two decisions.
    pub turns: Turns,
    /// Writes decisions.
    pub recorder: Recorder,
    /// Reads the latest decisions for the start page.
    pub store: Store,
    /// Keyed hashes of people.
    pub pseudonyms: Arc<Pseudonyms>,
    /// What is kept quiet.
    pub quiet: Quiet,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Where spans go; None: nowhere.
    pub traces: Option<Arc<Traces>>,
    /// The newest seals, as they are published.
    pub seal_head: SealHead,
    /// Time.
    pub clock: Clock,
}

/// Answers one hook request.
pub(super) async fn answer(service: Service, body: &[u8], caller: &Caller, desk: &Desk) -> Result<HookReply, ApiError> {
    // Whoever would wait too long is told at once, while others can still help him.
    if !desk.recorder.has_room() || desk.turns.are_slow() {
        return Err(turned_away(desk));
    }
    let began = Instant::now();
    let deadline = began + REPLY_TIME;
    let mut fetched = None;
    let mut decision = loop {
        let step = {
            let _turn = desk.turns.take().await;
            // Others may have taken long, or all the room: work that could not be recorded in time is not begun.
            let late = fetched.is_none() && deadline.saturating_duration_since(Instant::now()) < RECORD_TIME;
            if late || !desk.recorder.has_room() {
                return Err(turned_away(desk));
            }
            decide(service, body, &caller.client, fetched.as_ref(), desk)?
        };
        match step {
            Step::Decided(decision) => break decision,
            // no turn is held meanwhile
            Step::Lacking(errand) => {
                let brought = errand.run(began + FETCH_TIME).await;
                brought.outcomes().for_each(|outcome| desk.metrics.fetches.count([outcome]));
                fetched = Some(match fetched.take() {
                    None => brought,
                    Some(before) => Fetched::and(before, brought),
                });
            }
        }
    };
    let usage = || TokenUse::decision(&decision.service, &decision.hook_instance, &decision.request_hash);
    decision.token = spend(caller, usage, desk)?;
    let usage = decision.token.as_ref().map(|token| TokenUse(token.used_for));
    let body = decision.reply.clone();
    match desk.recorder.record(decision, deadline).await {
        Recorded::Overloaded => Err(ApiError::Overloaded),
        Recorded::TokenReused => Err(reused_elsewhere(caller, usage, desk)),
        Recorded::Refused => Err(ApiError::NotRecorded),
        Recorded::Replayed(stored) => Ok(HookReply::replayed(stored)),
        Recorded::ReplayedFromSpool(stored) => Ok(HookReply::replayed_from_spool(stored)),
        Recorded::Durable => Ok(HookReply::durable(body)),
        Recorded::Spooled => Ok(HookReply::spooled(body)),
        Recorded::Unrecorded => Ok(HookReply::unrecorded(body)),
    }
}

/// More is waiting than can be recorded in time.
fn turned_away(desk: &Desk) -> ApiError {
    desk.recorder.turned_away();
    ApiError::Overloaded
}

/// What a look at a request comes to.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for a moment, and a box would cost every request an allocation"
)]
enum Step {
    Decided(Decision),
    /// Something that was not sent may be had from the client's FHIR server.
    Lacking(Errand),
}

/// Everything up to the record, without waiting for anything. Where something was fetched the body is read once more: what
/// was read before waiting could not be kept.
fn decide(
    called: Service,
    body: &[u8],
    client: &Client,
    fetched: Option<&Fetched>,
    desk: &Desk,
) -> Result<Step, ApiError> {
    let documents = fetched.map(Fetched::documents).unwrap_or_default();
    let document = Document::parse(body)?;
    let service = answering_service(&document, called, client.shared_order_id);
    let mut request = parse_request(&document, service)?;
    if fetched.is_none() && tracing::enabled!(tracing::Level::DEBUG) {
        for leniency in leniencies(&document, &request) {
            tracing::debug!(client = %client.name, leniency = leniency.as_str(), "read all the same");
        }
    }
    if fetched.is_none()
        && let Some(errand) = desk.upstream.errand(client, &request)
    {
        return Ok(Step::Lacking(errand));
    }
    documents.complete(&mut request.prefetch);
    if !fetched.is_some_and(Fetched::asked_for_medications)
        && let Some(errand) = desk.upstream.medications(client, &request, |base| absent_from(&request, base))
    {
        return Ok(Step::Lacking(errand));
    }
    request.prefetch.check_required(service)?;
    let patient = request.context.patient.as_str();
    let evidence = evidence_of(&request, patient);
    let held = desk.knowledge.now();
    let knowledge = &held.knowledge;
    let assessment = assess(knowledge, &evidence, desk.clock.today());
    let key = HookKey {
        tenant: Arc::clone(&client.tenant),
        service: called.id(),
        instance: request.instance.as_str().into(),
    };
    let user = request.context.user.as_deref();
    let people = desk.pseudonyms.people(&client.tenant, Some(patient), user);
    let sifted =
        sifted(&request, &key, &people, &assessment, knowledge, client, desk).fitted(client.profile, client.detail);
    let sifted = sifted.with_codes_of(&client.order_codes);
    count_answer(&desk.metrics, service, &sifted, &assessment);
    let printed = held.printed.printed(&assessment);
    let reply = reply(&sifted, &assessment, &printed.lists, client.spec);
    let shared = reply.shared.map(|(part, start)| (printed.packed(part), start));
    let mut decision = decision(&request, key, people, &evidence, &assessment, reply.bytes.into(), desk);
    decision.shared = shared;
    decision.card_ids.extend(sifted.shown.iter().map(|card| card.uuid));
    Ok(Step::Decided(decision))
}

/// The cards, and which of them are shown to this user now.
fn sifted(
    request: &HookRequest<'_>,
    key: &HookKey,
    people: &People,
    assessment: &Assessment<'_>,
    knowledge: &Knowledge,
    client: &Client,
    desk: &Desk,
) -> Sifted {
    let memory = desk.quiet.memory();
    let viewer = Viewer {
        tenant: &client.tenant,
        client: &client.name,
        hook: request.service.hook(),
        patient: people.patient,
        user: people.user,
        now: desk.clock.now(),
    };
    let trials = trial_line(&viewer, &memory);
    let patient = request.context.patient.as_str();
    let cards = match order_stage(request.service.hook()) {
        None => cards(assessment, knowledge, key, patient, trials),
        Some(stage) => order_cards(assessment, stage, key, patient),
    };
    sift(cards, assessment, &viewer, &memory)
}

fn decision(
    request: &HookRequest<'_>,
    key: HookKey,
    people: People,
    evidence: &Evidence,
    assessment: &Assessment<'_>,
    reply: Bytes,
    desk: &Desk,
) -> Decision {
    let lead = assessment.record.lead_finding();
    let evidence = canonical_evidence(evidence);
    Decision {
        tenant: key.tenant,
        service: Cow::Borrowed(key.service),
        hook_instance: key.instance,
        hook: Cow::Borrowed(request.service.hook().name()),
        decision_id: Decision::new_id(),
        client_at: None,
        received_at: desk.clock.now(),
        request_hash: request_hash(request, &people, &evidence),
        people,
        rules_digest: desk.rules_digest,
        evidence,
        reply,
        shared: None,
        card_ids: Vec::new(),
        category: Cow::Borrowed(lead.map_or("none", |lead| lead.category.as_str())),
        next_step: Cow::Borrowed(lead.map_or("none", |lead| lead.next_step.as_str())),
        token: None,
    }
}

/// What makes a repeated request the same one: hook, patient, evidence with what was set aside, and the state of each
/// prefetch key, whether it was sent or fetched. White space, member order and renewed tokens do not count.
fn request_hash(request: &HookRequest<'_>, people: &People, evidence: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(request.service.hook().name());
    hash.update(people.patient.unwrap_or_default());
    for &key in request.service.keys() {
        hash.update(request.prefetch.get(key).state());
    }
    hash.update(evidence);
    hash.finalize().into()
}
