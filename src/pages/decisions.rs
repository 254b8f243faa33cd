//! The last recorded decisions, as PostgreSQL holds them.

use maud::{Markup, html};

use super::view::DecisionRow;
use super::wording::{category_shape, words};

/// The table; None says that the record could not be read, which is not the same as an empty record.
pub(super) fn decisions(decisions: Option<&[DecisionRow<'_>]>) -> Markup {
    html! {
        section #decisions aria-labelledby="decisions-head" {
            h2 #decisions-head { "The last recorded decisions" }
            @match decisions {
                None => p { "The record could not be read just now." }
                Some([]) => p { "Nothing is recorded yet. Send a sample and it stands here, read from PostgreSQL." }
                Some(rows) => div.scroll tabindex="0" role="region" aria-labelledby="decisions-head" { (table(rows)) }
            }
        }
    }
}

fn table(rows: &[DecisionRow<'_>]) -> Markup {
    html! {
        table.decisions {
            thead { tr {
                th scope="col" { "Received" }
                th scope="col" { "Category" }
                th scope="col" { "Next step" }
                th scope="col" { "Service and hookInstance" }
                th scope="col" { "Record" }
                th scope="col" { "Feedback" }
            } }
            tbody { @for row in rows { (line(row)) } }
        }
    }
}

fn line(row: &DecisionRow<'_>) -> Markup {
    html! {
        tr {
            td { time datetime=(row.time) { (readable(row.time)) } }
            td { span aria-hidden="true" { (category_shape(row.category)) "\u{a0}" } (words(row.category)) }
            td { (words(row.next_step)) }
            td { (row.service) br; code { (row.instance) } }
            td { (words(row.state)) }
            td {
                @match (row.outcome, row.reason) {
                    (None, _) => span.silent { "None heard" },
                    (Some(outcome), None) => (words(outcome)),
                    (Some(outcome), Some(reason)) => { (words(outcome)) ": " (reason) },
                }
            }
        }
    }
}

/// An instant to the second, as text: `2026-11-24 15:00:07 UTC`. Other text stays as it is.
pub(super) fn readable(time: &str) -> String {
    match (time.get(..10), time.get(11..19), time.ends_with('Z')) {
        (Some(date), Some(clock), true) => format!("{date} {clock} UTC"),
        _ => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_cannot_be_read_is_not_an_empty_record() {
        assert_ne!(decisions(None).into_string(), decisions(Some(&[])).into_string());
    }

    #[test]
    fn silence_about_a_card_is_told_from_an_override() {
        let row = DecisionRow {
            time: "2026-11-24T15:00:07.123Z",
            service: "her2-chart-review",
            instance: "0b7e5f0e-8a5c-4c0e-9d2f-2f6f1a7b3c11",
            category: "equivocal",
            next_step: "reflex_ish",
            state: "recorded",
            outcome: None,
            reason: None,
        };
        let silent = decisions(Some(&[row])).into_string();
        assert!(silent.contains("None heard") && silent.contains("2026-11-24 15:00:07 UTC"), "{silent}");
        let heard = DecisionRow { outcome: Some("overridden"), reason: Some("ISH pending"), ..row };
        assert!(decisions(Some(&[heard])).into_string().contains("Overridden: ISH pending"));
    }
}
