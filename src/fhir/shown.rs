//! Readings for people, composed from typed values only: `IHC 2+`, `ISH ratio 1.90, HER2 copies 4.2, 40 cells`.

use crate::domain::evidence::TestKind;
use crate::domain::ihc::Ihc;
use crate::domain::ish::Ish;

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
    text
}

/// An ISH result or a part of one.
pub(super) fn ish(ish: &Ish) -> String {
    let count = &ish.count;
    let mut parts: Vec<String> = Vec::with_capacity(4);
    parts.extend(count.ratio.as_ref().map(|ratio| format!("ISH ratio {}", ratio.as_sent())));
    parts.extend(count.her2.as_ref().map(|copies| format!("HER2 copies {}", copies.as_sent())));
    parts.extend(count.cep17.as_ref().map(|copies| format!("CEP17 copies {}", copies.as_sent())));
    parts.extend(count.cells.map(|cells| format!("{cells} cells")));
    parts.extend(ish.interpretation.map(|word| format!("ISH {word}")));
    if ish.implausible {
        parts.push("ISH value implausible".to_owned());
    }
    if parts.is_empty() { "ISH".to_owned() } else { parts.join(", ") }
}

/// The name of a kind of test.
pub(super) const fn kind(kind: TestKind) -> &'static str {
    match kind {
        TestKind::Ihc => "IHC",
        TestKind::Ish => "ISH",
        TestKind::Overall => "overall status",
    }
}
