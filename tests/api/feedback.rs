//! Feedback (rules 45 to 50).

use herald::cdshooks::{FeedbackError, Outcome, parse_feedback};
use serde_json::{Value, json};

use crate::harness::{FEEDBACK, Herald, Reply, Site, document};

fn entry() -> Value {
    json!({"card": "17465bc8-9c3e-59d9-88f7-c01e90491a5c", "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:00:00Z"})
}

fn post(entries: Value) -> Reply {
    Herald::shared().post_until_stored(FEEDBACK, &json!({"feedback": entries}).to_string())
}

#[track_caller]
fn is_taken(reply: &Reply) {
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    assert_eq!(reply.body, b"{}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

#[test]
fn cdsh_r48_one_usable_entry_is_enough() {
    is_taken(&post(json!([entry()])));
    is_taken(&post(json!([{"card": "x"}, entry(), 5, null])));
    let mut unknown_card = entry();
    unknown_card["card"] = json!("no card of ours");
    unknown_card["unknown"] = json!([[]]);
    is_taken(&post(json!([unknown_card])));
}

#[test]
fn cdsh_r48_feedback_that_says_nothing_is_refused() {
    let herald = Herald::shared();
    for body in [
        "",
        "[]",
        "{}",
        "{\"feedback\":5}",
        "{\"feedback\":null}",
        "{\"feedback\":[]}",
        "{\"feedback\":{}}",
        "{\"feedback\":[",
        "{\"feedback\":[5]}",
    ] {
        herald.post(FEEDBACK, body).refuses(400);
    }
    for (member, bad) in [
        ("card", json!(null)),
        ("card", json!(5)),
        ("card", json!("CANARY\u{0}")),
        ("outcome", json!("ignored")),
        ("outcome", json!("Accepted")),
        ("outcomeTimestamp", json!("yesterday")),
        ("outcomeTimestamp", json!("2026-11-24")),
        ("outcomeTimestamp", json!("2026-11-24T10:00:00")),
        ("outcomeTimestamp", json!(1_764_000_000)),
    ] {
        let mut wrong = entry();
        wrong[member] = bad;
        post(json!([wrong])).refuses(400);
    }
}

#[test]
fn cdsh_r29_a_member_that_stands_twice_in_feedback_is_refused() {
    let good = json!({"feedback": [entry()]}).to_string();
    for (once, twice) in [
        ("{\"feedback\":", "{\"feedback\":[],\"feedback\":"),
        ("\"outcome\":", "\"outcome\":\"accepted\",\"outcome\":"),
    ] {
        Herald::shared().post(FEEDBACK, good.replacen(once, twice, 1)).refuses(400);
    }
}

#[test]
fn cdsh_r46_offsets_and_fractions_of_seconds_are_read() {
    for (sent, micros) in [
        ("2026-11-24T10:00:00Z", 1_795_514_400_000_000),
        ("2026-11-24T12:00:00.5+02:00", 1_795_514_400_500_000),
        ("2026-11-24T03:30:00.123456-06:30", 1_795_514_400_123_456),
        ("2026-11-24t10:00:00z", 1_795_514_400_000_000),
        ("2026-11-24T10:00:00.1234567890123Z", 1_795_514_400_123_456),
        ("2026-11-24T12:00:00.000000500000+02:00", 1_795_514_400_000_000),
    ] {
        let mut at = entry();
        at["outcomeTimestamp"] = json!(sent);
        let body = json!({"feedback": [at]}).to_string();
        assert_eq!(parse_feedback(&document(&body)).unwrap().entries[0].at_micros, micros, "{sent}");
    }
}

#[test]
fn cdsh_r46_the_reason_the_comment_and_the_suggestions_are_kept() {
    let body = json!({"feedback": [{
        "card": "c", "outcome": "accepted", "outcomeTimestamp": "2026-11-24T10:00:00Z",
        "acceptedSuggestions": [{"id": "s2"}, {"id": "s1"}, {}, 5],
        "overrideReason": {"reason": {"code": "no-tissue", "system": "urn:x"}, "userComment": "words"}
    }, {"outcome": "accepted"}]})
    .to_string();
    let sent = document(&body);
    let feedback = parse_feedback(&sent).unwrap();
    assert_eq!(feedback.unusable, 1);
    let entry = &feedback.entries[0];
    assert_eq!(entry.outcome, Outcome::Accepted);
    assert_eq!(entry.accepted_suggestions.iter().map(|id| &**id).collect::<Vec<_>>(), ["s2", "s1"]);
    assert_eq!(entry.comment.as_deref(), Some("words"));
    let reason = entry.reason.as_ref().unwrap();
    assert_eq!(
        (&*reason.code, reason.system.as_deref(), reason.display.as_deref()),
        ("no-tissue", Some("urn:x"), None)
    );
    assert!(!format!("{feedback:?}").contains("words"));
}

#[test]
fn cdsh_r46_an_override_is_not_lost_for_the_length_of_the_words_about_it() {
    let site = Site::fresh();
    let herald = site.open("2026-11-26T10:00:00Z");
    let mut long = entry();
    long["overrideReason"] =
        json!({"reason": {"code": "c".repeat(9_000), "system": "urn:x"}, "userComment": "ä".repeat(9_000)});
    long["acceptedSuggestions"] = (0..50).map(|n| json!({"id": format!("s{n}")})).collect();
    long["acceptedSuggestions"][0] = json!({"id": "x".repeat(2_000)});
    herald.hears(&json!({"feedback": [long]}).to_string());
    assert_eq!(site.number("SELECT count(*) FROM feedback WHERE outcome = 'overridden'"), 1);
    let comment = "SELECT count(*) FROM feedback_comment WHERE octet_length(comment) BETWEEN 8190 AND 8192 AND comment LIKE 'ää%…'";
    assert_eq!(site.number(comment), 1);
}

#[test]
fn cdsh_r46_any_string_names_a_card_however_long_or_short() {
    let site = Site::fresh();
    let herald = site.open("2026-11-26T10:00:00Z");
    let long = "ä".repeat(5_000);
    for card in ["", "x", &"x".repeat(257), &long, &long, &format!("{long}ä")] {
        let mut of_any = entry();
        of_any["card"] = json!(card);
        is_taken(&herald.post_until_stored(FEEDBACK, &json!({"feedback": [of_any]}).to_string()));
    }
    assert_eq!(site.number("SELECT count(*) FROM feedback"), 5, "the same one, sent again, is the same event");
    let kept = "SELECT count(*) FROM feedback WHERE card LIKE 'ää%…sha256:%' AND octet_length(card) <= 256";
    assert_eq!(site.number(kept), 2, "two long ones stay two");
}

#[test]
fn cdsh_r29_words_that_cannot_be_stored_are_refused_with_their_entry() {
    for broken in [r"a\u0000b", r"\ud800"] {
        for reason in [
            format!(r#"{{"userComment":"{broken}"}}"#),
            format!(r#"{{"reason":{{"code":"{broken}"}}}}"#),
            format!(r#"{{"reason":{{"code":"x","display":"{broken}"}}}}"#),
        ] {
            let words = format!(r#""outcome":"overridden","overrideReason":{reason}"#);
            let spoilt = entry().to_string().replace(r#""outcome":"overridden""#, &words);
            Herald::shared().post(FEEDBACK, format!(r#"{{"feedback":[{spoilt}]}}"#)).refuses(400);
            let beside = format!(r#"{{"feedback":[{spoilt},{}]}}"#, entry());
            is_taken(&Herald::shared().post_until_stored(FEEDBACK, &beside));
        }
    }
}

#[test]
fn an_override_reason_of_another_shape_loses_the_reason_and_not_the_entry() {
    for odd in [json!(5), json!("no-tissue"), json!([]), json!({"reason": "no-tissue"}), json!({"userComment": 5})] {
        let mut sent = entry();
        sent["overrideReason"] = odd;
        sent["acceptedSuggestions"] = json!("s1");
        let body = json!({"feedback": [sent]}).to_string();
        let sent = document(&body);
        let feedback = parse_feedback(&sent).unwrap();
        assert!(feedback.entries[0].reason.is_none() && feedback.entries[0].comment.is_none());
    }
    assert_eq!(parse_feedback(&document("{\"feedback\":[{}]}")).unwrap_err(), FeedbackError::NoneUsable(1));
}
