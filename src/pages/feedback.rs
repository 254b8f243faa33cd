//! Accept and Override: the forms below a card, and the CDS Hooks feedback that they become.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

/// The body of `POST /try/feedback`.
#[derive(Clone, Deserialize)]
pub struct FeedbackForm {
    /// Id of the sample patient, to show the page again.
    pub patient: String,
    /// The CDS service whose card it is.
    pub service: String,
    /// `uuid` of the card.
    pub card: String,
    /// `accepted` or `overridden`.
    pub outcome: String,
    /// `uuid` of the accepted suggestion; empty: none.
    #[serde(default)]
    pub suggestion: String,
    /// The chosen override reason: its Coding as JSON, as it stood on the card; empty: none.
    #[serde(default)]
    pub reason: String,
    /// Free text of the reader; empty: none.
    #[serde(default)]
    pub comment: String,
}

impl FeedbackForm {
    /// The body for `POST /cds-services/{service}/feedback`, as an EHR would send it; `at` is the time of the outcome
    /// (RFC 3339). A reason that is no Coding is left out.
    pub fn message(&self, at: &str) -> String {
        let mut entry = json!({ "card": self.card, "outcome": self.outcome, "outcomeTimestamp": at });
        match self.outcome.as_str() {
            "accepted" if !self.suggestion.is_empty() => {
                entry["acceptedSuggestions"] = json!([{ "id": self.suggestion }]);
            }
            "overridden" => {
                if let Some(coding) = serde_json::from_str(&self.reason).ok().filter(Value::is_object) {
                    entry["overrideReason"]["reason"] = coding;
                }
                if !self.comment.trim().is_empty() {
                    entry["overrideReason"]["userComment"] = json!(self.comment.trim());
                }
            }
            _ => {}
        }
        json!({ "feedback": [entry] }).to_string()
    }
}

/// The two forms for `card` of `service`, the card at place `nth` as it stood in the reply. Nothing if it has no uuid to answer
/// to.
pub(super) fn forms(patient: &str, service: &str, card: &Value, nth: usize) -> Markup {
    let Some(uuid) = card["uuid"].as_str() else { return html! {} };
    let suggestion = card["suggestions"][0]["uuid"].as_str();
    html! {
        div.feedback {
            form.accept method="post" action="/try/feedback#answer" {
                (hidden(patient, service, uuid, "accepted"))
                @if let Some(suggestion) = suggestion { input type="hidden" name="suggestion" value=(suggestion); }
                button type="submit" { "Accept" }
                p.hint {
                    @if suggestion.is_some() { "Records that the suggestion was taken. Nothing is ordered here." }
                    @else { "Records that the card was followed." }
                }
            }
            form.override method="post" action="/try/feedback#answer" {
                (hidden(patient, service, uuid, "overridden"))
                fieldset {
                    legend { "Override, because" }
                    @for reason in card["overrideReasons"].as_array().into_iter().flatten() { (choice(reason)) }
                }
                @let (comment, warning) = (format!("comment-{nth}"), format!("comment-warning-{nth}"));
                label.field for=(comment) { "Comment (optional)" }
                textarea id=(comment) name="comment" rows="2" maxlength="500" aria-describedby=(warning) {}
                p.hint id=(warning) { "Do not enter names or anything else that identifies a person." }
                button.quiet type="submit" { "Override" }
            }
        }
    }
}

fn choice(reason: &Value) -> Markup {
    let code = reason["code"].as_str().unwrap_or_default();
    html! {
        label.choice {
            input type="radio" name="reason" value=(reason);
            span { (reason["display"].as_str().unwrap_or(code)) }
        }
    }
}

fn hidden(patient: &str, service: &str, card: &str, outcome: &str) -> Markup {
    html! {
        input type="hidden" name="patient" value=(patient);
        input type="hidden" name="service" value=(service);
        input type="hidden" name="card" value=(card);
        input type="hidden" name="outcome" value=(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: &str = r#"{"code":"ish-pending","system":"https://fhir.herald-cds.org/CodeSystem/override-reason","display":"ISH already sent"}"#;

    fn form(outcome: &str) -> FeedbackForm {
        FeedbackForm {
            patient: "breast-2plus".into(),
            service: "her2-chart-review".into(),
            card: "17465bc8-9c3e-59d9-88f7-c01e90491a5c".into(),
            outcome: outcome.into(),
            suggestion: "797939d3-b558-5c38-9b36-47e7342895ca".into(),
            reason: REASON.into(),
            comment: " sent on Monday ".into(),
        }
    }

    fn entry(form: &FeedbackForm) -> Value {
        let message: Value = serde_json::from_str(&form.message("2026-11-24T15:00:00Z")).expect("JSON");
        message["feedback"][0].clone()
    }

    #[test]
    fn an_override_carries_the_reason_as_it_stood_on_the_card_and_the_comment() {
        let entry = entry(&form("overridden"));
        assert_eq!(entry["overrideReason"]["reason"]["code"], "ish-pending");
        assert_eq!(entry["overrideReason"]["reason"]["display"], "ISH already sent");
        assert_eq!(entry["overrideReason"]["userComment"], "sent on Monday");
        assert!(entry.get("acceptedSuggestions").is_none());
    }

    #[test]
    fn an_acceptance_names_the_suggestion_and_no_reason() {
        let entry = entry(&form("accepted"));
        assert_eq!(entry["acceptedSuggestions"][0]["id"], "797939d3-b558-5c38-9b36-47e7342895ca");
        assert!(entry.get("overrideReason").is_none());
    }

    #[test]
    fn an_override_without_reason_and_comment_sends_no_empty_reason() {
        let bare = FeedbackForm { reason: String::new(), comment: "  ".into(), ..form("overridden") };
        assert!(entry(&bare).get("overrideReason").is_none());
    }

    #[test]
    fn each_radio_button_holds_the_whole_coding_of_its_reason() {
        let card = json!({ "uuid": "u", "overrideReasons": [serde_json::from_str::<Value>(REASON).expect("JSON")] });
        let html = forms("p", "her2-chart-review", &card, 0).into_string();
        assert!(html.contains(&format!("value=\"{}\"", REASON.replace('"', "&quot;"))), "{html}");
    }
}
