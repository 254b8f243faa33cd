//! The keeper: one task of the process that knocks at the database while it is away, empties the spool when it is back, and
//! looks after the database while nobody asks.
//! It works for nobody who waits, so it gives way to those who do.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::journal::{Action, Event, Fault, KeeperStep, Places};
use crate::store::{DecisionRow, FeedbackEvent, SpooledRow, Store, StoreError, Stored, Taken, WriterConnection};

use super::conductor::Conductor;
use super::decision::hash_of_spooled;
use super::lane::closed;
use super::spare::Spare;
use super::spool::{Errand, Spooled};

/// Nobody waits for a probe or a chunk, so they may take their time on a machine that is busy recovering.
pub(super) const LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Keeper {
    conductor: Arc<Conductor>,
    store: Store,
    /// Of the writers that will want a connection when the database is back.
    spares: Box<dyn Fn() -> Vec<Spare> + Send + Sync>,
    line: Option<WriterConnection>,
    /// The chunk in hand.
    rows: Vec<Kept>,
    /// Why the database refused a row of it.
    class: String,
}

/// A row of the chunk: as it lay there, and what it says.
struct Kept {
    bytes: Spooled,
    row: SpooledRow,
}

impl Keeper {
    pub(super) fn new(
        conductor: Arc<Conductor>,
        store: Store,
        spares: Box<dyn Fn() -> Vec<Spare> + Send + Sync>,
    ) -> Self {
        Self { conductor, store, spares, line: None, rows: Vec::new(), class: String::new() }
    }

    /// Works until closing time.
    pub(super) async fn run(mut self, mut closing: watch::Receiver<bool>) {
        let free = || KeeperStep::Free { chance: chance() };
        let mut news = free();
        loop {
            let mut next = free();
            let actions: Vec<Action> = self.conductor.step(Event::Keeper(news)).collect();
            for action in actions {
                tokio::select! {
                    biased;
                    () = closed(&mut closing), if waits(&action) => return,
                    done = self.carry_out(action) => next = done.unwrap_or(next),
                }
            }
            if *closing.borrow() {
                break;
            }
            news = next;
        }
        if let Some(line) = self.line.take() {
            line.close().await;
        }
    }

    async fn carry_out(&mut self, action: Action) -> Option<KeeperStep> {
        match action {
            Action::Probe(pause) => {
                tokio::time::sleep(pause).await;
                Some(KeeperStep::Probed(self.knock().await))
            }
            Action::Pause(pause) => {
                tokio::time::sleep(pause).await;
                None
            }
            Action::Look => Some(KeeperStep::Probed(self.look().await)),
            Action::Rest(longest) => {
                let _ = tokio::time::timeout(longest, self.conductor.keeper.notified()).await;
                None
            }
            Action::Read { segment, from, to, most } => Some(self.read(segment, from, to, most).await),
            Action::Replay(places) => Some(self.replay(&places).await),
            Action::ReplayQuarantine(places) => {
                let rows = places.iter().filter_map(|at| self.rows.get(*at)).map(|kept| kept.bytes.0.clone()).collect();
                Some(KeeperStep::Quarantined(self.conductor.quarantine(rows, &self.class).await))
            }
            Action::Delete(segment) => {
                let (answer, answered) = oneshot::channel();
                self.conductor.send(Errand::Delete { segment, answer });
                Some(KeeperStep::Deleted(answered.await.unwrap_or(false)))
            }
            _ => None,
        }
    }

    /// One question on the connection that is there, or else on a new one: a server that was started again has closed it.
    async fn look(&mut self) -> Result<(), Fault> {
        if let Some(mut line) = self.line.take()
            && line.probe(LIMIT).await.is_ok()
        {
            self.line = Some(line);
            return Ok(());
        }
        match self.opened().await {
            Ok(line) => {
                self.line = Some(line);
                Ok(())
            }
            Err(error) => {
                tracing::debug!(cause = %error, "nobody asks, and the database takes no decisions");
                Err(self.conductor.blame(&error))
            }
        }
    }

    /// A connection to a server that would take decisions.
    async fn opened(&self) -> Result<WriterConnection, StoreError> {
        let mut line = self.store.open_writer(LIMIT).await?;
        line.probe(LIMIT).await?;
        Ok(line)
    }

    /// A connection for the keeper and one for each writer, to a server that has just taken a decision.
    async fn knock(&mut self) -> Result<(), Fault> {
        let reached = async {
            let mut line = self.opened().await?;
            line.rehearse(LIMIT).await?;
            for spare in (self.spares)() {
                // A thread that is held up opens its own when it needs it; the others do not wait for it.
                tokio::time::timeout(LIMIT, spare.open()).await.unwrap_or(Ok(()))?;
            }
            Ok::<_, StoreError>(line)
        };
        match reached.await {
            Ok(line) => {
                self.line = Some(line);
                Ok(())
            }
            Err(error) => {
                tracing::debug!(cause = %error, "the database still takes no decisions");
                Err(self.conductor.blame(&error))
            }
        }
    }

