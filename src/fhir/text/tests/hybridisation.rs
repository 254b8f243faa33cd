//! The word of an ISH: whose it is, what denies it, and what is no word of it at all.

use super::super::grammar::{Unread, read, read_narrative};
use crate::domain::ihc::IhcScore;
use crate::domain::ish::IshWord;
use crate::fhir::codes::Word;

#[test]
fn a_share_of_amplified_cells_is_neither_amplified_nor_a_percentage_of_stained_cells() {
    for text in ["amplified in 8 % of cells", "8 % of cells amplified", "FISH positive, 8 %"] {
        let reading = read(text);
        assert!(reading.unread.is_some() && reading.ish.is_none(), "{text}");
    }
    let conclusion = read_narrative("HER2 IHC 3+. Amplified in 8 % of cells by FISH.");
    assert_eq!((conclusion.score, conclusion.percent, conclusion.ish), (Some(IhcScore::ThreePlus), None, None));
    let both = read("HER2 3+ in 90 % of cells, FISH amplified");
    assert_eq!(both.percent.map(|percent| percent.as_sent()).as_deref(), Some("90"));
    assert_eq!(both.ish, Some(IshWord::Positive));
}

#[test]
fn a_word_by_fish_is_the_word_of_the_ish() {
    for (text, word) in [
        ("Negative by FISH", IshWord::Negative),
        ("Positive by FISH", IshWord::Positive),
        ("HER2 negative (FISH)", IshWord::Negative),
        ("Negative for amplification", IshWord::Negative),
        ("HER2 gene amplification: negative", IshWord::Negative),
        ("no amplification detected", IshWord::Negative),
        ("No HER2 gene amplification", IshWord::Negative),
        ("amplification not detected", IshWord::Negative),
        ("HER2 amplification absent", IshWord::Negative),
        ("amplification detected", IshWord::Positive),
        ("FISH indeterminate", IshWord::Failed),
    ] {
        let reading = read(text);
        assert_eq!((reading.ish, reading.word), (Some(word), None), "{text}");
    }
    assert_eq!(read("Negative by IHC").word, Some(Word::Negative));
}

#[test]
fn a_denial_reaches_the_next_thing_and_not_the_whole_sentence() {
    let both = read("FISH not amplified, IHC 2+");
    assert_eq!((both.score, both.ish), (Some(IhcScore::TwoPlus), Some(IshWord::Negative)));
    for text in [
        "not HER2 amplified or equivocal",
        "amplified, no",
        "amplification status",
        "no, amplified",
        "equivocal amplification",
        "partial amplification",
        "amplification not excluded",
        "low amplified",
    ] {
        assert!(read(text).unread.is_some() && read(text).ish.is_none(), "{text}");
    }
    assert!(read("IHC 0, no staining, FISH amplified").ish == Some(IshWord::Positive));
}

#[test]
fn a_minus_behind_fish_is_a_negative_fish_and_behind_a_number_no_score() {
    for text in ["2+/ISH-", "2+/FISH-", "HER2: 2+/FISH-.", "IHC 2+ (FISH-)", "2+/FISH−"] {
        assert_eq!((read(text).score, read(text).ish), (Some(IhcScore::TwoPlus), Some(IshWord::Negative)), "{text}");
    }
    assert_eq!(read_narrative("HER2: 2+/FISH-.").ish, Some(IshWord::Negative));
    assert_eq!(read("2+/FISH+").ish, Some(IshWord::Positive));
    assert_eq!(read("FISH-negative").ish, Some(IshWord::Negative));
    for text in ["3-", "1-", "2-", "0-", "IHC 3-", "1+/-", "Score 2-", "FISH- and IHC 3+", "FISH -", "IHC 2+ -"] {
        let reading = read(text);
        assert!(reading.unread.is_some() && reading.score.is_none() && reading.ish.is_none(), "{text}: {reading:?}");
    }
}

#[test]
fn an_ordered_fish_is_a_pending_one() {
    for text in ["2+; FISH ordered", "2+, FISH requested", "2+. Sent for FISH", "2+; FISH to follow", "2+. FISH folgt"]
    {
        let reading = read(text);
        assert!(reading.ish_pending && reading.score == Some(IhcScore::TwoPlus), "{text}: {reading:?}");
    }
    for text in ["2+; FISH not ordered", "2+; FISH ordered if needed"] {
        assert!(!read(text).ish_pending, "{text}");
    }
    assert!(read("FISH negative, ordered").unread.is_some());
    assert!(read("3+, ordered").unread.is_some());
}

