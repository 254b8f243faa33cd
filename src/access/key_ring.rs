//! The keys of one client while the service runs: held in memory, fetched in the background, never fetched because a token
//! says so more often than once a minute.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::fetch::{FetchFault, Fetched, check_authority};
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
    /// What is wrong with the file of keys or of the authority, for the one who wrote the configuration.
    pub(super) fn open(registration: &Registration, data_dir: &Path) -> Result<Self, String> {
        let (kept, set, schedule) = match &registration.keys {
            KeySource::File(path) => {
                let bytes = std::fs::read(path).map_err(|error| error.kind().to_string())?;
                let set = KeySet::read(&bytes, &registration.revoked).map_err(|fault| fault.to_string())?;
                if set.is_empty() {
                    return Err("it holds no key that may verify tokens".to_owned());
                }
                (None, set, Schedule::held(Duration::ZERO, Duration::ZERO))
            }
            KeySource::Url(server) => {
                check_authority(server).map_err(|fault| fault.to_string())?;
                let kept = Kept::of(data_dir, &registration.client.name);
                let held =
                    kept.read().and_then(|(bytes, age)| Some((KeySet::read(&bytes, &registration.revoked).ok()?, age)));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::num::NonZeroU32;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::config::{Client, KeyServer, TokenAlgorithm};

    fn open(data_dir: &Path) -> Arc<KeyRing> {
        let registration = Registration {
            client: Arc::new(Client::local()),
            by_tenant: BTreeMap::new(),
            issuer: "i".into(),
            keys: KeySource::Url(KeyServer {
                url: "https://ehr.example.org/keys".parse().unwrap(),
                ca: None,
                addresses: Vec::new(),
            }),
            revoked: Vec::new(),
            algorithms: vec![TokenAlgorithm::Es384],
            jku: None,
            audiences: Vec::new(),
            services: Vec::new(),
            longest_life: 300,
            rate: NonZeroU32::MIN,
        };
        Arc::new(KeyRing::open(&registration, data_dir).unwrap())
    }

    /// The set of the sandbox, its key under this id.
    fn set(kid: &str) -> Fetched {
        let sandbox = include_str!("../../tests/examples/cds-hooks/sandbox-jwt/jwks.json");
        let bytes = sandbox.replace("44823f3d-0b01-4a6c-a80e-b9d3e8a7226f", kid).into_bytes();
        Fetched { bytes, life: None }
    }

    /// Runs `work` while the set is kept fresh by `fetch`.
    async fn while_kept<T>(
        ring: &KeyRing,
        fetch: impl Fn() -> Result<Fetched, FetchFault>,
        work: impl Future<Output = T>,
    ) -> T {
        let fetch = |_| {
            let fetched = fetch();
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                fetched
            }
        };
        tokio::select! {
            () = async { ring.keep(fetch).await } => unreachable!("it keeps the set for ever"),
            done = work => done,
        }
    }

    #[tokio::test]
    async fn a_thousand_requests_with_an_unknown_key_wait_for_one_fetch() {
        let folder = tempfile::tempdir().unwrap();
        let (ring, fetches) = (open(folder.path()), AtomicUsize::new(0));
        let fetch = || {
            fetches.fetch_add(1, Ordering::SeqCst);
            Ok(set("a"))
        };
        while_kept(&ring, fetch, async {
            assert!(ring.with_key("a").await.get("a").is_some(), "the first fetch is waited for");
            let mut asking = tokio::task::JoinSet::new();
            for _ in 0..1_000 {
                let ring = Arc::clone(&ring);
                asking.spawn(async move { ring.with_key("b").await.get("b").is_none() });
            }
            assert!(asking.join_all().await.into_iter().all(|refused| refused));
            assert!(ring.with_key("c").await.get("c").is_none());
        })
        .await;
        assert_eq!(fetches.load(Ordering::SeqCst), 2, "at the start, and for all of them");
    }

    #[tokio::test]
    async fn a_rotated_key_is_found_at_once_and_the_old_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (ring, fetches) = (open(folder.path()), AtomicUsize::new(0));
        let fetch = || Ok(if fetches.fetch_add(1, Ordering::SeqCst) == 0 { set("old") } else { set("new") });
        while_kept(&ring, fetch, async {
            assert!(ring.with_key("old").await.get("old").is_some());
            assert!(ring.with_key("new").await.get("new").is_some());
            assert!(!ring.current().knows("old"));
        })
        .await;
    }

    #[tokio::test]
    async fn a_restart_without_a_network_finds_the_last_good_set() {
        let folder = tempfile::tempdir().unwrap();
        let ring = open(folder.path());
        while_kept(&ring, || Ok(set("a")), async { ring.with_key("a").await }).await;
        let again = open(folder.path());
        assert!(again.current().get("a").is_some());
        while_kept(&again, || Err(FetchFault::NoAnswer), async {
            assert!(again.with_key("b").await.get("b").is_none());
            assert!(again.current().get("a").is_some(), "an outage takes no key away");
        })
        .await;
        let file = folder.path().join("key-sets").join("local.json");
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(file).unwrap()) & 0o777, 0o600);
    }

    #[tokio::test]
    async fn an_answer_that_is_no_key_set_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let (ring, fetches) = (open(folder.path()), AtomicUsize::new(0));
        let html = || Fetched { bytes: b"<html>".to_vec(), life: None };
        let fetch = || Ok(if fetches.fetch_add(1, Ordering::SeqCst) == 0 { set("a") } else { html() });
        while_kept(&ring, fetch, async {
            assert!(ring.with_key("a").await.get("a").is_some());
            assert!(ring.with_key("b").await.get("a").is_some());
        })
        .await;
        assert_eq!(open(folder.path()).current().get("a").map(|_| ()), Some(()), "and the old one is kept");
    }
}
