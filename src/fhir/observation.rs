//! One HER2 Observation: what it says of IHC, of ISH and overall, with its components.

use crate::domain::decimal::Quantity;
use crate::domain::evidence::{ExcludedWhy, OverallWord, TestKind, TextMarks};
use crate::domain::ihc::{Ihc, IhcScore, IhcWord};
use crate::domain::ish::{Ish, IshMethod, IshWord};
use crate::domain::specimen::Scoring;

use super::claims::{Absent, Claims, Interpretation, IshKey, claims, ish_word};
use super::codes::{self, Test, Word};
use super::component;
use super::test_name;
use super::text::{TextReading, Unread};
use super::wire::{Resource, concept, concept_text, items};

/// What one Observation says.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub ihc: Option<(Ihc, Option<TextMarks>)>,
    /// A percentage of stained cells without a score of its own.
    pub percent: Option<Quantity>,
    pub ish: Option<(Ish, Option<TextMarks>)>,
    pub blinded: Option<bool>,
    pub overall: Option<OverallWord>,
    pub pending: Option<TestKind>,
    pub contradictory: Option<TestKind>,
    pub ambiguous: bool,
    pub word_in_text: bool,
    pub scoring: Option<Scoring>,
    pub invasive: Option<bool>,
    /// The value could not be used, and nothing else was read.
    pub excluded: Option<ExcludedWhy>,
    /// A part of it could not be used; the rest was read.
    pub part_unread: Option<ExcludedWhy>,
    pub(super) same_component_twice: Vec<Test>,
}

/// Reads an Observation about `test`. `is_pending`: registered, or preliminary, so that a missing value is a pending one.
pub(super) fn read(observation: &Resource<'_>, test: Test, waiting: Waiting) -> Reading {
    let mut reading = Reading::default();
    let value = claims(observation);
    reading.method(observation);
    reading.value(observation, test, &value);
    for component in items(observation.component()).filter_map(Resource::of) {
        reading.component(&component, test);
    }
    let of_ish = kind_of(test) == TestKind::Ish;
    let in_situ =
        || concept_text(observation.code()).as_deref().is_some_and(|text| test_name::is_in_situ(text, of_ish));
    if reading.invasive.is_none() && in_situ() {
        reading.invasive = Some(false);
    }
    reading.settle(test, &value, waiting);
    reading
}

/// Reads the HER2 components of an Observation on something else.
pub(super) fn read_components(observation: &Resource<'_>, waiting: Waiting) -> Reading {
    let mut reading = Reading::default();
    for component in items(observation.component()).filter_map(Resource::of) {
        reading.component(&component, Test::Overall);
    }
    reading.settle(Test::Overall, &Claims::default(), waiting);
    reading
}

/// May a missing value still come?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    /// registered, preliminary
    Yes,
    /// final
    No,
}

/// The kind of test that a code belongs to.
pub(super) const fn kind_of(test: Test) -> TestKind {
    match test {
        Test::Ihc | Test::IhcOnlyWithScore | Test::IhcProcedure | Test::GenericIhc => TestKind::Ihc,
        Test::Percent | Test::IntensePercent => TestKind::Ihc,
        Test::IshResult | Test::IshProcedure | Test::GenericIsh | Test::Ratio | Test::Her2Copies => TestKind::Ish,
        Test::Cep17Copies | Test::Cells | Test::Panel => TestKind::Ish,
        Test::Overall | Test::Narrative | Test::Refused(_) | Test::Detail(_) | Test::GeneStudied | Test::Marker(_) => {
            TestKind::Overall
        }
    }
}

impl Reading {
    /// A score, a count or a word that can be used.
    pub(super) const fn holds_a_value(&self) -> bool {
        self.ihc.is_some() || self.ish.is_some() || self.overall.is_some() || self.percent.is_some()
    }

