//! A spool that was damaged, renamed, filled or robbed of its key between two starts: what was acknowledged is there or kept
//! aside, and it is said.

use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

use crate::harness::{on_a_runtime, over};
use crate::process::{signal, wait_for_health};
use crate::spool::{NOWHERE, Place, ask, end, found, record_word};
use crate::support::Database;

/// A place whose service was killed with seven decisions that it had acknowledged as spooled.
fn killed_with_seven() -> Place {
    let place = Place::fresh();
    let (child, address) = place.start(NOWHERE, "");
    for n in 1..=7 {
        assert_eq!(record_word(&ask(address, &format!("spooled-{n}"))), Some("spooled"));
    }
    end(child, "-KILL");
    place
}

fn segment(place: &Place) -> PathBuf {
    place.data_dir().join("spool/0000000000000001.segment")
}

/// Bytes of the segment that were written; behind them is reserved space.
fn written(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

fn emptied(address: SocketAddr) -> u64 {
    let give_up = Instant::now() + Duration::from_secs(20);
    loop {
        let spool = over(address, "GET", "/health", &[], b"").json()["record"]["spool"].clone();
        if spool["segments"] == 0 {
            return spool["damaged"].as_u64().unwrap();
        }
        assert!(Instant::now() < give_up, "{spool}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Stops it and returns what it logged.
fn logged(mut child: Child) -> String {
    signal("-TERM", &child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    said
}

/// Starts it with a database; what is found there, how many files were damaged, and what it logged.
fn started_again(place: &Place) -> (usize, u64, String) {
    let url = on_a_runtime(async { Database::fresh().await.url });
    let (child, address) = place.start(&url, "");
    let damaged = emptied(address);
    (found(&url).len(), damaged, logged(child))
}

fn kept(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.data_dir().join("poison")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn decisions_in_a_segment_that_a_restore_gave_another_name_are_all_stored() {
    let place = killed_with_seven();
    std::fs::rename(segment(&place), segment(&place).with_file_name("0000000000000007.segment")).unwrap();
    let (stored, damaged, said) = started_again(&place);
    assert_eq!((stored, damaged), (7, 0), "{said}");
    assert!(said.contains("had another name than their number"), "{said}");
}

#[test]
fn decisions_that_were_acknowledged_and_cannot_be_read_any_more_are_counted_and_their_file_is_kept() {
    for what in ["cut to two thirds", "one bit flipped in the last frame"] {
        let place = killed_with_seven();
        let mut bytes = std::fs::read(segment(&place)).unwrap();
        let end = written(&bytes);
        if what.starts_with("cut") {
            bytes.truncate(end * 2 / 3);
        } else {
            bytes[end - 20] ^= 1;
        }
        std::fs::write(segment(&place), &bytes).unwrap();
        let (stored, damaged, said) = started_again(&place);
        assert!((3..7).contains(&stored) && damaged == 1, "{what}: {stored} {damaged} {said}");
        assert!(said.contains("cannot be read to its end") && !said.contains("never acknowledged;"), "{what}: {said}");
        let kept = kept(&place);
        assert!(kept.len() == 1 && kept[0].starts_with("damaged-1-"), "{what}: {kept:?}");
        assert_eq!(std::fs::read(place.data_dir().join("poison").join(&kept[0])).unwrap(), bytes, "{what}");
    }
}

#[test]
fn a_crash_that_damaged_nothing_is_told_as_no_damage() {
    let place = killed_with_seven();
    let (stored, damaged, said) = started_again(&place);
    assert_eq!((stored, damaged, kept(&place).len()), (7, 0, 0), "{said}");
    assert!(!said.contains("ERROR"), "{said}");
}

#[test]
fn without_its_key_the_spool_is_kept_and_said_and_is_stored_when_the_key_is_back() {
    let place = killed_with_seven();
    let key = place.data_dir().join("keys/spool.key");
    std::fs::rename(&key, place.data_dir().join("keys/spool.key.away")).unwrap();
    let drained = spool(&place.data_dir(), "drain", NOWHERE);
    assert_eq!(drained.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&drained.stderr).contains("keys/spool.key is missing"));
    assert!(!key.exists(), "nothing was made");

    let (child, address) = place.start(NOWHERE, "");
    assert_eq!(record_word(&ask(address, "under the new key")), Some("spooled"), "hooks are answered");
    assert_eq!(over(address, "GET", "/health", &[], b"").json()["record"]["spool"]["damaged"], 1);
    let said = logged(child);
    assert!(said.contains("keys/spool.key is missing and decisions lie in the spool"), "{said}");
    let (stored, damaged, said) = started_again(&place);
    assert_eq!((stored, damaged), (1, 1), "{said}");
    assert!(said.contains("sealed with another key than keys/spool.key"), "{said}");

    std::fs::rename(place.data_dir().join("keys/spool.key.away"), &key).unwrap();
    let (stored, damaged, said) = started_again(&place);
    assert_eq!((stored, damaged), (7, 0), "{said}");
}

fn spool(data_dir: &std::path::Path, what: &str, database: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.args(["spool", what, "--data-dir"]).arg(data_dir);
    command.env("DATABASE_URL", database).env_remove("HERALD_CONFIG").output().unwrap()
}

#[test]
fn a_mistyped_directory_has_no_empty_spool_and_nothing_is_made_there() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    for directory in ["typo", "empty"] {
        for what in ["drain", "release"] {
            let output = spool(&place.path().join(directory), what, NOWHERE);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
            assert!(said.contains("there is no spool in"), "{said}");
        }
    }
    assert!(!place.path().join("typo").exists());
    assert_eq!(std::fs::read_dir(place.path().join("empty")).unwrap().count(), 0);
}

#[test]
fn a_drain_does_not_call_a_damaged_spool_empty() {
    let place = killed_with_seven();
    let mut bytes = std::fs::read(segment(&place)).unwrap();
    let end = written(&bytes);
    bytes[end - 20] ^= 1;
    std::fs::write(segment(&place), &bytes).unwrap();
    let url = on_a_runtime(async { Database::fresh().await.url });
    let output = spool(&place.data_dir(), "drain", &url);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("6 rows stored; 1 files of the spool cannot be read"), "{said}");
    assert_eq!(found(&url).len(), 6);
}

#[test]
fn decisions_that_are_not_recorded_any_more_have_one_line_in_the_log() {
    let place = Place::fresh();
    let (child, address) = place.start(NOWHERE, "spool_bytes = 12000\n");
    let unrecorded = (0..40).filter(|n| record_word(&ask(address, &format!("fill-{n}"))) == Some("unrecorded")).count();
    assert!(unrecorded > 5, "{unrecorded}");
    let said = logged(child);
    assert_eq!(said.matches("DECISIONS ARE NOT RECORDED").count(), 1, "{said}");
    assert!(said.contains("the spool is full. Bring the database back"), "{said}");
}

#[test]
fn a_key_of_the_pseudonyms_that_is_gone_is_not_replaced_without_a_word() {
    let place = Place::fresh();
    let (child, address) = place.start(NOWHERE, "");
    assert_eq!(record_word(&ask(address, "first")), Some("spooled"));
    let said = logged(child);
    assert!(!said.contains("is missing"), "a first start is silent: {said}");
    std::fs::remove_file(place.data_dir().join("pseudonym.key")).unwrap();
    let (child, address) = place.start(NOWHERE, "");
    wait_for_health(address, "degraded");
    let said = logged(child);
    assert!(said.contains("pseudonym.key is missing although this data directory was in use"), "{said}");
    let (child, address) = place.start(NOWHERE, "");
    wait_for_health(address, "degraded");
    assert!(!logged(child).contains("pseudonym.key is missing"), "it is there now");
}
