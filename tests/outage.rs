//! PostgreSQL is killed, stopped, slow, or not there at all while decisions are being written.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use herald::embedded::{self, Cluster, Revived};
use herald::record::{
    DatabaseState, Limits, Recorded, Recorder, RecorderHealth, Recorders, Spool, SpoolState, WhenFull,
};
use herald::store::{FeedbackEvent, FeedbackOutcome, OverrideReason, Store, StoreOptions};
use rustix::process::{Pid, Signal, kill_process};
use support::{Database, ROOMY, children, data_dir, decision, end_with_this_process};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_millis(450);

/// A cluster of its own, in which the decision `before` lies.
async fn with_one_decision() -> (TempDir, Cluster, Database, Recorder) {
    let directory = data_dir();
    let cluster = embedded::start(directory.path()).await.unwrap();
    end_with_this_process(cluster.pid(), directory.path());
    let database = Database::at(&cluster.url()).await;
    let recorder = database.recorder();
    assert_eq!(recorder.record(decision("before", 1), Instant::now() + DEADLINE).await, Recorded::Durable);
    (directory, cluster, database, recorder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_decision_is_kept_and_found_once_when_postgres_is_killed_while_writing() {
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
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    recorder.drain().await;
    let found: HashMap<String, usize> = database.texts("SELECT hook_instance FROM decision").await.into_iter().fold(
        HashMap::new(),
        |mut found, key| {
            *found.entry(key).or_default() += 1;
            found
        },
    );
    assert!(found.values().all(|times| *times == 1), "a decision is stored twice");
    let unrecorded = answers.values().filter(|answer| **answer == Recorded::Unrecorded).count();
    assert_eq!(unrecorded, 0, "of {}", answers.len());
    let lost: Vec<&String> = answers.keys().filter(|key| !found.contains_key(*key)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged decisions are lost", lost.len(), answers.len());
    let health = recorder.health();
    assert!(health.spooled > 0 && health.replayed_rows > 0 && health.outages >= 2, "{health:?}");
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_postgres_makes_nobody_wait_beyond_the_deadline_and_after_the_first_nobody_at_all() {
    let (_directory, cluster, database, recorder) = with_one_decision().await;
    stop_all(&cluster, Signal::STOP);
    let (answer, took) = timed(&recorder, "during").await;
    assert_eq!(answer, Recorded::Spooled);
    assert!(took <= DEADLINE, "{took:?}");
    assert_eq!(recorder.health().database, DatabaseState::Away);
    let (answer, took) = timed(&recorder, "open breaker").await;
    assert_eq!(answer, Recorded::Spooled);
    assert!(took < Duration::from_millis(50), "{took:?}");
    stop_all(&cluster, Signal::CONT);
    wait_for_database(&recorder, DatabaseState::Up).await;
    // What was given up may have been carried out later by the server: then its own id holds the key.
    let again = recorder.record(decision("after", 1), Instant::now() + DEADLINE).await;
    assert_eq!(again, Recorded::Durable);
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 4, "each of them once");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn while_decisions_wait_too_long_for_a_slow_postgres_new_ones_are_turned_away_and_taken_again_afterwards() {
    let database = Database::fresh().await;
    database
        .run(
            "CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END'; \
             CREATE TRIGGER slow AFTER INSERT ON decision FOR EACH STATEMENT EXECUTE FUNCTION take_time()",
        )
        .await;
    let recorder = database.recorder();
    // Fewer than the queue holds. A machine so busy that a commit is given up finds no long wait, but an outage: once more.
    let turned_away_in_round = async |round: usize| {
        wait_for_database(&recorder, DatabaseState::Up).await;
        let waiting: Vec<_> = (0..1_500)
            .map(|n| {
                let recorder = recorder.clone();
                let one = decision(&format!("waiting-{round}-{n}"), 1);
                tokio::spawn(async move { recorder.record(one, Instant::now() + Duration::from_secs(10)).await })
            })
            .collect();
        let mut turned_away = false;
        while !waiting.iter().all(tokio::task::JoinHandle::is_finished) {
            turned_away |= !recorder.has_room() && recorder.health().queue_depth > 0;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        for one in waiting {
            assert!(matches!(one.await.unwrap(), Recorded::Durable | Recorded::Spooled), "who was let in is served");
        }
        turned_away
    };
    let mut rounds = 0;
    while !turned_away_in_round(rounds).await {
        rounds += 1;
        assert!(rounds < 10, "nobody was turned away");
    }
    assert!(recorder.has_room(), "nothing waits any more");
    recorder.drain().await;
}

/// A store that reaches nothing until it is moved.
fn nowhere() -> Store {
    Store::new(StoreOptions::from_url("postgres://herald@localhost/herald?host=%2Fnonexistent").unwrap())
}

fn is_empty(health: &RecorderHealth) -> bool {
    health.spool_segments == 0 && health.spool_bytes == 0
}

#[tokio::test]
async fn without_any_database_every_answer_is_quick_and_lies_in_the_spool() {
    let directory = data_dir();
    let recorder = Recorder::start(nowhere(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    for n in 0..3 {
        let (answer, took) = timed(&recorder, &format!("alone-{n}")).await;
        assert_eq!(answer, Recorded::Spooled);
        assert!(took < Duration::from_millis(450), "{took:?}");
    }
    let health = recorder.health();
    assert_eq!((health.spooled, health.unrecorded, health.spool_segments), (3, 0, 1));
    recorder.drain().await;
}

#[test]
fn after_an_outage_a_writer_commits_also_while_the_thread_of_the_keeper_stands_still() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (directory, keepers) = (data_dir(), runtime());
    let store = keepers.block_on(async { nowhere() });
    let recorders = Recorders::new(store.clone(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    keepers.spawn(recorders.keep());
    let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let (tell, told) = std::sync::mpsc::channel();
    let of_writer = recorders.clone();
    let writer = std::thread::spawn(move || {
        runtime().block_on(async {
            let recorder = of_writer.start();
            while let Some(instance) = asked.recv().await {
                let answer = recorder.record(decision(instance, 1), Instant::now() + DEADLINE).await;
                tell.send(answer).unwrap();
            }
            of_writer.drain().await;
        });
    });
    ask.send("while it is away").unwrap();
    assert_eq!(told.recv().unwrap(), Recorded::Spooled);
    keepers.block_on(async {
        store.move_to(StoreOptions::from_url(&Database::fresh().await.url).unwrap());
        wait(|| is_empty(&recorders.health()), "the spool is not replayed").await;
    });
    // From here on nobody turns the event loop of the keeper.
    ask.send("when it is back").unwrap();
    assert_eq!(told.recv().unwrap(), Recorded::Durable);
    drop(ask);
    writer.join().unwrap();
}

#[tokio::test]
async fn a_repeated_request_gets_its_reply_out_of_the_spool_and_both_are_one_decision_afterwards() {
    let (directory, store) = (data_dir(), nowhere());
    let recorder = Recorder::start(store.clone(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    let first = decision("again", 1);
    assert_eq!(recorder.record(first.clone(), Instant::now() + DEADLINE).await, Recorded::Spooled);
    let mut repeat = decision("again", 1);
    repeat.reply = "a reply made on another day".into();
    let answer = recorder.record(repeat, Instant::now() + DEADLINE).await;
    assert_eq!(answer, Recorded::ReplayedFromSpool(first.reply.clone()));
    let other = decision("again", 2);
    assert_eq!(recorder.record(other, Instant::now() + DEADLINE).await, Recorded::Spooled, "other content");
    let database = Database::fresh().await;
    store.move_to(StoreOptions::from_url(&database.url).unwrap());
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
    assert_eq!(database.number("SELECT count(*) FROM decision_conflict").await, 1, "it was shown, so it is kept");
    let mut repeat = decision("again", 1);
    repeat.reply = "a reply made on another day".into();
    let answer = recorder.record(repeat, Instant::now() + DEADLINE).await;
    assert_eq!(answer, Recorded::Replayed(first.reply));
    recorder.drain().await;
}

#[tokio::test]
async fn feedback_given_while_the_database_is_away_is_kept_and_matched_later() {
    let (directory, store) = (data_dir(), nowhere());
    let recorder = Recorder::start(store.clone(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    assert_eq!(recorder.record(decision("shown", 1), Instant::now() + DEADLINE).await, Recorded::Spooled);
    let event = FeedbackEvent {
        tenant: "local".into(),
        service: "her2-chart-review".into(),
        card: support::card_of("shown").to_string(),
        outcome: FeedbackOutcome::Accepted,
        suggestions: vec!["0".to_owned()],
        outcome_at: "2026-11-24T10:00:00Z".parse().unwrap(),
        received_at: "2026-11-24T10:00:01Z".parse().unwrap(),
        reason: OverrideReason::default(),
        comment: Some("as discussed".to_owned()),
    };
    let mut unusable = event.clone();
    unusable.card = "nul-\0".to_owned();
    for _ in 0..2 {
        let stored = recorder.feedback(vec![event.clone(), unusable.clone()]).await.unwrap();
        assert_eq!((stored.spooled, stored.stored, stored.unusable), (1, 0, 1));
    }
    let database = Database::fresh().await;
    store.move_to(StoreOptions::from_url(&database.url).unwrap());
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    let standing = "SELECT outcome || ' ' || standing FROM feedback_standing";
    assert_eq!(database.texts(standing).await, ["accepted matched"]);
    assert_eq!(database.texts("SELECT comment FROM feedback_comment").await, ["as discussed"]);
    recorder.drain().await;
}

#[tokio::test]
async fn a_row_that_can_never_be_stored_does_not_keep_the_spool_from_being_replayed() {
    let (directory, store) = (data_dir(), nowhere());
    let recorder = Recorder::start(store.clone(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    let spooled: Vec<_> = (0..256)
        .map(|n| {
            let decision = decision(&if n == 77 { "nul-\0".to_owned() } else { format!("good-{n}") }, 1);
            let recorder = recorder.clone();
            tokio::spawn(async move { recorder.record(decision, Instant::now() + DEADLINE).await })
        })
        .collect();
    for answer in spooled {
        assert_eq!(answer.await.unwrap(), Recorded::Spooled);
    }
    let database = Database::fresh().await;
    store.move_to(StoreOptions::from_url(&database.url).unwrap());
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 255);
    assert_eq!(recorder.health().poison, 1);
    let kept = files(&directory.path().join("poison"));
    assert!(kept.len() == 1 && kept[0].contains("-22"), "{kept:?}");
    recorder.drain().await;
}

#[tokio::test]
async fn a_database_that_does_not_know_the_packing_yet_is_an_outage_and_no_row_is_called_poison() {
    let database = Database::fresh().await;
    database.run("ALTER TABLE decision DROP CONSTRAINT decision_packing").await;
    database.run("ALTER TABLE decision ADD CONSTRAINT decision_packing CHECK (packing <> 5)").await;
    let recorder = database.recorder();
    for key in ["live", "while it is away"] {
        let answer = recorder.record(decision(key, 1), Instant::now() + DEADLINE).await;
        assert_eq!(answer, Recorded::Spooled, "{key}");
    }
    // the replay tries more than once
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((recorder.health().poison, recorder.health().replayed_rows), (0, 0));
    database.run("ALTER TABLE decision DROP CONSTRAINT decision_packing").await;
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 2);
    recorder.drain().await;
}

/// Whether the database is called away at every look for so long, while decisions come or not.
async fn stays_away(recorder: &Recorder, decisions: bool, long: Duration) -> usize {
    let (began, mut spooled) = (Instant::now(), 0);
    while began.elapsed() < long {
        if decisions {
            let answer =
                recorder.record(decision(&format!("{:?}", began.elapsed()), 1), Instant::now() + DEADLINE).await;
            assert_eq!(answer, Recorded::Spooled);
            spooled += 1;
        }
        assert_eq!(recorder.health().database, DatabaseState::Away, "after {:?}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    spooled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_database_is_one_outage_from_its_first_refusal_until_it_takes_decisions_again() {
    let (_directory, cluster, database, recorder) = with_one_decision().await;
    database.run("ALTER SYSTEM SET default_transaction_read_only = on").await;
    database.run("SELECT pg_reload_conf()").await;
    wait_for_database(&recorder, DatabaseState::Away).await;
    let spooled = stays_away(&recorder, true, Duration::from_secs(4)).await;
    stays_away(&recorder, false, Duration::from_secs(4)).await;
    assert_eq!(recorder.health().outages, 1);
    database.run("ALTER SYSTEM RESET default_transaction_read_only").await;
    database.run("SELECT pg_reload_conf()").await;
    wait_for_database(&recorder, DatabaseState::Up).await;
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1 + i64::try_from(spooled).unwrap());
    assert_eq!(recorder.health().outages, 1);
    recorder.drain().await;
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_database_without_the_grants_is_found_away_although_nobody_asks_and_comes_back_with_them() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    wait_for_database(&recorder, DatabaseState::Up).await;
    database.run("REVOKE INSERT ON decision FROM herald_writer").await;
    wait_for_database(&recorder, DatabaseState::Away).await;
    let spooled = stays_away(&recorder, true, Duration::from_secs(3)).await;
    assert_eq!((recorder.health().outages, recorder.health().poison), (1, 0));
    database.run("GRANT INSERT ON decision TO herald_writer").await;
    wait_for_database(&recorder, DatabaseState::Up).await;
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, i64::try_from(spooled).unwrap());
    assert_eq!(database.number("SELECT count(*) FROM decision_key WHERE service_id = 'rehearsal'").await, 0);
    recorder.drain().await;
}

#[tokio::test]
async fn a_decision_that_took_longer_than_its_deadline_is_not_called_unrecorded_while_it_is_stored() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let long_ago = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
    assert_eq!(recorder.record(decision("late", 1), long_ago).await, Recorded::Durable);
    assert_eq!((recorder.health().durable, recorder.health().unrecorded), (1, 0));
    recorder.drain().await;
    let directory = data_dir();
    let recorder = Recorder::start(nowhere(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    assert_eq!(recorder.record(decision("late", 1), long_ago).await, Recorded::Spooled);
    recorder.drain().await;
}

#[tokio::test]
async fn a_full_spool_is_said_in_every_reply_and_refuses_where_the_site_wants_it() {
    for (when_full, beyond, counted) in
        [(WhenFull::Serve, Recorded::Unrecorded, (1, 0)), (WhenFull::Refuse, Recorded::Refused, (0, 1))]
    {
        let directory = data_dir();
        let spool = Spool::open(directory.path(), Limits { bytes: 5_000, when_full }).unwrap();
        let recorder = Recorder::start(nowhere(), spool).unwrap();
        let mut answers = Vec::new();
        for n in 0..40 {
            answers.push(recorder.record(decision(&format!("fill-{n}"), 1), Instant::now() + DEADLINE).await);
        }
        let spooled = answers.iter().filter(|answer| **answer == Recorded::Spooled).count();
        assert!(spooled >= 3, "{spooled} were spooled");
        assert!(answers[spooled..].iter().all(|answer| *answer == beyond), "{answers:?}");
        let health = recorder.health();
        assert_eq!(health.spool, SpoolState::Full);
        let left = 40 - spooled as u64;
        let said = (health.unrecorded, health.refused);
        assert_eq!(said, (counted.0 * left, counted.1 * left), "a refusal shows no card that nothing holds");
        assert!(health.spool_bytes <= 4_500, "{health:?}");
        recorder.drain().await;
    }
}

#[tokio::test]
async fn a_damaged_spool_gives_back_every_decision_but_the_damaged_one_and_is_kept_aside() {
    let directory = data_dir();
    let recorder = Recorder::start(nowhere(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    for n in 0..10 {
        let answer = recorder.record(decision(&format!("row-{n}"), 1), Instant::now() + DEADLINE).await;
        assert_eq!(answer, Recorded::Spooled);
    }
    recorder.drain().await;
    let segment = directory.path().join("spool").join("0000000000000001.segment");
    let mut bytes = std::fs::read(&segment).unwrap();
    assert!(!bytes.windows(10).any(|window| window == b"her2-chart"), "nothing lies there in clear");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&segment, bytes).unwrap();
    let database = Database::fresh().await;
    let spool = Spool::open(directory.path(), ROOMY).unwrap();
    let recorder = Recorder::start(database.store.clone(), spool).unwrap();
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 9);
    assert!(recorder.health().damaged > 0);
    let kept = files(&directory.path().join("poison"));
    assert!(kept.len() == 1 && kept[0].starts_with("damaged-1-"), "{kept:?}");
    recorder.drain().await;
}

#[tokio::test]
async fn a_frame_that_is_cut_at_the_end_may_have_been_acknowledged_so_it_is_kept_and_the_rest_is_replayed() {
    let directory = data_dir();
    let recorder = Recorder::start(nowhere(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    for n in 0..4 {
        recorder.record(decision(&format!("row-{n}"), 1), Instant::now() + DEADLINE).await;
    }
    recorder.drain().await;
    let segment = directory.path().join("spool").join("0000000000000001.segment");
    let bytes = std::fs::read(&segment).unwrap();
    let mut torn = bytes[..bytes.len() - 9].to_vec();
    torn.resize(bytes.len() + 4_096, 0);
    std::fs::write(&segment, torn).unwrap();
    let database = Database::fresh().await;
    let spool = Spool::open(directory.path(), ROOMY).unwrap();
    let recorder = Recorder::start(database.store.clone(), spool).unwrap();
    wait(|| is_empty(&recorder.health()), "the spool is not replayed").await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 3);
    assert_eq!(recorder.health().damaged, 1);
    assert_eq!(files(&directory.path().join("poison")).len(), 1);
    recorder.drain().await;
}

fn files(directory: &std::path::Path) -> Vec<String> {
    let found = std::fs::read_dir(directory).unwrap();
    found.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect()
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
        let mut answer = recorder.record(decision(&key, 1), Instant::now() + DEADLINE).await;
        // Some EHRs send the same request again.
        if n % 20 == 0 {
            answer = recorder.record(decision(&key, 1), Instant::now() + DEADLINE).await;
        }
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
