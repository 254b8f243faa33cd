//! What one client does is its tenant's, and nobody else's.

use serde_json::{Value, json};

use crate::harness::{FEEDBACK, REVIEW};
use crate::keys::{KEYS, MAIN, bearer, bearer_of_other, claims, new_id};
use crate::site::{Service, Site, herald};

/// A breast cancer with IHC 3+: a card for whoever asks.
fn request_with_a_card(instance: &str) -> String {
    let sample = include_str!("../../src/pages/samples/breast-3plus.json");
    sample.replace("{{hookInstance}}", instance)
}

fn card(reply: &Value) -> String {
    reply["cards"][0]["uuid"].as_str().unwrap_or_else(|| panic!("no card: {reply}")).to_owned()
}

fn overridden(card: &str) -> String {
    json!({"feedback": [{"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:00:00Z",
                         "overrideReason": {"reason": {"code": "not-applicable"}}}]})
    .to_string()
}

#[test]
fn each_decision_is_stored_under_the_tenant_of_its_client_or_of_its_token() {
    let site = Site::new();
    let service = site.start();
    service.review().answers();
    service.post(REVIEW, &bearer_of_other(REVIEW), crate::site::fresh_request()).answers();
    let mut claims = claims(MAIN, REVIEW);
    claims["tenant"] = "clinic".into();
    service.post(REVIEW, &format!("Bearer {}", KEYS.es384.token(&claims)), crate::site::fresh_request()).answers();
    assert_eq!(site.texts("SELECT tenant_id FROM decision ORDER BY decision_id"), ["north", "east", "south"]);
    let memories = "SELECT tenant_id FROM seen_token GROUP BY tenant_id ORDER BY tenant_id";
    assert_eq!(site.texts(memories), ["east", "north"], "one memory of tokens for each client");
}

#[test]
fn two_tenants_may_use_one_hook_instance_and_neither_sees_the_other() {
    let site = Site::new();
    let service = site.start();
    let request = request_with_a_card(&new_id());
    let ours = service.post(REVIEW, &bearer(REVIEW), &request);
    let theirs = service.post(REVIEW, &bearer_of_other(REVIEW), &request);
    assert_eq!((ours.header("idempotent-replay"), theirs.header("idempotent-replay")), (None, None));
    assert_ne!(card(&ours.answers()), card(&theirs.answers()), "the tenant is part of the id of a card");
    assert_eq!(site.number("SELECT count(*) FROM decision"), 2);
    assert_eq!(site.number("SELECT count(DISTINCT patient_ref) FROM decision"), 2, "one patient id is two patients");
}

#[test]
fn feedback_on_the_card_of_another_tenant_is_stored_as_ones_own_and_matches_nothing() {
    let site = Site::new();
    let service = site.start();
    let theirs = service.post(REVIEW, &bearer_of_other(REVIEW), request_with_a_card(&new_id())).answers();
    let card = card(&theirs);
    let unknown = service.post(FEEDBACK, &bearer(FEEDBACK), overridden("00000000-0000-0000-0000-000000000000"));
    let foreign = service.post(FEEDBACK, &bearer(FEEDBACK), overridden(&card));
    assert_eq!(foreign.all_but_date(), unknown.all_but_date(), "nothing tells that the card exists");
    let standing = "SELECT tenant_id || ' ' || standing FROM feedback_standing ORDER BY 1";
    assert_eq!(site.texts(standing), ["north orphan", "north orphan"]);
    let again = service.post(REVIEW, &bearer_of_other(REVIEW), request_with_a_card(&new_id())).answers();
    assert_eq!(again["cards"].as_array().map(Vec::len), Some(1), "the other tenant's card is not dismissed");
}

#[test]
fn what_one_client_silences_the_other_still_sees() {
    let site = Site::new();
    let service = site.start();
    let silenced = |of: &[&str]| {
        let mut command = herald("silence");
        command.args(["add", "*", "--why", "first weeks", "--by", "A. Doe", "--config"]).arg(site.config()).args(of);
        let output = command.env("DATABASE_URL", &site.url).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (of, words) in [
        (&[][..], "name one of the clients of the configuration with --tenant and --client"),
        (&["--client", "main-ehr"], "name one of the clients of the configuration with --tenant and --client"),
        (&["--tenant", "north", "--client", "main-her"], "no client main-her of tenant north"),
        (&["--tenant", "nroth", "--client", "main-ehr"], "no client main-ehr of tenant nroth"),
    ] {
        let (code, said) = silenced(of);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(words) && said.contains("north/main-ehr"), "{said}");
    }
    assert_eq!(silenced(&["--tenant", "north", "--client", "main-ehr"]).0, Some(0));
    // Feedback makes the service look at what is silent before it answers.
    assert_eq!(service.post(FEEDBACK, &bearer(FEEDBACK), overridden("x")).status, 200);
    let cards = |service: &Service, authorization: &str| {
        let reply = service.post(REVIEW, authorization, request_with_a_card(&new_id())).answers();
        reply["cards"].as_array().map(Vec::len)
    };
    assert_eq!(cards(&service, &bearer(REVIEW)), Some(0));
    assert_eq!(cards(&service, &bearer_of_other(REVIEW)), Some(1));
}
