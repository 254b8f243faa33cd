//! `herald assess`: one document in, one assessment out. Exit 2 with one line on standard error for what cannot be read.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::assessment::{Knowledge, as_text, assess};
use crate::cdshooks::{RequestError, parse_any_request};
use crate::fhir::{self, DocumentError, Source};
use crate::json::{self, Malformed};
use crate::rules::{self, RulesError};

use super::cli::Format;

/// Why a document is not assessed.
#[derive(Debug, thiserror::Error)]
enum AssessError {
    #[error("the file cannot be read")]
    Input(#[source] io::Error),
    #[error("the answer cannot be written")]
    Output(#[source] io::Error),
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("{0}")]
    Document(#[from] DocumentError),
    #[error("{0}")]
    Request(#[from] RequestError),
    #[error("the document holds results of several patients: choose one with --patient ({})", .0.join(", "))]
    SeveralPatients(Vec<String>),
    #[error("the rule files are not valid")]
    Rules(#[from] RulesError),
}
