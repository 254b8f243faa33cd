//! From tokens to values: scores, words, ISH results and numbers, and the reasons for not reading a text.

use crate::domain::decimal::{Comparator, Decimal, Quantity};
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

use super::token::{Token, tokens};

/// Longer texts are narratives, not values.
const LONGEST: usize = 4096;

/// Why a text gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fhir) enum Unread {
    /// Two different scores, or a score and a word that contradict each other.
    Ambiguous,
    /// Score and word that contradict each other.
    Contradictory,
    /// A status word inside a sentence.
    WordInSentence,
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
    pub ish_pending: bool,
    pub ihc_pending: bool,
    pub ratio: Option<Quantity>,
    pub her2_copies: Option<Quantity>,
    pub cells: Option<u32>,
    pub percent: Option<Quantity>,
    pub pattern: Option<MembranePattern>,
    pub intensity: Option<StainingIntensity>,
    /// A number or bound without a label.
    pub bare: Option<Quantity>,
    pub negation: bool,
    pub unread: Option<Unread>,
    pub names_her2: bool,
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
            && self.cells.is_none()
            && self.bare.is_none()
            && self.unread.is_none()
    }
}

/// Where a text stands: a value belongs to HER2 as a whole, a narrative only where it names HER2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Value,
    Narrative,
}

/// Reads a value of a HER2 Observation.
pub(in crate::fhir) fn read(text: &str) -> TextReading {
    in_scope(text, Scope::Value)
}

/// Reads the HER2 part of a report's conclusion.
pub(in crate::fhir) fn read_narrative(text: &str) -> TextReading {
    in_scope(text, Scope::Narrative)
}

fn in_scope(text: &str, scope: Scope) -> TextReading {
    if text.len() > LONGEST && scope == Scope::Value {
        return TextReading { unread: Some(Unread::NotUnderstood), ..TextReading::default() };
    }
    let all = tokens(text);
    let names_her2 = all.contains(&Token::Her2);
    if scope == Scope::Narrative && !names_her2 {
        return TextReading::default();
    }
    let part = match scope {
        Scope::Value => all,
        Scope::Narrative => her2_part(&all),
    };
    let mut reader = Reader { names_her2, ..Reader::default() };
    reader.walk(&part, scope);
    reader.finish()
}

/// From the name of HER2 to the next marker or the first clause that is not understood.
fn her2_part(all: &[Token]) -> Vec<Token> {
    let mut part: Vec<Token> = Vec::new();
    // "On the prior biopsy, HER2 was 3+": what a sentence says before the name holds for the name too
    let mut opening: Option<Token> = None;
    let withheld = |token: &&Token| matches!(token, Token::Condition | Token::Previous | Token::Elsewhere);
    for clause in all.split_inclusive(|token| matches!(token, Token::Stop | Token::Comma)) {
        let names = clause.contains(&Token::Her2);
        let foreign = clause.contains(&Token::OtherMarker);
        if names {
            part.extend(opening.take());
            // "ER positive HER2 1+": only what stands behind the name, up to the next marker
            let from = if foreign { clause.iter().position(|token| *token == Token::Her2).unwrap_or(0) } else { 0 };
            let own = clause[from..].iter().take_while(|token| **token != Token::OtherMarker);
            part.extend(own.cloned());
        } else if part.is_empty() {
            opening = clause.iter().find(withheld).cloned().or(opening);
        } else if !foreign && !clause.contains(&Token::Unknown) {
            part.extend(clause.iter().cloned());
        } else {
            // "HER2 3+, on a previous biopsy"
            let same_sentence = part.last() == Some(&Token::Comma);
            part.extend((same_sentence && clause.contains(&Token::Previous)).then_some(Token::Previous));
            break;
        }
        if clause.last() == Some(&Token::Stop) {
            opening = None;
        }
    }
    part
}

#[derive(Default)]
struct Reader {
    scores: Vec<IhcScore>,
    words: Vec<Word>,
    ish: Vec<IshWord>,
    ish_pending: bool,
    ihc_pending: bool,
    ratio: Option<Quantity>,
    copies: Option<Quantity>,
    cells: Option<u32>,
    percent: Option<Quantity>,
    bare: Vec<Quantity>,
    no_staining: bool,
    stained: bool,
    faint: bool,
    incomplete: bool,
    not_assessable: bool,
    negation: bool,
    names_her2: bool,
    not_a_result: bool,
    unknown: bool,
    /// A negation stands behind a score.
    taken_back: bool,
    /// Words of a sentence that make a status word free text.
    sentence_words: usize,
}

