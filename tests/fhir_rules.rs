//! The rules of the FHIR reader, one sentence each, on documents that hold no more than the rule needs.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot set itself up has failed")]

#[path = "fhir_rules/codes.rs"]
mod codes;
#[path = "fhir_rules/history.rs"]
mod history;
#[path = "support/knowledge.rs"]
mod knowledge;
#[path = "fhir_rules/numbers.rs"]
mod numbers;
#[path = "fhir_rules/primaries.rs"]
mod primaries;
#[path = "fhir_rules/reports.rs"]
mod reports;
#[path = "fhir_rules/specimens.rs"]
mod specimens;
#[path = "fhir_rules/status.rs"]
mod status;
#[path = "fhir_rules/tolerance.rs"]
mod tolerance;
#[path = "fhir_rules/treatments.rs"]
mod treatments;
#[path = "fhir_rules/tumours.rs"]
mod tumours;
#[path = "fhir_rules/values.rs"]
mod values;
#[path = "fhir_rules/versions.rs"]
mod versions;
#[path = "fhir_rules/words.rs"]
mod words;

use herald::domain::evidence::{Evidence, TestValue};
use herald::domain::tumour::{Tumour, TumourClass};
use herald::fhir::{DocumentError, Source, extract, patients, read_documents, sources};
use herald::json::Document;
use serde_json::{Value, json};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";

fn evidence(resources: &[Value]) -> Evidence {
    of_text(&Value::Array(resources.to_vec()).to_string())
}

fn of_text(json: &str) -> Evidence {
    let document = Document::parse(json.as_bytes()).expect("JSON");
    extract([Source { place: "her2", json: document.root() }], Some("p1"))
}

fn coded(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// A final Observation of patient p1 with the members of `more` added or put in place.
fn observation(id: &str, loinc: &str, more: Value) -> Value {
    let mut one = json!({"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": "Patient/p1"},
        "code": coded(LOINC, loinc), "effectiveDateTime": "2026-05-02"});
    for (key, value) in more.as_object().expect("members") {
        one[key] = value.clone();
    }
    one
}

fn text_value(loinc: &str, text: &str) -> Value {
    observation("o1", loinc, json!({"valueString": text}))
}

fn condition(id: &str, system: &str, code: &str) -> Value {
    json!({"resourceType": "Condition", "id": id, "subject": {"reference": "Patient/p1"}, "code": coded(system, code)})
}

/// What was read, in short: `ihc 3+`, `ish 2.4/5.1/2.1/40 positive`, `overall positive`, `pending ish`.
fn said(value: &TestValue) -> String {
    match value {
        TestValue::Ihc(ihc) => {
            let score = ihc.score.map(|score| score.as_str()).or(ihc.interpretation.map(|word| word.as_str()));
            format!("ihc {}", score.unwrap_or("-"))
        }
        TestValue::Ish(ish) => {
            let number = |quantity: &Option<herald::domain::decimal::Quantity>| {
                quantity.as_ref().map_or_else(|| "-".into(), herald::domain::decimal::Quantity::as_sent)
            };
            let count = &ish.count;
            let cells = count.cells.map_or_else(|| "-".to_owned(), |cells| cells.to_string());
            let word = ish.interpretation.map_or("", |word| word.as_str());
            let implausible = if ish.implausible { "implausible" } else { "" };
            let numbers =
                format!("ish {}/{}/{}/{cells}", number(&count.ratio), number(&count.her2), number(&count.cep17));
            format!("{numbers} {word}{implausible}").trim_end().to_owned()
        }
        TestValue::Overall(word) => format!("overall {word}"),
        TestValue::Pending(kind) => format!("pending {kind}"),
        TestValue::Contradictory(kind) => format!("contradictory {kind}"),
        TestValue::AmbiguousText => "ambiguous text".to_owned(),
        TestValue::WordInText => "word in text".to_owned(),
    }
}

/// All results of all specimens, then the excluded ones as `reference: why`.
fn read(evidence: &Evidence) -> Vec<String> {
    let results = evidence.specimens.iter().flat_map(|specimen| &specimen.results).map(|result| said(&result.value));
    let excluded = evidence.excluded.iter().map(|one| format!("{}: {}", one.reference, one.why));
    results.chain(excluded).collect()
}

fn reads(resources: &[Value]) -> Vec<String> {
    read(&evidence(resources))
}

#[track_caller]
fn assert_read(resources: &[Value], expected: &[&str]) {
    assert_eq!(reads(resources), expected);
}
