//! What a clinician answered stays answered: which cards come again, for whom, and how long.

use std::time::Duration;

use herald::noise::Subject;
use herald::pages::Sample;
use herald::store::{NewSilence, Store, StoreOptions};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Herald, REVIEW, Reply, Site, on_a_runtime, replayed};

const ANN: &str = "Practitioner/ann";
const BOB: &str = "Practitioner/bob";
const TODAY: &str = "2026-11-26T10:00:00Z";

/// The request of a sample patient, as this user sends it.
fn request_of(sample: &str, user: &str) -> Value {
    let mut request: Value =
        serde_json::from_str(&Sample::of(sample).unwrap().request(&Uuid::now_v7().to_string())).unwrap();
    request["context"]["userId"] = user.into();
    request
}

fn send(herald: &Herald, request: &Value) -> Reply {
    herald.post(REVIEW, request.to_string())
}

/// What this user sees of a sample patient, asked anew.
fn look(herald: &Herald, sample: &str, user: &str) -> Value {
    send(herald, &request_of(sample, user)).answers()
}

fn shown(reply: &Value) -> usize {
    reply["cards"].as_array().unwrap().len()
}

fn withheld(reply: &Value) -> &Value {
    &reply["extension"]["org.herald-cds.withheld"]
}

fn heard(herald: &Herald, card: &Value, outcome: &str, reason: Option<&str>, at: &str) {
    let mut entry = json!({"card": card["uuid"], "outcome": outcome, "outcomeTimestamp": at});
    if let Some(code) = reason {
        let system = "https://fhir.herald-cds.org/CodeSystem/override-reason";
        entry["overrideReason"] = json!({"reason": {"code": code, "system": system}});
    }
    herald.hears(&json!({"feedback": [entry]}).to_string());
}

/// Shows the card of `sample` to this user, who then says this about it. Returns the card.
fn answered(herald: &Herald, sample: &str, user: &str, outcome: &str, reason: Option<&str>) -> Value {
    let card = look(herald, sample, user)["cards"][0].clone();
    assert!(card.is_object(), "a card of {sample} is shown at first");
    heard(herald, &card, outcome, reason, TODAY);
    card
}

#[test]
fn an_accepted_card_stays_quiet_for_another_user_too_and_the_record_says_why() {
    let site = Site::fresh();
    let herald = site.open(TODAY);
    for sample in ["breast-2plus", "breast-low", "breast-changed", "no-data", "contradictory"] {
        let card = answered(&herald, sample, ANN, "accepted", None);
        for user in [ANN, BOB] {
            let reply = look(&herald, sample, user);
            assert_eq!(shown(&reply), 0, "{sample}");
            assert!(reply["extension"]["org.herald-cds.assessment"]["specimens"].is_array());
            let kept = &withheld(&reply)[0];
            assert_eq!(
                (kept["why"].as_str(), kept["until"].as_str()),
                (Some("accepted"), Some("2027-02-24T10:00:00Z"))
            );
            assert_eq!(kept["card"]["summary"], card["summary"], "{sample}");
        }
    }
    // A card that was kept back was shown by no decision.
    assert_eq!(site.number("SELECT count(*) FROM decision WHERE card_ids = '{}'"), 10);
    assert_eq!(site.number("SELECT count(*) FROM decision"), 15);
}

#[test]
fn a_card_overridden_for_a_reason_stays_quiet_for_that_user_and_not_for_another() {
    let site = Site::fresh();
    let herald = site.open(TODAY);
    answered(&herald, "breast-2plus", ANN, "overridden", Some("ish-pending"));
    let reply = look(&herald, "breast-2plus", ANN);
    assert_eq!((shown(&reply), &withheld(&reply)[0]["why"]), (0, &json!("overridden")));
    let reply = look(&herald, "breast-2plus", BOB);
    assert_eq!((shown(&reply), withheld(&reply)), (1, &Value::Null));
}

#[test]
fn a_card_overridden_without_a_reason_is_shown_again() {
    let herald = Site::fresh().open(TODAY);
    answered(&herald, "breast-2plus", ANN, "overridden", None);
    assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), 1);
}

#[test]
fn the_latest_word_on_a_card_counts() {
    let herald = Site::fresh().open(TODAY);
    let card = answered(&herald, "breast-2plus", ANN, "overridden", Some("ish-pending"));
    heard(&herald, &card, "overridden", None, "2026-11-26T09:00:00Z");
    assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), 0, "an earlier word that comes late changes nothing");
    heard(&herald, &card, "overridden", None, "2026-11-26T11:00:00Z");
    assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), 1);
}

