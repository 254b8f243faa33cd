//! The shapes of CDS Hooks as this service reads and writes them, and of its other documents. Members that are not named
//! are tolerated in requests.

use serde_json::{Map, Value, json};

use super::assessment;
use super::replies::reference;
use crate::cdshooks::{Indicator, Service, WithheldWhy};

/// All schemas by name.
pub(super) fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    let mut add = |name: &str, schema: Value| all.insert(name.to_owned(), schema);
    add("Request", request());
    add("ChartReviewRequest", request_of(Service::ChartReview));
    add("OrderSelectRequest", request_of(Service::OrderSelect));
    add("OrderSignRequest", request_of(Service::OrderSign));
    add("Reply", reply());
    add("Card", card());
    add("Coding", coding());
    add("Suggestion", suggestion());
    add("Action", action());
    add("Withheld", withheld());
    add("Feedback", feedback());
    add("Nothing", json!({"type": "object", "maxProperties": 0}));
    add("Discovery", discovery());
    add("OperationOutcome", operation_outcome());
    add("Health", health());
    add("SourceAttributes", source_attributes());
    all.extend(assessment::schemas());
    all
}

/// Text without control characters that is not blank.
fn words() -> Value {
    json!({"type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u001f\\u007f\\s][^\\u0000-\\u001f\\u007f]*$"})
}

fn request() -> Value {
    let mut instance = words();
    instance["maxLength"] = 256.into();
    instance["description"] = "A UUID, one for each firing of the hook.".into();
    json!({
        "type": "object",
        "required": ["hook", "hookInstance", "context"],
        "properties": {
            "hook": {"type": "string"},
            "hookInstance": instance,
            "fhirServer": words(),
            "fhirAuthorization": {"type": "object", "description": "Never stored and never logged."},
            "context": {
                "type": "object",
                "required": ["patientId"],
                "properties": {
                    "patientId": {"type": "string", "pattern": "^(Patient/)?[A-Za-z0-9.-]{1,64}$"},
                    "userId": words(),
                    "encounterId": {"type": "string"}
                }
            },
            "prefetch": {
                "type": ["object", "null"],
                "maxProperties": 64,
                "description": "Resources or searchset Bundles by key, as discovery lists them; null: the client has no data. \
                                `her2` or `pathology` has to be had, else 412."
            },
            "extension": {"type": "object"}
        },
        "dependentRequired": {"fhirAuthorization": ["fhirServer"]}
    })
}

fn request_of(service: Service) -> Value {
    let hook = service.hook();
    let mut own = json!({"properties": {"hook": {"const": hook.name()}}});
    if hook.has_draft_orders() {
        own["properties"]["context"] = json!({
            "required": ["draftOrders"],
            "properties": {"draftOrders": {"type": "object", "description": "A FHIR Bundle."}}
        });
    }
    json!({"allOf": [reference("Request"), own]})
}

fn reply() -> Value {
    json!({
        "type": "object",
        "required": ["cards", "extension"],
        "properties": {
            "cards": {"type": "array", "items": reference("Card"), "maxItems": 2},
            "extension": {
                "type": "object",
                "required": ["org.herald-cds.assessment"],
                "properties": {
                    "org.herald-cds.assessment": reference("Assessment"),
                    "org.herald-cds.withheld": {"type": "array", "minItems": 1, "items": reference("Withheld")}
                },
                "additionalProperties": false
            }
        },
        "additionalProperties": false
    })
}

/// A card of any profile and version: what 1.0 does not know is not required.
fn card() -> Value {
    json!({
        "type": "object",
        "required": ["summary", "indicator", "detail", "source", "extension"],
        "properties": {
            "uuid": {"type": "string", "format": "uuid"},
            "summary": {"type": "string", "minLength": 1, "maxLength": 139},
            "indicator": {"type": "string", "enum": Indicator::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()},
            "detail": {"type": "string", "minLength": 1},
            "source": {
                "type": "object",
                "required": ["label"],
                "properties": {"label": {"type": "string", "minLength": 1}, "topic": reference("Coding")},
                "additionalProperties": false
            },
            "suggestions": {"type": "array", "minItems": 1, "items": reference("Suggestion")},
            "selectionBehavior": {"type": "string", "enum": ["at-most-one", "any"]},
            "overrideReasons": {"type": "array", "minItems": 1, "items": reference("Coding")},
            "extension": {
                "type": "object",
                "required": ["org.herald-cds.basis"],
                "properties": {
                    "org.herald-cds.basis": {
                        "type": "object",
                        "required": ["rule"],
                        "properties": {
                            "rule": {"type": "string", "minLength": 1},
                            "evidence": {"type": "array", "minItems": 1, "items": {"type": "string"}}
                        },
                        "additionalProperties": false
                    },
                    "org.herald-cds.relatedResources": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "com.epic.cdshooks.card.detail.content-type": {"type": "string", "const": "text/html"}
                },
                "additionalProperties": false
            }
        },
        "dependentRequired": {"suggestions": ["selectionBehavior"], "selectionBehavior": ["suggestions"]},
        "additionalProperties": false
    })
}

