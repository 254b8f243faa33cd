//! The decision tables as the classifier uses them: loaded once, proved total, then only looked up.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::columns::{Case, IhcColumn, IshColumn, RecountColumn};
use super::decimal::Decimal;
use super::evidence::OverallWord;
use super::finding::{Category, Comment, Expression, Flag, NextStep, Provisional};
use super::ihc::{IhcScore, IhcWord, MembranePattern, StainingIntensity};
use super::ish::IshMethod;
use super::range::Range;
use super::specimen::{Scoring, SpecimenKind};
use super::thresholds::Threshold;
use super::tumour::Tumour;

/// Every rule of an edition.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The edition that cards name, `2026.11`.
    pub edition: Box<str>,
    /// `sha256:<hex>` over all rule files.
    pub digest: Box<str>,
    /// Names of the rule files that are not signed as they are.
    pub unsigned: Vec<Box<str>>,
    /// The first day on which one of the files is due for review.
    pub review_due: Date,
    /// Checks of ISH numbers that hold for every tumour.
    pub numbers: NumberChecks,
    /// Findings that need no table, in the order of [`Case`].
    pub cases: Vec<Row>,
    /// The tables.
    pub sets: Vec<RuleSet>,
    /// For every tumour (in the order of [`Tumour`]) its systems with the index of their table; its own system first.
    pub systems: Vec<Vec<(Scoring, usize)>>,
    /// Reasons and sources by the full id of a row.
    pub sources: BTreeMap<smol_str::SmolStr, RuleSource>,
}

impl Rulebook {
    /// The edition that cards name.
    #[must_use]
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// `sha256:<hex>` over all rule files.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// True only if every rule file is signed by its reviewers, and none is overdue for review on the day `today`.
    #[must_use]
    pub fn signed_off(&self, today: Date) -> bool {
        self.unsigned.is_empty() && today <= self.review_due
    }

    /// Why a row says what it says, by its full id (`breast-asco-cap-2018/G4-2plus`).
    #[must_use]
    pub fn source_of(&self, rule: &str) -> Option<&RuleSource> {
        self.sources.get(rule)
    }

    pub(super) fn case(&self, case: Case) -> &Row {
        &self.cases[case as usize]
    }

    /// The systems that the tumour may be scored with, its own first.
    #[must_use]
    pub fn systems_of(&self, tumour: Tumour) -> &[(Scoring, usize)] {
        self.systems.get(tumour as usize).map_or(&[], Vec::as_slice)
    }
}

/// The reason and the source of one row, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSource {
    /// The guideline in words.
    pub guideline: Box<str>,
    /// Citations: of the row where it has its own, else of the rule set.
    pub cite: Vec<Box<str>>,
    /// Why the row says what it says, in own words.
    pub because: Box<str>,
    /// The row rests on a line that has not been compared with its source.
    pub unconfirmed: bool,
    /// The row is a policy of this service, not a guideline's.
    pub policy: bool,
    /// The set is due for review on this day.
    pub review_due: Date,
}

/// Checks of ISH numbers before any table is asked.
#[derive(Debug, Clone)]
pub struct NumberChecks {
    /// Fewer counted cells do not count.
    pub fewest_cells: u32,
    /// Largest difference between copies and ratio × CEP17, as a share of CEP17, that is still rounding.
    pub consistency: Decimal,
    /// From here on a mean of copies per nucleus cannot be one: sums over all cells are sent in its place.
    pub most_copies: Decimal,
    /// Ratios that lie near a threshold.
    pub near_ratio: Vec<Range>,
    /// Copy numbers that lie near a threshold.
    pub near_copies: Vec<Range>,
}

/// One table: a family of tumours under one scoring system.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// `breast-asco-cap-2018`.
    pub id: Box<str>,
    /// The tumours in words, for people.
    pub title: Box<str>,
    /// How a score is held against its own details.
    pub staining: StainingRules,
    /// How ISH numbers become a column.
    pub ish: IshRules,
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// Index of the row of each cell.
    pub cells: Cells,
    /// What a word alone gives.
    pub words: Vec<WordRow>,
    /// The label term of a negative, by the IHC column.
    pub expressions: Vec<Option<LabelTerm>>,
    /// What one tumour adds to the table.
    pub additions: Vec<Addition>,
}

