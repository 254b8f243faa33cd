//! Decisions of a time without a database: no other process could be asked whether their token was used before.

use std::time::Duration;

use herald::record::{Decision, Recorded, Recorder, Spool};
use herald::seal::{Damage, Fault};
use herald::store::{SeenToken, Store, StoreOptions};

use crate::sealed::Sealed;
use crate::support::{ROOMY, decision, soon, stored};

fn on_a_token(key: &str, content: u8) -> Decision {
    let token = SeenToken {
        tenant: "local".into(),
        client: "main-ehr".into(),
        token_hash: [content; 32],
        used_for: [content; 32],
        forget_at: "2099-01-01T00:00:00Z".parse().unwrap(),
    };
    Decision { token: Some(token), ..decision(key, content) }
}

#[tokio::test]
async fn a_decision_that_was_made_while_the_database_was_away_says_for_ever_that_its_token_was_checked_here_alone() {
    let sealed = Sealed::empty().await;
    let nowhere = StoreOptions::from_url("postgres://herald@localhost/herald?host=%2Fnonexistent").unwrap();
    let (store, directory) = (Store::new(nowhere), tempfile::tempdir().unwrap());
    let recorder = Recorder::start(store.clone(), Spool::open(directory.path(), ROOMY).unwrap()).unwrap();
    for made in [on_a_token("away", 1), on_a_token("away", 2), decision("nobody-asked", 3)] {
        assert_eq!(recorder.record(made, soon()).await, Recorded::Spooled);
    }
    store.move_to(StoreOptions::from_url(&sealed.database.url).unwrap());
    for _ in 0..400 {
        if recorder.health().spool_segments == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    stored(&recorder, on_a_token("back", 4)).await;
    recorder.drain().await;

    let marks = "SELECT hook_instance || ': ' || coalesce(replay_check, 'by all') FROM decision ORDER BY 1";
    assert_eq!(sealed.database.texts(marks).await, ["away: local", "back: by all", "nobody-asked: by all"]);
    let of_conflicts = "SELECT hook_instance || ': ' || replay_check FROM decision_conflict";
    assert_eq!(sealed.database.texts(of_conflicts).await, ["away: local"]);

    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 4);
    assert_eq!(sealed.audit().await.findings, []);
    sealed.database.run("UPDATE decision SET replay_check = NULL WHERE hook_instance = 'away'").await;
    let found: Vec<Damage> = sealed.audit().await.findings.into_iter().map(|finding| finding.damage).collect();
    assert!(matches!(found[..], [Damage::Row(_, _, Fault::Changed(_))]), "{found:?}");
}