fn coding() -> Value {
    json!({
        "type": "object",
        "required": ["code", "system", "display"],
        "properties": {
            "code": {"type": "string", "minLength": 1},
            "system": {"type": "string", "minLength": 1},
            "display": {"type": "string", "minLength": 1}
        },
        "additionalProperties": false
    })
}

fn suggestion() -> Value {
    json!({
        "type": "object",
        "required": ["label", "actions"],
        "properties": {
            "label": {"type": "string", "minLength": 1},
            "uuid": {"type": "string", "format": "uuid"},
            "actions": {"type": "array", "minItems": 1, "maxItems": 1, "items": reference("Action")}
        },
        "additionalProperties": false
    })
}

/// `resource` is a string in CDS Hooks 1.0 only, where a delete has no `resourceId`.
fn action() -> Value {
    json!({
        "type": "object",
        "required": ["type", "description"],
        "properties": {
            "type": {"type": "string", "enum": ["create", "delete"]},
            "description": {"type": "string", "minLength": 1},
            "resource": {"type": ["object", "string"]},
            "resourceId": {"type": "string", "pattern": "^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$"}
        },
        "oneOf": [{"required": ["resource"]}, {"required": ["resourceId"]}],
        "additionalProperties": false
    })
}

fn withheld() -> Value {
    let why = WithheldWhy::ALL.iter().filter_map(|why| serde_json::to_value(why).ok()).collect::<Vec<_>>();
    json!({
        "type": "object",
        "required": ["why"],
        "properties": {
            "why": {"type": "string", "enum": why},
            "until": {"type": "string", "format": "date-time"},
            "card": reference("Card")
        },
        "additionalProperties": false
    })
}

fn feedback() -> Value {
    let coding = json!({
        "type": "object",
        "properties": {"code": {"type": "string"}, "system": {"type": "string"}, "display": {"type": "string"}}
    });
    let mut card = words();
    card["maxLength"] = 256.into();
    json!({
        "type": "object",
        "required": ["feedback"],
        "properties": {
            "feedback": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["card", "outcome", "outcomeTimestamp"],
                    "properties": {
                        "card": card,
                        "outcome": {"type": "string", "enum": ["accepted", "overridden"]},
                        "outcomeTimestamp": {"type": "string", "format": "date-time"},
                        "acceptedSuggestions": {
                            "type": "array",
                            "maxItems": 4,
                            "items": {"type": "object", "properties": {"id": {"type": "string", "maxLength": 64}}}
                        },
                        "overrideReason": {
                            "type": "object",
                            "properties": {"reason": coding, "userComment": {"type": "string"}}
                        }
                    }
                }
            }
        }
    })
}

fn discovery() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    json!({
        "type": "object",
        "required": ["services"],
        "properties": {
            "services": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["hook", "title", "description", "id", "prefetch", "usageRequirements"],
                    "properties": {
                        "hook": text,
                        "title": text,
                        "description": text,
                        "id": text,
                        "prefetch": {"type": "object", "minProperties": 1, "additionalProperties": text},
                        "usageRequirements": text,
                        "version": text,
                        "hookVersion": text,
                        "extension": {"type": "object", "properties": {"org.herald-cds.dsi": text}}
                    },
                    "additionalProperties": false
                }
            }
        },
        "additionalProperties": false
    })
}

fn operation_outcome() -> Value {
    json!({
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code", "diagnostics"],
                    "properties": {
                        "severity": {"type": "string", "enum": ["fatal", "error", "warning", "information"]},
                        "code": {"type": "string", "minLength": 1},
                        "diagnostics": {"type": "string", "minLength": 1}
                    }
                }
            }
        }
    })
}

fn health() -> Value {
    json!({
        "type": "object",
        "required": ["status", "version", "rules"],
        "properties": {
            "status": {"type": "string", "enum": ["ok", "degraded", "critical", "starting", "draining"]},
            "version": {"type": "string"},
            "cards": {"type": "object"},
            "rules": {
                "type": "object",
                "required": ["edition", "digest", "signedOff", "unsigned", "reviewDue"],
                "properties": {
                    "edition": {"type": "string"},
                    "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
                    "signedOff": {"type": "boolean"},
                    "unsigned": {"type": "array", "items": {"type": "string"}},
                    "reviewDue": {"type": "string", "format": "date"}
                }
            }
        }
    })
}

fn source_attributes() -> Value {
    let attribute = json!({
        "type": "object",
        "required": ["number", "name", "says"],
        "properties": {
            "number": {"type": "integer", "minimum": 1, "maximum": 13},
            "name": {"type": "string", "minLength": 1},
            "says": {"type": "string", "minLength": 1}
        }
    });
    json!({
        "type": "object",
        "required": ["service", "version", "rules", "reviewed", "attributes"],
        "properties": {
            "service": {"type": "string"},
            "version": {"type": "string"},
            "rules": {
                "type": "object",
                "required": ["edition", "digest", "signedOff"],
                "properties": {
                    "edition": {"type": "string"},
                    "digest": {"type": "string"},
                    "signedOff": {"type": "boolean"}
                }
            },
            "reviewed": {"type": "string", "format": "date"},
            "attributes": {"type": "array", "minItems": 13, "maxItems": 13, "items": attribute},
            "citations": {"type": "array", "items": {"type": "string"}},
            "figures": {"type": "object"}
        }
    })
}
