//! A cohort of a trial, its HER2 criterion, and the prompt that a specimen gives rise to.

use crate::domain::finding::{Category, Expression, Finding};
use crate::domain::history::History;
use crate::domain::ihc::IhcScore;
use crate::domain::label_facts::{Verdict, unresectable_or_metastatic};
use crate::domain::over_time::Record;
use crate::domain::tumour::Tumour;
use crate::domain::words::vocabulary;

vocabulary! {
    /// The HER2 criterion of a cohort. Equivocal, indeterminate and insufficient meet none of them.
    Her2Criterion, "HER2 criterion" {
        Positive = "positive",
        /// Includes low, ultralow and null.
        Negative = "negative",
        /// The drug-label term, breast only.
        Low = "low",
        LowOrUltralow = "low_or_ultralow",
        Ihc3 = "ihc_3",
        Ihc2OrMore = "ihc_2_or_more",
        Ihc1OrMore = "ihc_1_or_more",
    }
}

vocabulary! {
    /// The setting that a cohort asks for.
    SettingCriterion, "setting" {
        /// Unresectable, locally advanced or metastatic: stage I and II are outside.
        Advanced = "advanced",
    }
}

vocabulary! {
    /// Recruitment states under which a trial reaches a card.
    RecruitmentStatus, "recruitment status" {
        Recruiting = "RECRUITING",
        NotYetRecruiting = "NOT_YET_RECRUITING",
        EnrollingByInvitation = "ENROLLING_BY_INVITATION",
    }
}

/// What would have to be known next, and how dear it is to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// In words: "ECOG performance status".
    pub what: Box<str>,
    /// A question 1, laboratory 2, imaging 3, test on stored tissue 4, new biopsy 8.
    pub cost: u8,
}

/// One cohort of a curated trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// ClinicalTrials.gov number.
    pub nct: Box<str>,
    /// Cohort within the trial.
    pub cohort: Box<str>,
    /// Title, for pages.
    pub title: Box<str>,
    /// Tumours that the cohort takes.
    pub tumours: Vec<Tumour>,
    /// HER2 criterion.
    pub her2: Her2Criterion,
    /// Setting, where the cohort asks for one.
    pub setting: Option<SettingCriterion>,
    /// Recruitment status.
    pub status: RecruitmentStatus,
    /// Month or day in which the status was verified.
    pub verified: Box<str>,
    /// Criteria that are not evaluated and have to be asked.
    pub needs: Vec<Need>,
}

/// A cohort whose tumour and HER2 criterion fit and whose setting is not known to fail; everything under `needs` stays to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt<'k> {
    /// The cohort.
    pub cohort: &'k Cohort,
}

impl Prompt<'_> {
    /// `possible` while anything stays to be checked, else `no_criterion_failed`.
    #[must_use]
    pub const fn verdict(&self) -> &'static str {
        if self.cohort.needs.is_empty() { "no_criterion_failed" } else { "possible" }
    }
}

/// The cohorts that the lead of a record leaves possible: fewest needs by summed cost first, then by NCT number.
#[must_use]
pub fn prompts<'k>(cohorts: &'k [Cohort], record: &Record, history: &History) -> Vec<Prompt<'k>> {
    let Some(lead) = record.lead_finding().filter(|_| record.is_actionable()) else {
        return Vec::new();
    };
    let mut fitting: Vec<Prompt<'k>> = cohorts
        .iter()
        .filter(|cohort| cohort.tumours.contains(&lead.tumour) && meets(cohort.her2, lead))
        .filter(|cohort| cohort.setting.is_none_or(|setting| may_be(setting, history)))
        .map(|cohort| Prompt { cohort })
        .collect();
    let cost = |prompt: &Prompt<'_>| prompt.cohort.needs.iter().map(|need| u32::from(need.cost)).sum::<u32>();
    fitting.sort_by(|a, b| cost(a).cmp(&cost(b)).then_with(|| a.cohort.nct.cmp(&b.cohort.nct)));
    fitting
}

/// A setting that the record does not tell stays possible.
fn may_be(setting: SettingCriterion, history: &History) -> bool {
    match setting {
        SettingCriterion::Advanced => unresectable_or_metastatic(history) != Verdict::NotMet,
    }
}

fn meets(criterion: Her2Criterion, lead: &Finding) -> bool {
    let classified = matches!(lead.category, Category::Positive | Category::Negative);
    let score_is = |scores: &[IhcScore]| {
        classified && lead.ihc.as_ref().and_then(|ihc| ihc.score).is_some_and(|score| scores.contains(&score))
    };
    match criterion {
        Her2Criterion::Positive => lead.category == Category::Positive,
        Her2Criterion::Negative => lead.category == Category::Negative,
        Her2Criterion::Low => lead.expression == Expression::Low,
        Her2Criterion::LowOrUltralow => matches!(lead.expression, Expression::Low | Expression::Ultralow),
        Her2Criterion::Ihc3 => score_is(&[IhcScore::ThreePlus]),
        Her2Criterion::Ihc2OrMore => score_is(&[IhcScore::TwoPlus, IhcScore::ThreePlus]),
        Her2Criterion::Ihc1OrMore => score_is(&[IhcScore::OnePlus, IhcScore::TwoPlus, IhcScore::ThreePlus]),
    }
}
