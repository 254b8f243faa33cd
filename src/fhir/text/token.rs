//! The tokens of a report: numbers, scores and signs. What the words mean stands in the vocabulary.

use crate::domain::decimal::Comparator;
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::fhir::codes::Word;

use super::vocabulary::{meaning, named};

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
    /// Belongs to the name of the test: a word among fillers is still a bare word.
    Filler,
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
        matches!(self, Self::Score(_) | Self::Word(_) | Self::Amplified | Self::Group)
    }

    /// The name of a number of the ISH.
    pub(super) const fn names_a_count(&self) -> bool {
        matches!(self, Self::RatioLabel | Self::Her2Ratio | Self::CopiesLabel)
    }

    pub(super) const fn makes_sentence(&self) -> bool {
        matches!(self, Self::SentenceWord | Self::Counted)
    }

    /// Says nothing by itself: what stands on its two sides belongs together.
    pub(super) const fn joins(&self) -> bool {
        let names = matches!(self, Self::Her2 | Self::Ihc | Self::Ish | Self::Mean | Self::PerCell);
        names
            || matches!(self, Self::Of | Self::By | Self::For | Self::Can)
            || matches!(self, Self::Filler | Self::Status | Self::Test | Self::Testing)
            || self.makes_sentence()
    }
}

/// The tokens of `text`, if HER2 is named or need not be.
pub(super) fn tokens(text: &str, must_name_her2: bool) -> Option<Vec<Token>> {
    let plain = named(text);
    if must_name_her2 && !plain.contains("her2") {
        return None;
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = plain[at..].chars().next() {
        let (before, rest) = plain.split_at(at);
        at += match first {
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
        Some(_) if closes(behind) => Some(Token::Unknown),
        Some(_) => None,
    }
}

/// Nothing more is said of what stood before.
fn closes(behind: &str) -> bool {
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
fn ends_here(behind: &str) -> bool {
    closes(behind) || behind.trim_start_matches([' ', '\t']).starts_with(['(', '/'])
}

/// A score (`2+`, `3 +`, `3 plus`) or a number with point or decimal comma. Returns how many bytes it took.
fn number(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (body, behind) = rest.split_at(digits);
    let spaces = behind.bytes().take_while(|b| *b == b' ').count();
    let after = &behind[spaces..];
    if body.len() == 1 {
        let score =
            after.strip_prefix('+').map(|left| (1, left)).or_else(|| after.strip_prefix("plus").map(|left| (4, left)));
        if let Some((width, left)) = score {
            let single = !left.starts_with('+') && !left.starts_with(|c: char| c.is_ascii_digit());
            tokens.push(single.then(|| score_of(body)).flatten().map_or(Token::Unknown, Token::Score));
            if single && body == "0" {
                // "0+" is a 0 with some staining
                tokens.push(Token::Intensity(StainingIntensity::Faint));
            }
            return digits + spaces + width;
        }
    }
    let (text, taken) = match behind.as_bytes() {
        [point @ (b'.' | b','), next, ..] if next.is_ascii_digit() => {
            let fraction = behind[1..].bytes().take_while(u8::is_ascii_digit).count();
            let left = &behind[1 + fraction..];
            let more = left.starts_with([',', '.']) && left[1..].starts_with(|c: char| c.is_ascii_digit());
            if more || (*point == b',' && fraction > 2) {
                let all = rest.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
                tokens.push(Token::Unknown);
                return all;
            }
            (format!("{body}.{}", &behind[1..=fraction]), digits + 1 + fraction)
        }
        _ => (body.to_owned(), digits),
    };
    let glued = rest[taken..].starts_with(|c: char| c.is_ascii_alphabetic());
    tokens.push(if glued { Token::Unknown } else { Token::Number(text) });
    taken + if glued { rest[taken..].bytes().take_while(u8::is_ascii_alphanumeric).count() } else { 0 }
}

fn score_of(digit: &str) -> Option<IhcScore> {
    match digit {
        "0" => Some(IhcScore::Zero),
        "1" => Some(IhcScore::OnePlus),
        "2" => Some(IhcScore::TwoPlus),
        "3" => Some(IhcScore::ThreePlus),
        _ => None,
    }
}

/// `+3` is a score, `FISH+` a positive ISH; any other plus is not understood.
fn plus(before: &str, rest: &str, tokens: &mut Vec<Token>) -> usize {
    let glued = before.ends_with(|c: char| c.is_ascii_alphanumeric());
    if glued && tokens.last() == Some(&Token::Ish) && ends_here(&rest[1..]) {
        tokens.push(Token::Word(Word::Positive));
        return 1;
    }
    let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
    let score = (digits == 1 && !rest[2..].starts_with(['+', '.', ','])).then(|| score_of(&rest[1..2])).flatten();
    tokens.push(score.filter(|score| *score != IhcScore::Zero).map_or(Token::Unknown, Token::Score));
    1 + digits
}

fn word(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let taken = rest.bytes().take_while(|b| b.is_ascii_alphanumeric()).count();
    let (word, behind) = rest.split_at(taken);
    if word == "cannot" {
        tokens.push(Token::Can);
    }
    tokens.push(meaning(word, behind));
    taken
}
