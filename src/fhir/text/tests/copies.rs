//! Numbers and the probe that they belong to.

use super::super::grammar::{TextReading, Unread, read, read_narrative};

/// ratio / HER2 copies / CEP17 copies / cells
fn numbers(reading: &TextReading) -> String {
    let sent = |number: &Option<crate::domain::decimal::Quantity>| {
        number.as_ref().map_or_else(|| "-".to_owned(), |number| number.as_sent().to_string())
    };
    let cells = reading.cells.map_or_else(|| "-".to_owned(), |cells| cells.to_string());
    format!("{}/{}/{}/{cells}", sent(&reading.ratio), sent(&reading.her2_copies), sent(&reading.cep17_copies))
}

#[test]
fn copies_of_the_control_probe_are_never_those_of_her2() {
    for (text, expected) in [
        ("HER2 2+. FISH ratio 1.9, HER2 copies 6.65, CEP17 copies 3.5, 40 cells.", "1.9/6.65/3.5/40"),
        ("HER2 FISH: ratio 2.2, HER2 copies 6.6, CEP17 copies 3.0", "2.2/6.6/3.0/-"),
        ("HER2 FISH: CEP17 copies 3.0, HER2 copies 6.6, ratio 2.2", "2.2/6.6/3.0/-"),
        ("HER2 FISH: CEP17 copies 3.0; ratio 2.2; HER2 copies 6.6", "2.2/6.6/3.0/-"),
        ("HER2/CEP17 ratio 2.2 HER2 copies 6.6 CEP17 copies 3.0", "2.2/6.6/3.0/-"),
        ("FISH: Ratio 2,2; HER2-Kopien 6,6; CEP17-Kopien 3,0", "2.2/6.6/3.0/-"),
        ("Average HER2 copy number per cell 6.6, average CEP17 copy number per cell 3.0", "-/6.6/3.0/-"),
        ("HER2 signals/nucleus 6.6, CEP17 signals/nucleus 3.0", "-/6.6/3.0/-"),
        ("HER2 signals per cell: 6.6; chromosome 17 signals per cell: 3.0", "-/6.6/3.0/-"),
        ("HER2 copies 6.6, Chr17 copies 3.0", "-/6.6/3.0/-"),
        ("HER2 copies 6.6, CEN 17 copies 3.0", "-/6.6/3.0/-"),
        ("HER2 FISH: HER2/CEP17=2.2, HER2/cell=6.6, CEP17/cell=3.0", "2.2/6.6/3.0/-"),
        ("HER2 FISH: ratio 2.2; mean HER2 = 6.6; mean CEP17 = 3.0", "2.2/6.6/3.0/-"),
        ("6.6 HER2 copies, 3.0 CEP17 copies", "-/6.6/3.0/-"),
        ("ratio 1.9, copies 6.2, CEP17 3.3, 40 cells", "1.9/6.2/3.3/40"),
        ("ratio 1.9, CEP17 copies 3.5", "1.9/-/3.5/-"),
        ("ratio 1.9, 3.5 copies of CEP17", "1.9/-/3.5/-"),
        ("ratio 1.9, 3.5 copies of chromosome 17", "1.9/-/3.5/-"),
        ("HER2/CEP17 ratio 1.9. CEP17: 3.5 copies", "1.9/-/3.5/-"),
        ("copies 6.6", "-/6.6/-/-"),
    ] {
        assert_eq!(numbers(&read(text)), expected, "{text}");
        if text.starts_with("HER2") {
            assert_eq!(numbers(&read_narrative(text)), expected, "{text}");
        }
    }
}

#[test]
fn copies_that_could_belong_to_either_probe_are_not_read() {
    for text in [
        "ratio 1.9, CEP17 copies 3.5, copies 6.6",
        "ratio 1.9; CEP17; copies 3.5",
        "copies 3.5 CEP17",
        "HER2 copies CEP17 copies 6.6 3.5",
        "6.6 copies HER2 3.0 copies CEP17",
        "CEP17 (HER2 FISH) copies 3.5",
    ] {
        let reading = read(text);
        assert!(reading.unread.is_some() && reading.her2_copies.is_none(), "{text}: {reading:?}");
    }
}

