//! Keeps replies for the judgement of an engine that is not ours: `make test-conformance` evaluates the invariants of HL7
//! on every one of them. Nothing is kept unless `HERALD_KEEP_REPLIES` names a folder.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

/// Keeps a reply, each content once.
pub fn keep(reply: &[u8]) {
    if let Some(folder) = std::env::var_os("HERALD_KEEP_REPLIES").map(PathBuf::from) {
        let digest = Sha256::digest(reply);
        let name: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(folder.join(format!("{name}.json")), reply).unwrap();
    }
}
