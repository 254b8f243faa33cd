//! The part of a conclusion that speaks of HER2.

use crate::fhir::codes::Word;

use super::grammar::agree;
use super::token::Token;

/// What a report says of HER2.
#[derive(Debug, Default)]
pub(super) struct Her2Part {
    pub tokens: Vec<Token>,
    /// A score or an ISH is told in words that were left out.
    pub missed_result: bool,
    /// One of them was an ISH.
    pub missed_ish: bool,
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
        // "On the prior biopsy, HER2 was 3+": what a sentence says before the name holds for the name too
        let mut opening: Option<Token> = None;
        // "confirmed by FISH: amplified (ratio 6.0, HER2 copies 15)"
        let (mut broken, mut named) = (false, false);
        for clause in sentence.split_inclusive(|token| *token == Token::Comma) {
            let names = clause.iter().any(Token::names_her2);
            let foreign = clause.contains(&Token::OtherMarker);
            let own = own_words(clause, foreign);
            let of_its_probe = clause.contains(&Token::Cep17);
            let taken = match (names, self.interrupted) {
                (_, true) if names || of_its_probe => opening.is_none() && self.lacks(own) && self.resume(own),
                (true, false) => self.named(own, &mut opening),
                (_, true) => false,
                (false, false) if self.is_empty() => self.before_the_name(clause, foreign),
                (false, false) => self.behind_the_name(clause, foreign),
            };
            if names && taken && broken {
                self.take(&[Token::Unknown]);
            } else if !taken && !foreign && !self.of_another_test {
                broken |= self.miss(clause, named);
            }
            named |= names;
            if !taken || self.is_empty() {
                opening = opening.or_else(|| clause.iter().find(|token| token.withholds()).cloned());
            }
        }
    }

    const fn is_empty(&self) -> bool {
        self.of_report.tokens.is_empty()
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
        if self.of_report.tokens.last() == Some(&Token::Stop) && is_scenery(clause) {
            return true;
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
        if !foreign && (self.is_repeated(clause) || (same_sentence && self.is_qualified(clause))) {
            self.take(&[Token::Unknown]);
        }
        self.interrupted = true;
        false
    }

    /// Notes a result that is left out; says whether there was one. `named`: HER2 was, in this sentence.
    fn miss(&mut self, clause: &[Token], named: bool) -> bool {
        let has = |wanted: fn(&Token) -> bool| clause.iter().any(wanted);
        if has(|token| token.withholds() || *token == Token::Aside) {
            return false;
        }
        let of_ish = has(|token| matches!(token, Token::Ish | Token::Amplified | Token::Amplification | Token::Cep17))
            || has(Token::names_a_count);
        let result =
            has(|token| matches!(token, Token::Amplified | Token::Amplification | Token::Word(_) | Token::Number(_)));
        let ish = of_ish && result;
        // other markers have scores too
        let score = has(|token| matches!(token, Token::Score(_))) && (named || clause.contains(&Token::Ihc));
        self.of_report.missed_ish |= ish;
        self.of_report.missed_result |= ish || score;
        ish || score
    }

    fn take(&mut self, tokens: &[Token]) {
        for token in tokens {
            if is_result(token) && !self.told.contains(token) {
                self.told.push(token.clone());
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
        let general = clause.contains(&Token::Aside) || (has(low) && !self.told_anew(clause)) || how_it_was_done;
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
        let aside = own.iter().any(|token| token.withholds() || *token == Token::Aside);
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

    /// "FISH failed. On repeat, amplified": what failed was done again, and nobody can say with what result.
    fn is_repeated(&self, clause: &[Token]) -> bool {
        let result = |token: &Token| {
            let word = matches!(token, Token::Word(_) | Token::Amplified | Token::Amplification);
            word || matches!(token, Token::Score(_) | Token::RatioLabel | Token::Her2Ratio | Token::CopiesLabel)
        };
        self.failed && clause.iter().any(result)
    }
}

const fn is_result(token: &Token) -> bool {
    token.tells_a_result() || token.names_a_count() || matches!(token, Token::Amplification)
}

fn is_understood(clause: &[Token]) -> bool {
    !clause.iter().any(|token| matches!(token, Token::Unknown | Token::Sign | Token::Aside))
}

/// "0 or 1+ negative, 2+ equivocal, 3+ positive (ASCO/CAP)": two scores beside the name of a guideline, or three with their words.
fn is_legend(sentence: &[Token]) -> bool {
    let count = |of: fn(&Token) -> bool| {
        let mut found: Vec<&Token> = Vec::new();
        for token in sentence.iter().filter(|token| of(token)) {
            if !found.contains(&token) {
                found.push(token);
            }
        }
        found.len()
    };
    let scores = count(|token| matches!(token, Token::Score(_)));
    let words = count(|token| matches!(token, Token::Word(_)));
    let by_guideline = sentence.iter().any(|token| matches!(token, Token::Guideline | Token::Aside));
    (scores >= 2 && by_guideline) || (scores >= 3 && words >= 3)
}

/// "No invasive carcinoma identified", "Specimen 2: left axillary node": nothing of a test.
fn is_scenery(clause: &[Token]) -> bool {
    clause.iter().any(|token| matches!(token, Token::SentenceWord | Token::Node))
        && clause.iter().all(|token| {
            let silent =
                matches!(token, Token::SentenceWord | Token::Node | Token::Filler | Token::Of | Token::For | Token::By);
            silent || matches!(token, Token::Not | Token::Detected | Token::Number(_) | Token::Comma | Token::Stop)
        })
}

/// "Specimen 1: HER2 2+": the heading, which may hold a number that is no result.
fn without_heading(clause: &[Token]) -> &[Token] {
    let name = clause.iter().position(Token::names_her2).unwrap_or(0);
    let heading = clause[..name]
        .iter()
        .all(|token| matches!(token, Token::SentenceWord | Token::Node | Token::Filler | Token::Number(_)));
    if heading { &clause[name..] } else { clause }
}

/// The words of a clause that belong to HER2: "ER positive HER2 1+" from the name on, up to the next marker.
fn own_words(clause: &[Token], foreign: bool) -> &[Token] {
    let clause = without_heading(clause);
    let from = if foreign { clause.iter().position(Token::names_her2).unwrap_or(0) } else { 0 };
    let until = clause[from..].iter().position(|token| *token == Token::OtherMarker);
    &clause[from..until.map_or(clause.len(), |until| from + until)]
}

/// "Amplified in 8 % of cells": a subpopulation, which is not understood, and no percentage of stained cells.
fn is_share_of_amplified_cells(clause: &[Token]) -> bool {
    let has = |wanted: fn(&Token) -> bool| clause.iter().any(wanted);
    has(|token| matches!(token, Token::Ish | Token::Amplified | Token::Amplification))
        && has(|token| *token == Token::Percent)
        && !has(|token| matches!(token, Token::Score(_) | Token::Ihc))
}
