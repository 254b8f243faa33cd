//! What one value says, gathered from all the places where FHIR can say it: codes, displays, text, strings, numbers and the
//! interpretation. Two places that contradict each other make the Observation contradictory; neither wins.

use crate::domain::decimal::Quantity;
use crate::domain::ihc::IhcScore;
use crate::domain::ish::IshWord;

use super::codes::{self, Answer, System, Word};
use super::few::Few;
use super::number::{Meaning, quantity};
use super::other_gene::is_name_of_another_gene;
use super::text::{self, IshBeside, TextReading, Unread, fits};
use super::wire::{Concept, Resource, concept, concepts, text as string};

/// Everything that was claimed by one Observation or component.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub scores: Few<IhcScore>,
    pub words: Few<Word>,
    /// Words of the interpretation member, kept apart: beside numbers they are no conflict.
    pub interpretation: Few<Word>,
    pub ish: Few<IshKey>,
    /// ISH words of texts that were not understood: they may contradict, and are not read.
    pub ish_heard: Few<IshKey>,
    /// Digits of texts that say of themselves no more: "0" beside the code for 3+.
    pub digits: Few<IhcScore>,
    /// Texts that were understood, for their numbers and marks.
    pub texts: Vec<TextReading>,
    pub score_from_code: bool,
    /// An integer or a quantity without unit stood for the score.
    pub score_from_number: bool,
    pub word_from_code: bool,
    pub not_tested: bool,
    pub no_status: bool,
    /// A value was sent that cannot be read as what the code asks for.
    pub unreadable: bool,
    pub unread: Option<Unread>,
    /// How many value[x] members stood there.
    pub values: usize,
    /// Code of the data-absent reason.
    pub absent: Option<Absent>,
}

/// [`IshWord`] with an order, for the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum IshKey {
    Positive,
    Negative,
    Equivocal,
    Failed,
}

impl IshKey {
    pub(super) const fn word(self) -> IshWord {
        match self {
            Self::Positive => IshWord::Positive,
            Self::Negative => IshWord::Negative,
            Self::Equivocal => IshWord::Equivocal,
            Self::Failed => IshWord::Failed,
        }
    }

    const fn of(word: IshWord) -> Self {
        match word {
            IshWord::Positive => Self::Positive,
            IshWord::Negative => Self::Negative,
            IshWord::Equivocal => Self::Equivocal,
            IshWord::Failed => Self::Failed,
        }
    }
}

/// Reasons for a missing value that mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// `error`: for an ISH, a failed test.
    Error,
    /// `temp-unknown`, or "pending".
    Pending,
    /// Any other reason: no test, no value.
    Other,
}

/// Gathers what the value members, the interpretation and the data-absent reason of `resource` say.
pub(super) fn claims(resource: &Resource<'_>) -> Claims {
    let mut claims = Claims::default();
    if resource.value_codeable_concept().is_some() {
        claims.values += 1;
        claims.concept(&concept(resource.value_codeable_concept()));
    }
    if resource.value_string().is_some() {
        claims.values += 1;
        match string(resource.value_string()) {
            Some(text) if text.chars().any(|c| c.is_control() && !c.is_whitespace()) => claims.unreadable = true,
            Some(text) => claims.text(&text),
            None => claims.unreadable = true,
        }
    }
    if let Some(sent) = resource.value_integer() {
        claims.values += 1;
        claims.score_number(codes::plain_score(sent.raw()));
    }
    if resource.value_quantity().is_some() {
        claims.values += 1;
        let number = quantity(resource.value_quantity(), Meaning::Score).ok().filter(|_| has_no_unit(resource));
        claims.score_number(number.as_ref().and_then(Quantity::as_number).and_then(|number| {
            let score = codes::plain_score(number.as_sent());
            score.or_else(|| number.as_sent().strip_suffix(".0").and_then(codes::plain_score))
        }));
    }
    for other in [resource.value_ratio(), resource.value_boolean(), resource.value_range(), resource.value_date_time()]
    {
        if other.is_some() {
            claims.values += 1;
            claims.unreadable = true;
        }
    }
    for concept in concepts(resource.interpretation()) {
        claims.interpretation(&concept);
    }
    claims.absent = absent(resource);
    claims
}

fn has_no_unit(resource: &Resource<'_>) -> bool {
    // a score as a quantity carries no unit; "2 #" is a count
    resource.value_quantity().is_none_or(|sent| !sent.raw().contains("\"unit\"") && !sent.raw().contains("\"code\""))
}

/// Is the reason "error" given for a value that may be there all the same?
pub(super) fn is_in_error(resource: &Resource<'_>) -> bool {
    absent(resource) == Some(Absent::Error)
}

