//! What can be wrong with rule files. Every message names the file and says what to change.

use std::path::PathBuf;

/// The rule files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A file or directory cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The output cannot be written.
    #[error("cannot write the result")]
    Output(#[source] std::io::Error),
    /// At least one rule is wrong; all faults are named at once.
    #[error("{}", list(.0))]
    Faults(Vec<Fault>),
}

/// One fault of one rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the file.
    pub file: String,
    /// Line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and with which row or cell.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