    async fn read(&mut self, segment: u64, from: u64, to: u64, most: usize) -> KeeperStep {
        let (answer, answered) = oneshot::channel();
        self.conductor.send(Errand::Read { segment, from, to, most, answer });
        let Ok(Ok(chunk)) = answered.await else { return KeeperStep::NotRead };
        self.rows.clear();
        let mut unreadable = Vec::new();
        for bytes in chunk.rows {
            match read_row(&bytes.0) {
                Ok(row) => self.rows.push(Kept { bytes, row }),
                Err(_) => unreadable.push(bytes.0),
            }
        }
        // Of another version, for instance: kept for it.
        if !unreadable.is_empty() && !self.conductor.quarantine(unreadable, "unreadable").await {
            return KeeperStep::NotRead;
        }
        KeeperStep::Read { rows: self.rows.len(), next: chunk.next, end: chunk.end }
    }

    async fn replay(&mut self, places: &Places) -> KeeperStep {
        let rows: Vec<&SpooledRow> = match places {
            Places::All => self.rows.iter().map(|kept| &kept.row).collect(),
            Places::These(places) => places.iter().filter_map(|at| self.rows.get(*at)).map(|kept| &kept.row).collect(),
        };
        let number = rows.len() as u64;
        match stored(&mut self.line, &self.store, &rows).await {
            Ok(()) => {
                self.conductor.tally.replayed_rows.fetch_add(number, Ordering::Relaxed);
                KeeperStep::Stored
            }
            Err(StoreError::Rejected(state)) => {
                state.as_str().clone_into(&mut self.class);
                KeeperStep::Refused
            }
            Err(StoreError::Inconsistent(_)) => {
                "inconsistent".clone_into(&mut self.class);
                KeeperStep::Refused
            }
            Err(error @ StoreError::Unavailable(_)) => {
                self.line = None;
                tracing::debug!(cause = %error, "the replay of the spool is interrupted");
                KeeperStep::Failed(self.conductor.blame(&error))
            }
        }
    }
}

/// A row as it is to be stored. Its hash is made again where it became another row: its token was checked here alone, or the
/// version before packed it. Every other keeps the hash that was made with its reply, so that damage since then is found.
fn read_row(bytes: &[u8]) -> Result<SpooledRow, StoreError> {
    let mut row = SpooledRow::read(bytes)?;
    if let SpooledRow::Decision(decision) = &mut row
        && (decision.checked_here || decision.packed_anew)
    {
        decision.record_hash = hash_of_spooled(decision);
    }
    Ok(row)
}

/// Every row is in the database when this returns: under its own id, as a conflict, or as the same request that another
/// decision answered.
async fn stored(line: &mut Option<WriterConnection>, store: &Store, rows: &[&SpooledRow]) -> Result<(), StoreError> {
    let mut decisions: Vec<&DecisionRow> = Vec::new();
    let mut events: Vec<FeedbackEvent> = Vec::new();
    for row in rows {
        match row {
            SpooledRow::Decision(decision) => decisions.push(decision),
            SpooledRow::Feedback(event) => events.push((**event).clone()),
        }
    }
    if !decisions.is_empty() {
        let mut writer = match line.take() {
            Some(writer) => writer,
            None => store.open_writer(LIMIT).await?,
        };
        // In the order of the keys: the live writers do the same, so that none waits for another in a circle.
        decisions.sort_by(|a, b| a.key().cmp(&b.key()).then(a.decision_id.cmp(&b.decision_id)));
        // A batch whose flush failed was written twice.
        decisions.dedup_by_key(|row| row.decision_id);
        let outcome = writer.store(&decisions, LIMIT).await;
        if outcome.as_ref().err().is_none_or(StoreError::leaves_connection_usable) {
            *line = Some(writer);
        }
        if let Stored::KeysTaken(holders) = outcome? {
            for (row, taken) in decisions.iter().zip(holders) {
                // What lay in the spool has no token any more: it was answered long ago.
                let Taken::By(holder) = taken else { continue };
                if holder.decision_id != row.decision_id && holder.request_hash != row.request_hash {
                    store.store_conflict(row).await?;
                }
            }
        }
    }
    // One tenant in each transaction. The sort keeps the order of arrival within a tenant.
    events.sort_by(|a, b| a.tenant.cmp(&b.tenant));
    for of_tenant in events.chunk_by(|a, b| a.tenant == b.tenant) {
        store.store_feedback(of_tenant).await?;
    }
    Ok(())
}

const fn waits(action: &Action) -> bool {
    matches!(action, Action::Probe(_) | Action::Pause(_) | Action::Look | Action::Rest(_))
}

/// For the jitter of a pause. Without randomness there is none, and nothing else changes.
fn chance() -> u8 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    byte[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> DecisionRow {
        let Ok(SpooledRow::Decision(row)) = read_row(bytes) else { panic!("not read") };
        *row
    }

    #[test]
    fn a_spooled_row_keeps_its_hash_unless_it_is_stored_as_another_row() {
        let sent = DecisionRow::for_tests();
        let plain = read(&sent.to_spool());
        assert_eq!(plain.record_hash, sent.record_hash, "a hash that does not fit is left to the audit");
        let anew = read(&sent.to_spool_as_before());
        assert_eq!(anew.record_hash, hash_of_spooled(&sent));
        let checked_here = DecisionRow { checked_here: true, ..DecisionRow::for_tests() };
        assert_eq!(read(&checked_here.to_spool()).record_hash, hash_of_spooled(&checked_here));
        assert_ne!(hash_of_spooled(&checked_here), hash_of_spooled(&sent));
    }
}
