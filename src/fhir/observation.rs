//! One HER2 Observation: what it says of IHC, of ISH and overall, with its components.

use crate::domain::decimal::Quantity;
use crate::domain::evidence::{ExcludedWhy, OverallWord, TestKind, TextMarks};
use crate::domain::ihc::{Ihc, IhcScore, IhcWord};
use crate::domain::ish::{Ish, IshMethod, IshWord};
use crate::domain::specimen::Scoring;

use super::claims::{Absent, Claims, Interpretation, claims, ish_word};
use super::codes::{self, Detail, Test, Word};
use super::number::{self, Meaning, NumberFault};
use super::text::Unread;
use super::wire::{Component, Resource, concept, items, resource, text};

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
    same_component_twice: Vec<Test>,
}

/// Reads an Observation about `test`. `is_pending`: registered, or preliminary, so that a missing value is a pending one.
pub(super) fn read(observation: &Resource<'_>, test: Test, waiting: Waiting) -> Reading {
    let mut reading = Reading::default();
    let value = claims(observation);
    reading.method(observation);
    reading.value(observation, test, &value);
    for raw in items(observation.component) {
        if let Some(component) = resource(raw) {
            reading.component(&component);
        }
    }
    reading.settle(test, &value, waiting);
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
        Test::Ihc | Test::IhcOnlyWithScore | Test::IhcProcedure | Test::GenericIhc | Test::Percent => TestKind::Ihc,
        Test::IshResult | Test::IshProcedure | Test::GenericIsh | Test::Ratio | Test::Her2Copies => TestKind::Ish,
        Test::Cep17Copies | Test::Cells | Test::Panel => TestKind::Ish,
        Test::Overall | Test::Narrative | Test::Refused(_) | Test::Detail(_) | Test::GeneStudied => TestKind::Overall,
        Test::ReceptorEr | Test::ReceptorPr | Test::Ras | Test::Variant => TestKind::Overall,
    }
}

impl Reading {
    fn value(&mut self, observation: &Resource<'_>, test: Test, value: &Claims) {
        match test {
            Test::Ihc | Test::IhcOnlyWithScore | Test::IhcProcedure | Test::GenericIhc => self.ihc_value(value),
            Test::IshResult | Test::IshProcedure | Test::GenericIsh | Test::Panel => self.ish_value(value),
            Test::Overall | Test::Narrative => self.overall_value(value),
            Test::Ratio | Test::Her2Copies | Test::Cep17Copies | Test::Cells | Test::Percent => {
                self.number_of(observation, test);
                self.ish_interpretation(test, value);
            }
            Test::Refused(_)
            | Test::Detail(_)
            | Test::GeneStudied
            | Test::ReceptorEr
            | Test::ReceptorPr
            | Test::Ras
            | Test::Variant => {}
        }
    }

