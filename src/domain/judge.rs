//! One specimen before the table of its tumour: which row applies, and what it adds up to.

use super::columns::{Case, IhcColumn, IshColumn, RecountColumn};
use super::evidence::{OverallWord, SpecimenEvidence};
use super::finding::{Category, Comment, Expression, Flag, NextStep, Provisional};
use super::flags::Flags;
use super::history::History;
use super::ihc::IhcWord;
use super::ish::{Ish, IshWord};
use super::ish_choice;
use super::recount;
use super::resolve::{Counted, IhcCounted};
use super::rulebook::{Addition, LabWord, Row, RuleSet, Rulebook, Unknown, Voice};
use super::specimen::Scoring;
use super::staining::{self, IhcReading};
use super::tumour::Tumour;
use super::when::When;

/// What a row makes of the evidence, before the overall word and the status of the results are looked at.
#[derive(Clone)]
pub(super) struct Judgement<'r, 'e> {
    pub row: &'r Row,
    pub category: Category,
    pub expression: Expression,
    pub provisional: Option<Provisional>,
    pub comment: Option<Comment>,
    pub next: NextStep,
    pub flags: Flags,
    pub ish: IshCounted<'e>,
}

/// The ISH that counts.
#[derive(Clone)]
pub(super) struct IshCounted<'e> {
    pub column: IshColumn,
    pub shown: Option<&'e Ish>,
    pub group: Option<u8>,
    pub time: Option<&'e When>,
    pub flags: Flags,
    pub next: NextStep,
    pub lab_word: LabWord,
}

impl IshCounted<'_> {
    pub(super) const fn none() -> Self {
        Self {
            column: IshColumn::Missing,
            shown: None,
            group: None,
            time: None,
            flags: Flags::NONE,
            next: NextStep::None,
            lab_word: LabWord::NotCompared,
        }
    }
}

impl<'r, 'e> Judgement<'r, 'e> {
    /// Exactly what a row says.
    pub(super) fn of_row(row: &'r Row, ish: IshCounted<'e>) -> Self {
        Self {
            row,
            category: row.category,
            expression: row.expression.unwrap_or(Expression::NotApplicable),
            provisional: row.provisional,
            comment: row.comment,
            next: row.next.min(ish.next),
            flags: row.flags.iter().copied().collect::<Flags>().union(ish.flags),
            ish,
        }
    }

    pub(super) fn add(&mut self, flag: Flag, step: NextStep) {
        self.flags.insert(flag);
        self.next = self.next.min(step);
    }
}

/// The specimen and everything that its rules may ask about.
#[derive(Clone, Copy)]
pub(super) struct Question<'r, 'e> {
    pub rules: &'r Rulebook,
    pub specimen: &'e SpecimenEvidence,
    pub counted: &'e Counted<'e>,
    pub history: &'e History,
}

impl<'r, 'e> Question<'r, 'e> {
    fn tumour(&self) -> Tumour {
        self.specimen.tumour
    }

    /// The tumour has several systems, and the sender did not say which one was used.
    pub(super) fn is_scoring_open(&self) -> bool {
        self.rules.systems_of(self.tumour()).len() > 1
            && self.specimen.scoring.is_none_or(|scoring| scoring == Scoring::Unknown)
    }

    /// The answer of one table to scores, numbers and the words of single tests.
    pub(super) fn judge(&self, set: &'r RuleSet) -> Judgement<'r, 'e> {
        let (voice, ihc) = self.read_ihc(set);
        let ish = ish_choice::choose(self, set, ihc.column);
        if let (IhcCounted::Word(word, _), IshColumn::Missing) = (self.counted.ihc, ish.column) {
            let mut judgement = self.judge_word(set, overall_of(word), ish);
            judgement.flags.insert(Flag::StatusWordOnly);
            return judgement;
        }
        let second = recount::confirm(&set.ish, ihc.column, ish.column, ish.shown);
        let row = self.row(set, ihc.column, ish.column, second);
        let mut judgement = Judgement::of_row(row, ish);
        judgement.flags = judgement.flags.union(ihc.flags);
        judgement.next = judgement.next.min(ihc.next);
        match second {
            RecountColumn::Invalid => judgement.add(Flag::RecountInvalid, NextStep::None),
            RecountColumn::OtherGroup => judgement.add(Flag::RecountChangedGroup, NextStep::None),
            RecountColumn::Missing | RecountColumn::SameGroup => {}
        }
        if voice == Voice::Word {
            judgement.flags.insert(Flag::StatusWordOnly);
        }
        self.express(set, voice, ihc.column, &mut judgement);
        compare_lab_word(ihc.column, &mut judgement);
        self.add_for_tumour(set, voice, Some(ihc.column), &mut judgement);
        judgement
    }

