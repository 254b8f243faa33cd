//! The private PostgreSQL: made, started, found again, started after a crash, stopped.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use herald::embedded::{self, EmbeddedError, Revived};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection, Row};
use support::{data_dir, end_with_this_process};

#[tokio::test]
async fn a_second_start_is_quick_and_finds_what_the_first_one_stored() {
    let directory = data_dir();
    let first = started(directory.path()).await;
    ask(&first.url(), "CREATE TABLE kept AS SELECT 7 AS seven").await;
    first.stop().await.unwrap();
    let began = Instant::now();
    let second = started(directory.path()).await;
    let took = began.elapsed();
    assert_eq!(number(&second.url(), "SELECT seven::int8 FROM kept").await, 7);
    assert!(took < Duration::from_secs(2), "the second start took {took:?}");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_is_durable_reachable_by_its_socket_alone_and_silent_about_rows() {
    let directory = data_dir();
    let cluster = started(directory.path()).await;
    let mut connection = PgConnection::connect(&cluster.url()).await.unwrap();
    for (setting, expected) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("wal_segment_size", "2MB"),
        ("wal_buffers", "4MB"),
        ("min_wal_size", "80MB"),
        ("listen_addresses", ""),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
        ("server_encoding", "UTF8"),
    ] {
        let row = sqlx::query("SELECT current_setting($1)").bind(setting).fetch_one(&mut connection).await.unwrap();
        assert_eq!(row.get::<String, _>(0), expected, "{setting}");
    }
    drop(connection);
    assert_eq!(std::fs::metadata(cluster.directory()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(directory.path().join("run")).unwrap().mode() & 0o777, 0o700);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_was_killed_is_started_again_with_its_data() {
    let directory = data_dir();
    let cluster = started(directory.path()).await;
    ask(&cluster.url(), "CREATE TABLE kept AS SELECT 7 AS seven").await;
    kill_process(Pid::from_raw(cluster.pid()).unwrap(), Signal::KILL).unwrap();
    drop(cluster);
    let again = started(directory.path()).await;
    assert_eq!(number(&again.url(), "SELECT seven::int8 FROM kept").await, 7);
    kill_process(Pid::from_raw(again.pid()).unwrap(), Signal::KILL).unwrap();
    let (again, found) = revived_after_its_death(again).await;
    assert_eq!(found, Revived::Restarted);
    end_with_this_process(again.pid(), directory.path());
    assert_eq!(number(&again.url(), "SELECT seven::int8 FROM kept").await, 7);
    again.stop().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_was_killed_is_started_again_once_the_last_of_its_processes_has_gone() {
    let directory = data_dir();
    let cluster = started(directory.path()).await;
    ask(&cluster.url(), "CREATE TABLE kept AS SELECT 7 AS seven").await;
    let straggler = child_of(cluster.pid());
    kill_process(straggler, Signal::STOP).unwrap();
    kill_process(Pid::from_raw(cluster.pid()).unwrap(), Signal::KILL).unwrap();
    let reviving = tokio::spawn(revived_after_its_death(cluster));
    let log = directory.path().join("postgres.log");
    let give_up = Instant::now() + Duration::from_secs(60);
    while !std::fs::read_to_string(&log).unwrap().contains("shared memory block") {
        assert!(Instant::now() < give_up, "nothing was in its way");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    kill_process(straggler, Signal::CONT).unwrap();
    let (again, found) = reviving.await.unwrap();
    assert_eq!(found, Revived::Restarted);
    end_with_this_process(again.pid(), directory.path());
    assert_eq!(number(&again.url(), "SELECT seven::int8 FROM kept").await, 7);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_outlived_its_service_is_taken_over() {
    let directory = data_dir();
    let first = started(directory.path()).await;
    let pid = first.pid();
    drop(first);
    let second = embedded::start(directory.path()).await.unwrap();
    assert_eq!(second.pid(), pid);
    let (second, found) = second.revive().await.unwrap();
    assert_eq!(found, Revived::WasRunning);
    assert_eq!(number(&second.url(), "SELECT 1::int8").await, 1);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_whose_number_belongs_to_somebody_else_does_not_prevent_the_start() {
    let directory = data_dir();
    let cluster = started(directory.path()).await;
    let pid_file = cluster.directory().join("postmaster.pid");
    let text = std::fs::read_to_string(&pid_file).unwrap().replacen(&cluster.pid().to_string(), "1", 1);
    cluster.stop().await.unwrap();
    std::fs::write(&pid_file, text).unwrap();
    started(directory.path()).await.stop().await.unwrap();
}

#[tokio::test]
async fn two_services_never_share_a_data_directory() {
    let directory = data_dir();
    let cluster = started(directory.path()).await;
    let second = embedded::start(directory.path()).await;
    assert!(matches!(second, Err(EmbeddedError::InUse(_))));
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_deep_data_directory_gets_a_short_path_for_its_socket() {
    let directory = data_dir();
    let deep = directory.path().join("a-rather-long-name-of-a-directory/".repeat(4));
    std::fs::create_dir_all(&deep).unwrap();
    open_all(directory.path(), &deep);
    let cluster = started(&deep).await;
    assert_eq!(number(&cluster.url(), "SELECT 1::int8").await, 1);
    assert!(cluster.directory().starts_with(directory.path().canonicalize().unwrap()));
    let sockets = socket_directory(cluster.directory());
    assert!(sockets.as_os_str().len() < 90, "{sockets:?}");
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(sockets).unwrap();
}

#[tokio::test]
async fn a_data_directory_that_postgres_cannot_reach_puts_the_cluster_elsewhere() {
    let directory = data_dir();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let cluster = started(directory.path()).await;
    assert_eq!(number(&cluster.url(), "SELECT 1::int8").await, 1);
    let inside = cluster.directory().starts_with(directory.path().canonicalize().unwrap());
    let elsewhere = cluster.directory().parent().unwrap().to_owned();
    cluster.stop().await.unwrap();
    if rustix::process::geteuid().is_root() {
        assert!(!inside, "another user runs the server and cannot enter a directory of mode 0700");
        std::fs::remove_dir_all(elsewhere).unwrap();
    } else {
        assert!(inside, "our own directory can be reached by ourselves");
    }
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_refused_with_both_versions_named() {
    let directory = data_dir();
    let cluster = started(directory.path()).await;
    let version = cluster.directory().join("PG_VERSION");
    cluster.stop().await.unwrap();
    std::fs::write(version, "9\n").unwrap();
    let refused = embedded::start(directory.path()).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::WrongVersion { .. }));
    assert!(refused.to_string().contains("PostgreSQL 9"), "{refused}");
}

async fn started(directory: &Path) -> embedded::Cluster {
    let cluster = embedded::start(directory).await.unwrap();
    end_with_this_process(cluster.pid(), directory);
    cluster
}

/// One process of this server, which holds on to its shared memory.
#[cfg(target_os = "linux")]
fn child_of(server: i32) -> Pid {
    let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap();
    Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap()
}

async fn revived_after_its_death(mut cluster: embedded::Cluster) -> (embedded::Cluster, Revived) {
    // A signal is carried out a moment after it is sent; until then the server still answers.
    loop {
        let (same, found) = cluster.revive().await.unwrap();
        match found {
            Revived::Restarted => return (same, found),
            Revived::WasRunning => cluster = same,
        }
    }
}

async fn ask(url: &str, sql: &'static str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn number(url: &str, sql: &'static str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query(sql).fetch_one(&mut connection).await.unwrap().get(0)
}

fn socket_directory(cluster: &Path) -> PathBuf {
    let text = std::fs::read_to_string(cluster.join("postmaster.pid")).unwrap();
    PathBuf::from(text.lines().nth(4).unwrap())
}

fn open_all(from: &Path, to: &Path) {
    for directory in to.ancestors().take_while(|ancestor| ancestor.starts_with(from)) {
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o711)).unwrap();
    }
}
