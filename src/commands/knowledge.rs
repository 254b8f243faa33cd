//! What is known beside the patient, put together from rule files and trial cohorts.

use jiff::civil::Date;

use crate::assessment::Knowledge;
use crate::config::RulesPolicy;
use crate::rules::{RulesError, embedded_files, load_embedded, order_rules, therapies};
use crate::trials::Cohort;

/// The rules that were built into this binary, with the cohorts that were loaded.
///
/// # Errors
/// [`RulesError`] if the files cannot be read; a test keeps such a binary from being built.
pub fn knowledge(cohorts: Vec<Cohort>) -> Result<Knowledge, RulesError> {
    let files = embedded_files();
    Ok(Knowledge {
        rulebook: load_embedded()?,
        therapies: therapies(&files)?,
        order_rules: order_rules(&files)?,
        cohorts,
    })
}

/// Why the service does not start with the rules that it has.
#[derive(Debug, thiserror::Error)]
pub enum NotAccepted {
    /// Some are not signed.
    #[error(
        "these rule files are not signed by {} people: {}; sign them (herald rules sign), or set allow_unsigned_rules = true, and every card says UNREVIEWED",
        crate::rules::REVIEWERS, .0.join(", ")
    )]
    Unsigned(Vec<Box<str>>),
    /// The signatures have run out.
    #[error(
        "the review of the rules was due on {0}; review and sign them, or set allow_unsigned_rules = true, and every card says UNREVIEWED"
    )]
    Overdue(Date),
    /// They cannot be used at all.
    #[error("the rule files are not valid: {0}")]
    Rules(#[from] RulesError),
}

/// Holds the rules of this binary against the policy, on the day `today`.
///
/// # Errors
/// [`NotAccepted`] if only signed rules are accepted and one file is not signed, or is overdue for review.
pub fn accepted(policy: RulesPolicy, today: Date) -> Result<(), NotAccepted> {
    match policy {
        RulesPolicy::UnsignedShown => Ok(()),
        RulesPolicy::SignedOnly => {
            let book = load_embedded()?;
            if !book.unsigned.is_empty() {
                return Err(NotAccepted::Unsigned(book.unsigned));
            }
            if book.signed_off(today) { Ok(()) } else { Err(NotAccepted::Overdue(book.review_due)) }
        }
    }
}
