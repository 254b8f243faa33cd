//! The words of a card: names of tumours, the fact in brackets, and the act that closes the summary.
//!
//! Everything here is our own text or a typed value. Free text of a sender never reaches a card.

use smol_str::SmolStr;

use crate::domain::decimal::Quantity;
use crate::domain::evidence::OverallWord;
use crate::domain::finding::{Category, Expression, Finding, Flag, NextStep};
use crate::domain::ihc::{Ihc, IhcScore, IhcWord};
use crate::domain::ish::{Ish, IshMethod};
use crate::domain::specimen::Side;
use crate::domain::tumour::Tumour;

/// Longest reading that a card repeats.
const LONGEST_READING: usize = 60;
/// Longest number text that a summary can carry; a longer one is left to the page behind the card.
const LONGEST_NUMBER: usize = 8;

/// The tumour as it is called beside "HER2-positive".
pub(super) const fn tumour(tumour: Tumour) -> &'static str {
    match tumour {
        Tumour::Breast => "breast cancer",
        Tumour::Gastroesophageal => "gastric/GEJ cancer",
        Tumour::Ovarian => "ovarian cancer",
        Tumour::Endometrial => "endometrial cancer",
        Tumour::Colorectal => "colorectal cancer",
        Tumour::Biliary => "biliary cancer",
        Tumour::Lung => "lung cancer",
        Tumour::Urothelial => "urothelial cancer",
        Tumour::Cervical => "cervical cancer",
        Tumour::Pancreatic => "pancreatic cancer",
        Tumour::Salivary => "salivary cancer",
        Tumour::OtherSolid => "solid tumour",
        Tumour::Unknown => "tumour of unknown type",
    }
}

/// The tumour with its side where the record holds both: `left breast cancer`.
pub(super) fn primary(finding: &Finding) -> String {
    let tumour = tumour(finding.tumour);
    match finding.side {
        Some(side @ (Side::Left | Side::Right)) => format!("{side} {tumour}"),
        Some(Side::NotKnown) | None => tumour.to_owned(),
    }
}

/// Status first, then what it rests on: `HER2-negative breast cancer (IHC 1+, HER2-low)`.
pub(super) fn fact(finding: &Finding) -> String {
    with_grounds(finding, &grounds(finding))
}

/// The fact, then what is left of it where a sentence would be too long: the first of what it rests on, the status alone.
pub(super) fn facts(finding: &Finding) -> [String; 3] {
    let grounds = grounds(finding);
    let first = &grounds[..grounds.len().min(1)];
    [with_grounds(finding, &grounds), with_grounds(finding, first), with_grounds(finding, &[])]
}

fn with_grounds(finding: &Finding, grounds: &[String]) -> String {
    let status = status(finding);
    if grounds.is_empty() { status } else { format!("{status} ({})", grounds.join(", ")) }
}

fn status(finding: &Finding) -> String {
    let tumour = primary(finding);
    if has_no_rule(finding) {
        return format!("HER2 not classified, {tumour}");
    }
    match finding.category {
        Category::Positive => format!("HER2-positive {tumour}"),
        Category::Negative => format!("HER2-negative {tumour}"),
        Category::Equivocal => format!("HER2 equivocal, {tumour}"),
        Category::Indeterminate => format!("HER2 indeterminate, {tumour}"),
        Category::Insufficient => format!("HER2 status open, {tumour}"),
    }
}

/// What the status rests on.
fn grounds(finding: &Finding) -> Vec<String> {
    let mut grounds: Vec<String> = Vec::with_capacity(3);
    grounds.extend(finding.ihc.as_ref().and_then(ihc_ground));
    grounds.extend(ish_ground(finding));
    if grounds.is_empty() {
        grounds.extend(finding.lab_reported.map(|word| format!("laboratory word: {}", overall_word(word))));
    }
    grounds.extend(label_term(finding.expression).map(str::to_owned));
    grounds
}

