//! The one thing that a card at ordering offers to do: a draft order or a question, or to take the order back.

use std::borrow::Cow;

use uuid::Uuid;

use crate::cdshooks::cards::suggestion::{self, Draft, is_reference};
use crate::cdshooks::identity::suggestion_id;
use crate::cdshooks::response::{Action, Suggestion};
use crate::domain::medicine::Medicine;
use crate::domain::safety::Check;

use super::group::Group;
use super::wording::list;

/// Echocardiography.
const ECHOCARDIOGRAPHY: Option<&str> = Some("40701008");

/// None where no single act would help.
pub(super) fn suggestion(group: &Group<'_, '_>, patient: &str, card: &Uuid) -> Option<Suggestion> {
    let (label, draft) = match group.first.check {
        Check::Her2Negative if group.is_critical() => return removal(group, card),
        Check::Her2Negative
        | Check::Her2NegativeDoubted
        | Check::Her2Equivocal
        | Check::Her2NotFinal
        | Check::Her2ConditionOpen
        | Check::Her2ConditionNotMet => {
            let helped = group.result.filter(|result| group.is_helped_by(result.next_step));
            return helped.and_then(|result| suggestion::suggestion(result, patient, card));
        }
        Check::LabelReceptorsUnknown => (
            "Ask pathology for ER and PR",
            Draft::Question {
                id: "her2-receptors-1",
                text: "HER2-ultralow breast cancer: no oestrogen or progesterone receptor result is visible to the decision \
                       support. Is there one, and what does it say?",
            },
        ),
        Check::Erbb2VariantOpen => (
            "Ask molecular pathology about the ERBB2 variant",
            Draft::Question {
                id: "her2-variant-1",
                text: "An ERBB2 variant was reported for this tumour. Is it activating, and does it lie in the kinase domain?",
            },
        ),
        Check::Her2InSituOnly => (
            "Ask pathology about an invasive component",
            Draft::Question {
                id: "her2-invasive-1",
                text: "A HER2-directed medicine is being ordered, and only results of carcinoma in situ are visible to the \
                       decision support. Was an invasive component found, and was its HER2 tested?",
            },
        ),
        Check::Her2Unknown => match group.result {
            Some(result) => return suggestion::suggestion(result, patient, card),
            None => ask_for_a_report(),
        },
        Check::Her2OtherTumour => ask_for_a_report(),
        Check::LvefLow
        | Check::LvefNotStudied
        | Check::LvefPerhapsLow
        | Check::LvefFall
        | Check::LvefRepeat
        | Check::LvefMissing
        | Check::LvefStale
        | Check::LvefPerhapsStale => (
            "Order an echocardiogram",
            Draft::Order { id: "her2-echo-1", code: ECHOCARDIOGRAPHY, text: "Transthoracic echocardiogram with LVEF" },
        ),
        Check::RasUnknown => (
            "Order RAS testing",
            Draft::Order { id: "her2-ras-1", code: None, text: "RAS (KRAS, NRAS) mutation testing of the tumour" },
        ),
        Check::CpsUnknown => (
            "Order PD-L1 testing with CPS",
            Draft::Order { id: "her2-cps-1", code: None, text: "PD-L1 IHC with combined positive score (CPS)" },
        ),
        // It may have been measured where this service cannot see it.
        Check::LvefNotVisible
        | Check::LvefUnread
        | Check::PregnancyPositive
        // whether a pregnancy is possible is not known here
        | Check::PregnancyUnread
        | Check::PregnancyNotVisible
        | Check::PregnancyMissing
        | Check::ProductsTogether
        | Check::ProductUnclear
        | Check::ProductChanged
        | Check::LungDisease
        | Check::RasMutant
        | Check::RasOpen
        | Check::CpsBelow
        // complete by the guideline
        | Check::Her2NegativeByComment
        // the stage, the receptors and the results before and after treatment are known
        | Check::LabelSettingNotMet
        | Check::Her2PositiveBefore
        | Check::TumourNotLabelled => return None,
    };
    // The order itself is a draft too, and no reason that a request could refer to.
    let read = group.first.evidence.iter().filter(|reading| &*reading.reference != group.first.order);
    let reasons: Vec<&str> = read.map(|reading| &*reading.reference).collect();
    let own_result = group.result.filter(|_| group.first.check != Check::Her2OtherTumour);
    let specimen = own_result.and_then(|result| result.specimen.as_deref());
    suggestion::create(label, &draft, specimen, &reasons, patient, card)
}

const fn ask_for_a_report() -> (&'static str, Draft) {
    let text = "A HER2-directed medicine is being ordered, and no usable HER2 result of this tumour is visible to the \
                decision support. Is there a report, and what does it say?";
    ("Ask pathology for a HER2 report", Draft::Question { id: "her2-report-1", text })
}

/// Only where exactly one order is meant and the negative result is not in doubt. Nothing is removed unless the clinician
/// chooses it.
fn removal(group: &Group<'_, '_>, card: &Uuid) -> Option<Suggestion> {
    let [order] = group.orders()[..] else { return None };
    if !order.starts_with("MedicationRequest/") || !is_reference(order) {
        return None;
    }
    let label = format!("Remove the {} draft order", list(group, Medicine::name));
    let action = Action::Delete { description: label.clone().into(), resource_id: order.to_owned() };
    Some(Suggestion { label: Cow::Owned(label), uuid: suggestion_id(card, 0), actions: [action] })
}