#[test]
fn two_different_numbers_of_one_kind_are_not_read() {
    for text in [
        "HER2 copies 6.6, HER2 copies 3.0",
        "FISH ratio 2.4; ratio 1.8",
        "CEP17 copies 3.0, CEP17 copies 2.0",
        "ratio 1.2, 20 cells, 40 cells",
    ] {
        assert_eq!(read(text).unread, Some(Unread::Ambiguous), "{text}");
    }
    assert_eq!(numbers(&read("ratio 2.4 (HER2/CEP17 ratio 2.4)")), "2.4/-/-/-");
}

#[test]
fn all_signals_that_were_counted_are_no_mean() {
    for text in ["120 signals in 40 cells", "HER2 copies 120 in 40 cells", "120 copies in 40 cells", "HER2 signals 120"]
    {
        let reading = read(text);
        assert!(reading.unread.is_some() && reading.her2_copies.is_none(), "{text}: {reading:?}");
    }
    assert_eq!(numbers(&read("HER2 copies per cell 6.6 in 40 cells")), "-/6.6/-/40");
}

#[test]
fn cells_are_counted_whatever_label_stands_before_them() {
    assert_eq!(numbers(&read("ratio 1.2, HER2 copies 2.5, based on 12 cells")), "1.2/2.5/-/12");
    assert_eq!(numbers(&read("ratio 1.2, copies 2.5; 10 cells counted")), "1.2/2.5/-/10");
    let no_ratio = read("HER2/CEP17 FISH: not amplified, 40 cells counted");
    assert_eq!(numbers(&no_ratio), "-/-/-/40");
    assert!(read("ratio 1.2, < 20 cells").unread.is_some() && read("<20 cells").bare.is_none());
    assert!(read("ratio 1.2, 0 cells").unread.is_some());
}

#[test]
fn the_names_of_both_probes_beside_a_ratio_stand_for_their_copies() {
    for (text, expected) in [
        ("HER2 FISH: amplified (HER2/CEP17 ratio 5.2, HER2 12.4, CEP17 2.4)", "5.2/12.4/2.4/-"),
        ("HER2: amplifiziert (Ratio 4,5, HER2 9,8, CEP17 2,2)", "4.5/9.8/2.2/-"),
        ("HER2 FISH: HER2 12.4; CEP17 2.4; ratio 5.2", "5.2/12.4/2.4/-"),
        ("HER2 FISH: not amplified (ratio 1, HER2 2, CEP17 2)", "1/2/2/-"),
        ("HER2 FISH: Not amplified; HER2/CEP17 ratio 1.3; average HER2 copy number 2.9", "1.3/2.9/-/-"),
        ("HER2 (IHC): 2+. HER2 FISH: not amplified (ratio 1.2, HER2 2.4, CEP17 2.0)", "1.2/2.4/2.0/-"),
    ] {
        for reading in [read(text), read_narrative(text)] {
            assert_eq!((numbers(&reading).as_str(), reading.unread), (expected, None), "{text}");
        }
    }
    // no more than a digit, and before the ratio: it may be the score
    for text in ["HER2 3, ratio 1.2, CEP17 2.0", "HER2 12.4, ratio 5.2", "HER2 12.4, CEP17 2.4"] {
        assert_eq!(read(text).her2_copies, None, "{text}");
    }
}

#[test]
fn cells_counted_are_cells() {
    for text in [
        "HER2 FISH: ratio 1.2; copies 2.4. Cells counted: 40",
        "HER2 FISH: ratio 1.2; copies 2.4. Number of cells counted: 40.",
        "HER2 FISH: ratio 1.2, copies 2.4, nuclei scored 40",
        "HER2 FISH: ratio 1.2, copies 2.4, however only 40 cells counted",
    ] {
        for reading in [read(text), read_narrative(text)] {
            assert_eq!((numbers(&reading).as_str(), reading.unread), ("1.2/2.4/-/40", None), "{text}");
        }
    }
    // the number of areas is none of cells
    assert_eq!(read("ratio 1.2, copies 2.4, 40 cells in 3 areas").cells, None);
}
