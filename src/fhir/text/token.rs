//! The tokens of a report: numbers, scores and signs. What the words mean stands in the vocabulary.

use crate::domain::decimal::Comparator;
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::fhir::codes::Word;

use super::digits::{bracket, is_of_a_list, number, plus};
use super::surroundings::Place;
use super::vocabulary::{meaning, named, named_in_report};

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Her2,
    /// The probe of chromosome 17: its copies are never HER2's.
    Cep17,
    Ihc,
    Ish,
    Score(IhcScore),
    /// "score", "Score:"; a bare digit behind it is a score.
    ScoreLabel,
    Word(Word),
    /// "amplified": positive unless it is denied.
    Amplified,
    /// "amplification": what is said behind it decides.
    Amplification,
    /// "not", "no", "absence".
    Not,
    /// "can", "could": not assessed is no test, could not be assessed is a failed one.
    Can,
    Number(String),
    Percent,
    Comparator(Comparator),
    RatioLabel,
    /// "HER2/CEP17": a ratio, and the name of HER2.
    Her2Ratio,
    CopiesLabel,
    /// Signals are copies only per cell or as a mean; else they may be all that were counted.
    SignalsLabel,
    CellsLabel,
    Mean,
    PerCell,
    Of,
    By,
    /// "negative for amplification".
    For,
    Pending,
    /// "ordered", "requested", "sent": of an ISH, that it is pending.
    Ordered,
    /// "if", "should": what follows is no result.
    Condition,
    /// "recommended", "will": the same, and what stands before it may be one.
    Advice,
    /// "previous", "prior": another specimen.
    Previous,
    /// "serum", "mutation": another result.
    Elsewhere,
    /// "defined", "patients": a sentence on a guideline or on others; scores in it may be nobody's.
    Aside,
    /// "control": a score behind it is of a control slide.
    Control,
    /// "corrected", "disregard", "repeat": a report that takes something back, and nobody can say what.
    Doubt,
    /// "DCIS": words of carcinoma in situ.
    InSitu,
    /// "HER2-", "+++": somebody's sign for a result, which is not read.
    Sign,
    /// "see report": the result, or more of it, stands elsewhere.
    See,
    /// "staining": a statement on the membrane, denied or not.
    Staining,
    /// "overexpression": denied, the laboratory's negative.
    Overexpression,
    Intensity(StainingIntensity),
    Pattern(MembranePattern),
    /// "failed", "insufficient".
    NotAssessable,
    /// "assessable", "interpretable": said of a test that failed where it is denied.
    Assessable,
    /// "assessed", "evaluated": said of a test that failed where it could not be.
    Assessed,
    /// "performed": of an ISH, that it was not.
    Performed,
    /// "detected", "seen", "identified".
    Detected,
    /// A name that opens another marker: ER, PR, Ki-67, TOP2A.
    OtherMarker,
    /// "cells counted".
    Counted,
    /// "group 1" of an ISH.
    Group,
    /// "status", "result": names a test as a filler does, so that "amplification status" is no finding.
    Status,
    /// "test", as above.
    Test,
    /// "testing", a word of sentences.
    Testing,
    /// A clone, a kit, its maker: the name of the test like a filler, and the sign of a sentence on how it was done.
    Assay,
    /// "ASCO/CAP", "guideline": the year behind it is no number.
    Guideline,
    /// Belongs to the name of the test: a word among fillers is still a bare word.
    Filler,
    /// A lymph node: makes a sentence as below, and may be another piece.
    Node,
    /// An organ, a side or a part of the tumour: makes a sentence as below, and two of them are two pieces.
    Place(Place),
    /// Makes a sentence: a status word among these is free text.
    SentenceWord,
    /// End of a sentence, or a semicolon or line.
    Stop,
    Comma,
    /// Not understood.
    Unknown,
}

impl Token {
    pub(super) const fn names_her2(&self) -> bool {
        matches!(self, Self::Her2 | Self::Her2Ratio)
    }

    /// A result is told by it, understood or not.
    pub(super) const fn tells_a_result(&self) -> bool {
        matches!(self, Self::Score(_) | Self::Word(_) | Self::Amplified | Self::Group | Self::Sign)
    }

    /// What its sentence tells is no result, or not the one that is asked for.
    pub(super) const fn withholds(&self) -> bool {
        matches!(self, Self::Condition | Self::Advice | Self::Previous | Self::Elsewhere | Self::See)
    }

    /// The name of a number of the ISH.
    pub(super) const fn names_a_count(&self) -> bool {
        matches!(self, Self::RatioLabel | Self::Her2Ratio | Self::CopiesLabel | Self::SignalsLabel)
    }

    pub(super) const fn makes_sentence(&self) -> bool {
        matches!(self, Self::SentenceWord | Self::Node | Self::Place(_) | Self::Counted)
    }

    /// Says nothing by itself: what stands on its two sides belongs together.
    pub(super) const fn joins(&self) -> bool {
        let names = matches!(self, Self::Her2 | Self::Ihc | Self::Ish | Self::Mean | Self::PerCell);
        names
            || matches!(self, Self::Of | Self::By | Self::For | Self::Can)
            || matches!(self, Self::Filler | Self::Assay | Self::Guideline | Self::Status | Self::Test | Self::Testing)
            || self.makes_sentence()
    }
}

