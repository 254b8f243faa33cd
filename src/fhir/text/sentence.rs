//! Reads sentence by sentence: each token by what was said before it.

use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

use super::amplification::{Said, is_qualified, said_of_amplification, up_to_amplification};
use super::denial::{Denials, Denied};
use super::grammar::Scope;
use super::numbers::{Before, Label, Method, Numbers, Probe, Taken, has_pair_beside_ratio, is_per_cell, past_counted};
use super::token::Token;

/// Everything that the sentences say, before it is weighed.
#[derive(Default)]
pub(super) struct Reader {
    pub scores: Vec<IhcScore>,
    pub words: Vec<Word>,
    pub ish: Vec<IshWord>,
    pub ish_pending: bool,
    pub ihc_pending: bool,
    /// Something is pending in a sentence that names no test.
    pub awaited_unnamed: bool,
    pub numbers: Numbers,
    /// Sentences on the ISH with a number that belongs to nothing.
    pub unplaced: Vec<usize>,
    /// The word that goes with each ISH group, if only one does.
    pub groups: Vec<Option<IshWord>>,
    pub no_staining: bool,
    pub no_overexpression: bool,
    /// "0 with staining".
    pub stained: bool,
    pub intensities: Vec<StainingIntensity>,
    pub patterns: Vec<MembranePattern>,
    pub not_assessable: bool,
    pub denied_scores: Vec<IhcScore>,
    /// Scores of sentences that refer to something else.
    pub withheld_scores: Vec<IhcScore>,
    pub names_ihc: bool,
    pub not_a_result: bool,
    pub unknown: bool,
    /// Words of a sentence that make a status word free text.
    pub sentence_words: usize,
    /// The test that was spoken of last: a percentage is its own.
    last: Option<Method>,
}

/// One sentence while it is read.
struct Sentence<'t> {
    tokens: &'t [Token],
    denials: Denials,
    about_ish: bool,
    before: Before,
    ordered: bool,
    pending: bool,
    failed: bool,
    /// Behind the name of another marker.
    foreign: bool,
}

impl Reader {
    /// Reads all sentences but those at the places in `without`, which are in order.
    pub(super) fn walk(&mut self, all: &[Token], scope: Scope, without: &[usize]) {
        self.numbers.pair_beside_ratio = has_pair_beside_ratio(all);
        for (place, sentence) in all.split(|token| *token == Token::Stop).enumerate() {
            if without.binary_search(&place).is_ok() {
                continue;
            }
            let about_ish = sentence.contains(&Token::Ish);
            let no_result = sentence.iter().any(|token| match token {
                Token::Condition | Token::Advice | Token::Previous | Token::Elsewhere | Token::See => true,
                Token::Ordered => !about_ish,
                _ => false,
            });
            if no_result {
                self.not_a_result = true;
                // "See addendum: HER2 is 3+": unlike a score of an earlier time, one that may stand today
                let of_today = !sentence.iter().any(|token| matches!(token, Token::Previous | Token::Condition));
                if of_today && sentence.iter().any(Token::names_her2) {
                    let score = |token: &Token| if let Token::Score(score) = token { Some(*score) } else { None };
                    self.withheld_scores.extend(sentence.iter().filter_map(score));
                }
                continue;
            }
            let bare = self.numbers.bare.len();
            let said = self.sentence(sentence, about_ish);
            let of_ihc = |token: &Token| matches!(token, Token::Score(_) | Token::ScoreLabel | Token::Ihc);
            if said && self.numbers.bare.len() > bare && !sentence.iter().any(of_ihc) {
                self.unplaced.push(place);
            }
        }
        if scope == Scope::Narrative {
            self.sentence_words += 1;
        }
    }

    /// Returns whether it says something of the ISH.
    fn sentence(&mut self, tokens: &[Token], about_ish: bool) -> bool {
        let mut sentence = Sentence {
            tokens,
            denials: Denials::of(tokens),
            about_ish,
            before: Before::default(),
            ordered: false,
            pending: false,
            failed: false,
            foreign: false,
        };
        self.last = tokens.iter().find_map(test_of).or(self.last);
        let (words, numbers) = (self.ish.len(), self.numbers.counted());
        let mut at = 0;
        while at < tokens.len() {
            at += self.token(&mut sentence, at);
        }
        let said = self.ish.len() > words || self.numbers.counted() > numbers;
        self.close(&sentence, said);
        said
    }

