//! What a text says of HER2: scores, words, ISH results and numbers, or the reason for not reading it.

use crate::domain::decimal::Quantity;
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

use super::part::her2_part;
use super::sentence::Reader;
use super::token::{Token, tokens};

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

/// Reads the HER2 part of a report's conclusion.
pub(in crate::fhir) fn read_narrative(text: &str) -> TextReading {
    let named = tokens(text, true).filter(|all| all.iter().any(Token::names_her2));
    let Some(part) = named.map(|all| her2_part(&all)) else { return TextReading::default() };
    let mut reading = of_tokens(&part, Scope::Narrative);
    let told = tells_a_result(&part);
    reading.unread = match reading.unread {
        // "HER2 testing is advised"
        Some(Unread::NotUnderstood) if !told => Some(Unread::NotAResult),
        // "HER2 3+, see comment": what the comment says is not known
        Some(Unread::NotAResult) if told && part.split(|token| *token == Token::Stop).any(goes_on_elsewhere) => {
            Some(Unread::NotUnderstood)
        }
        unread => unread,
    };
    reading
}

/// Somewhere a score, a word, or a number of the ISH.
fn tells_a_result(part: &[Token]) -> bool {
    let counted = part.iter().any(Token::names_a_count) && part.iter().any(|token| matches!(token, Token::Number(_)));
    counted || part.iter().any(Token::tells_a_result)
}

/// A result, and behind it in the same sentence that something is to be seen, or done next.
fn goes_on_elsewhere(sentence: &[Token]) -> bool {
    let result = sentence.iter().position(Token::tells_a_result);
    let on = sentence.iter().rposition(|token| matches!(token, Token::See | Token::Advice));
    result.zip(on).is_some_and(|(result, on)| result < on)
        && !sentence.iter().any(|token| matches!(token, Token::Condition | Token::Elsewhere | Token::Previous))
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
    if open && silent { rest } else { reading }
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
