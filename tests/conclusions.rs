//! 450 conclusions as laboratories write them, and 600 more of which most were written to trap a reader, each with what a careful reader
//! takes from it and what Herald reads.
//!
//! `tests/conclusions/reports.jsonl` and `traps.jsonl` hold one a line: `text`; `condition`, the ICD-10-CM code where the tumour is not of the breast;
//! `takes`, the category that a reader takes for the invasive tumour of this report (`or`, another that is right as well; "no
//! category" where two results differ, the carcinoma is in situ, or no result is told); `told`, false where nothing need be said;
//! and `reads`, category, expression and step of each specimen and the reasons for what was set aside. The texts were written for this
//! test and are nobody's. No pathologist has reviewed them yet.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that meets bad data fails")]

#[path = "support/knowledge.rs"]
mod knowledge;

use herald::assessment::assess;
use herald::fhir::{Source, extract};
use herald::json::Document;
use knowledge::KNOWLEDGE;
use serde::Deserialize;
use serde_json::{Value, json};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 28);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    text: String,
    #[serde(default = "of_the_breast")]
    condition: String,
    takes: String,
    or: Option<String>,
    #[serde(default = "yes")]
    told: bool,
    reads: String,
}

fn of_the_breast() -> String {
    "C50.412".to_owned()
}

const fn yes() -> bool {
    true
}

fn of_file(text: &str) -> Vec<Report> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn reports() -> Vec<Report> {
    of_file(include_str!("conclusions/reports.jsonl"))
}

fn traps() -> Vec<Report> {
    of_file(include_str!("conclusions/traps.jsonl"))
}

fn reads(report: &Report) -> String {
    let coded = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}]});
    let document = json!([
        {"resourceType": "Condition", "id": "c1", "code": coded("http://hl7.org/fhir/sid/icd-10-cm", &report.condition)},
        {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "effectiveDateTime": "2026-05-04",
            "code": coded("http://loinc.org", "60568-3"), "conclusion": report.text},
    ])
    .to_string();
    let document = Document::parse(document.as_bytes()).unwrap();
    let evidence = extract([Source { place: "pathology", json: document.root() }], None);
    let printed = serde_json::to_value(assess(&KNOWLEDGE, &evidence, TODAY)).unwrap();
    let finding = |specimen: &Value| {
        let words = ["category", "expression", "nextStep"].map(|member| specimen[member].as_str().unwrap());
        let said = words.into_iter().filter(|word| !matches!(*word, "not_applicable" | "none"));
        said.collect::<Vec<_>>().join(" ")
    };
    let set_aside = printed["excluded"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap().to_owned());
    let specimens = printed["specimens"].as_array().unwrap().iter().map(finding);
    specimens.chain(set_aside).collect::<Vec<_>>().join("; ")
}

#[test]
fn each_conclusion_is_read_as_it_was_when_somebody_last_looked() {
    let changed: Vec<String> = reports()
        .iter()
        .chain(&traps())
        .filter_map(|report| {
            let now = reads(report);
            (now != report.reads).then(|| format!("{}\n  was: {}\n  now: {now}", report.text, report.reads))
        })
        .collect();
    assert!(changed.is_empty(), "{} changed:\n{}", changed.len(), changed.join("\n"));
}

/// Those that are given another category than a careful reader would take.
fn wrong(reports: &[Report]) -> Vec<String> {
    let wrong = reports.iter().filter(|report| {
        let category = report.reads.split([';', ' ']).next().unwrap();
        let definite = matches!(category, "positive" | "negative" | "equivocal");
        let taken = category == report.takes || Some(category) == report.or.as_deref();
        // a 2+ whose ISH is set aside by name asks for what is there to be read
        let asks = category == "equivocal" && report.reads.ends_with("unreadable");
        definite && !taken && !asks
    });
    wrong.map(|report| format!("{}\n  {} instead of {}", report.text, report.reads, report.takes)).collect()
}

fn dropped(reports: &[Report]) -> Vec<&str> {
    reports.iter().filter(|report| report.told && report.reads.is_empty()).map(|report| &*report.text).collect()
}

#[test]
fn no_category_is_given_that_a_careful_reader_would_not_take() {
    // in situ in words that are not known ("encapsulated papillary carcinoma without frank invasion"), read as invasive
    let known = 3;
    let wrong = wrong(&reports());
    assert_eq!(wrong.len(), known, "{}", wrong.join("\n"));
}

#[test]
fn no_result_that_is_told_is_dropped_without_a_trace() {
    assert_eq!(dropped(&reports()), Vec::<&str>::new());
}

/// What is known to be wrong among the texts that were written to be read wrongly. Whoever mends one lowers the number.
#[test]
fn no_more_traps_catch_than_are_known() {
    let traps = traps();
    let (wrong, dropped) = (wrong(&traps), dropped(&traps));
    assert_eq!((wrong.len(), dropped.len()), (36, 17), "{}\n{}", wrong.join("\n"), dropped.join("\n"));
}
