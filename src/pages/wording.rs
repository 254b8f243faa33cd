//! Codes of the assessment as words for people, and the shape that stands beside each status.

/// Parts of codes that are written in capitals.
const CAPITALS: [&str; 8] = ["ish", "ihc", "cep17", "her2", "erbb2", "ras", "lvef", "cps"];

/// A code such as `reflex_ish` as words: "Reflex ISH".
pub(super) fn words(code: &str) -> String {
    let words: Vec<String> = code
        .split('_')
        .map(|word| match word {
            // the code is that of the contract, the words are British
            "tumor" => "tumour".to_owned(),
            _ if CAPITALS.contains(&word) => word.to_uppercase(),
            _ => word.to_owned(),
        })
        .collect();
    capitalised(&words.join(" "))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The shape of a category, so that it is told apart without colour.
pub(super) fn category_shape(category: &str) -> &'static str {
    match category {
        "positive" => "●",
        "negative" => "○",
        "equivocal" => "◐",
        _ => "◇",
    }
}

/// The shape of a card's indicator.
pub(super) fn indicator_shape(indicator: &str) -> &'static str {
    match indicator {
        "info" => "●",
        "warning" => "▲",
        "critical" => "■",
        _ => "◇",
    }
}

/// The shape of the service's state.
pub(super) fn state_shape(status: &str) -> &'static str {
    match status {
        "ok" => "●",
        "critical" => "■",
        _ => "▲",
    }
}

/// A closed set of class names, so that text from outside never becomes a class.
pub(super) fn tone(word: &str) -> &'static str {
    match word {
        "ok" | "positive" | "negative" | "info" => "calm",
        "warning" | "degraded" | "equivocal" | "starting" | "draining" => "attention",
        "critical" => "alarm",
        _ => "plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_step_reads_as_words_with_the_names_of_tests_in_capitals() {
        assert_eq!(words("reflex_ish_or_new_specimen"), "Reflex ISH or new specimen");
        assert_eq!(words("obtain_ratio_or_cep17"), "Obtain ratio or CEP17");
        assert_eq!(words("obtain_tumor_type"), "Obtain tumour type");
        assert_eq!(words(""), "");
    }

    #[test]
    fn positive_negative_and_equivocal_differ_in_shape() {
        let shapes = ["positive", "negative", "equivocal", "insufficient"].map(category_shape);
        assert_eq!(shapes.iter().collect::<std::collections::HashSet<_>>().len(), 4);
    }
}
