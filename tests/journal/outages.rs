//! Outages of which the database itself says that it is up, and a disk that does not take what is written.

use std::time::{Duration, Instant};

use herald::journal::{
    Action, DatabaseState, DiskStep, Event, Fault, Journal, KeeperStep, Limits, Outcome, Places, SpoolState, step,
};

fn told(journal: &mut Journal, event: Event, now: Instant) -> Vec<Action> {
    step(journal, event, now).into_iter().collect()
}

fn disk(journal: &mut Journal, news: DiskStep, now: Instant) -> Vec<Action> {
    told(journal, Event::Disk(news), now)
}

fn keeper(journal: &mut Journal, news: KeeperStep, now: Instant) -> Vec<Action> {
    told(journal, Event::Keeper(news), now)
}

fn free(journal: &mut Journal, now: Instant) -> Vec<Action> {
    keeper(journal, KeeperStep::Free { chance: 0 }, now)
}

/// The keeper's pause before its next probe.
fn pause(journal: &mut Journal, now: Instant) -> Duration {
    match free(journal, now).pop() {
        Some(Action::Probe(pause)) => pause,
        other => panic!("{other:?} is no probe"),
    }
}

/// A batch of one row goes to the disk and is flushed there.
fn spool_one(journal: &mut Journal, now: Instant) {
    assert_eq!(told(journal, Event::Offered(2, 60), now), []);
    for news in [DiskStep::Free, DiskStep::Created(true), DiskStep::Written(true), DiskStep::Flushed(true)] {
        disk(journal, news, now);
    }
}

fn fail_live(journal: &mut Journal, fault: Fault, now: Instant) -> Vec<Action> {
    told(journal, Event::Taken { batch: 1, rows: 1, until: now + Duration::from_millis(250) }, now);
    told(journal, Event::Failed(1, fault), now)
}

#[test]
fn a_database_that_refuses_every_first_write_is_away_all_the_time_and_asked_ever_more_rarely() {
    let mut now = Instant::now();
    let mut journal = Journal::new(Limits::default(), Vec::new(), now);
    let spools = Action::Spool { batch: 1, places: Places::All };
    assert_eq!(fail_live(&mut journal, Fault::Denied, now), [Action::WakeKeeper, spools], "and it is not tried twice");
    spool_one(&mut journal, now);
    let mut pauses = Vec::new();
    for turn in 0..8 {
        let pause = pause(&mut journal, now);
        now += pause;
        pauses.push(pause.as_millis());
        keeper(&mut journal, KeeperStep::Probed(Ok(())), now);
        assert_eq!(journal.database(), DatabaseState::Away, "it has stored nothing yet");
        if turn == 0 {
            free(&mut journal, now);
            disk(&mut journal, DiskStep::Free, now);
            disk(&mut journal, DiskStep::Sealed, now);
        }
        assert!(matches!(free(&mut journal, now)[..], [Action::Read { .. }]));
        let read = KeeperStep::Read { rows: 1, next: 100, end: true };
        assert_eq!(keeper(&mut journal, read, now), [Action::Replay(Places::All)]);
        keeper(&mut journal, KeeperStep::Failed(Fault::Denied), now);
        assert!(journal.is_outage() && !journal.database_answers());
    }
    assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
}

#[test]
fn an_outage_is_over_when_the_first_decision_of_the_spool_is_stored() {
    let now = Instant::now();
    let mut journal = Journal::new(Limits::default(), Vec::new(), now);
    fail_live(&mut journal, Fault::Denied, now);
    spool_one(&mut journal, now);
    pause(&mut journal, now);
    keeper(&mut journal, KeeperStep::Probed(Ok(())), now);
    assert!(journal.is_outage());
    keeper(&mut journal, KeeperStep::Read { rows: 1, next: 100, end: true }, now);
    keeper(&mut journal, KeeperStep::Stored, now);
    assert_eq!((journal.is_outage(), journal.database()), (false, DatabaseState::Up));
}

/// A spool in which a segment could not be made.
fn with_a_full_disk(now: Instant) -> Journal {
    let mut journal = Journal::new(Limits::default(), Vec::new(), now);
    fail_live(&mut journal, Fault::Denied, now);
    told(&mut journal, Event::Offered(2, 60), now);
    disk(&mut journal, DiskStep::Free, now);
    let answer = Action::Answer { batch: 2, places: Places::All, outcome: Outcome::Unrecorded };
    assert_eq!(disk(&mut journal, DiskStep::Created(false), now), [answer]);
    journal
}

#[test]
fn a_full_disk_is_called_failing_until_something_was_written_although_nobody_asks_any_more() {
    let mut now = Instant::now();
    let mut journal = with_a_full_disk(now);
    for _ in 0..5 {
        assert_eq!(disk(&mut journal, DiskStep::Free, now), [], "each attempt costs time");
        now += Duration::from_secs(1);
        assert_eq!(journal.spool(now), SpoolState::Failing);
        assert_eq!(free(&mut journal, now)[0], Action::WakeDisk);
        assert!(matches!(disk(&mut journal, DiskStep::Free, now)[..], [Action::Create(1)]));
        disk(&mut journal, DiskStep::Created(false), now);
    }
    now += Duration::from_secs(1);
    disk(&mut journal, DiskStep::Free, now);
    // nothing lies in the segment that proved it: it is closed, and goes the way of those that were replayed
    let sealed = disk(&mut journal, DiskStep::Created(true), now);
    assert!(matches!(sealed[..], [Action::Seal(1, _), Action::WakeKeeper]), "{sealed:?}");
    disk(&mut journal, DiskStep::Sealed, now);
    assert_eq!(journal.spool(now), SpoolState::Takes);
    assert!(matches!(free(&mut journal, now)[..], [Action::Probe(_)]), "and is left alone");
}

#[test]
fn a_decision_may_try_a_disk_that_failed_and_proves_it_by_its_flush() {
    let now = Instant::now();
    let mut journal = with_a_full_disk(now);
    let later = now + Duration::from_secs(1);
    assert_eq!(journal.spool(later), SpoolState::Failing);
    let taken = Event::Taken { batch: 3, rows: 1, until: later };
    assert_eq!(told(&mut journal, taken, later), [Action::Spool { batch: 3, places: Places::All }]);
    spool_one(&mut journal, later);
    assert_eq!(journal.spool(later), SpoolState::Takes);
}

#[test]
fn a_service_that_closes_makes_no_segment_only_to_prove_that_it_can() {
    let now = Instant::now();
    let mut journal = with_a_full_disk(now);
    told(&mut journal, Event::Closing, now);
    assert_eq!(disk(&mut journal, DiskStep::Free, now + Duration::from_secs(5)), []);
}
