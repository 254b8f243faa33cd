//! The durable record against a real PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::HashSet;

use herald::record::{Recorded, Recorder, Recorders};
use herald::store::{
    FeedbackEvent, FeedbackOutcome, OverrideReason, Packed, RecordState, SAMPLE_SOURCE, StoreOptions, migrate,
    sample_trials, statements,
};
use sqlx::Row;
use support::{Database, card_of, decision, soon, stored};

#[tokio::test]
async fn every_statement_fits_the_migrated_schema() {
    use sqlx::Executor;
    let database = Database::fresh().await;
    let mut connection = database.connection().await;
    for (name, sql) in statements::ALL {
        let prepared = connection.prepare(sqlx::SqlSafeStr::into_sql_str(*sql)).await;
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
    }
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_leaves_four_months_of_partitions() {
    let database = Database::fresh().await;
    Database::at(&database.url).await;
    let months = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'decision'::regclass";
    assert_eq!(database.number(months).await, 5, "this month, the next three, and the default");
}

#[tokio::test]
async fn the_schema_of_a_later_version_is_taken_as_it_is_and_a_migration_of_nobody_is_refused() {
    let database = Database::fresh().await;
    let options = StoreOptions::from_url(&database.url).unwrap();
    database
        .run("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99, 'later', true, '\\x00', 0)")
        .await;
    assert_eq!(migrate(&options).await.unwrap().later, 1);
    stored(&database.recorder(), decision("on it", 1)).await;
    database.run("UPDATE _sqlx_migrations SET version = 11 WHERE version = 99").await;
    let refused = migrate(&options).await.unwrap_err().to_string();
    assert!(refused.contains("migration 11"), "{refused}");
}

#[tokio::test]
async fn decisions_that_are_older_than_a_new_key_are_seen_and_those_of_a_first_start_are_not() {
    let database = Database::fresh().await;
    let mut sealer = database.store.open_sealer().await.unwrap();
    let began = herald::clock::Clock::System.now();
    assert!(!sealer.has_rows_before(began).await.unwrap());
    stored(&database.recorder(), decision("younger", 1)).await;
    assert!(!sealer.has_rows_before(began).await.unwrap());
    database.run("UPDATE decision SET stored_at = now() - interval '2 hours'").await;
    assert!(sealer.has_rows_before(began).await.unwrap());
}

#[tokio::test]
async fn a_private_cluster_keeps_what_it_acknowledges() {
    let database = Database::fresh().await;
    assert!(database.store.durability().await.unwrap().unsafe_settings().is_empty());
}

#[tokio::test]
async fn many_decisions_at_once_are_each_stored_once_in_few_commits() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let answers = record_all(&recorder, (0..500).map(|n| decision(&format!("hook-{n}"), 1))).await;
    assert!(answers.iter().all(|answer| *answer == Recorded::Durable));
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 500);
    assert_eq!(database.number("SELECT count(DISTINCT decision_id) FROM decision_key").await, 500);
    let health = recorder.health();
    assert_eq!((health.durable, health.unrecorded, health.queue_depth), (500, 0, 0));
    assert!(health.batches < 100, "{} commits for 500 decisions", health.batches);
}

#[tokio::test]
async fn a_decision_is_stored_with_everything_that_was_given() {
    let database = Database::fresh().await;
    let given = decision("whole", 3);
    stored(&database.recorder(), given.clone()).await;
    let mut connection = database.connection().await;
    let row = sqlx::query("SELECT * FROM decision").fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.get::<String, _>("tenant_id"), "local");
    assert_eq!(row.get::<String, _>("hook"), "patient-view");
    assert_eq!(row.get::<uuid::Uuid, _>("decision_id"), given.decision_id);
    assert_eq!(row.get::<Vec<uuid::Uuid>, _>("card_ids"), given.card_ids);
    assert_eq!(row.get::<Vec<u8>, _>("patient_ref"), [2; 32]);
    assert_eq!(row.get::<Option<Vec<u8>>, _>("user_ref"), None);
    assert_eq!(row.get::<time::OffsetDateTime, _>("received_at").microsecond(), 1);
    let packing: i16 = row.get("packing");
    let stored =
        Packed { packing, content: row.get("content"), evidence: row.get("evidence"), reply: row.get("reply") };
    let unpacked = stored.unpack().unwrap();
    assert_eq!((unpacked.reply, &unpacked.evidence[..]), (given.reply, &given.evidence[..]));
}

