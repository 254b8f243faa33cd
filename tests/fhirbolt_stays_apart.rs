//! fhirbolt is known to one crate only, and there it writes: its readers hang or panic on hostile input, and its XML side
//! leans on a quick-xml with open advisories. One file reads with it, for a person who hands over a file.

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
fn the_crate_that_knows_fhirbolt_reads_with_it_in_the_strict_check_only_and_never_touches_xml() {
    for path in sources("crates/fhir-out/src") {
        let reads = code(&path).contains("json::from_");
        assert_eq!(reads, path.ends_with("strict.rs"), "{}", path.display());
        for refused in ["fhirbolt::xml", "serde::xml", "from_element"] {
            assert!(!code(&path).contains(refused), "{refused} in {}", path.display());
        }
    }
}

#[test]
fn the_strict_check_is_reached_from_the_command_line_only() {
    for path in sources("src") {
        let is_the_command = path.ends_with("commands/doctor/fhir.rs");
        assert_eq!(code(&path).contains("strict_check"), is_the_command, "{}", path.display());
    }
}
