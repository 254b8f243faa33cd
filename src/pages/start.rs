//! The start page: what Herald is, whether it is well, and a way to try it with invented patients.

use maud::{Markup, html};
use serde::Deserialize;

use super::samples::Sample;
use super::view::{Chosen, StartView};
use super::wording::{state_shape, tone};
use super::{answer, decisions, layout, silences};

/// The body of `POST /try`.
#[derive(Clone, Deserialize)]
pub struct TryForm {
    /// Id of the sample patient.
    pub patient: String,
    /// The request as the reader left it in the editor.
    pub request: String,
}

/// The whole page.
pub fn start(view: &StartView<'_>) -> String {
    let chosen = view.chosen.filter(|chosen| view.samples.iter().any(|sample| sample.id == chosen.id));
    let content = html! {
        (introduction())
        div.bench.choosing[chosen.is_none()] {
            (choose(view.samples, chosen.map(|chosen| chosen.id)))
            @if let Some(chosen) = chosen {
                div.work {
                    (request(view, &chosen))
                    @if let Some(reply) = &view.answer { (answer::answer(chosen.id, service(view, &chosen), reply)) }
                }
            }
        }
        (silences::silences(view.silences))
        (decisions::decisions(view.decisions))
    };
    layout::page("Herald: HER2 decision support", &state(view), &content, layout::Foot::Answer)
}

fn state(view: &StartView<'_>) -> Markup {
    html! {
        ul.state {
            li.(tone(view.status)) {
                "Service " span aria-hidden="true" { (state_shape(view.status)) } " " strong { (view.status) }
            }
            li { a href="/rules" { "Rules " strong { (view.rules_edition) } } }
            @if view.signed_off { li { "Signed by a clinician" } }
        }
        @if !view.signed_off {
            p.unreviewed {
                span aria-hidden="true" { "▲ " }
                strong { "UNREVIEWED" } ": these rules are not signed, or their review is overdue"
            }
        }
        (silences::shadow(view.silences))
    }
}

fn introduction() -> Markup {
    html! {
        section.introduction aria-labelledby="what" {
            h1 #what { "What is known about this tumour’s HER2 status, what is missing, what to do next." }
            div.columns {
                p {
                    "Herald reads HER2 results (IHC and ISH) from FHIR, classifies them by the guideline of the tumour, "
                    "and answers an EHR’s CDS Hooks call with at most one card, or two when medicines are ordered. Each "
                    "answer names the rule and the observations it rests on, and is recorded before it is sent, or the reply "
                    "says that it was not. For patients there are " a href="/handout" { "handouts in plain words" } "."
                }
                div.limits {
                    h2 { "It must not be used" }
                    ul {
                        li { "as a diagnosis, an order, or in place of the pathology report;" }
                        li { "for a treatment decision without a clinician who has read the results;" }
                        li { "for patient care while its rules are unreviewed." }
                    }
                }
            }
        }
    }
}

fn choose(samples: &[Sample], chosen: Option<&str>) -> Markup {
    html! {
        nav.samples aria-labelledby="samples-head" {
            h2 #samples-head { "Try it" }
            p.hint {
                "Choose an invented patient, see the request that an EHR sends, and send it to the real service. "
                "Do not enter data of real people."
            }
            ul {
                @for sample in samples {
                    li {
                        a href={ "/?patient=" (sample.id) "#request" }
                            aria-current=[(chosen == Some(sample.id)).then_some("true")] {
                            span.title { (sample.title) }
                            span.expect { (sample.expect) }
                        }
                    }
                }
            }
        }
    }
}

fn request(view: &StartView<'_>, chosen: &Chosen<'_>) -> Markup {
    let title = view.samples.iter().find(|sample| sample.id == chosen.id).map_or("", |sample| sample.title);
    let service = service(view, chosen);
    let rows = if view.answer.is_some() { "8" } else { "18" };
    html! {
        section #request aria-labelledby="request-head" {
            h2 #request-head { (title) }
            form method="post" action="/try#answer" {
                input type="hidden" name="patient" value=(chosen.id);
                label.field for="request-json" { "The request, as an EHR sends it" }
                textarea.code #request-json name="request" rows=(rows) spellcheck="false" autocomplete="off"
                    aria-describedby="request-hint" { (chosen.request) }
                p.hint #request-hint {
                    "Change it as you like. The same hookInstance sent again gives the recorded reply; "
                    "choose the patient again for a fresh one."
                }
                button type="submit" { "Send to " (service) }
            }
            details {
                summary { "The same with curl" }
                p.hint { "Save the request above as " code { "request.json" } "." }
                pre tabindex="0" { (curl(view.address, service)) }
            }
        }
    }
}

/// The CDS service that the chosen sample is sent to.
fn service<'a>(view: &StartView<'a>, chosen: &Chosen<'_>) -> &'a str {
    view.samples.iter().find(|sample| sample.id == chosen.id).map_or("", |sample| sample.service)
}

fn curl(address: &str, service: &str) -> String {
    format!("curl -si {address}/cds-services/{service} -H 'Content-Type: application/json' --data-binary @request.json")
}