    fn ihc_value(&mut self, value: &Claims) {
        if value.contradict(Interpretation::Counts) {
            self.contradictory = Some(TestKind::Ihc);
            return;
        }
        self.take_texts(value);
        let word = value.word();
        let score =
            value.scores.first().copied().or((word == Some(Word::Indeterminate)).then_some(IhcScore::Indeterminate));
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
                let (ihc, text) = self.ihc.get_or_insert_with(Default::default);
                ihc.score = score;
                ihc.interpretation = word.and_then(ihc_word);
                *text = marks;
            }
        }
        if let Some(ish) = value.ish.first() {
            self.ish_draft().interpretation = Some(ish.word());
            self.mark_ish(value);
        }
    }

    fn ish_value(&mut self, value: &Claims) {
        if value.contradict(Interpretation::StandsBeside) {
            self.contradictory = Some(TestKind::Ish);
            return;
        }
        self.take_texts(value);
        let own =
            value.ish.first().map(|key| key.word()).or_else(|| value.words.last().and_then(|word| ish_word(*word)));
        let word = own.or_else(|| value.interpretation.last().and_then(|word| ish_word(*word)));
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
        if let Some(score) = value.scores.first().filter(|_| !value.texts.is_empty()) {
            let (ihc, text) = self.ihc.get_or_insert_with(Default::default);
            ihc.score = Some(*score);
            *text = Some(marks(value));
        }
        if value.absent == Some(Absent::Error) && value.values == 0 {
            self.ish_draft().interpretation = Some(IshWord::Failed);
        }
    }

    fn overall_value(&mut self, value: &Claims) {
        if value.contradict(Interpretation::Counts) {
            self.contradictory = Some(TestKind::Overall);
            return;
        }
        self.take_texts(value);
        if let Some(score) = value.scores.first() {
            let (ihc, text) = self.ihc.get_or_insert_with(Default::default);
            ihc.score = Some(*score);
            ihc.interpretation = value.word().and_then(ihc_word);
            *text = (!value.score_from_code).then(|| marks(value));
        } else {
            self.overall = value.word().map(overall_word);
        }
        if let Some(ish) = value.ish.first() {
            self.ish_draft().interpretation = Some(ish.word());
            self.mark_ish(value);
        }
    }

    /// Numbers, details and pending tests that a text names.
    fn take_texts(&mut self, value: &Claims) {
        for text in &value.texts {
            if text.ratio.is_some() || text.her2_copies.is_some() || text.cells.is_some() {
                let count = &mut self.ish_draft().count;
                count.ratio = text.ratio.clone();
                count.her2 = text.her2_copies.clone();
                count.cells = text.cells;
                self.mark_ish(value);
            }
            if text.percent.is_some() || text.pattern.is_some() || text.intensity.is_some() {
                let (ihc, _) = self.ihc.get_or_insert_with(Default::default);
                ihc.percent = text.percent.clone();
                ihc.pattern = text.pattern;
                ihc.intensity = text.intensity;
            }
            if text.ish_pending {
                self.pending = Some(TestKind::Ish);
            } else if text.ihc_pending {
                self.pending = Some(TestKind::Ihc);
            }
        }
    }

    fn component(&mut self, component: &Component<'_>) {
        let code = concept(component.code);
        let Some(test) = code.coding.iter().find_map(codes::test) else { return };
        match test {
            Test::Ihc | Test::IshResult | Test::Overall => {
                let value = claims(component);
                match test {
                    Test::Ihc if self.ihc.as_ref().is_none_or(|(ihc, _)| ihc.score.is_none()) => self.ihc_value(&value),
                    Test::IshResult => self.ish_value(&value),
                    Test::Overall if self.overall.is_none() => self.overall_value(&value),
                    _ => {}
                }
            }
            Test::Ratio | Test::Her2Copies | Test::Cep17Copies | Test::Cells | Test::Percent => {
                self.number_of(component, test);
            }
            Test::Detail(detail) => self.detail(component, detail),
            _ => {}
        }
    }

    /// A number under its own code. The same one twice with different values is not read.
    fn number_of(&mut self, holder: &Resource<'_>, test: Test) {
        let meaning = match test {
            Test::Ratio => Meaning::Ratio,
            Test::Her2Copies | Test::Cep17Copies => Meaning::Copies,
            Test::Cells => Meaning::Cells,
            _ => Meaning::Percent,
        };
        match number_value(holder, meaning) {
            Ok(quantity) => self.keep_number(test, quantity),
            Err(NumberFault::Implausible) => self.ish_draft().implausible = true,
            Err(NumberFault::Unreadable) => self.excluded = self.excluded.or(Some(ExcludedWhy::Unreadable)),
            Err(NumberFault::Absent) => {}
        }
    }

    fn keep_number(&mut self, test: Test, quantity: Quantity) {
        if self.same_component_twice.contains(&test) {
            return;
        }
        let twice = {
            let cells = (test == Test::Cells).then(|| number::count(&quantity)).flatten();
            let slot = match test {
                Test::Ratio => &mut self.ish_draft().count.ratio,
                Test::Her2Copies => &mut self.ish_draft().count.her2,
                Test::Cep17Copies => &mut self.ish_draft().count.cep17,
                Test::Cells => {
                    let Some(cells) = cells else {
                        self.excluded = self.excluded.or(Some(ExcludedWhy::Unreadable));
                        return;
                    };
                    let slot = &mut self.ish_draft().count.cells;
                    let twice = slot.is_some_and(|before| before != cells);
                    *slot = (!twice).then_some(cells);
                    if twice {
                        self.same_component_twice.push(test);
                    }
                    return;
                }
                _ => &mut self.percent,
            };
            let twice = slot.as_ref().is_some_and(|before| *before != quantity);
            *slot = (!twice).then_some(quantity);
            twice
        };
        if twice {
            self.same_component_twice.push(test);
        }
    }

    fn detail(&mut self, component: &Component<'_>, detail: Detail) {
        let concept = concept(component.value_codeable_concept);
        let word = text(component.value_string)
            .or_else(|| concept.coding.into_iter().find_map(|coding| coding.code))
            .or(concept.text);
        let word = word.as_deref().map(str::trim);
        let boolean = component.value_boolean.and_then(|raw| match raw.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        });
        match detail {
            Detail::MembranePattern => self.staining().pattern = word.and_then(|word| word.parse().ok()),
            Detail::StainingIntensity => self.staining().intensity = word.and_then(|word| word.parse().ok()),
            Detail::ClusterCells => {
                let count = component.value_integer.and_then(|raw| raw.get().parse().ok());
                let quantity = || number::quantity(component.value_quantity, Meaning::Cells).ok();
                self.staining().cluster_cells = count.or_else(|| quantity().as_ref().and_then(whole_number));
            }
            Detail::PercentCellsRatioGe2 => {
                self.ish_draft().percent_cells_ratio_ge_2 = number_value(component, Meaning::Percent).ok();
            }
            Detail::Probe => {
                if let Some(method) = word.and_then(|word| word.parse().ok()) {
                    self.ish_draft().method = method;
                }
            }
            Detail::ScoringSystem => self.scoring = word.and_then(|word| word.parse().ok()),
            Detail::ObserverBlinded => self.blinded = boolean,
            Detail::ComponentInvasive => self.invasive = boolean,
        }
    }

    /// Single or dual probe, where the method says so.
    fn method(&mut self, observation: &Resource<'_>) {
        for coding in concept(observation.method).coding {
            let method = match coding.code.as_deref() {
                Some("257453005") => IshMethod::Single,
                Some("257430009") => IshMethod::Dual,
                _ => continue,
            };
            self.ish_draft().method = method;
        }
    }

    fn ish_interpretation(&mut self, test: Test, value: &Claims) {
        let word = value.interpretation.last().and_then(|word| ish_word(*word));
        if test != Test::Percent
            && let Some(word) = word
        {
            self.ish_draft().interpretation = Some(word);
        }
    }

    fn ish_draft(&mut self) -> &mut Ish {
        &mut self.ish.get_or_insert_with(Default::default).0
    }

    fn mark_ish(&mut self, value: &Claims) {
        if let Some((_, text)) = &mut self.ish {
            *text = Some(marks(value));
        }
    }

    fn staining(&mut self) -> &mut Ihc {
        &mut self.ihc.get_or_insert_with(Default::default).0
    }

    /// What is left when all parts are read: joins the percentage, drops empty drafts, and names the reason for no value.
    fn settle(&mut self, test: Test, value: &Claims, waiting: Waiting) {
        if let (Some((ihc, _)), Some(percent)) = (&mut self.ihc, &self.percent)
            && (ihc.score.is_some() || ihc.interpretation.is_some())
        {
            ihc.percent = Some(percent.clone());
            self.percent = None;
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
        let read = self.ihc.is_some() || self.ish.is_some() || self.overall.is_some() || self.percent.is_some();
        if read {
            self.excluded = None;
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
            Some(Unread::Contradictory | Unread::NotUnderstood) => {
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
        let unreadable = self.excluded.is_some() || (value.unreadable && !said_nothing);
        let why = if unreadable || !said_nothing { ExcludedWhy::Unreadable } else { ExcludedWhy::NoValue };
        self.excluded = Some(why);
    }
}

fn whole_number(quantity: &Quantity) -> Option<u32> {
    let number = quantity.as_number()?;
    number.value().is_integer().then(|| number.value().to_integer().try_into().ok()).flatten()
}

/// Quantity, Ratio, integer or string, whichever was sent.
fn number_value(holder: &Resource<'_>, meaning: Meaning) -> Result<Quantity, NumberFault> {
    if holder.value_quantity.is_some() {
        return number::quantity(holder.value_quantity, meaning);
    }
    if holder.value_ratio.is_some() {
        return number::ratio(holder.value_ratio, meaning);
    }
    if let Some(raw) = holder.value_integer {
        let number = number::decimal(raw).ok_or(NumberFault::Unreadable)?;
        return number::in_range(Quantity::exact(number), meaning);
    }
    let Some(text) = text(holder.value_string) else {
        let nothing = holder.value_string.is_none() && holder.value_codeable_concept.is_none();
        return Err(if nothing { NumberFault::Absent } else { NumberFault::Unreadable });
    };
    let reading = super::text::read(&text);
    let number = match meaning {
        Meaning::Ratio => reading.ratio.or(reading.bare),
        Meaning::Copies => reading.her2_copies.or(reading.bare),
        Meaning::Percent => reading.percent.or(reading.bare),
        Meaning::Cells => reading.cells.map(|cells| Quantity::exact(cells.into())).or(reading.bare),
        Meaning::Score => None,
    };
    number.ok_or(NumberFault::Unreadable).and_then(|number| number::in_range(number, meaning))
}

fn says_something(ish: &Ish) -> bool {
    let count = &ish.count;
    let number = count.ratio.is_some() || count.her2.is_some() || count.cep17.is_some() || count.cells.is_some();
    number || ish.interpretation.is_some() || ish.implausible || ish.percent_cells_ratio_ge_2.is_some()
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

const fn overall_word(word: Word) -> OverallWord {
    match word {
        Word::Positive => OverallWord::Positive,
        Word::Negative => OverallWord::Negative,
        Word::Equivocal => OverallWord::Equivocal,
        Word::Indeterminate => OverallWord::Indeterminate,
        Word::Low => OverallWord::Low,
        Word::Ultralow => OverallWord::Ultralow,
    }
}
