//! The proof that a table has no hole and no overlap: every cell of the product of its columns has exactly one row, every
//! word of the laboratory exactly one answer, every negative of breast its label term.
//!
//! That every score and every number leads to a column of the table is proved in `reach` and `planes`.

use std::collections::BTreeSet;

use super::cell::in_words;
use super::entries::Faults;
use super::format::TableFile;
use super::translate::{Table, promised};
use super::{ids, planes, reach};
use crate::domain::columns::{IhcColumn, IshColumn, RecountColumn};
use crate::domain::evidence::OverallWord;
use crate::domain::finding::Category;
use crate::domain::tumour::Tumour;

/// Everything that is wrong with one table, beyond what its file already shows.
pub(super) fn faults(file: &TableFile, table: &Table) -> Faults {
    let mut faults = Faults::new();
    holes(file, table, &mut faults);
    idle_rows(file, table, &mut faults);
    planes::faults(file, table, &mut faults);
    reach::faults(file, table, &mut faults);
    words(file, table, &mut faults);
    expressions(file, table, &mut faults);
    beside_the_category(file, &mut faults);
    faults
}

fn holes(file: &TableFile, table: &Table, faults: &mut Faults) {
    let pairs = file.staining.columns.iter().flat_map(|ihc| file.ish.columns.iter().map(move |ish| (ihc.0, ish.0)));
    for (ihc, ish) in pairs {
        let empty: Vec<RecountColumn> = RecountColumn::ALL
            .iter()
            .copied()
            .filter(|second| table.set.cells.get(ihc, ish, *second).is_none())
            .collect();
        if !empty.is_empty() {
            let cell = in_words(file, ihc, ish, &empty);
            faults.push((near(file, table, ihc, ish), format!("no row for {cell}, expected exactly one")));
        }
    }
}

/// Where the row of an empty cell would stand: beside another count of the cell, else beside a row of its IHC column or of
/// its ISH column, whichever has fewer rows; of these the one with the fewest cells.
fn near(file: &TableFile, table: &Table, ihc: IhcColumn, ish: IshColumn) -> usize {
    let taken: Vec<(IhcColumn, IshColumn, u16)> = promised(file)
        .filter_map(|(ihc, ish, second)| Some((ihc, ish, table.set.cells.get(ihc, ish, second)?)))
        .collect();
    let rows = |is_near: fn(bool, bool) -> bool| -> BTreeSet<u16> {
        taken.iter().filter(|cell| is_near(cell.0 == ihc, cell.1 == ish)).map(|cell| cell.2).collect()
    };
    let candidates = [rows(|ihc, ish| ihc && ish), rows(|ihc, _| ihc), rows(|_, ish| ish)];
    let fewest = candidates.into_iter().filter(|rows| !rows.is_empty()).min_by_key(BTreeSet::len);
    let cells_of = |row: &u16| taken.iter().filter(|cell| cell.2 == *row).count();
    let row = fewest.and_then(|rows| rows.into_iter().min_by_key(cells_of));
    row.and_then(|row| file.row.get(usize::from(row))).map_or(file.ish.at(), |row| row.at())
}

/// A row that covers no cell would be read by a clinician and never used; an id names one row for ever.
fn idle_rows(file: &TableFile, table: &Table, faults: &mut Faults) {
    let used: BTreeSet<u16> =
        promised(file).filter_map(|(ihc, ish, second)| table.set.cells.get(ihc, ish, second)).collect();
    for (at, row) in file.row.iter().enumerate() {
        if u16::try_from(at).is_ok_and(|at| !used.contains(&at)) {
            faults.push((row.at(), format!("row {} covers no cell", row.id)));
        }
    }
    let rows = file.row.iter().map(|row| (row.at(), &*row.id));
    let words = file.word.iter().map(|word| (word.at(), &*word.id));
    faults.extend(ids::taken(rows.chain(words), &file.ruleset.retired));
}

/// Every tumour of the file has exactly one answer to every word.
fn words(file: &TableFile, table: &Table, faults: &mut Faults) {
    for (tumour, ..) in table.applies.iter().filter(|(tumour, ..)| *tumour != Tumour::Unknown) {
        for word in OverallWord::ALL {
            let rows = table.set.words.iter().zip(&file.word);
            let mut rows = rows.filter(|(row, _)| row.word == *word && row.tumours.contains(tumour));
            let Some((_, first)) = rows.next() else {
                let at = file.word.last().map_or(file.ruleset.at(), |entry| entry.at());
                faults.push((at, format!("no row for the word {word} in {tumour}, expected exactly one")));
                continue;
            };
            for (_, other) in rows {
                let what = format!("two rows for the word {word} in {tumour}: {} and {}", first.id, other.id);
                faults.push((other.at(), what));
            }
        }
    }
}

/// Where a file knows label terms, every negative has one.
fn expressions(file: &TableFile, table: &Table, faults: &mut Faults) {
    let Some(first) = file.expression.first() else { return };
    let mut reported = BTreeSet::new();
    for (ihc, ish, second) in promised(file) {
        let row = table.set.cells.get(ihc, ish, second).and_then(|at| table.set.rows.get(usize::from(at)));
        if row.is_some_and(|row| row.category == Category::Negative)
            && table.set.expressions[ihc as usize].is_none()
            && reported.insert(ihc)
        {
            faults.push((first.at(), format!("IHC {ihc} may be negative but has no expression")));
        }
    }
}

/// A provisional status stands beside an equivocal one, a comment beside a negative one.
fn beside_the_category(file: &TableFile, faults: &mut Faults) {
    for row in &file.row {
        let id = &row.id;
        if row.provisional.is_some() && row.category.0 != Category::Equivocal {
            faults.push((row.at(), format!("row {id} has a provisional status but is not equivocal")));
        }
        if row.comment.is_some() && row.category.0 != Category::Negative {
            faults.push((row.at(), format!("row {id} has a comment but is not negative")));
        }
    }
}
