//! The document as a whole: `info`, tags, the paths of the table, and the shapes that they refer to.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::operation::{Operation, TAGS};
use super::schemas::schemas;

/// What an address is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// GET, and HEAD beside it.
    Read,
    /// POST.
    Send,
}

impl Verb {
    const fn member(self) -> &'static str {
        match self {
            Self::Read => "get",
            Self::Send => "post",
        }
    }
}

/// One address as the document lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// `/cds-services/{id}/feedback`; `/` for the start page.
    pub path: Cow<'static, str>,
    /// Read or send.
    pub verb: Verb,
    /// What happens there.
    pub operation: Operation,
}

/// The document of a service that serves `listed`.
#[must_use]
pub fn document(listed: &[Listed]) -> Value {
    let mut paths = Map::new();
    for one in listed {
        let at = paths.entry(one.path.as_ref()).or_insert_with(|| json!({}));
        at[one.verb.member()] = one.operation.described();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Herald",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "HER2 decision support over CDS Hooks",
            "description": "CDS Hooks 2.0.1 services that classify HER2 results by the guideline of the tumour. Replies also \
                            carry what a client of 2.0 ignores and one of 3.0 knows. FHIR content is R4. Every address is \
                            served with and without a slash at its end. Every refusal is a FHIR OperationOutcome. Not for \
                            patient care while the rules are unreviewed.",
            "license": {"name": "MIT OR Apache-2.0"}
        },
        "tags": TAGS.iter().map(|(name, words)| json!({"name": name, "description": words})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "cdsClient": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The JWT of a CDS client (CDS Hooks 2.0, Trusting CDS Clients). Asked for where clients are \
                                    configured; in the loopback mode nobody is asked."
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cdshooks::Service;

    fn whole() -> Value {
        let listed: Vec<Listed> = Operation::ALL
            .iter()
            .enumerate()
            .map(|(at, &operation)| Listed { path: format!("/{at}").into(), verb: Verb::Read, operation })
            .collect();
        document(&listed)
    }

    /// Every `$ref` of a value.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema_and_every_schema_is_referred_to() {
        let document = whole();
        let mut found = Vec::new();
        references(&document, &mut found);
        for reference in &found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(found.contains(&format!("#/components/schemas/{name}")), "{name} is not used");
        }
    }

    #[test]
    fn every_operation_has_an_id_of_its_own_a_known_tag_and_words() {
        let document = whole();
        let mut ids = std::collections::BTreeSet::new();
        for path in document["paths"].as_object().unwrap().values() {
            let operation = &path["get"];
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
            assert!(TAGS.iter().any(|(name, _)| operation["tags"][0] == *name), "{operation}");
            assert!(!operation["summary"].as_str().unwrap().is_empty());
            assert!(operation["responses"]["200"].is_object(), "{operation}");
        }
        assert_eq!(ids.len(), Operation::ALL.len());
    }

    #[test]
    fn the_hook_of_each_service_is_the_only_one_that_its_request_may_name() {
        let document = document(&[Listed {
            path: "/cds-services/her2-order-sign".into(),
            verb: Verb::Send,
            operation: Operation::Hook(Service::OrderSign),
        }]);
        let request = &document["components"]["schemas"]["OrderSignRequest"];
        assert_eq!(request["allOf"][1]["properties"]["hook"]["const"], "order-sign");
    }
}
