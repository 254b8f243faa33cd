//! Of several ISH results of one specimen the one that counts, and where they contradict each other none.
//!
//! A result that lacks a number decides nothing by itself, but it may deny what a complete one says: a corrected ratio that was
//! sent alone is such a result.

use super::columns::{IhcColumn, IshColumn};
use super::decimal::Quantity;
use super::evidence::ResultStatus;
use super::finding::{Category, Flag, NextStep};
use super::flags::Flags;
use super::ish::{Count, Ish, IshMethod};
use super::ish_reading::{self, IshReading};
use super::judge::{IshCounted, Question};
use super::recount;
use super::resolve::{IshCandidate, newer_first};
use super::rulebook::{Axis, RuleSet};

/// A result and what it says to the table.
struct Read<'q, 'e> {
    candidate: &'q IshCandidate<'e>,
    reading: IshReading,
}

impl Read<'_, '_> {
    fn is_dual(&self) -> bool {
        self.candidate.ish.is_some_and(|ish| ish.method == IshMethod::Dual)
    }

    fn is_usable(&self) -> bool {
        self.reading.column.is_usable()
    }

    /// A number is missing: the others stand, and leave more than one answer open.
    fn is_incomplete(&self) -> bool {
        use IshColumn::{CopiesOnly, CopiesOnlyLow, RatioOnly, RatioOnlyLow};
        matches!(self.reading.column, RatioOnly | RatioOnlyLow | CopiesOnly | CopiesOnlyLow)
    }

    /// Counted with both probes for certain, since a ratio says so.
    fn counts_two_probes(&self) -> bool {
        self.is_dual() && self.candidate.ish.is_some_and(|ish| ish.count.ratio.is_some())
    }

    fn is_word_alone(&self) -> bool {
        use IshColumn::{WordEquivocal, WordNegative, WordPositive};
        matches!(self.reading.column, WordPositive | WordNegative | WordEquivocal)
    }

    /// Does a number that was sent alone lie on the other side of its threshold than the word that counts?
    fn denies_word(&self, word: IshColumn) -> bool {
        use IshColumn::{CopiesOnly, CopiesOnlyLow, RatioOnly, RatioOnlyLow, WordNegative, WordPositive};
        match self.reading.column {
            RatioOnlyLow | CopiesOnlyLow => word == WordPositive,
            RatioOnly | CopiesOnly => word == WordNegative,
            _ => false,
        }
    }

    fn is_amended(&self) -> bool {
        self.candidate.status == ResultStatus::Amended
    }
}

/// The table that is asked, with the IHC of the specimen.
struct Table<'t, 'r, 'e> {
    question: &'t Question<'r, 'e>,
    set: &'r RuleSet,
    ihc: IhcColumn,
}

impl<'e> Table<'_, '_, 'e> {
    fn read<'q>(&self, candidate: &'q IshCandidate<'e>) -> Option<Read<'q, 'e>> {
        let reading = match candidate.ish {
            Some(ish) => ish_reading::read(&self.question.rules.numbers, &self.set.ish, ish)?,
            None => IshReading::not_assessable(),
        };
        Some(Read { candidate, reading })
    }

    fn category_of(&self, ish: Option<&Ish>, column: IshColumn) -> Category {
        let second = recount::confirm(&self.set.ish, self.ihc, column, ish);
        self.question.row(self.set, self.ihc, column, second).category
    }

    fn category(&self, one: &Read<'_, '_>) -> Category {
        self.category_of(one.candidate.ish, one.reading.column)
    }

    /// Would the chosen result lead to another category with the numbers of an incomplete one?
    fn is_denied_by(&self, chosen: &Read<'_, '_>, other: &Read<'_, '_>) -> bool {
        let (Some(own), Some(said)) = (chosen.candidate.ish, other.candidate.ish) else { return false };
        if chosen.is_word_alone() {
            let by_ihc = self.category_of(None, IshColumn::Missing);
            return by_ihc != Category::Positive && other.denies_word(chosen.reading.column);
        }
        let told = with_numbers_of(own, &said.count);
        let reading = ish_reading::read(&self.question.rules.numbers, &self.set.ish, &told);
        reading.is_some_and(|reading| self.category_of(Some(&told), reading.column) != self.category(chosen))
    }
}