    /// Returns how many tokens were taken.
    fn token(&mut self, sentence: &mut Sentence<'_>, at: usize) -> usize {
        let tokens = sentence.tokens;
        let token = &tokens[at];
        if sentence.foreign && !token.names_her2() {
            // "HER2 amplified, TOP2A not amplified": the other marker's
            return 1;
        }
        sentence.foreign = false;
        self.last = test_of(token).or(self.last);
        match token {
            Token::Her2 | Token::Cep17 => self.probe(token, sentence),
            Token::Ihc | Token::Ish => {
                sentence.before.method = test_of(token);
                self.names_ihc |= *token == Token::Ihc;
            }
            Token::Score(score) => self.score(*score, sentence, at),
            Token::ScoreLabel | Token::RatioLabel | Token::Her2Ratio | Token::CopiesLabel | Token::SignalsLabel => {
                self.label(token, sentence, at);
            }
            Token::Word(word) => return self.word(*word, sentence, at),
            Token::Amplified | Token::Amplification if is_qualified(&tokens[..at]) => self.unknown = true,
            Token::Amplified => {
                let denied = sentence.denials.at(at) == Some(Denied::Amplified);
                self.ish.push(if denied { IshWord::Negative } else { IshWord::Positive });
            }
            Token::Amplification => return self.amplification(sentence, at),
            // takes back what stands before it, or denies something that is not known
            Token::Not => self.unknown |= matches!(sentence.denials.at(at), Some(Denied::Before | Denied::Other)),
            Token::Staining if sentence.denials.at(at) == Some(Denied::Staining) => self.no_staining = true,
            Token::Staining => {
                let behind_score = !self.scores.is_empty() || !self.numbers.bare.is_empty();
                // "score 0 by IHC staining" names the test
                let names_test = matches!(tokens[..at], [.., Token::Ihc | Token::By]);
                self.stained |= behind_score && !names_test && sentence.denials.first_score().is_none();
            }
            Token::Overexpression => {
                self.no_overexpression |= sentence.denials.at(at) == Some(Denied::Overexpression);
                self.sentence_words += 1;
            }
            Token::Comparator(found) => sentence.before.comparator = Some(*found),
            Token::Number(text) => return self.number(text, sentence, at),
            Token::CellsLabel => return self.cells(tokens, at),
            Token::Pending if sentence.denials.at(at).is_some() => {}
            Token::Pending if is_ihcs_alone(tokens, at) => self.ihc_pending = true,
            Token::Pending => sentence.pending = true,
            Token::Performed => {
                self.unknown |= !sentence.about_ish || sentence.denials.at(at) != Some(Denied::Test);
            }
            Token::Ordered => sentence.ordered |= sentence.denials.at(at).is_none(),
            Token::Intensity(intensity) => self.intensities.push(*intensity),
            Token::Pattern(pattern) => self.patterns.push(*pattern),
            Token::NotAssessable => sentence.failed = true,
            Token::Assessable | Token::Assessed if sentence.denials.at(at) == Some(Denied::Assessment) => {
                sentence.failed = true;
            }
            Token::Comma => sentence.before.label = None,
            Token::Percent | Token::Mean | Token::PerCell | Token::Of | Token::By => {}
            Token::Filler | Token::Assay | Token::Guideline | Token::Status | Token::Test => {}
            Token::Group => return self.group(sentence, at),
            Token::SentenceWord | Token::Node | Token::Place(_) | Token::Testing | Token::Counted => {
                self.sentence_words += 1
            }
            Token::For | Token::Can | Token::Detected | Token::Assessable | Token::Assessed => {
                self.sentence_words += 1;
            }
            Token::OtherMarker => {
                self.unknown = true;
                sentence.foreign = true;
            }
            Token::Unknown | Token::Sign | Token::Aside | Token::Control | Token::Doubt | Token::InSitu => {
                self.unknown = true;
            }
            Token::Condition | Token::Advice | Token::Previous | Token::Elsewhere | Token::See | Token::Stop => {}
        }
        1
    }

