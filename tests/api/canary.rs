//! Nothing of a patient, of a token or of free text leaves the service by a way that was not meant for it.
//!
//! A request with marks in the name, the number, the notes, the token and the comment goes through every path on which a
//! request can fail, against the binary with all logs, metrics and traces on. Afterwards each sink is searched.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use herald::embedded;
use herald::pages::Sample;
use herald::store::{Packed, StoreOptions, migrate};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row};

use crate::binary::Setting;
use crate::collector::{Collector, contains};
use crate::harness::{FEEDBACK, REVIEW, Reply, over};

/// In every mark.
const MARK: &str = "Qz7canary";
const NAME: &str = "Qz7canaryName";
/// The id of the patient. It may go back to the client that sent it, in a draft of its own, and into the stored reply.
const PATIENT: &str = "Qz7canaryPatient";
/// The comment of a user: it has a table of its own.
const COMMENT: &str = "Qz7canaryComment";
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// IHC 2+ with marks wherever free text may stand.
fn marked(instance: &str) -> Value {
    json!({
        "hook": "patient-view",
        "hookInstance": instance,
        "fhirServer": "https://fhir.example.org/Qz7canaryServer",
        "fhirAuthorization": {"access_token": "Qz7canaryToken", "token_type": "Bearer", "expires_in": 300, "scope": "Qz7canaryScope", "subject": "Qz7canarySubject"},
        "context": {"userId": "Practitioner/Qz7canaryUser", "patientId": PATIENT},
        "extension": {"Qz7canaryKey": "Qz7canaryValue"},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": PATIENT, "name": [{"family": NAME, "given": [NAME]}],
                "identifier": [{"value": "Qz7canaryNumber"}], "birthDate": "1961-02-03", "gender": "female"},
            "conditions": {"resourceType": "Condition", "subject": {"display": NAME},
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.912", "display": NAME}], "text": NAME}},
            "her2": {"resourceType": "Observation", "id": "o1", "status": "final",
                "subject": {"reference": format!("Patient/{PATIENT}"), "display": NAME},
                "code": {"coding": [{"system": "http://loinc.org", "code": "85319-2", "display": NAME}], "text": NAME},
                "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA11842-4", "display": NAME}], "text": NAME},
                "effectiveDateTime": "2026-10-12", "note": [{"text": "Qz7canaryNote", "authorString": NAME}],
                "performer": [{"display": NAME}], "text": {"status": "generated", "div": "<div>Qz7canaryNarrative</div>"}}
        }
    })
}

fn feedback(card: &str) -> String {
    json!({"feedback": [{"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:00:00Z",
        "overrideReason": {"reason": {"code": "no-tissue"}, "userComment": COMMENT}}]})
    .to_string()
}

/// Every path, by name, and what the client was answered.
struct Walk {
    address: SocketAddr,
    replies: Vec<(&'static str, Reply)>,
    /// Paths that ended otherwise than they should.
    astray: Vec<String>,
}

impl Walk {
    fn went(&mut self, path: &'static str, status: u16, reply: Reply) {
        if reply.status != status {
            self.astray.push(format!("{path}: {} {}", reply.status, String::from_utf8_lossy(&reply.body)));
        }
        self.replies.push((path, reply));
    }

    fn send(&mut self, path: &'static str, status: u16, method: &str, at: &str, headers: &[(&str, &str)], body: &str) {
        let reply = over(self.address, method, at, headers, body.as_bytes());
        self.went(path, status, reply);
    }

    fn post(&mut self, path: &'static str, status: u16, body: &str) {
        self.send(path, status, "POST", REVIEW, &[JSON], body);
    }

    /// Bytes as they are; the client then sends no more.
    fn raw(&mut self, path: &'static str, status: u16, bytes: &str) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        let reply = Reply::read(&mut stream);
        self.went(path, status, reply);
    }

    fn changed(&mut self, path: &'static str, status: u16, change: impl Fn(&mut Value)) {
        let mut request = marked(path);
        change(&mut request);
        self.post(path, status, &request.to_string());
    }

