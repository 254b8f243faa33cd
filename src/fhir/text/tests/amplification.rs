//! "Amplification": a finding, or the name of a test.

use super::super::grammar::{read, read_narrative};
use crate::domain::ihc::IhcScore;
use crate::domain::ish::IshWord;

#[test]
fn the_name_of_a_test_is_no_result_of_it() {
    for text in [
        "HER2 2+. Testing for HER2 amplification.",
        "HER2 2+; FISH for HER2 amplification.",
        "HER2 IHC 2+. Test for HER2 gene amplification by FISH.",
        "HER2 2+. HER2 amplification (FISH):",
        "HER2 2+. HER2 amplification by FISH",
        "HER2 2+. HER2 amplification:",
    ] {
        for reading in [read(text), read_narrative(text)] {
            assert_eq!((reading.score, reading.ish), (Some(IhcScore::TwoPlus), None), "{text}");
            assert!(!reading.tells_ish_apart(), "{text}");
        }
    }
    for text in [
        "HER2 2+. No testing for HER2 amplification.",
        "HER2 2+. No test for amplification",
        "HER2 2+. Amplification testing",
    ] {
        assert!(read(text).unread.is_some() && read_narrative(text).ish.is_none(), "{text}");
    }
}

#[test]
fn a_word_behind_the_name_of_the_test_is_its_result() {
    for (text, word) in [
        ("HER2 2+. HER2 amplification by FISH: present", IshWord::Positive),
        ("HER2 2+. HER2 amplification by FISH: absent", IshWord::Negative),
        ("HER2 2+. FISH for HER2 amplification: positive", IshWord::Positive),
        ("HER2 2+. HER2 amplification (FISH): not detected", IshWord::Negative),
        ("HER2 2+. FISH for HER2 amplification: negative", IshWord::Negative),
        ("HER2 2+. Gene amplification: yes", IshWord::Positive),
        ("HER2 2+. Gene amplification: no", IshWord::Negative),
        ("HER2 2+. Gene amplification: amplified", IshWord::Positive),
        ("HER2 2+. Gene amplification: not amplified", IshWord::Negative),
        ("HER2 2+. Amplification status: amplified", IshWord::Positive),
    ] {
        for reading in [read(text), read_narrative(text)] {
            assert_eq!((reading.score, reading.ish), (Some(IhcScore::TwoPlus), Some(word)), "{text}");
        }
    }
}

#[test]
fn amplification_of_the_gene_is_a_finding_and_denied_a_negative() {
    for text in [
        "No amplification of the HER2 gene.",
        "absence d'amplification du gène HER2",
        "no evidence of amplification of the HER2 gene",
        "no evidence for HER2 amplification",
        "no HER2 amplification by FISH",
        "No evidence of HER2 amplification by FISH testing.",
        "no amplification in the tumor",
        "IHC 2+ without amplification of the HER2 gene",
    ] {
        let reading = read(text);
        assert_eq!((reading.ish, reading.unread), (Some(IshWord::Negative), None), "{text}");
    }
    assert_eq!(read("Amplification of the HER2 gene").ish, Some(IshWord::Positive));
    let numbers = read_narrative("HER2: Amplification of the HER2 gene by FISH, ratio 4.5, copies 9");
    assert!(numbers.unread.is_none() && numbers.ratio.is_some() && numbers.her2_copies.is_some());
    let both = read_narrative("HER2 protein overexpression: positive (3+), gene amplification: amplified");
    assert_eq!((both.score, both.ish), (Some(IhcScore::ThreePlus), Some(IshWord::Positive)));
}

#[test]
fn what_qualifies_an_amplification_is_not_left_out() {
    for text in [
        "HER2 2+. FISH: amplification, low level.",
        "HER2 FISH: amplified, but heterogeneous in few cells",
        "HER2 FISH: amplified, borderline ratio",
    ] {
        let reading = read_narrative(text);
        assert!(reading.unread.is_some() && reading.ish.is_none(), "{text}: {reading:?}");
    }
    let few = read_narrative("HER2 2+. FISH: amplified, however only 10 cells counted");
    assert_eq!((few.ish, few.cells), (Some(IshWord::Positive), Some(10)));
    let other = read_narrative("HER2 IHC 3+, FISH amplified, Ki-67 in 20 % of cells, grade 3");
    assert_eq!((other.score, other.ish), (Some(IhcScore::ThreePlus), Some(IshWord::Positive)));
}

#[test]
fn a_group_goes_with_its_word() {
    for (text, word) in
        [("HER2 amplified, group 1", IshWord::Positive), ("HER2 not amplified (group 5)", IshWord::Negative)]
    {
        assert_eq!((read(text).ish, read_narrative(text).ish), (Some(word), Some(word)), "{text}");
    }
    for text in ["HER2 2+, not amplified, group 4", "HER2 amplified, group 5", "HER2 amplified, group 3"] {
        assert!(read(text).unread.is_some() && read_narrative(text).ish.is_none(), "{text}");
    }
}

#[test]
fn amplified_says_ish_by_itself() {
    for text in ["2+, not amplified", "Score 2+; not amplified", "1+, amplified"] {
        assert!(read(text).unread.is_none() && read(text).score.is_some() && read(text).tells_ish_apart(), "{text}");
    }
}
