//! Words and numbers of a report, one token each, in English, German, French and Spanish.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::decimal::Comparator;
use crate::domain::ihc::IhcScore;
use crate::fhir::codes::Word;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Her2,
    Ihc,
    Ish,
    Score(IhcScore),
    /// "score", "Score:"; a bare digit behind it is a score.
    ScoreLabel,
    Word(Word),
    Amplified,
    Not,
    Absence,
    Number(String),
    Percent,
    Comparator(Comparator),
    RatioLabel,
    CopiesLabel,
    CellsLabel,
    Pending,
    /// "if", "recommended": what follows is no result.
    Condition,
    /// "previous", "prior": another specimen.
    Previous,
    /// "see report", "ordered", "serum", "mutation": the result stands elsewhere, or is another one.
    Elsewhere,
    /// "staining": a statement on the membrane, denied or not.
    Staining,
    Faint,
    Incomplete,
    NotAssessable,
    /// A name that opens another marker: ER, PR, Ki-67.
    OtherMarker,
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

/// Lower case without marks: full-width and non-breaking forms become plain, zero-width characters go, dashes are unified.
fn normalise(text: &str) -> String {
    let mut plain = unaccented(text);
    // names first, so that their digits, slashes and hyphens are not read as values
    for (part, names) in NAMES {
        if plain.contains(part) {
            for (name, word) in *names {
                if plain.contains(name) {
                    plain = plain.replace(name, word);
                }
            }
        }
    }
    plain
}

/// Names of HER2 and of other tests with the word that stands for each, by a part that all of them share.
const NAMES: &[(&str, &[(&str, &str)])] = &[
    (
        "her",
        &[("her2/cep17", " ratio "), ("her2/cen17", " ratio "), ("her2:cep17", " ratio "), ("her-2/cep17", " ratio ")],
    ),
    ("c-erb", &[("c-erb-b2", " her2 "), ("c-erbb-2", " her2 "), ("c-erbb2", " her2 ")]),
    (
        "her",
        &[
            ("her2/neu", " her2 "),
            ("her-2/neu", " her2 "),
            ("her2neu", " her2 "),
            ("her-2", " her2 "),
            ("her 2", " her2 "),
        ],
    ),
    ("erb", &[("erbb2", " her2 ")]),
    ("her", &[("her2-", " her2 ")]),
    ("ki-67", &[("ki-67", " ki67 ")]),
    ("d'", &[("d'", " d ")]),
];

/// Lower case without accents and zero-width characters, dashes and quotes unified.
pub(in crate::fhir) fn unaccented(text: &str) -> String {
    if text.is_ascii() {
        let lower = text.to_ascii_lowercase();
        return if lower.contains('"') { lower.replace('"', "'") } else { lower };
    }
    text.nfkd()
        .filter(|c| {
            !is_combining_mark(*c) && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
        })
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '"' => '\'',
            '≥' => '\u{2265}',
            '≤' => '\u{2264}',
            other => other,
        })
        .collect()
}

/// The tokens of `text`.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let plain = normalise(text);
    let mut tokens = Vec::new();
    let mut rest = plain.as_str();
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '0'..='9' => number(rest, &mut tokens),
            '+' => plus(rest, &mut tokens),
            'a'..='z' => word(rest, &mut tokens),
            _ => {
                tokens.extend(sign(first, rest));
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    tokens
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
        ' ' | '\t' | '(' | ')' | '[' | ']' | ':' | '=' | '/' | '-' | '\'' | '\u{a0}' => return None,
        _ => Token::Unknown,
    })
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
                tokens.push(Token::Faint);
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

/// `+3` is a score; any other plus is not understood.
fn plus(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
    let score = (digits == 1 && !rest[2..].starts_with(['+', '.', ','])).then(|| score_of(&rest[1..2])).flatten();
    tokens.push(score.filter(|score| *score != IhcScore::Zero).map_or(Token::Unknown, Token::Score));
    1 + digits
}