#[tokio::test]
async fn a_repeated_request_gets_the_stored_reply_byte_for_byte() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let first = decision("again", 1);
    stored(&recorder, first.clone()).await;
    let mut repeat = decision("again", 1);
    repeat.reply = "a reply made on another day".into();
    assert_eq!(recorder.record(repeat, soon()).await, Recorded::Replayed(first.reply));
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
    assert_eq!(database.number("SELECT count(*) FROM decision_conflict").await, 0);
}

#[tokio::test]
async fn a_reply_that_was_stored_before_evidence_and_reply_lay_in_one_block_is_still_given_again() {
    let database = Database::fresh().await;
    let id = herald::record::Decision::new_id();
    let key = "INSERT INTO decision_key VALUES ('local', 'her2-chart-review', 'old', $1, '2026-11-01', $2)";
    let row = "INSERT INTO decision (tenant_id, received_month, decision_id, received_at, packing, service_id, \
               hook_instance, hook, category, next_step, pseudonym_key, request_hash, rules_digest, record_hash, \
               card_ids, evidence, reply) VALUES ('local', '2026-11-01', $1, '2026-11-02T10:00:00Z', 0, \
               'her2-chart-review', 'old', 'patient-view', 'none', 'none', '\\x01', $2, $2, $2, '{}', '{}', 'as it was')";
    for insert in [key, row] {
        let insert = sqlx::query(insert).bind(id).bind(&[1_u8; 32][..]);
        insert.execute(&mut database.connection().await).await.unwrap();
    }
    let again = database.recorder().record(decision("old", 1), soon()).await;
    assert_eq!(again, Recorded::Replayed("as it was".into()));
}

#[tokio::test]
async fn the_same_key_with_other_content_is_recorded_whole_as_a_conflict_and_replayed_as_itself() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    stored(&recorder, decision("reused", 1)).await;
    let second = decision("reused", 2);
    stored(&recorder, second.clone()).await;
    assert_eq!(recorder.record(decision("reused", 2), soon()).await, Recorded::Replayed(second.reply));
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
    assert_eq!(database.number("SELECT count(*) FROM decision_conflict").await, 1);
    assert_eq!(recorder.health().conflicts, 1);
    let listed = database.store.recent_decisions("local", 10).await.unwrap();
    let states: Vec<RecordState> = listed.iter().map(|line| line.state).collect();
    assert_eq!(states, [RecordState::Conflict, RecordState::Recorded], "latest first");
}

#[tokio::test]
async fn one_key_many_times_in_one_moment_is_stored_once_and_answered_alike() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let same = decision("burst", 1);
    let copies = (0..64).map(|_| {
        let mut copy = same.clone();
        copy.decision_id = herald::record::Decision::new_id();
        copy
    });
    let answers = record_all(&recorder, copies).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Recorded::Durable).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Recorded::Replayed(same.reply.clone())).count(), 63);
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
}

#[tokio::test]
async fn one_hook_instance_may_belong_to_two_services_and_two_tenants() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let mut other_service = decision("shared", 1);
    other_service.service = "her2-order-sign".into();
    let mut other_tenant = decision("shared", 1);
    other_tenant.tenant = "north".into();
    for decision in [decision("shared", 1), other_service, other_tenant] {
        stored(&recorder, decision).await;
    }
    assert_eq!(database.store.recent_decisions("north", 10).await.unwrap().len(), 1);
    assert_eq!(database.store.recent_decisions("local", 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn one_decision_that_can_never_be_stored_does_not_keep_255_others_out() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let decisions = (0..256).map(|n| decision(&if n == 77 { "nul-\0".to_owned() } else { format!("good-{n}") }, 1));
    let answers = record_all(&recorder, decisions).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Recorded::Durable).count(), 255);
    assert_eq!(answers[77], Recorded::Spooled, "it lies in quarantine");
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 255);
    assert_eq!(recorder.health().poison, 1);
    assert_eq!(recorder.record(decision("after", 1), soon()).await, Recorded::Durable);
}

