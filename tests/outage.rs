//! PostgreSQL is killed, or stopped, while decisions are being written.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use herald::embedded::{self, Cluster, Revived};
use herald::record::{DatabaseState, Recorded, Recorder};
use rustix::process::{Pid, Signal, kill_process};
use support::{Database, data_dir, decision, end_with_this_process};

const DEADLINE: Duration = Duration::from_millis(450);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_called_durable_is_lost_when_postgres_is_killed_while_writing() {
    let directory = data_dir();
    let mut cluster = embedded::start(directory.path()).await.unwrap();
    end_with_this_process(cluster.pid(), directory.path());
    let database = Database::at(&cluster.url()).await;
    let recorder = database.recorder();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..16).map(|n| tokio::spawn(client(n, recorder.clone(), Arc::clone(&stop)))).collect();
    for _ in 0..2 {
        wait_for_durable(&recorder).await;
        kill_process(pid(&cluster), Signal::KILL).unwrap();
        wait_for_database(&recorder, DatabaseState::Away).await;
        let found;
        (cluster, found) = cluster.revive().await.unwrap();
        assert_eq!(found, Revived::Restarted);
        end_with_this_process(cluster.pid(), directory.path());
        let back = Instant::now();
        wait_for_database(&recorder, DatabaseState::Up).await;
        assert!(back.elapsed() < Duration::from_secs(2), "durable again after {:?}", back.elapsed());
    }
    wait_for_durable(&recorder).await;
    stop.store(true, Ordering::Relaxed);
    let mut answers: HashMap<String, Recorded> = HashMap::new();
    for client in clients {
        answers.extend(client.await.unwrap());
    }
    recorder.drain().await;
    let found: HashMap<String, usize> = database.texts("SELECT hook_instance FROM decision").await.into_iter().fold(
        HashMap::new(),
        |mut found, key| {
            *found.entry(key).or_default() += 1;
            found
        },
    );
    assert!(found.values().all(|times| *times == 1), "a decision is stored twice");
    let lost: Vec<&String> = answers
        .iter()
        .filter(|(key, answer)| {
            matches!(answer, Recorded::Durable | Recorded::Replayed(_)) && !found.contains_key(*key)
        })
        .map(|(key, _)| key)
        .collect();
    assert!(lost.is_empty(), "{} of {} acknowledged decisions are lost", lost.len(), answers.len());
    let health = recorder.health();
    assert!(health.unrecorded > 0 && health.outages >= 2, "{health:?}");
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_postgres_makes_nobody_wait_beyond_the_deadline_and_after_the_first_nobody_at_all() {
    let directory = data_dir();
    let cluster = embedded::start(directory.path()).await.unwrap();
    end_with_this_process(cluster.pid(), directory.path());
    let database = Database::at(&cluster.url()).await;
    let recorder = database.recorder();
    assert_eq!(recorder.record(decision("before", 1), Instant::now() + DEADLINE).await, Recorded::Durable);
    stop_all(&cluster, Signal::STOP);
    let (answer, took) = timed(&recorder, "during").await;
    assert_eq!(answer, Recorded::Unrecorded);
    assert!(took <= DEADLINE, "{took:?}");
    assert_eq!(recorder.health().database, DatabaseState::Away);
    let (answer, took) = timed(&recorder, "open breaker").await;
    assert_eq!(answer, Recorded::Unrecorded);
    assert!(took < Duration::from_millis(50), "{took:?}");
    stop_all(&cluster, Signal::CONT);
    wait_for_database(&recorder, DatabaseState::Up).await;
    // What was given up may have been carried out later by the server: then its own id holds the key.
    let again = recorder.record(decision("after", 1), Instant::now() + DEADLINE).await;
    assert_eq!(again, Recorded::Durable);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn without_any_database_every_answer_is_quick_and_honest() {
    let options =
        herald::store::StoreOptions::from_url("postgres://herald@localhost/herald?host=%2Fnonexistent").unwrap();
    let recorder = Recorder::start(herald::store::Store::new(options));
    for n in 0..3 {
        let (answer, took) = timed(&recorder, &format!("alone-{n}")).await;
        assert_eq!(answer, Recorded::Unrecorded);
        assert!(took < Duration::from_millis(300), "{took:?}");
    }
    assert_eq!(recorder.health().unrecorded, 3);
    recorder.drain().await;
}

async fn client(number: usize, recorder: Recorder, stop: Arc<AtomicBool>) -> Vec<(String, Recorded)> {
    let mut answers = Vec::new();
    // Clients that come back at once, however quick the answer, would leave no processor to the database.
    let mut pace = tokio::time::interval(Duration::from_millis(4));
    for n in 0.. {
        pace.tick().await;
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let key = format!("client-{number}-{n}");
        let answer = recorder.record(decision(&key, 1), Instant::now() + DEADLINE).await;
        // An EHR that heard nothing certain tries again with the same request.
        let answer = match answer {
            Recorded::Unrecorded if n % 3 == 0 => recorder.record(decision(&key, 1), Instant::now() + DEADLINE).await,
            answer => answer,
        };
        answers.push((key, answer));
    }
    answers
}

async fn timed(recorder: &Recorder, key: &str) -> (Recorded, Duration) {
    let began = Instant::now();
    (recorder.record(decision(key, 1), began + DEADLINE).await, began.elapsed())
}

async fn wait_for_durable(recorder: &Recorder) {
    let before = recorder.health().durable;
    wait(|| recorder.health().durable > before + 200, "no decision becomes durable").await;
}

async fn wait_for_database(recorder: &Recorder, state: DatabaseState) {
    wait(|| recorder.health().database == state, &format!("the database does not become {state:?}")).await;
}

async fn wait(arrived: impl Fn() -> bool, otherwise: &str) {
    let give_up = Instant::now() + Duration::from_secs(20);
    while !arrived() {
        assert!(Instant::now() < give_up, "{otherwise}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn pid(cluster: &Cluster) -> Pid {
    Pid::from_raw(cluster.pid()).unwrap()
}

/// The server and its backends: a stopped machine.
fn stop_all(cluster: &Cluster, signal: Signal) {
    let children = children(cluster.pid());
    kill_process(pid(cluster), signal).unwrap();
    for child in children {
        let _ = kill_process(Pid::from_raw(child).unwrap(), signal);
    }
}

/// From `/proc`, since a minimal system has no `ps`; from `ps` where there is no `/proc`.
fn children(parent: i32) -> Vec<i32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        let ps = std::process::Command::new("ps").args(["-o", "pid=", "--ppid", &parent.to_string()]).output().unwrap();
        return String::from_utf8(ps.stdout).unwrap().split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    };
    let numbered = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    numbered.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

/// The second field behind the name in brackets.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
