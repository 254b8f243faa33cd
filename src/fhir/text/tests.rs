//! The grammar, as a pathologist would try it.

mod amplification;
mod copies;
mod hybridisation;
mod several;
mod wording;

use super::grammar::{Unread, read, read_narrative};
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

fn score(text: &str) -> Option<IhcScore> {
    read(text).score
}

#[test]
fn scores_are_read_in_every_spelling_that_laboratories_use() {
    for text in [
        "3+",
        "+3",
        "3 +",
        "3 plus",
        "Score 3",
        "Score: 3+",
        "(3+)",
        "３＋",
        "HER2: 3 +",
        "Positive (3+)",
        "positiv (Score 3+)",
    ] {
        assert_eq!(score(text), Some(IhcScore::ThreePlus), "{text}");
    }
    for text in ["HER2 2+ (equivocal)", "2+/equivocal", "Score 2+"] {
        assert_eq!(score(text), Some(IhcScore::TwoPlus), "{text}");
    }
    for text in ["négatif (score 1+)", "1+ (low)", "Negative (Score 1+)"] {
        assert_eq!(score(text), Some(IhcScore::OnePlus), "{text}");
    }
    for text in ["negative (IHC 0)", "HER2 negative (IHC 0)", "IHC 0", "0+"] {
        assert_eq!(score(text), Some(IhcScore::Zero), "{text}");
    }
}

#[test]
fn two_scores_a_condition_and_a_contradiction_are_not_read() {
    for text in ["1+ to 2+", "2+-3+", "HER2 IHC 2+-3+", "0, 1+ negative; 3+ positive"] {
        assert!(read(text).unread.is_some() && score(text).is_none(), "{text}");
    }
    assert_eq!(read("2+-3+").unread, Some(Unread::Ambiguous));
    assert_eq!(read("negative (3+)").unread, Some(Unread::Contradictory));
    for text in
        ["if 2+, reflex FISH will be performed", "previous biopsy: 3+", "see report", "++", "4+", "1,234", "HER2-"]
    {
        let reading = read(text);
        assert!(reading.score.is_none() && reading.word.is_none() && reading.bare.is_none(), "{text}");
    }
}

#[test]
fn a_score_that_is_taken_back_or_left_open_is_not_read() {
    for text in ["HER2 3+ absent", "negative (0/1+)", "not 3+", "HER2 < 3+", "0 or 1+"] {
        let reading = read(text);
        assert!(reading.score.is_none() && (reading.unread.is_some() || reading.is_empty()), "{text}");
    }
}

#[test]
fn a_negated_score_is_not_that_score() {
    let reading = read("No evidence of HER2 3+ staining; score 1+");
    assert_eq!((reading.score, reading.negation), (Some(IhcScore::OnePlus), true));
    assert_eq!(score("No HER2 3+ staining"), None);
}

#[test]
fn a_hyphen_is_no_minus_and_low_is_read_before_it() {
    assert_eq!(read("HER2-low").word, Some(Word::Low));
    assert_eq!(read("HER2-ultralow").word, Some(Word::Ultralow));
    assert_eq!(read("HER2-positive").word, Some(Word::Positive));
}

#[test]
fn amplification_is_read_with_its_negation_in_four_languages() {
    for text in ["amplified", "amplifiziert", "amplifié", "FISH positive"] {
        assert_eq!(read(text).ish, Some(IshWord::Positive), "{text}");
    }
    for text in ["not amplified", "nicht amplifiziert", "non amplifié", "absence d'amplification", "FISH negative"] {
        assert_eq!(read(text).ish, Some(IshWord::Negative), "{text}");
    }
}

#[test]
fn numbers_keep_their_bounds_and_a_decimal_comma_is_a_point() {
    let ratio = |text: &str| read(text).ratio.map(|ratio| ratio.as_sent());
    assert_eq!(ratio("Ratio: 2.4").as_deref(), Some("2.4"));
    assert_eq!(ratio("HER2/CEP17 2,4").as_deref(), Some("2.4"));
    assert_eq!(ratio("ratio 1.2").as_deref(), Some("1.2"));
    assert_eq!(read("HER2 copy number 2.4").her2_copies.map(|copies| copies.as_sent()).as_deref(), Some("2.4"));
    assert_eq!(read("copies 5.1").her2_copies.map(|copies| copies.as_sent()).as_deref(), Some("5.1"));
    assert_eq!(read("cells 40").cells, Some(40));
    let bare = |text: &str| read(text).bare.map(|bare| bare.as_sent());
    assert_eq!(bare("greater than 2.2").as_deref(), Some(">2.2"));
    assert_eq!(bare("less than 1.8").as_deref(), Some("<1.8"));
    assert_eq!(bare("≥ 2").as_deref(), Some(">=2"));
    assert_eq!(bare("<2.0").as_deref(), Some("<2.0"));
}

#[test]
fn staining_beside_a_zero_is_read_and_never_assumed() {
    assert_eq!(read("0, no staining").pattern, Some(MembranePattern::None));
    let faint = read("0, faint incomplete membrane staining in 5 % of cells");
    assert_eq!(faint.percent.map(|percent| percent.as_sent()).as_deref(), Some("5"));
    assert_eq!((faint.pattern, faint.intensity), (Some(MembranePattern::Incomplete), Some(StainingIntensity::Faint)));
    assert_eq!(read("IHC 0").pattern, None);
}

#[test]
fn a_status_word_in_a_sentence_is_free_text_and_alone_it_is_the_laboratorys_word() {
    assert_eq!(read("The tumour is HER2 positive.").unread, Some(Unread::WordInSentence));
    let alone = read("HER2 status: negativ");
    assert!(alone.word_alone && alone.word == Some(Word::Negative));
}

#[test]
fn a_conclusion_is_read_where_it_speaks_of_her2() {
    let german = read_narrative("ER 90 %, PR 80 %. HER2 negativ (Score 1+), Ki-67 20 %");
    assert_eq!(german.score, Some(IhcScore::OnePlus));
    let both = read_narrative("HER2 2+ FISH negative");
    assert_eq!((both.score, both.ish), (Some(IhcScore::TwoPlus), Some(IshWord::Negative)));
    let pending = read_narrative("HER2/neu: Equivocal (Score 2+); reflex FISH pending");
    assert!(pending.ish_pending && pending.score == Some(IhcScore::TwoPlus));
    assert_eq!(read_narrative("The tumour is HER2 positive.").unread, Some(Unread::WordInSentence));
    assert!(read_narrative("ER positive, PR negative, Ki-67 3").is_empty());
    assert_eq!(read_narrative("HER2 cannot be assessed").score, Some(IhcScore::Indeterminate));
}
