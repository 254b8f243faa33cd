//! Which table speaks for which tumour under which scoring system: each tumour has one table of its own, at most one
//! other, and none by default.

use super::error::Fault;
use super::files::RuleFile;
use crate::domain::specimen::Scoring;
use crate::domain::tumour::Tumour;

/// A file says that its table is for a tumour.
#[derive(Clone, Copy)]
pub(super) struct Claim<'f> {
    pub tumour: Tumour,
    /// 1: the tumour's own system; 2: another one in use.
    pub rank: u8,
    pub scoring: Scoring,
    /// Index of the table.
    pub set: usize,
    pub file: &'f RuleFile,
    /// Where the file says so.
    pub at: usize,
}

/// For every tumour its systems, its own first.
pub(super) fn systems(mut claims: Vec<Claim<'_>>, faults: &mut Vec<Fault>) -> Vec<Vec<(Scoring, usize)>> {
    claims.sort_by_key(|claim| (claim.tumour, claim.rank));
    for claim in claims.iter().filter(|claim| claim.scoring == Scoring::Unknown) {
        faults.push(claim.file.fault(claim.at, "an unknown scoring system has no table"));
    }
    for scoring in Scoring::ALL.iter().filter(|scoring| **scoring != Scoring::Unknown) {
        if claims.iter().all(|claim| claim.scoring != *scoring) {
            faults.push(missing(format!("no table for the scoring system {scoring}")));
        }
    }
    Tumour::ALL.iter().map(|tumour| of_tumour(*tumour, &claims, faults)).collect()
}

fn of_tumour(tumour: Tumour, claims: &[Claim<'_>], faults: &mut Vec<Fault>) -> Vec<(Scoring, usize)> {
    let own: Vec<Claim<'_>> = claims.iter().filter(|claim| claim.tumour == tumour).copied().collect();
    if let (Tumour::Unknown, Some(claim)) = (tumour, own.first()) {
        faults.push(claim.file.fault(claim.at, "an unknown tumour has no table: there is no default rule"));
        return Vec::new();
    }
    let wrong = |claim: &Claim<'_>, what: String| claim.file.fault(claim.at, &what);
    match own.as_slice() {
        [] if tumour != Tumour::Unknown => faults.push(missing(format!("no table for {tumour}"))),
        [] => {}
        [first, others @ ..] => {
            if first.rank != 1 {
                faults.push(wrong(first, format!("{tumour} has no table of rank 1")));
            }
            for other in others.iter().filter(|other| other.scoring == first.scoring) {
                let what = format!(
                    "{tumour} has two tables for the scoring system {}: see {}",
                    other.scoring, first.file.name
                );
                faults.push(wrong(other, what));
            }
            if let Some(other) = others.first().filter(|other| other.rank != 2) {
                faults.push(wrong(other, format!("{tumour} has a second table of rank {}, expected 2", other.rank)));
            }
            for third in others.iter().skip(1) {
                faults.push(wrong(third, format!("{tumour} has a third table, expected at most two")));
            }
        }
    }
    own.into_iter().map(|claim| (claim.scoring, claim.set)).collect()
}

/// What no file says has no line.
fn missing(what: String) -> Fault {
    Fault { file: String::new(), line: None, what }
}
