//! The hook from body to reply: request → evidence → assessment → cards → record → reply.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use super::evidence::{evidence_of, order_stage};
use super::labels::LabelMemory;
use super::reply::HookReply;
use super::turns::Turns;
use crate::assessment::{Assessment, Knowledge, assess, canonical_evidence};
use crate::cdshooks::{
    HookKey, HookRequest, Service, Sifted, Viewer, cards, order_cards, parse_request, reply, sift, trial_line,
};
use crate::clock::Clock;
use crate::config::Client;
use crate::domain::evidence::Evidence;
use crate::json::Document;
use crate::record::{Decision, People, Pseudonyms, Quiet, Recorded, Recorder};
use crate::store::Store;

/// The whole reply goes out within this time; recording gets what is left of it.
const REPLY_TIME: Duration = Duration::from_millis(450);

/// What must be left of it for a decision to be made and recorded.
const RECORD_TIME: Duration = Duration::from_millis(100);

/// What a hook needs beside its request. Built once for each worker.
#[derive(Clone)]
pub struct Desk {
    /// Whoever calls in the loopback mode.
    pub local: Arc<Client>,
    /// Rules, labels, trials.
    pub knowledge: Arc<Knowledge>,
    /// SHA-256 of the rule files, as bytes.
    pub rules_digest: [u8; 32],
    /// What was printed of the labels before.
    pub labels: Arc<LabelMemory>,
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
    /// Time.
    pub clock: Clock,
}

/// Answers one hook request.
pub(super) async fn answer(service: Service, body: &[u8], client: &Client, desk: &Desk) -> Result<HookReply, ApiError> {
    if !desk.recorder.has_room() {
        return Err(ApiError::Overloaded);
    }
    let deadline = Instant::now() + REPLY_TIME;
    let decision = {
        let _turn = desk.turns.take().await;
        // Others may have taken long, or all the room: work that could not be recorded in time is not begun.
        if !desk.recorder.has_room() || deadline.saturating_duration_since(Instant::now()) < RECORD_TIME {
            return Err(ApiError::Overloaded);
        }
        decide(service, body, client, desk)?
    };
    let body = decision.reply.clone();
    match desk.recorder.record(decision, deadline).await {
        Recorded::Overloaded => Err(ApiError::Overloaded),
        Recorded::Refused => Err(ApiError::NotRecorded),
        Recorded::Replayed(stored) => Ok(HookReply::replayed(stored)),
        Recorded::ReplayedFromSpool(stored) => Ok(HookReply::replayed_from_spool(stored)),
        Recorded::Durable => Ok(HookReply::durable(body)),
        Recorded::Spooled => Ok(HookReply::spooled(body)),
        Recorded::Unrecorded => Ok(HookReply::unrecorded(body)),
    }
}

/// Everything up to the record, without waiting for anything.
fn decide(service: Service, body: &[u8], client: &Client, desk: &Desk) -> Result<Decision, ApiError> {
    let document = Document::parse(body)?;
    let request = parse_request(&document, service)?;
    request.prefetch.check_required(service)?;
    let patient = request.context.patient.as_str();
    let evidence = evidence_of(&request, patient);
    let assessment = assess(&desk.knowledge, &evidence, desk.clock.today());
    let key = HookKey {
        tenant: Arc::clone(&client.tenant),
        service: service.id(),
        instance: request.instance.as_str().into(),
    };
    let user = request.context.user.as_deref();
    let people = desk.pseudonyms.people(&client.tenant, Some(patient), user);
    let sifted = sifted(&request, &key, &people, &assessment, client, desk);
    let labels = desk.labels.printed(&assessment);
    let reply = reply(&sifted, &assessment, &labels.json);
    let shared = reply.considerations.map(|place| (Arc::clone(&labels.packed), place.start));
    let decision = decision(&request, key, people, &evidence, &assessment, reply.bytes.into(), desk);
    Ok(Decision { shared, card_ids: sifted.shown.iter().map(|card| card.uuid).collect(), ..decision })
}

/// The cards, and which of them are shown to this user now.
fn sifted(
    request: &HookRequest<'_>,
    key: &HookKey,
    people: &People,
    assessment: &Assessment<'_>,
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
        None => cards(assessment, &desk.knowledge, key, patient, trials),
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
    }
}

/// What makes a repeated request the same one: hook, patient, evidence with what was set aside, and the state of each
/// prefetch key. White space, member order and renewed tokens do not count.
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
