//! Reasons for setting a card aside, with codes of our own system. What a reason leads to is a matter of the record.

use crate::cdshooks::response::{Card, Coding};

const fn reason(code: &'static str, display: &'static str) -> Coding {
    Coding { code, system: "https://fhir.herald-cds.org/CodeSystem/override-reason", display }
}

pub(super) const RESULT_WRONG: Coding = reason("result-wrong", "The result shown is wrong or not this tumour");
pub(super) const ALREADY_DONE: Coding = reason("already-done", "Already done or ordered elsewhere");
pub(super) const ISH_PENDING: Coding = reason("ish-pending", "ISH is under way, result pending");
pub(super) const RECOUNT_DONE: Coding = reason("recount-done", "A second count was done");
pub(super) const DONE_OUTSIDE: Coding = reason("done-outside", "Tested outside this record");
pub(super) const NO_TISSUE: Coding = reason("no-tissue", "Not enough tissue");
pub(super) const NO_SAFE_BIOPSY: Coding = reason("no-safe-biopsy", "No lesion that can be biopsied safely");
pub(super) const LINE_NOT_REACHED: Coding = reason("line-not-reached", "This line of therapy is not reached");
pub(super) const ALTERNATIVE_EXISTS: Coding = reason("alternative-exists", "Another option is preferred");
pub(super) const AWARE: Coding = reason("aware", "Known and considered");
pub(super) const NOT_APPROPRIATE: Coding = reason("not-appropriate", "Not appropriate for this patient");
pub(super) const TREAT_BY_PRIMARY: Coding = reason("treat-by-primary", "Treated by the result of the primary");
pub(super) const BOARD_DECIDED: Coding = reason("board-decided", "Decided by the tumour board");
pub(super) const NO_TRIAL: Coding = reason("no-trial", "No trial wanted or possible");
pub(super) const POSITIVE_ELSEWHERE: Coding =
    reason("positive-elsewhere", "Positive result exists outside this record");
pub(super) const TRIAL_PROTOCOL: Coding = reason("trial-protocol", "Given on a trial protocol");
pub(super) const ECHO_SCHEDULED: Coding = reason("echo-scheduled", "Echocardiogram or MUGA already scheduled");

/// Whether a card may be set aside because its line of therapy is not reached: it has to come back at the next line.
pub(in crate::cdshooks) fn offers_line_not_reached(card: &Card) -> bool {
    card.override_reasons.iter().any(|reason| reason.code == LINE_NOT_REACHED.code)
}
