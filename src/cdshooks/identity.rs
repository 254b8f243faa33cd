//! Card and suggestion ids: derived, so that a repeated request gets the same cards and late feedback finds its own. They
//! identify and grant nothing.

use std::sync::Arc;

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid, uuid};

/// UUIDv5 of `https://fhir.herald-cds.org/card` in the URL namespace.
const CARD_NAMESPACE: Uuid = uuid!("10ccd5a1-f5a3-59ac-ac00-9115d5d3b22c");

/// What identifies one firing of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookKey {
    /// Whose data these are; `local` without configured clients.
    pub tenant: Arc<str>,
    /// `her2-chart-review`
    pub service: &'static str,
    /// As sent.
    pub instance: Box<str>,
}

impl HookKey {
    /// UUIDv5 over the compact JSON array `[tenant, service, hookInstance, rule, [evidence]]`, the evidence being the sorted
    /// strings `reference=reads`.
    #[must_use]
    pub fn card_id(&self, rule: &str, evidence: &[String]) -> Uuid {
        // Strings always serialise; an empty name would still give a valid id.
        let name =
            serde_json::to_vec(&(&*self.tenant, self.service, &*self.instance, rule, evidence)).unwrap_or_default();
        name_based(&CARD_NAMESPACE, &name)
    }
}

/// UUIDv5 with the card as namespace over the position of the suggestion.
#[must_use]
pub fn suggestion_id(card: &Uuid, position: usize) -> Uuid {
    name_based(card, position.to_string().as_bytes())
}

/// UUIDv5 (RFC 9562, 5.5). The library's own SHA-1 does without the instructions that most processors have for it.
fn name_based(namespace: &Uuid, name: &[u8]) -> Uuid {
    let digest: [u8; 20] = Sha1::new().chain_update(namespace.as_bytes()).chain_update(name).finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    Builder::from_sha1_bytes(first).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(instance: &str) -> HookKey {
        HookKey { tenant: "local".into(), service: "her2-chart-review", instance: instance.into() }
    }

    #[test]
    fn the_same_request_gets_the_same_card_and_another_firing_another_one() {
        let evidence = ["Observation/o1=IHC 2+".to_owned()];
        let card = key("a").card_id("breast-asco-cap-2018/IHC-2plus", &evidence);
        assert_eq!(card, key("a").card_id("breast-asco-cap-2018/IHC-2plus", &evidence));
        assert_ne!(card, key("b").card_id("breast-asco-cap-2018/IHC-2plus", &evidence));
        assert_ne!(card, key("a").card_id("breast-asco-cap-2018/IHC-2plus", &[]));
        assert_eq!(card.get_version_num(), 5);
        assert_eq!(suggestion_id(&card, 0).get_version_num(), 5);
    }

    #[test]
    fn the_name_of_a_card_is_the_compact_array_that_the_contract_fixes() {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"https://fhir.herald-cds.org/card");
        let name = br#"["local","her2-chart-review","h1","r/x",["Observation/o1=IHC 2+"]]"#;
        let expected = Uuid::new_v5(&namespace, name);
        assert_eq!(key("h1").card_id("r/x", &["Observation/o1=IHC 2+".to_owned()]), expected);
    }
}