    /// While the database answers.
    fn with_the_database(&mut self) {
        let whole = marked("whole").to_string();
        self.post("recorded", 200, &whole);
        let card = self.replies[0].1.json()["cards"][0]["uuid"].as_str().unwrap().to_owned();
        self.post("repeated", 200, &whole);
        self.post("conflict: the same key with another content", 200, &whole.replace("2026-10-12", "2026-10-13"));
        self.post("JSON that breaks off", 400, &whole[..whole.len() - 1]);
        self.post("no JSON at all", 400, NAME);
        self.post("a body of another type", 400, &format!("[\"{NAME}\"]"));
        self.changed("another hook", 400, |request| request["hook"] = json!(NAME));
        self.changed("a patient id of the wrong type", 400, |request| request["context"]["patientId"] = json!([NAME]));
        self.changed("a patient id that is none", 400, |request| {
            request["context"]["patientId"] = json!(format!("{NAME} x/y"))
        });
        self.changed("context of the wrong type", 400, |request| request["context"] = json!(NAME));
        self.changed("a token without a server", 400, |request| request["fhirServer"] = Value::Null);
        self.changed("another version of FHIR", 412, |request| {
            request["fhirServer"] = json!("https://Qz7canary.example.org/dstu2")
        });
        self.changed("required data missing", 412, |request| {
            request["prefetch"].as_object_mut().unwrap().retain(|key, _| key == "patient");
        });
        self.post("a member that stands twice", 400, &whole.replacen('{', &format!("{{\"hook\":\"{NAME}\","), 1));
        self.post(
            "nesting without end",
            400,
            &whole.replace("\"1961-02-03\"", &format!("{}\"{NAME}\"{}", "[".repeat(300), "]".repeat(300))),
        );
        self.changed("NUL in the patient id", 400, |request| {
            request["context"]["patientId"] = json!("Qz7canary\0");
        });
        self.send("another media type", 415, "POST", REVIEW, &[("Content-Type", "text/Qz7canary")], &whole);
        self.send("a content encoding", 415, "POST", REVIEW, &[JSON, ("Content-Encoding", "gzip")], &whole);
        self.send("a body that is too large", 413, "POST", REVIEW, &[JSON, ("Content-Length", "99999999")], "");
        self.send("a method that is not served", 405, "DELETE", &format!("{REVIEW}?patient={NAME}"), &[], "");
        self.send("a service that is not offered", 404, "POST", "/cds-services/Qz7canary", &[JSON], &whole);
        self.send("an address that is not served", 404, "GET", &format!("/{NAME}?name={NAME}"), &[], "");
        let hostile = [
            JSON,
            ("Authorization", "Bearer Qz7canaryToken.Qz7canaryToken.Qz7canaryToken"),
            ("Cookie", "session=Qz7canaryCookie"),
            ("Origin", "https://Qz7canary.example.org"),
            ("Referer", "https://ehr.example.org/?name=Qz7canaryName"),
            ("User-Agent", "Qz7canaryAgent"),
            ("traceparent", "00-Qz7canary-Qz7canary-01"),
            ("tracestate", "v=Qz7canary"),
            ("baggage", "patient=Qz7canaryName"),
            ("X-Request-Id", "Qz7canaryRequest"),
            ("X-Forwarded-For", "Qz7canary"),
        ];
        self.send("hostile headers", 200, "POST", REVIEW, &hostile, &marked("headers").to_string());
        self.send(
            "hostile headers of a preflight",
            204,
            "OPTIONS",
            REVIEW,
            &[("Origin", "https://Qz7canary.example.org"), ("Access-Control-Request-Headers", "Qz7canary")],
            "",
        );
        self.raw("no HTTP", 400, "Qz7canaryName Qz7canaryName\r\n\r\n");
        let head = format!("POST {REVIEW} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n");
        // A client that goes away in the middle of its body hears nothing; the service may still speak of it.
        let cut_off = format!("{head}Content-Length: 100\r\n\r\n{{\"{NAME}");
        TcpStream::connect(self.address).unwrap().write_all(cut_off.as_bytes()).unwrap();
        self.raw("a body that never ends", 408, &cut_off);

        let to_feedback =
            |walk: &mut Self, path, status, body: &str| walk.send(path, status, "POST", FEEDBACK, &[JSON], body);
        to_feedback(self, "feedback on the card", 200, &feedback(&card));
        to_feedback(self, "feedback on no card of ours", 200, &feedback("0d9f3c1e-6a55-4d0b-9b43-0d3a2f6c7e21"));
        to_feedback(self, "feedback that breaks off", 400, &feedback(&card)[..60]);
        to_feedback(self, "feedback of the wrong type", 400, &json!({"feedback": NAME}).to_string());
        to_feedback(
            self,
            "feedback of which nothing is usable",
            400,
            &json!({"feedback": [{"card": 5, "outcome": NAME}]}).to_string(),
        );

        let form = |body: &str| body.replace('{', "%7B").replace('}', "%7D").replace('&', "%26").replace('+', "%2B");
        let local = [("Content-Type", "application/x-www-form-urlencoded")];
        self.send("a form that is none", 400, "POST", "/try", &local, NAME);
        self.send(
            "a broken request by the start page",
            200,
            "POST",
            "/try",
            &local,
            &format!("patient=breast-3plus&request={}", form(&whole[..40])),
        );

        let order = Sample::of("order-negative").unwrap().request("order");
        let mut order: Value = serde_json::from_str(&order).unwrap();
        order["context"]["draftOrders"]["entry"][0]["resource"]["medicationCodeableConcept"] = json!({"text": NAME});
        order["context"]["draftOrders"]["entry"][0]["resource"]["note"] = json!([{"text": NAME}]);
        self.send(
            "a draft order that nobody knows",
            200,
            "POST",
            "/cds-services/her2-order-sign",
            &[JSON],
            &order.to_string(),
        );
    }

