//! What contradicts what, where the laboratory is asked to clarify: as far as the remarks of the finding tell it.

use crate::domain::evidence::OverallWord;
use crate::domain::finding::{Category, Finding, Flag};
use crate::domain::ihc::{Ihc, IhcScore};
use crate::domain::specimen::{Scoring, SpecimenKind};

use super::phrases;

/// One sentence; None where nothing more is known than that something does not fit.
pub(super) fn what_contradicts(finding: &Finding) -> Option<String> {
    let has = |flag| finding.flags.contains(flag);
    let ihc = finding.ihc.as_ref();
    let percent = || ihc.filter(|_| has(Flag::IhcScorePctInconsistent)).and_then(|ihc| of_percent(ihc, finding));
    let pattern = || ihc.filter(|_| has(Flag::IhcScorePatternInconsistent)).and_then(of_pattern);
    let said = |flag, words: &str| has(flag).then(|| words.to_owned());
    let what = percent()
        .or_else(pattern)
        .or_else(|| has(Flag::LabInterpretationDisagrees).then(|| of_word(finding)))
        .or_else(|| {
            said(Flag::RatioCopyInconsistent, "The ratio does not fit the HER2 and CEP17 copies that were sent")
        })
        .or_else(|| said(Flag::ImplausibleValue, "A ratio or copy number was sent that is not possible"))
        .or_else(|| said(Flag::AmbiguousScore, "The text names two scores"))
        .or_else(|| said(Flag::ConflictingResults, "Two results of this specimen differ"))
        .or_else(|| {
            said(Flag::ObsoleteIshEquivocal, "The ISH is called equivocal, which is no ISH result since 2018")
        })?;
    Some(format!("{what}: the report needs a second look."))
}

/// `IHC 1+ needs more than 10 %; 10 % was sent`, by the definition of the score (clinical guide, 3.1, 3.2, 5.1, 6.2).
fn of_percent(ihc: &Ihc, finding: &Finding) -> Option<String> {
    let score = ihc.score?;
    if finding.kind == SpecimenKind::Biopsy && matches!(finding.scoring, Scoring::Gastric | Scoring::PathwayBtc) {
        // the percentage of such a biopsy contradicts nothing
        let cells = ihc.cluster_cells.map(|cells| cells.to_string());
        let cells = cells.or_else(|| ihc.cluster_bound.as_ref().and_then(phrases::short).map(String::from))?;
        return Some(format!("On a biopsy IHC {score} needs a cluster of 5 cells or more; {cells} were sent"));
    }
    let sent = ihc.percent.as_ref().and_then(phrases::short)?;
    let needs = match (finding.scoring, score) {
        (Scoring::Breast, IhcScore::OnePlus | IhcScore::ThreePlus) => "needs more than 10 %",
        (Scoring::Breast, IhcScore::Zero) => "allows staining in 10 % at most",
        (Scoring::Gastric | Scoring::PathwayBtc, IhcScore::TwoPlus | IhcScore::ThreePlus) => {
            "on a resection needs 10 % or more"
        }
        (Scoring::EndometrialTrial, IhcScore::ThreePlus) => "needs more than 30 %",
        _ => return Some(format!("IHC {score} does not fit {sent} % of cells")),
    };
    Some(format!("IHC {score} {needs}; {sent} % was sent"))
}

fn of_pattern(ihc: &Ihc) -> Option<String> {
    let score = ihc.score?;
    let pattern = ihc.pattern.map(|pattern| format!("pattern {pattern}"));
    let intensity = ihc.intensity.map(|intensity| format!("intensity {}", intensity.as_str().replace('_', " to ")));
    let details: Vec<String> = pattern.into_iter().chain(intensity).collect();
    (!details.is_empty()).then(|| format!("IHC {score} does not fit {} as sent", details.join(" and ")))
}

/// The laboratory's overall word, or its word for the ISH, against what the rule makes of scores and numbers.
fn of_word(finding: &Finding) -> String {
    let status = |word: OverallWord| match word {
        OverallWord::Positive => Some(Category::Positive),
        OverallWord::Negative | OverallWord::Low | OverallWord::Ultralow => Some(Category::Negative),
        OverallWord::Equivocal | OverallWord::Indeterminate => None,
    };
    let overall = finding.lab_reported.filter(|word| status(*word).is_some_and(|said| said != finding.category));
    if let Some(word) = overall {
        let word = phrases::overall_word(word);
        return format!("The laboratory reports {word}, and its scores and numbers read as {}", finding.category);
    }
    let ish = finding.ish.as_ref().and_then(|shown| shown.ish.interpretation);
    match ish {
        Some(word) if finding.lab_reported.is_none() => {
            format!("The laboratory calls the ISH {word}, and its numbers read as {} by this rule", finding.category)
        }
        _ => "Words of the laboratory for this specimen differ from each other".to_owned(),
    }
}