    fn value(&mut self, observation: &Resource<'_>, test: Test, value: &Claims) {
        match test {
            Test::Ihc | Test::IhcOnlyWithScore | Test::IhcProcedure | Test::GenericIhc => self.ihc_value(value),
            Test::IshResult | Test::IshProcedure | Test::GenericIsh | Test::Panel => self.ish_value(value),
            Test::Overall | Test::Narrative => self.overall_value(value),
            Test::Ratio | Test::Her2Copies | Test::Cep17Copies | Test::Cells | Test::Percent | Test::IntensePercent => {
                if component::says_two_numbers(observation, test) {
                    self.contradictory = Some(kind_of(test));
                    return;
                }
                self.number_of(observation, test);
                self.ish_interpretation(test, value);
            }
            Test::Refused(_) | Test::Detail(_) | Test::GeneStudied | Test::Marker(_) => {}
        }
    }

    pub(super) fn ihc_value(&mut self, value: &Claims) {
        if value.contradict(Interpretation::Counts) {
            self.contradictory = Some(TestKind::Ihc);
            return;
        }
        self.take_texts(value, TestKind::Ihc);
        let word = value.word();
        let score = value.scores.first().or((word == Some(Word::Indeterminate)).then_some(IhcScore::Indeterminate));
        let score = score.or_else(|| {
            let bare = value.texts.iter().find_map(|text| text.bare.as_ref()).and_then(Quantity::as_number);
            bare.and_then(|number| codes::plain_score(number.as_sent()))
        });
        let marks = (score.is_some() && !value.score_from_code).then(|| marks(value));
        match (score, word) {
            (None, Some(Word::Low)) => self.overall = Some(OverallWord::Low),
            (None, Some(Word::Ultralow)) => self.overall = Some(OverallWord::Ultralow),
            (None, None) => {}
            (score, word) => {
                let both = value.word_of_both();
                let (ihc, text) = self.ihc.get_or_insert_with(Default::default);
                ihc.score = score;
                ihc.interpretation = word.filter(|_| both.is_none()).and_then(ihc_word);
                *text = marks;
                self.overall = both.map(overall_word).or(self.overall);
            }
        }
        if let Some(ish) = value.ish.first() {
            self.ish_draft().interpretation = Some(ish.word());
            self.mark_ish(value);
        }
    }

    pub(super) fn ish_value(&mut self, value: &Claims) {
        if value.contradict(Interpretation::StandsBeside) {
            self.contradictory = Some(TestKind::Ish);
            return;
        }
        self.take_texts(value, TestKind::Ish);
        let score = value.scores.first().filter(|_| !value.texts.is_empty());
        // a score is one of IHC, and only beside what the text says of the ISH
        let beside_ish = value.texts.iter().any(TextReading::tells_ish_apart);
        if score.is_some_and(|score| score != IhcScore::Indeterminate) && !beside_ish {
            self.excluded = Some(ExcludedWhy::Unreadable);
            return;
        }
        let words = value.words.last().filter(|_| value.texts.iter().all(TextReading::may_speak_of_ish));
        let own = value.ish.first().map(IshKey::word).or_else(|| words.and_then(ish_word));
        // "cannot be assessed" (clinical guide, 2.4)
        let failed = (score == Some(IhcScore::Indeterminate)).then_some(IshWord::Failed);
        if failed.is_some() && own.is_some_and(|own| own != IshWord::Failed) {
            self.contradictory = Some(TestKind::Ish);
            return;
        }
        let own = own.or(failed);
        if value.interpretation_denies(own) {
            self.contradictory = Some(TestKind::Ish);
            return;
        }
        let word = own.or_else(|| value.interpretation.last().and_then(ish_word));
        if let Some(word) = word {
            let ish = self.ish_draft();
            ish.interpretation = Some(word);
            let bare_word = value.texts.iter().all(|text| text.word_alone || text.ish.is_some());
            if !value.word_from_code && !bare_word {
                self.mark_ish(value);
            }
        }
        // a bare bound on a result code is a bound of the ratio; a bare number is not a ratio
        let bound = value.texts.iter().find_map(|text| text.bare.as_ref()).filter(|bare| bare.comparator.is_some());
        if let Some(bound) = bound {
            self.ish_draft().count.ratio = Some(bound.clone());
            self.mark_ish(value);
        }
        if let Some(score) = score.filter(|_| failed.is_none()) {
            let (ihc, text) = self.ihc.get_or_insert_with(Default::default);
            ihc.score = Some(score);
            *text = Some(marks(value));
        }
        if value.absent == Some(Absent::Error) && value.values == 0 {
            self.ish_draft().interpretation = Some(IshWord::Failed);
        }
    }

