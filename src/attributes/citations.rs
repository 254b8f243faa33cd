//! The sources that the rules of a service cite, from the loaded rules themselves.

use std::collections::BTreeSet;

use crate::assessment::Knowledge;
use crate::cdshooks::Service;

/// Guidelines of the tables, in words.
pub(super) fn guidelines(knowledge: &Knowledge) -> Vec<&str> {
    let all: BTreeSet<&str> = knowledge.rulebook.sources.values().map(|source| &*source.guideline).collect();
    all.into_iter().filter(|guideline| !guideline.is_empty()).collect()
}

/// Publications, registrations and labels, each once: of the tables and labels for every service, of the order checks for
/// those that look at orders.
pub(super) fn citations(knowledge: &Knowledge, service: Service) -> Vec<&str> {
    let tables = knowledge.rulebook.sources.values().flat_map(|source| &source.cite);
    let labels = knowledge.therapies.iter().flat_map(|rule| &rule.cite);
    let checks = knowledge.order_rules.grounds().flat_map(|ground| &ground.cite);
    let orders = service.hook().has_draft_orders();
    let all: BTreeSet<&str> = tables.chain(labels).chain(checks.filter(|_| orders)).map(|cite| &**cite).collect();
    all.into_iter().collect()
}
