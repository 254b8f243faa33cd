//! All recorders of the process: one for each thread that answers requests, with a queue and a writer of its own.
//!
//! A decision is made, queued, written and answered on one thread, so nothing on its way has to wake another one, and
//! what arrived together is committed together. A second writer for the same queue was tried: it halves the batches and
//! costs PostgreSQL half as much again for each decision. Counters and closing time are shared.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::journal::{DatabaseState, Event, SpoolState};
use crate::metrics::Timings;
use crate::store::Store;

use super::answers::Job;
use super::conductor::Conductor;
use super::keeper::{Keeper, LIMIT};
use super::lane::{Lane, Queue};
use super::opened::Spool;
use super::recorder::Recorder;
use super::spare::Spare;
use super::spool::Errand;
use super::tally::{RecorderHealth, Tally};

/// Decisions that may wait in one queue. At a thousand a second that is two seconds: more would only make everybody late.
const QUEUE: usize = 2_048;

/// What the recorders of a process share. Cheap to clone.
#[derive(Clone)]
pub struct Recorders(Arc<Shared>);

struct Shared {
    store: Store,
    tally: Arc<Tally>,
    conductor: Arc<Conductor>,
    disk: Mutex<Option<std::thread::JoinHandle<()>>>,
    closing: watch::Sender<bool>,
    /// Decisions that were queued and are not answered yet.
    open: Arc<AtomicUsize>,
    queues: Mutex<Vec<Served>>,
    keeps: bool,
}

impl Drop for Shared {
    /// The thread of the spool holds the directory until it ends.
    fn drop(&mut self) {
        self.conductor.send(Errand::Close);
    }
}

/// Where decisions come into a queue.
#[derive(Clone)]
pub(super) struct Entrance {
    pub(super) waiting: mpsc::Sender<Job>,
    /// Those who come out of it have waited too long.
    slow: Arc<AtomicBool>,
}

impl Entrance {
    /// Whether a decision should be let in: there is a place, and it will be written in time. Nobody waits long in an empty
    /// queue, whatever was before.
    pub(super) fn is_open(&self) -> bool {
        let free = self.waiting.capacity();
        let is_slow = free < self.waiting.max_capacity() && self.slow.load(Ordering::Acquire);
        free > 0 && !is_slow && !self.waiting.is_closed()
    }
}

/// One queue and who serves it.
struct Served {
    entrance: Entrance,
    queue: Queue,
    lane: JoinHandle<()>,
    spare: Spare,
}

impl Recorders {
    /// None yet; decisions go to `store`, which need not be reachable, or else to `spool`.
    ///
    /// # Errors
    /// If the system gives no thread for the spool.
    pub fn new(store: Store, spool: Spool) -> std::io::Result<Self> {
        Self::made(store, spool, true)
    }

    /// For a measurement: no decision is kept anywhere, and each answer says so.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn without_record(store: Store, spool: Spool) -> std::io::Result<Self> {
        Self::made(store, spool, false)
    }

    fn made(store: Store, spool: Spool, keeps: bool) -> std::io::Result<Self> {
        let closing = watch::Sender::new(false);
        let tally = Arc::new(Tally::default());
        let (conductor, disk) = spool.serve(Arc::clone(&tally))?;
        let (disk, open) = (Mutex::new(Some(disk)), Arc::default());
        Ok(Self(Arc::new(Shared { store, tally, conductor, disk, closing, open, queues: Mutex::default(), keeps })))
    }

    /// Looks after the database while it is away, and replays the spool when it is back, until [`Self::drain`]. One for a
    /// process.
    pub fn keep(&self) -> impl Future<Output = ()> + Send + use<> {
        let of_keeper = self.clone();
        let spares = Box::new(move || of_keeper.queues().iter().map(|served| served.spare.clone()).collect());
        let keeper = Keeper::new(Arc::clone(&self.0.conductor), self.0.store.clone(), spares);
        keeper.run(self.0.closing.subscribe())
    }

    /// One more recorder, with its writer on the current tokio runtime.
    #[must_use]
    pub fn start(&self) -> Recorder {
        let Shared { store, conductor, closing, .. } = &*self.0;
        let (waiting, receiver) = mpsc::channel(QUEUE);
        let queue = Arc::new(tokio::sync::Mutex::new(receiver));
        let entrance = Entrance { waiting, slow: Arc::default() };
        let spare = Spare::on_this_thread(store.clone(), LIMIT);
        let lane = Lane::new(store.clone(), Arc::clone(conductor), spare.clone(), Arc::clone(&entrance.slow));
        let lane = tokio::spawn(lane.run(Arc::clone(&queue), closing.subscribe()));
        self.queues().push(Served { entrance: entrance.clone(), queue, lane, spare });
        Recorder::new(entrance, self.clone())
    }

    /// Whether every queue would take a decision now.
    #[must_use]
    pub fn have_room(&self) -> bool {
        self.queues().iter().all(|served| served.entrance.is_open())
    }

    /// Counters, queues, database and spool at this moment. The database is away too if nobody writes what waits in a queue.
    #[must_use]
    pub fn health(&self) -> RecorderHealth {
        let queues = self.queues();
        let waiting = queues.iter().map(|served| &served.entrance.waiting);
        let depth = waiting.map(|waiting| waiting.max_capacity() - waiting.capacity()).sum();
        let (mut database, (mut spool, bytes, segments)) = self.0.conductor.look();
        if queues.iter().any(|served| served.lane.is_finished()) {
            database = DatabaseState::Away;
        }
        if self.disk().as_ref().is_none_or(std::thread::JoinHandle::is_finished) {
            spool = SpoolState::Failing;
        }
        let wanted = (self.0.conductor.limits.when_full, self.0.keeps);
        self.0.tally.health(depth, database, wanted, (spool, bytes, segments))
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
        let Shared { store, conductor, closing, .. } = &*self.0;
        for Served { queue, lane, spare, .. } in queues {
            if lane.await.is_err_and(|ended| ended.is_panic()) {
                tracing::error!("a writer ended by a panic");
            }
            if !queue.lock().await.is_empty() {
                Lane::new(store.clone(), Arc::clone(conductor), spare, Arc::default())
                    .run(queue, closing.subscribe())
                    .await;
            }
        }
        // Only now nobody spools any more.
        conductor.step(Event::Closing).for_each(drop);
        conductor.send(Errand::Close);
        let disk = self.disk().take();
        if let Some(disk) = disk
            && tokio::task::spawn_blocking(move || disk.join().is_err()).await.unwrap_or(true)
        {
            tracing::error!("the thread of the spool ended by a panic");
        }
    }

    pub(super) fn conductor(&self) -> &Conductor {
        &self.0.conductor
    }

    fn disk(&self) -> MutexGuard<'_, Option<std::thread::JoinHandle<()>>> {
        self.0.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long commits took, and how many decisions they held: the counts themselves, which go on.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.0.tally.timings.clone()
    }

    /// Whether decisions are recorded at all.
    #[must_use]
    pub fn keep_decisions(&self) -> bool {
        self.0.keeps
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
