//! The part of a conclusion that speaks of HER2.

use crate::domain::ihc::IhcScore;
use crate::fhir::codes::Word;

use super::clause::{
    is_bare_finding, is_cut_off, is_denial_alone, is_legend, is_of_a_failure, is_result, is_scenery,
    is_share_of_amplified_cells, is_understood, own_words, scores_of,
};
use super::grammar::agree;
use super::surroundings::Place;
use super::token::Token;

/// What a report says of HER2.
#[derive(Debug, Default)]
pub(super) struct Her2Part {
    pub tokens: Vec<Token>,
    /// A score or an ISH is told in words that were left out.
    pub missed_result: bool,
    /// One of them was an ISH.
    pub missed_ish: bool,
    /// A sentence on others, on a condition or on advice speaks of an amplification: a 2+ may have been settled in it.
    pub hinted_ish: bool,
    /// Scores in words that were left out.
    pub missed_scores: Vec<IhcScore>,
    /// Amplified, or not, in words that were left out.
    pub missed_amplified: Vec<bool>,
    /// Something is taken back or corrected.
    pub doubted: bool,
}

/// From the name of HER2 to the next marker or the first clause that is not understood, and whatever is told of HER2 after that:
/// a report on two breasts, or on a tumour and its node, holds two results, and the first alone would be a silent choice.
pub(super) fn her2_part(all: &[Token], several_pieces: bool) -> Her2Part {
    let mut part = Part { several_pieces, ..Part::default() };
    for sentence in all.split_inclusive(|token| *token == Token::Stop) {
        part.sentence(sentence);
    }
    part.of_report
}

fn keep<T: PartialEq>(found: &mut Vec<T>, one: T) {
    if !found.contains(&one) {
        found.push(one);
    }
}

/// What was taken so far.
#[derive(Debug, Default)]
struct Part {
    of_report: Her2Part,
    several_pieces: bool,
    /// "IHC: 2+" on the lines before HER2 is named.
    lead: Vec<Token>,
    /// Something that is not understood came in between.
    interrupted: bool,
    /// "ERBB2 mutation found; no amplification": what follows is of the same other test.
    of_another_test: bool,
    /// Each kind of result once: a long text is not searched again for each of its clauses.
    told: Vec<Token>,
    /// A test failed.
    failed: bool,
    /// Behind the name of another marker nothing is HER2's until it is named again.
    of_other_marker: bool,
    /// Which words of place the sentences on HER2 hold.
    places: Vec<Token>,
}

impl Part {
    fn sentence(&mut self, sentence: &[Token]) {
        if !self.told.is_empty() && !self.several_pieces && is_legend(sentence) {
            self.interrupted = true;
            return;
        }
        // "No lymph node metastasis" is no piece
        self.several_pieces |=
            !self.told.is_empty() && sentence.contains(&Token::Node) && !sentence.contains(&Token::Not);
        self.of_report.doubted |= (sentence.contains(&Token::Doubt) && !sentence.contains(&Token::Advice))
            || (!self.told.is_empty() && is_of_a_failure(sentence));
        self.note_places(sentence);
        // "On the prior biopsy, HER2 was 3+": what a sentence says before the name holds for the name too
        let mut opening: Option<Token> = None;
        // "confirmed by FISH: amplified (ratio 6.0, HER2 copies 15)"
        let (mut broken, mut named) = (false, false);
        // "cannot exclude, on this biopsy, HER2 amplification"
        let mut open = false;
        for clause in sentence.split_inclusive(|token| *token == Token::Comma) {
            let names = clause.iter().any(Token::names_her2);
            let foreign = clause.contains(&Token::OtherMarker);
            let own = own_words(clause, foreign);
            self.of_other_marker = !names && (self.of_other_marker || foreign);
            broken |= is_denial_alone(clause);
            let of_its_probe = clause.contains(&Token::Cep17);
            let taken = match (names, self.interrupted) {
                (_, true) if names || of_its_probe => opening.is_none() && self.lacks(own) && self.resume(own),
                (true, false) => self.named(own, &mut opening),
                (_, true) => false,
                (false, false) if self.is_empty() => self.before_the_name(clause, foreign),
                (false, false) => self.behind_the_name(clause, foreign),
            };
            if names && taken && (broken || (foreign && is_cut_off(clause)) || (open && is_bare_finding(own))) {
                self.take(&[Token::Unknown]);
            } else if !taken && !foreign && !self.of_another_test && opening.is_none() {
                broken |= self.miss(clause, named);
            }
            named |= names;
            open |= clause.iter().any(|token| matches!(token, Token::Unknown | Token::Not));
            // "HER2/ER: 1+/3+"
            self.of_report.missed_result |= names && foreign && !own.iter().any(is_result) && scores_of(clause) > 0;
            if !taken || self.is_empty() {
                opening = opening.or_else(|| clause.iter().find(|token| token.withholds()).cloned());
            }
        }
    }

