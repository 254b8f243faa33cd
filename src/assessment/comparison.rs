//! The comparison of specimens in words: the remarks of the lead that are about other specimens.

use crate::domain::finding::{Finding, Flag};

/// What each remark of `finding` about other specimens means, in the order of the vocabulary.
pub fn comparison(finding: &Finding) -> impl Iterator<Item = &'static str> {
    finding.flags.iter().filter_map(words)
}

/// None for remarks that are about one specimen only.
const fn words(flag: Flag) -> Option<&'static str> {
    Some(match flag {
        Flag::CoreVsExcisionDiscordant => "biopsy and resection differ",
        Flag::MultifocalDiscordant => "foci of one tumour differ",
        Flag::HeterogeneousBetweenSpecimens => "HER2 is heterogeneous between specimens",
        Flag::DiscordantOverTime => "results differ over time or site",
        Flag::PriorPositive => "another specimen was positive",
        Flag::PostTrastuzumabLossPossible => "HER2 may be lost after trastuzumab",
        Flag::ExpressionChangedOverTime => "expression changed between samples",
        Flag::EverLow => "a sample was HER2-low",
        Flag::IshOtherSpecimenIgnored => "ISH of another specimen does not count here",
        Flag::NewerSpecimenNotEvaluable => "a newer specimen could not be evaluated",
        _ => return None,
    })
}