#[tokio::test]
async fn behind_a_pooler_that_keeps_no_statement_the_record_is_the_same() {
    let direct = Database::fresh().await;
    let database = Database::at(&format!("{}&statement-cache-capacity=0", direct.url)).await;
    let recorder = database.recorder();
    let decisions = (0..32).map(|n| decision(&if n == 7 { "nul-\0".to_owned() } else { format!("good-{n}") }, 1));
    let answers = record_all(&recorder, decisions).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Recorded::Durable).count(), 31);
    let repeat = recorder.record(decision("good-1", 1), soon()).await;
    assert_eq!(repeat, Recorded::Replayed(decision("good-1", 1).reply));
    assert_eq!(recorder.record(decision("good-1", 2), soon()).await, Recorded::Durable, "other content");
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 31);
    assert_eq!(database.number("SELECT count(*) FROM decision_conflict").await, 1);
}

#[tokio::test]
async fn a_decision_without_a_tenant_is_refused_by_the_table_itself() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let mut nobody = decision("tenantless", 1);
    nobody.tenant = "".into();
    assert_eq!(recorder.record(nobody, soon()).await, Recorded::Spooled, "it lies in quarantine");
    assert_eq!(database.number("SELECT count(*) FROM decision_key").await, 0);
}

#[tokio::test]
async fn a_month_without_a_partition_goes_to_the_default_one_and_is_found() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let mut late = decision("1999", 1);
    late.received_at = "1999-12-31T23:59:59Z".parse().unwrap();
    assert_eq!(recorder.record(late.clone(), soon()).await, Recorded::Durable);
    assert_eq!(database.number("SELECT count(*) FROM decision_default").await, 1);
    assert!(database.store.default_partition_is_used().await.unwrap());
    assert_eq!(recorder.record(late.clone(), soon()).await, Recorded::Durable, "its own id holds the key");
    let mut repeat = late.clone();
    repeat.decision_id = herald::record::Decision::new_id();
    assert_eq!(recorder.record(repeat, soon()).await, Recorded::Replayed(late.reply));
}

#[tokio::test]
async fn a_row_of_this_month_in_the_default_partition_does_not_stop_the_next_start() {
    let database = Database::fresh().await;
    let drop_month =
        "DO $$ BEGIN EXECUTE 'DROP TABLE decision_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'); END $$";
    sqlx::raw_sql(drop_month).execute(&mut database.connection().await).await.unwrap();
    let mut today = decision("today", 1);
    today.received_at =
        jiff::Timestamp::from_second(database.number("SELECT extract(epoch FROM now())::int8").await).unwrap();
    assert_eq!(database.recorder().record(today, soon()).await, Recorded::Durable);
    Database::at(&database.url).await;
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
}

#[tokio::test]
async fn draining_answers_everything_that_was_accepted_and_takes_nothing_more() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let waiting = {
        let recorder = recorder.clone();
        tokio::spawn(async move { record_all(&recorder, (0..300).map(|n| decision(&format!("last-{n}"), 1))).await })
    };
    while recorder.health().queue_depth + usize::try_from(recorder.health().durable).unwrap() < 300 {
        tokio::task::yield_now().await;
    }
    recorder.drain().await;
    assert!(waiting.await.unwrap().iter().all(|answer| *answer == Recorded::Durable));
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 300);
    assert_eq!(recorder.record(decision("too late", 1), soon()).await, Recorded::Overloaded);
}

#[tokio::test]
async fn what_waits_for_a_writer_whose_thread_has_ended_is_written_at_closing_time() {
    let database = Database::fresh().await;
    let recorders = Recorders::new(database.store.clone(), database.spool()).unwrap();
    let of_thread = recorders.clone();
    let start = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { of_thread.start() })
    };
    let recorder = std::thread::spawn(start).join().unwrap();
    let waiting = tokio::spawn(async move { recorder.record(decision("left behind", 1), soon()).await });
    while recorders.health().queue_depth == 0 {
        tokio::task::yield_now().await;
    }
    recorders.drain().await;
    assert_eq!(waiting.await.unwrap(), Recorded::Durable);
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 1);
}

