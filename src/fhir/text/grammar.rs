//! What a text says of HER2: scores, words, ISH results and numbers, or the reason for not reading it.

use crate::domain::decimal::Quantity;
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::{Word, plain_score};

use super::part::her2_part;
use super::sentence::Reader;
use super::surroundings::tells_of_several_pieces;
use super::token::{Token, tokens};
use super::vocabulary::unaccented;

/// Longer texts are narratives, not values.
const LONGEST: usize = 4096;

/// Why a text gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir) enum Unread {
    /// Two different scores, or two different numbers of one kind.
    Ambiguous,
    /// Score and word that contradict each other.
    Contradictory,
    /// A status word inside a sentence.
    WordInSentence,
    /// A test that was ordered, a condition, an earlier or another specimen: no result of this one.
    NotAResult,
    /// Anything else that is not understood completely.
    NotUnderstood,
}

/// What a text says about HER2.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::fhir) struct TextReading {
    pub score: Option<IhcScore>,
    pub word: Option<Word>,
    /// Everything but the word is filler: the laboratory's conclusion, no free text.
    pub word_alone: bool,
    pub ish: Option<IshWord>,
    /// The ISH word of a text that was refused: it may contradict a code, and says nothing by itself.
    pub ish_heard: Option<IshWord>,
    pub ish_pending: bool,
    pub ihc_pending: bool,
    pub ratio: Option<Quantity>,
    pub her2_copies: Option<Quantity>,
    /// The copies were given without the name of their probe.
    pub probe_unnamed: bool,
    pub cep17_copies: Option<Quantity>,
    pub cells: Option<u32>,
    pub percent: Option<Quantity>,
    pub pattern: Option<MembranePattern>,
    pub intensity: Option<StainingIntensity>,
    /// A number or bound without a label.
    pub bare: Option<Quantity>,
    pub negation: bool,
    pub names_ihc: bool,
    /// An ISH is told of in words that are not understood: the result beside it stands, and something was not read.
    pub ish_missed: bool,
    pub unread: Option<Unread>,
}

impl TextReading {
    /// Nothing at all was read, and nothing was refused either.
    pub(in crate::fhir) fn is_empty(&self) -> bool {
        self.score.is_none()
            && self.word.is_none()
            && self.ish.is_none()
            && !self.ish_pending
            && !self.ihc_pending
            && self.ratio.is_none()
            && self.her2_copies.is_none()
            && self.cep17_copies.is_none()
            && self.cells.is_none()
            && self.bare.is_none()
            && self.unread.is_none()
    }

    /// A number that can be a score, and nothing that says what it is.
    fn is_a_digit_alone(&self) -> bool {
        let digit = |bare: &Quantity| bare.comparator.is_none() && plain_score(bare.number.as_sent()).is_some();
        self.score.is_none() && self.word.is_none() && self.ish.is_none() && self.bare.as_ref().is_some_and(digit)
    }

    /// A ratio or HER2 copies are read.
    pub(in crate::fhir) const fn is_counted(&self) -> bool {
        self.ratio.is_some() || self.her2_copies.is_some()
    }

    /// An ISH is read, and no score can be meant for its result: a method is named, "amplified" says ISH by itself, or numbers
    /// stand there.
    pub(in crate::fhir) const fn tells_ish_apart(&self) -> bool {
        self.is_counted() || self.ish.is_some()
    }

    /// Can the status word be that of an ISH? Not where immunohistochemistry is named, a digit stands beside it that can only
    /// be a score, or the ISH is still to come.
    pub(in crate::fhir) fn may_speak_of_ish(&self) -> bool {
        let digit = self.bare.as_ref().is_some_and(|bare| bare.comparator.is_none());
        !self.names_ihc && !self.ish_pending && !digit
    }
}

/// Where a text stands: a value belongs to HER2 as a whole, a narrative only where it names HER2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Value,
    Narrative,
}

/// Reads a value of a HER2 Observation.
pub(in crate::fhir) fn read(text: &str) -> TextReading {
    if text.len() > LONGEST {
        return TextReading { unread: Some(Unread::NotUnderstood), ..TextReading::default() };
    }
    tokens(text, false).map(|all| of_tokens(&all, Scope::Value)).unwrap_or_default()
}

