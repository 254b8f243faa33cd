//! Numbers of a text by what stands before and behind them: a number belongs to one label, and copies to one probe. What
//! could belong to two is not read (fhir/guide.md C; clinical guide 4.1, where HER2 and CEP17 decide different things).

use crate::domain::decimal::{Comparator, Decimal, Quantity};
use crate::domain::ihc::IhcScore;
use crate::fhir::codes::plain_score;

use super::token::Token;

/// Whose copies were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    Her2,
    Cep17,
}

/// What a number in front of which it stands will mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Score,
    Ratio,
    Copies,
}

/// The test that is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Ihc,
    Ish,
}

/// What the words before a number say of it.
#[derive(Debug, Default)]
pub(super) struct Before {
    pub method: Option<Method>,
    pub label: Option<Label>,
    pub probe: Option<Probe>,
    pub comparator: Option<Comparator>,
}

/// What became of a number.
pub(super) enum Taken {
    /// It and so many tokens behind it.
    Tokens(usize),
    Score(IhcScore),
    NotUnderstood,
}

/// The numbers of a text.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub ratio: Option<Quantity>,
    pub her2: Option<Quantity>,
    pub probe_unnamed: bool,
    pub cep17: Option<Quantity>,
    pub cells: Option<u32>,
    pub percent: Option<Quantity>,
    pub bare: Vec<Quantity>,
    /// Two numbers of one kind, and nobody can say which counts.
    pub differ: bool,
    /// The text names a ratio, and CEP17 with a number: "HER2 12.4" is then as good as "HER2 copies 12.4".
    pub pair_beside_ratio: bool,
    /// From here on copies without a name may be those of CEP17.
    pub cep17_named: bool,
}

impl Numbers {
    /// How many ISH numbers were read.
    pub(super) fn counted(&self) -> usize {
        [self.ratio.is_some(), self.her2.is_some(), self.cep17.is_some()].into_iter().filter(|read| *read).count()
    }

    pub(super) fn take(&mut self, text: &str, sentence: &[Token], at: usize, before: &mut Before) -> Taken {
        let Ok(number) = Decimal::parse(text) else { return Taken::NotUnderstood };
        let quantity = Quantity { comparator: before.comparator.take(), number };
        if let Some(behind) = cells_behind(sentence, at) {
            let count = text.parse().ok().filter(|_| quantity.comparator.is_none());
            return if self.keep_cells(count) { Taken::Tokens(1 + behind) } else { Taken::NotUnderstood };
        }
        match before.label.take() {
            Some(Label::Ratio) => {
                before.probe = None;
                self.differ |= differs(&mut self.ratio, quantity);
                Taken::Tokens(1)
            }
            Some(Label::Copies) => {
                let probe = before.probe.take();
                let open = probe.is_none() && probe_of(sentence.get(at + 1)).is_some();
                if open || is_total(sentence, at, at + 1) {
                    Taken::NotUnderstood
                } else {
                    self.copies(quantity, probe, 1)
                }
            }
            Some(Label::Score) => score_or_not(text, &quantity),
            None => self.without_label(text, quantity, sentence, at, before),
        }
    }

    fn without_label(
        &mut self,
        text: &str,
        quantity: Quantity,
        sentence: &[Token],
        at: usize,
        before: &mut Before,
    ) -> Taken {
        match copies_behind(sentence, at, before.probe) {
            Behind::Copies { probe, tokens } => {
                before.probe = None;
                return self.copies(quantity, probe, 1 + tokens);
            }
            Behind::Unclear => return Taken::NotUnderstood,
            Behind::Other => {}
        }
        if let Some(probe) = probe_in_front(&sentence[..at]) {
            before.probe = None;
            return self.copies(quantity, Some(probe), 1);
        }
        if self.is_one_of_pair(text, &sentence[..at], before) {
            before.probe = None;
            return self.copies(quantity, Some(Probe::Her2), 1);
        }
        if before.method == Some(Method::Ihc) && quantity.comparator.is_none() && is_behind_ihc(&sentence[..at]) {
            return score_or_not(text, &quantity);
        }
        self.bare.push(quantity);
        Taken::Tokens(1)
    }

    /// "ratio 5.2, HER2 12.4, CEP17 2.4", "ratio 2.8, HER2 6.1". Before the ratio was read, a digit may still be the score.
    fn is_one_of_pair(&self, text: &str, front: &[Token], before: &Before) -> bool {
        let no_score = self.ratio.is_some() || plain_score(text).is_none();
        let behind_name = front.last() == Some(&Token::Her2) && before.method != Some(Method::Ihc);
        let pair = self.pair_beside_ratio || (self.ratio.is_some() && text.contains('.'));
        pair && behind_name && no_score
    }

    fn copies(&mut self, quantity: Quantity, probe: Option<Probe>, tokens: usize) -> Taken {
        match probe {
            Some(Probe::Cep17) => self.differ |= differs(&mut self.cep17, quantity),
            None if self.cep17_named => return Taken::NotUnderstood,
            probe => {
                self.probe_unnamed = probe.is_none();
                self.differ |= differs(&mut self.her2, quantity);
            }
        }
        Taken::Tokens(tokens)
    }

    /// A number of cells; false if it is none.
    pub(super) fn keep_cells(&mut self, count: Option<u32>) -> bool {
        let count = count.filter(|count| *count > 0);
        if let Some(count) = count {
            self.differ |= differs(&mut self.cells, count);
        }
        count.is_some()
    }

    pub(super) fn keep_percent(&mut self, text: &str, comparator: Option<Comparator>) -> bool {
        let Ok(number) = Decimal::parse(text) else { return false };
        let differ = differs(&mut self.percent, Quantity { comparator, number });
        !differ
    }
}

