//! The files of a rule folder: those of the binary, or those of a directory.

use std::collections::BTreeSet;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::cases;
use super::entries::Faults;
use super::error::{Fault, RulesError};

/// Who has signed which file.
pub const SIGNOFF: &str = "SIGNOFF.toml";

/// The texts as they were when they were last signed, so that a sheet can tell what has changed since.
pub(super) const SIGNED: &str = "signed";

/// One file of a rule folder as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Name without directories; of a text that was signed earlier `signed/` and its name.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl RuleFile {
    /// Does it hold rules? The signatures and the texts of earlier signatures do not.
    #[must_use]
    pub fn holds_rules(&self) -> bool {
        self.name != SIGNOFF && !self.name.contains('/')
    }

    /// `sha256:` and the SHA-256 of the text; line endings count as one line feed on every platform.
    #[must_use]
    pub fn digest(&self) -> String {
        in_hex(Sha256::digest(self.text.replace("\r\n", "\n")).as_slice())
    }

    pub(super) fn fault(&self, at: usize, what: &str) -> Fault {
        let line = 1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        Fault { file: self.name.clone(), line: Some(line), what: what.to_owned() }
    }

    /// Everything that was found in it, by place and each once.
    pub(super) fn faults(&self, found: Faults) -> Vec<Fault> {
        let found: BTreeSet<(usize, String)> = found.into_iter().collect();
        found.into_iter().map(|(at, what)| self.fault(at, &what)).collect()
    }
}

/// The file of this name, which has to be there.
pub(super) fn named<'f>(files: &'f [RuleFile], name: &str) -> Result<&'f RuleFile, RulesError> {
    files.iter().find(|file| file.name == name).ok_or_else(|| {
        let what = "this file is missing".to_owned();
        RulesError::Faults(vec![Fault { file: name.to_owned(), line: None, what }])
    })
}

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../rules/", $name)))),+]
    };
}

/// The rule files that were built into this binary, with their signatures.
#[must_use]
pub fn embedded_files() -> Vec<RuleFile> {
    embedded!(
        "SIGNOFF.toml",
        "breast-asco-cap-2018.toml",
        "colorectal-heracles-2015.toml",
        "considerations.toml",
        "endometrial-nct01367002.toml",
        "every-tumour.toml",
        "gastric-cap-2016.toml",
        "order-safety.toml",
        "solid-tdxd-label-2024.toml",
    )
    .into_iter()
    .map(|(name, text)| RuleFile { name: name.to_owned(), text: text.to_owned() })
    .collect()
}

/// The files of a directory, in name order: rules, signatures, and what was signed.
///
/// # Errors
/// [`RulesError::Unreadable`] if the directory or one of its files cannot be read.
pub fn files_in(dir: &Path) -> Result<Vec<RuleFile>, RulesError> {
    let mut files = files_ending(dir, "", TOML)?;
    if dir.join(SIGNED).is_dir() {
        files.extend(files_ending(&dir.join(SIGNED), "signed/", TOML)?);
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The worked cases of a directory, in name order.
///
/// # Errors
/// [`RulesError::Unreadable`] if the directory or one of its files cannot be read.
pub fn cases_in(dir: &Path) -> Result<Vec<RuleFile>, RulesError> {
    let mut files = files_ending(dir, "", cases::ENDING)?;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

const TOML: &str = ".toml";

fn files_ending(dir: &Path, prefix: &str, ending: &str) -> Result<Vec<RuleFile>, RulesError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |cause| RulesError::Unreadable { path, cause }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.ends_with(ending) {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.push(RuleFile { name: format!("{prefix}{name}"), text });
        }
    }
    Ok(files)
}

/// SHA-256 over names and texts of the files that hold rules, in name order.
pub(super) fn digest(files: &[RuleFile]) -> String {
    let mut sorted: Vec<&RuleFile> = files.iter().filter(|file| file.holds_rules()).collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in sorted {
        let text = file.text.replace("\r\n", "\n");
        for part in [&file.name, &text] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    in_hex(hash.finalize().as_slice())
}

fn in_hex(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