/// The tokens of `text`, if HER2 is named or need not be.
pub(super) fn tokens(text: &str, must_name_her2: bool) -> Option<Vec<Token>> {
    let plain = if must_name_her2 { named_in_report(text) } else { named(text) };
    if must_name_her2 && !plain.contains("her2") {
        return None;
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = plain[at..].chars().next() {
        let (before, rest) = plain.split_at(at);
        at += match first {
            '[' if must_name_her2 && bracket(rest) > 0 => {
                // "[2]" is a footnote, "[ ]" a box that nobody ticked
                let taken = bracket(rest);
                tokens.extend(rest[..taken].trim_matches(['[', ']', ' ']).is_empty().then_some(Token::Unknown));
                taken
            }
            '(' if must_name_her2 && rest[1..].trim_start_matches(' ').starts_with(')') => {
                tokens.push(Token::Unknown);
                1
            }
            // a title belongs to the line below it
            '\n' | '\r' if must_name_her2 && is_below_a_title(before) => 1,
            '0'..='9' if must_name_her2 && is_of_a_list(before, rest) => {
                tokens.push(Token::Stop);
                rest.bytes().take_while(u8::is_ascii_digit).count() + 1
            }
            '0'..='9' => number(rest, &mut tokens),
            '+' => plus(before, rest, &mut tokens),
            '-' => {
                tokens.extend(minus(before, &rest[1..], tokens.last()));
                1
            }
            'a'..='z' => word(rest, &mut tokens),
            _ => {
                tokens.extend(sign(first, rest));
                first.len_utf8()
            }
        };
    }
    Some(tokens)
}

/// Only a few empty lines are looked past, so that many cost no more than their length.
fn is_below_a_title(before: &str) -> bool {
    const NEAR: usize = 8;
    let last = before.bytes().rev().take(NEAR).find(|byte| !byte.is_ascii_whitespace());
    last == Some(b':')
}

fn sign(first: char, rest: &str) -> Option<Token> {
    Some(match first {
        '.' | ';' | '\n' | '\r' => Token::Stop,
        ',' => Token::Comma,
        '%' => Token::Percent,
        '<' if rest.starts_with("<=") => Token::Comparator(Comparator::AtMost),
        '>' if rest.starts_with(">=") => Token::Comparator(Comparator::AtLeast),
        '<' => Token::Comparator(Comparator::Below),
        '>' => Token::Comparator(Comparator::Above),
        '\u{2264}' => Token::Comparator(Comparator::AtMost),
        '\u{2265}' => Token::Comparator(Comparator::AtLeast),
        ' ' | '\t' | '(' | ')' | '[' | ']' | ':' | '=' | '/' | '\'' | '\u{a0}' => return None,
        _ => Token::Unknown,
    })
}

/// A hyphen that separates says nothing. Behind the name of an ISH it is a minus; one that nothing follows, or that clings to
/// a number, is a sign that is not understood: "3-" is no score.
fn minus(before: &str, behind: &str, last: Option<&Token>) -> Option<Token> {
    let glued = before.ends_with(|c: char| c.is_ascii_alphanumeric());
    let goes_on = behind.starts_with(|c: char| c.is_ascii_alphanumeric());
    match last {
        // "FISH- (pending)": no minus, the hyphen separates
        Some(Token::Ish) if glued && is_awaited(behind) => None,
        Some(Token::Ish) if glued && ends_here(behind) => Some(Token::Word(Word::Negative)),
        Some(Token::Ish) if glued && !goes_on => Some(Token::Unknown),
        Some(Token::Number(_)) if glued && !goes_on => Some(Token::Unknown),
        None | Some(Token::Stop | Token::Comma) => None,
        // "ratio -2.5"
        Some(label) if label.names_a_count() && !glued && behind.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(Token::Unknown)
        }
        // negative, or a line that was left empty
        Some(Token::Her2) if closes(behind) => Some(Token::Sign),
        Some(_) if closes(behind) => Some(Token::Unknown),
        Some(_) => None,
    }
}

/// Nothing more is said of what stood before.
pub(super) fn closes(behind: &str) -> bool {
    let behind = behind.trim_start_matches([' ', '\t']);
    behind.is_empty() || behind.starts_with([')', ']', ',', ';', '.', '\n', '\r'])
}

/// A bracket that says the result is still to come.
fn is_awaited(behind: &str) -> bool {
    // no more than a few words are looked at, so that many open brackets cost no more than their length
    const NEAR: usize = 6;
    let Some(inside) = behind.trim_start_matches([' ', '\t']).strip_prefix(['(', '[']) else { return false };
    let of_bracket = |word: &&str| !word.starts_with([')', ']']);
    let words = inside.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).take(NEAR).take_while(of_bracket);
    words
        .map(|word| word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()))
        .any(|word| matches!(meaning(word, ""), Token::Pending | Token::Ordered))
}

/// As above, or the next thing begins.
pub(super) fn ends_here(behind: &str) -> bool {
    closes(behind) || behind.trim_start_matches([' ', '\t']).starts_with(['(', '/'])
}

fn word(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let taken = rest.bytes().take_while(|b| b.is_ascii_alphanumeric()).count();
    let (word, behind) = rest.split_at(taken);
    let of_her2 = word.strip_prefix("her2").map(|rest| meaning(rest, behind)).filter(|token| *token != Token::Unknown);
    match (word, of_her2) {
        ("cannot", _) => tokens.extend([Token::Can, Token::Not]),
        ("notamplified" | "nonamplified" | "unamplified", _) => tokens.extend([Token::Not, Token::Amplified]),
        // "HER2neg", "HER2IHC"
        ("her2ratio", _) | (_, None) => tokens.push(meaning(word, behind)),
        (_, Some(token)) => tokens.extend([Token::Her2, token]),
    }
    taken
}
