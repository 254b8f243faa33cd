//! What is known beside the patient, put together from rule files and trial cohorts.

use crate::assessment::Knowledge;
use crate::rules::{RulesError, embedded_files, load, order_rules, therapies};
use crate::trials::Cohort;

/// The rules that were built into this binary, with the cohorts that were loaded.
///
/// # Errors
/// [`RulesError`] if the files are not proved; a test keeps such a binary from being built.
pub fn knowledge(cohorts: Vec<Cohort>) -> Result<Knowledge, RulesError> {
    let files = embedded_files();
    Ok(Knowledge { rulebook: load(&files)?, therapies: therapies(&files)?, order_rules: order_rules(&files)?, cohorts })
}
