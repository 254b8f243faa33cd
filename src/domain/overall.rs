//! The laboratory's overall word beside, or instead of, scores and numbers.

use super::evidence::OverallWord;
use super::finding::{Category, Flag, NextStep};
use super::ihc::IhcWord;
use super::ish::{Ish, IshWord};
use super::judge::{Judgement, Question};
use super::resolve::{Counted, IhcCounted};
use super::rulebook::RuleSet;
use super::tumour::Tumour;

/// Scores and numbers decide; beside nothing but words the overall word stands.
pub(super) fn weigh<'r, 'e>(question: Question<'r, 'e>, set: &'r RuleSet, own: Judgement<'r, 'e>) -> Judgement<'r, 'e> {
    let Some(word) = question.counted.overall else { return conflict_alone(question, set, own) };
    let verdict = status_of(word);
    let own_is_final = matches!(own.category, Category::Positive | Category::Negative);
    if question.counted.has_score || has_numbers(question.counted) {
        let mut own = own;
        if own_is_final && verdict.is_some_and(|verdict| verdict != own.category) {
            own.add(Flag::LabInterpretationDisagrees, NextStep::LabClarification);
        }
        return own;
    }
    let is_same = matches!(
        (word, own.category),
        (OverallWord::Positive, Category::Positive) | (OverallWord::Negative, Category::Negative)
    );
    if own_is_final && (is_same || gives_way(word, question.specimen.tumour)) {
        let mut own = own;
        if is_same {
            own.flags.insert(Flag::StatusWordOnly);
        }
        return own;
    }
    stand(question, set, word, own)
}

/// The row of the overall word, with what the other words leave behind.
fn stand<'r, 'e>(
    question: Question<'r, 'e>,
    set: &'r RuleSet,
    word: OverallWord,
    own: Judgement<'r, 'e>,
) -> Judgement<'r, 'e> {
    let mut standing = question.judge_word(set, word, own.ish);
    standing.flags.insert(Flag::StatusWordOnly);
    if question.is_scoring_open() && standing.category != Category::Indeterminate {
        standing.add(Flag::ScoringSystemUnknown, NextStep::ObtainScoringSystem);
    }
    let verdict = status_of(word);
    if other_words(question.counted).any(|other| Some(other) != verdict) {
        standing.add(Flag::LabInterpretationDisagrees, NextStep::LabClarification);
    }
    standing
}

/// Overall words that differ, and nothing else: tested, without an answer.
fn conflict_alone<'r, 'e>(question: Question<'r, 'e>, set: &'r RuleSet, own: Judgement<'r, 'e>) -> Judgement<'r, 'e> {
    let counted = question.counted;
    if counted.overall_conflict && counted.ihc == IhcCounted::None && counted.ish.is_empty() {
        return question.judge_word(set, OverallWord::Indeterminate, own.ish);
    }
    own
}

/// Positive or negative; low and ultralow count as negative.
const fn status_of(word: OverallWord) -> Option<Category> {
    match word {
        OverallWord::Positive => Some(Category::Positive),
        OverallWord::Negative | OverallWord::Low | OverallWord::Ultralow => Some(Category::Negative),
        OverallWord::Equivocal | OverallWord::Indeterminate => None,
    }
}

/// Gives way to other words that are positive or negative.
fn gives_way(word: OverallWord, tumour: Tumour) -> bool {
    match word {
        OverallWord::Equivocal | OverallWord::Indeterminate => true,
        OverallWord::Low | OverallWord::Ultralow => tumour != Tumour::Breast,
        OverallWord::Positive | OverallWord::Negative => false,
    }
}

/// The words of single tests that are positive or negative.
fn other_words(counted: &Counted<'_>) -> impl Iterator<Item = Category> {
    let ihc = counted.ihc_words.iter().filter_map(|word| match word {
        IhcWord::Positive => Some(Category::Positive),
        IhcWord::Negative => Some(Category::Negative),
        IhcWord::Equivocal | IhcWord::Indeterminate => None,
    });
    let ish = counted.ish.iter().filter_map(|candidate| match candidate.ish?.interpretation? {
        IshWord::Positive => Some(Category::Positive),
        IshWord::Negative => Some(Category::Negative),
        IshWord::Equivocal | IshWord::Failed => None,
    });
    ihc.chain(ish)
}

fn has_numbers(counted: &Counted<'_>) -> bool {
    let sent = |ish: &Ish| ish.implausible || ish.count.ratio.is_some() || ish.count.her2.is_some();
    counted.ish.iter().filter_map(|candidate| candidate.ish).any(sent)
}
