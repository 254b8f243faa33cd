//! Tokens in the writer's batches: of rows that are committed together, each is judged by its own token.

use herald::record::{Decision, Recorded, Recorder};
use herald::store::SeenToken;

use crate::support::{Database, decision, soon};

fn with_token(key: &str, id: u8, used_for: u8) -> Decision {
    let token = SeenToken {
        tenant: "local".into(),
        client: "main-ehr".into(),
        token_hash: [id; 32],
        used_for: [used_for; 32],
        forget_at: "2099-01-01T00:00:00Z".parse().unwrap(),
    };
    Decision { token: Some(token), ..decision(key, 1) }
}

async fn all(recorder: &Recorder, decisions: Vec<Decision>) -> Vec<Recorded> {
    let mut waiting = Vec::new();
    for decision in decisions {
        let recorder = recorder.clone();
        waiting.push(tokio::spawn(async move { recorder.record(decision, soon()).await }));
    }
    let mut answers = Vec::new();
    for one in waiting {
        answers.push(one.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn rows_with_and_without_tokens_are_stored_together() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let mut decisions: Vec<Decision> = (0..50).map(|n| with_token(&format!("with-{n}"), n, n)).collect();
    decisions.extend((0..50).map(|n| decision(&format!("without-{n}"), 1)));
    let answers = all(&recorder, decisions).await;
    assert!(answers.iter().all(|answer| *answer == Recorded::Durable), "{answers:?}");
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 100);
    assert_eq!(database.number("SELECT count(*) FROM seen_token").await, 50);
}

#[tokio::test]
async fn one_token_for_many_uses_in_one_batch_stores_one_of_them_and_leaves_the_others_alone() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let mut decisions: Vec<Decision> = (0..16).map(|n| with_token(&format!("stolen-{n}"), 200, n)).collect();
    decisions.extend((0..16).map(|n| with_token(&format!("honest-{n}"), n, n)));
    let answers = all(&recorder, decisions).await;
    let count = |wanted: Recorded| answers[..16].iter().filter(|answer| **answer == wanted).count();
    assert_eq!((count(Recorded::Durable), count(Recorded::TokenReused)), (1, 15), "{answers:?}");
    assert!(answers[16..].iter().all(|answer| *answer == Recorded::Durable), "{answers:?}");
    assert_eq!(database.number("SELECT count(*) FROM decision").await, 17);
    assert_eq!(database.number("SELECT count(*) FROM decision_key").await, 17);
    assert_eq!(recorder.health().reused_tokens, 15);
}

#[tokio::test]
async fn the_same_use_twice_in_one_batch_is_a_repeat() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let answers = all(&recorder, vec![with_token("again", 1, 1), with_token("again", 1, 1)]).await;
    let durable = answers.iter().filter(|answer| **answer == Recorded::Durable).count();
    let replayed = answers.iter().filter(|answer| matches!(answer, Recorded::Replayed(_))).count();
    assert_eq!((durable, replayed), (1, 1), "{answers:?}");
}

#[tokio::test]
async fn a_new_token_for_a_key_that_is_taken_is_used_up_all_the_same() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    assert_eq!(recorder.record(with_token("key", 1, 1), soon()).await, Recorded::Durable);
    assert!(matches!(recorder.record(with_token("key", 2, 1), soon()).await, Recorded::Replayed(_)));
    assert_eq!(recorder.record(with_token("other-key", 2, 2), soon()).await, Recorded::TokenReused);
    assert_eq!(database.number("SELECT count(*) FROM seen_token").await, 2);
}

#[tokio::test]
async fn a_row_that_the_database_refuses_uses_up_no_token() {
    let database = Database::fresh().await;
    let recorder = database.recorder();
    let poison = Decision { hook: "nul\0".into(), ..with_token("poison", 1, 1) };
    let answers = all(&recorder, vec![with_token("a", 2, 2), poison, with_token("b", 3, 3)]).await;
    assert_eq!(answers, [Recorded::Durable, Recorded::Spooled, Recorded::Durable]);
    assert_eq!(recorder.record(with_token("healthy", 1, 4), soon()).await, Recorded::Durable);
}
