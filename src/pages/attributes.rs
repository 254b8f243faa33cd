//! The source attributes of a service as a page.

use maud::html;

use super::layout;
use crate::attributes::SourceAttributes;

/// The whole page.
pub fn source_attributes(attributes: &SourceAttributes<'_>) -> String {
    let rules = &attributes.rules;
    let state = html! {
        ul.state { li { a href="/rules" { "Rules " strong { (rules.edition) } } } }
        p.digest { code { (rules.digest) } }
        @if !rules.signed_off {
            p.unreviewed { span aria-hidden="true" { "▲ " } strong { "UNREVIEWED" } ": the rules are not signed, or their review is overdue" }
        }
    };
    let content = html! {
        section.introduction aria-labelledby="attributes-head" {
            h1 #attributes-head { "What to know before using “" (attributes.title) "”." }
            p { (attributes.purpose) }
            p.hint {
                "The 13 source attributes of an evidence-based decision support intervention (45 CFR 170.315(b)(11)), for "
                code { (attributes.service) } " of Herald " (attributes.version) ". No certification is claimed. The same as "
                a href={ (attributes.service) ".json" } { "JSON" } " and as "
                a href={ (attributes.service) ".md" } { "Markdown" } "."
            }
        }
        @for one in &attributes.attributes {
            section.attribute aria-labelledby={ "attribute-" (one.number) } {
                h2 id={ "attribute-" (one.number) } { (one.number) ". " (one.name) }
                p { (one.says) }
            }
        }
        section.attribute aria-labelledby="figures" {
            h2 #figures { "Figures from feedback" }
            @match &attributes.figures {
                Some(figures) => {
                    p.hint { (figures.since) " to " (figures.until) ", cards that something was heard of. Silence is not a refusal." }
                    dl.headers {
                        dt { "Heard of" } dd { (figures.answered()) }
                        dt { "Accepted" } dd { (share(figures.accepted, figures.answered())) }
                        dt { "Overridden" } dd { (share(figures.overridden, figures.answered())) }
                        dt { "Of no known decision" } dd { (share(figures.orphans, figures.answered())) }
                    }
                }
                None => p { "Not available here." }
            }
        }
        section.attribute aria-labelledby="citations" {
            h2 #citations { "Citations" }
            ul { @for cite in &attributes.citations { li { (cite) } } }
        }
    };
    layout::page(&format!("Herald: source attributes of {}", attributes.service), &state, &content, layout::Foot::Rules)
}

/// A count with its share; of nothing there is no share.
fn share(part: u64, whole: u64) -> String {
    match (100 * part + whole / 2).checked_div(whole) {
        Some(percent) => format!("{part} ({percent} %)"),
        None => part.to_string(),
    }
}