    const fn is_empty(&self) -> bool {
        self.of_report.tokens.is_empty()
    }

    /// Two sentences on HER2 that name two places, or two parts, tell of two pieces.
    fn note_places(&mut self, sentence: &[Token]) {
        let own: Vec<&Token> = sentence.iter().filter(|token| matches!(token, Token::Place(_))).collect();
        if own.is_empty() || !sentence.iter().any(|token| token.names_her2() || is_result(token)) {
            return;
        }
        let same = |place: &&Token| self.places.contains(place) && **place != Token::Place(Place::Component);
        self.several_pieces |= !self.places.is_empty() && !own.iter().any(same);
        if self.places.is_empty() {
            // each once: a long text is not searched again for each of its words
            own.into_iter().for_each(|place| keep(&mut self.places, place.clone()));
        }
    }

    /// A clause that names HER2.
    fn named(&mut self, own: &[Token], opening: &mut Option<Token>) -> bool {
        if (!self.is_empty() && is_share_of_amplified_cells(own)) || self.is_commented(own) {
            self.interrupted = true;
            return false;
        }
        self.of_another_test = own.contains(&Token::Elsewhere);
        let lead = std::mem::take(&mut self.lead);
        self.take(&lead);
        self.take(opening.take().as_slice());
        self.take_named(own);
        true
    }

    /// A statement on HER2 behind words that were not understood.
    fn resume(&mut self, own: &[Token]) -> bool {
        self.interrupted = false;
        self.take(&[Token::Stop]);
        self.take_named(own);
        true
    }

    /// Another result of another piece is not joined with the first.
    fn take_named(&mut self, own: &[Token]) {
        let of_another_piece = self.several_pieces && !self.told.is_empty() && self.told_anew(own);
        self.take(own);
        if of_another_piece {
            self.take(&[Token::Unknown]);
        }
    }

    /// "IHC: 2+. FISH: not amplified. HER2/CEP17: 1.1": a report on one marker names it late.
    fn before_the_name(&mut self, clause: &[Token], foreign: bool) -> bool {
        let of_a_test = clause.iter().any(|token| matches!(token, Token::Ihc | Token::Ish));
        if foreign || !is_understood(clause) || clause.iter().any(Token::withholds) {
            self.lead.clear();
            return false;
        }
        if of_a_test || !self.lead.is_empty() {
            self.lead.extend_from_slice(clause);
        }
        true
    }

    fn behind_the_name(&mut self, clause: &[Token], foreign: bool) -> bool {
        self.interrupted = self.of_another_test && !clause.contains(&Token::Ihc) && !clause.contains(&Token::Ish);
        if self.interrupted {
            return false;
        }
        let opens = self.of_report.tokens.last() == Some(&Token::Stop);
        if opens && is_scenery(clause) {
            return true;
        }
        if opens && self.several_pieces && self.told_anew(clause) {
            // "Left: HER2 2+. Right: FISH not amplified"
            self.take(&[Token::Unknown]);
        }
        if !foreign && is_understood(clause) && !is_share_of_amplified_cells(clause) {
            self.take(clause);
            return true;
        }
        // "HER2 3+, on a previous biopsy"
        let same_sentence = self.of_report.tokens.last() == Some(&Token::Comma);
        if same_sentence && clause.contains(&Token::Previous) {
            self.take(&[Token::Previous]);
        }
        if !foreign
            && (self.is_repeated(clause)
                || (same_sentence
                    && (clause.contains(&Token::InSitu) || self.is_qualified(clause) || self.is_taken_back(clause))))
        {
            self.take(&[Token::Unknown]);
        }
        self.interrupted = true;
        false
    }

    /// Notes a result that is left out; says whether there was one. `named`: HER2 was, in this sentence.
    fn miss(&mut self, clause: &[Token], named: bool) -> bool {
        let has = |wanted: fn(&Token) -> bool| clause.iter().any(wanted);
        if has(|token| token.withholds() || matches!(token, Token::Aside | Token::Control)) {
            let amplified = has(|token| matches!(token, Token::Amplified | Token::Amplification));
            self.of_report.hinted_ish |= amplified && !has(|token| matches!(token, Token::Score(_)));
            return false;
        }
        let of_ish = has(|token| matches!(token, Token::Ish | Token::Amplified | Token::Amplification | Token::Cep17))
            || has(Token::names_a_count);
        let result =
            has(|token| matches!(token, Token::Amplified | Token::Amplification | Token::Word(_) | Token::Number(_)));
        let ish = of_ish && result;
        // other markers have scores too
        let score = has(|token| matches!(token, Token::Score(_))) && (named || clause.contains(&Token::Ihc));
        if !self.of_other_marker {
            self.miss_words(clause);
        }
        self.of_report.missed_ish |= ish;
        self.of_report.missed_result |= ish || score;
        ish || score
    }