/// Is there a ratio, and a number behind the name of CEP17?
pub(super) fn has_pair_beside_ratio(all: &[Token]) -> bool {
    all.iter().any(|token| matches!(token, Token::RatioLabel | Token::Her2Ratio))
        && all.windows(2).any(|two| two[0] == Token::Cep17 && matches!(two[1], Token::Number(_)))
}

/// Keeps the first of two; says whether the second is another one.
fn differs<T: PartialEq>(slot: &mut Option<T>, found: T) -> bool {
    match slot {
        Some(before) => *before != found,
        None => {
            *slot = Some(found);
            false
        }
    }
}

fn score_or_not(text: &str, quantity: &Quantity) -> Taken {
    let score = plain_score(text).filter(|_| quantity.comparator.is_none());
    score.map_or(Taken::NotUnderstood, Taken::Score)
}

const fn probe_of(token: Option<&Token>) -> Option<Probe> {
    match token {
        Some(Token::Her2) => Some(Probe::Her2),
        Some(Token::Cep17) => Some(Probe::Cep17),
        _ => None,
    }
}

const fn is_number(token: Option<&Token>) -> bool {
    matches!(token, Some(Token::Number(_) | Token::Comparator(_)))
}

/// "12 cells", "40 invasive tumour cells": how many tokens behind the number say so. "1.2 cells 40" is the next number's.
fn cells_behind(sentence: &[Token], at: usize) -> Option<usize> {
    let words = sentence[at + 1..].iter().take_while(|token| token.makes_sentence()).count();
    let label = at + 1 + words;
    let next = past_counted(sentence, label + 1);
    let is_label = sentence.get(label) == Some(&Token::CellsLabel) && !is_number(sentence.get(next));
    is_label.then_some(words + 1)
}

/// "(cells) counted", "(cells) were counted": where it goes on.
pub(super) fn past_counted(sentence: &[Token], at: usize) -> usize {
    match &sentence[at.min(sentence.len())..] {
        [Token::Counted | Token::Assessed, ..] => at + 1,
        _ => at,
    }
}

/// "IHC 3", "IHC (HercepTest) HER2: 3"; no "IHC, part 1".
fn is_behind_ihc(front: &[Token]) -> bool {
    let between = |token: &&Token| {
        matches!(token, Token::Her2 | Token::Filler | Token::Assay | Token::Guideline | Token::Status | Token::Test)
    };
    front.iter().rev().find(|token| !between(token)) == Some(&Token::Ihc)
}

/// "CEP17 3.0", "mean HER2 6.6", "HER2 per cell 6.6": only the control probe needs no more than its name.
const fn probe_in_front(front: &[Token]) -> Option<Probe> {
    match front {
        [.., Token::Cep17] | [.., Token::Cep17, Token::Mean | Token::PerCell] => Some(Probe::Cep17),
        [.., Token::Mean, Token::Her2] | [.., Token::Her2, Token::PerCell] => Some(Probe::Her2),
        _ => None,
    }
}

enum Behind {
    Copies {
        probe: Option<Probe>,
        tokens: usize,
    },
    /// Copies, but nobody can say whose.
    Unclear,
    Other,
}

/// "6.6 copies", "6.6 HER2 signals per cell", "3.5 copies of CEP17"; `front` is the probe named before the number.
fn copies_behind(sentence: &[Token], at: usize, front: Option<Probe>) -> Behind {
    let mut next = at + 1;
    next += usize::from(sentence.get(next) == Some(&Token::Mean));
    let own = probe_of(sentence.get(next));
    next += usize::from(own.is_some());
    match sentence.get(next) {
        Some(Token::CopiesLabel) => {}
        Some(Token::SignalsLabel) if is_per_cell(sentence, at) => {}
        _ => return Behind::Other,
    }
    next += 1;
    while matches!(sentence.get(next), Some(Token::PerCell | Token::Filler)) {
        next += 1;
    }
    if is_number(sentence.get(next)) {
        // "1.9 copies 6.6": the label of the next number
        return Behind::Other;
    }
    if is_total(sentence, at, next) || (own == Some(Probe::Her2) && front == Some(Probe::Cep17)) {
        return Behind::Unclear;
    }
    let of = sentence.get(next) == Some(&Token::Of);
    let named = next + usize::from(of);
    let probe = match (own, probe_of(sentence.get(named))) {
        (None, Some(behind)) if of => Some(behind),
        (None, Some(_)) if front.is_none() && is_number(sentence.get(named + 1)) => return Behind::Unclear,
        (None, Some(behind)) if front.is_none() => Some(behind),
        (own, _) => return Behind::Copies { probe: own.or(front), tokens: next - at - 1 },
    };
    Behind::Copies { probe, tokens: named - at }
}

/// "120 copies in 40 cells" are all signals that were counted, and no mean.
fn is_total(sentence: &[Token], number: usize, next: usize) -> bool {
    let words = sentence[next..].iter().take_while(|token| token.makes_sentence()).count();
    let other = next + words;
    words > 0
        && matches!(sentence.get(other), Some(Token::Number(_)))
        && cells_behind(sentence, other).is_some()
        && !is_per_cell(sentence, number)
}

/// Is a mean per cell said near by, in the same clause?
pub(super) fn is_per_cell(sentence: &[Token], at: usize) -> bool {
    const NEAR: usize = 8;
    let says = |token: &&Token| matches!(token, Token::Mean | Token::PerCell);
    let in_clause = |token: &&Token| **token != Token::Comma;
    let behind = sentence[at..].iter().take(NEAR).take_while(in_clause).any(|token| says(&token));
    behind || sentence[..at].iter().rev().take(NEAR).take_while(in_clause).any(|token| says(&token))
}