impl RuleSet {
    pub(super) fn row(&self, ihc: IhcColumn, ish: IshColumn, recount: RecountColumn) -> Option<&Row> {
        self.rows.get(usize::from(self.cells.get(ihc, ish, recount)?))
    }

    pub(super) fn word_row(&self, word: OverallWord, tumour: Tumour) -> Option<&Row> {
        self.words.iter().find(|row| row.word == word && row.tumours.contains(&tumour)).map(|row| &row.row)
    }

    pub(super) fn expression(&self, ihc: IhcColumn) -> Option<(Expression, NextStep)> {
        self.expressions.get(ihc as usize).copied().flatten().map(|term| (term.expression, term.next))
    }
}

/// The label term of a negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelTerm {
    /// The term.
    pub expression: Expression,
    /// What would make it known.
    pub next: NextStep,
    /// Not compared with its source.
    pub unconfirmed: bool,
}

/// Row index by IHC, ISH and recount: one look-up per question.
#[derive(Debug, Clone)]
pub struct Cells(Box<[Option<u16>]>);

impl Cells {
    /// A table without rows.
    #[must_use]
    pub fn empty() -> Self {
        Self(vec![None; IhcColumn::ALL.len() * IshColumn::ALL.len() * RecountColumn::ALL.len()].into())
    }

    const fn at(ihc: IhcColumn, ish: IshColumn, recount: RecountColumn) -> usize {
        (ihc as usize * IshColumn::ALL.len() + ish as usize) * RecountColumn::ALL.len() + recount as usize
    }

    /// The row of a cell.
    #[must_use]
    pub fn get(&self, ihc: IhcColumn, ish: IshColumn, recount: RecountColumn) -> Option<u16> {
        self.0[Self::at(ihc, ish, recount)]
    }

    /// Gives a cell its row; the row that stood there before is returned.
    pub fn put(&mut self, ihc: IhcColumn, ish: IshColumn, recount: RecountColumn, row: u16) -> Option<u16> {
        self.0[Self::at(ihc, ish, recount)].replace(row)
    }
}

/// What one row decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Full id: rule set and row.
    pub id: smol_str::SmolStr,
    /// The status.
    pub category: Category,
    /// Where the row itself says so.
    pub expression: Option<Expression>,
    /// Beside an equivocal status.
    pub provisional: Option<Provisional>,
    /// The step.
    pub next: NextStep,
    /// Remarks.
    pub flags: Vec<Flag>,
    /// Comment that the guideline asks for.
    pub comment: Option<Comment>,
}

/// What a word alone gives in some tumours.
#[derive(Debug, Clone)]
pub struct WordRow {
    /// The word.
    pub word: OverallWord,
    /// The tumours it is about.
    pub tumours: Vec<Tumour>,
    /// The answer.
    pub row: Row,
}

/// How a score is held against its own details.
#[derive(Debug, Clone, Default)]
pub struct StainingRules {
    /// Details that contradict the score, with the flag for it.
    pub contradictions: Vec<(StainingCondition, Flag)>,
    /// Contradictions that leave the category of the score as it is.
    pub mild: Option<MildContradiction>,
    /// Remarks that change nothing.
    pub remarks: Vec<(StainingCondition, Flag)>,
    /// Details that lead to a column of their own; the first that holds.
    pub readings: Vec<(StainingCondition, IhcColumn)>,
    /// The columns of the words positive, equivocal and negative.
    pub words: Vec<(IhcWord, IhcColumn)>,
}

/// Contradictions that leave the category of the score as it is.
#[derive(Debug, Clone)]
pub struct MildContradiction {
    /// Where a contradiction is mild.
    pub condition: StainingCondition,
    /// The column it is read as.
    pub column: IhcColumn,
    /// The step, whatever the ISH.
    pub next: NextStep,
}

/// One detail of an IHC result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Percentage of stained cells.
    Percent,
    /// Membrane pattern.
    Pattern,
    /// Staining intensity.
    Intensity,
}