    pub(super) fn overall_value(&mut self, value: &Claims) {
        if value.contradict(Interpretation::Counts) {
            self.contradictory = Some(TestKind::Overall);
            return;
        }
        self.take_texts(value, TestKind::Overall);
        if value.score_from_number {
            // a bare number is a score under an IHC code only
            self.excluded = Some(ExcludedWhy::Unreadable);
            return;
        }
        if let Some(score) = value.scores.first() {
            let (ihc, text) = self.ihc.get_or_insert_with(Default::default);
            let both = value.word_of_both();
            ihc.score = Some(score);
            ihc.interpretation = value.word().filter(|_| both.is_none()).and_then(ihc_word);
            *text = (!value.score_from_code).then(|| marks(value));
            self.overall = both.map(overall_word).or(self.overall);
        } else {
            self.overall = value.word().map(overall_word);
        }
        if let Some(ish) = value.ish.first() {
            self.ish_draft().interpretation = Some(ish.word());
            self.mark_ish(value);
        }
    }

    /// Numbers, details and pending tests that a text names.
    fn take_texts(&mut self, value: &Claims, of_code: TestKind) {
        for text in &value.texts {
            let counted = text.ratio.is_some() || text.her2_copies.is_some() || text.cep17_copies.is_some();
            if counted || text.cells.is_some() {
                let count = &mut self.ish_draft().count;
                count.ratio = count.ratio.take().or_else(|| text.ratio.clone());
                count.her2 = count.her2.take().or_else(|| text.her2_copies.clone());
                count.cep17 = count.cep17.take().or_else(|| text.cep17_copies.clone());
                count.cells = count.cells.or(text.cells);
                self.mark_ish(value);
            }
            if text.percent.is_some() || text.pattern.is_some() || text.intensity.is_some() {
                let (ihc, _) = self.ihc.get_or_insert_with(Default::default);
                ihc.percent = text.percent.clone().or(ihc.percent.take());
                ihc.pattern = text.pattern.or(ihc.pattern);
                ihc.intensity = text.intensity.or(ihc.intensity);
            }
            if text.ish_pending {
                self.pending = Some(TestKind::Ish);
            } else if text.ihc_pending {
                self.pending = Some(of_code);
            }
        }
    }

    /// Single or dual probe, where the method says so.
    fn method(&mut self, observation: &Resource<'_>) {
        for coding in concept(observation.method()).coding {
            let method = match coding.code.as_deref() {
                Some("257453005") => IshMethod::Single,
                Some("257430009") => IshMethod::Dual,
                _ => continue,
            };
            self.ish_draft().method = method;
        }
    }

    fn ish_interpretation(&mut self, test: Test, value: &Claims) {
        if value.interpretation_denies(None) {
            self.contradictory = Some(kind_of(test));
            return;
        }
        let word = value.interpretation.last().and_then(ish_word);
        if !matches!(test, Test::Percent | Test::IntensePercent)
            && let Some(word) = word
        {
            self.ish_draft().interpretation = Some(word);
        }
    }

    pub(super) fn ish_draft(&mut self) -> &mut Ish {
        &mut self.ish.get_or_insert_with(Default::default).0
    }

    fn mark_ish(&mut self, value: &Claims) {
        if let Some((_, text)) = &mut self.ish {
            *text = Some(marks(value));
        }
    }

    pub(super) fn staining(&mut self) -> &mut Ihc {
        &mut self.ihc.get_or_insert_with(Default::default).0
    }

