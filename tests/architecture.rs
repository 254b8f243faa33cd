//! The map of the house, enforced: which room may name which, where each heavy crate stops, and how long a file may be.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms of ours that it may name. What is not listed may name nothing of ours.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("json", &[]),
    ("noise", &[]),
    ("markdown", &[]),
    ("trials", &["domain"]),
    ("assessment", &["domain", "trials"]),
    ("rules", &["domain", "trials"]),
    ("attributes", &["domain", "assessment", "cdshooks", "rules"]),
    ("openapi", &["domain", "cdshooks"]),
    ("fhir", &["domain", "json"]),
    ("cdshooks", &["domain", "trials", "assessment", "json", "noise", "markdown"]),
    ("journal", &[]),
    ("metrics", &[]),
    ("traces", &[]),
    ("seal", &[]),
    ("record", &["journal", "store", "noise", "metrics", "secret", "seal"]),
    ("store", &["domain", "trials", "assessment", "noise", "seal"]),
    ("embedded", &[]),
    ("pages", &["assessment", "trials", "rules", "domain", "markdown", "attributes"]),
    (
        "http",
        &[
            "domain",
            "json",
            "trials",
            "assessment",
            "rules",
            "fhir",
            "cdshooks",
            "noise",
            "metrics",
            "traces",
            "record",
            "store",
            "pages",
            "access",
            "attributes",
            "openapi",
            "clock",
            "config",
            "secret",
            "upstream",
        ],
    ),
    (
        "commands",
        &[
            "domain",
            "json",
            "trials",
            "assessment",
            "rules",
            "fhir",
            "cdshooks",
            "noise",
            "metrics",
            "traces",
            "record",
            "store",
            "seal",
            "embedded",
            "pages",
            "http",
            "access",
            "config",
            "telemetry",
            "clock",
            "upstream",
        ],
    ),
    ("access", &["config", "cdshooks", "json", "store"]),
    ("upstream", &["cdshooks", "config", "json"]),
    ("config", &["cdshooks", "journal"]),
    ("secret", &[]),
    ("telemetry", &["clock"]),
    ("clock", &[]),
];

/// A crate of others and the only rooms that may name it.
const BORDERS: &[(&str, &[&str])] = &[
    // telemetry names sqlx only to silence it
    ("sqlx", &["store", "telemetry"]),
    ("actix_web", &["http"]),
    ("fhirbolt", &[]),
    ("fhir_out", &["cdshooks", "http", "commands"]),
    // for a person who hands over a file, never for a request
    ("fhir_check", &["commands"]),
    // the provider is installed where the first connection is made
    ("rustls", &["http", "access", "upstream", "traces"]),
    ("actix_tls", &["http"]),
    ("maud", &["pages"]),
    ("prometheus_client", &["metrics"]),
    ("opentelemetry", &["traces"]),
    ("opentelemetry_sdk", &["traces"]),
    ("opentelemetry_otlp", &["traces"]),
    ("jsonwebtoken", &["access"]),
    ("governor", &["access"]),
    // config reads addresses with the parser that also fetches them
    ("reqwest", &["access", "config", "upstream"]),
    ("pulldown_cmark", &["markdown"]),
    (
        "serde",
        &[
            "json",
            "assessment",
            "attributes",
            "rules",
            "fhir",
            "cdshooks",
            "pages",
            "http",
            "config",
            "store",
            "record",
            "access",
            "seal",
        ],
    ),
    ("tokio", &["record", "store", "embedded", "http", "commands", "access", "upstream"]),
    ("tracing", &["record", "store", "embedded", "http", "commands", "telemetry", "traces", "access", "upstream"]),
];

const LONGEST_FILE: usize = 400;

