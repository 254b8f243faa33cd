//! What would change the answer: one value that another test could bring, judged by the same tables. Nearest first; at most
//! five.
//!
//! The results of the specimen are sorted out once; each change then takes the place of one value and costs no more than
//! the look into the table.

use super::changes::{Change, Value, changes};
use super::classify::judgement;
use super::evidence::{ResultStatus, SpecimenEvidence};
use super::finding::{Finding, Flip};
use super::history::History;
use super::judge::Question;
use super::resolve::{Counted, IhcCounted, IshCandidate, resolve};
use super::rulebook::Rulebook;

/// More would be a list, not a hint.
const MOST: usize = 5;

/// Single changes of a value that would change the category of `finding`, which is what
/// [`classify`](super::classify::classify) made of the specimen.
#[must_use]
pub fn flips(rules: &Rulebook, specimen: &SpecimenEvidence, history: &History, finding: &Finding) -> Vec<Flip> {
    of_counted(rules, specimen, resolve(specimen), history, finding)
}

/// The same, where the results of the specimen are already sorted out.
pub(super) fn of_counted(
    rules: &Rulebook,
    specimen: &SpecimenEvidence,
    counted: Counted<'_>,
    history: &History,
    finding: &Finding,
) -> Vec<Flip> {
    let changes = changes(rules, specimen, &counted, finding);
    let mut flips: Vec<Flip> = Vec::new();
    let mut moves = [None; MOST];
    let mut counted = counted;
    for Change { words, value, moved } in &changes {
        let asked = |specimen: &SpecimenEvidence, counted: &Counted<'_>| {
            let judgement = judgement(Question { rules, specimen, counted, history });
            (judgement.category, judgement.row)
        };
        let (category, row) = match value {
            Value::Ihc(score, ihc) => {
                let before = (counted.ihc, counted.has_score, std::mem::take(&mut counted.ihc_words));
                (counted.ihc, counted.has_score) = (IhcCounted::Score(*score, ihc), true);
                let answer = asked(specimen, &counted);
                (counted.ihc, counted.has_score, counted.ihc_words) = before;
                answer
            }
            Value::Ish(ish) => {
                // There is one at most: of several results none could take the place of all.
                let sent = counted.ish.pop();
                let (status, time) = sent.as_ref().map_or((ResultStatus::Final, None), |one| (one.status, one.time));
                counted.ish.push(IshCandidate { ish: Some(ish), status, time });
                let answer = asked(specimen, &counted);
                counted.ish.pop();
                counted.ish.extend(sent);
                answer
            }
            Value::Kind(kind) => asked(&SpecimenEvidence { kind: *kind, ..without_results(specimen) }, &counted),
            Value::Scoring(scoring) => {
                asked(&SpecimenEvidence { scoring: Some(*scoring), ..without_results(specimen) }, &counted)
            }
        };
        // a number that went further the same way, with the same answer, says nothing new
        let same = |(told, by): (&Flip, &Option<_>)| by == moved && told.category == category && told.rule == row.id;
        let is_told = moved.is_some() && flips.iter().zip(&moves).any(same);
        if category != finding.category && !is_told {
            moves[flips.len()] = *moved;
            flips.push(Flip { change: words.clone().into(), category, rule: row.id.clone() });
        }
        if flips.len() == MOST {
            break;
        }
    }
    flips
}

/// The results were sorted out before: a judgement asks the specimen for nothing else of them.
fn without_results(specimen: &SpecimenEvidence) -> SpecimenEvidence {
    SpecimenEvidence {
        reference: None,
        collected: None,
        results: Vec::new(),
        superseded: Vec::new(),
        excluded: Vec::new(),
        ..*specimen
    }
}
