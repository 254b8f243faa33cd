//! New tissue: the card for a HER2 test that may not hold any more: a metastasis is newer, it is old and the cancer progressed, or
//! it was taken before trastuzumab.
//!
//! The rules are policy and unconfirmed (clinical reference 5.4 and 8.5); the card says so.

use uuid::Uuid;

use crate::assessment::Assessment;
use crate::cdshooks::response::Suggestion;
use crate::domain::finding::{Finding, Flag, NextStep};
use crate::domain::retest::{Retest, RetestWhy};
use crate::domain::tumour::Tumour;

use super::kind::Kind;
use super::phrases;
use super::suggestion::{Draft, IHC, create};
use super::wording::LONGEST_SUMMARY;

/// Stomach and junction after trastuzumab (clinical reference 5.4, UNCONFIRMED).
pub(super) const LOSS: &str = "HER2 is lost in about a third or more after trastuzumab (unconfirmed).";
const LOSS_BEFORE_SECOND_LINE: &str = "HER2 is lost in about a third or more after trastuzumab (unconfirmed). A new biopsy \
                                       can be considered before second line. Second-line trials of T-DXd asked for one \
                                       (NCT04704934).";
/// Testing of a recurrence: PMID 29846122. Change of low expression between samples, breast only: PMID 34642348.
const OLD_BREAST: &str = "A recurrence or metastasis is tested where tissue can be had, and low expression often changes \
                          between samples. A new result can open or close options.";
const OLD: &str = "HER2 can differ in a recurrence or metastasis. A new result can open or close options.";

/// Does this reason deserve a card of its own? `own`: the card that the lead would have without it. Before a second line is
/// near, the card of the positive result says it; so does one about options where the test is not old.
pub(super) fn leads(retest: &Retest, lead: &Finding, own: Option<Kind>) -> bool {
    let has = |flag| lead.flags.contains(flag);
    let between_specimens =
        has(Flag::DiscordantOverTime) || has(Flag::CoreVsExcisionDiscordant) || has(Flag::MultifocalDiscordant);
    // a discordance, another biomarker and a test under way are no question about old tissue alone
    let outranked = between_specimens
        || matches!(
            lead.next_step,
            NextStep::MultidisciplinaryReview
                | NextStep::AwaitIsh
                | NextStep::CheckRasStatus
                | NextStep::Erbb2MutationTesting
        );
    !outranked
        && match &retest.why {
            RetestWhy::OldAtProgression { .. } => true,
            RetestWhy::NewMetastasis { .. } => own.is_none() || lead.next_step != NextStep::None,
            RetestWhy::BeforeTrastuzumab { course, .. } => course.is_some(),
        }
}

/// The reason that a card about `finding` names: on every card about the lead that does not wait for a result.
pub(super) fn named<'a>(kind: Kind, finding: &Finding, assessment: &'a Assessment<'_>) -> Option<&'a Retest> {
    let of_lead = assessment.record.lead_finding().is_some_and(|lead| std::ptr::eq(lead, finding));
    let fits = !matches!(kind, Kind::NotFinal | Kind::OtherPrimary | Kind::Mutation);
    assessment.retest.as_ref().filter(|_| of_lead && fits)
}

/// The reason whose explanation takes the place of that of the card.
pub(super) fn explained<'a>(kind: Kind, finding: &Finding, assessment: &'a Assessment<'_>) -> Option<&'a Retest> {
    let retest = named(kind, finding, assessment)?;
    let lost = matches!(retest.why, RetestWhy::BeforeTrastuzumab { .. });
    (kind == Kind::Retest || (kind == Kind::Positive && lost)).then_some(retest)
}

/// What the detail says of it: what was recorded since, and where another fact leads the card, the act.
pub(super) fn told(kind: Kind, finding: &Finding, assessment: &Assessment<'_>) -> String {
    let Some(retest) = named(kind, finding, assessment) else { return String::new() };
    let mut text = since(retest);
    if kind != Kind::Retest && retest.course().is_some() {
        text.push_str(" Consider testing new tissue.");
    }
    let is_open = finding.next_step != NextStep::None || finding.flags.contains(Flag::ConcomitantIhcRecommended);
    if kind == Kind::Retest && is_open {
        text.push_str(&format!(" Open for that specimen: {}.", phrases::act_of(finding)));
    }
    text
}

/// Rule named by the card.
pub(super) const fn rule(retest: &Retest) -> &'static str {
    match &retest.why {
        RetestWhy::OldAtProgression { .. } => "over-time/retest-at-progression",
        RetestWhy::NewMetastasis { .. } => "over-time/retest-at-metastasis",
        RetestWhy::BeforeTrastuzumab { .. } => "over-time/retest-after-trastuzumab",
    }
}

/// What the rule rests on.
pub(super) fn basis(retest: &Retest, finding: &Finding) -> &'static str {
    let breast = finding.tumour == Tumour::Breast;
    match &retest.why {
        RetestWhy::OldAtProgression { .. } if breast => {
            "policy of this product, unconfirmed: a test of more than 24 months is old (PMID 29846122, PMID 34642348)."
        }
        RetestWhy::OldAtProgression { .. } => {
            "policy of this product, unconfirmed: a test of more than 24 months is old."
        }
        RetestWhy::NewMetastasis { .. } if breast => {
            "policy of this product, unconfirmed: a metastasis more than 90 days after the test is new (PMID 29846122)."
        }
        RetestWhy::NewMetastasis { .. } => {
            "policy of this product, unconfirmed: a metastasis more than 90 days after the test is new."
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
        RetestWhy::NewMetastasis { course } => format!(
            "The last HER2 test ({}) is older than {} recorded {}: consider testing new tissue.",
            retest.tested.shown(),
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
fn since(retest: &Retest) -> String {
    let mut text = match &retest.why {
        RetestWhy::OldAtProgression { .. } | RetestWhy::NewMetastasis { .. } => String::new(),
        RetestWhy::BeforeTrastuzumab { begun, .. } => format!(" Trastuzumab on record since {}.", begun.shown()),
    };
    if let Some(course) = retest.course() {
        text.push_str(&format!(" Since then {} was recorded ({}).", course.what, course.when.shown()));
    }
    text.push_str(" No HER2 result found since.");
    text
}

/// Why it matters.
pub(super) fn why(retest: &Retest, finding: &Finding) -> &'static str {
    match &retest.why {
        RetestWhy::OldAtProgression { .. } | RetestWhy::NewMetastasis { .. } if finding.tumour == Tumour::Breast => {
            OLD_BREAST
        }
        RetestWhy::OldAtProgression { .. } | RetestWhy::NewMetastasis { .. } => OLD,
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
