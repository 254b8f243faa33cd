//! Digits of a report: scores, numbers, and what looks like them: paragraphs, footnotes, years and clones.

use crate::domain::ihc::{IhcScore, StainingIntensity};
use crate::fhir::codes::Word;

use super::surroundings::{is_guideline, is_of_the_assay, is_year_of_a_guideline};
use super::token::{Token, closes, ends_here};

/// "[ ]", "[2]": its bytes, or 0.
pub(super) fn bracket(rest: &str) -> usize {
    let inside = rest[1..].bytes().take_while(|b| b.is_ascii_digit() || *b == b' ').count();
    let text = &rest[1..=inside];
    let closed = rest[1 + inside..].starts_with(']');
    if closed && inside <= 3 && text.trim() != "0" { inside + 2 } else { 0 }
}

/// The `2.` or `2)` before a paragraph; never what stands behind a colon.
pub(super) fn is_of_a_list(before: &str, rest: &str) -> bool {
    const BLANK: [char; 2] = [' ', '\t'];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let opens = before.trim_end_matches(BLANK);
    let line = opens.trim_end_matches(['\r', '\n']);
    let first = opens.is_empty() || (opens.ends_with(['.', ';', '\n', '\r']) && !line.ends_with(':'));
    let behind = rest[digits..].strip_prefix(['.', ')']).filter(|behind| behind.starts_with(BLANK));
    let goes_on = |behind: &str| behind.trim_start_matches(BLANK).starts_with(|c: char| c.is_ascii_alphabetic());
    digits <= 2 && first && behind.is_some_and(goes_on)
}

/// "/3", " of 3" behind a score: the highest that there is. Returns how many bytes it takes.
fn out_of_three(behind: &str) -> usize {
    let behind_three = |prefix| behind.strip_prefix(prefix);
    let left = ["/3", " / 3", " of 3", " von 3", " sur 3", " su 3"].into_iter().find_map(behind_three);
    let ends =
        |left: &&str| !left.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | ',' | '/'));
    let stops =
        |left: &&str| ends(left) || matches!(left.as_bytes(), [b'.' | b','] | [b'.' | b',', b' ' | b'\n' | b'\r', ..]);
    left.filter(stops).map_or(0, |left| behind.len() - left.len())
}

/// A score (`2+`, `3 +`, `3 plus`) or a number with point or decimal comma. Returns how many bytes it took.
pub(super) fn number(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (body, behind) = rest.split_at(digits);
    let spaces = behind.bytes().take_while(|b| *b == b' ').count();
    let after = &behind[spaces..];
    if body.len() == 1 {
        let score =
            after.strip_prefix('+').map(|left| (1, left)).or_else(|| after.strip_prefix("plus").map(|left| (4, left)));
        if let Some((width, left)) = score {
            let single = !left.starts_with('+') && !left.starts_with(|c: char| c.is_ascii_digit());
            // "0 + Ki-67" is no 0+
            let single = single && (body != "0" || spaces == 0);
            tokens.push(single.then(|| score_of(body)).flatten().map_or(Token::Unknown, Token::Score));
            if single && body == "0" {
                // "0+" is a 0 with some staining
                tokens.push(Token::Intensity(StainingIntensity::Faint));
            }
            return digits + spaces + width + if single { out_of_three(left) } else { 0 };
        }
    }
    if tokens.last() == Some(&Token::Guideline) && is_year_of_a_guideline(body) {
        return digits;
    }
    if is_year(body) && !is_of_a_date(behind) && !before_year(tokens) {
        // "In 2019, HER2 3+": another time, unless a guideline is meant
        let of_guideline = is_year_of_a_guideline(body) && next_word(behind).is_some_and(is_guideline);
        tokens.extend((!of_guideline).then_some(Token::Previous));
        return digits;
    }
    let of_score = matches!(tokens.last(), Some(Token::ScoreLabel | Token::Ihc));
    let (text, taken) = match behind.as_bytes() {
        _ if body.len() == 1 && of_score && is_out_of_three(tokens, behind) => {
            (body.to_owned(), 1 + out_of_three(behind))
        }
        // "HER2 1/3"
        _ if body.len() == 1 && is_last_word_of_her2(tokens, behind) => {
            let taken = out_of_three(behind);
            let score = score_of(body).filter(|_| taken > 0 || body == "0");
            tokens.push(score.map_or_else(|| Token::Number(body.to_owned()), Token::Score));
            return 1 + taken;
        }
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
    let whole = taken + if glued { rest[taken..].bytes().take_while(u8::is_ascii_alphanumeric).count() } else { 0 };
    tokens.push(match glued {
        false => Token::Number(text),
        // the clone 4B5
        true if is_of_the_assay(&rest[..whole]) => Token::Assay,
        true => Token::Unknown,
    });
    whole
}

/// "score 2 of 3", "IHC 2 of 3" and nothing more: "IHC 3 of 3 tumours" counts tumours.
fn is_out_of_three(tokens: &[Token], behind: &str) -> bool {
    let taken = out_of_three(behind);
    taken > 0 && (tokens.last() == Some(&Token::ScoreLabel) || closes(&behind[taken..]))
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

fn is_of_a_date(behind: &str) -> bool {
    behind.starts_with(['.', ',', '-', '/']) && behind[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// A number with a name, however large.
fn before_year(tokens: &[Token]) -> bool {
    tokens.last().is_some_and(|token| token.names_a_count() || matches!(token, Token::Comparator(_) | Token::Mean))
}

fn next_word(behind: &str) -> Option<&str> {
    behind.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty())
}

/// "HER2 0", "HER2 1/3", and nothing more; no "HER2 6.6".
fn is_last_word_of_her2(tokens: &[Token], behind: &str) -> bool {
    let decimal = behind.starts_with(['.', ',']) && behind[1..].starts_with(|c: char| c.is_ascii_digit());
    tokens.last() == Some(&Token::Her2) && !decimal && closes(&behind[out_of_three(behind)..])
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

/// `+3` is a score, `FISH+` a positive ISH, `HER2+` a status; any other plus is not understood.
pub(super) fn plus(before: &str, rest: &str, tokens: &mut Vec<Token>) -> usize {
    let glued = before.ends_with(|c: char| c.is_ascii_alphanumeric());
    let run = rest.bytes().take_while(|b| *b == b'+').count();
    let of_her2 = tokens.last() == Some(&Token::Her2);
    if run == 1 && glued && (of_her2 || tokens.last() == Some(&Token::Ish)) && ends_here(&rest[1..]) {
        tokens.push(Token::Word(Word::Positive));
        return 1;
    }
    let digit = rest[run..].starts_with(|c: char| c.is_ascii_digit());
    // "ER+PR+HER2+3 nodes"
    if run > 1 || (of_her2 && (!digit || glued)) {
        tokens.push(Token::Sign);
        return run;
    }
    let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
    let score = (digits == 1 && !rest[2..].starts_with(['+', '.', ','])).then(|| score_of(&rest[1..2])).flatten();
    tokens.push(score.filter(|score| *score != IhcScore::Zero).map_or(Token::Unknown, Token::Score));
    1 + digits
}
