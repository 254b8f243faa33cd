//! CDS Hooks 2.0.1 on the wire: what a client sends, and what stands in the documents it gets.
//!
//! Rule numbers in comments and test names (`cdsh_r29`) are those of `docs/conformance.md`.

mod authorization;
mod bundle;
mod cards;
mod discovery;
mod feedback;
mod fhir_version;
mod fitting;
mod identity;
mod leniency;
mod operation_outcome;
mod order_codes;
mod prefetch;
mod profile;
mod quiet;
mod request;
mod request_error;
mod response;
mod service;
mod spoken_1_0;
mod templates;

pub use authorization::Authorization;
pub use bundle::next_link;
pub use cards::{cards, order_cards, topics};
pub use discovery::{VersionMembers, document, in_1_0, with_shared_order_id};
pub use feedback::{Feedback, FeedbackEntry, FeedbackError, Outcome, OverrideReason, parse_feedback};
pub use identity::{HookKey, suggestion_id};
pub use leniency::{Leniency, leniencies};
pub use operation_outcome::{IssueType, operation_outcome};
pub use order_codes::{OrderCodeFault, OrderCodes};
pub use prefetch::{Completeness, MissingPrefetch, Prefetch, Supplied};
pub use profile::{DetailForm, EhrProfile, SpecVersion};
pub use quiet::{Sifted, TrialLine, Viewer, Withheld, WithheldWhy, sift, trial_line};
pub use request::{Context, HookInstance, HookRequest, PatientId, answering_service, called_service, parse_request};
pub use request_error::{Member, RequestError};
pub use response::{
    Action, Basis, Card, CardExtension, Coding, Indicator, ReplyBody, SharedPart, Source, Suggestion, reply,
};
pub use service::{Hook, Service};
pub use templates::Key;
