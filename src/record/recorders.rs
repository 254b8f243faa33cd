//! All recorders of the process: one for each thread that answers requests, with a queue and a writer of its own.
//!
//! A decision is made, queued, written and answered on one thread, so nothing on its way has to wake another one, and
//! what arrived together is committed together. A second writer for the same queue was tried: it halves the batches and
//! costs PostgreSQL half as much again for each decision. Counters and closing time are shared.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::metrics::Timings;
use crate::store::Store;

use super::answers::Job;
use super::lane::{Lane, Queue};
use super::outage::Gate;
use super::recorder::Recorder;
use super::tally::{DatabaseState, RecorderHealth, Tally};

/// Decisions that may wait in one queue. At a thousand a second that is two seconds: more would only make everybody late.
const QUEUE: usize = 2_048;

/// What the recorders of a process share. Cheap to clone.
#[derive(Clone)]
pub struct Recorders(Arc<Shared>);

struct Shared {
    store: Store,
    tally: Arc<Tally>,
    closing: watch::Sender<bool>,
    /// Decisions that were queued and are not answered yet.
    open: Arc<AtomicUsize>,
    queues: Mutex<Vec<Served>>,
}

/// One queue and who serves it.
struct Served {
    waiting: mpsc::Sender<Job>,
    queue: Queue,
    gate: Gate,
    lane: JoinHandle<()>,
}

impl Recorders {
    /// None yet; decisions go to `store`, which need not be reachable.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let closing = watch::Sender::new(false);
        let (tally, open) = (Arc::default(), Arc::default());
        Self(Arc::new(Shared { store, tally, closing, open, queues: Mutex::default() }))
    }

    /// One more recorder, with its writer on the current tokio runtime.
    #[must_use]
    pub fn start(&self) -> Recorder {
        let Shared { store, tally, closing, .. } = &*self.0;
        let (waiting, receiver) = mpsc::channel(QUEUE);
        let queue = Arc::new(tokio::sync::Mutex::new(receiver));
        let gate = Gate::new(store.clone(), Arc::clone(tally), closing.subscribe());
        let lane = Lane::new(store.clone(), gate.clone(), Arc::clone(tally));
        let lane = tokio::spawn(lane.run(Arc::clone(&queue), closing.subscribe()));
        self.queues().push(Served { waiting: waiting.clone(), queue, gate, lane });
        Recorder::new(waiting, self.clone())
    }

    /// Whether every queue would take a decision now.
    #[must_use]
    pub fn have_room(&self) -> bool {
        self.queues().iter().all(|served| served.waiting.capacity() > 0 && !served.waiting.is_closed())
    }

    /// Counters, queues and database at this moment. The database is away if it is so for one of the queues, or if nobody
    /// writes what waits there.
    #[must_use]
    pub fn health(&self) -> RecorderHealth {
        let queues = self.queues();
        let depth = queues.iter().map(|served| served.waiting.max_capacity() - served.waiting.capacity()).sum();
        let away = |served: &Served| served.gate.state() == DatabaseState::Away || served.lane.is_finished();
        let away = queues.iter().any(away);
        self.0.tally.health(depth, if away { DatabaseState::Away } else { DatabaseState::Up })
    }

    /// Waits, at most `limit`, until no decision is open, neither in a queue nor in the hands of a writer. For the time before
    /// the threads end that the writers live on: a batch in hand ends with its thread.
    pub async fn settle(&self, limit: Duration) {
        let settled = async {
            while self.0.open.load(Ordering::Acquire) > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(limit, settled).await.is_err() {
            tracing::warn!(open = self.0.open.load(Ordering::Acquire), "decisions are still open");
        }
    }

    /// Takes nothing more, writes what is waiting, and returns when all of it is answered. What waits in the queue of a
    /// thread that has ended is written from here.
    pub async fn drain(&self) {
        self.0.closing.send_replace(true);
        let queues = std::mem::take(&mut *self.queues());
        for Served { queue, gate, lane, .. } in queues {
            if lane.await.is_err_and(|ended| ended.is_panic()) {
                tracing::error!("a writer ended by a panic");
            }
            if !queue.lock().await.is_empty() {
                let Shared { store, tally, closing, .. } = &*self.0;
                Lane::new(store.clone(), gate, Arc::clone(tally)).run(queue, closing.subscribe()).await;
            }
        }
    }

    /// How long commits took, and how many decisions they held: the counts themselves, which go on.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.0.tally.timings.clone()
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn open(&self) -> &Arc<AtomicUsize> {
        &self.0.open
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.0.tally
    }

    /// A list without invariants: a panic elsewhere leaves it usable.
    fn queues(&self) -> MutexGuard<'_, Vec<Served>> {
        self.0.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