#[test]
fn every_room_names_only_the_rooms_that_the_map_allows() {
    let breaches: Vec<String> =
        sources().iter().flat_map(|(path, text)| breaches(&room_of(path), path, text)).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn a_breach_of_the_map_is_caught() {
    let path = Path::new("src/domain/new.rs");
    assert_eq!(breaches("domain", path, "use crate::fhir::extract;").len(), 1);
    assert_eq!(breaches("fhir", path, "let x = crate::http::routes();").len(), 1);
    assert_eq!(breaches("domain", path, "use serde::Serialize;").len(), 1);
    assert_eq!(breaches("http", path, "sqlx::query(\"select 1\")").len(), 1);
    assert_eq!(breaches("cdshooks", path, "fhirbolt::json::to_string(x)").len(), 1);
    assert_eq!(breaches("nowhere", path, "").len(), 1);
    assert!(breaches("fhir", path, "use crate::domain::tumour::Tumour; // like crate::http").is_empty());
}

#[test]
fn no_file_is_longer_than_400_lines_and_a_mod_file_only_re_exports() {
    for (path, text) in sources() {
        assert!(text.lines().count() <= LONGEST_FILE, "{} is longer than {LONGEST_FILE} lines", path.display());
        if path.ends_with("mod.rs") {
            let logic =
                text.lines().any(|line| line.contains("fn ") || line.starts_with("impl ") || line.contains("struct "));
            assert!(!logic, "{} holds more than modules and re-exports", path.display());
        }
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//!"), "{} does not say what it is for", path.display());
    }
}

#[test]
fn the_domain_knows_no_clock_no_chance_and_no_binary_float() {
    for (path, text) in
        sources().into_iter().filter(|(path, _)| matches!(&*room_of(path), "domain" | "trials" | "noise"))
    {
        for word in
            ["f64", "f32", "SystemTime", "Instant", "Timestamp::now", "getrandom", "async ", "std::env", "std::fs"]
        {
            assert!(!code(&text).contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn only_the_partitions_are_made_by_a_statement_that_is_put_together() {
    let put_together: Vec<PathBuf> =
        sources().into_iter().filter(|(_, text)| code(text).contains("AssertSqlSafe")).map(|(path, _)| path).collect();
    assert_eq!(put_together, [source_folder().join("store/partitions.rs")]);
}

/// Faults of one file that lies in `room`.
fn breaches(room: &str, path: &Path, text: &str) -> Vec<String> {
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{} lies in no room of the map", path.display())];
    };
    let text = code(text);
    let own = named_rooms(&text).into_iter().filter(|named| named != room && !allowed.contains(&&**named));
    let mut found: Vec<String> = own.map(|named| format!("{}: {room} may not name {named}", path.display())).collect();
    for (krate, rooms) in BORDERS {
        let names = [format!("{krate}::"), format!("use {krate};")];
        if !rooms.contains(&room) && names.iter().any(|name| contains_path(&text, name)) {
            found.push(format!("{}: {krate} stops at {rooms:?}", path.display()));
        }
    }
    found
}

/// The text without comments.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Rooms named as `crate::room`.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices("crate::")
        .filter(|(at, _)| !text[..*at].ends_with('$'))
        .map(|(at, found)| text[at + found.len()..].chars().take_while(|c| is_name(*c)).collect::<String>())
        .filter(|name| ROOMS.iter().any(|(room, _)| room == name))
        .collect()
}

/// Is `path` named, and not as the tail of a longer path or name?
fn contains_path(text: &str, path: &str) -> bool {
    text.match_indices(path)
        .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':'))
}

fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(source_folder()).expect("collected from there");
    let first = inside.components().next().expect("a file has a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file of the house but the two that only open the doors.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![source_folder()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the source folder is readable") {
            let path = entry.expect("and so are its entries").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).expect("source files are text");
                found.push((path, text));
            }
        }
    }
    let doors = [source_folder().join("main.rs"), source_folder().join("lib.rs")];
    found.retain(|(path, _)| !doors.contains(path));
    assert!(found.len() > 20, "the house was not found");
    found
}
