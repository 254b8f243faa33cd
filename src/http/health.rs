//! How the service is, for people and for machines: `/livez`, `/readyz`, `/health`.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;

use super::answer::Desk;
use crate::record::{DatabaseState, QuietReport, RecorderHealth, SpoolState, WhenFull};

/// The states of the service. `docs/operations.md` has a table of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Condition {
    /// The database is still being opened, at a first start made, or not reached yet; decisions go to the spool.
    FirstStart,
    /// The database lacks migrations of this version: no hooks yet.
    Migrating,
    /// Decisions are recorded in the database.
    Recording,
    /// They are, and the spool fails: nothing would hold them if the database went away.
    Unsecured,
    /// The database is down; decisions go to the spool.
    Spooling,
    /// The queue is full or too slow; some requests are turned away.
    Shedding,
    /// Neither database nor spool: replies say `unrecorded`.
    Unrecorded,
    /// Neither database nor spool, and the policy is to refuse.
    Refusing,
    /// About to stop: hooks are still answered while a balancer takes notice.
    Leaving,
    /// Stopping: what is in flight is finished.
    Draining,
}

impl Condition {
    const ALL: [Self; 10] = [
        Self::FirstStart,
        Self::Migrating,
        Self::Recording,
        Self::Unsecured,
        Self::Spooling,
        Self::Shedding,
        Self::Unrecorded,
        Self::Refusing,
        Self::Leaving,
        Self::Draining,
    ];

    /// The word of `/health`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstStart | Self::Migrating => "starting",
            Self::Recording => "ok",
            Self::Unsecured | Self::Spooling | Self::Shedding => "degraded",
            Self::Unrecorded | Self::Refusing => "critical",
            Self::Leaving | Self::Draining => "draining",
        }
    }

    /// Of a service that has opened its database, by one look at its recorder.
    #[must_use]
    pub const fn of(record: &RecorderHealth) -> Self {
        match (record.database, record.spool, record.when_full) {
            _ if !record.kept => Self::Unrecorded,
            (DatabaseState::Up, SpoolState::Failing, _) => Self::Unsecured,
            (DatabaseState::Up, SpoolState::Takes | SpoolState::Full, _) => Self::Recording,
            (DatabaseState::Unheard, SpoolState::Takes, _) => Self::FirstStart,
            (DatabaseState::Away, SpoolState::Takes, _) => Self::Spooling,
            (_, SpoolState::Full | SpoolState::Failing, WhenFull::Serve) => Self::Unrecorded,
            (_, SpoolState::Full | SpoolState::Failing, WhenFull::Refuse) => Self::Refusing,
        }
    }

    /// The condition follows the recorder by a tenth of a second. One reply must not say two things, nor call ready what just
    /// refused, so what a later look finds counts where it is worse.
    const fn or_worse(self, record: &RecorderHealth) -> Self {
        match (self, Self::of(record)) {
            (Self::Migrating | Self::Leaving | Self::Draining, _) => self,
            (_, worse @ (Self::Unrecorded | Self::Refusing)) => worse,
            (Self::Recording, worse @ (Self::Unsecured | Self::Spooling)) => worse,
            _ => self,
        }
    }

    /// Are hook requests answered? A database that is down is no reason to say no: out of rotation would only lose service.
    #[must_use]
    pub const fn answers(self) -> bool {
        match self {
            Self::FirstStart
            | Self::Recording
            | Self::Unsecured
            | Self::Spooling
            | Self::Shedding
            | Self::Unrecorded
            | Self::Leaving => true,
            Self::Migrating | Self::Refusing | Self::Draining => false,
        }
    }

    /// Should a balancer send requests here?
    #[must_use]
    pub fn is_ready(self) -> bool {
        self.answers() && self != Self::Leaving
    }
}

/// The state that the recorder sets and the handlers read.
#[derive(Debug)]
pub struct Health(AtomicU8);

impl Health {
    /// In this state.
    #[must_use]
    pub const fn new(condition: Condition) -> Self {
        Self(AtomicU8::new(condition as u8))
    }

    /// The state now.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let now = self.0.load(Ordering::Acquire);
        Condition::ALL.into_iter().find(|condition| *condition as u8 == now).unwrap_or(Condition::Unrecorded)
    }

    /// Moves to another state. A service that stops goes on stopping: only draining follows leaving, and nothing draining.
    pub fn set(&self, condition: Condition) {
        let (leaving, draining) = (Condition::Leaving as u8, Condition::Draining as u8);
        let next = condition as u8;
        let _ = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
            (now != draining && (now != leaving || next == draining)).then_some(next)
        });
    }
}

#[derive(serde::Serialize)]
struct Report<'a> {
    status: &'static str,
    version: &'static str,
    record: Record,
    cards: KeptQuiet,
    rules: Rules<'a>,
}

/// Where decisions go, in numbers.
#[derive(serde::Serialize)]
struct Record {
    /// There only where it is false: this service was started to measure what recording costs.
    #[serde(skip_serializing_if = "is_true")]
    kept: bool,
    /// `up` or `away`; the latter also while it was not reached since the start.
    database: &'static str,
    /// Decisions that wait to be written.
    queue: usize,
    spool: SpoolReport,
}

/// What lies on the local disk.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct SpoolReport {
    /// `takes`, `full` or `failing`.
    state: &'static str,
    bytes: u64,
    segments: usize,
    /// Since the start: rows that went on to the database, rows in quarantine, segments that were found damaged.
    replayed: u64,
    quarantined: u64,
    damaged: u64,
}

