//! What is silent at this site, and who said so: whoever misses a card finds the reason here.

use maud::{Markup, html};

use super::decisions::readable;
use super::view::SilenceRow;

/// Stands for every card.
const EVERYTHING: &str = "*";

/// A line in the head of the page while any client is in shadow mode.
pub(super) fn shadow(rows: &[SilenceRow<'_>]) -> Markup {
    let mut clients: Vec<&str> = rows.iter().filter(|row| row.what == EVERYTHING).map(|row| row.of).collect();
    clients.dedup();
    html! {
        @if !clients.is_empty() {
            p.unreviewed {
                span aria-hidden="true" { "▲ " }
                strong { "Shadow mode" } ": decisions are made and recorded, and no card is shown to " (clients.join(", "))
            }
        }
    }
}

/// The table; nothing while nothing is silent.
pub(super) fn silences(rows: &[SilenceRow<'_>]) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    html! {
        section #silences aria-labelledby="silences-head" {
            h2 #silences-head { "Silenced at this site" }
            p.hint {
                "Such cards are computed and recorded, and not shown. " code { "herald silence remove" } " takes one back."
            }
            div.scroll tabindex="0" role="region" aria-labelledby="silences-head" {
                table.decisions {
                    thead { tr {
                        th scope="col" { "What" }
                        th scope="col" { "Client" }
                        th scope="col" { "Since" }
                        th scope="col" { "Until" }
                        th scope="col" { "By" }
                        th scope="col" { "Why" }
                    } }
                    tbody { @for row in rows { (line(row)) } }
                }
            }
        }
    }
}

fn line(row: &SilenceRow<'_>) -> Markup {
    html! {
        tr {
            td { @if row.what == EVERYTHING { "Every card (shadow mode)" } @else { code { (row.what) } } }
            td { (row.of) }
            td { time datetime=(row.since) { (readable(row.since)) } }
            td { @match row.until { Some(until) => time datetime=(until) { (readable(until)) }, None => "it is taken back" } }
            td { (row.by) }
            td { (row.why) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: SilenceRow<'static> = SilenceRow {
        what: "HER2LOW",
        of: "local/local",
        since: "2026-11-26T10:00:00Z",
        until: None,
        by: "A. Doe",
        why: "<b>fires</b> on every 1+",
    };

    #[test]
    fn a_silence_is_listed_with_who_and_why_and_the_words_are_only_words() {
        let table = silences(&[ROW]).into_string();
        assert!(table.contains("HER2LOW") && table.contains("A. Doe") && table.contains("2026-11-26 10:00:00 UTC"));
        assert!(table.contains("&lt;b&gt;") && !table.contains("<b>"));
        assert!(silences(&[]).into_string().is_empty());
    }

    #[test]
    fn shadow_mode_is_said_in_the_head_of_the_page() {
        assert!(shadow(&[ROW]).into_string().is_empty());
        let everything = SilenceRow { what: "*", ..ROW };
        assert!(shadow(&[ROW, everything]).into_string().contains("no card is shown to local/local"));
    }
}