/// Dual before single probe, usable before unusable, then the newer; where usable ones lead to different categories, the one
/// that is amended, or none. An incomplete one that contradicts the choice leaves none either.
pub(super) fn choose<'r, 'e>(question: &Question<'r, 'e>, set: &'r RuleSet, ihc: IhcColumn) -> IshCounted<'e> {
    let table = Table { question, set, ihc };
    let mut all: Vec<_> = question.counted.ish.iter().filter_map(|candidate| table.read(candidate)).collect();
    if let Some(at) = only_correction(&all) {
        // failed, implausible or too few cells: the count that it corrects does not come back for that
        all = vec![all.swap_remove(at)];
    }
    let unsound = Unsound::among(&all);
    let (mut read, incomplete) = usable_first(all);
    let differ = read.iter().all(Read::is_usable)
        && read.windows(2).any(|pair| table.category(&pair[0]) != table.category(&pair[1]));
    if differ {
        if read.iter().filter(|one| one.is_amended()).count() != 1 {
            return conflicting(&read);
        }
        read.retain(Read::is_amended);
    }
    let Some(chosen) = read.first() else { return IshCounted::none() };
    let is_denied = if chosen.is_usable() {
        let only_correction = chosen.is_amended() && !incomplete.iter().any(Read::is_amended);
        !only_correction && incomplete.iter().any(|other| table.is_denied_by(chosen, other))
    } else {
        let is_open = |one: &Read<'_, '_>| !matches!(table.category(one), Category::Positive | Category::Negative);
        read.iter().any(is_open) && numbers_contradict(set, &read)
    };
    if is_denied {
        read.extend(incomplete);
        return conflicting(&read);
    }
    let told = unsound.beside(chosen);
    let Read { candidate, reading } = read.swap_remove(0);
    IshCounted {
        column: reading.column,
        shown: candidate.ish,
        group: reading.group,
        time: candidate.time,
        flags: reading.flags.union(told),
        next: if told.is_empty() { NextStep::None } else { NextStep::LabClarification },
        lab_word: reading.lab_word,
    }
}

/// Results whose numbers cannot be right. Beside another one they decide nothing, and still the laboratory has to be asked: nobody
/// knows which of the two was the slip (clinical guide, 4.2 (3) and (5); fhir/guide.md D6).
struct Unsound {
    flags: Flags,
    is_amended: bool,
}

impl Unsound {
    fn among(all: &[Read<'_, '_>]) -> Self {
        let mut unsound = Self { flags: Flags::NONE, is_amended: false };
        for one in all {
            match one.reading.column {
                IshColumn::Implausible => unsound.flags.insert(Flag::ImplausibleValue),
                IshColumn::Inconsistent => unsound.flags.insert(Flag::RatioCopyInconsistent),
                _ => continue,
            }
            unsound.is_amended |= one.is_amended();
        }
        unsound
    }

    /// What is to be told beside the chosen result. A correction settles what it corrects.
    fn beside(&self, chosen: &Read<'_, '_>) -> Flags {
        let settled = chosen.is_amended() && !self.is_amended;
        let counts = chosen.is_usable() || chosen.is_incomplete();
        if counts && !settled { self.flags } else { Flags::NONE }
    }
}

/// The only result that was amended, where it says by itself that it cannot be used.
fn only_correction(read: &[Read<'_, '_>]) -> Option<usize> {
    let mut amended = read.iter().enumerate().filter(|(_, one)| one.is_amended());
    let (at, one) = amended.next().filter(|_| amended.next().is_none())?;
    let unusable = matches!(one.reading.column, IshColumn::Failed | IshColumn::Implausible | IshColumn::TooFewCells);
    (unusable && one.candidate.ish.is_some()).then_some(at)
}

/// The results that may count, the newest first, and the incomplete ones beside them. Without a usable one all of them, none beside.
fn usable_first<'q, 'e>(mut read: Vec<Read<'q, 'e>>) -> (Vec<Read<'q, 'e>>, Vec<Read<'q, 'e>>) {
    if read.iter().any(|one| (one.is_usable() && one.is_dual()) || (one.is_incomplete() && one.counts_two_probes())) {
        // what cannot be assessed has no probe, and stands where nothing else does
        read.retain(|one| one.is_dual() || one.candidate.ish.is_none());
    }
    let mut incomplete = Vec::new();
    if read.iter().any(Read::is_usable) {
        (read, incomplete) = read.into_iter().partition(Read::is_usable);
        incomplete.retain(Read::is_incomplete);
    }
    read.sort_by(|a, b| {
        newer_first(a.candidate.time, b.candidate.time)
            .then_with(|| a.reading.column.cmp(&b.reading.column))
            .then_with(|| shown_numbers(a.candidate.ish).cmp(&shown_numbers(b.candidate.ish)))
    });
    (read, incomplete)
}

/// A count as it would be if the numbers of another result took the place of its own.
fn with_numbers_of(own: &Ish, said: &Count) -> Ish {
    let count = Count {
        ratio: said.ratio.clone().or_else(|| own.count.ratio.clone().filter(|_| said.cep17.is_none())),
        her2: said.her2.clone().or_else(|| own.count.her2.clone()),
        // what was counted before does not fit a corrected ratio
        cep17: said.cep17.clone().or_else(|| own.count.cep17.clone().filter(|_| said.ratio.is_none())),
        cells: own.count.cells,
        cells_below: own.count.cells_below,
    };
    Ish { count, ..own.clone() }
}

/// Do two incomplete results with the same number lie on different sides of a threshold?
fn numbers_contradict(set: &RuleSet, read: &[Read<'_, '_>]) -> bool {
    let incomplete = || read.iter().filter(|one| one.is_incomplete()).filter_map(|one| one.candidate.ish);
    let number = |ish: &Ish, axis| match axis {
        Axis::Ratio => ish.count.ratio.clone(),
        Axis::Copies => ish.count.her2.clone(),
        Axis::PercentCells => None,
    };
    Axis::ALL.into_iter().any(|axis| {
        let mut sides = incomplete().filter_map(|ish| {
            let number = number(ish, axis)?;
            Some(set.ish.side_of(ish.method, axis, &number))
        });
        let first = sides.next();
        sides.any(|side| first.as_ref().is_some_and(|first| *first != side))
    })
}

/// Results that contradict each other: the newer is shown, without a group. The row of the table says what is to be done.
fn conflicting<'e>(read: &[Read<'_, 'e>]) -> IshCounted<'e> {
    let mut flags: Flags = read.iter().flat_map(|one| one.reading.flags.iter()).collect();
    flags.insert(Flag::ConflictingResults);
    IshCounted {
        column: IshColumn::Conflicting,
        shown: read.first().and_then(|one| one.candidate.ish),
        time: read.first().and_then(|one| one.candidate.time),
        flags,
        ..IshCounted::none()
    }
}

/// Makes the choice between equal results independent of the order of sending.
fn shown_numbers(ish: Option<&Ish>) -> Option<impl Ord> {
    let ish = ish?;
    let sent = |count: &Count| {
        let numbers = [&count.ratio, &count.her2, &count.cep17];
        (numbers.map(|number| number.as_ref().map(Quantity::as_sent)), count.cells)
    };
    let recount = ish.recount.as_ref().map(|second| (sent(&second.count), second.blinded));
    let percent = ish.percent_cells_ratio_ge_2.as_ref().map(Quantity::as_sent);
    Some((sent(&ish.count), percent, ish.interpretation, recount))
}
