//! What the record says of the conditions that labels set beside HER2: met, not met, or unknown.
//!
//! Absence answers nothing: a treatment that is not on record may have been given elsewhere, so an earlier treatment is met
//! or unknown and a first line is not met or unknown. An order alone is no treatment, and a treatment that may still run is no
//! earlier one. Where the diagnoses name two tumours no treatment counts, since it may have been for the other one.

use jiff::civil::Date;

use super::decimal::Decimal;
use super::history::{Extent, History, HormoneReceptor, Ras, StageGroup};
use super::medicine::Medicine;
use super::neoadjuvant::Neoadjuvant;
use super::prior::Prior;
use super::surgery::Surgery;
use super::words::vocabulary;

vocabulary! {
    /// Three values for medicine: missing data is an answer of its own.
    Verdict, "verdict" {
        Met = "met",
        NotMet = "not_met",
        /// The record does not say.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Facts beside HER2 that the record may answer. A condition without one is always unknown.
    Fact, "fact" {
        RasWildType = "ras_wild_type",
        HormoneReceptorPositive = "hormone_receptor_positive",
        /// Never met: what a diagnosis does not say it does not exclude.
        NonSquamous = "non_squamous",
        /// PD-L1 combined positive score of 1 or more.
        CpsAtLeastOne = "cps_at_least_one",
        Metastatic = "metastatic",
        /// Not met at stage I or II only: a stage III may be unresectable.
        UnresectableOrMetastatic = "unresectable_or_metastatic",
        /// After the operation on an early cancer.
        Adjuvant = "adjuvant",
        /// Planned operation on an early cancer: never met, since a plan is not read. Not met after the operation.
        BeforeSurgery = "before_surgery",
        /// After that operation trastuzumab was used and is over.
        AdjuvantTrastuzumabEnded = "adjuvant_trastuzumab_ended",
        /// Nodes positive, or a feature of higher risk: met by negative receptors only, which settle it for either nodal state.
        NodePositiveOrHighRisk = "node_positive_or_high_risk",
        StageTwoOrThree = "stage_two_or_three",
        /// Invasive tumour in what was operated on after neoadjuvant trastuzumab.
        ResidualDisease = "residual_disease",
        /// That treatment held trastuzumab and a taxane.
        NeoadjuvantTrastuzumabAndTaxane = "neoadjuvant_trastuzumab_and_taxane",
        /// No systemic treatment for metastatic disease yet, or the first one still runs: never met.
        FirstLine = "first_line",
        PriorSystemicTherapy = "prior_systemic_therapy",
        PriorTrastuzumab = "prior_trastuzumab",
        PriorTaxane = "prior_taxane",
        PriorAnthracycline = "prior_anthracycline",
        /// Cisplatin or carboplatin.
        PriorPlatinum = "prior_platinum",
        /// An anti-HER2 medicine in whatever setting.
        PriorAntiHer2 = "prior_anti_her2",
        /// Systemic treatment given for metastatic disease; endocrine therapy alone is not counted.
        TherapyForMetastases = "therapy_for_metastases",
        /// An anti-HER2 medicine given for metastatic disease.
        AntiHer2ForMetastases = "anti_her2_for_metastases",
        /// Two anti-HER2 medicines, one begun after the other had ended.
        TwoAntiHer2Regimens = "two_anti_her2_regimens",
        /// The same, both of them begun when metastases were on record.
        TwoAntiHer2RegimensForMetastases = "two_anti_her2_regimens_for_metastases",
        /// Trastuzumab given for metastatic disease, and progression since.
        ProgressionAfterTrastuzumabForMetastases = "progression_after_trastuzumab_for_metastases",
        ChemotherapyForMetastases = "chemotherapy_for_metastases",
        EndocrineTherapyForMetastases = "endocrine_therapy_for_metastases",
        /// All three, in any order.
        FluoropyrimidineOxaliplatinIrinotecan = "fluoropyrimidine_oxaliplatin_irinotecan",
    }
}

impl Fact {
    /// Does it turn on earlier treatment, and with it on the line?
    #[must_use]
    pub const fn is_of_the_line(self) -> bool {
        match self {
            Self::FirstLine
            | Self::PriorSystemicTherapy
            | Self::PriorTrastuzumab
            | Self::PriorTaxane
            | Self::PriorAnthracycline
            | Self::PriorPlatinum
            | Self::PriorAntiHer2
            | Self::TherapyForMetastases
            | Self::AntiHer2ForMetastases
            | Self::TwoAntiHer2Regimens
            | Self::TwoAntiHer2RegimensForMetastases
            | Self::ProgressionAfterTrastuzumabForMetastases
            | Self::ChemotherapyForMetastases
            | Self::EndocrineTherapyForMetastases
            | Self::FluoropyrimidineOxaliplatinIrinotecan => true,
            Self::RasWildType
            | Self::HormoneReceptorPositive
            | Self::NonSquamous
            | Self::CpsAtLeastOne
            | Self::Metastatic
            | Self::UnresectableOrMetastatic
            | Self::Adjuvant
            | Self::BeforeSurgery
            | Self::AdjuvantTrastuzumabEnded
            | Self::NodePositiveOrHighRisk
            | Self::StageTwoOrThree
            | Self::ResidualDisease
            | Self::NeoadjuvantTrastuzumabAndTaxane => false,
        }
    }
}

/// The verdict on every fact, weighed once for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts([Verdict; Fact::ALL.len()]);

impl Facts {
    /// Weighs what `history` shows. `neoadjuvant`: the treatment before the operation, if the record shows one.
    #[must_use]
    pub fn of(history: &History, neoadjuvant: Option<&Neoadjuvant<'_>>, surgery: Surgery, today: Date) -> Self {
        let prior = Prior::of(history, today);
        Self(std::array::from_fn(|at| match Fact::ALL[at] {
            Fact::Adjuvant => early(history, met_or_unknown(surgery.on_record)),
            Fact::BeforeSurgery if surgery.is_known() => Verdict::NotMet,
            fact => weigh(fact, history, &prior, neoadjuvant),
        }))
    }

    /// The verdict on a condition; unknown where no fact answers it.
    #[must_use]
    pub fn verdict(&self, fact: Option<Fact>) -> Verdict {
        fact.map_or(Verdict::Unknown, |fact| self.0[fact as usize])
    }
}

fn weigh(fact: Fact, history: &History, prior: &Prior<'_>, neoadjuvant: Option<&Neoadjuvant<'_>>) -> Verdict {
    match fact {
        Fact::RasWildType => known(history.ras.map(|ras| ras == Ras::WildType)),
        Fact::HormoneReceptorPositive => hormone_receptor_positive(history),
        Fact::NonSquamous => {
            if history.squamous {
                Verdict::NotMet
            } else {
                Verdict::Unknown
            }
        }
        Fact::CpsAtLeastOne => known(history.pd_l1_cps.as_ref().and_then(|score| score.at_least(&Decimal::from(1)))),
        Fact::Metastatic => known(history.extent.map(|extent| extent == Extent::Metastatic)),
        Fact::UnresectableOrMetastatic => unresectable_or_metastatic(history),
        Fact::Adjuvant | Fact::BeforeSurgery => early(history, Verdict::Unknown),
        Fact::AdjuvantTrastuzumabEnded => early(history, met_or_unknown(prior.adjuvant_trastuzumab_ended())),
        Fact::NodePositiveOrHighRisk => match history.hormone_receptor {
            Some(HormoneReceptor::Negative) => Verdict::Met,
            Some(HormoneReceptor::Positive) | None => Verdict::Unknown,
        },
        Fact::StageTwoOrThree => match history.stage {
            Some(StageGroup::One) => Verdict::NotMet,
            Some(StageGroup::Two | StageGroup::Three) => early(history, Verdict::Met),
            Some(StageGroup::Four) | None => early(history, Verdict::Unknown),
        },
        Fact::ResidualDisease => early(history, met_or_unknown(neoadjuvant.is_some())),
        Fact::NeoadjuvantTrastuzumabAndTaxane => {
            early(history, met_or_unknown(neoadjuvant.is_some_and(|treatment| treatment.with_taxane)))
        }
        Fact::FirstLine => match prior.for_metastases(Medicine::is_systemic) {
            true => Verdict::NotMet,
            false => Verdict::Unknown,
        },
        Fact::PriorSystemicTherapy => met_or_unknown(prior.any(Medicine::is_systemic)),
        Fact::PriorTrastuzumab => met_or_unknown(prior.one(Medicine::Trastuzumab)),
        Fact::PriorTaxane => met_or_unknown(prior.one(Medicine::Taxane)),
        Fact::PriorAnthracycline => met_or_unknown(prior.one(Medicine::Anthracycline)),
        Fact::PriorPlatinum => met_or_unknown(prior.one(Medicine::OtherPlatinum)),
        Fact::PriorAntiHer2 => met_or_unknown(prior.any(Medicine::is_her2_directed)),
        Fact::TherapyForMetastases => met_or_unknown(prior.for_metastases(Medicine::is_systemic)),
        Fact::AntiHer2ForMetastases => met_or_unknown(prior.for_metastases(Medicine::is_her2_directed)),
        Fact::TwoAntiHer2Regimens => met_or_unknown(prior.changed(Medicine::is_her2_directed)),
        Fact::TwoAntiHer2RegimensForMetastases => {
            met_or_unknown(prior.changed_for_metastases(Medicine::is_her2_directed))
        }
        Fact::ProgressionAfterTrastuzumabForMetastases => {
            met_or_unknown(prior.failed_for_metastases(Medicine::Trastuzumab))
        }
        Fact::ChemotherapyForMetastases => met_or_unknown(prior.for_metastases(Medicine::is_chemotherapy)),
        Fact::EndocrineTherapyForMetastases => {
            met_or_unknown(prior.for_metastases(|medicine| medicine == Medicine::EndocrineTherapy))
        }
        Fact::FluoropyrimidineOxaliplatinIrinotecan => {
            let all = [Medicine::Fluoropyrimidine, Medicine::Oxaliplatin, Medicine::Irinotecan];
            met_or_unknown(all.into_iter().all(|medicine| prior.one(medicine)))
        }
    }
}

/// Unresectable or metastatic disease: not met at stage I or II only, since a stage III may be unresectable.
#[must_use]
pub fn unresectable_or_metastatic(history: &History) -> Verdict {
    match (history.extent, history.stage) {
        (Some(Extent::Metastatic), _) => Verdict::Met,
        (Some(Extent::Early), Some(StageGroup::One | StageGroup::Two)) => Verdict::NotMet,
        _ => Verdict::Unknown,
    }
}

pub(in crate::domain) fn hormone_receptor_positive(history: &History) -> Verdict {
    known(history.hormone_receptor.map(|receptor| receptor == HormoneReceptor::Positive))
}

fn known(answer: Option<bool>) -> Verdict {
    answer.map_or(Verdict::Unknown, |met| if met { Verdict::Met } else { Verdict::NotMet })
}

const fn met_or_unknown(met: bool) -> Verdict {
    if met { Verdict::Met } else { Verdict::Unknown }
}

/// A condition of early disease: not met where it is metastatic, unknown where the extent is.
fn early(history: &History, in_early_disease: Verdict) -> Verdict {
    match history.extent {
        Some(Extent::Metastatic) => Verdict::NotMet,
        Some(Extent::Early) => in_early_disease,
        None => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests;
