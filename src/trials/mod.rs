//! Trial prompts: which curated cohorts a patient could still fit, and what would have to be asked first.
//!
//! Only the tumour, the HER2 criterion and the setting (where stage I or II rules it out) are evaluated today, so the best
//! verdict is *possible*. Never "eligible".

mod cohort;

pub use cohort::{Cohort, Her2Criterion, Need, Prompt, RecruitmentStatus, SettingCriterion, prompts};