/// The IHC as its score, or as the laboratory's word.
pub(super) fn ihc_ground(ihc: &Ihc) -> Option<String> {
    match (ihc.score, ihc.interpretation) {
        (Some(IhcScore::Indeterminate), _) => Some("IHC not assessable".to_owned()),
        (Some(score), _) => Some(format!("IHC {score}")),
        (None, Some(IhcWord::Indeterminate)) => Some("IHC not assessable".to_owned()),
        (None, Some(word)) => Some(format!("IHC word {word}")),
        (None, None) => None,
    }
}

fn ish_ground(finding: &Finding) -> Option<String> {
    let shown = finding.ish.as_ref()?;
    if let Some(group) = shown.group {
        return Some(format!("ISH group {group}"));
    }
    let count = &shown.ish.count;
    if let Some(ratio) = count.ratio.as_ref().and_then(short) {
        return Some(format!("ISH ratio {ratio}"));
    }
    let probe = by_single_probe(&shown.ish);
    if let Some(copies) = count.her2.as_ref().and_then(short) {
        return Some(format!("HER2 copies {copies}{probe}"));
    }
    Some(match shown.ish.interpretation {
        Some(word) => format!("ISH {word}{probe}"),
        None => format!("ISH{probe}"),
    })
}

/// A single probe shows no ratio, so it is said where it is one.
pub(super) const fn by_single_probe(ish: &Ish) -> &'static str {
    match ish.method {
        IshMethod::Single => " by single probe",
        IshMethod::Dual => "",
    }
}

/// A kind of tumour for which there is no HER2 rule at all.
fn has_no_rule(finding: &Finding) -> bool {
    finding.category == Category::Insufficient && finding.next_step == NextStep::None
}

/// A number as sent, if a person can take it in at a glance.
pub(super) fn short(quantity: &Quantity) -> Option<SmolStr> {
    Some(quantity.as_sent()).filter(|text| text.len() <= LONGEST_NUMBER)
}

/// Is a reading short enough for a card?
pub(super) const fn is_short(reads: &str) -> bool {
    reads.len() <= LONGEST_READING
}

/// The laboratory's overall word.
pub(super) const fn overall_word(word: OverallWord) -> &'static str {
    match word {
        OverallWord::Positive => "positive",
        OverallWord::Negative => "negative",
        OverallWord::Equivocal => "equivocal",
        OverallWord::Indeterminate => "indeterminate",
        OverallWord::Low => "HER2-low",
        OverallWord::Ultralow => "HER2-ultralow",
    }
}

/// The label term that stands in brackets behind a negative status.
const fn label_term(expression: Expression) -> Option<&'static str> {
    match expression {
        Expression::Low => Some("HER2-low"),
        Expression::Ultralow => Some("HER2-ultralow"),
        Expression::Null
        | Expression::ZeroUnspecified
        | Expression::Undetermined
        | Expression::UnknownNoIhc
        | Expression::NotApplicable => None,
    }
}

/// The act for the step of this finding, where what is known of it says more than the step.
pub(super) fn act_of(finding: &Finding) -> &'static str {
    let has = |flag| finding.flags.contains(flag);
    match finding.next_step {
        NextStep::ObtainTumorType => match finding.tumour {
            Tumour::Unknown => act(NextStep::ObtainTumorType),
            Tumour::Lung => "the histology is needed (non-small cell or small cell)",
            Tumour::Gastroesophageal => "the histology is needed (adenocarcinoma or squamous)",
            _ => "the histology is needed",
        },
        NextStep::None if has_no_rule(finding) => match finding.tumour {
            Tumour::Lung => "there is no HER2 rule for this kind, such as small cell carcinoma",
            Tumour::Gastroesophageal => "there is no HER2 rule for this kind, such as squamous carcinoma",
            _ => "there is no HER2 rule for this kind of tumour",
        },
        NextStep::None if has(Flag::ConcomitantIhcRecommended) => act(NextStep::ConcomitantIhc),
        NextStep::BlindedRecount if has(Flag::RecountInvalid) && is_blinding_unknown(finding) => {
            "ask if the second count on record was blinded"
        }
        NextStep::PathologistReview if has(Flag::PolysomyRuleNotStandardised) => {
            "no rule for many copies with a low ratio, consider review"
        }
        step => act(step),
    }
}

