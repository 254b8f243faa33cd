//! The words of a review sheet: ranges, details of a slide, marks and lists.

use super::format::{BandEntry, Ends, StainingEntry, Word};

/// Writing into a String cannot fail; the macro keeps that out of every line.
macro_rules! line {
    ($text:expr, $($part:tt)*) => {{
        use std::fmt::Write as _;
        let _ = writeln!($text, $($part)*);
    }};
}
pub(super) use line;

pub(super) fn numbers_of(band: &BandEntry) -> String {
    let part = |name: &str, ends: &Option<Ends>| ends.as_ref().map(|ends| format!("{name} {}", in_words(ends)));
    let missing = |axis: &super::format::AxisName| match axis {
        super::format::AxisName::Ratio => "no ratio".to_owned(),
        super::format::AxisName::Copies => "no copy number".to_owned(),
        super::format::AxisName::PercentCells => "no percentage of cells".to_owned(),
    };
    let parts: Vec<String> = [
        part("ratio", &band.ratio),
        part("copies", &band.copies),
        part("percent of cells with a ratio of 2 or more:", &band.percent_cells),
    ]
    .into_iter()
    .flatten()
    .chain(band.missing.iter().map(missing))
    .collect();
    if parts.is_empty() { "any".to_owned() } else { parts.join(", ") }
}

pub(super) fn details(entry: &StainingEntry) -> String {
    let mut parts = Vec::new();
    let mut some = |name: &str, words: String| {
        if !words.is_empty() {
            parts.push(format!("{name} {words}"));
        }
    };
    some("specimen", list(&entry.kind));
    some("percent", entry.percent.as_ref().map(in_words).unwrap_or_default());
    some("cluster cells", entry.cluster_cells.as_ref().map(in_words).unwrap_or_default());
    some("pattern", list(&entry.pattern));
    some("pattern not", list(&entry.pattern_not));
    some("intensity", list(&entry.intensity));
    some("intensity not", list(&entry.intensity_not));
    some(
        "not sent:",
        entry.not_sent.iter().map(|detail| format!("{detail:?}").to_lowercase()).collect::<Vec<_>>().join(", "),
    );
    if parts.is_empty() { "any".to_owned() } else { parts.join("; ") }
}

pub(super) fn marks(unconfirmed: bool, policy: bool) -> &'static str {
    match (unconfirmed, policy) {
        (false, false) => "",
        (true, false) => "*unconfirmed*",
        (false, true) => "*policy*",
        (true, true) => "*unconfirmed, policy*",
    }
}

pub(super) fn list<T: std::fmt::Display>(words: &[Word<T>]) -> String {
    words.iter().map(|word| word.0.to_string()).collect::<Vec<_>>().join(", ")
}

pub(super) fn plain(words: Option<&[String]>) -> String {
    words.map_or_else(|| "any".to_owned(), |words| words.join(", "))
}

/// "2.0 and above", "below 4.0": no sign that could be misread.
pub(super) fn in_words(ends: &Ends) -> String {
    let said = |end: &Option<super::format::Number>, before: &str, after: &str| {
        end.as_ref().map(|number| format!("{before}{}{after}", number.0.as_sent()))
    };
    [
        said(&ends.at_least, "", " and above"),
        said(&ends.above, "above ", ""),
        said(&ends.below, "below ", ""),
        said(&ends.at_most, "", " and below"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
