//! A word for both tests, and the sentences that laboratories print most.

use super::super::grammar::{Unread, read, read_narrative};
use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

#[test]
fn a_two_plus_that_the_ish_settles_agrees_with_the_word_for_both() {
    for (text, word, ish) in [
        ("HER2 negative (IHC 2+, FISH not amplified)", Word::Negative, IshWord::Negative),
        ("HER2 negative (IHC 2+/FISH negative)", Word::Negative, IshWord::Negative),
        ("HER2-Status: negativ (Score 2+, FISH negativ)", Word::Negative, IshWord::Negative),
        ("HER2 négatif (score 2+, absence d'amplification)", Word::Negative, IshWord::Negative),
        ("HER2 positive (IHC 2+, FISH amplified)", Word::Positive, IshWord::Positive),
        ("HER2-low (IHC 2+, ISH negative)", Word::Low, IshWord::Negative),
        ("HER2 low (IHC 2+/ISH-)", Word::Low, IshWord::Negative),
    ] {
        for reading in [read(text), read_narrative(text)] {
            assert_eq!(reading.unread, None, "{text}");
            assert_eq!((reading.score, reading.ish), (Some(IhcScore::TwoPlus), Some(ish)), "{text}");
            assert_eq!(reading.word, Some(word), "{text}");
        }
    }
    // whether the numbers give the word is for the rules to say
    for text in
        ["HER2 negative (IHC 2+; FISH ratio 1.2, HER2 copies 2.4)", "HER2 positive (IHC 2+; ratio 3.2, copies 8)"]
    {
        assert_eq!((read(text).unread, read(text).score), (None, Some(IhcScore::TwoPlus)), "{text}");
    }
    for text in [
        "HER2 negative (2+)",
        "HER2 positive (2+)",
        "HER2 negative (IHC 3+, FISH negative)",
        "HER2 positive (IHC 2+, FISH negative)",
        "HER2 negative (IHC 2+, FISH amplified)",
        "HER2 negative, FISH amplified",
    ] {
        assert_eq!(read(text).unread, Some(Unread::Contradictory), "{text}");
    }
}

#[test]
fn low_is_a_kind_of_negative() {
    for text in ["Negative (low)", "Negative, HER2-low", "negativ (HER2-low)"] {
        assert_eq!((read(text).word, read(text).word_alone), (Some(Word::Low), true), "{text}");
    }
    for text in ["Positive, HER2-low", "low, ultralow"] {
        assert_eq!(read(text).unread, Some(Unread::Contradictory), "{text}");
    }
}

#[test]
fn no_overexpression_goes_with_zero_and_one_plus_alone() {
    assert_eq!(read("No HER2 overexpression (score 0, no staining)").pattern, Some(MembranePattern::None));
    assert_eq!(read("HER2 is not overexpressed (1+).").score, Some(IhcScore::OnePlus));
    assert_eq!(read("no HER2 overexpression (3+)").unread, Some(Unread::Contradictory));
}

#[test]
fn the_printed_definition_of_a_score_is_read_with_it() {
    let positive = read("Positive (Score 3+): Intense complete membranous staining in >10% of tumor cells");
    assert_eq!((positive.score, positive.word), (Some(IhcScore::ThreePlus), Some(Word::Positive)));
    assert_eq!(
        (positive.pattern, positive.intensity),
        (Some(MembranePattern::Complete), Some(StainingIntensity::Intense))
    );
    assert_eq!(positive.percent.map(|percent| percent.as_sent()).as_deref(), Some(">10"));
    let equivocal = read("Equivocal (Score 2+): Weak to moderate complete membrane staining in >10% of tumor cells");
    assert_eq!(
        (equivocal.score, equivocal.intensity),
        (Some(IhcScore::TwoPlus), Some(StainingIntensity::WeakModerate))
    );
    let negative = read(
        "Negative (Score 1+): Incomplete membrane staining that is faint/barely perceptible and in >10% of tumor cells",
    );
    assert_eq!(
        (negative.score, negative.pattern, negative.intensity),
        (Some(IhcScore::OnePlus), Some(MembranePattern::Incomplete), Some(StainingIntensity::Faint))
    );
    assert_eq!(read("Negative (Score 0)").score, Some(IhcScore::Zero));
    for text in [
        "Negative (Score 0): No staining observed or membrane staining that is incomplete and is faint/barely perceptible and in <=10% of tumor cells",
        "3+, complete and incomplete staining",
        "3+, faint and intense staining",
        "3+, no staining",
        "0, no staining in 95 % of cells",
    ] {
        assert!(read(text).unread.is_some() && read(text).score.is_none(), "{text}");
    }
}

#[test]
fn a_zero_under_the_word_staining_says_nothing_of_faint_staining() {
    assert_eq!(read("HER2 staining: score 0").intensity, None);
    assert_eq!(read("0 with membrane staining").intensity, Some(StainingIntensity::Faint));
}

#[test]
fn a_number_that_belongs_to_nothing_leaves_the_text_unread() {
    for text in ["HER2 negative 2019", "FISH amplified 2.4", "HER2 3+ 4", "negative 3", "positive 2"] {
        assert!(read(text).unread.is_some(), "{text}");
    }
}

#[test]
fn a_bare_digit_that_fits_its_word_is_the_score() {
    for (text, digit, word) in [
        ("Negative (0)", "0", Word::Negative),
        ("HER2-negativ (0)", "0", Word::Negative),
        ("0 (negative)", "0", Word::Negative),
        ("negative, 0", "0", Word::Negative),
        ("HER2 negative (0 by IHC)", "0", Word::Negative),
        ("Negative (1)", "1", Word::Negative),
        ("Equivocal (2)", "2", Word::Equivocal),
        ("Positive (3)", "3", Word::Positive),
    ] {
        let reading = read(text);
        let bare = reading.bare.as_ref().map(|bare| bare.as_sent());
        assert_eq!((bare.as_deref(), reading.word, reading.unread), (Some(digit), Some(word), None), "{text}");
        assert!(!reading.may_speak_of_ish(), "{text}");
    }
    assert!(read("amplified 3").unread.is_some() && read("FISH positive (3)").unread.is_some());
}

#[test]
fn a_number_without_a_place_loses_its_sentence_and_not_the_two_plus_of_another() {
    for text in ["HER2 (IHC): 2+. HER2 FISH: amplified (4.5)", "HER2 IHC 2+; FISH not amplified 1.2"] {
        for reading in [read(text), read_narrative(text)] {
            assert_eq!((reading.score, reading.ish), (Some(IhcScore::TwoPlus), None), "{text}");
        }
    }
    // the FISH may make these positive
    for text in ["HER2 (IHC): 1+. HER2 FISH: amplified (4.5)", "HER2 negative. HER2 FISH: amplified (4.5)"] {
        for reading in [read(text), read_narrative(text)] {
            assert!(reading.score.is_none() && reading.unread.is_some(), "{text}");
        }
    }
}

#[test]
fn many_denials_before_many_scores_take_no_more_than_linear_time() {
    let long = |n: usize| format!("HER2 {}{}{}", "not positive ".repeat(n), "3+ ".repeat(2 * n), "staining ".repeat(n));
    let began = std::time::Instant::now();
    assert!(read_narrative(&long(20_000)).unread.is_some());
    // quadratic time took many times as long
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
