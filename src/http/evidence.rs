//! The evidence of a hook request: what was sent along, what could not be had, and the draft orders.

use crate::cdshooks::{Hook, HookRequest};
use crate::domain::evidence::Evidence;
use crate::domain::order::OrderStage;
use crate::fhir::{Source, draft_orders, extract};

/// What `request` shows of `patient`, an id or `Patient/id`.
#[must_use]
pub fn evidence_of(request: &HookRequest<'_>, patient: &str) -> Evidence {
    let sources = request.prefetch.resources().map(|(key, json)| Source { place: key.name(), json });
    let mut evidence = extract(sources, Some(patient));
    evidence.unseen = request.prefetch.unseen().map(|key| key.name().into()).collect();
    evidence.partial = request.prefetch.partial().map(|key| key.name().into()).collect();
    if let (Some(stage), Some(orders)) = (order_stage(request.service.hook()), request.context.draft_orders) {
        let selections = request.context.selections.filter(|_| stage == OrderStage::Select);
        let drafts = draft_orders(orders, selections, patient);
        evidence.orders = drafts.orders;
        evidence.order_stage = stage;
        evidence.excluded.extend(drafts.excluded);
    }
    evidence
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
