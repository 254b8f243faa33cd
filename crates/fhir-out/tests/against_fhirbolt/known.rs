//! The resources that the tests of Herald know: examples, corpus, worked cases of others, and what Herald writes itself.

use std::path::{Path, PathBuf};

use fhir_out::{
    Code, CommunicationRequestDraft, Concept, Issue, IssueType, ServiceRequestDraft, Severity,
    communication_request_draft, operation_outcome, service_request_draft,
};
use serde_json::Value;

use crate::judges::{Tally, with_room};

/// Every file below a folder of the repository whose name ends so.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder} has no {ending}");
    found
}

/// The outermost resources in a document.
fn resources(value: Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) if members.contains_key("resourceType") => found.push(Value::Object(members)),
        Value::Object(members) => members.into_iter().for_each(|(_, value)| resources(value, found)),
        Value::Array(items) => items.into_iter().for_each(|value| resources(value, found)),
        _ => {}
    }
}

/// Examples, corpus, and requests of the tests.
pub(crate) fn known() -> Vec<Value> {
    let mut found = vec![];
    for path in ["fhir-profiles", "tests", "bench"].iter().flat_map(|folder| files(folder, "json")) {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Ok(value) = serde_json::from_str(&text) {
            resources(value, &mut found);
        }
    }
    found
}

/// Resources of the replies that the snapshots hold.
fn drafts() -> Vec<Value> {
    let mut found = vec![];
    for path in files("tests", "snap") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, name) in text.match_indices("\"resource\":") {
            let mut one = serde_json::Deserializer::from_str(&text[at + name.len()..]).into_iter::<Value>();
            if let Some(Ok(value)) = one.next() {
                resources(value, &mut found);
            }
        }
    }
    found
}

#[test]
fn both_judge_the_known_resources_alike() {
    with_room(|| {
        let known = known();
        let mut tally = Tally::default();
        known.iter().for_each(|resource| tally.judge(resource));
        let tally = tally.agreed();
        assert!(known.len() > 80 && tally.accepted > 40 && tally.refused + tally.stricter > 5, "{tally:?}");
    });
}

#[test]
fn whatever_herald_writes_is_valid_for_both() {
    with_room(|| {
        let mut written = drafts();
        assert!(written.len() > 5, "{} drafts in the snapshots", written.len());
        for code in [None, Some(Code { system: "http://snomed.info/sct", code: "434363004" })] {
            for about in [&[][..], &["Specimen/s2", "Observation/o1"]] {
                let (id, subject, code) = ("d-1", "Patient/p1", Concept { code, text: "HER2 ISH" });
                let order = ServiceRequestDraft { id, code, subject, specimen: about, reason: about };
                let question = CommunicationRequestDraft { id, subject, about, question: "Was it counted twice?" };
                for text in [service_request_draft(&order), communication_request_draft(&question)] {
                    written.push(serde_json::from_str(&text).unwrap());
                }
            }
        }
        for issues in [&[][..], &[Issue { severity: Severity::Error, kind: IssueType::Required, text: "Send it." }]] {
            written.push(serde_json::from_str(&operation_outcome(issues)).unwrap());
        }
        let mut tally = Tally::default();
        written.iter().for_each(|resource| tally.judge(resource));
        assert_eq!(tally.agreed().accepted, written.len());
    });
}