/// Reads the HER2 part of a report's conclusion. What tells a result and is not read is never dropped without a trace (fhir/guide.md
/// C4): what was not understood, what is of an earlier specimen, and what hangs on a condition.
pub(in crate::fhir) fn read_narrative(text: &str) -> TextReading {
    let Some(mut all) = tokens(text, true).filter(|all| all.iter().any(Token::names_her2)) else {
        return TextReading::default();
    };
    digits_beside_words(&mut all);
    let part = her2_part(&all, tells_of_several_pieces(&unaccented(text)));
    let mut reading = of_tokens(&part.tokens, Scope::Narrative);
    let digit = reading.is_a_digit_alone();
    let told = digit || part.tokens.split(|token| *token == Token::Stop).any(tells_a_result);
    match reading.unread {
        // "HER2: 3" may be a score
        None if digit || (reading.is_empty() && (told || part.missed_result)) => {
            reading.unread = Some(Unread::NotUnderstood)
        }
        Some(Unread::NotAResult) if told || part.missed_result => reading.unread = Some(Unread::NotUnderstood),
        // "HER2 testing is advised"
        Some(Unread::NotUnderstood) if !told && !part.missed_result => reading.unread = Some(Unread::NotAResult),
        _ => {}
    }
    let unclear = part.missed_ish || (part.hinted_ish && reading.score == Some(IhcScore::TwoPlus));
    reading.ish_missed |= unclear && reading.ish.is_none() && !reading.is_counted() && !reading.ish_pending;
    if reading.ish_missed && matches!(reading.score, Some(IhcScore::Zero | IhcScore::OnePlus)) {
        // an ISH that is not understood may overrule it
        return TextReading { unread: Some(Unread::NotUnderstood), ..TextReading::default() };
    }
    let other_score = part.missed_scores.iter().any(|score| Some(*score) != reading.score);
    let other_ish =
        reading.ish.is_some_and(|ish| part.missed_amplified.iter().any(|found| *found != (ish == IshWord::Positive)));
    let read = reading.unread.is_none() && !reading.is_empty();
    if read && (part.doubted || other_score || other_ish) {
        // "Recurrence: 3+", "repeat FISH: amplified", "please disregard"
        return TextReading { unread: Some(Unread::NotUnderstood), ..TextReading::default() };
    }
    reading
}

/// "HER2 negative (0)", "HER2: 3 (positive)", "score 0": a digit that touches its word or its name is the score, as it is in a value of
/// its own. One that stands apart may count nodes or blocks.
fn digits_beside_words(all: &mut [Token]) {
    for sentence in all.split_mut(|token| *token == Token::Stop) {
        let about_ish = sentence.contains(&Token::Ish);
        for at in 0..sentence.len() {
            let Token::Number(text) = &sentence[at] else { continue };
            let Some(score) = plain_score(text) else { continue };
            let (front, behind) = (&sentence[..at], &sentence[at + 1..]);
            let closed = matches!(behind, [] | [Token::Comma | Token::By | Token::Ihc | Token::OtherMarker, ..]);
            let named =
                matches!(front, [.., Token::Her2 | Token::Status] | [.., Token::Her2 | Token::Status, Token::Test]);
            let labelled = matches!(front, [.., Token::ScoreLabel | Token::Ihc]);
            let zero = score == IhcScore::Zero && matches!(front, [.., Token::Her2]);
            let fits = |word: &Token| matches!(word, Token::Word(word) if agree(score, *word));
            let by_word = (closed && front.last().is_some_and(fits)) || (named && behind.first().is_some_and(fits));
            if (by_word && !about_ish) || (closed && (labelled || zero)) {
                sentence[at] = Token::Score(score);
            }
        }
    }
}

