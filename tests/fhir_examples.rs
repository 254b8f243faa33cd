//! Every resource of the corpus and every example of a shape is read as its expectation says, and nothing else is read as
//! HER2.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use herald::domain::decimal::Quantity;
use herald::domain::evidence::{Evidence, TestValue};
use herald::fhir::{extract, read_documents, sources};
use serde_json::Value;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fhir-profiles").join(name)
}

fn evidence(file: &Path) -> Evidence {
    let text = fs::read_to_string(file).expect("examples are text");
    let documents = read_documents(text.as_bytes()).expect("examples are JSON");
    extract(sources(&documents).expect("examples are FHIR"), None)
}

/// What was read, in the vocabulary of the expectations: reference, kind, score, bound, word, reason of exclusion.
fn reads(evidence: &Evidence) -> Vec<(String, String)> {
    let mut reads: Vec<(String, String)> = Vec::new();
    for result in evidence.specimens.iter().flat_map(|specimen| &specimen.results) {
        let reference = result.readings[0].reference.to_string();
        let said = match &result.value {
            TestValue::Ihc(ihc) => {
                format!("ihc {:?} {:?}", ihc.score.map(|s| s.as_str()), ihc.interpretation.map(|w| w.as_str()))
            }
            TestValue::Ish(ish) => {
                let sent = |number: &Option<Quantity>| number.as_ref().map(Quantity::as_sent);
                let count = &ish.count;
                let numbers = [sent(&count.ratio), sent(&count.her2), sent(&count.cep17)];
                format!("ish {numbers:?} {:?} {:?}", count.cells, ish.interpretation.map(|w| w.as_str()))
            }
            TestValue::Overall(word) => format!("overall {word}"),
            TestValue::Contradictory(_) => continue,
            other => format!("{other:?}"),
        };
        reads.push((reference, said));
    }
    for excluded in &evidence.excluded {
        reads.push((excluded.reference.to_string(), format!("excluded {}", excluded.why)));
    }
    reads.sort();
    reads
}

fn expected(line: &Value) -> Vec<(String, String)> {
    let mut reads: Vec<(String, String)> = Vec::new();
    for read in line["reads"].as_array().expect("reads is an array") {
        let text = |key: &str| read[key].as_str();
        let said = match (text("excludedWhy"), text("kind").expect("kind is a word")) {
            (Some(why), _) => format!("excluded {why}"),
            (None, "ihc") => format!("ihc {:?} {:?}", text("score"), text("interpretation")),
            (None, "ish") => {
                let numbers = [text("ratio").or(text("ratioBound")), text("her2"), text("cep17")];
                format!("ish {numbers:?} {:?} {:?}", read["cells"].as_u64(), text("interpretation"))
            }
            (None, kind) => format!("{kind} {}", text("interpretation").expect("an overall status is a word")),
        };
        reads.push((text("reference").expect("every read has a reference").to_owned(), said));
    }
    reads.sort();
    reads
}

/// The faults of a folder, with the number of its files.
fn faults(folder: &Path) -> (usize, Vec<String>) {
    let lines = fs::read_to_string(folder.join("expected.jsonl")).expect("expectations are text");
    let expectations: HashMap<String, Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("expectations are JSON"))
        .map(|line| (line["file"].as_str().expect("each has a file").to_owned(), line))
        .collect();
    let mut faults = Vec::new();
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("and so are its entries").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if !name.ends_with(".json") {
            continue;
        }
        files += 1;
        let wanted = expectations.get(&name).map(expected).unwrap_or_default();
        let found = reads(&evidence(&path));
        if found != wanted {
            faults.push(format!("{name}\n  wanted {wanted:?}\n  found  {found:?}"));
        }
    }
    (files, faults)
}

#[test]
fn every_file_of_the_corpus_is_read_as_its_expectation_says() {
    let (files, faults) = faults(&folder("corpus"));
    assert_eq!(files, 47);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_shape_in_which_a_result_may_come_is_read_as_its_example_says() {
    let (files, faults) = faults(&folder("examples"));
    assert_eq!(files, 26);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