#[test]
fn users_whom_the_client_does_not_name_share_no_override() {
    let herald = Site::fresh().open(TODAY);
    let mut nameless = request_of("breast-2plus", ANN);
    nameless["context"].as_object_mut().unwrap().remove("userId");
    let card = send(&herald, &nameless).answers()["cards"][0].clone();
    heard(&herald, &card, "overridden", Some("ish-pending"), TODAY);
    nameless["hookInstance"] = json!(Uuid::now_v7());
    assert_eq!(shown(&send(&herald, &nameless).answers()), 1);
}

#[test]
fn a_new_and_an_amended_result_wake_the_card() {
    let herald = Site::fresh().open(TODAY);
    answered(&herald, "breast-2plus", ANN, "accepted", None);
    let observation = "/prefetch/her2/entry/0/resource";
    let mut amended = request_of("breast-2plus", ANN);
    amended.pointer_mut(observation).unwrap()["status"] = json!("amended");
    assert_eq!(shown(&send(&herald, &amended).answers()), 1);

    let mut second = request_of("breast-2plus", ANN);
    let mut entry = second.pointer("/prefetch/her2/entry/0").unwrap().clone();
    entry["resource"]["id"] = json!("o2");
    entry["fullUrl"] = json!("https://fhir.example.org/r4/Observation/o2");
    second.pointer_mut("/prefetch/her2/entry").unwrap().as_array_mut().unwrap().push(entry);
    assert_eq!(shown(&send(&herald, &second).answers()), 1);

    let mut withdrawn = second.clone();
    withdrawn["hookInstance"] = json!(Uuid::now_v7());
    withdrawn.pointer_mut("/prefetch/her2/entry/1/resource").unwrap()["status"] = json!("entered-in-error");
    assert_eq!(shown(&send(&herald, &withdrawn).answers()), 1);
    assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), 0, "and the old evidence alone stays quiet");
}

#[test]
fn the_same_score_of_a_new_specimen_wakes_the_card_although_the_sender_gives_no_ids() {
    let herald = Site::fresh().open(TODAY);
    let ask = |collected: &str| {
        let mut request = request_of("breast-2plus", ANN);
        request["prefetch"]["specimens"] = Value::Null;
        let entry = request.pointer_mut("/prefetch/her2/entry/0").unwrap();
        entry.as_object_mut().unwrap().remove("fullUrl");
        let observation = entry["resource"].as_object_mut().unwrap();
        for member in ["id", "specimen", "issued"] {
            observation.remove(member);
        }
        observation.insert("effectiveDateTime".into(), collected.into());
        send(&herald, &request).answers()
    };
    heard(&herald, &ask("2026-10-14")["cards"][0], "accepted", None, TODAY);
    assert_eq!(shown(&ask("2026-10-14")), 0);
    assert_eq!(shown(&ask("2026-11-20")), 1);
}

#[test]
fn another_patient_with_the_same_result_has_a_card_of_his_own() {
    let herald = Site::fresh().open(TODAY);
    answered(&herald, "breast-2plus", ANN, "accepted", None);
    let other = request_of("breast-2plus", ANN).to_string().replace("sample-breast-2plus", "another");
    assert_eq!(shown(&herald.post(REVIEW, other).answers()), 1);
}

#[test]
fn ninety_one_days_later_it_is_shown_again_and_a_restart_wakes_nothing() {
    let site = Site::fresh();
    {
        let herald = site.open(TODAY);
        answered(&herald, "breast-2plus", ANN, "overridden", Some("ish-pending"));
        answered(&herald, "breast-3plus", ANN, "accepted", None);
    }
    for (day, cards) in [("2026-11-26T12:00:00Z", 0), ("2027-02-24T09:00:00Z", 0), ("2027-02-25T10:00:00Z", 1)] {
        let herald = site.open(day);
        assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), cards, "{day}");
        assert_eq!(shown(&look(&herald, "breast-3plus", BOB)), cards, "{day}");
    }
}

#[test]
fn another_replica_hears_of_it_too() {
    let site = Site::fresh();
    let (one, other) = (site.open(TODAY), site.open(TODAY));
    answered(&one, "breast-2plus", ANN, "accepted", None);
    // Any feedback makes it look; without it, it looks every two seconds.
    heard(&other, &json!({"uuid": "no card of ours"}), "accepted", None, TODAY);
    assert_eq!(shown(&look(&other, "breast-2plus", BOB)), 0);
}

