//! What is known of the database while nobody asks anything.

use std::time::{Duration, Instant};

use herald::journal::{Action, DatabaseState, Event, Fault, Journal, KeeperStep, Limits, step};

/// What the keeper is to do after this news; one action, as always while there is no spool.
fn keeper(journal: &mut Journal, news: KeeperStep, now: Instant) -> Action {
    let mut actions = step(journal, Event::Keeper(news), now).into_iter();
    let action = actions.next().unwrap();
    assert_eq!(actions.next(), None);
    action
}

fn free(journal: &mut Journal, now: Instant) -> Action {
    keeper(journal, KeeperStep::Free { chance: 0 }, now)
}

fn store_one(journal: &mut Journal, now: Instant) {
    step(journal, Event::Taken { batch: 1, rows: 1, until: now + Duration::from_millis(250) }, now);
    step(journal, Event::Stored(1), now);
}

/// A journal whose database was reached just now.
fn reached(now: Instant) -> Journal {
    let mut journal = Journal::new(Limits::default(), Vec::new(), now);
    assert_eq!(free(&mut journal, now), Action::Look);
    keeper(&mut journal, KeeperStep::Probed(Ok(())), now);
    journal
}

#[test]
fn a_database_that_was_never_reached_is_not_called_up_although_nobody_asks() {
    let now = Instant::now();
    let mut journal = Journal::new(Limits::default(), Vec::new(), now);
    assert_eq!(journal.database(), DatabaseState::Unheard);
    assert_eq!(free(&mut journal, now), Action::Look);
    keeper(&mut journal, KeeperStep::Probed(Err(Fault::Away)), now);
    assert_eq!(journal.database(), DatabaseState::Away);
    assert!(matches!(free(&mut journal, now), Action::Probe(_)), "and asked for again as after any outage");
    keeper(&mut journal, KeeperStep::Probed(Ok(())), now);
    assert_eq!(journal.database(), DatabaseState::Up);
}

#[test]
fn while_nobody_asks_the_database_is_looked_at_every_few_seconds_and_found_away() {
    let now = Instant::now();
    let mut journal = reached(now);
    assert_eq!(journal.database(), DatabaseState::Up);
    let Action::Rest(longest) = free(&mut journal, now) else { panic!("it is looked at without a rest") };
    assert!(longest <= Duration::from_secs(5), "{longest:?}");
    let later = now + longest;
    assert_eq!(free(&mut journal, later), Action::Look);
    keeper(&mut journal, KeeperStep::Probed(Err(Fault::Away)), later);
    assert_eq!(journal.database(), DatabaseState::Away);
}

#[test]
fn a_batch_that_is_stored_is_as_good_as_a_look() {
    let now = Instant::now();
    let mut journal = reached(now);
    for second in 1..=60 {
        let now = now + Duration::from_secs(second);
        store_one(&mut journal, now);
        assert!(matches!(free(&mut journal, now), Action::Rest(_)));
    }
    let mut fresh = Journal::new(Limits::default(), Vec::new(), now);
    store_one(&mut fresh, now);
    assert_eq!(fresh.database(), DatabaseState::Up);
    assert!(matches!(free(&mut fresh, now), Action::Rest(_)));
}

#[test]
fn a_look_that_fails_while_decisions_are_stored_sends_none_of_them_to_the_spool() {
    let now = Instant::now();
    let mut journal = Journal::new(Limits::default(), Vec::new(), now);
    assert_eq!(free(&mut journal, now), Action::Look);
    let meanwhile = now + Duration::from_millis(1);
    store_one(&mut journal, meanwhile);
    keeper(&mut journal, KeeperStep::Probed(Err(Fault::Away)), meanwhile);
    assert_eq!(journal.database(), DatabaseState::Up);
}
