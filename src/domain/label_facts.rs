//! What the record says of the conditions that labels set beside HER2: met, not met, or unknown.
//!
//! Absence answers nothing: a treatment that is not on record may have been given elsewhere, so an earlier treatment is met
//! or unknown and a first line is not met or unknown. An order alone is no treatment. Where the diagnoses name two tumours
//! no treatment counts, since it may have been for the other one.

use super::decimal::Decimal;
use super::history::{Extent, History, HormoneReceptor, Ras, StageGroup, Treatment};
use super::medicine::Medicine;
use super::neoadjuvant::Neoadjuvant;
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
        /// PD-L1 combined positive score of 1 or more.
        CpsAtLeastOne = "cps_at_least_one",
        Metastatic = "metastatic",
        /// Not met at stage I or II only: a stage III may be unresectable.
        UnresectableOrMetastatic = "unresectable_or_metastatic",
        /// After the operation on an early cancer.
        Adjuvant = "adjuvant",
        /// Planned operation on an early cancer: never met, since a plan is not read.
        BeforeSurgery = "before_surgery",
        StageTwoOrThree = "stage_two_or_three",
        /// Invasive tumour in what was operated on after neoadjuvant trastuzumab.
        ResidualDisease = "residual_disease",
        /// That treatment held trastuzumab and a taxane.
        NeoadjuvantTrastuzumabAndTaxane = "neoadjuvant_trastuzumab_and_taxane",
        /// No systemic treatment for metastatic disease yet.
        FirstLine = "first_line",
        PriorSystemicTherapy = "prior_systemic_therapy",
        PriorTrastuzumab = "prior_trastuzumab",
        PriorTaxane = "prior_taxane",
        PriorAnthracycline = "prior_anthracycline",
        /// An anti-HER2 medicine given for metastatic disease.
        AntiHer2ForMetastases = "anti_her2_for_metastases",
        /// Two anti-HER2 medicines, one begun after the other had ended.
        TwoAntiHer2Regimens = "two_anti_her2_regimens",
        ChemotherapyForMetastases = "chemotherapy_for_metastases",
        EndocrineTherapyForMetastases = "endocrine_therapy_for_metastases",
        /// All three, in any order.
        FluoropyrimidineOxaliplatinIrinotecan = "fluoropyrimidine_oxaliplatin_irinotecan",
    }
}

/// The verdict on every fact, weighed once for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts([Verdict; Fact::ALL.len()]);

impl Facts {
    /// Weighs what `history` shows. `neoadjuvant`: the treatment before the operation, if the record shows one.
    #[must_use]
    pub fn of(history: &History, neoadjuvant: Option<&Neoadjuvant<'_>>) -> Self {
        let used = Used::of(history);
        Self(std::array::from_fn(|at| weigh(Fact::ALL[at], history, &used, neoadjuvant)))
    }

    /// The verdict on a condition; unknown where no fact answers it.
    #[must_use]
    pub fn verdict(&self, fact: Option<Fact>) -> Verdict {
        fact.map_or(Verdict::Unknown, |fact| self.0[fact as usize])
    }
}

