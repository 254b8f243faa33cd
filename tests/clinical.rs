//! The classifier against the worked examples of the clinical reference, and against its rules line by line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets bad data fails")]

#[path = "clinical/builder.rs"]
mod builder;
#[path = "clinical/vectors.rs"]
mod vectors;

use herald::domain::classify::classify;
use herald::domain::rulebook::Rulebook;

fn rules() -> Rulebook {
    herald::rules::load_embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_worked_example_of_one_specimen_gets_the_category_step_and_flags_of_the_reference() {
    let rules = rules();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for vector in vectors::all() {
        let Some(case) = vector.case() else { continue };
        seen += 1;
        let found = classify(&rules, &case.specimen, &case.history);
        assert!(rules.source_of(&found.rule).is_some(), "{}: no such rule {}", vector.id, found.rule);
        for difference in vectors::differences(&vector.expected, &found) {
            wrong.push(format!("{} ({}): {difference}", vector.id, found.rule));
        }
    }
    assert!(seen > 110, "only {seen} examples were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
