//! `herald rules check` and `herald rules sheet`.

use std::io::Write;
use std::path::Path;

use crate::rules::{RuleFile, RulesError, embedded_files, files_in, load, order_rules, sheets};

fn files(dir: Option<&Path>) -> Result<Vec<RuleFile>, RulesError> {
    dir.map_or_else(|| Ok(embedded_files()), files_in)
}

/// Proves the rule files of `dir`, or those of this binary, and says what was proved.
///
/// # Errors
/// [`RulesError`] with every fault, file and row named, or if `out` cannot be written.
pub fn check(dir: Option<&Path>, out: &mut impl Write) -> Result<(), RulesError> {
    let files = files(dir)?;
    let book = load(&files)?;
    order_rules(&files)?;
    let rows: usize = book.sets.iter().map(|set| set.rows.len() + set.words.len()).sum();
    let signed = if book.signed_off() { "signed" } else { "UNSIGNED" };
    writeln!(out, "{} rule files, {rows} rows: total and consistent.", files.len()).map_err(RulesError::Output)?;
    writeln!(out, "Edition {}, {signed}, {}", book.edition(), book.digest()).map_err(RulesError::Output)
}

/// Prints the review sheets of `dir`, or those of this binary, one after the other.
///
/// # Errors
/// [`RulesError`] if the files are not proved, or if `out` cannot be written.
pub fn sheet(dir: Option<&Path>, out: &mut impl Write) -> Result<(), RulesError> {
    for sheet in sheets(&files(dir)?)? {
        writeln!(out, "<!-- {} -->\n{}", sheet.name, sheet.text).map_err(RulesError::Output)?;
    }
    Ok(())
}