fn absent(resource: &Resource<'_>) -> Option<Absent> {
    resource.data_absent_reason()?;
    let concept = concept(resource.data_absent_reason());
    let has = |wanted: &str| {
        concept.coding.iter().any(|coding| {
            matches!(codes::system(coding.system.as_deref()), System::DataAbsentReason | System::Missing)
                && coding.code.as_deref() == Some(wanted)
        })
    };
    let says_pending = concept.text.as_deref().is_some_and(|text| text.trim().eq_ignore_ascii_case("pending"));
    Some(if has("error") {
        Absent::Error
    } else if has("temp-unknown") || has("pending") || says_pending {
        Absent::Pending
    } else {
        Absent::Other
    })
}

impl Claims {
    fn concept(&mut self, concept: &Concept<'_>) {
        let mut known = false;
        for coding in &concept.coding {
            match codes::answer(coding) {
                Some(answer) => {
                    known = true;
                    self.answer(answer);
                    if let Some(display) = &coding.display {
                        self.words_beside(display);
                    }
                }
                None => {
                    if let Some(display) = &coding.display {
                        let reading = text::read(display);
                        if known { self.beside(&reading) } else { self.reading(reading) }
                    }
                }
            }
        }
        match &concept.text {
            Some(text) if known => self.words_beside(text),
            Some(text) => self.text(text),
            None if !known && !concept.coding.is_empty() && self.texts.is_empty() && self.unread.is_none() => {
                self.unreadable = true;
            }
            None => {}
        }
    }

    fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::Score(score) => {
                self.scores.insert(score);
                self.score_from_code = true;
            }
            Answer::Word(word) => {
                self.words.insert(word);
                self.word_from_code = true;
            }
            Answer::NotAScore => self.unreadable = true,
            Answer::NoStatus => self.no_status = true,
            Answer::NotTested => self.not_tested = true,
        }
    }

    fn score_number(&mut self, score: Option<IhcScore>) {
        match score {
            Some(score) => {
                self.scores.insert(score);
                self.score_from_code = true;
                self.score_from_number = true;
            }
            None => self.unreadable = true,
        }
    }

    fn text(&mut self, text: &str) {
        self.reading(text::read(text));
    }

    /// A text that stands for the value.
    fn reading(&mut self, reading: TextReading) {
        if let Some(unread) = reading.unread {
            self.unread = Some(unread);
            return;
        }
        self.scores.extend(reading.score);
        self.words.extend(reading.word);
        self.ish.extend(reading.ish.map(IshKey::of));
        self.digits.extend(digit_of(&reading));
        self.texts.push(reading);
    }

    fn words_beside(&mut self, words: &str) {
        self.beside(&text::read(words));
        if is_name_of_another_gene(words) {
            self.unread = Some(Unread::Contradictory);
        }
    }

    /// A text beside a known code: it may contradict the code, it adds nothing else.
    fn beside(&mut self, reading: &TextReading) {
        self.words.extend(reading.word);
        self.scores.extend(reading.score);
        self.digits.extend(digit_of(reading));
        self.ish.extend(reading.ish.map(IshKey::of));
        self.ish_heard.extend(reading.ish_heard.map(IshKey::of));
        if reading.unread == Some(Unread::Contradictory) || reading.unread == Some(Unread::Ambiguous) {
            self.unread = reading.unread;
        }
    }

    fn interpretation(&mut self, concept: &Concept<'_>) {
        for coding in &concept.coding {
            let system = codes::system(coding.system.as_deref());
            let coded = match system {
                System::Interpretation | System::Missing => coding.code.as_deref().and_then(codes::interpretation),
                _ => match codes::answer(coding) {
                    Some(Answer::Word(word)) => Some(word),
                    _ => None,
                },
            };
            self.interpretation.extend(coded);
        }
        if concept.coding.is_empty()
            && let Some(text) = &concept.text
        {
            let reading = text::read(text);
            self.interpretation.extend(reading.word.filter(|_| reading.word_alone));
            if let Some(word) = reading.ish {
                self.ish.insert(IshKey::of(word));
            }
        }
    }

    /// Do scores and words contradict each other? `with_interpretation` adds the interpretation member.
    pub(super) fn contradict(&self, interpretation: Interpretation) -> bool {
        let mut words = self.words;
        if interpretation == Interpretation::Counts {
            words.extend(self.interpretation.iter());
        }
        // a digit is a score of IHC, and a number of an ISH (fhir/guide.md C)
        let digits = self.digits.iter().filter(|_| interpretation == Interpretation::Counts);
        let digit_differs = digits.into_iter().any(|digit| self.scores.iter().any(|score| score != digit));
        let scores_differ = self.scores.len() > 1 || digit_differs;
        let words_differ = words.iter().any(|a| words.iter().any(|b| !compatible(a, b)));
        let settled = self.ish_beside();
        let against = self.scores.iter().any(|score| words.iter().any(|word| !fits(score, word, settled)));
        let mut ish = self.ish;
        ish.extend(self.ish_heard.iter());
        let ish_against =
            ish.iter().any(|ish| words.iter().any(|word| ish_word(word).is_some_and(|word| IshKey::of(word) != ish)));
        let readable = !self.scores.is_empty() || !words.is_empty() || !self.ish.is_empty();
        let two_values = self.values > 1 && self.unreadable && readable;
        let explicit = matches!(self.unread, Some(Unread::Contradictory));
        // an ISH word beside an IHC score is no conflict: "2+ FISH negative"
        let ish_conflict = ish.len() > 1 || (ish_against && self.scores.is_empty());
        let conflict = scores_differ || words_differ || against || ish_conflict || two_values || explicit;
        conflict || self.numbers_differ() || self.denies_its_value()
    }

    /// The reason "error" for a missing value stands beside a value, and not one that says that the test failed.
    fn denies_its_value(&self) -> bool {
        let says_more = || {
            self.scores.iter().any(|score| score != IhcScore::Indeterminate)
                || self.words.iter().any(|word| word != Word::Indeterminate)
                || self.ish.iter().any(|ish| ish != IshKey::Failed)
                || self.texts.iter().any(|text| text.bare.is_some() || text.is_counted())
        };
        self.absent == Some(Absent::Error) && self.values > 0 && says_more()
    }

    /// Does the interpretation say two things, or another one than the value, or that the test failed of which it has a value?
    pub(super) fn interpretation_denies(&self, value: Option<IshWord>) -> bool {
        let mut said = self.interpretation.iter().filter_map(ish_word);
        let first = value.or_else(|| said.next());
        let failed = self.absent == Some(Absent::Error) && value.is_some_and(|value| value != IshWord::Failed);
        failed || said.any(|word| Some(word) != first)
    }

    /// Two texts with different numbers of one kind (fhir/guide.md D9).
    fn numbers_differ(&self) -> bool {
        fn differ<'t, T: PartialEq + 't>(numbers: impl Iterator<Item = &'t T> + Clone) -> bool {
            numbers.clone().zip(numbers.skip(1)).any(|(a, b)| a != b)
        }
        let texts = &self.texts;
        texts.len() > 1
            && (differ(texts.iter().filter_map(|text| text.ratio.as_ref()))
                || differ(texts.iter().filter_map(|text| text.her2_copies.as_ref()))
                || differ(texts.iter().filter_map(|text| text.cep17_copies.as_ref()))
                || differ(texts.iter().filter_map(|text| text.cells.as_ref()))
                || differ(texts.iter().filter_map(|text| text.percent.as_ref())))
    }

    fn ish_beside(&self) -> IshBeside {
        IshBeside::of(self.ish.first().map(IshKey::word), self.texts.iter().any(TextReading::is_counted))
    }

    /// The word, where it is that of both tests together: an ISH that settles a 2+, or a kind of negative that no IHC alone
    /// gives (clinical guide, 2.5 and 4.1).
    pub(super) fn word_of_both(&self) -> Option<Word> {
        self.word().filter(|word| is_of_both(self.scores.first(), *word, self.ish_beside()))
    }

    /// One of the words, a word of the value before that of the interpretation.
    pub(super) fn word(&self) -> Option<Word> {
        self.words.iter().chain(self.interpretation.iter()).max()
    }
}