fn is_blinding_unknown(finding: &Finding) -> bool {
    let recount = finding.ish.as_ref().and_then(|shown| shown.ish.recount.as_ref());
    recount.is_some_and(|recount| recount.blinded.is_none())
}

/// The act that a step asks for, for the end of a summary.
pub(super) const fn act(step: NextStep) -> &'static str {
    match step {
        NextStep::ObtainTumorType => "no rule applies until the tumour type is known",
        NextStep::ConfirmInvasiveComponent => "only in situ disease is on record, consider confirming invasion",
        NextStep::AwaitFinal => "not final, await the final report",
        NextStep::LabClarification => "consider asking the laboratory to clarify",
        NextStep::ObtainScoringSystem => "ask which scoring system was used",
        NextStep::ObtainSpecimenType => "was it a biopsy or a resection?",
        NextStep::ObtainPercentage => "the percentage of cells is needed",
        NextStep::RepeatAssayOrNewSpecimen => "consider a repeat or a new specimen",
        NextStep::AdjudicatePerLabProcedure => "the second count differs, ask the laboratory",
        NextStep::ObtainIhc => "the IHC score is needed",
        NextStep::ObtainIhcOrIsh => "the IHC or ISH result is needed",
        NextStep::ConcomitantIhc => "consider IHC on the same block",
        NextStep::ConcomitantIhcOrDualProbe => "consider IHC or a dual-probe ISH",
        NextStep::CountAtLeast20Cells => "a count of at least 20 cells is needed",
        NextStep::ObtainCopyNumber => "HER2 copies per cell are needed",
        NextStep::ObtainRatioOrCep17 => "the ratio or CEP17 copies are needed",
        NextStep::BlindedRecount => "consider a blinded second count",
        NextStep::DualProbeIsh => "consider a dual-probe ISH",
        NextStep::Count20MoreOrAltProbeOrNewBlock => "consider more cells, probe or block",
        NextStep::RepeatIhcAndIsh => "consider repeating IHC with ISH",
        NextStep::AwaitIsh => "the ISH result is pending",
        NextStep::ReflexIsh => "consider reflex ISH",
        NextStep::ReflexIshOrNewSpecimen => "consider reflex ISH or a new specimen",
        NextStep::MultidisciplinaryReview => "results differ over time, review together",
        NextStep::PathologistReview => "consider review by the pathologist",
        NextStep::ClarifyMembraneStaining => "ask if any membrane staining was seen",
        NextStep::ObtainIhcForLowUltralow => "an IHC score would show low or ultralow",
        NextStep::ClinicianReviewEverLow => "an earlier sample was HER2-low",
        NextStep::CheckRasStatus => "RAS status is needed for the label",
        NextStep::Erbb2MutationTesting => "ERBB2 mutation is a separate test",
        NextStep::OptionalIshTrialOnly => "the label asks for 3+, ISH is for trials",
        NextStep::None => "no step is open",
    }
}

/// Why the step of this finding matters. Where no word was sent, none is spoken of, and where all that was sent is set aside
/// for its status, that is why the status is open.
pub(super) fn why_of(finding: &Finding) -> &'static str {
    let has_word = finding.ihc.is_some() || finding.lab_reported.is_some();
    let is_set_aside = finding.evidence.is_empty() && finding.flags.contains(Flag::ExcludedStatus);
    match finding.next_step {
        NextStep::ObtainIhc | NextStep::ObtainIhcOrIsh if is_set_aside => {
            "A withdrawn or cancelled result is not used, and no other usable one of this specimen was sent."
        }
        NextStep::LabClarification if is_set_aside => {
            "A result whose status is not known is not used, and no other usable one of this specimen was sent."
        }
        NextStep::ObtainTumorType if finding.tumour != Tumour::Unknown => {
            "The organ is known and the kind of tumour is not, so no HER2 rule can be chosen."
        }
        NextStep::None if has_no_rule(finding) => {
            "HER2 scores of other kinds of tumour are not carried over to this one."
        }
        NextStep::PathologistReview if finding.flags.contains(Flag::PolysomyRuleNotStandardised) => {
            "Six copies or more with a ratio below 2.0 have no agreed rule in this scoring system."
        }
        NextStep::ObtainIhc if !has_word => "Labels and rules of this tumour ask for the IHC score.",
        NextStep::ObtainIhcOrIsh if !has_word && finding.ish.is_none() => {
            "Without an IHC or ISH result there is no HER2 status."
        }
        step => why(step),
    }
}

