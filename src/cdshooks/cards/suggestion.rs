//! The one draft a card may offer: an order or a question, never applied by itself.

use fhir_out::{
    Code, CommunicationRequestDraft, Concept, ServiceRequestDraft, communication_request_draft, service_request_draft,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::cdshooks::identity::suggestion_id;
use crate::cdshooks::response::{Action, Suggestion};
use crate::domain::finding::{Finding, Flag, NextStep};

/// Most results that a draft names as its reason.
const REASONS_NAMED: usize = 4;

/// What the draft is.
pub(super) enum Draft {
    /// ServiceRequest with a SNOMED CT code, or with text alone.
    Order { id: &'static str, code: Option<&'static str>, text: &'static str },
    /// CommunicationRequest to pathology.
    Question { id: &'static str, text: &'static str },
}

/// The draft for the open step of `finding`; None where no single draft would help.
pub(super) fn suggestion(finding: &Finding, patient: &str, card: &Uuid) -> Option<Suggestion> {
    let (label, draft) = match finding.next_step {
        NextStep::None if finding.flags.contains(Flag::ConcomitantIhcRecommended) => draft(NextStep::ConcomitantIhc)?,
        NextStep::PathologistReview if finding.flags.contains(Flag::PolysomyRuleNotStandardised) => (
            "Request pathology review of the ISH",
            order("her2-review-1", None, "Pathology review: HER2 ISH, many copies with a low ratio"),
        ),
        step => draft(step)?,
    };
    let reasons: Vec<&str> = finding.evidence.iter().map(|reading| &*reading.reference).collect();
    create(label, &draft, finding.specimen.as_deref(), &reasons, patient, card)
}

/// The suggestion to create `draft`, about `specimen` and because of the resources `reasons`.
pub(super) fn create(
    label: &'static str,
    draft: &Draft,
    specimen: Option<&str>,
    reasons: &[&str],
    patient: &str,
    card: &Uuid,
) -> Option<Suggestion> {
    let resource = RawValue::from_string(write(draft, specimen, reasons, patient)).ok()?;
    let action = Action::Create { description: label.into(), resource };
    Some(Suggestion { label: label.into(), uuid: suggestion_id(card, 0), actions: [action] })
}

const SNOMED_CT: &str = "http://snomed.info/sct";
const ISH: Option<&str> = Some("434363004");
pub(super) const IHC: Option<&str> = Some("433114000");

const fn order(id: &'static str, code: Option<&'static str>, text: &'static str) -> Draft {
    Draft::Order { id, code, text }
}

const fn draft(step: NextStep) -> Option<(&'static str, Draft)> {
    let pair = match step {
        NextStep::ReflexIsh | NextStep::ReflexIshOrNewSpecimen => (
            "Order HER2 ISH on this specimen",
            order("her2-ish-1", ISH, "HER2 ISH, dual probe, on the existing specimen"),
        ),
        NextStep::DualProbeIsh => {
            ("Order a dual-probe HER2 ISH", order("her2-ish-1", ISH, "HER2 ISH, dual probe, on the existing specimen"))
        }
        NextStep::ConcomitantIhc | NextStep::ConcomitantIhcOrDualProbe => {
            ("Order HER2 IHC on the same block", order("her2-ihc-1", IHC, "HER2 IHC on the block of the ISH"))
        }
        NextStep::BlindedRecount => (
            "Ask pathology for the second count",
            Draft::Question {
                id: "her2-recount-1",
                text: "HER2 ISH with IHC 2+ on this specimen: was a blinded second count of at least 20 cells, including \
                       the area with IHC 2+, done, and what did it show?",
            },
        ),
        NextStep::LabClarification => (
            "Ask pathology to clarify the result",
            Draft::Question {
                id: "her2-clarify-1",
                text: "The HER2 results on this specimen contradict each other or the reported status. Please confirm the \
                       result and its basis.",
            },
        ),
        NextStep::ClarifyMembraneStaining => (
            "Ask pathology about membrane staining",
            Draft::Question {
                id: "her2-staining-1",
                text: "HER2 IHC 0 on this specimen: was any membrane staining seen, and in what share of cells?",
            },
        ),
        NextStep::MultidisciplinaryReview | NextStep::PathologistReview => (
            "Request pathology review of the results",
            order("her2-review-1", None, "Pathology review: HER2 results differ"),
        ),
        NextStep::RepeatAssayOrNewSpecimen | NextStep::RepeatIhcAndIsh => {
            ("Order repeat HER2 testing", order("her2-repeat-1", IHC, "Repeat HER2 IHC, reflex ISH if 2+"))
        }
        NextStep::CheckRasStatus
        | NextStep::Erbb2MutationTesting
        | NextStep::ObtainTumorType
        | NextStep::ConfirmInvasiveComponent
        | NextStep::AwaitFinal
        | NextStep::ObtainScoringSystem
        | NextStep::ObtainSpecimenType
        | NextStep::ObtainPercentage
        | NextStep::AdjudicatePerLabProcedure
        | NextStep::ObtainIhc
        | NextStep::ObtainIhcOrIsh
        | NextStep::CountAtLeast20Cells
        | NextStep::ObtainCopyNumber
        | NextStep::ObtainRatioOrCep17
        | NextStep::Count20MoreOrAltProbeOrNewBlock
        | NextStep::AwaitIsh
        | NextStep::ObtainIhcForLowUltralow
        | NextStep::ClinicianReviewEverLow
        | NextStep::OptionalIshTrialOnly
        | NextStep::None => return None,
    };
    Some(pair)
}

fn write(draft: &Draft, specimen: Option<&str>, reasons: &[&str], patient: &str) -> String {
    let subject = format!("Patient/{patient}");
    let specimen = specimen.filter(|reference| is_reference(reference));
    let reasons = || {
        let mut references = reasons.to_vec();
        references.dedup();
        references.into_iter().filter(|reference| is_reference(reference)).take(REASONS_NAMED)
    };
    match *draft {
        Draft::Order { id, code, text } => service_request_draft(&ServiceRequestDraft {
            id,
            code: Concept { code: code.map(|code| Code { system: SNOMED_CT, code }), text },
            subject: &subject,
            specimen: &specimen.into_iter().collect::<Vec<_>>(),
            reason: &reasons().collect::<Vec<_>>(),
        }),
        Draft::Question { id, text } => communication_request_draft(&CommunicationRequestDraft {
            id,
            question: text,
            subject: &subject,
            about: &specimen.into_iter().chain(reasons()).collect::<Vec<_>>(),
        }),
    }
}

/// `Type/id` of R4: nothing else goes from a request into a draft.
pub(super) fn is_reference(text: &str) -> bool {
    let Some((kind, id)) = text.split_once('/') else { return false };
    let plain_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    !kind.is_empty()
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (1..=64).contains(&id.len())
        && id.bytes().all(plain_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_references_reach_a_draft() {
        assert!(is_reference("Specimen/s-1.a"));
        for text in ["#s1", "urn:uuid:1", "https://x/Specimen/1", "Specimen/", "Specimen/a b", "Specimen/<b>"] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
