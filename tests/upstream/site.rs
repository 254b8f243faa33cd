//! The service with a FHIR server registered for its client, and the patient of these tests.

use std::sync::Arc;

use herald::clock::Clock;
use herald::config::{Client, FhirAccess};
use herald::http::Limits;
use herald::upstream::Upstream;
use serde_json::{Value, json};

use crate::fhir_server::FhirServer;
use crate::harness::{Herald, REVIEW, Reply, desk};
use crate::support::Database;

/// No line of a log and no reply may hold it.
pub const TOKEN: &str = "CANARY-TOKEN.eyJhbGciOi-_~+/=";

/// The service, whose client has the FHIR server at `base` of `server`.
pub fn herald_at(server: &FhirServer, base: &str) -> Herald {
    let access = FhirAccess::parse(base, Some(server.ca()), &["127.0.0.0/8".to_owned()]).unwrap();
    let client = Client { fhir: Some(access), ..Client::local() };
    let clock = Clock::Fixed("2026-11-26T10:00:00Z".parse().unwrap());
    Herald::on(Limits::default(), async move {
        let keys = tempfile::tempdir().unwrap();
        let mut desk = desk(Database::fresh().await, keys.path(), clock).await;
        desk.upstream = Arc::new(Upstream::open([&client]).unwrap());
        desk.local = Arc::new(client);
        desk
    })
}

pub fn herald(server: &FhirServer) -> Herald {
    herald_at(server, &server.base())
}

/// A request without prefetch from a client with this FHIR server.
pub fn request(base: &str) -> Value {
    json!({
        "hook": "patient-view",
        "hookInstance": uuid::Uuid::now_v7(),
        "fhirServer": base,
        "fhirAuthorization": {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300,
            "scope": "patient/Observation.read user/*.rs EPIC.FHIR.R4", "subject": "herald"},
        "context": {"userId": "Practitioner/1", "patientId": "p1"}
    })
}

/// The chart of p1: breast cancer with IHC 2+, an LVEF, nothing else.
pub fn chart() -> Value {
    json!({
        "patient": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1961-02-03"},
        "her2": bundle(&[her2("o1", "LA11842-4", "2026-10-12")]),
        "conditions": bundle(&[json!({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.912"}]}})]),
        "lvef": bundle(&[json!({"resourceType": "Observation", "id": "l1", "status": "final",
            "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-10-20",
            "code": {"coding": [{"system": "http://loinc.org", "code": "10230-1"}]},
            "valueQuantity": {"value": 61, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}})]),
    })
}

/// An IHC result: LA11842-4 is 2+, LA11843-2 is 3+.
pub fn her2(id: &str, score: &str, date: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "85319-2"}]}, "effectiveDateTime": date,
        "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": score}]}})
}

pub fn bundle(resources: &[Value]) -> Value {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({"resource": resource})).collect();
    json!({"resourceType": "Bundle", "type": "searchset", "entry": entries})
}

pub fn with_next(mut bundle: Value, next: &str) -> Value {
    bundle["link"] = json!([{"relation": "self", "url": "x"}, {"relation": "next", "url": next}]);
    bundle
}

/// Every key of the chart review with what `chart` holds, an empty Bundle where it holds nothing.
pub fn whole_prefetch(chart: &Value) -> Value {
    let mut whole = chart.clone();
    for key in herald::cdshooks::Service::ChartReview.keys() {
        if whole[key.name()].is_null() {
            whole[key.name()] = json!({"resourceType": "Bundle", "type": "searchset", "total": 0});
        }
    }
    whole
}

pub fn assessment(reply: &Reply) -> Value {
    reply.answers()["extension"]["org.herald-cds.assessment"].clone()
}

/// Does the card say that HER2 results may be incomplete?
pub fn may_be_incomplete(reply: &Reply) -> bool {
    reply.answers()["cards"][0]["detail"].as_str().unwrap().contains("may be incomplete: HER2 results")
}

/// Asks, with a new hookInstance each time, until nothing that was to be fetched is unseen: on a busy machine the first
/// connections may take longer than the deadline.
#[track_caller]
pub fn until_seen(herald: &Herald, request: &Value) -> Reply {
    for _ in 0..40 {
        let mut request = request.clone();
        request["hookInstance"] = json!(uuid::Uuid::now_v7());
        let reply = herald.post(REVIEW, request.to_string());
        if reply.status == 200 && assessment(&reply)["unseen"].as_array().is_some_and(Vec::is_empty) {
            return reply;
        }
    }
    panic!("never was everything fetched in time")
}
