//! What happens at an address: words, body and answers. Statuses are those of rule 29.

use serde_json::{Value, json};

use super::replies::{json_of, reference, refusals, text_of};
use crate::cdshooks::Service;

/// The groups of operations.
pub(super) const TAGS: &[(&str, &str)] = &[
    ("CDS Hooks", "Discovery, the services, and feedback."),
    ("Health", "Whether the service is alive, ready, and well."),
    ("Knowledge", "What the service knows and rests on. Nothing of a patient."),
    ("Pages", "Pages for people, in a browser."),
];

/// One thing that the service does at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `GET /cds-services`
    Discovery,
    /// `POST /cds-services/{id}`
    Hook(Service),
    /// `POST /cds-services/{id}/feedback`
    Feedback,
    /// `GET /livez`
    Livez,
    /// `GET /readyz`
    Readyz,
    /// `GET /health`
    Health,
    /// `GET /`
    Start,
    /// `POST /try`
    Try,
    /// `POST /try/feedback`
    TryFeedback,
    /// `GET /handout`
    Handouts,
    /// `GET /handout/{tumour}/{result}`
    Handout,
    /// `GET /rules`
    Rules,
    /// `GET /rules/{page}`
    RulePage,
    /// `GET /.well-known/dsi/{service}.json`, `.md`, `.html`
    SourceAttributes,
    /// `GET /.well-known/herald-seal.json`
    SealHead,
    /// `GET /openapi.json`
    OpenApi,
    /// `GET /openapi`
    OpenApiPage,
    /// `GET /assets/herald.css`
    Stylesheet,
    /// `GET /assets/herald.svg`
    Icon,
}

