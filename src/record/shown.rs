//! The findings behind the cards of a stored reply: the key that the sieve of cards computes, from the same facts as they
//! stand in the reply.

use serde::Deserialize;
use uuid::Uuid;

use crate::noise::{CardFacts, FindingKey, Labels, RecordFacts, SpecimenFacts};

/// The reason that makes the conditions of labels part of the finding.
const LINE_NOT_REACHED: &str = "line-not-reached";

/// The reply, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct ShownReply {
    cards: Vec<ShownCard>,
    extension: Extension,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShownCard {
    uuid: Uuid,
    source: Source,
    override_reasons: Vec<Coding>,
    extension: CardExtension,
}

#[derive(Deserialize)]
struct Source {
    topic: Coding,
}

#[derive(Deserialize)]
struct Coding {
    code: String,
}

#[derive(Deserialize)]
struct CardExtension {
    #[serde(rename = "org.herald-cds.basis")]
    basis: Basis,
    #[serde(rename = "org.herald-cds.relatedResources", default)]
    related_resources: Vec<String>,
}

#[derive(Deserialize)]
struct Basis {
    rule: String,
    #[serde(default)]
    evidence: Vec<String>,
}

#[derive(Deserialize)]
struct Extension {
    #[serde(rename = "org.herald-cds.assessment")]
    assessment: Assessed,
}

#[derive(Deserialize)]
struct Assessed {
    tumour: String,
    specimens: Vec<Specimen>,
    excluded: Vec<Excluded>,
    considerations: Vec<Consideration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Specimen {
    tumour: String,
    specimen: Option<String>,
    collected: Option<String>,
    category: String,
    expression: String,
    next_step: String,
    flags: Vec<String>,
    evidence: Vec<Reading>,
}

#[derive(Deserialize)]
struct Reading {
    reference: String,
    reads: String,
}

#[derive(Deserialize)]
struct Excluded {
    reference: String,
    why: String,
}

#[derive(Deserialize)]
struct Consideration {
    id: String,
    region: String,
    conditions: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    what: String,
    verdict: String,
}

impl ShownReply {
    /// None for bytes that are not a reply of this shape: what they showed stays unknown, and is shown again.
    pub(super) fn read(reply: &[u8]) -> Option<Self> {
        serde_json::from_slice(reply).ok()
    }

    /// What `card` was about, if the reply showed it.
    pub(super) fn finding(&self, tenant: &str, patient: &[u8; 32], card: Uuid) -> Option<FindingKey> {
        let card = self.cards.iter().find(|shown| shown.uuid == card)?;
        let asks_for_the_line = card.override_reasons.iter().any(|reason| reason.code == LINE_NOT_REACHED);
        let basis = &card.extension.basis;
        let about = CardFacts {
            topic: &card.source.topic.code,
            rule: &basis.rule,
            evidence: &basis.evidence,
            orders: &card.extension.related_resources,
            labels: if asks_for_the_line { Labels::Count } else { Labels::DoNotCount },
        };
        Some(self.facts().finding(tenant, patient, about))
    }

    fn facts(&self) -> RecordFacts {
        let assessed = &self.extension.assessment;
        let mut facts = RecordFacts::of(&assessed.tumour);
        for specimen in &assessed.specimens {
            facts.add_specimen(
                SpecimenFacts {
                    tumour: &specimen.tumour,
                    reference: specimen.specimen.as_deref(),
                    collected: specimen.collected.as_deref(),
                    status: [&specimen.category, &specimen.expression, &specimen.next_step],
                },
                specimen.flags.iter().map(String::as_str),
                specimen.evidence.iter().map(|reading| (&*reading.reference, &*reading.reads)),
            );
        }
        for excluded in &assessed.excluded {
            facts.add_excluded(&excluded.reference, &excluded.why);
        }
        for one in &assessed.considerations {
            let conditions = one.conditions.iter().map(|condition| (&*condition.what, &*condition.verdict));
            facts.add_label(&one.id, &one.region, conditions);
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_reply_and_a_card_that_was_not_shown_have_no_finding() {
        assert!(ShownReply::read(b"").is_none() && ShownReply::read(br#"{"cards":[]}"#).is_none());
        let empty = br#"{"cards":[],"extension":{"org.herald-cds.assessment":{"tumour":"breast","specimens":[],"excluded":[],"considerations":[]}}}"#;
        assert!(ShownReply::read(empty).unwrap().finding("local", &[1; 32], Uuid::nil()).is_none());
    }
}
