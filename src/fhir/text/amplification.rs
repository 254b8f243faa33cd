//! "Amplification": a finding, or no more than the name of a test. What is said around it decides.

use crate::fhir::codes::Word;

use super::token::Token;

/// What a text says of the amplification that it names.
pub(super) enum Said {
    Word(Word),
    Found,
    NotFound,
    /// The name of a test, a number, or that it is pending: it speaks for itself.
    Nothing,
    /// A title, or a finding: only a denial makes it clear.
    Title,
    Unclear,
}

/// What is said of the amplification there, and how many tokens say so.
pub(super) fn said_of_amplification(sentence: &[Token], at: usize) -> (Said, usize) {
    let behind = &sentence[at + 1..];
    let clause = behind.iter().take_while(|token| **token != Token::Comma);
    let mut next = clause.enumerate().filter(|(_, token)| !token.joins());
    match next.next() {
        None => (by_itself(&sentence[..at], behind), 1),
        Some((behind, Token::Word(word))) => (Said::Word(*word), behind + 2),
        Some((behind, Token::Detected | Token::Amplified)) => (Said::Found, behind + 2),
        Some((behind, Token::Not)) => match next.next() {
            None => (Said::NotFound, behind + 2),
            Some((behind, Token::Detected | Token::Amplified)) => (Said::NotFound, behind + 2),
            Some(_) => (Said::Unclear, 1),
        },
        Some((
            _,
            Token::RatioLabel
            | Token::Her2Ratio
            | Token::CopiesLabel
            | Token::Number(_)
            | Token::Comparator(_)
            | Token::Pending
            | Token::Ordered
            | Token::NotAssessable,
        )) => (Said::Nothing, 1),
        Some(_) => (Said::Unclear, 1),
    }
}

/// No word says what became of it: "FISH for HER2 amplification" and "amplification by FISH" may be the title of a result that
/// stands elsewhere, "amplification of the gene" is a finding.
fn by_itself(front: &[Token], behind: &[Token]) -> Said {
    let has = |wanted: fn(&Token) -> bool| behind.iter().take_while(|token| token.joins()).any(wanted);
    let named = has(|token| matches!(token, Token::Status | Token::Test | Token::Testing));
    if named && !has(|token| *token == Token::By) {
        // "amplification status"; in "by FISH testing" the test is the method
        Said::Unclear
    } else if has(|token| matches!(token, Token::Ish | Token::Ihc | Token::By)) || is_tested_for(front) {
        Said::Nothing
    } else if has(|token| matches!(token, Token::SentenceWord | Token::Node | Token::Place(_))) {
        // "HER2 amplification in breast carcinoma": a title, or a finding
        Said::Title
    } else {
        Said::Found
    }
}

/// "FISH for (HER2 amplification)", "HER2 test: (amplification)".
fn is_tested_for(front: &[Token]) -> bool {
    let mut joining = front.iter().rev().take_while(|token| token.joins());
    joining.any(|token| matches!(token, Token::For | Token::Test | Token::Testing))
}

/// "equivocal amplification", "partial amplification": neither yes nor no.
pub(super) const fn is_qualified(front: &[Token]) -> bool {
    match front {
        [.., Token::Word(word)] => matches!(word, Word::Equivocal | Word::Indeterminate | Word::Low | Word::Ultralow),
        [.., Token::Intensity(_) | Token::Pattern(_)] => true,
        _ => false,
    }
}

/// "(negative) for amplification": how many tokens say so.
pub(super) fn up_to_amplification(behind: &[Token]) -> Option<usize> {
    let joining = behind.iter().take_while(|token| token.joins()).count();
    let says = behind.get(joining) == Some(&Token::Amplification) && behind[..joining].contains(&Token::For);
    says.then_some(joining + 1)
}