#[test]
fn feedback_that_comes_before_its_decision_is_visible_is_heeded_later() {
    let site = Site::fresh();
    let herald = site.open(TODAY);
    // The id of a card follows from the request, so another service with other data gives the same one.
    let request = request_of("breast-2plus", ANN);
    let card = send(&Site::fresh().open(TODAY), &request).answers()["cards"][0].clone();
    heard(&herald, &card, "accepted", None, TODAY);
    assert_eq!(send(&herald, &request).answers()["cards"][0]["uuid"], card["uuid"]);
    heard(&herald, &json!({"uuid": "another"}), "accepted", None, TODAY);
    assert_eq!(shown(&look(&herald, "breast-2plus", BOB)), 0);
}

#[test]
fn a_repeated_request_gets_the_stored_reply_whatever_was_dismissed_since() {
    let herald = Site::fresh().open(TODAY);
    let request = request_of("breast-2plus", ANN);
    let first = send(&herald, &request);
    heard(&herald, &first.json()["cards"][0], "accepted", None, TODAY);
    let again = replayed(|| send(&herald, &request));
    assert_eq!(again.body, first.body);
    assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), 0);
}

#[test]
fn after_no_trial_the_patient_has_no_trial_line_whoever_looks() {
    let herald = Site::fresh().open(TODAY);
    let two_plus = |user: &str| {
        let mut request = request_of("ovarian-1plus", user).to_string();
        request = request.replace("LA11841-6", "LA11842-4").replace("IHC 1+", "IHC 2+");
        herald.post(REVIEW, request.replace(r#""display":"1+""#, r#""display":"2+""#)).answers()
    };
    let card = two_plus(ANN)["cards"][0].clone();
    assert_eq!(card["source"]["topic"]["code"], "HER2SOLIDTRIALS");
    heard(&herald, &card, "overridden", Some("no-trial"), TODAY);
    let reply = two_plus(BOB);
    assert_eq!((shown(&reply), &withheld(&reply)[0]["why"]), (0, &json!("no_trial")));
    assert_eq!(withheld(&reply)[0]["card"]["summary"], card["summary"]);
}

#[test]
fn a_card_that_is_not_about_trials_stays_without_the_trial_line() {
    let herald = Site::fresh().open(TODAY);
    let before = answered(&herald, "breast-3plus", ANN, "overridden", Some("trial-protocol"));
    assert!(before["summary"].as_str().unwrap().contains("to check"), "{before}");
    let reply = look(&herald, "breast-3plus", BOB);
    assert!(!reply["cards"][0]["summary"].as_str().unwrap().contains("to check"), "{reply}");
    assert_eq!(withheld(&reply), &json!([{"why": "no_trial", "until": "2027-02-24T10:00:00Z"}]));
    assert!(!reply["extension"]["org.herald-cds.assessment"]["trials"].as_array().unwrap().is_empty());
}

fn silence(site: &Site, what: &str, until: Option<&str>) {
    on_a_runtime(async {
        let what: Subject = what.parse().unwrap();
        let until = until.map(|until| until.parse().unwrap());
        let new =
            NewSilence { tenant: "local", client: "local", what: &what, until, by: "A. Doe", why: "fires too often" };
        store(site).add_silence(new).await.unwrap();
    });
}

fn store(site: &Site) -> Store {
    Store::new(StoreOptions::from_url(&site.url).unwrap())
}

#[test]
fn a_kind_of_card_or_a_rule_is_silenced_without_a_deployment_and_comes_back_when_it_is_taken_back() {
    let site = Site::fresh();
    let herald = site.open(TODAY);
    let rule = look(&herald, "breast-2plus", ANN)["cards"][0]["extension"]["org.herald-cds.basis"]["rule"].clone();
    for what in ["HER2ISHDUE", rule.as_str().unwrap(), "breast-asco-cap-2018"] {
        silence(&site, what, None);
        heard(&herald, &json!({"uuid": "any feedback makes it look"}), "accepted", None, TODAY);
        let reply = look(&herald, "breast-2plus", ANN);
        assert_eq!((shown(&reply), &withheld(&reply)[0]["why"]), (0, &json!("silenced")), "{what}");
        assert_eq!(shown(&look(&herald, "ovarian-3plus", ANN)), 1, "{what}");
        assert_eq!(herald.send("GET", "/health", &[], b"").json()["cards"]["silenced"], 1, "{what}");
        let page = String::from_utf8(herald.send("GET", "/", &[], b"").body).unwrap();
        assert!(page.contains("A. Doe") && page.contains(what) && page.contains("fires too often"), "{page}");

        let ended =
            on_a_runtime(async { store(&site).end_silence("local", "local", &what.parse().unwrap(), "B").await });
        assert_eq!(ended.unwrap(), 1);
        heard(&herald, &json!({"uuid": "and again"}), "accepted", None, TODAY);
        assert_eq!(shown(&look(&herald, "breast-2plus", ANN)), 1, "{what}");
    }
    assert_eq!(site.number("SELECT count(*) FROM silence WHERE ended_by = 'B'"), 3, "and nothing is forgotten");
}

#[test]
fn in_shadow_mode_no_card_is_shown_and_every_one_is_recorded() {
    let site = Site::fresh();
    silence(&site, "*", None);
    let herald = site.open(TODAY);
    for sample in ["breast-2plus", "breast-low", "ovarian-3plus"] {
        let reply = look(&herald, sample, ANN);
        assert_eq!(reply["cards"], json!([]), "{sample}");
        assert!(reply["extension"]["org.herald-cds.assessment"]["specimens"][0]["category"].is_string());
        let kept = &withheld(&reply)[0];
        assert_eq!(kept["why"], "shadow", "{sample}");
        assert!(kept["card"]["summary"].as_str().unwrap().starts_with("UNREVIEWED: "), "{kept}");
    }
    let health = herald.send("GET", "/health", &[], b"").json();
    assert_eq!(health["cards"], json!({"dismissed": 0, "silenced": 0, "shadow": 1}));
    let page = String::from_utf8(herald.send("GET", "/", &[], b"").body).unwrap();
    assert!(page.contains("Shadow mode"), "{page}");
    assert_eq!(site.number("SELECT count(*) FROM decision WHERE card_ids = '{}'"), 3);
}

#[test]
fn the_record_of_a_quiet_decision_tells_what_would_have_been_shown() {
    let site = Site::fresh();
    let herald = site.open(TODAY);
    answered(&herald, "breast-2plus", ANN, "accepted", None);
    let request = request_of("breast-2plus", ANN);
    send(&herald, &request).answers();
    // The same request again is read from the record.
    let stored = replayed(|| send(&herald, &request));
    assert_eq!(withheld(&stored.json())[0]["card"]["source"]["topic"]["code"], "HER2ISHDUE");
}

/// The cards of an ordering sample on this hook, with its draft under this id, as Ann sees them.
fn ordering(herald: &Herald, sample: &str, hook: &str, draft: &str) -> Vec<Value> {
    let text = Sample::of(sample).unwrap().request(&Uuid::now_v7().to_string()).replace("draft-1", draft);
    let mut request: Value = serde_json::from_str(&text).unwrap();
    request["hook"] = hook.into();
    request["context"]["userId"] = ANN.into();
    request["context"]["selections"] = json!([format!("MedicationRequest/{draft}")]);
    let reply = herald.post(&format!("/cds-services/her2-{hook}"), request.to_string()).answers();
    reply["cards"].as_array().unwrap().clone()
}

#[test]
fn an_answer_about_an_order_holds_for_the_next_draft_of_that_medicine_and_never_for_a_critical_card() {
    let herald = Site::fresh().open(TODAY);
    let indicator = |cards: &[Value]| cards.iter().map(|card| card["indicator"].clone()).collect::<Vec<_>>();
    let accept = |hook: &str, card: &Value| {
        let entry = json!({"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": TODAY});
        let path = format!("/cds-services/her2-{hook}/feedback");
        assert_eq!(herald.post(&path, json!({"feedback": [entry]}).to_string()).status, 200);
    };
    let first = ordering(&herald, "order-no-lvef", "order-select", "draft-1");
    assert_eq!(indicator(&first), ["warning"]);
    accept("order-select", &first[0]);
    assert_eq!(indicator(&ordering(&herald, "order-no-lvef", "order-select", "another-draft")), ["info"]);
    assert_eq!(indicator(&ordering(&herald, "order-no-lvef", "order-sign", "another-draft")), ["warning"]);
    let critical = ordering(&herald, "order-negative", "order-sign", "draft-1");
    assert_eq!(indicator(&critical), ["critical"]);
    accept("order-sign", &critical[0]);
    assert_eq!(indicator(&ordering(&herald, "order-negative", "order-sign", "draft-1")), ["critical"]);
}

#[test]
fn cdsh_r47_hundreds_of_answers_in_one_message_are_all_heeded() {
    let herald = Site::fresh().open(TODAY);
    let cards: Vec<Value> = (0..600).map(|_| look(&herald, "breast-2plus", ANN)["cards"][0]["uuid"].clone()).collect();
    let entry = |card: &Value| json!({"card": card, "outcome": "accepted", "outcomeTimestamp": TODAY});
    let message = json!({"feedback": cards.iter().map(entry).collect::<Vec<_>>()}).to_string();
    // a reply does not wait for a look that takes long, so the message may be sent again
    let heeded = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        herald.hears(&message);
        herald.send("GET", "/health", &[], b"").json()["cards"]["dismissed"] == 600
    });
    assert!(heeded);
}
