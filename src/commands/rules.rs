//! `herald rules check`, `herald rules sheet` and `herald rules sign`.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::rules::{
    RuleFile, RulesError, SIGNOFF, Signer, cases_in, check_cases, check_files, embedded_files, files_in, order_rules,
    sheets, sign as signed, therapies,
};

/// The folder that is named for the files of the binary, as it is called in the repository.
const EMBEDDED: &str = "rules";

fn files(dir: Option<&Path>) -> Result<Vec<RuleFile>, RulesError> {
    dir.map_or_else(|| Ok(embedded_files()), files_in)
}

/// Proves the rule files of `dir`, or those of this binary, and says what was proved. A file that is overdue for review on
/// `today` does not pass. The worked cases of `dir` are tried; those of the binary were tried by its tests.
///
/// # Errors
/// [`RulesError`] with every fault, each with file, line and cell, or if `out` cannot be written.
pub fn check(dir: Option<&Path>, today: Date, out: &mut impl Write) -> Result<(), RulesError> {
    let files = files(dir)?;
    let of_folder = |error: RulesError| error.in_folder(dir.unwrap_or(Path::new(EMBEDDED)));
    let book = check_files(&files, today).map_err(of_folder)?;
    therapies(&files).map_err(of_folder)?;
    order_rules(&files).map_err(of_folder)?;
    let cases = dir.map_or_else(|| Ok(Vec::new()), cases_in)?;
    let tried = check_cases(&book, &cases).map_err(of_folder)?;
    let rows: usize = book.sets.iter().map(|set| set.rows.len() + set.words.len()).sum();
    let rule_files = files.iter().filter(|file| file.holds_rules()).count();
    let mut say = |line: String| writeln!(out, "{line}").map_err(RulesError::Output);
    say(format!("{rule_files} rule files, {rows} rows: total and consistent."))?;
    if dir.is_some() {
        say(format!("{} worked cases in {} files: answered as expected.", tried.len(), cases.len()))?;
    }
    let signed = if book.signed_off(today) { "signed" } else { "UNSIGNED" };
    say(format!("Edition {}, {signed}, {}", book.edition(), book.digest()))?;
    book.unsigned.iter().try_for_each(|file| say(format!("not signed: {file}")))
}

/// Prints the review sheets of `dir`, or those of this binary, one after the other.
///
/// # Errors
/// [`RulesError`] if the files are not proved, or if `out` cannot be written.
pub fn sheet(dir: Option<&Path>, out: &mut impl Write) -> Result<(), RulesError> {
    for sheet in sheets(&files(dir)?).map_err(|error| error.in_folder(dir.unwrap_or(Path::new(EMBEDDED))))? {
        writeln!(out, "<!-- {} -->\n{}", sheet.name, sheet.text).map_err(RulesError::Output)?;
    }
    Ok(())
}

/// Signs the rule files at `paths`, all of one folder, in the name of `signer`: writes `SIGNOFF.toml`, keeps the texts that
/// enough people have signed, and prints the review sheets of the folder anew. `SIGNOFF.toml` itself is passed over, so
/// that `rules/*.toml` may be named.
///
/// # Errors
/// [`RulesError`] if the folder does not pass the check on `today`, and nothing is written then; or if a file cannot be
/// read or written.
pub fn sign(paths: &[PathBuf], signer: &Signer, today: Date, out: &mut impl Write) -> Result<(), RulesError> {
    let Some(folder) = paths.first().map(|path| folder_of(path)) else { return Ok(()) };
    let named = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let of_another_folder = paths.iter().find(|path| folder_of(path) != folder);
    if let Some(path) = of_another_folder {
        return Err(RulesError::SeveralFolders(path.clone()));
    }
    let names: Vec<String> = paths.iter().filter_map(named).filter(|name| name != SIGNOFF).collect();
    let files = files_in(folder)?;
    let written = signed(&files, &names, signer, today).map_err(|error| error.in_folder(folder))?;
    for file in &written {
        write(&folder.join(&file.name), &file.text)?;
    }
    for sheet in sheets(&files_in(folder)?).map_err(|error| error.in_folder(folder))? {
        write(&folder.join(&sheet.name), &sheet.text)?;
    }
    let mut say = |line: String| writeln!(out, "{line}").map_err(RulesError::Output);
    say(format!("Signed by {} ({}) on {today}:", signer.name, signer.role))?;
    names.iter().try_for_each(|name| say(format!("  {name}")))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write(path: &Path, text: &str) -> Result<(), RulesError> {
    let unwritable = |cause| RulesError::Unwritable { path: path.to_owned(), cause };
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(unwritable)?;
    std::fs::write(path, text).map_err(unwritable)
}