impl Operation {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Discovery,
        Self::Hook(Service::ChartReview),
        Self::Hook(Service::OrderSelect),
        Self::Hook(Service::OrderSign),
        Self::Feedback,
        Self::Livez,
        Self::Readyz,
        Self::Health,
        Self::Start,
        Self::Try,
        Self::TryFeedback,
        Self::Handouts,
        Self::Handout,
        Self::Rules,
        Self::RulePage,
        Self::SourceAttributes,
        Self::SealHead,
        Self::OpenApi,
        Self::OpenApiPage,
        Self::Stylesheet,
        Self::Icon,
    ];

    const fn id(self) -> &'static str {
        match self {
            Self::Discovery => "discover",
            Self::Hook(Service::ChartReview) => "reviewChart",
            Self::Hook(Service::OrderSelect) => "checkChosenOrder",
            Self::Hook(Service::OrderSign) => "checkOrderBeforeSigning",
            Self::Feedback => "giveFeedback",
            Self::Livez => "isAlive",
            Self::Readyz => "isReady",
            Self::Health => "readHealth",
            Self::Start => "readStartPage",
            Self::Try => "trySample",
            Self::TryFeedback => "tryFeedback",
            Self::Handouts => "listHandouts",
            Self::Handout => "readHandout",
            Self::Rules => "readRules",
            Self::RulePage => "readRulePage",
            Self::SourceAttributes => "readSourceAttributes",
            Self::SealHead => "readSealHead",
            Self::OpenApi => "readOpenApi",
            Self::OpenApiPage => "readOpenApiPage",
            Self::Stylesheet => "readStylesheet",
            Self::Icon => "readIcon",
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::Discovery | Self::Hook(_) | Self::Feedback => "CDS Hooks",
            Self::Livez | Self::Readyz | Self::Health => "Health",
            Self::Rules
            | Self::RulePage
            | Self::Handouts
            | Self::Handout
            | Self::SourceAttributes
            | Self::SealHead
            | Self::OpenApi => "Knowledge",
            Self::Start | Self::Try | Self::TryFeedback | Self::OpenApiPage | Self::Stylesheet | Self::Icon => "Pages",
        }
    }

    const fn summary(self) -> &'static str {
        match self {
            Self::Discovery => "The services, with their hooks and prefetch templates",
            Self::Hook(service) => service.title(),
            Self::Feedback => "What became of a card",
            Self::Livez => "Alive: the process answers",
            Self::Readyz => "Ready: hook requests are answered",
            Self::Health => "How the service is, and which rules speak",
            Self::Start => "The start page, with invented patients",
            Self::Try => "Sends the request of the start page's form",
            Self::TryFeedback => "Sends the feedback of the start page's form",
            Self::Handouts => "The list of handouts for patients",
            Self::Handout => "One result in plain words, to be handed over by a clinician",
            Self::Rules => "Which table of rules speaks for which tumour",
            Self::RulePage => "One table, cell by cell, with its sources; the labels; the checks of orders",
            Self::SourceAttributes => "The source attributes of a service, for those who decide whether to use it",
            Self::SealHead => "The newest seal of every tenant, for an auditor to note down",
            Self::OpenApi => "This document",
            Self::OpenApiPage => "This document as a page",
            Self::Stylesheet => "The stylesheet of the pages",
            Self::Icon => "The icon of the pages",
        }
    }

    const fn description(self) -> Option<&'static str> {
        match self {
            Self::Hook(service) => Some(service.description()),
            Self::Feedback => Some(
                "May come for many cards at once, repeatedly, late, out of order or never. 200 if one entry at least can be \
                 used, a card that is not known included.",
            ),
            Self::Health => Some("Always 200: `status` says how it is."),
            Self::SourceAttributes => Some(
                "The 13 source attributes of an evidence-based decision support intervention, and what was heard from \
                 clinicians. No certification is claimed. `ETag` changes with the content.",
            ),
            Self::Try | Self::TryFeedback => {
                Some("Forms of this service's own start page only; 404 where clients are registered.")
            }
            _ => None,
        }
    }

    /// The operation as the document describes it.
    pub(super) fn described(self) -> Value {
        let mut operation = json!({
            "operationId": self.id(),
            "tags": [self.tag()],
            "summary": self.summary(),
            "responses": self.responses(),
        });
        if let Some(words) = self.description() {
            operation["description"] = words.into();
        }
        if let Some(body) = self.request_body() {
            operation["requestBody"] = body;
        }
        let parameters = self.parameters();
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if matches!(self, Self::Discovery | Self::Hook(_) | Self::Feedback) {
            operation["security"] = json!([{}, {"cdsClient": []}]);
        }
        operation
    }

    fn request_body(self) -> Option<Value> {
        let sent_as = |media: &[&str], schema: Value| {
            let content: serde_json::Map<String, Value> =
                media.iter().map(|media| ((*media).to_owned(), json!({"schema": schema.clone()}))).collect();
            json!({"required": true, "content": content})
        };
        let either = ["application/json", "application/fhir+json"];
        let form = ["application/x-www-form-urlencoded"];
        match self {
            Self::Hook(Service::ChartReview) => Some(sent_as(&either, reference("ChartReviewRequest"))),
            Self::Hook(Service::OrderSelect) => Some(sent_as(&either, reference("OrderSelectRequest"))),
            Self::Hook(Service::OrderSign) => Some(sent_as(&either, reference("OrderSignRequest"))),
            Self::Feedback => Some(sent_as(&either, reference("Feedback"))),
            Self::Try => Some(sent_as(&form, fields(&["patient", "request"]))),
            Self::TryFeedback => Some(sent_as(&form, fields(&["patient", "service", "card", "outcome"]))),
            _ => None,
        }
    }

    fn parameters(self) -> Vec<Value> {
        let ids: Vec<&str> = Service::OFFERED.iter().map(|service| service.id()).collect();
        let in_path = |name: &str, schema: Value, words: &str| json!({"name": name, "in": "path", "required": true, "schema": schema, "description": words});
        match self {
            Self::Feedback => {
                vec![in_path("id", json!({"type": "string", "enum": ids}), "The service that showed the card.")]
            }
            Self::SourceAttributes => {
                let files: Vec<String> =
                    ids.iter().flat_map(|id| ["json", "md", "html"].map(|form| format!("{id}.{form}"))).collect();
                vec![in_path(
                    "file",
                    json!({"type": "string", "enum": files}),
                    "The service, and the form of the answer.",
                )]
            }
            Self::RulePage => vec![in_path("page", json!({"type": "string"}), "A page, as `/rules` lists them.")],
            Self::Handout => vec![
                in_path("tumour", json!({"type": "string"}), "A tumour, as `/handout` lists them."),
                in_path("result", json!({"type": "string"}), "A kind of result, as `/handout` lists them."),
            ],
            _ => Vec::new(),
        }
    }

    fn responses(self) -> Value {
        let page = || text_of("text/html; charset=utf-8", "The page.");
        match self {
            Self::Discovery => refusals(json_of("Discovery", "The services."), &[401]),
            Self::Hook(_) => {
                let mut answer = json_of("Reply", "The cards, and the assessment also where there is no card.");
                answer["headers"] = json!({
                    "X-Decision-Record": {
                        "description": "Where the decision is: in the database, in the spool of this service, or nowhere.",
                        "required": true,
                        "schema": {"type": "string", "enum": ["durable", "spooled", "unrecorded"]}
                    },
                    "Idempotent-Replay": {
                        "description": "The request came before; this is its stored reply.",
                        "schema": {"type": "string", "const": "true"}
                    }
                });
                refusals(answer, &[400, 401, 404, 408, 412, 413, 415, 429, 500, 503])
            }
            Self::Feedback => refusals(json_of("Nothing", "Stored."), &[400, 401, 404, 408, 413, 415, 429, 500, 503]),
            Self::Livez => with(refusals(text_of("text/plain", "The word alive."), &[]), "503", "The process hangs."),
            Self::Readyz => with(refusals(text_of("text/plain", "The word ready."), &[]), "503", "Not ready."),
            Self::Health => refusals(json_of("Health", "How it is."), &[]),
            Self::Start => refusals(page(), &[403, 404]),
            Self::Try | Self::TryFeedback => refusals(page(), &[400, 403, 404, 408, 413, 415]),
            Self::Handouts | Self::Handout => refusals(page(), &[403, 404]),
            Self::Rules | Self::OpenApiPage => refusals(page(), &[]),
            Self::RulePage => refusals(page(), &[404]),
            Self::SourceAttributes => {
                let mut answer = json_of("SourceAttributes", "The attributes.");
                answer["content"]["text/markdown; charset=utf-8"] = json!({"schema": {"type": "string"}});
                answer["content"]["text/html; charset=utf-8"] = json!({"schema": {"type": "string"}});
                answer["headers"] = json!({"ETag": {"description": "Of this content.", "required": true, "schema": {"type": "string"}}});
                with(refusals(answer, &[404]), "304", "Unchanged since the ETag of `If-None-Match`.")
            }
            Self::SealHead => {
                let answer = json!({"description": "The seals.", "content": {"application/json": {"schema": {"type": "object"}}}});
                refusals(answer, &[404])
            }
            Self::OpenApi => {
                let answer = json!({"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}});
                refusals(answer, &[])
            }
            Self::Stylesheet => refusals(text_of("text/css; charset=utf-8", "The stylesheet."), &[]),
            Self::Icon => refusals(text_of("image/svg+xml", "The icon."), &[]),
        }
    }
}

/// A form with these fields.
fn fields(names: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    json!({"type": "object", "required": names, "properties": properties})
}

fn with(mut responses: Value, status: &str, words: &str) -> Value {
    responses[status] = json!({"description": words});
    responses
}