impl Record {
    fn of(recorder: &RecorderHealth) -> Self {
        let database = match recorder.database {
            DatabaseState::Up => "up",
            DatabaseState::Unheard | DatabaseState::Away => "away",
        };
        let state = match recorder.spool {
            SpoolState::Takes => "takes",
            SpoolState::Full => "full",
            SpoolState::Failing => "failing",
        };
        let spool = SpoolReport {
            state,
            bytes: recorder.spool_bytes,
            segments: recorder.spool_segments,
            replayed: recorder.replayed_rows,
            quarantined: recorder.poison,
            damaged: recorder.damaged,
        };
        Self { kept: recorder.kept, database, queue: recorder.queue_depth, spool }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_true(kept: &bool) -> bool {
    *kept
}

/// What keeps cards from being shown, in numbers.
#[derive(serde::Serialize)]
struct KeptQuiet {
    /// Answers that keep a finding quiet.
    dismissed: usize,
    /// Kinds of card and rules that a site silenced.
    silenced: usize,
    /// Clients in shadow mode.
    shadow: usize,
}

impl KeptQuiet {
    fn of(report: &QuietReport) -> Self {
        let shadow = report.silences.iter().filter(|silence| silence.what.is_everything()).count();
        Self { dismissed: report.dismissed, silenced: report.silences.len() - shadow, shadow }
    }
}

/// Which rules speak, and whether a clinician answers for them.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Rules<'a> {
    edition: &'a str,
    digest: &'a str,
    signed_off: bool,
    /// Files that are not signed as they are.
    unsigned: &'a [Box<str>],
    /// The first day on which one of the files is due for review; from the day after it `signedOff` is false.
    review_due: String,
}

/// An event loop that is later than this will not come back by itself.
const STUCK: Duration = Duration::from_secs(5);

fn is_stuck(desk: &Desk) -> bool {
    desk.metrics.event_loops.stuck(Instant::now()) > STUCK
}

/// Alive: every event loop turns. Never asks the database, else one outage would restart every replica.
pub(super) async fn livez(desk: Data<Desk>) -> HttpResponse {
    let (mut reply, word) = match is_stuck(&desk) {
        false => (HttpResponse::Ok(), "alive"),
        true => (HttpResponse::ServiceUnavailable(), "an event loop is stuck"),
    };
    plain(reply.insert_header((CACHE_CONTROL, "no-store")).content_type("text/plain"), word)
}

/// Ready: hook requests are answered, and will be for a while.
pub(super) async fn readyz(health: Data<Health>, desk: Data<Desk>) -> HttpResponse {
    let condition = health.condition().or_worse(&desk.recorder.health());
    let (mut reply, word) = match condition.is_ready() && !is_stuck(&desk) {
        true => (HttpResponse::Ok(), "ready"),
        false => (HttpResponse::ServiceUnavailable(), "not ready"),
    };
    plain(reply.insert_header((CACHE_CONTROL, "no-store")).content_type("text/plain"), word)
}

/// The word for people and dashboards; always 200.
pub(super) async fn health(health: Data<Health>, desk: Data<Desk>) -> HttpResponse {
    let held = desk.knowledge.now();
    let rulebook = &held.knowledge.rulebook;
    let recorder = desk.recorder.health();
    let report = Report {
        status: health.condition().or_worse(&recorder).word(),
        version: env!("CARGO_PKG_VERSION"),
        record: Record::of(&recorder),
        cards: KeptQuiet::of(&desk.quiet.report(desk.clock.now())),
        rules: Rules {
            edition: rulebook.edition(),
            digest: rulebook.digest(),
            signed_off: rulebook.signed_off(desk.clock.today()),
            unsigned: &rulebook.unsigned,
            review_due: rulebook.review_due.to_string(),
        },
    };
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(report)
}

fn plain(reply: &mut actix_web::HttpResponseBuilder, word: &'static str) -> HttpResponse {
    reply.body(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_down_leaves_the_service_ready_and_degraded() {
        assert!(Condition::Spooling.answers());
        assert_eq!(Condition::Spooling.word(), "degraded");
        assert!(Condition::Unrecorded.answers());
        assert_eq!(Condition::Unrecorded.word(), "critical");
    }

    /// Of a recorder whose database and spool are so.
    fn condition(database: DatabaseState, spool: SpoolState, when_full: WhenFull) -> Condition {
        Condition::of(&RecorderHealth { database, spool, when_full, ..RecorderHealth::of_nothing() })
    }

    #[test]
    fn a_spool_that_fails_is_critical_beside_a_database_that_is_away_and_never_ok_beside_one_that_is_there() {
        let away = condition(DatabaseState::Away, SpoolState::Failing, WhenFull::Serve);
        assert_eq!((away.word(), away.is_ready()), ("critical", true));
        let refusing = condition(DatabaseState::Away, SpoolState::Failing, WhenFull::Refuse);
        assert_eq!((refusing.word(), refusing.is_ready()), ("critical", false));
        let there = condition(DatabaseState::Up, SpoolState::Failing, WhenFull::Refuse);
        assert_eq!((there.word(), there.is_ready()), ("degraded", true));
    }

    #[test]
    fn a_service_that_stops_goes_on_stopping() {
        let health = Health::new(Condition::FirstStart);
        health.set(Condition::Recording);
        assert_eq!(health.condition(), Condition::Recording);
        health.set(Condition::Leaving);
        health.set(Condition::Recording);
        assert_eq!(health.condition(), Condition::Leaving);
        assert!(health.condition().answers() && !health.condition().is_ready());
        health.set(Condition::Draining);
        health.set(Condition::Recording);
        assert_eq!(health.condition(), Condition::Draining);
    }

    #[test]
    fn every_condition_is_read_as_it_was_set() {
        for condition in Condition::ALL {
            assert_eq!(Health::new(condition).condition(), condition);
        }
    }
}
