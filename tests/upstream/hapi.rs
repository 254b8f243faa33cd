//! A HAPI FHIR server, the one that many hospitals and test beds run. `make test-fhir-server` builds and runs it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::fhir_server::FhirServer;
use crate::harness::REVIEW;
use crate::site::{assessment, bundle, chart, her2, herald_at, may_be_incomplete, request, until_seen, whole_prefetch};

/// HAPI as a process of its own, under the certificate of `identity`. It ends with its standard input.
struct Hapi {
    base: String,
    process: Child,
}

impl Hapi {
    fn start(identity: &FhirServer, resources: &[Value]) -> Self {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upstream/hapi/target");
        let folder = identity.files.path();
        std::fs::write(folder.join("bundle.json"), bundle(resources).to_string()).unwrap();
        let path = format!("{0}/fhir-server.jar:{0}/libraries/*", built.display());
        let mut process = Command::new("java")
            .args(["-cp", &path, "server.Main"])
            .args(["ca.pem", "key.pem", "bundle.json"].map(|file| folder.join(file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut base = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut base).unwrap();
        let base = base.trim().to_owned();
        assert!(base.starts_with("https://localhost:"), "HAPI did not start: {base}");
        Self { base, process }
    }
}

impl Drop for Hapi {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "needs Java and HAPI: make test-fhir-server"]
fn a_hapi_server_gives_the_assessment_of_the_same_data_in_the_prefetch() {
    // for its certificate
    let identity = FhirServer::start(|_, _| Ok(()));
    let mut sent = chart();
    // more than one page, with a result of another patient among them
    let mut results: Vec<Value> = (1..=60).map(|day| her2(&format!("o{day}"), "LA11842-4", &date(day))).collect();
    results[59] = her2("o60", "LA11843-2", &date(60));
    sent["her2"] = bundle(&results);
    sent["conditions"]["entry"][0]["resource"]["category"] = json!([{"coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "problem-list-item"}]}]);
    let mut foreign = her2("x1", "LA11843-2", "2026-11-02");
    foreign["subject"]["reference"] = json!("Patient/p2");
    let mut resources = vec![sent["patient"].clone(), foreign];
    for key in ["her2", "conditions", "lvef"] {
        let entries = sent[key]["entry"].as_array().unwrap();
        resources.extend(entries.iter().map(|entry| entry["resource"].clone()));
    }
    let hapi = Hapi::start(&identity, &resources);
    let herald = herald_at(&identity, &hapi.base);

    // the first answers of a JVM take longer than the deadline, the second page among them
    let mut replies = (0..40).map(|_| until_seen(&herald, &request(&hapi.base)));
    let fetched = assessment(&replies.find(|reply| !may_be_incomplete(reply)).unwrap());
    let mut whole = request(&hapi.base);
    whole["prefetch"] = whole_prefetch(&sent);
    let expected = assessment(&herald.post(REVIEW, whole.to_string()));
    assert_eq!(fetched, expected);
    assert!(fetched.to_string().contains("Observation/o60"), "the second page was not read");
    assert!(!fetched.to_string().contains("Observation/x1"));
}

/// A day of the autumn of 2026, later with each number.
fn date(nth: usize) -> String {
    format!("2026-{:02}-{:02}", 9 + (nth - 1) / 30, 1 + (nth - 1) % 30)
}

#[test]
#[ignore = "needs Java and HAPI: make test-fhir-server"]
fn of_a_patient_whom_hapi_does_not_know_there_are_no_results_and_no_failures() {
    let identity = FhirServer::start(|_, _| Ok(()));
    let hapi = Hapi::start(&identity, &[]);
    let herald = herald_at(&identity, &hapi.base);
    let seen = assessment(&until_seen(&herald, &request(&hapi.base)));
    let mut whole = request(&hapi.base);
    whole["prefetch"] = whole_prefetch(&json!({}));
    assert_eq!(seen, assessment(&herald.post(REVIEW, whole.to_string())));
}