impl Reader {
    fn walk(&mut self, all: &[Token], scope: Scope) {
        for sentence in all.split(|token| *token == Token::Stop) {
            let conditional =
                sentence.iter().any(|token| matches!(token, Token::Condition | Token::Previous | Token::Elsewhere));
            if conditional {
                self.not_a_result = true;
                continue;
            }
            self.sentence(sentence);
        }
        if scope == Scope::Narrative {
            self.sentence_words += 1;
        }
    }

    fn sentence(&mut self, sentence: &[Token]) {
        let about_ish = sentence.contains(&Token::Ish);
        let first_denial = sentence.iter().position(|token| matches!(token, Token::Not | Token::Absence));
        let negated_before = |at: usize| first_denial.is_some_and(|denial| denial < at);
        let mut method = None;
        let mut label = None;
        let mut comparator = None;
        let mut at = 0;
        while at < sentence.len() {
            let token = &sentence[at];
            match token {
                Token::Her2 | Token::Comma | Token::Percent => {}
                Token::Ihc => method = Some(Token::Ihc),
                Token::Ish => method = Some(Token::Ish),
                Token::Score(score) => {
                    if comparator.take().is_some() {
                        // a bound is never a score
                        self.unknown = true;
                    } else if negated_before(at) {
                        self.negation = true;
                    } else {
                        self.scores.push(*score);
                    }
                }
                Token::ScoreLabel | Token::RatioLabel | Token::CopiesLabel => label = Some(token.clone()),
                Token::Word(word) => self.word(*word, method == Some(Token::Ish), at, sentence),
                Token::Amplified => {
                    let negated = negated_before(at);
                    self.ish.push(if negated { IshWord::Negative } else { IshWord::Positive });
                }
                // "3+ absent", "3+ not seen": what stands behind the score takes it back
                Token::Not | Token::Absence if !self.scores.is_empty() => self.taken_back = true,
                Token::Not | Token::Absence => {}
                Token::Staining if negated_before(at) => self.no_staining = true,
                Token::Staining => self.stained = true,
                Token::Comparator(found) => comparator = Some(*found),
                Token::Number(text) => {
                    let label_here = label.take();
                    let score_place = matches!(label_here, Some(Token::ScoreLabel)) || method == Some(Token::Ihc);
                    self.number(text, comparator.take(), label_here.as_ref(), score_place, sentence.get(at + 1));
                }
                Token::CellsLabel => {
                    // "cells 40"
                    if let Some(Token::Number(text)) = sentence.get(at + 1) {
                        self.cells = text.parse().ok();
                        at += 1;
                    }
                }
                Token::Pending => {
                    if about_ish {
                        self.ish_pending = true;
                    } else {
                        self.ihc_pending = true;
                    }
                }
                Token::Faint => self.faint = true,
                Token::Incomplete => self.incomplete = true,
                Token::NotAssessable => self.not_assessable = true,
                Token::Filler => {}
                Token::SentenceWord => self.sentence_words += 1,
                Token::OtherMarker | Token::Unknown => self.unknown = true,
                Token::Condition | Token::Previous | Token::Elsewhere | Token::Stop => {}
            }
            at += 1;
        }
    }

    fn word(&mut self, word: Word, behind_ish: bool, at: usize, sentence: &[Token]) {
        let negated = at > 0 && matches!(sentence[at - 1], Token::Not);
        if negated {
            self.unknown = true;
        } else if behind_ish {
            self.ish.push(match word {
                Word::Positive => IshWord::Positive,
                Word::Negative => IshWord::Negative,
                Word::Equivocal => IshWord::Equivocal,
                Word::Indeterminate | Word::Low | Word::Ultralow => {
                    self.unknown = true;
                    return;
                }
            });
        } else {
            self.words.push(word);
        }
    }

