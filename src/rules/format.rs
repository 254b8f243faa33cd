//! Mirror of the rule files. Unknown keys are refused, decimals are quoted, words are those of the domain.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::Error as _;

use super::entries::Placed;
use crate::domain::columns::{Case, IhcColumn, IshColumn, RecountColumn};
use crate::domain::decimal::Decimal;
use crate::domain::evidence::OverallWord;
use crate::domain::finding::{Category, Comment, Expression, Flag, NextStep, Provisional};
use crate::domain::ihc::{IhcScore, IhcWord, MembranePattern, StainingIntensity};
use crate::domain::ish::IshMethod;
use crate::domain::range::Range;
use crate::domain::specimen::{Scoring, SpecimenKind};
use crate::domain::tumour::Tumour;

/// A word of a closed vocabulary of the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

impl<'de, T: FromStr<Err = crate::domain::words::UnknownWord>> Deserialize<'de> for Word<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A number in quotes, so that no binary float ever stands between the file and the comparison.
#[derive(Debug, Clone)]
pub struct Number(pub Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decimal = Decimal::parse(&text);
        decimal.map(Self).map_err(|_| D::Error::custom(format!("\"{text}\" is not a decimal number")))
    }
}

/// The ends of a range, in words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    pub at_least: Option<Number>,
    pub above: Option<Number>,
    pub below: Option<Number>,
    pub at_most: Option<Number>,
}

impl From<Ends> for Range {
    fn from(ends: Ends) -> Self {
        let number = |end: Option<Number>| end.map(|number| number.0);
        Self {
            at_least: number(ends.at_least),
            above: number(ends.above),
            below: number(ends.below),
            at_most: number(ends.at_most),
        }
    }
}

/// A file with a decision table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    pub ruleset: Placed<Header>,
    pub staining: Placed<StainingSection>,
    #[serde(default)]
    pub contradiction: Vec<Placed<StainingEntry>>,
    pub mild_contradiction: Option<Placed<StainingEntry>>,
    #[serde(default)]
    pub remark: Vec<Placed<StainingEntry>>,
    #[serde(default)]
    pub reading: Vec<Placed<StainingEntry>>,
    pub ish: Placed<IshSection>,
    pub band: Vec<Placed<BandEntry>>,
    pub recount: Option<Placed<RecountSection>>,
    #[serde(default)]
    pub names: Names,
    pub row: Vec<Placed<RowEntry>>,
    pub word: Vec<Placed<WordEntry>>,
    #[serde(default)]
    pub expression: Vec<Placed<ExpressionEntry>>,
    #[serde(default)]
    pub addition: Vec<Placed<AdditionEntry>>,
}

/// Identity and sources of a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub id: String,
    /// Edition of all rules together; it stands in `every-tumour.toml` only.
    pub edition: Option<String>,
    pub title: String,
    #[serde(default)]
    pub applies: Vec<Placed<Applies>>,
    pub guideline: String,
    pub cite: Vec<String>,
    /// Ids of rows that were given up: none of them is ever used again.
    #[serde(default)]
    pub retired: Vec<String>,
    pub review_due: toml::value::Datetime,
}

/// Tumours under one scoring system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    pub tumours: Vec<Word<Tumour>>,
    pub scoring: Word<Scoring>,
    /// 1 for the tumour's own system, 2 for another one in use.
    pub rank: u8,
    pub status: Option<Status>,
}

/// The columns that IHC words stand for, and the columns in use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StainingSection {
    pub columns: Vec<Word<IhcColumn>>,
    pub word_positive: Word<IhcColumn>,
    pub word_equivocal: Word<IhcColumn>,
    pub word_negative: Word<IhcColumn>,
}

impl StainingSection {
    pub fn words(&self) -> Vec<(IhcWord, IhcColumn)> {
        vec![
            (IhcWord::Positive, self.word_positive.0),
            (IhcWord::Equivocal, self.word_equivocal.0),
            (IhcWord::Negative, self.word_negative.0),
        ]
    }
}

/// A statement about a score and its details.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StainingEntry {
    pub score: Vec<Word<IhcScore>>,
    #[serde(default)]
    pub kind: Vec<Word<SpecimenKind>>,
    pub percent: Option<Ends>,
    pub cluster_cells: Option<Ends>,
    #[serde(default)]
    pub pattern: Vec<Word<MembranePattern>>,
    #[serde(default)]
    pub pattern_not: Vec<Word<MembranePattern>>,
    #[serde(default)]
    pub intensity: Vec<Word<StainingIntensity>>,
    #[serde(default)]
    pub intensity_not: Vec<Word<StainingIntensity>>,
    #[serde(default)]
    pub not_sent: Vec<DetailName>,
    pub flag: Option<Word<Flag>>,
    pub reads: Option<Word<IhcColumn>>,
    pub next: Option<Word<NextStep>>,
    pub because: String,
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetailName {
    Percent,
    Pattern,
    Intensity,
}