/// All parts that are named must hold. A detail that was not sent fulfils no part that asks for it.
#[derive(Debug, Clone, Default)]
pub struct StainingCondition {
    /// One of these scores.
    pub score: Vec<IhcScore>,
    /// One of these kinds of specimen; none named: any.
    pub kind: Vec<SpecimenKind>,
    /// Percentage of stained cells.
    pub percent: Option<Range>,
    /// Cohesive stained cells.
    pub cluster_cells: Option<Range>,
    /// One of these patterns.
    pub pattern: Vec<MembranePattern>,
    /// None of these patterns; a missing one is none of them.
    pub pattern_not: Vec<MembranePattern>,
    /// One of these intensities.
    pub intensity: Vec<StainingIntensity>,
    /// None of these intensities; a missing one is none of them.
    pub intensity_not: Vec<StainingIntensity>,
    /// These details were not sent.
    pub not_sent: Vec<Detail>,
}

/// How ISH numbers become a column.
#[derive(Debug, Clone)]
pub struct IshRules {
    /// Each point of the plane lies in exactly one.
    pub bands: Vec<IshBand>,
    /// Where the bands meet.
    pub thresholds: Vec<Threshold>,
    /// What the laboratory's "equivocal" without numbers is called.
    pub equivocal_word: Flag,
    /// What a second count does.
    pub second_count: SecondCount,
}

/// A region of the plane ratio × copies (× percentage of cells), or a part of it that missing numbers leave.
#[derive(Debug, Clone)]
pub struct IshBand {
    /// The column.
    pub column: IshColumn,
    /// The probes it is about.
    pub probe: IshMethod,
    /// Axes that were not sent.
    pub missing: Vec<Axis>,
    /// Range of each axis.
    pub ranges: Vec<(Axis, Range)>,
    /// What the laboratory's word beside these numbers is compared with.
    pub lab_word: LabWord,
    /// Not compared with its source.
    pub unconfirmed: bool,
}

/// One number of an ISH result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// HER2/CEP17 ratio.
    Ratio,
    /// Mean HER2 copies per cell.
    Copies,
    /// Percent of cells with a ratio of 2 or more.
    PercentCells,
}

impl Axis {
    /// Every axis.
    pub const ALL: [Self; 3] = [Self::Ratio, Self::Copies, Self::PercentCells];
}

/// What the laboratory's word beside numbers is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabWord {
    /// Not compared.
    NotCompared,
    /// Positive agrees.
    Positive,
    /// Negative agrees.
    Negative,
    /// Our category agrees, where it is positive or negative and does not rest on IHC 3+.
    Category,
}

/// What a second count does.
#[derive(Debug, Clone)]
pub enum SecondCount {
    /// There is no rule for it.
    Unused,
    /// Breast: it confirms or changes the group, and the table has a column for it.
    Confirms {
        /// Where it matters.
        ihc: Vec<IhcColumn>,
        /// Where it matters.
        ish: Vec<IshColumn>,
        /// Fewer counted cells do not count.
        fewest_cells: u32,
    },
    /// Gastric: further cells settle what was open.
    Settles {
        /// Where it matters.
        ish: IshColumn,
        /// Fewer counted cells do not count.
        fewest_cells: u32,
        /// Its ratio decides.
        ratio: Vec<(Range, IshColumn)>,
    },
}

/// What one tumour adds to the answer of the table.
#[derive(Debug, Clone)]
pub struct Addition {
    /// Tumours; none named: all of the set.
    pub tumours: Vec<Tumour>,
    /// Categories; none named: any.
    pub category: Vec<Category>,
    /// IHC columns; none named: any.
    pub ihc: Vec<IhcColumn>,
    /// Percentage of stained cells.
    pub percent: Option<Range>,
    /// Only where a word took the place of the score.
    pub voice: Option<Voice>,
    /// Only where the record does not say these.
    pub unknown: Vec<Unknown>,
    /// The step.
    pub next: NextStep,
    /// Remarks.
    pub flags: Vec<Flag>,
    /// Not compared with its source.
    pub unconfirmed: bool,
}

/// Whether a score or a word speaks for the IHC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// A score.
    Score,
    /// The laboratory's word.
    Word,
}

/// Other results that a rule asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// RAS status.
    Ras,
    /// ERBB2 mutation status.
    Erbb2Mutation,
}

#[cfg(test)]
mod tests;
