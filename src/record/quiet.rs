//! The memory of what is kept quiet, filled from PostgreSQL beside the requests: at the start, after each feedback, and
//! every few seconds for what other replicas heard and for what sites silenced.
//!
//! A request only looks into memory. While the database is away the last state holds; what was not read yet keeps nothing
//! quiet, so that the fault of a memory is a card too many.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::noise::{Memory, Silence, Silences};
use crate::store::{AnsweredCard, Store, StoreError, UnknownCard};

use super::shown::ShownReply;

/// How often [`Quiet::keep`] looks. Whatever is silenced takes hold everywhere after this and the time of one look.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Looks overlap by this, since rows become visible in another order than they are stamped.
const OVERLAP: Duration = Duration::from_secs(30);
/// A card is answered within minutes as a rule, and a card that is a week old is no card any more.
const SOON: Duration = Duration::from_secs(2 * 60 * 60);
const AT_ALL: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Feedback may come before its decision is visible; after this a card that was not found is one that we did not show.
const SETTLED: Duration = Duration::from_secs(120);
/// Searches of one look, each for [`Store::UNKNOWN_AT_ONCE`] cards.
const MOST_SEARCHES: usize = 64;
/// Cards that were searched for in vain and are not searched for at length again.
const MOST_IN_VAIN: usize = 10_000;

/// The memory and its state. Cheap to clone; all clones share it.
#[derive(Clone)]
pub struct Quiet(Arc<Shared>);

struct Shared {
    memory: RwLock<Memory>,
    /// One look at a time.
    looks: Mutex<Looks>,
    quiet_days: u16,
}

#[derive(Default)]
struct Looks {
    last: Option<Instant>,
    in_vain: HashSet<Uuid>,
}

/// What the memory holds now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuietReport {
    /// Answers that are remembered.
    pub dismissed: usize,
    /// Silences that hold, shadow mode included.
    pub silences: Vec<Silence>,
}

impl Quiet {
    /// Remembers nothing yet; an answer will count for `quiet_days`.
    #[must_use]
    pub fn new(quiet_days: u16) -> Self {
        let memory = RwLock::new(Memory::new(quiet_days));
        Self(Arc::new(Shared { memory, looks: Mutex::default(), quiet_days }))
    }

    /// For the time of one decision.
    pub fn memory(&self) -> RwLockReadGuard<'_, Memory> {
        self.0.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is held at `now`.
    #[must_use]
    pub fn report(&self, now: Timestamp) -> QuietReport {
        let memory = self.memory();
        QuietReport { dismissed: memory.dismissed.len(), silences: memory.silences.holding(now).cloned().collect() }
    }

    /// Looks again and again, until dropped. A database that does not answer is told once.
    pub async fn keep(&self, store: &Store) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tick.tick().await;
            let looked = self.look(store).await;
            if let Err(error) = &looked
                && !failing
            {
                tracing::warn!(%error, "dismissed and silenced cards cannot be read; the last known state holds");
            }
            failing = looked.is_err();
        }
    }

    /// Takes in what is new in the database.
    ///
    /// # Errors
    /// [`StoreError`]; what was taken in before holds.
    pub async fn look(&self, store: &Store) -> Result<(), StoreError> {
        let mut looks = self.0.looks.lock().await;
        let began = Instant::now();
        // Silence first: it is the one that somebody waits for.
        let silences = Silences::of(store.silences().await?);
        self.write(|memory| memory.silences = silences);
        let whole = Duration::from_secs(24 * 60 * 60) * u32::from(self.0.quiet_days);
        let since = looks.last.map_or(whole, |last| began.duration_since(last) + OVERLAP);
        let unknown_since = looks.last.map_or(AT_ALL, |last| began.duration_since(last) + SETTLED);
        let mut passed_over = 0;
        // A client may send the feedback of a day at once. Cards that we did not show end the search.
        for _ in 0..MOST_SEARCHES {
            let unknown = store.unknown_cards(unknown_since, passed_over).await?;
            let found = find_out(store, &unknown, &mut looks.in_vain).await.unwrap_or_else(|error| {
                // Too many decisions to search, for instance. The cards are shown again; what is known is still taken in.
                tracing::warn!(%error, count = unknown.len(), "answered cards could not be found among the decisions");
                0
            });
            if found == 0 || unknown.len() < Store::UNKNOWN_AT_ONCE {
                break;
            }
            passed_over += unknown.len() - found;
        }
        let dismissals = store.dismissals(since).await?;
        if !dismissals.is_empty() {
            // The latest come first; the memory forgets the oldest.
            self.write(|memory| dismissals.into_iter().rev().for_each(|one| memory.dismissed.learn(one)));
        }
        looks.last = Some(began);
        Ok(())
    }

    fn write(&self, change: impl FnOnce(&mut Memory)) {
        change(&mut self.0.memory.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Looks for the decisions that showed these cards, near first, and keeps what the cards were about. Says how many were
/// found.
async fn find_out(store: &Store, unknown: &[UnknownCard], in_vain: &mut HashSet<Uuid>) -> Result<usize, StoreError> {
    let mut found = 0;
    let tenants: HashSet<&str> = unknown.iter().map(|card| &*card.tenant).collect();
    for tenant in tenants {
        let mut left: Vec<&UnknownCard> = unknown.iter().filter(|card| card.tenant == tenant).collect();
        found += find_within(store, tenant, &mut left, SOON).await?;
        left.retain(|card| !in_vain.contains(&card.card));
        // Noted before the long search: one that the server gives up must not be begun anew every few seconds.
        if in_vain.len() > MOST_IN_VAIN {
            in_vain.clear();
        }
        in_vain.extend(left.iter().map(|card| card.card));
        found += find_within(store, tenant, &mut left, AT_ALL).await?;
    }
    Ok(found)
}

async fn find_within(
    store: &Store,
    tenant: &str,
    left: &mut Vec<&UnknownCard>,
    before: Duration,
) -> Result<usize, StoreError> {
    if left.is_empty() {
        return Ok(0);
    }
    let sought = left.len();
    let mut found = Vec::new();
    for decision in store.decisions_that_showed(tenant, left, before).await? {
        let (Some(patient), Some(reply)) = (decision.patient, ShownReply::read(&decision.content.reply)) else {
            continue;
        };
        for card in left.iter().filter(|card| card.service == decision.service) {
            if let Some(finding) = reply.finding(tenant, &patient, card.card) {
                found.push(AnsweredCard {
                    service: decision.service.clone(),
                    card: card.card,
                    decision_id: decision.decision_id,
                    finding: finding.0,
                    patient,
                    user: decision.user,
                });
            }
        }
    }
    store.keep_answered_cards(tenant, &found).await?;
    left.retain(|card| !found.iter().any(|one| one.card == card.card && one.service == card.service));
    Ok(sought - left.len())
}
