//! Whatever happens to a document on its way, the reader neither panics nor reads it otherwise than it was meant: broken
//! text, the order of entries, entries sent twice, and resources that have nothing to do with HER2.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use herald::assessment::{Knowledge, assess};
use herald::domain::classify::classify;
use herald::fhir::{Source, extract, patients, read_documents, sources};
use herald::json::Document;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The day of every assessment here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).expect("the rules of this binary are proved"),
        therapies: herald::rules::therapies(&files).expect("and so are the therapy rules"),
        order_rules: herald::rules::order_rules(&files).expect("and so are the order rules"),
        cohorts: Vec::new(),
    }
});

static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fhir-profiles/examples");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).expect("text")).collect()
});

/// The resources of all examples, of one case: a record with everything that may happen at once.
fn resources_of(example: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(example).expect("examples are JSON");
    match document["entry"].as_array() {
        Some(entries) => entries.clone(),
        None => vec![json!({"resource": document})],
    }
}

/// A breast cancer with these results.
fn bundle(entries: &[Value]) -> String {
    let diagnosis = json!({"resource": {"resourceType": "Condition", "id": "breast", "subject": {"reference": "Patient/example"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.9"}]}}});
    let all = [std::slice::from_ref(&diagnosis), entries].concat();
    json!({"resourceType": "Bundle", "type": "collection", "entry": all}).to_string()
}

/// What the rules say of each specimen, and what was set aside, without the order in which things were sent. Which of several
/// specimens leads is not asked here: of two of one day it is the one that was sent first.
fn findings(document: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let document = Document::parse(document.as_bytes()).expect("JSON");
    let evidence = extract([Source { place: "her2", json: document.root() }], Some("example"));
    let said = evidence.specimens.iter().map(|specimen| {
        let found = classify(&KNOWLEDGE.rulebook, specimen, &evidence.history);
        let read: BTreeSet<String> = specimen
            .results
            .iter()
            .flat_map(|result| &result.readings)
            .map(|reading| format!("{} {}", reading.reference, reading.reads))
            .collect();
        let reference = specimen.reference.as_deref();
        format!(
            "{:?} {:?} {} {} {} {:?} {} {read:?}",
            reference, specimen.collected, found.category, found.expression, found.next_step, found.flags, found.rule
        )
    });
    let excluded = evidence.excluded.iter().map(|one| format!("{} {}", one.reference, one.why));
    (said.collect(), excluded.collect())
}

fn read_everything(document: &str) {
    let Ok(documents) = read_documents(document.as_bytes()) else { return };
    if let Ok(sources) = sources(&documents) {
        let _ = patients(sources.iter().copied());
        let evidence = extract(sources, Some("example"));
        let _ = serde_json::to_string(&assess(&KNOWLEDGE, &evidence, TODAY)).expect("an assessment is JSON");
    }
    for document in &documents {
        let _ = extract([Source { place: "her2", json: document.root() }], None);
    }
}

#[derive(Debug, Clone)]
enum Mutation {
    Truncate(usize),
    Replace(usize, String),
    /// Two members or items change places.
    Swap(usize, usize),
    Duplicate(usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let piece = prop_oneof![
        "[ -~]{0,3}",
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("1e400".to_owned()),
        Just("-0".to_owned()),
        Just("\\u0000".to_owned()),
        Just("\\ud800".to_owned()),
        Just("≥２＋ü".to_owned()),
    ];
    prop_oneof![
        any::<usize>().prop_map(Mutation::Truncate),
        (any::<usize>(), piece).prop_map(|(at, text)| Mutation::Replace(at, text)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Mutation::Duplicate(a, b)),
    ]
}

/// Lines of the pretty-printed examples are members and items.
fn mutate(text: &str, mutation: &Mutation) -> String {
    let place = |at: usize| (0..=at % (text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return String::new();
    }
    let many = lines.len();
    match mutation {
        Mutation::Truncate(at) => text[..place(*at)].to_owned(),
        Mutation::Replace(at, piece) => {
            let at = place(*at);
            let mut behind = text[at..].chars();
            let _ = behind.next();
            format!("{}{piece}{}", &text[..at], behind.as_str())
        }
        Mutation::Swap(a, b) => {
            lines.swap(a % many, b % many);
            lines.join("\n")
        }
        Mutation::Duplicate(a, b) => {
            lines.insert(a % many, lines[b % many]);
            lines.join("\n")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_document_makes_the_reader_panic(
        which in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(mutation(), 1..5),
    ) {
        let example = which.get::<String>(&EXAMPLES);
        let damaged = mutations.iter().fold(example.clone(), |text, one| mutate(&text, one));
        read_everything(&damaged);
    }

    #[test]
    fn the_order_of_entries_and_entries_sent_twice_change_no_finding(
        chosen in prop::sample::subsequence((0..26).collect::<Vec<usize>>(), 1..5),
        seed in prop::collection::vec(any::<u32>(), 12),
        twice in any::<prop::sample::Index>(),
    ) {
        let entries: Vec<Value> = chosen.iter().flat_map(|at| resources_of(&EXAMPLES[*at])).collect();
        let mut shuffled: Vec<(u32, Value)> =
            entries.iter().cloned().enumerate().map(|(at, entry)| (seed[at % seed.len()], entry)).collect();
        shuffled.push((seed[0], twice.get(&entries).clone()));
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Value> = shuffled.into_iter().map(|(_, entry)| entry).collect();
        prop_assert_eq!(findings(&bundle(&entries)), findings(&bundle(&shuffled)));
    }

    #[test]
    fn unrelated_resources_change_no_finding(which in any::<prop::sample::Index>(), front in any::<bool>()) {
        let own = resources_of(which.get::<String>(&EXAMPLES));
        let unrelated = [
            json!({"resource": {"resourceType": "Observation", "id": "hb", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}, "valueQuantity": {"value": 12.1}}}),
            json!({"resource": {"resourceType": "Patient", "id": "example"}}),
            json!({"resource": {"resourceType": "Unheard", "id": "x", "code": {"coding": [{"code": "85319-2"}]}}}),
            json!({"resource": null}),
            json!({}),
        ];
        let all = if front { [&unrelated[..], &own[..]].concat() } else { [&own[..], &unrelated[..]].concat() };
        prop_assert_eq!(findings(&bundle(&own)), findings(&bundle(&all)));
    }
}
