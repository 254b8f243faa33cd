//! The replies to every sample patient and to requests of each hook, held against the standard and our own promises.

use std::collections::BTreeSet;

use herald::pages::SAMPLES;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Herald, REVIEW, Reply, replayed, request};
use crate::standard::{faults_of_discovery, faults_of_our_reply};

/// Sends the request of a sample patient to its service.
fn reply_to(sample: &herald::pages::Sample, instance: &str) -> (Value, Reply) {
    let request = sample.request(instance);
    let reply = Herald::shared().post(&format!("/cds-services/{}", sample.service), &request);
    (serde_json::from_str(&request).unwrap(), reply)
}

fn replies() -> Vec<(Value, Value)> {
    SAMPLES
        .iter()
        .map(|sample| {
            let (request, reply) = reply_to(sample, &Uuid::now_v7().to_string());
            (request, reply.answers())
        })
        .collect()
}

fn cards(reply: &Value) -> &[Value] {
    reply["cards"].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn cdsh_r06_and_r07_discovery_stands_at_its_one_address_and_is_an_object_with_services() {
    let reply = Herald::shared().send("GET", "/cds-services", &[], b"");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(faults_of_discovery(&reply.json()), [""; 0]);
}

#[test]
fn cdsh_r10_and_r11_every_service_has_an_id_of_its_own_and_says_its_versions() {
    let document = Herald::shared().send("GET", "/cds-services", &[], b"").json();
    let services = document["services"].as_array().unwrap();
    let ids: BTreeSet<&str> = services.iter().map(|service| service["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), services.len());
    for service in services {
        for version in ["version", "hookVersion"] {
            let parts = service[version].as_str().unwrap().split('.').count();
            assert!((2..=3).contains(&parts), "{version}");
        }
    }
}

#[test]
fn cdsh_r31_to_r44_every_reply_to_a_sample_patient_keeps_every_rule_of_a_response() {
    for (_, reply) in replies() {
        assert_eq!(faults_of_our_reply(&reply), [""; 0]);
    }
}

#[test]
fn cdsh_r03_every_suggested_resource_is_fhir_with_a_type_and_an_id() {
    let mut seen = 0;
    for (_, reply) in replies() {
        for card in cards(&reply) {
            for suggestion in card["suggestions"].as_array().into_iter().flatten() {
                for action in suggestion["actions"].as_array().into_iter().flatten() {
                    if let Some(resource) = action.get("resource") {
                        assert!(resource["resourceType"].is_string() && resource["id"].is_string());
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 2, "only {seen} drafts");
}

#[test]
fn cdsh_r33_a_repeated_request_gets_the_same_card_ids_and_another_firing_gets_others() {
    let sample = &SAMPLES[0];
    let (instance, other) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let id = |instance: &str| reply_to(sample, instance).1.answers()["cards"][0]["uuid"].clone();
    let first = id(&instance);
    assert!(first.is_string());
    assert_eq!(first, id(&instance));
    assert_ne!(first, id(&other));
}

#[test]
fn cdsh_r28_one_hook_instance_may_call_several_services_and_each_answers_for_itself() {
    let instance = Uuid::now_v7().to_string();
    for service in ["her2-chart-review", "her2-order-sign"] {
        let sample = SAMPLES.iter().find(|sample| sample.service == service).unwrap();
        let (_, reply) = reply_to(sample, &instance);
        reply.answers();
        assert_eq!(reply.header("idempotent-replay"), None, "{service}");
        let again = replayed(|| reply_to(sample, &instance).1);
        assert_eq!(again.body, reply.body);
    }
}

#[test]
fn cdsh_r28_the_same_request_written_otherwise_is_the_same_request() {
    let instance = Uuid::now_v7().to_string();
    let (mut request, first) = reply_to(&SAMPLES[0], &instance);
    first.answers();
    // another access token, more white space, members in another order
    request["fhirServer"] = "https://ehr.example.org/fhir".into();
    request["fhirAuthorization"] = serde_json::json!({
        "access_token": "renewed", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "herald"
    });
    let members = request.as_object().unwrap();
    let turned: serde_json::Map<String, Value> = members.iter().rev().map(|(k, v)| (k.clone(), v.clone())).collect();
    let text = serde_json::to_string_pretty(&turned).unwrap();
    let again = replayed(|| Herald::shared().post(&format!("/cds-services/{}", SAMPLES[0].service), &text));
    assert_eq!(again.body, first.body);
}

#[test]
fn cdsh_r26_scopes_of_every_generation_and_vendor_words_are_accepted() {
    for scope in
        ["patient/Observation.read", "patient/Observation.rs?category=laboratory", "EPIC.FHIR.R4.Observation", ""]
    {
        let (mut request, _) = reply_to(&SAMPLES[0], &Uuid::now_v7().to_string());
        request["hookInstance"] = Uuid::now_v7().to_string().into();
        request["fhirServer"] = "https://ehr.example.org/fhir".into();
        request["fhirAuthorization"] = serde_json::json!({
            "access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": scope, "subject": "herald"
        });
        Herald::shared().post(&format!("/cds-services/{}", SAMPLES[0].service), request.to_string()).answers();
    }
}

#[test]
fn cdsh_r24_unknown_prefetch_keys_are_tolerated_whatever_their_value() {
    let (mut request, _) = reply_to(&SAMPLES[0], &Uuid::now_v7().to_string());
    for value in [Value::Null, 7.into(), "x".into(), serde_json::json!([]), serde_json::json!({"a": {}})] {
        request["hookInstance"] = Uuid::now_v7().to_string().into();
        request["prefetch"]["somethingElse"] = value;
        Herald::shared().post(&format!("/cds-services/{}", SAMPLES[0].service), request.to_string()).answers();
    }
}

#[test]
fn cdsh_r43_a_card_about_a_result_states_its_date() {
    let mut seen = 0;
    for (_, reply) in replies() {
        let specimens = reply["extension"]["org.herald-cds.assessment"]["specimens"].as_array().unwrap();
        for card in cards(&reply) {
            let rests_on = card["extension"]["org.herald-cds.basis"]["evidence"].to_string();
            let text = format!("{} {}", card["summary"], card["detail"]);
            for specimen in specimens {
                let evidence = specimen["evidence"].as_array().unwrap();
                let concerned = evidence
                    .iter()
                    .any(|part| rests_on.contains(&format!("\"{}=", part["reference"].as_str().unwrap())));
                if let Some(date) = specimen["collected"].as_str().filter(|_| concerned) {
                    assert!(text.contains(date), "{date}: {text}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 10, "only {seen} results");
}

#[test]
fn cdsh_r40_and_r42_in_the_loopback_mode_no_card_links_to_us_and_nothing_acts_by_itself() {
    for (_, reply) in replies() {
        assert_eq!(reply.get("systemActions"), None);
        for card in cards(&reply) {
            assert_eq!(card.get("links"), None);
            assert_eq!(card["source"].get("url"), None);
        }
    }
}

#[test]
fn cdsh_r38_a_draft_is_for_the_patient_of_the_context_and_what_is_removed_is_a_draft_of_this_request() {
    for (request, reply) in replies() {
        let patient = format!("Patient/{}", request["context"]["patientId"].as_str().unwrap());
        for action in cards(&reply)
            .iter()
            .flat_map(|card| card["suggestions"].as_array().into_iter().flatten())
            .flat_map(|suggestion| suggestion["actions"].as_array().into_iter().flatten())
        {
            match action["type"].as_str().unwrap() {
                "create" => assert_eq!(action["resource"]["subject"]["reference"], *patient),
                _ => {
                    let target = action["resourceId"].as_str().unwrap();
                    let drafts = request["context"]["draftOrders"]["entry"].as_array().unwrap();
                    let is_draft = |entry: &Value| {
                        let resource = &entry["resource"];
                        format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap())
                            == target
                    };
                    assert!(drafts.iter().any(is_draft), "{target}");
                }
            }
        }
    }
}

#[test]
fn cdsh_r21_what_is_optional_and_missing_is_told_and_never_a_refusal() {
    let (mut request, _) = reply_to(&SAMPLES[0], &Uuid::now_v7().to_string());
    let keys: Vec<String> = request["prefetch"].as_object().unwrap().keys().cloned().collect();
    for key in keys.iter().filter(|key| *key != "her2") {
        request["prefetch"].as_object_mut().unwrap().shift_remove(key);
    }
    request["hookInstance"] = Uuid::now_v7().to_string().into();
    let reply = Herald::shared().post(&format!("/cds-services/{}", SAMPLES[0].service), request.to_string()).answers();
    let unseen = reply["extension"]["org.herald-cds.assessment"]["unseen"].as_array().unwrap();
    for key in ["conditions", "lvef", "pathology"] {
        assert!(unseen.contains(&key.into()), "{key}: {unseen:?}");
    }
}

#[test]
fn cdsh_r25_a_fhir_server_that_nobody_registered_is_no_error_and_is_not_contacted() {
    let trap = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let (mut request, _) = reply_to(&SAMPLES[0], &Uuid::now_v7().to_string());
    request["fhirServer"] = format!("https://{}/fhir", trap.local_addr().unwrap()).into();
    request["fhirAuthorization"] = serde_json::json!({
        "access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "herald"
    });
    let path = format!("/cds-services/{}", SAMPLES[0].service);
    request["hookInstance"] = Uuid::now_v7().to_string().into();
    Herald::shared().post(&path, request.to_string()).answers();
    request["prefetch"] = serde_json::json!({});
    assert!(Herald::shared().post(&path, request.to_string()).refuses(412).contains("`her2`"));
    assert!(trap.accept().is_err(), "somebody knocked");
}

#[test]
fn an_ehr_that_reads_no_discovery_may_call_a_service_by_the_name_of_its_hook() {
    let herald = Herald::shared();
    let mut request = request();
    request["hookInstance"] = "called-by-the-name-of-the-hook".into();
    let by_hook = herald.post("/cds-services/patient-view", request.to_string());
    by_hook.answers();
    let by_id = replayed(|| herald.post(REVIEW, request.to_string()));
    assert_eq!(by_id.body, by_hook.body);
    let feedback =
        json!({"feedback": [{"card": "a-card", "outcome": "accepted", "outcomeTimestamp": "2026-11-26T10:00:00Z"}]});
    assert_eq!(herald.post("/cds-services/patient-view/feedback", feedback.to_string()).status, 200);
    herald.post("/cds-services/order-sign", request.to_string()).refuses(400);
    herald.send("GET", "/cds-services/order-select", &[], b"").refuses(405);
    for other in ["/cds-services/Patient-View", "/cds-services/appointment-book", "/patient-view"] {
        herald.post(other, request.to_string()).refuses(404);
    }
}
