//! The page at `/` of a service that answers registered clients only: what it is and where its public knowledge lies. No
//! record, no form.

use jiff::civil::Date;
use maud::html;

use super::layout;
use crate::domain::rulebook::Rulebook;

/// The whole page.
#[must_use]
pub fn information(rulebook: &Rulebook, today: Date) -> String {
    let head = html! {
        @if !rulebook.signed_off(today) {
            p.unreviewed {
                span aria-hidden="true" { "▲ " }
                strong { "UNREVIEWED" } ": these rules are not signed, or their review is overdue"
            }
        }
    };
    let content = html! {
        section.introduction aria-labelledby="what" {
            h1 #what { "Decision support for HER2 results" }
            p {
                "This service answers the CDS Hooks calls of registered clients. What it answers by is public: "
                a href="/rules" { "every rule with its sources" } ", and " a href="/handout" { "handouts in plain words" } "."
            }
            p { "Clients find the services at " code { "/cds-services" } " and send a bearer token with every call." }
        }
    };
    layout::page("Herald: HER2 decision support", &head, &content, layout::Foot::Plain)
}
