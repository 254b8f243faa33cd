//! The attributes of one service as a document: JSON for programs, Markdown for people.

use jiff::civil::Date;
use serde::Serialize;

use super::citations::{citations, guidelines};
use super::reviewed::REVIEWED_ON;
use super::texts::{
    BIRTH, DEVELOPER, ETHNICITY, FUNDING, GENDER, LANGUAGE, NAMES, ORIENTATION, RACE, SEX, SOCIAL, health_status,
};
use crate::assessment::Knowledge;
use crate::cdshooks::Service;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceAttributes<'k> {
    /// `her2-chart-review`
    pub service: &'static str,
    /// The name a person reads.
    pub title: &'static str,
    /// What it does.
    pub purpose: &'static str,
    /// Version of the software.
    pub version: &'static str,
    /// Which rules speak.
    pub rules: RulesShown<'k>,
    /// The day on which the attributes were last read against the rules.
    #[serde(serialize_with = "printed")]
    pub reviewed: Date,
    /// All 13.
    pub attributes: Vec<Attribute>,
    /// What the rules of this service cite.
    pub citations: Vec<&'k str>,
    /// What was heard from clinicians. None: the record cannot be read, or is nobody's but the tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

/// The rules by edition and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulesShown<'k> {
    /// `2026.11`
    pub edition: &'k str,
    /// `sha256:…`
    pub digest: &'k str,
    /// Every rule file is signed by clinicians.
    pub signed_off: bool,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attribute {
    /// 1 to 13.
    pub number: usize,
    /// Its name.
    pub name: &'static str,
    /// What is said.
    pub says: String,
}

/// What became of cards, from feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// The first day of the feedback that is counted.
    #[serde(serialize_with = "printed")]
    pub since: Date,
    /// The day of the count.
    #[serde(serialize_with = "printed")]
    pub until: Date,
    /// Cards of which a suggestion was taken.
    pub accepted: u64,
    /// Cards that were set aside.
    pub overridden: u64,
    /// Of both: cards that no known decision of this record showed.
    pub orphans: u64,
}

impl Figures {
    /// Cards that something was heard of.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.accepted + self.overridden
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn printed<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// The attributes of `service` under the rules that are loaded, on the day `today`.
#[must_use]
pub fn source_attributes(
    service: Service,
    knowledge: &Knowledge,
    figures: Option<Figures>,
    today: Date,
) -> SourceAttributes<'_> {
    let rulebook = &knowledge.rulebook;
    let rules =
        RulesShown { edition: rulebook.edition(), digest: rulebook.digest(), signed_off: rulebook.signed_off(today) };
    let citations = citations(knowledge, service);
    let says: [String; 13] = [
        cited(knowledge, &citations),
        DEVELOPER.to_owned(),
        FUNDING.to_owned(),
        dates(&rules, rulebook.review_due),
        RACE.to_owned(),
        ETHNICITY.to_owned(),
        LANGUAGE.to_owned(),
        ORIENTATION.to_owned(),
        GENDER.to_owned(),
        SEX.to_owned(),
        BIRTH.to_owned(),
        SOCIAL.to_owned(),
        health_status(service).to_owned(),
    ];
    let attributes = NAMES.into_iter().zip(says).enumerate();
    SourceAttributes {
        service: service.id(),
        title: service.title(),
        purpose: service.description(),
        version: env!("CARGO_PKG_VERSION"),
        rules,
        reviewed: REVIEWED_ON,
        attributes: attributes.map(|(at, (name, says))| Attribute { number: at + 1, name, says }).collect(),
        citations,
        figures,
    }
}

fn cited(knowledge: &Knowledge, citations: &[&str]) -> String {
    format!(
        "{}. {} publications, trial registrations and labels stand in the list of citations; each card names those of its own \
         rule. Rows that are marked unconfirmed have not been compared with their source.",
        guidelines(knowledge).join("; "),
        citations.len()
    )
}

fn dates(rules: &RulesShown<'_>, review_due: Date) -> String {
    let signed = if rules.signed_off { "signed by clinicians" } else { "not signed, or their review is overdue" };
    format!(
        "Software {}, not released as a version of record yet. Rules edition {}, {signed}, last read against these \
         attributes on {REVIEWED_ON}, next review due on {review_due}.",
        env!("CARGO_PKG_VERSION"),
        rules.edition
    )
}