/// The columns in use for ISH.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IshSection {
    pub columns: Vec<Word<IshColumn>>,
    pub equivocal_word: Word<Flag>,
}

/// A region of the plane.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandEntry {
    pub reads: Word<IshColumn>,
    pub probe: Word<IshMethod>,
    pub ratio: Option<Ends>,
    pub copies: Option<Ends>,
    pub percent_cells: Option<Ends>,
    #[serde(default)]
    pub missing: Vec<AxisName>,
    pub lab_word: Option<LabWordName>,
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisName {
    Ratio,
    Copies,
    PercentCells,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabWordName {
    Positive,
    Negative,
    Category,
}

/// What a second count does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecountSection {
    pub fewest_cells: u32,
    #[serde(default)]
    pub ihc: Vec<Word<IhcColumn>>,
    pub ish: Vec<Word<IshColumn>>,
    #[serde(default)]
    pub settles: Vec<SettlesEntry>,
    pub because: String,
    pub status: Option<Status>,
}

/// A ratio of further cells that settles an open result.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlesEntry {
    pub ratio: Ends,
    pub reads: Word<IshColumn>,
}

/// Short names for several columns, for rows that treat them alike.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    #[serde(default)]
    pub ihc: BTreeMap<String, Vec<Word<IhcColumn>>>,
    #[serde(default)]
    pub ish: BTreeMap<String, Vec<Word<IshColumn>>>,
}

/// Marks of a line that is not simply a guideline's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not compared with its source.
    Unconfirmed,
}

/// Was a row compared with the text of its label? Said in every row of a file about labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelStatus {
    Confirmed,
    Unconfirmed,
}

/// One row. A column that is left out is covered whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowEntry {
    pub id: String,
    pub ihc: Option<Vec<String>>,
    pub ish: Option<Vec<String>>,
    pub recount: Option<Vec<Word<RecountColumn>>>,
    pub category: Word<Category>,
    pub provisional: Option<Word<Provisional>>,
    pub next: Word<NextStep>,
    #[serde(default)]
    pub flags: Vec<Word<Flag>>,
    pub comment: Option<Word<Comment>>,
    pub because: String,
    pub cite: Option<Vec<String>>,
    pub status: Option<Status>,
    #[serde(default)]
    pub policy: bool,
}

/// What a word alone gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordEntry {
    pub id: String,
    pub word: Word<OverallWord>,
    #[serde(default)]
    pub tumours: Vec<Word<Tumour>>,
    pub category: Word<Category>,
    pub expression: Option<Word<Expression>>,
    pub next: Word<NextStep>,
    #[serde(default)]
    pub flags: Vec<Word<Flag>>,
    pub because: String,
}

/// The label term of a negative.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpressionEntry {
    pub ihc: Vec<Word<IhcColumn>>,
    pub expression: Word<Expression>,
    pub next: Word<NextStep>,
    pub because: String,
    pub status: Option<Status>,
}

/// What one tumour adds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdditionEntry {
    #[serde(default)]
    pub tumours: Vec<Word<Tumour>>,
    #[serde(default)]
    pub category: Vec<Word<Category>>,
    #[serde(default)]
    pub ihc: Vec<Word<IhcColumn>>,
    pub percent: Option<Ends>,
    pub instead_of_score: Option<InsteadOfScore>,
    #[serde(default)]
    pub unknown: Vec<UnknownName>,
    pub next: Option<Word<NextStep>>,
    #[serde(default)]
    pub flags: Vec<Word<Flag>>,
    pub because: String,
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsteadOfScore {
    Word,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownName {
    Ras,
    Erbb2Mutation,
}

/// `every-tumour.toml`: what comes before any table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonFile {
    pub ruleset: Placed<Header>,
    pub numbers: Placed<NumberSection>,
    pub case: Vec<Placed<CaseEntry>>,
}

/// Checks of ISH numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSection {
    pub fewest_cells: u32,
    pub consistency: Number,
    pub most_copies: Number,
    pub near_ratio: Vec<Ends>,
    pub near_copies: Vec<Ends>,
}

/// A finding that needs no table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseEntry {
    pub id: Word<Case>,
    pub category: Word<Category>,
    pub next: Word<NextStep>,
    #[serde(default)]
    pub flags: Vec<Word<Flag>>,
    pub because: String,
    #[serde(default)]
    pub policy: bool,
}
