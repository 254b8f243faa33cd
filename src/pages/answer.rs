//! The reply of the service, taken apart for a reader: headers, cards with their forms, assessment, raw text.

use maud::{Markup, html};
use serde_json::Value;

use super::view::{Answer, Delivery, FeedbackState};
use super::wording::words;
use super::{card, feedback, findings};

/// Everything that is shown of a reply; `patient` is the sample it was asked for, `service` the service that answered.
pub(super) fn answer(patient: &str, service: &str, answer: &Answer<'_>) -> Markup {
    html! {
        section #answer aria-labelledby="answer-head" {
            h2 #answer-head { @if answer.body.is_empty() { "Feedback" } @else { "The reply" } }
            @if answer.feedback == FeedbackState::Recorded { (recorded()) }
            @if !answer.body.is_empty() { (reply(patient, service, answer)) }
        }
    }
}

fn reply(patient: &str, service: &str, answer: &Answer<'_>) -> Markup {
    let reply: Option<Value> = serde_json::from_str(answer.body).ok();
    html! {
        (headers(answer))
        @match &reply {
            Some(outcome) if outcome["resourceType"] == "OperationOutcome" => (issues(outcome)),
            Some(reply) => (cards_and_assessment(patient, service, answer, reply)),
            None => p { "The body of this reply is not JSON." }
        }
        details {
            summary { "Raw reply" }
            pre tabindex="0" { (pretty(reply.as_ref(), answer.body)) }
        }
    }
}

fn recorded() -> Markup {
    html! {
        p.notice role="status" {
            "Feedback recorded. It stands beside its decision in the " a href="#decisions" { "table below" } "."
        }
    }
}

fn headers(answer: &Answer<'_>) -> Markup {
    html! {
        dl.headers {
            dt { "HTTP status" } dd { (answer.status) }
            dt { "X-Decision-Record" } dd { (answer.record.unwrap_or("not sent")) }
            dt { "Idempotent-Replay" }
            dd { @match answer.delivery { Delivery::Replay => "true: this is the recorded reply", Delivery::Fresh => "not sent" } }
        }
    }
}

fn cards_and_assessment(patient: &str, service: &str, answer: &Answer<'_>, reply: &Value) -> Markup {
    let cards = reply["cards"].as_array().map(Vec::as_slice).unwrap_or_default();
    let assessment = &reply["extension"]["org.herald-cds.assessment"];
    let withheld = reply["extension"]["org.herald-cds.withheld"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        @if cards.is_empty() { (card::no_card(withheld)) }
        @for (nth, one) in cards.iter().enumerate() {
            (card::card(one, nth))
            @if answer.feedback == FeedbackState::Open { (feedback::forms(patient, service, one, nth)) }
        }
        (card::withheld(withheld))
        @if assessment.is_object() { (findings::assessment(assessment)) }
    }
}

fn issues(outcome: &Value) -> Markup {
    html! {
        div.card.alarm {
            p.indicator { span aria-hidden="true" { "■" } " " span { "Refused" } }
            ul.issues {
                @for issue in outcome["issue"].as_array().into_iter().flatten() {
                    li {
                        strong { (words(issue["severity"].as_str().unwrap_or("error"))) }
                        ", " code { (issue["code"].as_str().unwrap_or("unknown")) } ": "
                        (issue["diagnostics"].as_str().or_else(|| issue["details"]["text"].as_str()).unwrap_or("no text"))
                        @for place in issue["expression"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                            " at " code { (place) }
                        }
                    }
                }
            }
        }
    }
}

fn pretty(reply: Option<&Value>, body: &str) -> String {
    reply.and_then(|reply| serde_json::to_string_pretty(reply).ok()).unwrap_or_else(|| body.to_owned())
}
