//! Which figure a request belongs to.

use crate::assessment::Assessment;
use crate::cdshooks::{FeedbackError, Service, Sifted};
use crate::metrics::{Call, Metrics};
use crate::store::{FeedbackEvent, FeedbackOutcome, FeedbackStored};

/// Where a request went, in a word of [`crate::metrics::labels::ENDPOINT`].
pub(super) fn endpoint_of(path: &str) -> &'static str {
    let path = path.strip_suffix('/').unwrap_or(path);
    if let Some(rest) = path.strip_prefix("/cds-services") {
        let Some(rest) = rest.strip_prefix('/') else { return if rest.is_empty() { "discovery" } else { "other" } };
        return match Service::called(rest) {
            Some(service) => service.id(),
            None if rest.strip_suffix("/feedback").is_some_and(|id| Service::called(id).is_some()) => "feedback",
            None => "other",
        };
    }
    match path {
        "/livez" | "/readyz" | "/health" => "health",
        "" | "/try" | "/try/feedback" | "/rules" | "/handout" => "page",
        _ if ["/handout/", "/rules/", "/assets/"].iter().any(|pages| path.starts_with(pages)) => "page",
        _ => "other",
    }
}

/// Counts an answer as it was decided on; its record is counted by the recorder.
pub(super) fn count_answer(metrics: &Metrics, service: Service, sifted: &Sifted, assessment: &Assessment<'_>) {
    let category = assessment.record.lead_finding().map_or("none", |lead| lead.category.as_str());
    metrics.answered(Call { service: service.id(), category, cards: sifted.shown.len() });
    for card in &sifted.shown {
        metrics.cards.count([service.id(), card.indicator.as_str()]);
    }
    for withheld in &sifted.withheld {
        metrics.withheld.count([withheld.why.as_str()]);
    }
}

/// Counts the entries of a message in which nothing can be used, which is refused before anything is stored.
pub(super) fn count_unusable(metrics: &Metrics, error: FeedbackError) {
    if let FeedbackError::NoneUsable(entries) = error {
        metrics.feedback_entries.add(["unusable"], number(entries));
    }
}

/// What users did with their cards, in one message.
pub(super) struct Outcomes {
    accepted: u64,
    overridden: u64,
}

impl Outcomes {
    pub(super) fn of(events: &[FeedbackEvent]) -> Self {
        let accepted = events.iter().filter(|event| event.outcome == FeedbackOutcome::Accepted).count();
        Self { accepted: number(accepted), overridden: number(events.len() - accepted) }
    }

    /// Counts the message once it is known what became of it. `unusable` entries were set aside before.
    pub(super) fn count(&self, metrics: &Metrics, unusable: usize, stored: Option<&FeedbackStored>) {
        let entries = |result, count| metrics.feedback_entries.add([result], count);
        entries("unusable", number(unusable));
        let Some(stored) = stored else {
            entries("not_stored", self.accepted + self.overridden);
            return;
        };
        entries("stored", number(stored.stored));
        entries("repeated", number(stored.repeated));
        entries("unusable", number(stored.unusable));
        metrics.feedback.add([FeedbackOutcome::Accepted.as_str()], self.accepted);
        metrics.feedback.add([FeedbackOutcome::Overridden.as_str()], self.overridden);
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Cause;
    use crate::cdshooks::{Indicator, WithheldWhy};
    use crate::domain::finding::Category;
    use crate::metrics::{Label, labels};

    #[test]
    fn every_word_that_is_counted_is_on_the_list_of_its_label() {
        let on = |label: Label, word: &str| {
            assert!(word != "other" && label.values.contains(&word), "{}: {word}", label.name);
        };
        for service in Service::OFFERED {
            on(labels::SERVICE, service.id());
            on(labels::ENDPOINT, service.id());
        }
        for category in Category::ALL {
            on(labels::CATEGORY, category.as_str());
        }
        for indicator in Indicator::ALL {
            on(labels::INDICATOR, indicator.as_str());
        }
        for cause in Cause::ALL {
            on(labels::REFUSED, cause.word());
        }
        for why in WithheldWhy::ALL {
            on(labels::WHY, why.as_str());
        }
        for outcome in [FeedbackOutcome::Accepted, FeedbackOutcome::Overridden] {
            on(labels::OUTCOME, outcome.as_str());
        }
    }

    #[test]
    fn a_path_belongs_to_one_endpoint_and_an_unknown_one_to_none_of_its_own() {
        for (path, endpoint) in [
            ("/cds-services", "discovery"),
            ("/cds-services/", "discovery"),
            ("/cds-services/her2-chart-review", "her2-chart-review"),
            ("/cds-services/her2-order-sign/", "her2-order-sign"),
            ("/cds-services/her2-order-select/feedback", "feedback"),
            ("/cds-services/Jane-Doe", "other"),
            ("/cds-services/Jane-Doe/feedback", "other"),
            ("/cds-servicesX", "other"),
            ("/livez", "health"),
            ("/", "page"),
            ("/handout/breast/positive", "page"),
            ("/metrics", "other"),
        ] {
            assert_eq!(endpoint_of(path), endpoint, "{path}");
            assert!(labels::ENDPOINT.values.contains(&endpoint));
        }
    }
}