fn digit_of(reading: &TextReading) -> Option<IhcScore> {
    let bare = reading.bare.as_ref().filter(|bare| bare.comparator.is_none())?;
    codes::plain_score(bare.number.as_sent())
}

/// Is a word beside this score and this ISH the laboratory's word for both tests?
pub(super) fn is_of_both(score: Option<IhcScore>, word: Word, ish: IshBeside) -> bool {
    let settled = score == Some(IhcScore::TwoPlus) && ish != IshBeside::None && word != Word::Equivocal;
    settled && fits(IhcScore::TwoPlus, word, ish)
}

/// Does the interpretation count as a word about the value? Beside numbers it is kept and judged by the rules instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interpretation {
    Counts,
    StandsBeside,
}

/// Low and ultralow are kinds of negative; everything else that differs contradicts.
fn compatible(a: Word, b: Word) -> bool {
    let negative = |word| matches!(word, Word::Negative | Word::Low | Word::Ultralow);
    a == b || (negative(a) && negative(b) && (a == Word::Negative || b == Word::Negative))
}

/// The ISH word for a general word.
pub(super) const fn ish_word(word: Word) -> Option<IshWord> {
    match word {
        Word::Positive => Some(IshWord::Positive),
        Word::Negative => Some(IshWord::Negative),
        Word::Equivocal => Some(IshWord::Equivocal),
        Word::Indeterminate => Some(IshWord::Failed),
        Word::Low | Word::Ultralow => None,
    }
}
