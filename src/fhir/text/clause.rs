//! What kind of clause it is: understood, a legend, a heading, scenery, or cut off from what it hangs on.

use super::token::Token;

pub(super) const fn is_result(token: &Token) -> bool {
    token.tells_a_result() || token.names_a_count() || matches!(token, Token::Amplification)
}

pub(super) fn is_understood(clause: &[Token]) -> bool {
    let unclear = |token: &Token| {
        matches!(token, Token::Unknown | Token::Sign | Token::Aside | Token::Control | Token::Doubt | Token::InSitu)
    };
    !clause.iter().any(unclear)
}

/// How many different scores.
pub(super) fn scores_of(clause: &[Token]) -> usize {
    different(clause, |token| matches!(token, Token::Score(_)))
}

fn different(clause: &[Token], of: fn(&Token) -> bool) -> usize {
    let mut found: Vec<&Token> = Vec::new();
    for token in clause.iter().filter(|token| of(token)) {
        if !found.contains(&token) {
            found.push(token);
        }
    }
    found.len()
}

/// "Controls failed", "result not valid": in words that say of no ISH and of no other marker that a test failed.
pub(super) fn is_of_a_failure(sentence: &[Token]) -> bool {
    let has = |wanted: fn(&Token) -> bool| sentence.iter().any(wanted);
    let failed = has(|token| *token == Token::NotAssessable)
        || (has(|token| *token == Token::Not) && has(|token| matches!(token, Token::Assessable | Token::Assessed)));
    failed && !has(|token| matches!(token, Token::Ish | Token::OtherMarker | Token::Advice)) && !is_understood(sentence)
}

/// "Keine, auch fokale, HER2-Amplifikation": a denial whose object follows.
pub(super) fn is_denial_alone(clause: &[Token]) -> bool {
    matches!(clause, [Token::Not, Token::Comma])
}

/// "ER negative and no HER2 amplification": what stands before the name belongs to what stands behind it.
pub(super) fn is_cut_off(clause: &[Token]) -> bool {
    let name = clause.iter().position(Token::names_her2).unwrap_or(0);
    let own = own_words(clause, true);
    let joined = match &clause[..name] {
        [.., Token::Not] => true,
        [.., Token::SentenceWord | Token::Of | Token::For] => !own.iter().any(|token| matches!(token, Token::Score(_))),
        _ => false,
    };
    // "HER2 3+ and ER negative in the previous biopsy"
    let withheld = |tokens: &[Token]| tokens.iter().filter(|token| token.withholds()).count();
    joined || withheld(clause) > withheld(own)
}

/// "0 or 1+ negative, 2+ equivocal, 3+ positive (ASCO/CAP)": scores with their words, two beside the name of a guideline, or three.
pub(super) fn is_legend(sentence: &[Token]) -> bool {
    let scores = scores_of(sentence);
    let words = different(sentence, |token| matches!(token, Token::Word(_)));
    let by_guideline = sentence.iter().any(|token| matches!(token, Token::Guideline | Token::Aside));
    (scores >= 2 && words >= 2 && by_guideline) || (scores >= 3 && words >= 3)
}

/// "No invasive carcinoma identified", "Specimen 2: left axillary node": nothing of a test.
pub(super) fn is_scenery(clause: &[Token]) -> bool {
    // "Lymph nodes negative"
    let of_nodes = clause.contains(&Token::Node);
    let of_tissue = of_nodes || clause.iter().any(|token| matches!(token, Token::SentenceWord | Token::Place(_)));
    of_tissue
        && clause.iter().all(|token| {
            if of_nodes && matches!(token, Token::Word(_)) {
                return true;
            }
            let silent = matches!(
                token,
                Token::SentenceWord
                    | Token::Node
                    | Token::Place(_)
                    | Token::Filler
                    | Token::Of
                    | Token::For
                    | Token::By
            );
            silent || matches!(token, Token::Not | Token::Detected | Token::Number(_) | Token::Comma | Token::Stop)
        })
}

/// "Specimen 1: HER2 2+": the heading, which may hold a number that is no result.
fn without_heading(clause: &[Token]) -> &[Token] {
    let name = clause.iter().position(Token::names_her2).unwrap_or(0);
    let heading = clause[..name].iter().all(|token| {
        matches!(token, Token::SentenceWord | Token::Node | Token::Place(_) | Token::Filler | Token::Number(_))
    });
    if heading { &clause[name..] } else { clause }
}

/// The words of a clause that belong to HER2: "ER positive HER2 1+" from the name on, up to the next marker.
pub(super) fn own_words(clause: &[Token], foreign: bool) -> &[Token] {
    let clause = without_heading(clause);
    let from = if foreign { clause.iter().position(Token::names_her2).unwrap_or(0) } else { 0 };
    let until = clause[from..].iter().position(|token| *token == Token::OtherMarker);
    &clause[from..until.map_or(clause.len(), |until| from + until)]
}

/// "HER2 amplification" without a word that it was found: what stands around it may take it back.
pub(super) fn is_bare_finding(sentence: &[Token]) -> bool {
    let says =
        |token: &Token| token.tells_a_result() || matches!(token, Token::Detected | Token::Not | Token::Number(_));
    sentence.contains(&Token::Amplification) && !sentence.iter().any(says)
}

/// "Amplified in 8 % of cells": a subpopulation, which is not understood, and no percentage of stained cells.
pub(super) fn is_share_of_amplified_cells(clause: &[Token]) -> bool {
    let has = |wanted: fn(&Token) -> bool| clause.iter().any(wanted);
    has(|token| matches!(token, Token::Ish | Token::Amplified | Token::Amplification))
        && has(|token| *token == Token::Percent)
        && !has(|token| matches!(token, Token::Score(_) | Token::Ihc))
}
