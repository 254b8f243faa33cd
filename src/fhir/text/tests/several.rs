//! More than one statement in one conclusion: two breasts, a node, a comment, a list.

use super::super::grammar::{Unread, read_narrative};
use crate::domain::ihc::IhcScore;
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

#[test]
fn another_score_behind_words_that_are_not_understood_is_no_silent_choice() {
    for text in [
        "A. Left: DCIS, HER2 3+. B. Right: invasive, HER2 1+",
        "Left breast carcinoma. HER2 3+. Axillary node with metastasis. HER2 1+.",
        "HER2 1+ by IHC (4B5). Repeat on the excision: HER2 3+.",
    ] {
        assert_eq!(read_narrative(text).unread, Some(Unread::Ambiguous), "{text}");
    }
    let unclear = read_narrative("HER2 1+. Excision reviewed. HER2 in lesion two 3+.");
    assert!(unclear.score.is_none() && unclear.unread.is_some());
}

#[test]
fn two_tests_of_two_pieces_never_become_one_result() {
    for text in [
        "Left breast: HER2 2+. Right breast: HER2 FISH amplified, ratio 3.4, HER2 copies 7.",
        "A. Core: HER2 2+. B. Excision: HER2 FISH amplified.",
        "Breast: HER2 2+. Axillary lymph node: HER2 FISH amplified.",
        "HER2 2+. Axillary node: metastatic carcinoma. HER2 FISH amplified.",
    ] {
        let reading = read_narrative(text);
        assert!(reading.score.is_none() && reading.ish.is_none() && reading.unread.is_some(), "{text}");
    }
    let one = read_narrative(
        "Metastatic carcinoma, 2 nodes. HER2 2+. No lymph node metastasis in part 1. HER2 FISH amplified.",
    );
    assert_eq!((one.score, one.ish), (Some(IhcScore::TwoPlus), Some(IshWord::Positive)));
}

#[test]
fn the_ish_behind_words_that_are_not_understood_is_read() {
    let reading = read_narrative("HER2 2+. Material was sent to Basel. HER2 FISH not amplified.");
    assert_eq!((reading.score, reading.ish), (Some(IhcScore::TwoPlus), Some(IshWord::Negative)));
}

#[test]
fn a_comment_on_controls_criteria_or_patients_in_general_takes_nothing_back() {
    for text in [
        "HER2 1+. Controls appropriate. The HER2 positive control stained 3+.",
        "HER2 1+. According to ASCO/CAP 2018, HER2 0 and 1+ are negative, 2+ equivocal, 3+ positive.",
        "HER2 1+. 0 or 1+: negative, 2+: equivocal, 3+: positive",
        "HER2 1+. Comment of the laboratory: HER2-low tumours may respond.",
        "HER2 1+. Comment of the laboratory. On the previous core, HER2 was 3+.",
    ] {
        let reading = read_narrative(text);
        assert_eq!((reading.score, reading.unread), (Some(IhcScore::OnePlus), None), "{text}");
    }
}

#[test]
fn a_reference_laboratory_and_a_guideline_beside_two_pieces_are_no_comment() {
    for text in [
        "HER2 2+. Reference laboratory: HER2 FISH shows amplified signals.",
        "Left: HER2 1+. Right: HER2 3+, left 1+, by ASCO/CAP 2018.",
    ] {
        let reading = read_narrative(text);
        assert!(reading.ish_missed || reading.unread.is_some(), "{text}: {reading:?}");
    }
}

#[test]
fn a_result_before_something_from_elsewhere_is_set_aside_and_never_dropped() {
    for text in [
        "HER2 3+ (prior biopsy 1+)",
        "HER2 3+ with no ERBB2 mutation",
        "HER2 3+ on the previous core; now HER2 1+",
        "HER2 2+ if confirmed by FISH",
        "HER2 (+++)",
        "ER+, PR+, HER2-",
        "HER2: 3",
        "HER2 score of 2 to 3",
    ] {
        assert_eq!(read_narrative(text).unread, Some(Unread::NotUnderstood), "{text}");
    }
    // what is told of another time or on a condition is shown too (fhir/guide.md C4)
    for text in ["On the previous core, HER2 was 3+", "HER2 positive if 3+"] {
        assert_eq!(read_narrative(text).unread, Some(Unread::NotUnderstood), "{text}");
    }
    for text in ["HER2 testing recommended", "HER2 to be repeated", "Serum HER2 positive", "ERBB2 mutation positive"] {
        assert_eq!(read_narrative(text).unread, Some(Unread::NotAResult), "{text}");
    }
}

#[test]
fn a_status_in_short_is_a_word_in_a_sentence() {
    for (text, word) in [
        ("HER2: POS", Word::Positive),
        ("ER+/PR-/HER2+", Word::Positive),
        ("HER2 neg.", Word::Negative),
        ("HER2 not overexpressed", Word::Negative),
    ] {
        let reading = read_narrative(text);
        assert_eq!((reading.unread, reading.word), (Some(Unread::WordInSentence), Some(word)), "{text}");
    }
}

#[test]
fn a_digit_is_a_score_beside_its_word_or_out_of_three() {
    for (text, score) in [
        ("HER2 0.", IhcScore::Zero),
        ("pT1c; ER 100/PR 90/HER2 0/Ki-67 7%", IhcScore::Zero),
        ("HER2 1/3", IhcScore::OnePlus),
        ("HER2 negative (0)", IhcScore::Zero),
        ("HER2: 0 (negative)", IhcScore::Zero),
        ("HER2 positive (3)", IhcScore::ThreePlus),
        ("HER-2/neu 3+/3", IhcScore::ThreePlus),
        ("HER2 score 2 of 3.", IhcScore::TwoPlus),
        ("HER2 score 1/3, Ki-67 20 %", IhcScore::OnePlus),
    ] {
        assert_eq!(read_narrative(text).score, Some(score), "{text}");
    }
    for text in
        ["HER2 negative 1 of 3 nodes", "HER2 positive (2)", "HER2 2+/3+", "HER2 FISH positive (3)", "HER2 score 1/3+"]
    {
        assert_eq!(read_narrative(text).score, None, "{text}");
    }
}

#[test]
fn the_number_of_a_paragraph_is_no_score() {
    for text in ["1. Carcinoma.\n2. HER2 3+.\n3. Margins free", "1. Carcinoma. 2. HER2 3+. 3. Margins free"] {
        assert_eq!(read_narrative(text).score, Some(IhcScore::ThreePlus), "{text}");
    }
    assert_eq!(read_narrative("HER2 score:\n3. Strong").score, Some(IhcScore::ThreePlus), "it stands below its name");
}

#[test]
fn many_statements_take_no_more_than_linear_time() {
    for one in [
        "HER2:\n\n\n\n\n\n\n\n\n\n",
        "ER previous HER2 y ",
        "left HER2 ",
        "[1 [1 [",
        "HER2 3+. x, HER2 3+ x. ",
        "HER2 3+ x. HER2 FISH failed. y 3+. ",
        "HER2. 1. a ",
        "HER2 0 1 2 ",
    ] {
        let long = one.repeat(30_000);
        let mixed = format!("{} HER2 1+. {long} HER2. {}", "left ".repeat(30_000), "right previous ".repeat(30_000));
        assert_ne!(read_narrative(&mixed).score, Some(IhcScore::Zero), "{one}");
        assert_ne!(read_narrative(&long).score, Some(IhcScore::Zero), "{one}");
    }
}
