//! Making a new cluster. It appears under its name only when it is whole.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use super::EmbeddedError;
use super::account::Account;
use super::binaries::Binaries;
use super::place::{Place, make_private};

/// Makes the cluster with the role and database `herald`. An interrupted attempt leaves nothing under the final name.
pub(super) fn make_cluster(place: &Place, account: &Account, binaries: &Binaries) -> Result<(), EmbeddedError> {
    let unfinished = place.cluster.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(EmbeddedError::files("remove", &unfinished))?;
    }
    make_private(&unfinished, account)?;
    let initdb = account
        .command(&binaries.initdb())
        .arg("-D")
        .arg(&unfinished)
        .args(["-U", "herald", "--auth-local=trust", "--auth-host=reject", "-E", "UTF8", "--no-locale"])
        .args(["--data-checksums", "--no-instructions"])
        // A new segment of the log is written full of zeros and flushed, and whoever commits waits for it: 21 to 40 ms for
        // PostgreSQL's 16 MB, on two machines.
        .arg("--wal-segsize=2")
        .stdin(Stdio::null())
        .output()
        .map_err(EmbeddedError::files("run", &binaries.initdb()))?;
    succeeded(&initdb)?;
    make_database(&unfinished, account, binaries)?;
    fs::rename(&unfinished, &place.cluster).map_err(EmbeddedError::files("name", &place.cluster))
}

fn make_database(cluster: &Path, account: &Account, binaries: &Binaries) -> Result<(), EmbeddedError> {
    let postgres = binaries.postgres();
    let mut single = account
        .command(&postgres)
        .args(["--single", "-D"])
        .arg(cluster)
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(EmbeddedError::files("run", &postgres))?;
    if let Some(mut input) = single.stdin.take() {
        input.write_all(b"CREATE DATABASE herald\n").map_err(EmbeddedError::files("talk to", &postgres))?;
    }
    succeeded(&single.wait_with_output().map_err(EmbeddedError::files("run", &postgres))?)
}

fn succeeded(output: &Output) -> Result<(), EmbeddedError> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().rev().find(|line| line.contains("error") || line.contains("FATAL"));
    Err(EmbeddedError::Initdb(reason.or(said.lines().last()).unwrap_or("no reason given").trim().to_owned()))
}