fn weigh(fact: Fact, history: &History, used: &Used<'_>, neoadjuvant: Option<&Neoadjuvant<'_>>) -> Verdict {
    match fact {
        Fact::RasWildType => known(history.ras.map(|ras| ras == Ras::WildType)),
        Fact::HormoneReceptorPositive => hormone_receptor_positive(history),
        Fact::CpsAtLeastOne => known(history.pd_l1_cps.as_ref().and_then(|score| score.at_least(&Decimal::from(1)))),
        Fact::Metastatic => known(history.extent.map(|extent| extent == Extent::Metastatic)),
        Fact::UnresectableOrMetastatic => unresectable_or_metastatic(history),
        Fact::Adjuvant => early(history, met_or_unknown(!history.operations.is_empty())),
        Fact::BeforeSurgery => early(history, Verdict::Unknown),
        Fact::StageTwoOrThree => match history.stage {
            Some(StageGroup::One) => Verdict::NotMet,
            Some(StageGroup::Two | StageGroup::Three) => early(history, Verdict::Met),
            Some(StageGroup::Four) | None => early(history, Verdict::Unknown),
        },
        Fact::ResidualDisease => early(history, met_or_unknown(neoadjuvant.is_some())),
        Fact::NeoadjuvantTrastuzumabAndTaxane => {
            early(history, met_or_unknown(neoadjuvant.is_some_and(|treatment| treatment.with_taxane)))
        }
        Fact::FirstLine => match used.for_metastases(Medicine::is_systemic) {
            true => Verdict::NotMet,
            false => Verdict::Unknown,
        },
        Fact::PriorSystemicTherapy => met_or_unknown(used.any(Medicine::is_systemic)),
        Fact::PriorTrastuzumab => met_or_unknown(used.one(Medicine::Trastuzumab)),
        Fact::PriorTaxane => met_or_unknown(used.one(Medicine::Taxane)),
        Fact::PriorAnthracycline => met_or_unknown(used.one(Medicine::Anthracycline)),
        Fact::AntiHer2ForMetastases => met_or_unknown(used.for_metastases(Medicine::is_her2_directed)),
        Fact::TwoAntiHer2Regimens => met_or_unknown(used.changed(Medicine::is_her2_directed)),
        Fact::ChemotherapyForMetastases => met_or_unknown(used.for_metastases(Medicine::is_chemotherapy)),
        Fact::EndocrineTherapyForMetastases => {
            met_or_unknown(used.for_metastases(|medicine| medicine == Medicine::EndocrineTherapy))
        }
        Fact::FluoropyrimidineOxaliplatinIrinotecan => {
            let all = [Medicine::Fluoropyrimidine, Medicine::Oxaliplatin, Medicine::Irinotecan];
            met_or_unknown(all.into_iter().all(|medicine| used.one(medicine)))
        }
    }
}

pub(in crate::domain) fn unresectable_or_metastatic(history: &History) -> Verdict {
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

/// The medicines that were used.
struct Used<'h> {
    treatments: Vec<&'h Treatment>,
    history: &'h History,
}

impl<'h> Used<'h> {
    fn of(history: &'h History) -> Self {
        let counts = |treatment: &&Treatment| !history.tumours_differ && treatment.was_used();
        Self { treatments: history.treatments.iter().filter(counts).collect(), history }
    }

    fn any(&self, is: impl Fn(Medicine) -> bool) -> bool {
        self.treatments.iter().any(|treatment| is(treatment.medicine))
    }

    fn one(&self, medicine: Medicine) -> bool {
        self.any(|used| used == medicine)
    }

    /// Begun when metastases were on record already.
    fn for_metastases(&self, is: impl Fn(Medicine) -> bool) -> bool {
        let Some(since) = &self.history.metastatic_since else { return false };
        self.treatments.iter().any(|treatment| {
            let begun = treatment.from.as_ref().is_some_and(|from| from.first_day() >= since.last_day());
            is(treatment.medicine) && begun
        })
    }

    /// Every use of one of these medicines began after every use of another had ended.
    fn changed(&self, is: impl Fn(Medicine) -> bool) -> bool {
        let uses = |of: Medicine| self.treatments.iter().filter(move |treatment| treatment.medicine == of);
        let follows = |earlier: &Treatment, later: &Treatment| match (&earlier.until, &later.from) {
            (Some(ended), Some(begun)) => begun.is_surely_after(ended),
            _ => false,
        };
        let mut medicines: Vec<Medicine> = self.treatments.iter().map(|treatment| treatment.medicine).collect();
        medicines.retain(|medicine| is(*medicine));
        medicines.sort_unstable();
        medicines.dedup();
        let pairs = medicines.iter().flat_map(|first| medicines.iter().map(move |second| (*first, *second)));
        pairs
            .filter(|(first, second)| first != second)
            .any(|(first, second)| uses(second).all(|later| uses(first).all(|earlier| follows(earlier, later))))
    }
}

#[cfg(test)]
mod tests;
