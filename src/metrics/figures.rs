//! What is counted while requests are answered, with every label that there is.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::counters::Counters;
use super::exposition::Page;
use super::histogram::Histograms;
use super::pulse::Pulses;

/// Every label and its values. A word that is missing here is counted under the last one; tests hold the lists against the
/// enums that the words come from.
pub mod labels {
    use super::super::counters::Label;

    /// Where a request went.
    pub const ENDPOINT: Label = Label {
        name: "endpoint",
        values: &[
            "her2-chart-review",
            "her2-order-select",
            "her2-order-sign",
            "feedback",
            "discovery",
            "health",
            "page",
            "other",
        ],
    };
    /// The CDS service.
    pub const SERVICE: Label =
        Label { name: "service", values: &["her2-chart-review", "her2-order-select", "her2-order-sign", "other"] };
    /// The class of the status of a reply. A fault of the service (500) and a refusal for the time being (503) ask for different
    /// things.
    pub const STATUS: Label = Label { name: "status", values: &["2xx", "3xx", "4xx", "500", "503", "5xx", "other"] };
    /// How many cards a call brought.
    pub const CARDS: Label = Label { name: "cards", values: &["0", "1", "2", "more"] };
    /// Urgency of a card.
    pub const INDICATOR: Label = Label { name: "indicator", values: &["info", "warning", "critical", "other"] };
    /// Why a card was kept back.
    pub const WHY: Label =
        Label { name: "why", values: &["accepted", "overridden", "no_trial", "silenced", "budget", "shadow", "other"] };
    /// What the result that leads comes to.
    pub const CATEGORY: Label = Label {
        name: "category",
        values: &["positive", "negative", "equivocal", "indeterminate", "insufficient", "none", "other"],
    };
    /// What a user did with a card.
    pub const OUTCOME: Label = Label { name: "outcome", values: &["accepted", "overridden", "other"] };
    /// What became of an entry of feedback.
    pub const ENTRY: Label =
        Label { name: "result", values: &["stored", "repeated", "unusable", "not_stored", "other"] };
    /// Why a token was refused.
    pub const REFUSED: Label = Label {
        name: "cause",
        values: &[
            "missing",
            "not_bearer",
            "malformed",
            "header",
            "issuer",
            "jku",
            "algorithm",
            "key",
            "signature",
            "audience",
            "claims",
            "time",
            "tenant",
            "service",
            "certificate",
            "reused",
            "other",
        ],
    };
    /// What became of a question to the FHIR server of a client.
    pub const FETCH: Label = Label { name: "outcome", values: &["fetched", "no_data", "failed", "other"] };
}

/// The counts of this process.
#[derive(Debug)]
pub struct Metrics {
    started: SystemTime,
    /// Replies by endpoint and class of status.
    pub requests: Counters<2>,
    /// From the head of a request to the reply, the body that the client sent in between included.
    pub reply_time: Histograms,
    /// Answered hooks by service and number of cards that were shown.
    pub calls: Counters<2>,
    /// Cards that were shown.
    pub cards: Counters<2>,
    /// Cards that were computed and not shown.
    pub withheld: Counters<1>,
    /// Assessments by the category that leads.
    pub assessments: Counters<1>,
    /// Entries of feedback by what became of them.
    pub feedback_entries: Counters<1>,
    /// Usable entries of feedback by what the user did, repeated ones included.
    pub feedback: Counters<1>,
    /// Requests that were refused for their token.
    pub auth_refusals: Counters<1>,
    /// Requests beyond what a client may send.
    pub rate_limited: Counters<1>,
    /// Questions to FHIR servers.
    pub fetches: Counters<1>,
    /// The event loops that answer.
    pub event_loops: Pulses,
    /// Times that the wall clock went back by more than a second.
    pub clock_jumps: AtomicU64,
    /// Rule files that nobody signed as they are.
    unsigned_rules: AtomicU64,
    /// Digest of the rules: `sha256:…`.
    rules: OnceLock<Box<str>>,
    orphans: Orphans,
}

/// Feedback of late whose card was not found: unknown until it was looked for.
#[derive(Debug, Default)]
struct Orphans {
    looked: AtomicBool,
    count: AtomicU64,
    oldest_seconds: AtomicU64,
}

/// An answered hook, in the words of [`labels`].
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The CDS service.
    pub service: &'static str,
    /// The category that leads.
    pub category: &'static str,
    /// Cards that are shown.
    pub cards: usize,
}

impl Metrics {
    /// All at zero; the process is taken to have started `now`.
    #[must_use]
    pub fn new(now: Instant, wall: SystemTime) -> Self {
        Self {
            started: wall,
            requests: Counters::new([labels::ENDPOINT, labels::STATUS]),
            reply_time: Histograms::times(labels::SERVICE),
            calls: Counters::new([labels::SERVICE, labels::CARDS]),
            cards: Counters::new([labels::SERVICE, labels::INDICATOR]),
            withheld: Counters::new([labels::WHY]),
            assessments: Counters::new([labels::CATEGORY]),
            feedback_entries: Counters::new([labels::ENTRY]),
            feedback: Counters::new([labels::OUTCOME]),
            auth_refusals: Counters::new([labels::REFUSED]),
            rate_limited: Counters::new([labels::SERVICE]),
            fetches: Counters::new([labels::FETCH]),
            event_loops: Pulses::new(now),
            clock_jumps: AtomicU64::new(0),
            unsigned_rules: AtomicU64::new(0),
            rules: OnceLock::new(),
            orphans: Orphans::default(),
        }
    }

