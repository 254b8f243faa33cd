//! Loading: every file is read, translated and proved, and all faults are reported at once.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use super::considerations;
use super::entries::{self, Faults, Placed};
use super::error::{Fault, RulesError};
use super::files::{RuleFile, digest, embedded_files, files_in};
use super::format::{CommonFile, Header, TableFile};
use super::ids::misnamed;
use super::order_safety;
use super::signoff::{is_signed, signatures};
use super::sources::{self, overdue};
use super::systems::{Claim, systems};
use super::totality;
use super::translate::{self, Table};
use crate::domain::columns::Case;
use crate::domain::range::Range;
use crate::domain::rulebook::{NumberChecks, Row, Rulebook};

/// The file with what comes before any table.
pub(super) const COMMON: &str = "every-tumour.toml";

/// Whether tables are proved total while they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// They are.
    Now,
    /// A test has done so, and no binary is built without it.
    Before,
}

/// The rules that were built into this binary. They are read without being proved again, which takes longer than all the rest
/// of a start.
///
/// # Errors
/// [`RulesError::Faults`] if they cannot be read.
pub fn load_embedded() -> Result<Rulebook, RulesError> {
    book(&embedded_files(), Proof::Before)
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
    book(files, Proof::Now)
}

fn book(files: &[RuleFile], proof: Proof) -> Result<Rulebook, RulesError> {
    let mut faults = Vec::new();
    let parsed = parse(files, proof, &mut faults);
    let signatures = signatures(files, &mut faults);
    let unsigned = files.iter().filter(|file| file.holds_rules() && !is_signed(&signatures, file));
    let mut book = Rulebook {
        edition: "".into(),
        digest: digest(files).into(),
        unsigned: unsigned.map(|file| file.name.as_str().into()).collect(),
        review_due: earliest_review(files, &mut faults),
        numbers: NumberChecks {
            fewest_cells: 0,
            consistency: crate::domain::decimal::Decimal::from(0),
            most_copies: crate::domain::decimal::Decimal::from(0),
            near_ratio: Vec::new(),
            near_copies: Vec::new(),
        },
        cases: Vec::new(),
        sets: Vec::new(),
        systems: Vec::new(),
        sources: BTreeMap::new(),
    };
    match parsed.common {
        Some((file, common)) => take_common(&mut book, file, &common, &mut faults),
        None if files.iter().any(|file| file.name == COMMON) => {}
        None => faults.push(Fault { file: COMMON.to_owned(), line: None, what: "this file is missing".to_owned() }),
    }
    let mut claims = Vec::new();
    for Proved { file, mirror, table } in parsed.tables {
        let set = book.sets.len();
        for group in &mirror.ruleset.applies {
            let (scoring, rank) = (group.scoring.0, group.rank);
            let claim =
                |tumour: &super::format::Word<_>| Claim { tumour: tumour.0, rank, scoring, set, file, at: group.at() };
            claims.extend(group.tumours.iter().map(claim));
        }
        book.sources.extend(table.sources);
        book.sets.push(table.set);
    }
    // A file that could not be read would only seem to leave its tumours without a table.
    if parsed.unread_tables == 0 {
        book.systems = systems(claims, &mut faults);
    }
    if faults.is_empty() { Ok(book) } else { Err(RulesError::Faults(faults)) }
}

/// Proves the files as [`load`] does and holds each of them against its day of review.
///
/// # Errors
/// [`RulesError::Faults`] with every fault of every file, those that are overdue on `today` among them.
pub fn check_files(files: &[RuleFile], today: Date) -> Result<Rulebook, RulesError> {
    let late = overdue(files, today);
    match load(files) {
        Ok(book) if late.is_empty() => Ok(book),
        Ok(_) => Err(RulesError::Faults(late)),
        Err(RulesError::Faults(faults)) => Err(RulesError::Faults(faults.into_iter().chain(late).collect())),
        Err(other) => Err(other),
    }
}

/// The first day on which one of the files is due for review.
fn earliest_review(files: &[RuleFile], faults: &mut Vec<Fault>) -> Date {
    let mut earliest = Date::MAX;
    for file in files.iter().filter(|file| file.holds_rules()) {
        match sources::review_due(file) {
            Ok(due) => earliest = due.map_or(earliest, |(due, _)| due.min(earliest)),
            Err(fault) => faults.push(fault),
        }
    }
    earliest
}

/// The files that could be read.
pub(super) struct Parsed<'f> {
    pub common: Option<(&'f RuleFile, CommonFile)>,
    pub tables: Vec<Proved<'f>>,
    /// Tables that could not be read at all.
    pub unread_tables: usize,
}

/// A table with its file.
pub(super) struct Proved<'f> {
    pub file: &'f RuleFile,
    pub mirror: TableFile,
    pub table: Table,
}

/// Reads each file by itself, and proves it if it has not been proved before.
pub(super) fn parse<'f>(files: &'f [RuleFile], proof: Proof, faults: &mut Vec<Fault>) -> Parsed<'f> {
    let mut parsed = Parsed { common: None, tables: Vec::new(), unread_tables: 0 };
    for file in files.iter().filter(|file| file.holds_rules()) {
        let found = match &*file.name {
            considerations::FILE => considerations::read(&file.text).map(|_| Faults::new()),
            order_safety::FILE => order_safety::read(&file.text).map(|_| Faults::new()),
            COMMON => entries::read::<CommonFile>(&file.text).map(|common| {
                let found = sources::of_common(&common);
                check_header(file, &common.ruleset, faults);
                parsed.common = Some((file, common));
                found
            }),
            _ => {
                let read = entries::read::<TableFile>(&file.text);
                parsed.unread_tables += usize::from(read.is_err());
                read.map(|mirror| {
                    check_header(file, &mirror.ruleset, faults);
                    let mut table = translate::table(&mirror);
                    let mut found = std::mem::take(&mut table.faults);
                    if proof == Proof::Now {
                        found.extend(totality::faults(&mirror, &table));
                    }
                    found.extend(sources::of_table(&mirror));
                    parsed.tables.push(Proved { file, mirror, table });
                    found
                })
            }
        };
        let (Ok(found) | Err(found)) = found;
        faults.extend(file.faults(found));
    }
    parsed
}

fn check_header(file: &RuleFile, header: &Placed<Header>, faults: &mut Vec<Fault>) {
    if let Some(what) = misnamed(&header.id, &file.name) {
        faults.push(file.fault(header.at(), &what));
    }
    if (file.name == COMMON) != header.edition.is_some() {
        faults.push(file.fault(header.at(), "the edition stands in every-tumour.toml, and only there"));
    }
}

fn take_common(book: &mut Rulebook, file: &RuleFile, common: &CommonFile, faults: &mut Vec<Fault>) {
    let header = &common.ruleset;
    book.edition = header.edition.as_deref().unwrap_or_default().into();
    for case in Case::ALL {
        let entries: Vec<_> = common.case.iter().filter(|entry| entry.id.0 == *case).collect();
        let [entry] = entries.as_slice() else {
            let at = entries.last().or(common.case.last().as_ref()).map_or(0, |entry| entry.at());
            faults.push(file.fault(at, &format!("case {case} stands {} times, expected once", entries.len())));
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
    let ranges = |ends: &[super::format::Ends]| ends.iter().cloned().map(Range::from).collect();
    book.numbers = NumberChecks {
        fewest_cells: common.numbers.fewest_cells,
        consistency: common.numbers.consistency.0.clone(),
        most_copies: common.numbers.most_copies.0.clone(),
        near_ratio: ranges(&common.numbers.near_ratio),
        near_copies: ranges(&common.numbers.near_copies),
    };
}
