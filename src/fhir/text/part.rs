//! The part of a conclusion that speaks of HER2.

use crate::fhir::codes::Word;

use super::token::Token;

/// From the name of HER2 to the next marker or the first clause that is not understood.
pub(super) fn her2_part(all: &[Token]) -> Vec<Token> {
    let mut part: Vec<Token> = Vec::new();
    // "On the prior biopsy, HER2 was 3+": what a sentence says before the name holds for the name too
    let mut opening: Option<Token> = None;
    let withheld = |token: &&Token| {
        matches!(token, Token::Condition | Token::Advice | Token::Previous | Token::Elsewhere | Token::See)
    };
    // "ERBB2 mutation found; no amplification": what follows is of the same other test
    let mut of_another_test = false;
    for clause in all.split_inclusive(|token| matches!(token, Token::Stop | Token::Comma)) {
        let names = clause.iter().any(Token::names_her2);
        let foreign = clause.contains(&Token::OtherMarker);
        if names && !part.is_empty() && is_share_of_amplified_cells(clause) {
            break;
        } else if names {
            of_another_test = clause.contains(&Token::Elsewhere);
            part.extend(opening.take());
            // "ER positive HER2 1+": only what stands behind the name, up to the next marker
            let from = if foreign { clause.iter().position(Token::names_her2).unwrap_or(0) } else { 0 };
            let own = clause[from..].iter().take_while(|token| **token != Token::OtherMarker);
            part.extend(own.cloned());
        } else if part.is_empty() {
            opening = clause.iter().find(withheld).cloned().or(opening);
        } else if of_another_test && !clause.contains(&Token::Ihc) && !clause.contains(&Token::Ish) {
            break;
        } else if !foreign && !clause.contains(&Token::Unknown) && !is_share_of_amplified_cells(clause) {
            part.extend(clause.iter().cloned());
        } else {
            // "HER2 3+, on a previous biopsy"
            let same_sentence = part.last() == Some(&Token::Comma);
            part.extend((same_sentence && clause.contains(&Token::Previous)).then_some(Token::Previous));
            let spoilt = is_repeated(&part, clause) || (same_sentence && is_qualifying(&part, clause));
            part.extend((!foreign && spoilt).then_some(Token::Unknown));
            break;
        }
        if clause.last() == Some(&Token::Stop) {
            opening = None;
        }
    }
    part
}

/// "Amplified in 8 % of cells": a subpopulation, which is not understood, and no percentage of stained cells.
fn is_share_of_amplified_cells(clause: &[Token]) -> bool {
    let has = |wanted: fn(&Token) -> bool| clause.iter().any(wanted);
    has(|token| matches!(token, Token::Ish | Token::Amplified | Token::Amplification))
        && has(|token| *token == Token::Percent)
        && !has(|token| matches!(token, Token::Score(_) | Token::Ihc))
}

/// "FISH amplified, low level", "amplified, but in few cells": what is left out of the sentence takes back what it found.
fn is_qualifying(part: &[Token], clause: &[Token]) -> bool {
    let finding = |token: &Token| matches!(token, Token::Amplified | Token::Amplification | Token::Ish);
    let sentence = part.iter().rev().take_while(|token| **token != Token::Stop);
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
fn is_repeated(part: &[Token], clause: &[Token]) -> bool {
    let failed = |token: &Token| matches!(token, Token::NotAssessable | Token::Assessable | Token::Assessed);
    let result = |token: &Token| {
        let word = matches!(token, Token::Word(_) | Token::Amplified | Token::Amplification);
        word || matches!(token, Token::Score(_) | Token::RatioLabel | Token::Her2Ratio | Token::CopiesLabel)
    };
    part.iter().any(failed) && clause.iter().any(result)
}
