//! `herald doctor fhir FILE`: is it valid FHIR R4, and what does Herald read from it?

use std::io;
use std::path::Path;
use std::process::ExitCode;

use fhir_check::{MOST_PROBLEMS, strict_check};

use crate::assessment::{as_text, assess};
use crate::clock::Clock;
use crate::commands::assess::read;
use crate::commands::knowledge::knowledge;
use crate::fhir::{self, DocumentError};
use crate::json::{Document, Malformed};
use crate::rules::RulesError;

/// Why a file is not checked.
#[derive(Debug, thiserror::Error)]
enum NotChecked {
    #[error("the input cannot be read: {0}")]
    Input(#[source] io::Error),
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("{0}")]
    Document(#[from] DocumentError),
    #[error("the document is not JSON")]
    NotJson,
    #[error("the rule files are not valid: {0}")]
    Rules(#[from] RulesError),
}

/// Exit 0 for valid FHIR R4, 1 where something is wrong with it, 2 with one line where it cannot be read at all.
pub(super) fn run(file: Option<&Path>) -> ExitCode {
    match checked(file) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("herald doctor fhir: {error}");
            ExitCode::from(2)
        }
    }
}

fn checked(file: Option<&Path>) -> Result<bool, NotChecked> {
    let bytes = read(file).map_err(NotChecked::Input)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    // Our own reader first: depth, repeated members, encoding. What it refuses reaches no other.
    let document = [Document::parse(bytes)?];
    let evidence = {
        let sources = fhir::sources(&document)?;
        if fhir::patients(sources.iter().copied()).len() > 1 {
            println!("note  results of several patients: herald assess --patient ID reads one of them");
        }
        fhir::extract(sources, None)
    };
    let resource = serde_json::from_slice(bytes).map_err(|_| NotChecked::NotJson)?;
    let problems = strict_check(&resource);
    for problem in &problems {
        println!("bad   {problem}");
    }
    match problems.len() {
        0 => println!("ok    valid FHIR R4"),
        MOST_PROBLEMS => println!("note  only the first {MOST_PROBLEMS} problems are told"),
        _ => {}
    }
    let knowledge = knowledge(Vec::new())?;
    println!("\nWhat Herald reads:\n{}", as_text(&assess(&knowledge, &evidence, Clock::System.today())));
    Ok(problems.is_empty())
}