    /// What a sentence says of a test as a whole: ordered, pending, or failed. Beside a result it cannot be both.
    fn close(&mut self, sentence: &Sentence<'_>, said: bool) {
        self.unknown |= sentence.before.probe == Some(Probe::Cep17);
        self.unknown |= said && (sentence.ordered || sentence.failed || sentence.pending);
        self.ish_pending |= (sentence.ordered || (sentence.pending && sentence.about_ish)) && !said;
        if sentence.pending && !sentence.about_ish {
            self.ihc_pending = true;
            // "FISH-; pending": nobody can say which test is awaited
            self.awaited_unnamed |= !sentence.tokens.contains(&Token::Ihc);
        }
        if sentence.failed && sentence.about_ish && !said {
            // clinical guide, 2.4 and 4.2 (1)
            self.ish.push(IshWord::Failed);
        }
        self.not_assessable |= sentence.failed && (!sentence.about_ish || sentence.tokens.contains(&Token::Ihc));
    }

    fn probe(&mut self, token: &Token, sentence: &mut Sentence<'_>) {
        // a control probe without a number: nothing is known of it
        self.unknown |= sentence.before.probe == Some(Probe::Cep17);
        let cep17 = *token == Token::Cep17;
        self.numbers.cep17_named |= cep17;
        sentence.before.probe = Some(if cep17 { Probe::Cep17 } else { Probe::Her2 });
    }

    fn score(&mut self, score: IhcScore, sentence: &mut Sentence<'_>, at: usize) {
        if sentence.before.comparator.take().is_some() {
            // a bound is never a score
            self.unknown = true;
        } else if sentence.denials.first_score().is_some_and(|denied| denied <= at) {
            self.denied_scores.push(score);
        } else {
            self.scores.push(score);
        }
    }

    fn label(&mut self, token: &Token, sentence: &mut Sentence<'_>, at: usize) {
        let label = match token {
            Token::ScoreLabel => Label::Score,
            Token::RatioLabel | Token::Her2Ratio => Label::Ratio,
            Token::SignalsLabel if !is_per_cell(sentence.tokens, at) => {
                // "120 signals" may be all that were counted
                self.unknown = true;
                return;
            }
            _ => Label::Copies,
        };
        let before = sentence.before.label.replace(label);
        let waiting = before.filter(|before| *before != Label::Score && *before != label);
        let of_control = label == Label::Ratio && sentence.before.probe == Some(Probe::Cep17);
        self.unknown |= waiting.is_some() || of_control;
    }

    fn number(&mut self, text: &str, sentence: &mut Sentence<'_>, at: usize) -> usize {
        if sentence.tokens.get(at + 1) == Some(&Token::Percent) {
            // cells that are amplified are no cells that are stained; "30-60 %" has two ends
            let of_ish = self.last == Some(Method::Ish);
            let range =
                matches!(sentence.tokens[..at], [.., Token::Number(_)] | [.., Token::Number(_), Token::Percent]);
            self.unknown |= of_ish || range || !self.numbers.keep_percent(text, sentence.before.comparator.take());
            return 2;
        }
        match self.numbers.take(text, sentence.tokens, at, &mut sentence.before) {
            Taken::Tokens(taken) => return taken,
            Taken::Score(score) => self.score(score, sentence, at),
            Taken::NotUnderstood => self.unknown = true,
        }
        1
    }

    /// "cells 40", "cells counted: 40"
    fn cells(&mut self, tokens: &[Token], at: usize) -> usize {
        let next = past_counted(tokens, at + 1);
        match (tokens.get(next), tokens.get(next + 1)) {
            (Some(Token::Number(_)), Some(Token::Percent)) => 1,
            (Some(Token::Number(text)), _) => {
                self.unknown |= !self.numbers.keep_cells(text.parse().ok());
                next + 1 - at
            }
            _ => 1,
        }
    }

