//! The configuration file as it stands on disk.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::fault::Fault;
use super::transport::TlsFiles;
use super::watching::TracesFile;

/// Every setting that the file may hold. A name that is not here is a fault.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    pub(super) behind_proxy: Option<bool>,
    pub(super) tls: Option<TlsFiles>,
    pub(super) cors: Option<Cors>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) pseudonym_key_file: Option<PathBuf>,
    pub(super) sealing_key_file: Option<PathBuf>,
    pub(super) public_base: Option<String>,
    pub(super) discovery_versions: Option<bool>,
    pub(super) quiet_days: Option<u16>,
    pub(super) allow_unsigned_rules: Option<bool>,
    pub(super) spool_bytes: Option<u64>,
    pub(super) when_spool_full: Option<String>,
    pub(super) metrics_listen: Option<String>,
    pub(super) traces: Option<TracesFile>,
    pub(super) stop_wait_seconds: Option<u64>,
    pub(super) client: Option<Vec<toml::Table>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Cors {
    pub(super) origins: Vec<String>,
}

pub(super) fn read(path: &Path) -> Result<File, Fault> {
    let text = std::fs::read_to_string(path).map_err(|source| Fault::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| Fault::Syntax { path: path.to_owned(), message: in_one_line(&error, &text) })
}

/// toml draws the place over several lines; the start says it in one. The line itself may hold a secret and is not shown.
fn in_one_line(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
    format!("line {line}: {}", error.message().replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANUAL: &str = include_str!("../../docs/configuration.md");

    /// The names that a refusal of an unknown key lists.
    fn known(refusal: &str) -> Vec<String> {
        let (_, listed) = refusal.split_once("expected").unwrap();
        listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn every_key_of_the_file_and_of_its_tables_stands_in_the_manual() {
        let refused = |text: &str| toml::from_str::<File>(text).err().unwrap().message().to_owned();
        for (of, text) in
            [("", "x = 1"), ("tls.", "[tls]\nx = 1"), ("cors.", "[cors]\nx = 1"), ("traces.", "[traces]\nx = 1")]
        {
            for key in known(&refused(text)) {
                let is_told = MANUAL.contains(&format!("`{of}{key}`")) || MANUAL.contains(&format!("| `{key}."));
                assert!(is_told, "docs/configuration.md does not tell {of}{key}");
            }
        }
    }

    #[test]
    fn every_key_of_a_client_stands_in_the_manual() {
        let of_clients = MANUAL.split_once("### [[client]]").unwrap().1;
        let (_, faults) = super::super::client_entry::registrations(vec!["x = 1".parse().unwrap()], Path::new(""));
        let keys = known(&faults[0].1.to_string());
        assert!(keys.len() > 20, "{keys:?}");
        for key in keys {
            assert!(of_clients.contains(&format!("`{key}`")), "docs/configuration.md does not tell {key}");
        }
    }
}