    /// Once the database has gone.
    fn without_the_database(&mut self) {
        self.post("database away, first request", 200, &marked("away-1").to_string());
        self.post("database away, known to be", 200, &marked("away-2").to_string());
        self.send(
            "database away, feedback",
            200,
            "POST",
            FEEDBACK,
            &[JSON],
            &feedback("0d9f3c1e-6a55-4d0b-9b43-0d3a2f6c7e22"),
        );
        self.send("database away, start page", 200, "GET", &format!("/?patient={NAME}"), &[], "");
    }
}

#[test]
fn no_mark_of_a_patient_is_found_in_logs_metrics_traces_replies_or_the_database() {
    let place = crate::support::data_dir();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cluster = runtime.block_on(async {
        let cluster = embedded::start(place.path()).await.unwrap();
        migrate(&StoreOptions::from_url(&cluster.url()).unwrap()).await.unwrap();
        cluster
    });
    crate::support::end_with_this_process(cluster.pid(), place.path());
    let collector = Collector::start();
    let mut herald = Setting::new()
        .env("DATABASE_URL", &cluster.url())
        .env("HERALD_METRICS_LISTEN", "127.0.0.1:0")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}", collector.address))
        .start();
    let metrics = herald.metrics();
    let mut walk = Walk { address: herald.address, replies: Vec::new(), astray: Vec::new() };
    walk.with_the_database();
    let stored = runtime.block_on(stored(&cluster.url()));
    assert!(stored.len() >= 3, "{} decisions", stored.len());
    runtime.block_on(cluster.stop()).unwrap();
    walk.without_the_database();
    let figures = over(metrics, "GET", "/metrics", &[], b"");
    herald.signal("TERM");
    assert_eq!(herald.ended().0, Some(0));
    collector.wait_for(b"her2-chart-review");

    assert!(walk.astray.is_empty(), "{}", walk.astray.join("\n"));
    let paths: BTreeSet<&str> = walk.replies.iter().map(|(path, _)| *path).collect();
    assert!(paths.len() >= 38, "{} paths", paths.len());
    let log = herald.log();
    assert!(log.contains("feedback stored") && log.contains("refused"), "the log is there at all");
    assert_free("the log", log.as_bytes(), &[]);
    assert!(contains(&figures.body, b"herald_database_up 0"));
    assert_free("the metrics", &figures.body, &[]);
    assert_free("the traces", &collector.bytes(), &[]);
    for (path, reply) in &walk.replies {
        // A draft is made for the patient that the client named, and the start page shows a form what it sent.
        let allowed: &[&str] = if reply.status == 200 { &[PATIENT] } else { &[] };
        if !path.contains("start page") {
            assert_free(path, &reply.body, allowed);
        }
        for (name, value) in reply.headers() {
            assert!(name.starts_with("access-control-") || !value.contains(MARK), "{path}: {name}: {value}");
        }
    }
    for (evidence, reply) in &stored {
        assert_free("stored evidence", evidence, &[]);
        assert_free("a stored reply", reply, &[PATIENT]);
    }
    let mut comments = 0;
    for file in files(place.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert_free(&file.display().to_string(), &bytes, &[COMMENT]);
        comments += usize::from(contains(&bytes, COMMENT.as_bytes()));
    }
    assert!(comments > 0, "the comment is stored, so a mark would be found");
    for file in files(herald.data.path()) {
        assert_free(&file.display().to_string(), &std::fs::read(&file).unwrap(), &[]);
    }
}

/// Fails if a mark other than the allowed ones stands in `bytes`.
#[track_caller]
fn assert_free(sink: &str, bytes: &[u8], allowed: &[&str]) {
    let starts = |part: &[u8], mark: &str| part.starts_with(mark.as_bytes());
    let found = (0..bytes.len())
        .map(|at| &bytes[at..])
        .find(|part| starts(part, MARK) && !allowed.iter().any(|mark| starts(part, mark)));
    if let Some(part) = found {
        panic!("a mark in {sink}: {}", String::from_utf8_lossy(&part[..part.len().min(80)]));
    }
}

/// Evidence and reply of everything recorded, unpacked: in the files they are compressed, and no search would find them.
async fn stored(url: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut found = Vec::new();
    for table in ["SELECT * FROM decision", "SELECT * FROM decision_conflict"] {
        for row in sqlx::query(table).fetch_all(&mut connection).await.unwrap() {
            let packed = Packed {
                packing: row.get("packing"),
                content: row.get("content"),
                evidence: row.get("evidence"),
                reply: row.get("reply"),
            };
            let unpacked = packed.unpack().unwrap();
            found.push((unpacked.evidence.to_vec(), unpacked.reply.to_vec()));
        }
    }
    found
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found
}
