//! `herald assess`: one document in, one assessment out. Exit 2 with one line on standard error for what cannot be read.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::assessment::{as_text, assess};
use crate::cdshooks::{RequestError, called_service, parse_request};
use crate::clock::Clock;
use crate::domain::evidence::Evidence;
use crate::fhir::{self, DocumentError};
use crate::http::evidence_of;
use crate::json::Document;
use crate::rules::RulesError;

use super::cli::Format;
use super::knowledge::knowledge;

/// Why a document is not assessed.
#[derive(Debug, thiserror::Error)]
enum AssessError {
    #[error("the input cannot be read: {0}")]
    Input(#[source] io::Error),
    #[error("the answer cannot be written: {0}")]
    Output(#[source] io::Error),
    #[error("{0}")]
    Document(#[from] DocumentError),
    #[error("{0}")]
    Request(#[from] RequestError),
    #[error("the document holds results of several patients: choose one with --patient")]
    SeveralPatients,
    #[error("the rule files are not valid: {0}")]
    Rules(#[from] RulesError),
}

/// Reads `file` (`-` or none: standard input), assesses it and prints the answer in `format`.
pub(super) fn run(file: Option<&Path>, patient: Option<&str>, format: Format) -> ExitCode {
    match answer(file, patient, format) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("herald assess: {error}");
            ExitCode::from(2)
        }
    }
}

fn answer(file: Option<&Path>, patient: Option<&str>, format: Format) -> Result<(), AssessError> {
    let bytes = read(file).map_err(AssessError::Input)?;
    let documents = fhir::read_documents(&bytes)?;
    let evidence = evidence(&documents, patient)?;
    let knowledge = knowledge(Vec::new())?;
    let assessment = assess(&knowledge, &evidence, Clock::System.today());
    let mut output = io::stdout().lock();
    match format {
        Format::Json => serde_json::to_writer_pretty(&mut output, &assessment)
            .map_err(|error| AssessError::Output(error.into()))
            .and_then(|()| writeln!(output).map_err(AssessError::Output)),
        Format::Text => output.write_all(as_text(&assessment).as_bytes()).map_err(AssessError::Output),
    }
}

pub(super) fn read(file: Option<&Path>) -> io::Result<Vec<u8>> {
    match file {
        Some(path) if path != Path::new("-") => std::fs::read(path),
        _ => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

fn evidence(documents: &[Document<'_>], patient: Option<&str>) -> Result<Evidence, AssessError> {
    if let [document] = documents
        && let Some(service) = called_service(document)
    {
        let request = parse_request(document, service)?;
        return Ok(evidence_of(&request, patient.unwrap_or(request.context.patient.as_str())));
    }
    let sources = fhir::sources(documents)?;
    if patient.is_none() && fhir::patients(sources.iter().copied()).len() > 1 {
        return Err(AssessError::SeveralPatients);
    }
    Ok(fhir::extract(sources, patient))
}
