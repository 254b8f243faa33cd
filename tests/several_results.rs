//! Several results of one specimen, from FHIR to the finding: which counts, and where none does.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that meets bad data fails")]

#[path = "several_results/answers.rs"]
mod answers;
#[path = "several_results/corrections.rs"]
mod corrections;
#[path = "support/knowledge.rs"]
mod knowledge;
#[path = "several_results/panels.rs"]
mod panels;
#[path = "several_results/pieces.rs"]
mod pieces;
#[path = "several_results/recounts.rs"]
mod recounts;

use herald::assessment::assess;
use herald::fhir::{Source, extract};
use herald::json::Document;
use knowledge::KNOWLEDGE;
use serde_json::{Value, json};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 27);

fn coded(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

fn condition(icd10: &str) -> Value {
    json!({"resourceType": "Condition", "id": icd10, "code": coded("http://hl7.org/fhir/sid/icd-10-cm", icd10)})
}

/// A final Observation of specimen `s` with the members of `more` added or put in place.
fn observation(id: &str, loinc: &str, more: Value) -> Value {
    let mut one = json!({"resourceType": "Observation", "id": id, "status": "final", "code": coded("http://loinc.org", loinc),
        "specimen": {"reference": "Specimen/s"}, "effectiveDateTime": "2026-09-02"});
    for (key, value) in more.as_object().unwrap() {
        one[key] = value.clone();
    }
    one
}

fn ihc(score: &str) -> Value {
    observation("ihc", "85319-2", json!({"valueString": score}))
}

fn component(code: &str, value: Value) -> Value {
    json!({"code": coded("http://loinc.org", code), "valueQuantity": {"value": value}})
}

fn detail(code: &str, value: bool) -> Value {
    json!({"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", code), "valueBoolean": value})
}

/// A whole count: ratio, HER2 and CEP17 copies, cells.
fn count(id: &str, [ratio, her2, cep17]: [f64; 3], cells: u32, more: Value) -> Value {
    let numbers = [("49683-6", ratio), ("74860-8", her2), ("74861-6", cep17), ("62361-1", f64::from(cells))];
    let components: Vec<Value> = numbers.into_iter().map(|(code, value)| component(code, json!(value))).collect();
    let mut one = observation(id, "85318-4", more);
    one["component"] = components.into();
    one
}

fn number(id: &str, loinc: &str, value: f64, more: Value) -> Value {
    let mut one = observation(id, loinc, more);
    one["valueQuantity"] = json!({"value": value});
    one
}

fn later(status: &str) -> Value {
    json!({"status": status, "effectiveDateTime": "2026-09-05"})
}

/// The lead finding: category, expression, next step and flags.
fn found(resources: &[Value]) -> (String, String, String, Vec<String>) {
    let printed = printed(resources);
    let lead = &printed["specimens"][usize::try_from(printed["lead"].as_u64().unwrap()).unwrap()];
    let word = |member: &str| lead[member].as_str().unwrap().to_owned();
    let flags = lead["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap().to_owned()).collect();
    (word("category"), word("expression"), word("nextStep"), flags)
}

fn printed(resources: &[Value]) -> Value {
    let text = Value::from(resources.to_vec()).to_string();
    let document = Document::parse(text.as_bytes()).unwrap();
    let evidence = extract([Source { place: "her2", json: document.root() }], None);
    serde_json::to_value(assess(&KNOWLEDGE, &evidence, TODAY)).unwrap()
}

/// Whatever the order in which the last two were sent.
fn category_and_step(resources: &[Value]) -> (String, String) {
    let (category, _, step, _) = found(resources);
    let mut turned = resources.to_vec();
    let last = turned.len() - 1;
    turned.swap(last - 1, last);
    let (again, _, step_again, _) = found(&turned);
    assert_eq!((&category, &step), (&again, &step_again), "the order of sending changes the answer");
    (category, step)
}

fn is(category: &str, step: &str) -> (String, String) {
    (category.to_owned(), step.to_owned())
}
