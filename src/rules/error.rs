//! What can be wrong with rule files. Every message names the file and says what to change.

use std::path::{Path, PathBuf};

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
    /// A file of the folder cannot be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// Files of several folders were to be signed at once.
    #[error("{} lies in another folder; sign one folder at a time", .0.display())]
    SeveralFolders(PathBuf),
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
    /// Name of the file; empty where a fault is of all files together.
    pub file: String,
    /// Line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and with which row or cell.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

impl RulesError {
    /// The same with the path of each file, as an editor opens it. What no file says is told of the folder.
    #[must_use]
    pub fn in_folder(self, folder: &Path) -> Self {
        let path = |file: &str| if file.is_empty() { folder.to_owned() } else { folder.join(file) };
        match self {
            Self::Faults(faults) => {
                let placed = |fault: Fault| Fault { file: path(&fault.file).display().to_string(), ..fault };
                Self::Faults(faults.into_iter().map(placed).collect())
            }
            other => other,
        }
    }
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