#[tokio::test]
async fn the_recorders_of_two_threads_share_one_record_and_one_count() {
    let database = Database::fresh().await;
    let recorders = Recorders::new(database.store.clone(), database.spool()).unwrap();
    let (one, other) = (recorders.start(), recorders.start());
    let first = decision("shared by two", 1);
    assert_eq!(one.record(first.clone(), soon()).await, Recorded::Durable);
    assert_eq!(other.record(decision("shared by two", 1), soon()).await, Recorded::Replayed(first.reply));
    assert_eq!(other.record(decision("shared by two", 2), soon()).await, Recorded::Durable);
    let health = recorders.health();
    assert_eq!((health.durable, health.replayed, health.conflicts, health.queue_depth), (2, 1, 1, 0));
    recorders.drain().await;
    assert_eq!(one.record(decision("too late", 1), soon()).await, Recorded::Overloaded);
}

#[tokio::test]
async fn feedback_in_every_order_and_twice_gives_the_same_view() {
    let standing = "SELECT card || ' ' || outcome || ' ' || standing || ' ' || coalesce(reason_code, '-') \
                    FROM feedback_standing ORDER BY 1";
    let mut seen = HashSet::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let database = Database::fresh().await;
        let recorder = database.recorder();
        let events = [
            event("shown", FeedbackOutcome::Accepted, "2026-11-24T10:01:00Z"),
            event("shown", FeedbackOutcome::Overridden, "2026-11-24T10:02:00+00:00"),
            event("unheard-of", FeedbackOutcome::Accepted, "2026-11-24T10:03:00Z"),
        ];
        for step in order {
            match step {
                3 => assert_eq!(recorder.record(decision("shown", 1), soon()).await, Recorded::Durable),
                n => {
                    recorder.feedback(vec![events[n].clone()]).await.unwrap();
                    assert_eq!(recorder.feedback(vec![events[n].clone()]).await.unwrap().repeated, 1);
                }
            }
        }
        assert_eq!(database.number("SELECT count(*) FROM feedback").await, 3, "every event is kept");
        seen.insert(database.texts(standing).await);
        let listed = database.store.recent_decisions("local", 1).await.unwrap();
        assert_eq!(listed[0].feedback.as_ref().unwrap().outcome, FeedbackOutcome::Overridden);
        assert_eq!(listed[0].feedback.as_ref().unwrap().reason.as_deref(), Some("Seen already"));
    }
    let shown = card_of("shown");
    let unheard = card_of("unheard-of");
    let mut expected = vec![format!("{shown} overridden matched seen"), format!("{unheard} accepted orphan -")];
    expected.sort();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [expected]);
}

#[tokio::test]
async fn unusable_feedback_is_counted_and_never_keeps_the_usable_out() {
    let database = Database::fresh().await;
    let mut nul = event("a", FeedbackOutcome::Accepted, "2026-11-24T10:00:00Z");
    nul.comment = Some("with \0 in it".to_owned());
    let mut commented = event("b", FeedbackOutcome::Overridden, "2026-11-24T10:00:00Z");
    commented.comment = Some("known from an outside report".to_owned());
    commented.card = commented.card.to_uppercase();
    let mut suggested = event("c", FeedbackOutcome::Accepted, "2026-11-24T10:00:00Z");
    suggested.suggestions = vec!["z".to_owned(), "a".to_owned()];
    let stored = database.recorder().feedback(vec![nul, commented, suggested]).await.unwrap();
    assert_eq!((stored.stored, stored.repeated, stored.unusable), (2, 0, 1));
    assert_eq!(database.texts("SELECT comment FROM feedback_comment").await, ["known from an outside report"]);
    assert_eq!(database.texts("SELECT suggestions::text FROM feedback ORDER BY 1").await, ["{a,z}", "{}"]);
    let lower = database.texts("SELECT card FROM feedback_comment").await;
    assert_eq!(lower, [card_of("b").to_string()], "letter case does not hide the card");
}

