//! Signatures under rule files: who compared which text with its sources, and when.
//!
//! A signature holds for one text only, by its SHA-256: a file that was changed afterwards is unsigned. It proves that the
//! file is the one that was signed, not that the name is true: there is no key behind it, so whoever may change the folder
//! may sign in any name. Review of the change and the history of the repository have to answer for that.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;

use super::entries::{Placed, read};
use super::error::{Fault, RulesError};
use super::files::{RuleFile, SIGNED, SIGNOFF};
use super::load::check_files;

/// Fewer people do not sign a file off: every rule file holds thresholds or conditions that decide about a treatment.
pub const REVIEWERS: usize = 2;

/// One person's word for one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the file.
    pub file: String,
    /// Digest of the text that was read.
    pub digest: String,
    /// Edition of the rules that was read.
    pub edition: String,
    /// Who read it.
    pub signer: Signer,
    /// The day.
    pub date: Date,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Full name.
    pub name: String,
    /// Profession and place, "consultant pathologist, Example Hospital".
    pub role: String,
    /// Number under which a register of the profession lists the person.
    pub registration: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    signature: Vec<Placed<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    digest: String,
    edition: String,
    name: String,
    role: String,
    registration: Option<String>,
    date: toml::value::Datetime,
}

/// Every signature of the folder; those that cannot be read, or stand under nothing, are faults.
pub(super) fn signatures(files: &[RuleFile], faults: &mut Vec<Fault>) -> Vec<Signature> {
    let Some(file) = files.iter().find(|file| file.name == SIGNOFF) else { return Vec::new() };
    let entries = match read::<File>(&file.text) {
        Ok(read) => read.signature,
        Err(wrong) => {
            faults.extend(wrong.into_iter().map(|(at, what)| file.fault(at, &what)));
            return Vec::new();
        }
    };
    let mut signatures = Vec::new();
    for entry in &entries {
        let mut fault = |what: &str| faults.push(file.fault(entry.at(), what));
        if entry.name.trim().is_empty() || entry.role.trim().is_empty() {
            fault("a signature needs a name and a role");
        }
        if !files.iter().any(|signed| signed.holds_rules() && signed.name == entry.file) {
            fault(&format!("a signature stands under {}, which is not among the rule files", entry.file));
        }
        match entry.date.to_string().parse() {
            Ok(date) => signatures.push(Signature {
                file: entry.file.clone(),
                digest: entry.digest.clone(),
                edition: entry.edition.clone(),
                signer: Signer {
                    name: entry.name.clone(),
                    role: entry.role.clone(),
                    registration: entry.registration.clone(),
                },
                date,
            }),
            Err(_) => fault("the date of a signature is no date"),
        }
    }
    for copy in files.iter().filter(|file| file.name.starts_with(SIGNED)) {
        if !signatures.iter().any(|one| copy.name == copy_name(&one.file) && one.digest == copy.digest()) {
            faults.push(copy.fault(0, "nobody has signed this text"));
        }
    }
    signatures
}

/// The signatures that hold for the text as it is.
pub(super) fn valid<'s>(signatures: &'s [Signature], file: &RuleFile) -> Vec<&'s Signature> {
    let digest = file.digest();
    signatures.iter().filter(|one| one.file == file.name && one.digest == digest).collect()
}

/// Have enough people signed the text as it is? One person counts once.
pub(super) fn is_signed(signatures: &[Signature], file: &RuleFile) -> bool {
    people(&valid(signatures, file)).len() >= REVIEWERS
}

fn people(signatures: &[&Signature]) -> BTreeSet<String> {
    signatures.iter().map(|one| person(&one.signer.name)).collect()
}

/// A name as it is compared: blanks and capitals do not make another person.
fn person(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The text of `file` as it was when it was last signed off.
pub(super) fn signed_text<'f>(files: &'f [RuleFile], file: &str) -> Option<&'f RuleFile> {
    let name = copy_name(file);
    files.iter().find(|copy| copy.name == name)
}

fn copy_name(file: &str) -> String {
    format!("{SIGNED}/{file}")
}

/// Signs the named files: the new texts of everything that has to be written into the folder.
///
/// A file that was signed by the same person is signed anew. Signatures under an earlier text, and that text itself, are
/// kept until enough people have signed the present one, so that each of them is shown the same changes.
///
/// # Errors
/// [`RulesError::Faults`] if the folder does not pass the check on `today`, if a file is not in it, or if the signer has
/// no name or role.
pub fn sign(files: &[RuleFile], names: &[String], signer: &Signer, today: Date) -> Result<Vec<RuleFile>, RulesError> {
    let book = check_files(files, today)?;
    let mut faults = Vec::new();
    let mut signatures = signatures(files, &mut faults);
    let plain = |text: &str| !text.trim().is_empty() && !text.chars().any(char::is_control);
    if !plain(&signer.name) || !plain(&signer.role) {
        faults.push(Fault {
            file: SIGNOFF.to_owned(),
            line: None,
            what: "who signs needs a name and a role".to_owned(),
        });
    }
    let mut written = Vec::new();
    for name in names {
        let Some(file) = files.iter().find(|file| file.holds_rules() && file.name == *name) else {
            faults.push(Fault { file: name.clone(), line: None, what: "is not among the rule files".to_owned() });
            continue;
        };
        let digest = file.digest();
        signatures.retain(|one| {
            one.file != *name || one.digest != digest || person(&one.signer.name) != person(&signer.name)
        });
        signatures.push(Signature {
            file: name.clone(),
            digest: digest.clone(),
            edition: book.edition().to_owned(),
            signer: signer.clone(),
            date: today,
        });
        if is_signed(&signatures, file) {
            signatures.retain(|one| one.file != *name || one.digest == digest);
            written.push(RuleFile { name: copy_name(name), text: file.text.clone() });
        }
    }
    if !faults.is_empty() {
        return Err(RulesError::Faults(faults));
    }
    signatures.sort_by(|a, b| (&a.file, a.date, &a.signer.name).cmp(&(&b.file, b.date, &b.signer.name)));
    written.push(RuleFile { name: SIGNOFF.to_owned(), text: printed(&signatures) });
    Ok(written)
}

fn printed(signatures: &[Signature]) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut text = "\
# Who compared which rule file with its sources, and when. Written by `herald rules sign`.
# A signature holds for the text with this SHA-256 and for no other; a file needs two people.
"
    .to_owned();
    for one in signatures {
        let registration = one.signer.registration.as_deref();
        let registration =
            registration.map_or_else(String::new, |number| format!("registration = {}\n", quoted(number)));
        text.push_str(&format!(
            "\n[[signature]]\nfile    = {}\ndigest  = {}\nedition = {}\nname    = {}\nrole    = {}\n{registration}date    = {}\n",
            quoted(&one.file),
            quoted(&one.digest),
            quoted(&one.edition),
            quoted(&one.signer.name),
            quoted(&one.signer.role),
            one.date,
        ));
    }
    text
}
