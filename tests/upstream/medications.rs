//! Medications that orders and treatments refer to, that nobody sent, and that have no name in the request.

use serde_json::{Value, json};

use crate::fhir_server::{FhirServer, answer, found};
use crate::harness::{Herald, REVIEW};
use crate::site::{assessment, bundle, chart, herald, request, until_seen, whole_prefetch};

const SIGN: &str = "/cds-services/her2-order-sign";

/// An order of p1 that refers to this Medication.
fn order(id: &str, medication: &Value) -> Value {
    json!({"resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "subject": {"reference": "Patient/p1"}, "authoredOn": "2026-10-01", "medicationReference": medication})
}

fn medication(id: &str) -> Value {
    json!({"resourceType": "Medication", "id": id, "code": {"text": "trastuzumab"}})
}

/// A server with the chart, which answers the question for Medication m1 with `of_m1`.
fn server(chart: Value, of_m1: Value) -> FhirServer {
    FhirServer::start(move |asked, out| {
        if asked.target == "/fhir/Medication/m1" {
            return out.write_all(&found(&of_m1));
        }
        if asked.target.starts_with("/fhir/Medication/") {
            return out.write_all(&answer(
                "404 Not Found",
                "application/fhir+json",
                &json!({"resourceType": "OperationOutcome"}),
            ));
        }
        out.write_all(&found(&chart[asked.key()]))
    })
}

/// A request to sign these orders, with everything else sent along.
fn signing(server: &FhirServer, orders: &[Value]) -> Value {
    let mut signing = request(&server.base());
    signing["hook"] = json!("order-sign");
    signing["prefetch"] = whole_prefetch(&chart());
    signing["prefetch"]["pregnancy"] = Value::Null;
    signing["context"]["draftOrders"] = bundle(orders);
    signing
}

/// Signs until there is a finding about an order: on a busy machine the first connection may take longer than the deadline.
fn findings(herald: &Herald, signing: &Value) -> Value {
    for _ in 0..40 {
        let mut signing = signing.clone();
        signing["hookInstance"] = json!(uuid::Uuid::now_v7());
        let safety = assessment(&herald.post(SIGN, signing.to_string()))["safety"].clone();
        if safety.as_array().is_some_and(|findings| !findings.is_empty()) {
            return safety;
        }
    }
    Value::Null
}

fn targets(server: &FhirServer) -> Vec<String> {
    server.asked().into_iter().map(|one| one.target).collect()
}

#[test]
fn the_medication_of_a_draft_order_is_fetched_and_judged_as_if_it_had_been_sent() {
    let server = server(chart(), medication("m1"));
    let herald = herald(&server);
    let draft = order("d1", &json!({"reference": "Medication/m1"}));
    let sent = findings(&herald, &signing(&server, &[draft.clone(), medication("m1")]));
    assert!(sent[0]["order"] == "MedicationRequest/d1", "{sent}");
    assert!(server.asked().is_empty(), "it was sent, and yet something was asked for");
    let absolute = order("d1", &json!({"reference": format!("{}/Medication/m1", server.base())}));
    for draft in [draft, absolute] {
        server.forget();
        assert_eq!(findings(&herald, &signing(&server, &[draft])), sent);
        assert!(targets(&server).iter().all(|target| target == "/fhir/Medication/m1"), "{:?}", targets(&server));
        assert!(server.asked().iter().all(|one| one.header("authorization").is_some()));
    }
}

#[test]
fn what_an_order_names_itself_is_not_asked_for() {
    let server = server(chart(), medication("m1"));
    let herald = herald(&server);
    let named = order("d1", &json!({"reference": "Medication/m1", "display": "paracetamol"}));
    let elsewhere = order("d2", &json!({"reference": "https://elsewhere.example/fhir/Medication/m1"}));
    let reply = herald.post(SIGN, signing(&server, &[named, elsewhere]).to_string());
    assert_eq!(assessment(&reply)["safety"], json!([]));
    assert!(server.asked().is_empty(), "{:?}", targets(&server));
}

#[test]
fn a_medication_that_treatments_refer_to_is_fetched_after_the_treatments_and_asked_for_once() {
    let mut treated = chart();
    let treatment = |id| order(id, &json!({"reference": "Medication/m1"}));
    treated["medRequests"] =
        bundle(&[treatment("r1"), treatment("r2"), order("r3", &json!({"reference": "Medication/gone"}))]);
    let server = server(treated.clone(), medication("m1"));
    let herald = herald(&server);
    let both_asked = (0..40).any(|_| {
        server.forget();
        until_seen(&herald, &request(&server.base()));
        let asked = targets(&server);
        let times = |wanted| asked.iter().filter(|target| *target == wanted).count();
        assert!(times("/fhir/Medication/m1") <= 1 && times("/fhir/Medication/gone") <= 1, "{asked:?}");
        times("/fhir/Medication/m1") == 1 && times("/fhir/Medication/gone") == 1
    });
    assert!(both_asked);
    // What it does not know is no failure of the rest.
    let fetched = assessment(&until_seen(&herald, &request(&server.base())));
    let mut whole = request(&server.base());
    let medicines = [treatment("r1"), treatment("r2"), order("r3", &json!({"display": "unknown"})), medication("m1")];
    treated["medRequests"] = bundle(&medicines);
    whole["prefetch"] = whole_prefetch(&treated);
    let sent = assessment(&herald.post(REVIEW, whole.to_string()));
    assert_eq!((&fetched["considerations"], &fetched["specimens"]), (&sent["considerations"], &sent["specimens"]));
}

#[test]
fn another_resource_in_the_place_of_the_medication_names_nothing() {
    for wrong in [
        medication("m2"),
        json!({"resourceType": "Substance", "id": "m1", "code": {"text": "trastuzumab"}}),
        bundle(&[medication("m1")]),
        json!({"resourceType": "Medication", "code": {"text": "trastuzumab"}}),
    ] {
        let server = server(chart(), wrong.clone());
        let herald = herald(&server);
        let signing = signing(&server, &[order("d1", &json!({"reference": "Medication/m1"}))]);
        let mut reached = false;
        for _ in 0..5 {
            let mut signing = signing.clone();
            signing["hookInstance"] = json!(uuid::Uuid::now_v7());
            assert_eq!(assessment(&herald.post(SIGN, signing.to_string()))["safety"], json!([]), "{wrong}");
            reached |= !server.asked().is_empty();
        }
        assert!(reached);
    }
}