/// Why the step matters, for the detail of a card: one or two short sentences.
pub(super) const fn why(step: NextStep) -> &'static str {
    match step {
        NextStep::ObtainTumorType => "Each tumour has its own HER2 rule, and breast rules are never the fallback.",
        NextStep::ConfirmInvasiveComponent => {
            "Only carcinoma in situ is on record, and HER2 is not reported for it. Only the invasive component is scored."
        }
        NextStep::AwaitFinal => "A preliminary result can change. No therapy line is shown before it is final.",
        NextStep::LabClarification => {
            "What was sent contradicts itself or the laboratory's own word, so the report needs a second look."
        }
        NextStep::ObtainScoringSystem => {
            "Two scoring systems are in use for this tumour, and their answers can differ."
        }
        NextStep::ObtainSpecimenType => "A biopsy is scored by clusters of cells, a resection by the share of cells.",
        NextStep::ObtainPercentage => "The rule of this tumour turns on the share of stained or amplified cells.",
        NextStep::RepeatAssayOrNewSpecimen => "A failed test is neither negative nor positive.",
        NextStep::AdjudicatePerLabProcedure => {
            "The second count falls into another ISH group. The laboratory decides by its own procedure."
        }
        NextStep::ObtainIhc => "A word alone is no score, and labels and rules of this tumour ask for the IHC score.",
        NextStep::ObtainIhcOrIsh => "A word without its test cannot be checked against the guideline.",
        NextStep::ConcomitantIhc => "This ISH group is read together with IHC of the same block.",
        NextStep::ConcomitantIhcOrDualProbe => "With one probe, this copy number does not decide alone.",
        NextStep::CountAtLeast20Cells => "Fewer than 20 cells are not accepted as a count.",
        NextStep::ObtainCopyNumber => "The ratio alone does not settle the ISH group.",
        NextStep::ObtainRatioOrCep17 => "The copy number alone does not settle the ISH result.",
        NextStep::BlindedRecount => {
            "A second observer, blinded to the first count, counts at least 20 cells, including the area with IHC 2+."
        }
        NextStep::DualProbeIsh => "With one probe, 4.0 to below 6.0 copies and IHC 2+ stay open.",
        NextStep::Count20MoreOrAltProbeOrNewBlock => {
            "This ratio and copy number lie between the two answers of the guideline."
        }
        NextStep::RepeatIhcAndIsh => "The share of stained cells lies in the band that has to be confirmed.",
        NextStep::AwaitIsh => "IHC alone gives no status here, and ISH on the same specimen decides.",
        NextStep::ReflexIsh => "IHC 2+ alone gives no HER2 status. ISH on the same specimen decides.",
        NextStep::ReflexIshOrNewSpecimen => {
            "IHC 2+ alone gives no HER2 status. ISH on the same specimen decides, or a new specimen does."
        }
        NextStep::MultidisciplinaryReview => "Both results stand. The change can be biology or the test.",
        NextStep::PathologistReview => {
            "Results that point in opposite directions ask for a look at controls, block and heterogeneity."
        }
        NextStep::ClarifyMembraneStaining => {
            "The report does not say whether any membrane staining was seen, so ultralow stays open."
        }
        NextStep::ObtainIhcForLowUltralow => "ISH or a word alone never shows HER2-low or ultralow.",
        NextStep::ClinicianReviewEverLow => {
            "Expression varies between samples. Which one counts is a clinical decision."
        }
        NextStep::CheckRasStatus => "The label of tucatinib with trastuzumab asks for RAS wild-type.",
        NextStep::Erbb2MutationTesting => "Protein and mutation are two biomarkers. No IHC score excludes a mutation.",
        NextStep::OptionalIshTrialOnly => "The tumour-agnostic label asks for IHC 3+. ISH does not replace it.",
        NextStep::None => "",
    }
}