#[tokio::test]
async fn the_sample_of_trials_is_loaded_once_and_read_back_whole() {
    let database = Database::fresh().await;
    for _ in 0..2 {
        database.store.load_trials(&sample_trials(), SAMPLE_SOURCE).await.unwrap();
    }
    let expected = sample_trials();
    assert_eq!(database.store.trials().await.unwrap(), expected, "in the order of the sample, which is the table's");
}

#[tokio::test]
async fn a_start_corrects_the_sample_of_an_earlier_version_and_leaves_what_was_verified_later() {
    let database = Database::fresh().await;
    database.store.load_trials(&sample_trials(), SAMPLE_SOURCE).await.unwrap();
    database.run("UPDATE trial SET setting = NULL").await;
    database.run("UPDATE trial SET title = 'newer', verified = '2026-05' WHERE nct = 'NCT06686394'").await;
    database.store.load_trials(&sample_trials(), SAMPLE_SOURCE).await.unwrap();
    let stored = database.store.trials().await.unwrap();
    let (newer, sample): (Vec<_>, Vec<_>) = stored.into_iter().partition(|cohort| &*cohort.nct == "NCT06686394");
    assert!(sample.iter().all(|cohort| sample_trials().contains(cohort)));
    assert_eq!((&*newer[0].title, newer[0].setting), ("newer", None));
}

async fn record_all(recorder: &Recorder, decisions: impl Iterator<Item = herald::record::Decision>) -> Vec<Recorded> {
    let waiting: Vec<_> = decisions
        .map(|decision| {
            let recorder = recorder.clone();
            tokio::spawn(async move { recorder.record(decision, soon()).await })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }
    answers
}

fn event(key: &str, outcome: FeedbackOutcome, at: &str) -> FeedbackEvent {
    let reason = match outcome {
        FeedbackOutcome::Accepted => OverrideReason::default(),
        FeedbackOutcome::Overridden => {
            OverrideReason { system: None, code: Some("seen".to_owned()), display: Some("Seen already".to_owned()) }
        }
    };
    FeedbackEvent {
        tenant: "local".into(),
        service: "her2-chart-review".into(),
        card: card_of(key).to_string(),
        outcome,
        suggestions: Vec::new(),
        outcome_at: at.parse().unwrap(),
        received_at: at.parse().unwrap(),
        reason,
        comment: None,
    }
}

/// A card that was shown three days ago, and feedback on it that comes now.
async fn late_feedback(database: &Database, key: &str) {
    let mut shown = decision(key, 1);
    let now = shown.decision_id.get_timestamp().unwrap().to_unix().0;
    shown.decision_id = uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, now - 3 * 86_400, 0));
    assert_eq!(database.recorder().record(shown, soon()).await, Recorded::Durable);
    let event = event(key, FeedbackOutcome::Accepted, "2026-11-24T10:00:00Z");
    assert_eq!(database.store.store_feedback(&[event]).await.unwrap().stored, 1);
}

#[tokio::test]
async fn the_decision_behind_an_answered_card_is_found_within_the_time_that_is_searched() {
    let database = Database::fresh().await;
    late_feedback(&database, "late").await;
    let days = |days: u64| std::time::Duration::from_secs(days * 86_400);
    let unknown = database.store.unknown_cards(days(7), 0).await.unwrap();
    assert_eq!(unknown.iter().map(|card| card.card).collect::<Vec<_>>(), [card_of("late")]);
    let cards: Vec<_> = unknown.iter().collect();
    for (searched, found) in [(1, 0), (2, 0), (4, 1), (7, 1)] {
        let decisions = database.store.decisions_that_showed("local", &cards, days(searched)).await.unwrap();
        assert_eq!(decisions.len(), found, "{searched} days");
    }
    assert!(database.store.decisions_that_showed("north", &cards, days(7)).await.unwrap().is_empty());
    let found = database.store.decisions_that_showed("local", &cards, days(7)).await.unwrap();
    assert_eq!(
        (found[0].patient, found[0].user, &found[0].card_ids[..]),
        (Some([2; 32]), None, &[card_of("late")][..])
    );
}