    fn number(
        &mut self,
        text: &str,
        comparator: Option<Comparator>,
        label: Option<&Token>,
        score_place: bool,
        next: Option<&Token>,
    ) {
        let Ok(number) = Decimal::parse(text) else {
            self.unknown = true;
            return;
        };
        let quantity = Quantity { comparator, number };
        match (label, next) {
            (_, Some(Token::Percent)) => self.percent = Some(quantity),
            (Some(Token::RatioLabel), _) => self.ratio = Some(quantity),
            (Some(Token::CopiesLabel), _) => self.copies = Some(quantity),
            (_, Some(Token::CellsLabel)) if comparator.is_none() => self.cells = text.parse().ok(),
            (_, Some(Token::CopiesLabel)) => self.copies = Some(quantity),
            _ if score_place && comparator.is_none() => match crate::fhir::codes::plain_score(text) {
                Some(score) => self.scores.push(score),
                None => self.unknown = true,
            },
            _ => self.bare.push(quantity),
        }
    }

    /// "0, no staining": a bare 0 beside a statement on staining is the score.
    fn zero_with_staining(&mut self) {
        let staining = self.no_staining || self.stained || self.faint || self.incomplete;
        let zero = self.bare.first().is_some_and(|bare| bare.comparator.is_none() && bare.number.as_sent() == "0");
        if staining && zero && self.bare.len() == 1 && self.scores.is_empty() {
            self.bare.clear();
            self.scores.push(IhcScore::Zero);
        }
    }

    fn finish(mut self) -> TextReading {
        self.scores.sort_unstable();
        self.scores.dedup();
        self.words.dedup();
        self.ish.dedup();
        if self.scores.is_empty() && self.words.is_empty() && self.not_assessable {
            self.scores.push(IhcScore::Indeterminate);
        }
        self.zero_with_staining();
        let mut reading = TextReading {
            score: self.scores.first().copied(),
            word: self.words.first().copied(),
            ish: self.ish.first().copied(),
            ish_pending: self.ish_pending,
            ihc_pending: self.ihc_pending && self.scores.is_empty() && self.words.is_empty(),
            ratio: self.ratio.take(),
            her2_copies: self.copies.take(),
            cells: self.cells,
            percent: self.percent.take(),
            pattern: None,
            intensity: None,
            bare: None,
            negation: self.negation,
            word_alone: false,
            unread: None,
            names_her2: self.names_her2,
        };
        if reading.score == Some(IhcScore::Zero) {
            reading.pattern = if self.no_staining {
                Some(MembranePattern::None)
            } else {
                self.incomplete.then_some(MembranePattern::Incomplete)
            };
            reading.intensity = ((self.faint || self.stained) && !self.no_staining).then_some(StainingIntensity::Faint);
        } else if self.incomplete || self.faint {
            reading.pattern = self.incomplete.then_some(MembranePattern::Incomplete);
            reading.intensity = self.faint.then_some(StainingIntensity::Faint);
        }
        let counted = reading.ratio.is_some() || reading.her2_copies.is_some();
        if self.bare.len() == 1 && counted {
            // "ratio 1.8-2.2": a number is left over
            self.unknown = true;
        } else if self.bare.len() == 1 {
            reading.bare = self.bare.pop();
        } else if self.bare.len() > 1 {
            self.unknown = true;
        }
        // "0/1+": a number beside a score leaves open which of the two was meant
        self.unknown |= reading.bare.is_some() && reading.score.is_some();
        self.unknown |= self.taken_back && reading.score.is_some() && self.ish.is_empty() && !self.no_staining;
        reading.unread = self.refusal(&reading);
        if reading.unread.is_some() {
            return TextReading {
                unread: reading.unread,
                word: reading.word,
                ish: reading.ish,
                names_her2: self.names_her2,
                ..TextReading::default()
            };
        }
        reading.word_alone = reading.word.is_some() && reading.score.is_none() && self.sentence_words == 0;
        reading
    }

    /// Two scores, a score against its word, a condition, or anything that was not understood.
    fn refusal(&self, reading: &TextReading) -> Option<Unread> {
        if self.scores.len() > 1 {
            return Some(Unread::Ambiguous);
        }
        if self.words.len() > 1 || self.ish.len() > 1 {
            return Some(Unread::Contradictory);
        }
        if let (Some(score), Some(word)) = (reading.score, reading.word)
            && !agree(score, word)
        {
            return Some(Unread::Contradictory);
        }
        let nothing = reading.is_empty();
        if self.not_a_result && nothing {
            return Some(Unread::NotUnderstood);
        }
        if self.unknown {
            let word_only = reading.word.is_some() && reading.score.is_none();
            return Some(if word_only { Unread::WordInSentence } else { Unread::NotUnderstood });
        }
        if reading.word.is_some() && reading.score.is_none() && self.sentence_words > 0 {
            return Some(Unread::WordInSentence);
        }
        None
    }
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
