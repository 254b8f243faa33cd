//! The keys of one client while the service runs: held in memory, fetched in the background, never fetched because a token
//! says so more often than once a minute.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::fetch::{FetchFault, Fetched};
use super::kept::Kept;
use super::key_set::{KeySet, NotAKeySet};
use super::schedule::{Hope, Schedule};
use crate::config::{KeySource, Registration};

/// How long a request that shows a new key waits for it.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

pub(super) struct KeyRing {
    client: Box<str>,
    source: KeySource,
    revoked: Vec<Box<str>>,
    /// Only of a set that comes over the network.
    kept: Option<Kept>,
    set: RwLock<Arc<KeySet>>,
    schedule: Mutex<Schedule>,
    start: Instant,
    asked: Notify,
    /// Counts the fetches that came to an end.
    ends: watch::Sender<u64>,
}

impl KeyRing {
    /// With the set of the file, or with the one that an earlier process fetched.
    ///
    /// # Errors
    /// What is wrong with the file of keys, for the one who wrote the configuration.
    pub(super) fn open(registration: &Registration, data_dir: &Path) -> Result<Self, String> {
        let (kept, set, schedule) = match &registration.keys {
            KeySource::File(path) => {
                let bytes = std::fs::read(path).map_err(|error| error.kind().to_string())?;
                let set = KeySet::read(&bytes, &registration.revoked).map_err(|fault| fault.to_string())?;
                if set.is_empty() {
                    return Err("it holds no key that may verify tokens".to_owned());
                }
                (None, set, Schedule::new())
            }
            KeySource::Url(_) => {
                let kept = Kept::of(data_dir, &registration.client.name);
                let held = kept.read().and_then(|(bytes, age)| Some((KeySet::read(&bytes, &registration.revoked).ok()?, age)));
                match held {
                    Some((set, age)) => (Some(kept), set, Schedule::held(Duration::ZERO, age)),
                    None => (Some(kept), KeySet::default(), Schedule::new()),
                }
            }
        };
        Ok(Self {
            client: registration.client.name.clone(),
            source: registration.keys.clone(),
            revoked: registration.revoked.clone(),
            kept,
            set: RwLock::new(Arc::new(set)),
            schedule: Mutex::new(schedule),
            start: Instant::now(),
            asked: Notify::new(),
            ends: watch::Sender::new(0),
        })
    }

    /// The set in which to look for this key. Where it is not there, one fetch for all who ask is waited for.
    pub(super) async fn with_key(&self, kid: &str) -> Arc<KeySet> {
        let set = self.current();
        if set.knows(kid) {
            return set;
        }
        let mut ends = self.ends.subscribe();
        let hope = self.schedule().unknown_key(self.start.elapsed());
        match hope {
            Hope::Fetch => self.asked.notify_one(),
            Hope::Wait => {}
            Hope::None => return self.current(),
        }
        let _ = tokio::time::timeout(LONGEST_WAIT, ends.changed()).await;
        self.current()
    }

    fn current(&self) -> Arc<KeySet> {
        let set = Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner));
        if self.schedule().has_gone_stale(self.start.elapsed()) { Arc::default() } else { set }
    }

    /// Keeps the set fresh until dropped. `fetch` does the work of one attempt.
    pub(super) async fn keep<F, A>(&self, fetch: F)
    where
        F: Fn(KeySource) -> A,
        A: Future<Output = Result<Fetched, FetchFault>>,
    {
        loop {
            let pause = self.schedule().due().saturating_sub(self.start.elapsed());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.asked.notified() => {}
            }
            self.schedule().begin();
            let fetched = fetch(self.source.clone()).await;
            self.take(fetched);
            self.ends.send_modify(|ends| *ends += 1);
        }
    }

    fn take(&self, fetched: Result<Fetched, FetchFault>) {
        let read = fetched.map_err(|fault| fault.to_string()).and_then(|fetched| {
            let set = KeySet::read(&fetched.bytes, &self.revoked).map_err(|fault: NotAKeySet| fault.to_string())?;
            Ok((set, fetched))
        });
        let now = self.start.elapsed();
        match read {
            Ok((set, fetched)) => {
                if set.shows_private_half {
                    tracing::error!(client = %self.client, "the key set of this client shows a private key; it must be replaced");
                }
                if set.is_empty() {
                    tracing::warn!(client = %self.client, "the key set of this client holds no key that may verify tokens");
                }
                if let Some(error) = self.kept.as_ref().and_then(|kept| kept.write(&fetched.bytes).err()) {
                    tracing::warn!(client = %self.client, error = %error.kind(), "the key set is not kept for a restart");
                }
                *self.set.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(set);
                self.schedule().fetched(now, fetched.life, chance());
            }
            Err(error) => {
                tracing::warn!(client = %self.client, error, "the key set of this client was not fetched");
                self.schedule().failed(now, chance());
            }
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn chance() -> u8 {
    let mut byte = [128];
    // Without randomness there is no jitter, and nothing else changes.
    let _ = getrandom::fill(&mut byte);
    byte[0]
}
