//! CommunicationRequest: the draft of a question to the laboratory that a card suggests.

use fhirbolt::model::r4::{resources, types};

use crate::parts::{json, reference, references, unless_empty};

/// A question for a person to send, change or drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommunicationRequestDraft<'a> {
    /// A local id, unique within the reply (`her2-recount-1`).
    pub id: &'a str,
    /// The patient of the context: `Patient/p1`.
    pub subject: &'a str,
    /// What the question is about: `Specimen/s5`, `Observation/o6`. May be empty.
    pub about: &'a [&'a str],
    /// The question.
    pub question: &'a str,
}

/// A CommunicationRequest with status `draft`, as JSON.
#[must_use]
pub fn communication_request_draft(draft: &CommunicationRequestDraft<'_>) -> String {
    let question = unless_empty::<types::String>(draft.question).map(|text| resources::CommunicationRequestPayload {
        id: None,
        extension: vec![],
        modifier_extension: vec![],
        content: resources::CommunicationRequestPayloadContent::String(text),
    });
    json(&resources::CommunicationRequest {
        id: unless_empty(draft.id),
        meta: None,
        implicit_rules: None,
        language: None,
        text: None,
        contained: vec![],
        extension: vec![],
        modifier_extension: vec![],
        identifier: vec![],
        based_on: vec![],
        replaces: vec![],
        group_identifier: None,
        status: types::Code::from("draft"),
        status_reason: None,
        category: vec![],
        priority: None,
        do_not_perform: None,
        medium: vec![],
        subject: Some(Box::new(reference(draft.subject))),
        about: references(draft.about),
        encounter: None,
        payload: question.into_iter().collect(),
        occurrence: None,
        authored_on: None,
        requester: None,
        recipient: vec![],
        sender: None,
        reason_code: vec![],
        reason_reference: vec![],
        note: vec![],
    })
}
