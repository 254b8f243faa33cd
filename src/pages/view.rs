//! What the start page shows, in plain strings: the page decides nothing about medicine. What may hold a patient's data
//! has no `Debug`, so that it cannot reach a log.

use super::samples::Sample;

/// Everything that the start page shows.
#[derive(Clone, Copy)]
pub struct StartView<'a> {
    /// The `status` of `/health`: ok, degraded, critical, starting or draining.
    pub status: &'a str,
    /// The edition of the loaded rules, such as `2026.11`.
    pub rules_edition: &'a str,
    /// True only if a clinician signed every loaded rule file.
    pub signed_off: bool,
    /// The invented patients to choose from.
    pub samples: &'a [Sample],
    /// The patient that was chosen, with the request to send.
    pub chosen: Option<Chosen<'a>>,
    /// What the service answered to that request.
    pub answer: Option<Answer<'a>>,
    /// The last recorded decisions, latest first. None: the record could not be read, which is not "no decisions".
    pub decisions: Option<&'a [DecisionRow<'a>]>,
    /// What this site is not shown, the oldest first.
    pub silences: &'a [SilenceRow<'a>],
    /// Where this service is reached, such as `http://127.0.0.1:8080`; without a slash at the end.
    pub address: &'a str,
}

/// The chosen patient.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// Id of the sample; text that names no sample is shown as none chosen.
    pub id: &'a str,
    /// The request as it stands in the editor, perhaps changed by the reader.
    pub request: &'a str,
}

/// The reply of the service, as an EHR got it.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The header `X-Decision-Record`, if it was sent.
    pub record: Option<&'a str>,
    /// Whether the reply was computed for this request or is the recorded one.
    pub delivery: Delivery,
    /// The body, byte for byte. Empty where only feedback is to be confirmed.
    pub body: &'a str,
    /// What became of the card.
    pub feedback: FeedbackState,
}

/// How the service came by its reply: the header `Idempotent-Replay`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Assessed for this request.
    Fresh,
    /// The same request came before; this is its recorded reply.
    Replay,
}

/// Whether feedback on the card is still to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackState {
    /// Nothing was said yet: the page offers Accept and Override.
    Open,
    /// It was just recorded: the page says so instead.
    Recorded,
}

/// One silence that holds.
#[derive(Clone, Copy)]
pub struct SilenceRow<'a> {
    /// A topic code, a rule, a rule set, or `*` for shadow mode.
    pub what: &'a str,
    /// Tenant and client.
    pub of: &'a str,
    /// RFC 3339 in UTC.
    pub since: &'a str,
    /// RFC 3339 in UTC; None: until it is taken back.
    pub until: Option<&'a str>,
    /// Who asked for it.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
}

/// One recorded decision, as read from PostgreSQL.
#[derive(Clone, Copy)]
pub struct DecisionRow<'a> {
    /// When the request was received, RFC 3339 in UTC.
    pub time: &'a str,
    /// The CDS service that answered.
    pub service: &'a str,
    /// The client's `hookInstance`.
    pub instance: &'a str,
    /// Category of the lead specimen, or `none`.
    pub category: &'a str,
    /// Next step of the lead specimen, or `none`.
    pub next_step: &'a str,
    /// How it lies in the record: recorded or conflict.
    pub state: &'a str,
    /// accepted or overridden; None: nothing was heard, which is not "ignored".
    pub outcome: Option<&'a str>,
    /// Why, in words or as a code, where a reason was given.
    pub reason: Option<&'a str>,
}