    /// The scores and the words of an ISH in a clause that is left out, each once.
    fn miss_words(&mut self, clause: &[Token]) {
        let (denied, of_ish) = (clause.contains(&Token::Not), clause.contains(&Token::Ish));
        for token in clause {
            match token {
                Token::Score(score) => keep(&mut self.of_report.missed_scores, *score),
                Token::Amplified | Token::Amplification => keep(&mut self.of_report.missed_amplified, !denied),
                Token::Word(word) if of_ish => {
                    keep(&mut self.of_report.missed_amplified, *word == Word::Positive);
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, tokens: &[Token]) {
        for token in tokens {
            if is_result(token) {
                keep(&mut self.told, token.clone());
            }
            self.failed |= matches!(token, Token::NotAssessable | Token::Assessable | Token::Assessed);
        }
        self.of_report.tokens.extend_from_slice(tokens);
    }

    /// A sentence of its own on controls, patients in general, or the low that goes with the score, in words that are not understood.
    fn is_commented(&self, clause: &[Token]) -> bool {
        let low = |token: &Token| matches!(token, Token::Word(Word::Low | Word::Ultralow));
        let opens = self.of_report.tokens.last() == Some(&Token::Stop) && !self.told.is_empty();
        let has = |wanted: fn(&Token) -> bool| clause.iter().any(wanted);
        let how_it_was_done = clause.contains(&Token::Assay)
            && !has(|token| is_result(token) || token.withholds() || *token == Token::NotAssessable);
        // on others there are several scores, or the one that was told; a single other one may be this tumour's
        let of_others = clause.contains(&Token::Aside) && (scores_of(clause) != 1 || !self.told_anew(clause));
        let general =
            clause.contains(&Token::Control) || of_others || (has(low) && !self.told_anew(clause)) || how_it_was_done;
        opens && !is_understood(clause) && general
    }

    /// Another result than those that were taken, or the word of one of them.
    fn told_anew(&self, own: &[Token]) -> bool {
        let fits = |word: Word| self.told.iter().any(|told| matches!(told, Token::Score(score) if agree(*score, word)));
        let new = |token: &Token| {
            is_result(token) && !self.told.contains(token) && !matches!(token, Token::Word(word) if fits(*word))
        };
        own.iter().any(new)
    }

    /// Behind words that were not understood: a result, and where it is not understood itself, another one than was told before.
    /// "HER2-low tumours may respond" beside a 1+ is none.
    fn lacks(&self, own: &[Token]) -> bool {
        let pending = own.contains(&Token::Ish)
            && own.iter().any(|token| matches!(token, Token::Pending | Token::Ordered))
            && is_understood(own);
        let told = pending || own.iter().any(is_result);
        let of_others = own.contains(&Token::Aside) && scores_of(own) != 1;
        let aside = of_others || own.iter().any(|token| token.withholds() || *token == Token::Control);
        told && !aside && (is_understood(own) || self.told_anew(own))
    }

    /// "FISH amplified, low level", "amplified, but in few cells": what is left out of the sentence takes back what it found.
    fn is_qualified(&self, clause: &[Token]) -> bool {
        let finding = |token: &Token| matches!(token, Token::Amplified | Token::Amplification | Token::Ish);
        let sentence = self.of_report.tokens.iter().rev().take_while(|token| **token != Token::Stop);
        let qualifies = |token: &Token| match token {
            Token::Word(word) => !matches!(word, Word::Positive | Word::Negative),
            Token::Intensity(_)
            | Token::Pattern(_)
            | Token::CellsLabel
            | Token::Condition
            | Token::Advice
            | Token::Pending => true,
            Token::Amplified | Token::Amplification | Token::NotAssessable | Token::Assessable | Token::Ordered => true,
            Token::Ish | Token::Cep17 | Token::RatioLabel | Token::Her2Ratio | Token::CopiesLabel => true,
            _ => false,
        };
        clause.iter().any(qualifies) && sentence.into_iter().any(finding)
    }

    /// "HER2 amplification, ruled out", "HER2 1+, not interpretable because of fixation".
    fn is_taken_back(&self, clause: &[Token]) -> bool {
        let tokens = &self.of_report.tokens;
        let began = tokens.iter().rposition(|token| *token == Token::Stop).map_or(0, |stop| stop + 1);
        is_of_a_failure(clause) || (clause.contains(&Token::Unknown) && is_bare_finding(&tokens[began..]))
    }

    /// "FISH failed. On repeat, amplified": what failed was done again, and nobody can say with what result.
    fn is_repeated(&self, clause: &[Token]) -> bool {
        let result = |token: &Token| {
            let word = matches!(token, Token::Word(_) | Token::Amplified | Token::Amplification);
            word || matches!(token, Token::Score(_) | Token::RatioLabel | Token::Her2Ratio | Token::CopiesLabel)
        };
        self.failed && clause.iter().any(result)
    }
}