    /// "group 1": what the groups mean stands in the clinical guide, 4.1.
    fn group(&mut self, sentence: &Sentence<'_>, at: usize) -> usize {
        if let Some(Token::Number(text)) = sentence.tokens.get(at + 1) {
            self.groups.push(match text.as_str() {
                "1" => Some(IshWord::Positive),
                "5" => Some(IshWord::Negative),
                // between them other things decide than the text says
                _ => None,
            });
            return 2;
        }
        self.sentence_words += 1;
        1
    }

    fn word(&mut self, word: Word, sentence: &Sentence<'_>, at: usize) -> usize {
        if sentence.denials.at(at) == Some(Denied::Word) {
            self.unknown = true;
            return 1;
        }
        let behind = &sentence.tokens[at + 1..];
        if let Some(taken) = up_to_amplification(behind) {
            self.ish_word(word);
            return 1 + taken;
        }
        if behind.first() == Some(&Token::For) && !behind.iter().any(Token::names_her2) {
            // "positive for carcinoma"
            self.unknown = true;
        } else if sentence.before.method == Some(Method::Ish) || is_by_ish(behind) {
            self.ish_word(word);
        } else {
            self.words.push(word);
        }
        1
    }

    fn ish_word(&mut self, word: Word) {
        match word {
            Word::Positive => self.ish.push(IshWord::Positive),
            Word::Negative => self.ish.push(IshWord::Negative),
            Word::Equivocal => self.ish.push(IshWord::Equivocal),
            Word::Indeterminate => self.ish.push(IshWord::Failed),
            Word::Low | Word::Ultralow => self.unknown = true,
        }
    }

    /// "amplification: negative", "no amplification detected", "amplification absent".
    fn amplification(&mut self, sentence: &Sentence<'_>, at: usize) -> usize {
        let denied = sentence.denials.at(at) == Some(Denied::Amplified);
        let (said, taken) = said_of_amplification(sentence.tokens, at);
        match (said, denied) {
            (Said::Word(word), false) => self.ish_word(word),
            (Said::Found, false) => self.ish.push(IshWord::Positive),
            (Said::NotFound, false)
            | (Said::Found | Said::Title | Said::Nothing | Said::Word(Word::Negative), true) => {
                self.ish.push(IshWord::Negative);
            }
            (Said::Nothing, false) => {}
            (Said::NotFound | Said::Word(_), true) | (Said::Title, false) | (Said::Unclear, _) => self.unknown = true,
        }
        taken
    }
}

/// The test that a token belongs to.
const fn test_of(token: &Token) -> Option<Method> {
    match token {
        Token::Ihc | Token::Score(_) | Token::ScoreLabel => Some(Method::Ihc),
        Token::Staining | Token::Intensity(_) | Token::Pattern(_) => Some(Method::Ihc),
        Token::Ish | Token::Amplified | Token::Amplification => Some(Method::Ish),
        Token::RatioLabel | Token::Her2Ratio | Token::CopiesLabel | Token::Cep17 => Some(Method::Ish),
        _ => None,
    }
}

/// "IHC (pending), FISH negative"
fn is_ihcs_alone(tokens: &[Token], at: usize) -> bool {
    let ihc = matches!(tokens[..at], [.., Token::Ihc] | [.., Token::Ihc, Token::Status]);
    ihc && matches!(tokens.get(at + 1), None | Some(Token::Comma))
}

/// "(negative) by FISH", "(negative) (FISH)".
fn is_by_ish(behind: &[Token]) -> bool {
    let mut next = behind.iter().filter(|token| {
        !matches!(token, Token::Filler | Token::Assay | Token::Guideline | Token::Status | Token::Test | Token::Testing)
            && !token.makes_sentence()
    });
    match next.next() {
        Some(Token::By) => next.next() == Some(&Token::Ish),
        Some(Token::Ish) => matches!(next.next(), None | Some(Token::Comma)),
        _ => false,
    }
}
