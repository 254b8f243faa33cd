//! The start page as a browser gets it: what a reader finds on it, and what never stands on it.

mod rules;

use herald::pages::{
    Answer, Chosen, DecisionRow, Delivery, FeedbackState, SAMPLES, STYLESHEET, Sample, StartView, start,
};

const REPLY: &str = include_str!("reply.json");
const INSTANCE: &str = "0b7e5f0e-8a5c-4c0e-9d2f-2f6f1a7b3c11";

const PLAIN: StartView<'_> = StartView {
    status: "ok",
    rules_edition: "2026.11",
    signed_off: false,
    samples: SAMPLES,
    chosen: None,
    answer: None,
    decisions: Some(&[]),
    silences: &[],
    address: "http://127.0.0.1:8080",
};

const ANSWER: Answer<'_> = Answer {
    status: 200,
    record: Some("durable"),
    delivery: Delivery::Fresh,
    body: REPLY,
    feedback: FeedbackState::Open,
};

fn answered(answer: Answer<'_>) -> String {
    let request = Sample::of("breast-2plus").map_or_else(String::new, |sample| sample.request(INSTANCE));
    let chosen = Some(Chosen { id: "breast-2plus", request: &request });
    start(&StartView { chosen, answer: Some(answer), ..PLAIN })
}

fn answered_with(body: &str) -> String {
    answered(Answer { body, ..ANSWER })
}

#[test]
fn the_page_says_what_it_is_and_that_nobody_has_signed_the_rules() {
    let page = start(&PLAIN);
    assert!(page.contains("UNREVIEWED") && page.contains("these rules are not signed, or their review is overdue"));
    assert!(page.contains("It must not be used"));
    let signed = start(&StartView { signed_off: true, ..PLAIN });
    assert!(!signed.contains("UNREVIEWED"));
}

#[test]
fn every_sample_can_be_reached_by_a_link() {
    let page = start(&PLAIN);
    for sample in SAMPLES {
        assert!(page.contains(&format!("href=\"/?patient={}#request\"", sample.id)), "{}", sample.id);
    }
}

#[test]
fn the_request_in_the_editor_is_the_request_of_the_chosen_patient() {
    let page = answered(ANSWER);
    assert!(page.contains("name=\"request\"") && page.contains(INSTANCE));
    assert!(page.contains("Send to her2-chart-review"));
}