fn word(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let taken = rest.bytes().take_while(|b| b.is_ascii_alphanumeric()).count();
    tokens.push(match &rest[..taken] {
        "her2" | "erbb2" => Token::Her2,
        "ihc" | "immunohistochemistry" | "immunohistochemie" | "immunohistochimie" => Token::Ihc,
        "fish" | "ish" | "cish" | "sish" | "dish" | "hybridisation" | "hybridization" | "hibridacion" => Token::Ish,
        "score" | "puntuacion" => Token::ScoreLabel,
        "positive" | "positiv" | "positif" | "positivo" | "positiva" => Token::Word(Word::Positive),
        "negative" | "negativ" | "negatif" | "negativo" | "negativa" => Token::Word(Word::Negative),
        "equivocal" | "aquivok" | "aequivok" | "equivoque" | "equivoco" => Token::Word(Word::Equivocal),
        "indeterminate" | "indetermine" | "indeterminado" => Token::Word(Word::Indeterminate),
        "low" => Token::Word(Word::Low),
        "ultralow" => Token::Word(Word::Ultralow),
        "amplified" | "amplifiziert" | "amplifie" | "amplificado" | "amplification" | "amplifikation" => {
            Token::Amplified
        }
        "not" | "no" | "nicht" | "non" | "kein" | "keine" | "without" | "ohne" | "sans" | "sin" | "pas" => Token::Not,
        "absence" | "absent" => Token::Absence,
        "ratio" | "quotient" => Token::RatioLabel,
        "copies" | "copy" | "kopien" | "copias" => Token::CopiesLabel,
        "cells" | "zellen" | "cellules" | "celulas" => Token::CellsLabel,
        "pending" | "ausstehend" | "pendiente" => Token::Pending,
        "if" | "falls" | "wenn" | "si" | "should" | "will" | "recommended" | "consider" | "empfohlen" => {
            Token::Condition
        }
        "previous" | "prior" | "earlier" | "vorherige" | "frueher" | "anterieur" | "anterieure" | "previo" => {
            Token::Previous
        }
        "ordered" | "see" | "siehe" | "voir" | "serum" | "plasma" | "mutation" | "mutations" | "mutated"
        | "variant" | "variants" | "sequencing" | "ngs" => Token::Elsewhere,
        "faint" => Token::Faint,
        "incomplete" | "partial" => Token::Incomplete,
        "assessed" | "assessable" | "beurteilbar" | "evaluable" | "insufficient" => Token::NotAssessable,
        "er" | "pr" | "pgr" | "ki67" | "estrogen" | "oestrogen" | "progesterone" | "receptor" | "brca" | "brca1"
        | "brca2" | "her1" | "her3" | "her4" | "egfr" | "pd" | "top2a" => Token::OtherMarker,
        "greater" | "more" => comparative(&rest[taken..], Comparator::Above),
        "less" | "fewer" => comparative(&rest[taken..], Comparator::Below),
        "staining" | "stained" => Token::Staining,
        "gene" | "gen" | "du" | "d" | "de" | "result" | "results" | "ergebnis" | "resultat" | "by" | "the"
        | "status" | "neu" | "reflex" | "test" | "than" | "number" | "per" | "cell" | "nucleus" | "mean"
        | "average" | "cep17" | "signals" | "value" | "protein" | "interpretation" => Token::Filler,
        "membrane" | "membranous" | "tumor" | "tumour" | "tumors" | "tumours" | "invasive" | "carcinoma" | "la"
        | "le" | "der" | "die" | "das" | "of" | "in" | "for" | "is" | "was" | "are" | "were" | "evidence" | "and"
        | "with" | "on" | "expression" | "overexpression" | "testing" | "counted" | "cannot" | "be" | "group" | "a"
        | "an" | "ist" | "est" => Token::SentenceWord,
        _ => Token::Unknown,
    });
    taken
}

/// "greater than" is a bound; "greater" alone is not understood.
fn comparative(behind: &str, comparator: Comparator) -> Token {
    if behind.trim_start().starts_with("than") { Token::Comparator(comparator) } else { Token::Unknown }
}
