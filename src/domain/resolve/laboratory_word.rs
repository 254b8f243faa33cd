//! The laboratory's overall word, where several were sent for one specimen.

use std::collections::BTreeSet;

use crate::domain::evidence::{OverallWord, ResultStatus, TestResult, TestValue};
use crate::domain::tumour::Tumour;

/// What the overall words of one specimen come to.
pub(super) enum OverallCounted {
    None,
    Word(OverallWord),
    Conflicting,
}

/// Counts the overall words: the kinds of negative give way to each other by tumour, and what was amended decides.
pub(super) fn count_overall(results: &[&TestResult], tumour: Tumour) -> OverallCounted {
    let words: Vec<(OverallWord, ResultStatus)> = results
        .iter()
        .filter_map(|result| match result.value {
            TestValue::Overall(word) => Some((word, result.status)),
            _ => None,
        })
        .collect();
    let distinct: BTreeSet<OverallWord> = words.iter().map(|(word, _)| *word).collect();
    let has = |word| distinct.contains(&word);
    let gives_way = |word: OverallWord| match word {
        OverallWord::Indeterminate => distinct.len() > 1,
        OverallWord::Negative => tumour == Tumour::Breast && (has(OverallWord::Low) || has(OverallWord::Ultralow)),
        OverallWord::Low | OverallWord::Ultralow => tumour != Tumour::Breast && has(OverallWord::Negative),
        OverallWord::Positive | OverallWord::Equivocal => false,
    };
    let left: Vec<OverallWord> = distinct.iter().copied().filter(|word| !gives_way(*word)).collect();
    match left.as_slice() {
        [] => OverallCounted::None,
        [word] => OverallCounted::Word(*word),
        _ => {
            let mut amended = words
                .iter()
                .filter(|(word, status)| *status == ResultStatus::Amended && left.contains(word))
                .map(|(word, _)| *word);
            match (amended.next(), amended.next()) {
                (Some(word), None) => OverallCounted::Word(word),
                _ => OverallCounted::Conflicting,
            }
        }
    }
}