/// A score, a word, a failed test, or a number with its name; what is told of serum or of a mutation is no result of HER2.
fn tells_a_result(sentence: &[Token]) -> bool {
    let has = |wanted: fn(&Token) -> bool| sentence.iter().any(wanted);
    let number = |token: &Token| matches!(token, Token::Number(_));
    let counted = has(|token| token.names_a_count() || *token == Token::ScoreLabel) && has(number);
    let digit = |token: &Token| matches!(token, Token::Number(text) if plain_score(text).is_some());
    let failed = has(|token| *token == Token::NotAssessable)
        || (has(|token| *token == Token::Not) && has(|token| matches!(token, Token::Assessable | Token::Assessed)));
    let planned = has(|token| {
        matches!(
            token,
            Token::Advice | Token::Ordered | Token::Pending | Token::Test | Token::Testing | Token::Performed
        )
    });
    let gene = |token: &Token| *token == Token::Amplification && !planned;
    let told = sentence.iter().position(|token| token.tells_a_result() || digit(token) || gene(token));
    let elsewhere = sentence.iter().position(|token| *token == Token::Elsewhere);
    match (told, elsewhere) {
        (Some(told), Some(elsewhere)) => told < elsewhere,
        (told, None) => told.is_some() || counted || failed,
        (None, Some(_)) => false,
    }
}

fn of_tokens(all: &[Token], scope: Scope) -> TextReading {
    let (reading, unplaced) = without(all, scope, &[]);
    if reading.unread.is_none() || unplaced.is_empty() {
        return reading;
    }
    // "IHC 2+. FISH amplified (4.5)": what the number means is not known, and the 2+ still needs an ISH. Any other score would
    // give a category that this FISH may contradict.
    let (rest, _) = without(all, scope, &unplaced);
    let open = rest.score == Some(IhcScore::TwoPlus) && rest.word.is_none_or(|word| word == Word::Equivocal);
    let silent = rest.unread.is_none() && rest.ish.is_none() && !rest.is_counted();
    if open && silent { TextReading { ish_missed: true, ..rest } } else { reading }
}

/// The reading without some sentences, and the sentences with a number that belongs to nothing.
fn without(all: &[Token], scope: Scope, left_out: &[usize]) -> (TextReading, Vec<usize>) {
    let mut reader = Reader::default();
    reader.walk(all, scope, left_out);
    let unplaced = std::mem::take(&mut reader.unplaced);
    (reader.finish(), unplaced)
}

/// Does a score lie in the class that the word stands for? Low and ultralow are negative.
pub(in crate::fhir) fn agree(score: IhcScore, word: Word) -> bool {
    match word {
        Word::Positive => score == IhcScore::ThreePlus,
        Word::Equivocal => score == IhcScore::TwoPlus,
        Word::Negative => matches!(score, IhcScore::Zero | IhcScore::OnePlus),
        Word::Low => matches!(score, IhcScore::OnePlus | IhcScore::TwoPlus),
        Word::Ultralow => score == IhcScore::Zero,
        Word::Indeterminate => score == IhcScore::Indeterminate,
    }
}

/// What stands beside a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir) enum IshBeside {
    Word(IshWord),
    /// A ratio or copies without a word: whether they fit is for the rules to say (fhir/guide.md D9).
    Numbers,
    None,
}

impl IshBeside {
    pub(in crate::fhir) fn of(word: Option<IshWord>, counted: bool) -> Self {
        word.map_or(if counted { Self::Numbers } else { Self::None }, Self::Word)
    }
}

/// As [`agree`], or the word is that of both tests together: the ISH settles a 2+ (clinical guide, 4.1, 5.3).
pub(in crate::fhir) fn fits(score: IhcScore, word: Word, ish: IshBeside) -> bool {
    let settled = match ish {
        IshBeside::Word(IshWord::Positive) => word == Word::Positive,
        IshBeside::Word(IshWord::Negative) => matches!(word, Word::Negative | Word::Low),
        IshBeside::Numbers => matches!(word, Word::Positive | Word::Negative | Word::Low),
        IshBeside::Word(IshWord::Equivocal | IshWord::Failed) | IshBeside::None => false,
    };
    agree(score, word) || (score == IhcScore::TwoPlus && settled)
}