#[test]
fn the_reply_is_shown_with_its_headers_card_evidence_and_what_was_set_aside() {
    let page = answered(ANSWER);
    for shown in [
        "durable",
        "▲</span> <span>Warning</span>",
        "reflex ISH is recommended",
        "<strong>What we saw:</strong>",
        "Order HER2 ISH on the existing specimen",
        "Reflex ISH or new specimen",
        "breast-asco-cap-2018/IHC-2plus",
        "ISH ratio 1.60",
        "Entered in error",
        "ISH already sent, result pending",
        "797939d3-b558-5c38-9b36-47e7342895ca",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn a_reply_without_a_card_says_so_and_asks_for_no_feedback() {
    let page = answered_with(r#"{"cards":[]}"#);
    assert!(page.contains("cards: []") && !page.contains("/try/feedback"));
}

#[test]
fn feedback_that_was_recorded_is_not_asked_for_again() {
    let page = answered(Answer { feedback: FeedbackState::Recorded, ..ANSWER });
    assert!(page.contains("Feedback recorded") && !page.contains("action=\"/try/feedback"));
}

#[test]
fn feedback_is_confirmed_even_where_the_reply_is_not_at_hand_any_more() {
    let page = answered(Answer { body: "", feedback: FeedbackState::Recorded, ..ANSWER });
    assert!(page.contains("Feedback recorded") && !page.contains("not JSON") && !page.contains("Raw reply"));
}

#[test]
fn a_refused_request_shows_the_reason_of_the_operation_outcome() {
    let body = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required","diagnostics":"Send context.patientId."}]}"#;
    let page = answered(Answer { status: 400, record: None, body, ..ANSWER });
    assert!(page.contains("Send context.patientId.") && page.contains("Refused") && page.contains("<dd>400</dd>"));
}

#[test]
fn laboratory_numbers_in_the_raw_reply_keep_their_digits() {
    assert!(answered_with(r#"{"cards":[],"value":1.60}"#).contains("1.60"));
}

#[test]
fn hostile_text_anywhere_is_read_and_never_run() {
    const HOSTILE: &str = "</textarea><script>alert(1)</script>\"'";
    let body = serde_json::json!({
        "cards": [{ "uuid": HOSTILE, "summary": HOSTILE, "indicator": HOSTILE, "detail": HOSTILE,
            "source": { "label": HOSTILE }, "suggestions": [{ "label": HOSTILE, "uuid": HOSTILE }],
            "overrideReasons": [{ "code": HOSTILE, "display": HOSTILE }] }],
        "extension": { "org.herald-cds.assessment": { "lead": 0, "specimens": [{ "category": HOSTILE,
            "specimen": HOSTILE, "evidence": [{ "reference": HOSTILE, "reads": HOSTILE }] }],
            "safety": [{ "id": HOSTILE, "indicator": HOSTILE, "agent": HOSTILE, "order": HOSTILE, "rule": HOSTILE }],
            "excluded": [{ "reference": HOSTILE, "why": HOSTILE }], "unseen": [HOSTILE] } },
    })
    .to_string();
    let row = DecisionRow {
        time: HOSTILE,
        service: HOSTILE,
        instance: HOSTILE,
        category: HOSTILE,
        next_step: HOSTILE,
        state: HOSTILE,
        outcome: Some(HOSTILE),
        reason: Some(HOSTILE),
    };
    let page = start(&StartView {
        chosen: Some(Chosen { id: "no-data", request: HOSTILE }),
        answer: Some(Answer { body: &body, record: Some(HOSTILE), ..ANSWER }),
        decisions: Some(&[row]),
        ..PLAIN
    });
    assert!(!page.to_lowercase().contains("<script"));
    assert_eq!(page.matches("</textarea>").count(), page.matches("<textarea").count());
}

#[test]
fn two_cards_at_ordering_have_forms_of_their_own_that_name_the_ordering_service() {
    let card = |uuid: &str| serde_json::json!({"uuid": uuid, "summary": "s", "indicator": "critical"});
    let safety = serde_json::json!([{"id": "lvef_low", "indicator": "critical", "agent": "trastuzumab_deruxtecan",
        "order": "MedicationRequest/d1", "rule": "order-safety/lvef-tdxd"}]);
    let body = serde_json::json!({
        "cards": [card("one"), card("two")],
        "extension": {"org.herald-cds.assessment": {"specimens": [], "safety": safety}}
    });
    let sample = Sample::of("order-negative").unwrap();
    let chosen = Some(Chosen { id: sample.id, request: "{}" });
    let page = start(&StartView { chosen, answer: Some(Answer { body: &body.to_string(), ..ANSWER }), ..PLAIN });
    assert!(page.contains("Send to her2-order-sign"));
    assert_eq!(page.matches("name=\"service\" value=\"her2-order-sign\"").count(), 4);
    for id in ["card-summary-0", "card-summary-1", "comment-0", "comment-1", "comment-warning-1"] {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(page.contains("Critical: LVEF low") && page.contains("MedicationRequest/d1"));
}

#[test]
fn the_page_needs_no_script_no_inline_style_and_no_other_origin() {
    let page = answered(ANSWER);
    for forbidden in ["<script", "<style", " style=", " onclick=", "javascript:", "href=\"http", "src="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.len() + STYLESHEET.len() < 100_000);
}

#[test]
fn every_id_stands_once_and_every_label_finds_its_field() {
    let page = answered(ANSWER);
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for reference in ["for=\"", "aria-labelledby=\"", "aria-describedby=\""] {
        for named in page.split(reference).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&named), "{named}");
        }
    }
}

#[test]
fn text_that_names_no_sample_chooses_nobody() {
    let page = start(&StartView { chosen: Some(Chosen { id: "nobody", request: "{}" }), ..PLAIN });
    assert!(!page.contains("aria-current"));
    assert!(page.contains("Choose an invented patient") && !page.contains("action=\"/try"));
}
