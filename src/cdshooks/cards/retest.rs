//! New tissue: the card for a HER2 test that may not hold any more, either because it is old and the cancer progressed or because
//! it was taken before trastuzumab.
//!
//! The rules are policy and unconfirmed (clinical reference 5.4 and 8.5); the card says so.

use crate::cdshooks::response::Suggestion;
use crate::domain::finding::Finding;
use crate::domain::retest::{Retest, RetestWhy};
use uuid::Uuid;

use super::phrases;
use super::suggestion::{Draft, IHC, create};
use super::wording::LONGEST_SUMMARY;

/// Stomach and junction after trastuzumab (clinical reference 5.4, UNCONFIRMED).
pub(super) const LOSS: &str = "HER2 is lost in about a third or more after trastuzumab (unconfirmed).";
const LOSS_BEFORE_SECOND_LINE: &str = "HER2 is lost in about a third or more after trastuzumab (unconfirmed). A new biopsy \
                                       can be considered before second line.";
/// Testing of a recurrence: PMID 29846122. Change of low expression between samples: PMID 34642348.
const OLD: &str = "A recurrence is tested where tissue can be had, and low expression often changes between samples. A new \
                   result can open or close options.";

/// Does this reason deserve a card of its own? Before a second line is near, the card of the positive result says it.
pub(super) const fn leads(retest: &Retest) -> bool {
    match &retest.why {
        RetestWhy::OldAtProgression { .. } => true,
        RetestWhy::BeforeTrastuzumab { course, .. } => course.is_some(),
    }
}

/// Rule named by the card.
pub(super) const fn rule(retest: &Retest) -> &'static str {
    match &retest.why {
        RetestWhy::OldAtProgression { .. } => "over-time/retest-at-progression",
        RetestWhy::BeforeTrastuzumab { .. } => "over-time/retest-after-trastuzumab",
    }
}

/// What the rule rests on.
pub(super) const fn basis(retest: &Retest) -> &'static str {
    match &retest.why {
        RetestWhy::OldAtProgression { .. } => {
            "policy of this product, unconfirmed: a test of more than 24 months is old (PMID 29846122, PMID 34642348)."
        }
        RetestWhy::BeforeTrastuzumab { .. } => "policy of this product, unconfirmed (NCT04704934).",
    }
}

/// Fact, gap, act.
pub(super) fn summary(retest: &Retest, finding: &Finding) -> String {
    match &retest.why {
        RetestWhy::OldAtProgression { months, course } => format!(
            "Last HER2 test is {months} months old and {} was recorded {}: consider testing new tissue.",
            course.what,
            course.when.shown()
        ),
        RetestWhy::BeforeTrastuzumab { .. } => {
            let sentence =
                |fact: &str| format!("{fact}, tested before trastuzumab: consider a new biopsy before second line.");
            let whole = sentence(&phrases::fact(finding));
            let fits = whole.chars().count() <= LONGEST_SUMMARY;
            if fits { whole } else { sentence(&format!("HER2-positive {}", phrases::primary(finding))) }
        }
    }
}

/// What was recorded since the test, for the detail.
pub(super) fn since(retest: &Retest) -> String {
    let mut text = match &retest.why {
        RetestWhy::OldAtProgression { .. } => String::new(),
        RetestWhy::BeforeTrastuzumab { begun, .. } => format!(" Trastuzumab on record since {}.", begun.shown()),
    };
    if let Some(course) = retest.course() {
        text.push_str(&format!(" Since then {} was recorded ({}).", course.what, course.when.shown()));
    }
    text.push_str(" No HER2 result found since.");
    text
}

/// Why it matters.
pub(super) const fn why(retest: &Retest) -> &'static str {
    match &retest.why {
        RetestWhy::OldAtProgression { .. } => OLD,
        RetestWhy::BeforeTrastuzumab { .. } => LOSS_BEFORE_SECOND_LINE,
    }
}

/// What the card rests on beside the readings of the specimen: a new progression is a new finding.
pub(super) fn evidence(retest: &Retest) -> Option<String> {
    let course = retest.course()?;
    let reference = course.reference.as_deref().unwrap_or("record");
    Some(format!("{reference}={} {}", course.what, course.when.shown()))
}

/// A draft for the next biopsy; no specimen is named, since there is none yet.
pub(super) fn suggestion(retest: &Retest, finding: &Finding, patient: &str, card: &Uuid) -> Option<Suggestion> {
    let draft = Draft::Order { id: "her2-ihc-1", code: IHC, text: "HER2 IHC on the next biopsy, reflex ISH if 2+" };
    let of_course = retest.course().and_then(|course| course.reference.as_deref());
    let of_test = finding.evidence.iter().map(|reading| &*reading.reference);
    let reasons: Vec<&str> = of_course.into_iter().chain(of_test).collect();
    create("Order HER2 IHC on the next biopsy", &draft, None, &reasons, patient, card)
}
