//! Readings for people, composed from typed values only: `IHC 2+`, `ISH ratio 1.90, HER2 copies 4.2, 40 cells`.

use crate::domain::evidence::TestKind;
use crate::domain::ihc::Ihc;
use crate::domain::ish::{Ish, IshMethod};

/// An IHC result.
pub(super) fn ihc(ihc: &Ihc) -> String {
    let mut text = match (ihc.score, ihc.interpretation) {
        (Some(score), _) => format!("IHC {score}"),
        (None, Some(word)) => format!("IHC {word}"),
        (None, None) => "IHC".to_owned(),
    };
    if let Some(percent) = &ihc.percent {
        text.push_str(&format!(", {} %", percent.as_sent()));
    }
    let staining = [ihc.pattern.map(|pattern| pattern.as_str()), ihc.intensity.map(|intensity| intensity.as_str())];
    for word in staining.into_iter().flatten() {
        text.push_str(", ");
        text.push_str(word);
    }
    if let (None, Some(bound)) = (ihc.cluster_cells, &ihc.cluster_bound) {
        text.push_str(&format!(", cluster of {} cells", bound.as_sent()));
    }
    text
}

/// An ISH result or a part of one.
pub(super) fn ish(ish: &Ish) -> String {
    let count = &ish.count;
    let mut text = String::new();
    let mut add = |words: [&str; 3]| {
        text.push_str(if text.is_empty() { "" } else { ", " });
        words.into_iter().for_each(|word| text.push_str(word));
    };
    for (name, number) in [("ISH ratio ", &count.ratio), ("HER2 copies ", &count.her2), ("CEP17 copies ", &count.cep17)]
    {
        if let Some(number) = number {
            add([name, number.sign(), number.number.as_sent()]);
        }
    }
    if let Some(cells) = count.cells {
        add([&cells.to_string(), " cells", ""]);
    }
    if let (None, Some(below)) = (count.cells, count.cells_below) {
        add(["fewer than ", &below.to_string(), " cells"]);
    }
    if let Some(word) = ish.interpretation {
        add(["ISH ", word.as_str(), ""]);
    }
    if ish.implausible {
        add(["ISH value implausible", "", ""]);
    }
    if text.is_empty() {
        text.push_str(if ish.method == IshMethod::Single { "ISH with a single probe" } else { "ISH" });
    }
    text
}

/// The name of a kind of test.
pub(super) const fn kind(kind: TestKind) -> &'static str {
    match kind {
        TestKind::Ihc => "IHC",
        TestKind::Ish => "ISH",
        TestKind::Overall => "overall status",
    }
}
