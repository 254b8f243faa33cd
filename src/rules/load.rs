//! Loading: every file is read, translated and proved, and all faults are reported at once.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::considerations;
use super::error::{Fault, RulesError};
use super::format::{CommonFile, Header, TableFile};
use super::order_safety;
use super::totality;
use super::translate::{self, Table};
use crate::domain::columns::Case;
use crate::domain::range::Range;
use crate::domain::rulebook::{NumberChecks, Row, Rulebook};
use crate::domain::specimen::Scoring;
use crate::domain::tumour::Tumour;

/// The file with what comes before any table.
const COMMON: &str = "every-tumour.toml";

/// One rule file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Name without directories.
    pub name: String,
    /// The whole text.
    pub text: String,
}

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../rules/", $name)))),+]
    };
}

/// The rule files that were built into this binary.
#[must_use]
pub fn embedded_files() -> Vec<RuleFile> {
    embedded!(
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

/// The rule files of a directory, in name order.
///
/// # Errors
/// [`RulesError::Unreadable`] if the directory or one of its files cannot be read.
pub fn files_in(dir: &Path) -> Result<Vec<RuleFile>, RulesError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |cause| RulesError::Unreadable { path, cause }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.ends_with(".toml") && name != "SIGNOFF.toml" {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.push(RuleFile { name: name.to_owned(), text });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The rules that were built into this binary.
///
/// # Errors
/// [`RulesError::Faults`] if they are not total; a test keeps such a binary from being built.
pub fn load_embedded() -> Result<Rulebook, RulesError> {
    load(&embedded_files())
}

/// The rules of a directory.
///
/// # Errors
/// [`RulesError`] if a file cannot be read or is not proved.
pub fn load_dir(dir: &Path) -> Result<Rulebook, RulesError> {
    load(&files_in(dir)?)
}

/// Proves the files and makes a rulebook of them.
///
/// # Errors
/// [`RulesError::Faults`] with every fault of every file.
pub fn load(files: &[RuleFile]) -> Result<Rulebook, RulesError> {
    let mut faults = Vec::new();
    let parsed = parse(files, &mut faults);
    let mut book = Rulebook {
        edition: "".into(),
        digest: digest(files).into(),
        signed_off: false,
        numbers: NumberChecks {
            fewest_cells: 0,
            consistency: crate::domain::decimal::Decimal::from(0),
            near_ratio: Vec::new(),
            near_copies: Vec::new(),
        },
        cases: Vec::new(),
        sets: Vec::new(),
        systems: Vec::new(),
        sources: BTreeMap::new(),
    };
    match parsed.common {
        Some(common) => take_common(&mut book, common, &mut faults),
        None if faults.is_empty() => faults.push(fault(COMMON, None, "this file is missing")),
        None => {}
    }
    let mut applies = Vec::new();
    for (name, table) in parsed.tables {
        let at = book.sets.len();
        applies.extend(table.applies.iter().map(|(tumour, scoring, rank)| (*tumour, *rank, *scoring, at)));
        for (id, source) in table.sources {
            if book.sources.insert(id.clone(), source).is_some() {
                faults.push(fault(&name, None, &format!("rule {id} stands in two files")));
            }
        }
        book.sets.push(table.set);
    }
    if faults.is_empty() {
        book.systems = systems(applies, &mut faults);
    }
    if faults.is_empty() { Ok(book) } else { Err(RulesError::Faults(faults)) }
}

pub(super) struct Parsed {
    pub common: Option<CommonFile>,
    pub tables: Vec<(String, Table)>,
    pub files: Vec<(String, TableFile)>,
}

/// Reads and proves each file by itself.
pub(super) fn parse(files: &[RuleFile], faults: &mut Vec<Fault>) -> Parsed {
    let mut parsed = Parsed { common: None, tables: Vec::new(), files: Vec::new() };
    for file in files {
        let line_of = |at: usize| file.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        let unreadable =
            |error: toml::de::Error| fault(&file.name, error.span().map(|span| line_of(span.start)), error.message());
        if file.name == COMMON {
            match toml::from_str::<CommonFile>(&file.text) {
                Ok(common) => {
                    check_header(&file.name, &common.ruleset, faults);
                    parsed.common = Some(common);
                }
                Err(error) => faults.push(unreadable(error)),
            }
            continue;
        }
        if file.name == considerations::FILE {
            if let Err(error) = considerations::read(&file.text) {
                faults.push(fault(&file.name, None, &error.whole()));
            }
            continue;
        }
        if file.name == order_safety::FILE {
            faults.extend(order_safety::read(&file.text).err().into_iter().flatten());
            continue;
        }
        match toml::from_str::<TableFile>(&file.text) {
            Ok(mirror) => {
                check_header(&file.name, &mirror.ruleset, faults);
                let mut table = translate::table(&mirror, line_of);
                let mut found = std::mem::take(&mut table.faults);
                found.extend(totality::faults(&mirror, &table));
                faults.extend(found.into_iter().map(|(line, what)| Fault { file: file.name.clone(), line, what }));
                parsed.tables.push((file.name.clone(), table));
                parsed.files.push((file.name.clone(), mirror));
            }
            Err(error) => faults.push(unreadable(error)),
        }
    }
    parsed
}

fn fault(file: &str, line: Option<usize>, what: &str) -> Fault {
    Fault { file: file.to_owned(), line, what: what.to_owned() }
}

fn check_header(file: &str, header: &Header, faults: &mut Vec<Fault>) {
    if file.strip_suffix(".toml") != Some(header.id.as_str()) {
        faults.push(fault(file, None, &format!("the id \"{}\" is not the name of the file", header.id)));
    }
    if header.cite.is_empty() {
        faults.push(fault(file, None, "the rule set cites no source"));
    }
    if translate::review_due(header).is_none() {
        faults.push(fault(file, None, "review_due is no date"));
    }
    if (file == COMMON) != header.edition.is_some() {
        faults.push(fault(file, None, "the edition stands in every-tumour.toml, and only there"));
    }
}

fn take_common(book: &mut Rulebook, common: CommonFile, faults: &mut Vec<Fault>) {
    let header = &common.ruleset;
    book.edition = header.edition.as_deref().unwrap_or_default().into();
    for case in Case::ALL {
        let entries: Vec<_> = common.case.iter().filter(|entry| entry.id.0 == *case).collect();
        let [entry] = entries.as_slice() else {
            faults.push(fault(COMMON, None, &format!("case {case} stands {} times, expected once", entries.len())));
            continue;
        };
        let id = translate::full_id(header, case.as_str());
        book.sources.insert(id.clone(), translate::source(header, None, &entry.because, false, entry.policy));
        book.cases.push(Row {
            id,
            category: entry.category.0,
            expression: None,
            provisional: None,
            next: entry.next.0,
            flags: entry.flags.iter().map(|flag| flag.0).collect(),
            comment: None,
        });
    }
    let ranges = |ends: Vec<super::format::Ends>| ends.into_iter().map(Range::from).collect();
    book.numbers = NumberChecks {
        fewest_cells: common.numbers.fewest_cells,
        consistency: common.numbers.consistency.0,
        near_ratio: ranges(common.numbers.near_ratio),
        near_copies: ranges(common.numbers.near_copies),
    };
}

/// For every tumour its systems, its own first.
fn systems(mut applies: Vec<(Tumour, u8, Scoring, usize)>, faults: &mut Vec<Fault>) -> Vec<Vec<(Scoring, usize)>> {
    applies.sort_unstable();
    Tumour::ALL
        .iter()
        .map(|tumour| {
            let of_tumour: Vec<_> = applies.iter().filter(|(named, ..)| named == tumour).collect();
            let ranks: Vec<u8> = of_tumour.iter().map(|(_, rank, ..)| *rank).collect();
            if *tumour == Tumour::Unknown && !ranks.is_empty() {
                faults.push(fault("rules", None, "an unknown tumour has no table: there is no default rule"));
            }
            if *tumour != Tumour::Unknown && !matches!(ranks.as_slice(), [1] | [1, 2]) {
                let count = ranks.len();
                faults.push(fault(
                    "rules",
                    None,
                    &format!("{tumour} has {count} tables with the ranks {ranks:?}, expected one of rank 1 and at most one of rank 2"),
                ));
            }
            of_tumour.into_iter().map(|(_, _, scoring, at)| (*scoring, *at)).collect()
        })
        .collect()
}

/// SHA-256 over names and texts in name order; line endings count as one line feed on every platform.
fn digest(files: &[RuleFile]) -> String {
    let mut sorted: Vec<&RuleFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in sorted {
        let text = file.text.replace("\r\n", "\n");
        for part in [&file.name, &text] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
