//! The evidence of a hook request: what was sent along, what could not be had, and the draft orders.

use crate::cdshooks::{Hook, HookRequest};
use crate::domain::evidence::Evidence;
use crate::domain::order::OrderStage;
use crate::fhir::{Source, absent_medications, draft_orders, extract};
use crate::json::Value;

/// What `request` shows of `patient`, an id or `Patient/id`.
#[must_use]
pub fn evidence_of(request: &HookRequest<'_>, patient: &str) -> Evidence {
    let sources = request.prefetch.resources().map(|(key, json)| Source { place: key.name(), json });
    let mut evidence = extract(sources, Some(patient));
    evidence.unseen = request.prefetch.unseen().map(|key| key.name().into()).collect();
    evidence.partial = request.prefetch.partial().map(|key| key.name().into()).collect();
    if let (Some(stage), Some(orders)) = (order_stage(request.service.hook()), request.context.draft_orders) {
        let selections = request.context.selections.filter(|_| stage == OrderStage::Select);
        let others = request.prefetch.resources().map(|(_, json)| json);
        let drafts = draft_orders(orders, selections, patient, others);
        evidence.orders = drafts.orders;
        evidence.unread_orders = drafts.unread;
        evidence.order_stage = stage;
        evidence.excluded.extend(drafts.excluded);
    }
    evidence
}

/// Medications that the orders and treatments of `request` refer to, that nothing in it names, and that may lie below `base`.
#[must_use]
pub fn absent_from(request: &HookRequest<'_>, base: &str) -> Vec<Box<str>> {
    let refers = |json: &Value<'_>| json.raw().contains("Medication/");
    let of_record = request.prefetch.resources().filter(|(key, _)| key.is_of_medicines());
    let of_record = of_record.map(|(key, json)| Source { place: key.name(), json });
    let drafts = request.context.draft_orders.map(|json| Source { place: "draftOrders", json });
    let sources: Vec<Source<'_>> = of_record.chain(drafts).collect();
    // Most requests name their medicines and are not read a second time for this.
    if sources.iter().any(|source| refers(&source.json)) { absent_medications(sources, base) } else { Vec::new() }
}

/// How far the clinician is with draft orders; None where the hook has none.
#[must_use]
pub const fn order_stage(hook: Hook) -> Option<OrderStage> {
    match hook {
        Hook::PatientView => None,
        Hook::OrderSelect => Some(OrderStage::Select),
        Hook::OrderSign => Some(OrderStage::Sign),
    }
}