    /// What is left when all parts are read: joins the percentage, drops empty drafts, and names the reason for no value.
    fn settle(&mut self, test: Test, value: &Claims, waiting: Waiting) {
        if let (Some((ihc, _)), Some(percent)) = (&mut self.ihc, &self.percent)
            && (ihc.score.is_some() || ihc.interpretation.is_some())
        {
            // that of the text is another part of the same answer
            let differ = ihc.percent.as_ref().is_some_and(|of_text| of_text != percent);
            ihc.percent = self.percent.take().filter(|_| !differ);
            if differ {
                self.part_unread = Some(ExcludedWhy::Contradictory);
            }
        }
        self.ihc = self.ihc.take().filter(|(ihc, _)| ihc.score.is_some() || ihc.interpretation.is_some());
        if let Some(kind) = self.contradictory {
            *self =
                Self { contradictory: Some(kind), scoring: self.scoring, invasive: self.invasive, ..Self::default() };
            return;
        }
        let low_trust = matches!(test, Test::IhcOnlyWithScore | Test::IhcProcedure);
        if low_trust && self.ihc.as_ref().is_none_or(|(ihc, _)| ihc.score.is_none()) {
            *self = Self { excluded: Some(ExcludedWhy::Unreadable), ..Self::default() };
            return;
        }
        self.ish = self.ish.take().filter(|(ish, _)| says_something(ish));
        if self.holds_a_value() {
            let of_part = self.excluded.take().filter(|why| *why == ExcludedWhy::Unreadable);
            self.part_unread = self.part_unread.or(of_part);
            return;
        }
        match value.unread {
            Some(Unread::Ambiguous) => {
                self.ambiguous = true;
                self.excluded = Some(ExcludedWhy::Unreadable);
                return;
            }
            Some(Unread::WordInSentence) => {
                self.word_in_text = true;
                return;
            }
            Some(Unread::Contradictory | Unread::NotAResult | Unread::NotUnderstood) => {
                self.excluded = Some(ExcludedWhy::Unreadable);
                return;
            }
            None => {}
        }
        if self.pending.is_some() {
            return;
        }
        let no_value_sent = value.values == 0;
        if value.absent == Some(Absent::Pending) || (no_value_sent && value.absent.is_none() && waiting == Waiting::Yes)
        {
            self.pending = Some(kind_of(test));
            return;
        }
        let said_nothing = no_value_sent || value.not_tested || value.no_status;
        if said_nothing && self.excluded == Some(ExcludedWhy::NotHer2) {
            return;
        }
        let unreadable = self.excluded.is_some() || (value.unreadable && !said_nothing);
        let why = if unreadable || !said_nothing { ExcludedWhy::Unreadable } else { ExcludedWhy::NoValue };
        self.excluded = Some(why);
    }
}

fn says_something(ish: &Ish) -> bool {
    let count = &ish.count;
    let number = count.ratio.is_some()
        || count.her2.is_some()
        || count.cep17.is_some()
        || count.cells.is_some()
        || count.cells_below.is_some();
    let single = ish.method == IshMethod::Single;
    number || single || ish.interpretation.is_some() || ish.implausible || ish.percent_cells_ratio_ge_2.is_some()
}

fn marks(value: &Claims) -> TextMarks {
    TextMarks { negation: value.texts.iter().any(|text| text.negation) }
}

const fn ihc_word(word: Word) -> Option<IhcWord> {
    match word {
        Word::Positive => Some(IhcWord::Positive),
        Word::Negative | Word::Low | Word::Ultralow => Some(IhcWord::Negative),
        Word::Equivocal => Some(IhcWord::Equivocal),
        Word::Indeterminate => Some(IhcWord::Indeterminate),
    }
}

pub(super) const fn overall_word(word: Word) -> OverallWord {
    match word {
        Word::Positive => OverallWord::Positive,
        Word::Negative => OverallWord::Negative,
        Word::Equivocal => OverallWord::Equivocal,
        Word::Indeterminate => OverallWord::Indeterminate,
        Word::Low => OverallWord::Low,
        Word::Ultralow => OverallWord::Ultralow,
    }
}
