//! Answers in the terms of OpenAPI.

use serde_json::{Value, json};

/// A reference to a schema of the document.
pub(super) fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// JSON of this schema.
pub(super) fn json_of(schema: &str, words: &str) -> Value {
    json!({"description": words, "content": {"application/json": {"schema": reference(schema)}}})
}

/// Text of this media type.
pub(super) fn text_of(media: &str, words: &str) -> Value {
    json!({"description": words, "content": {media: {"schema": {"type": "string"}}}})
}

/// The answers of an operation: `good` with 200, and an OperationOutcome for each way to be refused. A wrong method is
/// refused everywhere.
pub(super) fn refusals(good: Value, statuses: &[u16]) -> Value {
    let mut responses = json!({"200": good});
    for status in statuses.iter().chain(&[405]) {
        let mut refusal = json!({
            "description": why(*status),
            "content": {"application/fhir+json": {"schema": reference("OperationOutcome")}}
        });
        match status {
            405 => refusal["headers"] = json!({"Allow": header("The methods that are served.")}),
            429 | 503 => refusal["headers"] = json!({"Retry-After": header("Seconds.")}),
            401 => refusal["headers"] = json!({"WWW-Authenticate": header("Bearer.")}),
            _ => {}
        }
        responses[status.to_string()] = refusal;
    }
    responses
}

fn header(words: &str) -> Value {
    json!({"description": words, "required": true, "schema": {"type": "string"}})
}

const fn why(status: u16) -> &'static str {
    match status {
        400 => "The body is not what is read here.",
        401 => "Where clients are configured: the token is missing or not good. No reason is told.",
        403 => "The page was asked for under a name that is not of this machine.",
        404 => "Nothing is served under this name.",
        405 => "Another method is asked for.",
        408 => "The body did not come in time.",
        412 => {
            "Data without which nothing can be said were not sent and could not be had, or the FHIR version is not R4."
        }
        413 => "The body is too large.",
        415 => "The media type or the encoding of the body is not read here.",
        429 => "Where clients are configured: the quota of this client is used up.",
        503 => "Starting, stopping, or too much is waiting.",
        _ => "A fault inside the service.",
    }
}