/// The document as JSON.
#[must_use]
pub fn as_json(attributes: &SourceAttributes<'_>) -> String {
    // strings and numbers are written to memory, which cannot fail
    serde_json::to_string_pretty(attributes).unwrap_or_default()
}

/// The document as Markdown.
#[must_use]
pub fn as_markdown(attributes: &SourceAttributes<'_>) -> String {
    let rules = &attributes.rules;
    let mut text = format!(
        "# Source attributes of {} (`{}`)\n\n{}\n\nHerald {}, rules {} (`{}`), {}. No certification is claimed.\n",
        attributes.title,
        attributes.service,
        attributes.purpose,
        attributes.version,
        rules.edition,
        rules.digest,
        if rules.signed_off {
            "signed by clinicians"
        } else {
            "**UNREVIEWED: not signed, or their review is overdue**"
        },
    );
    for one in &attributes.attributes {
        text.push_str(&format!("\n## {}. {}\n\n{}\n", one.number, one.name, one.says));
    }
    text.push_str("\n## Figures from feedback\n\n");
    match &attributes.figures {
        Some(figures) => text.push_str(&format!(
            "{} to {}: something was heard of {} cards. Accepted {}, overridden {}; of no known decision {}. A card that \
             nothing was heard of is not an ignored one.\n",
            figures.since,
            figures.until,
            figures.answered(),
            figures.accepted,
            figures.overridden,
            figures.orphans
        )),
        None => text.push_str("Not available here.\n"),
    }
    text.push_str("\n## Citations\n\n");
    for cite in &attributes.citations {
        text.push_str(&format!("* {cite}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::REVIEWED_RULES;
    use crate::rules::{embedded_files, load_embedded, order_rules, therapies};

    const TODAY: Date = jiff::civil::date(2026, 11, 26);

    fn knowledge() -> Knowledge {
        let files = embedded_files();
        Knowledge {
            rulebook: load_embedded().unwrap(),
            therapies: therapies(&files).unwrap(),
            order_rules: order_rules(&files).unwrap(),
            cohorts: Vec::new(),
        }
    }

    #[test]
    fn a_change_of_rules_asks_for_the_source_attributes_to_be_read_again() {
        let digest = load_embedded().unwrap().digest;
        assert_eq!(
            &*digest, REVIEWED_RULES,
            "the rules have changed since the source attributes were last read: read src/attributes/texts.rs against the \
             change, then set REVIEWED_ON and REVIEWED_RULES in src/attributes/reviewed.rs"
        );
    }

    #[test]
    fn every_service_says_something_of_its_own_words_in_all_13_points() {
        let knowledge = knowledge();
        for &service in Service::OFFERED {
            let document = source_attributes(service, &knowledge, None, TODAY);
            assert_eq!(document.attributes.len(), 13);
            for (at, one) in document.attributes.iter().enumerate() {
                assert_eq!(one.number, at + 1);
                assert!(one.says.len() > 40, "{}: {}", one.name, one.says);
                assert!(!one.says.contains("  "), "{}: {}", one.name, one.says);
            }
            assert!(document.citations.len() > 10);
            let text = as_markdown(&document);
            assert!(text.contains("UNREVIEWED") && text.contains("No certification is claimed"));
            assert!(!text.to_lowercase().contains("certified"), "{text}");
        }
    }

    #[test]
    fn ordering_services_use_pregnancy_and_cite_the_order_checks_and_the_review_of_a_chart_does_not() {
        let knowledge = knowledge();
        let of = |service| source_attributes(service, &knowledge, None, TODAY);
        let (chart, sign) = (of(Service::ChartReview), of(Service::OrderSign));
        assert!(sign.attributes[12].says.contains("Pregnancy status is used"));
        assert!(chart.attributes[12].says.starts_with("Not used for the status"));
        assert!(sign.citations.len() > chart.citations.len());
    }

    #[test]
    fn figures_stand_with_their_counts_and_days() {
        let knowledge = knowledge();
        let figures =
            Figures { since: jiff::civil::date(2026, 8, 28), until: TODAY, accepted: 3, overridden: 7, orphans: 1 };
        let document = source_attributes(Service::ChartReview, &knowledge, Some(figures), TODAY);
        assert!(
            as_markdown(&document).contains("2026-08-28 to 2026-11-26: something was heard of 10 cards. Accepted 3")
        );
        let json: serde_json::Value = serde_json::from_str(&as_json(&document)).unwrap();
        assert_eq!(json["figures"]["overridden"], 7);
        assert_eq!(json["rules"]["digest"], *knowledge.rulebook.digest());
    }
}