#[test]
fn a_fish_that_is_awaited_has_no_word() {
    for text in ["HER2 IHC 2+/FISH- (pending)", "HER2 2+, ISH- (ausstehend)", "HER2: 2+; FISH- (result pending)"] {
        for reading in [read(text), read_narrative(text)] {
            assert!(reading.ish_pending && reading.ish.is_none(), "{text}: {reading:?}");
            assert_eq!(reading.score, Some(IhcScore::TwoPlus), "{text}");
        }
    }
    for text in [
        "HER2 2+; FISH negative (pending)",
        "HER2 2+; FISH: pending, not amplified",
        "HER2 2+, FISH-; pending",
        "HER2 2+; FISH-, pending",
        "HER2 2+; FISH ratio 1.2, copies 2.4 (pending)",
    ] {
        for reading in [read(text), read_narrative(text)] {
            assert!(reading.unread.is_some() && reading.ish.is_none() && reading.ratio.is_none(), "{text}");
        }
    }
    assert_eq!(read("2+/FISH- (D17Z1)").ish, None);
    assert_eq!(read("2+/FISH- (negative)").ish, Some(IshWord::Negative));
    for text in
        ["HER2 FISH negative; IHC pending", "HER2 IHC pending, FISH negative", "HER2 FISH negative, IHC result pending"]
    {
        let reading = read(text);
        assert_eq!(
            (reading.ish, reading.ish_pending, reading.unread),
            (Some(IshWord::Negative), false, None),
            "{text}"
        );
    }
}

#[test]
fn an_ish_that_failed_is_said_in_words() {
    for text in [
        "FISH failed",
        "HER2 2+. FISH failed.",
        "HER2 2+; FISH cannot be assessed",
        "2+. FISH not interpretable",
        "2+. FISH could not be evaluated",
        "2+, FISH nicht auswertbar",
    ] {
        assert_eq!(read(text).ish, Some(IshWord::Failed), "{text}");
    }
    for text in ["cannot be assessed", "Failed", "QNS", "insufficient invasive tumor"] {
        assert_eq!(read(text).score, Some(IhcScore::Indeterminate), "{text}");
    }
    for text in ["insufficient evidence of amplification", "not assessed", "FISH amplified, failed"] {
        let reading = read(text);
        assert!(reading.unread.is_some() && reading.ish.is_none() && reading.score.is_none(), "{text}");
    }
}

#[test]
fn what_failed_and_was_repeated_is_not_known_to_have_failed() {
    for text in ["HER2 2+. FISH failed. On repeat amplified", "HER2 IHC failed, repeat 3+"] {
        let reading = read_narrative(text);
        assert!(reading.unread.is_some() && reading.ish.is_none() && reading.score.is_none(), "{text}: {reading:?}");
    }
}

#[test]
fn a_fish_that_was_not_performed_says_nothing() {
    for text in ["HER2 IHC: negative (score 1+). HER2 FISH: not performed.", "IHC 1+, FISH not indicated"] {
        let reading = read(text);
        assert_eq!((reading.score, reading.ish, reading.ish_pending), (Some(IhcScore::OnePlus), None, false), "{text}");
    }
    assert!(read("HER2 2+, FISH performed").unread.is_some());
}

#[test]
fn the_word_of_another_gene_is_not_her2s() {
    for text in ["HER2 amplified, TOP2A not amplified", "HER2 not amplified, MYC amplified"] {
        let reading = read(text);
        assert_eq!((reading.unread, reading.ish), (Some(Unread::NotUnderstood), None), "{text}");
    }
    assert_eq!(read_narrative("HER2 amplified, TOP2A not amplified").ish, Some(IshWord::Positive));
}

#[test]
fn what_is_refused_gives_no_ish_to_a_conclusion() {
    for text in ["HER2: 2+ mit HER2-Amplifikation in der FISH", "HER2 positive, FISH amplified in 8 % of cells"] {
        assert_eq!(read_narrative(text).ish, None, "{text}");
    }
}