    /// Counts a reply. Only hooks have a histogram of their times: what people read in a browser is nobody's deadline.
    pub fn replied(&self, endpoint: &'static str, status: u16, time: Duration) {
        self.requests.count([endpoint, class(status)]);
        if labels::SERVICE.values.contains(&endpoint) && endpoint != "other" {
            self.reply_time.of(endpoint).time(time);
        }
    }

    /// Counts an answered hook.
    pub fn answered(&self, call: Call) {
        let cards = labels::CARDS.values[call.cards.min(labels::CARDS.values.len() - 1)];
        self.calls.count([call.service, cards]);
        self.assessments.count([call.category]);
    }

    /// Which rules speak, and how many of their files are unsigned.
    pub fn rules(&self, digest: &str, unsigned: usize) {
        let _ = self.rules.set(digest.into());
        self.unsigned_rules.store(u64::try_from(unsigned).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Feedback whose card was not found, and the age of the oldest.
    pub fn orphans(&self, count: u64, oldest: Duration) {
        self.orphans.count.store(count, Ordering::Relaxed);
        self.orphans.oldest_seconds.store(oldest.as_secs(), Ordering::Relaxed);
        self.orphans.looked.store(true, Ordering::Release);
    }

    pub(super) fn encode(&self, encoder: &mut DescriptorEncoder<'_>, now: Instant) -> fmt::Result {
        let mut page = Page(encoder);
        page.counters("herald_requests", "Replies by endpoint and class of status", &self.requests)?;
        page.histograms("herald_reply_seconds", "Time from the head of a hook request to its reply", &self.reply_time)?;
        page.counters("herald_calls", "Answered hooks by the number of cards shown", &self.calls)?;
        page.counters("herald_cards", "Cards shown by urgency", &self.cards)?;
        page.counters("herald_cards_withheld", "Cards computed and not shown", &self.withheld)?;
        page.counters("herald_assessments", "Assessments by the category that leads", &self.assessments)?;
        page.counters("herald_feedback_entries", "Entries of feedback by what became of them", &self.feedback_entries)?;
        page.counters("herald_feedback", "Usable entries of feedback by what the user did", &self.feedback)?;
        page.counters("herald_auth_refusals", "Requests refused for their token", &self.auth_refusals)?;
        page.counters("herald_rate_limited", "Requests beyond the rate of a client", &self.rate_limited)?;
        page.counters("herald_fetches", "Questions to FHIR servers of clients", &self.fetches)?;
        page.count(
            "herald_clock_jumps",
            "Times that the wall clock went back by more than a second",
            self.clock_jumps.load(Ordering::Relaxed),
        )?;
        let stuck = self.event_loops.stuck(now).as_secs_f64();
        page.seconds("herald_event_loop_stuck_seconds", "By how much the slowest event loop is late now", stuck)?;
        let name = "herald_event_loop_late_seconds";
        let descriptor =
            page.0.encode_descriptor(name, "By how much event loops were late", None, MetricType::Histogram);
        self.event_loops.late().encode(&mut descriptor?)?;
        let unsigned = self.unsigned_rules.load(Ordering::Relaxed);
        page.gauge("herald_rules_unsigned_files", "Rule files that nobody signed as they are", unsigned)?;
        let rules = self.rules.get().map_or("", |rules| rules);
        page.info(
            "herald_build",
            "This build and its rules",
            &[("version", env!("CARGO_PKG_VERSION")), ("rules", rules)],
        )?;
        let started = self.started.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        page.seconds("process_start_time_seconds", "When the process started, in seconds since 1970", started)?;
        if !self.orphans.looked.load(Ordering::Acquire) {
            return Ok(());
        }
        let (count, oldest) = (&self.orphans.count, &self.orphans.oldest_seconds);
        let (count, oldest) = (count.load(Ordering::Relaxed), oldest.load(Ordering::Relaxed));
        page.gauge("herald_feedback_orphans", "Feedback of the last week whose card was not found", count)?;
        page.gauge("herald_feedback_orphan_oldest_seconds", "Age of the oldest of them", oldest)
    }
}

const fn class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500 => "500",
        503 => "503",
        501..=599 => "5xx",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_and_a_refusal_for_the_time_being_are_counted_apart() {
        let of = [200, 304, 412, 500, 502, 503, 999].map(class);
        assert_eq!(of, ["2xx", "3xx", "4xx", "500", "5xx", "503", "other"]);
        assert!(of.iter().all(|word| labels::STATUS.values.contains(word)));
    }
}
