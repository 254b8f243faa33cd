//! What a "not" denies: the first thing behind it, as far as the next comma. One that denies nothing takes back what stands
//! before it.

use super::token::Token;

/// What one denial is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    /// "no 3+": this score and those that follow.
    Score,
    /// "not amplified", "no amplification".
    Amplified,
    Word,
    Staining,
    Overexpression,
    /// "not assessable", "cannot be assessed".
    Assessment,
    /// "no FISH ordered".
    Order,
    /// "FISH not performed".
    Test,
    /// "3+ not seen", "amplification absent": what stands before it.
    Before,
    /// Something else.
    Other,
}

/// The denials of one sentence.
pub(super) struct Denials {
    all: Vec<(usize, Denied)>,
    /// Asked for at every score, so it is looked for once.
    first_score: Option<usize>,
}

impl Denials {
    pub(super) fn of(sentence: &[Token]) -> Self {
        let can = sentence.contains(&Token::Can);
        let places = sentence.iter().enumerate().filter(|(_, token)| **token == Token::Not);
        let all: Vec<_> = places.map(|(at, _)| denied(sentence, at, can)).collect();
        let first_score = all.iter().find(|(_, denied)| *denied == Denied::Score).map(|(at, _)| *at);
        Self { all, first_score }
    }

    /// What is denied of the token there; of a "not" that denies nothing known, what it is itself.
    pub(super) fn at(&self, at: usize) -> Option<Denied> {
        self.all.binary_search_by_key(&at, |(place, _)| *place).ok().map(|found| self.all[found].1)
    }

    /// The first score that is denied.
    pub(super) const fn first_score(&self) -> Option<usize> {
        self.first_score
    }
}

fn denied(sentence: &[Token], not: usize, can: bool) -> (usize, Denied) {
    let behind = sentence.iter().enumerate().skip(not + 1);
    let Some((at, token)) = behind.take_while(|(_, token)| **token != Token::Comma).find(|(_, token)| !token.joins())
    else {
        return (not, Denied::Before);
    };
    match token {
        Token::Score(_) => (at, Denied::Score),
        // "no testing for amplification"
        Token::Amplification if is_tested(&sentence[not + 1..at]) => (not, Denied::Other),
        Token::Amplified | Token::Amplification => (at, Denied::Amplified),
        Token::Word(_) => (at, Denied::Word),
        Token::Staining => (at, Denied::Staining),
        Token::Overexpression => (at, Denied::Overexpression),
        Token::Assessable => (at, Denied::Assessment),
        Token::Assessed if can => (at, Denied::Assessment),
        Token::Pending | Token::Ordered => (at, Denied::Order),
        Token::Performed => (at, Denied::Test),
        Token::Detected => (not, Denied::Before),
        _ => (not, Denied::Other),
    }
}

fn is_tested(between: &[Token]) -> bool {
    between.iter().any(|token| matches!(token, Token::Test | Token::Testing))
}
