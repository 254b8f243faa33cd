//! fhirbolt is known to one crate only, and there it writes: its readers hang or panic on hostile input, and its XML side
//! leans on a quick-xml with open advisories. Only a test reads with it.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

use std::path::{Path, PathBuf};

fn sources(under: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(under)];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Comments may name it; paths and imports may not.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_source_of_the_service_names_fhirbolt() {
    for path in sources("src") {
        assert!(!code(&path).contains("fhirbolt"), "{}", path.display());
    }
}

#[test]
fn the_crate_that_knows_fhirbolt_never_reads_with_it_and_never_touches_xml() {
    for path in sources("crates/fhir-out/src") {
        for refused in ["json::from_", "DeserializationConfig", "fhirbolt::xml", "serde::xml", "from_element"] {
            assert!(!code(&path).contains(refused), "{refused} in {}", path.display());
        }
    }
}

#[test]
fn the_strict_check_does_without_fhirbolt() {
    for path in sources("crates/fhir-check/src") {
        assert!(!code(&path).contains("fhirbolt"), "{}", path.display());
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/fhir-check/Cargo.toml");
    assert!(!std::fs::read_to_string(manifest).unwrap().contains("fhirbolt"));
}

#[test]
fn the_strict_check_is_reached_from_the_command_line_only() {
    for path in sources("src") {
        let is_the_command = path.ends_with("commands/doctor/fhir.rs");
        assert_eq!(code(&path).contains("strict_check"), is_the_command, "{}", path.display());
    }
}
