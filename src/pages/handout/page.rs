//! The handout as a page: one sheet to print, with room for notes, and nothing that names a patient.

use maud::{Markup, html};

use super::{Handout, Handouts, PlainResult, handout_address};
use crate::domain::tumour::Tumour;
use crate::pages::layout;

/// Lines to write on.
const NOTE_LINES: usize = 4;

/// The sheet.
#[must_use]
pub fn handout(handout: &Handout<'_>) -> String {
    let content = html! {
        article.sheet {
            p.kicker { "To talk over with your team" }
            h1 { "Your result: " (handout.title) }
            p.lead { "HER2 in " (handout.tumour) }
            @if handout.reviewers.is_empty() { (unreviewed()) }
            (block("What is HER2?", handout.what))
            (block("Your result in words", handout.result))
            (block("HER2 in this kind of cancer", handout.about))
            (block("What it does not say", handout.not_said))
            (block("If the cancer grows or comes back", handout.again))
            section.block {
                h2 { "Questions to ask" }
                ul.questions { @for question in &handout.questions { li { (question) } } }
            }
            section.block {
                h2 { "Words on your report" }
                dl.words { @for word in &handout.words { dt { (word.term) } dd { (word.plain) } } }
            }
            section.block {
                h2 { "Who to call" }
                p.line { "Name and phone:" }
            }
            section.block {
                h2 { "Notes" }
                @for _ in 0..NOTE_LINES { p.line { } }
            }
            p.safety {
                "This sheet is given to you by your care team. It is no diagnosis and no advice to treat. Your lab report "
                "and your team come first. What is approved differs from country to country."
                @if !handout.reviewers.is_empty() { " Checked by: " (handout.reviewers.join("; ")) "." }
            }
        }
    };
    layout::sheet(&format!("HER2 result: {}", handout.title), handout.language, &content)
}

fn unreviewed() -> Markup {
    html! {
        p.unreviewed {
            span aria-hidden="true" { "▲ " }
            strong { "UNREVIEWED" } ": no clinician and no patient group has checked these words"
        }
    }
}

fn block(title: &str, texts: &[String]) -> Markup {
    html! {
        section.block {
            h2 { (title) }
            @for text in texts { p { (text) } }
        }
    }
}

/// All sheets, for the clinician to choose from.
#[must_use]
pub fn handouts(texts: &Handouts) -> String {
    let content = html! {
        section aria-labelledby="handouts-head" {
            h1 #handouts-head { "Handouts for patients" }
            p.hint {
                "A HER2 result in plain words, with questions to ask. The clinician chooses the sheet and hands it over; "
                "it names no patient and no medicine. Open one and print it."
            }
            div.shelf {
                @for tumour in Tumour::ALL { (of_tumour(*tumour, &sheets(texts, *tumour))) }
            }
        }
    };
    layout::page("Herald: handouts for patients", &unchecked(texts), &content, layout::Foot::Plain)
}

/// Said of all sheets at once, since one file holds their words.
fn unchecked(texts: &Handouts) -> Markup {
    let any = Tumour::ALL.iter().find_map(|tumour| sheets(texts, *tumour).into_iter().next());
    html! { @if any.is_some_and(|(_, sheet)| sheet.reviewers.is_empty()) { (unreviewed()) } }
}

fn of_tumour(tumour: Tumour, sheets: &[(PlainResult, Handout<'_>)]) -> Markup {
    html! {
        section {
            h2 { (sheets.first().map_or("", |(_, sheet)| sheet.tumour)) }
            ul {
                @for (result, sheet) in sheets {
                    li {
                        a href=(handout_address(tumour, *result)) { (sheet.title) span.heard { ": " (sheet.tumour) } }
                    }
                }
            }
        }
    }
}

fn sheets(texts: &Handouts, tumour: Tumour) -> Vec<(PlainResult, Handout<'_>)> {
    let sheet = |result: &PlainResult| Some((*result, texts.handout(tumour, *result)?));
    PlainResult::ALL.iter().filter_map(sheet).collect()
}
