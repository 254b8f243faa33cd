//! ServiceRequest: the draft of an order that a card suggests (reflex HER2 ISH, an echocardiogram).

use fhirbolt::model::r4::{resources, types};

use crate::parts::{Concept, concept, json, reference, references, unless_empty};

/// An order for a person to accept, change or refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceRequestDraft<'a> {
    /// A local id, unique within the reply (`her2-ish-1`).
    pub id: &'a str,
    /// What is to be done.
    pub code: Concept<'a>,
    /// The patient of the context: `Patient/p1`.
    pub subject: &'a str,
    /// The specimens to be tested: `Specimen/s2`. May be empty.
    pub specimen: &'a [&'a str],
    /// The results that give the reason: `Observation/o1`. May be empty.
    pub reason: &'a [&'a str],
}

/// A ServiceRequest with status `draft` and intent `proposal`, as JSON (CDS Hooks 2.0, Suggestion: the client turns it into
/// an order only when a person accepts it).
#[must_use]
pub fn service_request_draft(draft: &ServiceRequestDraft<'_>) -> String {
    json(&resources::ServiceRequest {
        id: unless_empty(draft.id),
        meta: None,
        implicit_rules: None,
        language: None,
        text: None,
        contained: vec![],
        extension: vec![],
        modifier_extension: vec![],
        identifier: vec![],
        instantiates_canonical: vec![],
        instantiates_uri: vec![],
        based_on: vec![],
        replaces: vec![],
        requisition: None,
        status: types::Code::from("draft"),
        intent: types::Code::from("proposal"),
        category: vec![],
        priority: None,
        do_not_perform: None,
        code: Some(Box::new(concept(draft.code))),
        order_detail: vec![],
        quantity: None,
        subject: Box::new(reference(draft.subject)),
        encounter: None,
        occurrence: None,
        as_needed: None,
        authored_on: None,
        requester: None,
        performer_type: None,
        performer: vec![],
        location_code: vec![],
        location_reference: vec![],
        reason_code: vec![],
        reason_reference: references(draft.reason),
        insurance: vec![],
        supporting_info: vec![],
        specimen: references(draft.specimen),
        body_site: vec![],
        note: vec![],
        patient_instruction: None,
        relevant_history: vec![],
    })
}
