//! No access token and no patient in a log line, whatever the level and whoever writes it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use herald::cdshooks::{Service, parse_request};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::fhir_server::{FhirServer, answer, found, with_body};
use crate::harness::{REVIEW, document};
use crate::site::{TOKEN, chart, herald, request, until_seen};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn neither_token_nor_patient_is_in_any_log_line_of_any_level() {
    let lines = Lines::default();
    // every word of every crate, not only what the service would write
    let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    tracing::subscriber::set_global_default(all).unwrap();

    let good = FhirServer::with_chart(chart());
    let patient = "CANARY-PATIENT";
    let mut asked = request(&good.base());
    asked["context"]["patientId"] = json!(patient);
    until_seen(&herald(&good), &asked);
    assert!(good.asked().iter().any(|one| one.target.contains(patient)));

    let failing: [fn() -> Vec<u8>; 5] = [
        || answer("401 Unauthorized", "application/fhir+json", &json!({"text": TOKEN})),
        || answer("500 Internal Server Error", "text/html", &json!(TOKEN)),
        || with_body("302 Found", &format!("Location: https://localhost:1/{TOKEN}\r\n"), b""),
        || with_body("200 OK", "Content-Type: application/fhir+json\r\n", TOKEN.as_bytes()),
        || found(&json!({"resourceType": "OperationOutcome", "issue": [{"diagnostics": TOKEN}]})),
    ];
    for instead in failing {
        let server = FhirServer::start(move |_, out| out.write_all(&instead()));
        let mut asked = request(&server.base());
        asked["context"]["patientId"] = json!(patient);
        // `refuses` looks for the canary in the reply
        herald(&server).post(REVIEW, asked.to_string()).refuses(412);
    }
    let text = asked.to_string();
    let shown = format!("{:?}", parse_request(&document(&text), Service::ChartReview).unwrap());
    assert!(!shown.contains("CANARY"), "{shown}");

    let lines = String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned();
    assert!(lines.contains("prefetch_key") && lines.contains("not fetched"), "nothing was logged at all");
    let leaks: Vec<&str> = lines.lines().filter(|line| line.contains("CANARY")).collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}
