//! Every address that is served, in one table: the routes and the OpenAPI document are made from it, so that neither can
//! name what the other does not.

use std::borrow::Cow;

use actix_web::{Route, web};

use super::feedback::feedback;
use super::handout::{handout, handouts};
use super::health::{health, livez, readyz};
use super::hooks::hook;
use super::knowledge_pages::{openapi, openapi_page, source_attributes};
use super::pages::{icon, rule_page, rules, start, stylesheet, try_feedback, try_request};
use super::routes::discovery;
use super::seal_head::seal_head;
use crate::cdshooks::Service;
use crate::openapi::{Listed, Operation, Verb};

/// One address with what answers there.
pub(super) struct Served {
    /// The path, without a slash at its end; it is served with one as well.
    pub path: Cow<'static, str>,
    /// Read or send.
    pub verb: Verb,
    /// What the document says of it. None: nothing is served here but a refusal that names the right place.
    pub operation: Option<Operation>,
    /// Who answers.
    pub answered_by: fn(Route) -> Route,
}

/// The table.
pub(super) fn addresses() -> Vec<Served> {
    // The services first, each under its whole address: a path that is compared as text costs nothing, a pattern does.
    let services = Service::OFFERED.iter().map(|&service| Served {
        path: format!("/cds-services/{}", service.id()).into(),
        verb: Verb::Send,
        operation: Some(Operation::Hook(service)),
        answered_by: |at| at.to(hook),
    });
    // An unknown service is told so by the hook itself.
    let unknown =
        Served { path: "/cds-services/{id}".into(), verb: Verb::Send, operation: None, answered_by: |at| at.to(hook) };
    let others = [
        at("/cds-services", Verb::Read, Operation::Discovery, |at| at.to(discovery)),
        unknown,
        at("/cds-services/{id}/feedback", Verb::Send, Operation::Feedback, |at| at.to(feedback)),
        at("/livez", Verb::Read, Operation::Livez, |at| at.to(livez)),
        at("/readyz", Verb::Read, Operation::Readyz, |at| at.to(readyz)),
        at("/health", Verb::Read, Operation::Health, |at| at.to(health)),
        at("/.well-known/herald-seal.json", Verb::Read, Operation::SealHead, |at| at.to(seal_head)),
        at("", Verb::Read, Operation::Start, |at| at.to(start)),
        at("/try", Verb::Send, Operation::Try, |at| at.to(try_request)),
        at("/try/feedback", Verb::Send, Operation::TryFeedback, |at| at.to(try_feedback)),
        at("/handout", Verb::Read, Operation::Handouts, |at| at.to(handouts)),
        at("/handout/{tumour}/{result}", Verb::Read, Operation::Handout, |at| at.to(handout)),
        at("/rules", Verb::Read, Operation::Rules, |at| at.to(rules)),
        at("/rules/{page}", Verb::Read, Operation::RulePage, |at| at.to(rule_page)),
        at("/.well-known/dsi/{file}", Verb::Read, Operation::SourceAttributes, |at| at.to(source_attributes)),
        at("/openapi.json", Verb::Read, Operation::OpenApi, |at| at.to(openapi)),
        at("/openapi", Verb::Read, Operation::OpenApiPage, |at| at.to(openapi_page)),
        at("/assets/herald.css", Verb::Read, Operation::Stylesheet, |at| at.to(stylesheet)),
        at("/assets/herald.svg", Verb::Read, Operation::Icon, |at| at.to(icon)),
    ];
    services.chain(others).collect()
}

fn at(path: &'static str, verb: Verb, operation: Operation, answered_by: fn(Route) -> Route) -> Served {
    Served { path: path.into(), verb, operation: Some(operation), answered_by }
}

/// The table as the document lists it.
pub(super) fn listed() -> Vec<Listed> {
    let list = |at: Served| {
        let path = if at.path.is_empty() { "/".into() } else { at.path };
        Some(Listed { path, verb: at.verb, operation: at.operation? })
    };
    addresses().into_iter().filter_map(list).collect()
}

/// A route for each method of `verb`.
pub(super) fn routes_of(verb: Verb, answered_by: fn(Route) -> Route) -> Vec<Route> {
    match verb {
        Verb::Read => vec![answered_by(web::get()), answered_by(web::head())],
        Verb::Send => vec![answered_by(web::post())],
    }
}

/// The methods of `verb` as the header `Allow` names them.
pub(super) const fn allowed(verb: Verb) -> &'static str {
    match verb {
        Verb::Read => "GET, HEAD, OPTIONS",
        Verb::Send => "POST, OPTIONS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_an_operation_and_every_operation_an_address() {
        let listed = listed();
        for operation in Operation::ALL {
            assert_eq!(listed.iter().filter(|at| at.operation == *operation).count(), 1, "{operation:?}");
        }
        let silent: Vec<_> = addresses().into_iter().filter(|at| at.operation.is_none()).map(|at| at.path).collect();
        assert_eq!(silent, ["/cds-services/{id}"]);
    }
}