    /// The answer to a word alone.
    pub(super) fn judge_word(&self, set: &'r RuleSet, word: OverallWord, ish: IshCounted<'e>) -> Judgement<'r, 'e> {
        let row = set.word_row(word, self.tumour()).unwrap_or_else(|| self.rules.case(Case::NoRow));
        let mut judgement = Judgement::of_row(row, ish);
        self.add_for_tumour(set, Voice::Word, None, &mut judgement);
        judgement
    }

    pub(super) fn row(&self, set: &'r RuleSet, ihc: IhcColumn, ish: IshColumn, second: RecountColumn) -> &'r Row {
        set.row(ihc, ish, second).unwrap_or_else(|| self.rules.case(Case::NoRow))
    }

    fn read_ihc(&self, set: &RuleSet) -> (Voice, IhcReading) {
        let plain = |column| IhcReading { column, flags: Flags::NONE, next: NextStep::None };
        let word_column = |word| {
            set.staining.words.iter().find(|(named, _)| *named == word).map_or(IhcColumn::Indeterminate, |(_, c)| *c)
        };
        match self.counted.ihc {
            IhcCounted::None => (Voice::Score, plain(IhcColumn::Missing)),
            IhcCounted::Score(score, ihc) => {
                (Voice::Score, staining::read(&set.staining, ihc, score, self.specimen.kind))
            }
            IhcCounted::NotAssessable => (Voice::Score, plain(IhcColumn::Indeterminate)),
            IhcCounted::Word(word, _) => (Voice::Word, plain(word_column(word))),
            IhcCounted::ZeroAndOne => (Voice::Score, plain(word_column(IhcWord::Negative))),
            IhcCounted::Conflicting => (Voice::Score, plain(IhcColumn::Conflicting)),
        }
    }

    fn express(&self, set: &RuleSet, voice: Voice, ihc: IhcColumn, judgement: &mut Judgement<'_, '_>) {
        let speaks = match voice {
            Voice::Score => ihc,
            Voice::Word => IhcColumn::Missing,
        };
        if judgement.category != Category::Negative {
            return;
        }
        if let Some((expression, next)) = set.expression(speaks) {
            judgement.expression = expression;
            judgement.next = judgement.next.min(next);
        }
    }

    fn add_for_tumour(&self, set: &RuleSet, voice: Voice, ihc: Option<IhcColumn>, judgement: &mut Judgement<'_, '_>) {
        let percent = match self.counted.ihc {
            IhcCounted::Score(_, ihc) => ihc.percent.as_ref(),
            _ => None,
        };
        let applies = |addition: &&Addition| {
            (addition.tumours.is_empty() || addition.tumours.contains(&self.tumour()))
                && (addition.category.is_empty() || addition.category.contains(&judgement.category))
                && (addition.ihc.is_empty()
                    || (voice == Voice::Score && ihc.is_some_and(|ihc| addition.ihc.contains(&ihc))))
                && addition
                    .percent
                    .as_ref()
                    .is_none_or(|range| percent.is_some_and(|percent| range.holds(percent) == Some(true)))
                && addition.voice.is_none_or(|named| named == voice)
                && addition.unknown.iter().all(|what| match what {
                    Unknown::Ras => self.history.ras.is_none(),
                    Unknown::Erbb2Mutation => self.history.erbb2_mutation.is_none(),
                })
        };
        for addition in set.additions.iter().filter(applies).collect::<Vec<_>>() {
            judgement.flags.extend(addition.flags.iter().copied());
            judgement.next = judgement.next.min(addition.next);
        }
    }
}

/// The row of the word table that an IHC word shares with the overall word.
const fn overall_of(word: IhcWord) -> OverallWord {
    match word {
        IhcWord::Positive => OverallWord::Positive,
        IhcWord::Negative => OverallWord::Negative,
        IhcWord::Equivocal => OverallWord::Equivocal,
        IhcWord::Indeterminate => OverallWord::Indeterminate,
    }
}

/// The laboratory's word beside complete numbers: shown, compared, never taken over.
fn compare_lab_word(ihc: IhcColumn, judgement: &mut Judgement<'_, '_>) {
    let word = match judgement.ish.shown.and_then(|ish| ish.interpretation) {
        Some(IshWord::Positive) => Category::Positive,
        Some(IshWord::Negative) => Category::Negative,
        Some(IshWord::Equivocal | IshWord::Failed) | None => return,
    };
    let expected = match judgement.ish.lab_word {
        LabWord::NotCompared => return,
        LabWord::Positive => Category::Positive,
        LabWord::Negative => Category::Negative,
        LabWord::Category if ihc == IhcColumn::Three => return,
        LabWord::Category => judgement.category,
    };
    if matches!(expected, Category::Positive | Category::Negative) && expected != word {
        judgement.add(Flag::LabInterpretationDisagrees, NextStep::LabClarification);
    }
}
