//! The sealer: beside the requests, every few seconds, it seals the rows that are old enough, and publishes the newest seals
//! outside the database: in a file, in the log, and at a well-known address.
//!
//! A row is stamped by the database when it is inserted and seen when its transaction is committed. The sealer keeps a
//! distance of a minute, far more than any transaction of the service takes; a row that comes later than that stays unsealed,
//! and an audit names it.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use crate::seal::{Draft, Heads, PublicKey, Seal, SealFault, SealingKey};
use crate::store::{SealerConnection, Store, StoreError};

use super::key_file::{self, KeyFileError};

const KEY_FILE: &str = "keys/sealing.key";
const HEAD_FILE: &str = "seals/head.json";
/// How often it looks.
const SEAL_EVERY: Duration = Duration::from_secs(10);
/// How old a row has to be.
pub const SEALING_DISTANCE: Duration = Duration::from_secs(60);
/// How long nobody else seals a tenant after the last look.
const TERM: Duration = Duration::from_secs(60);
/// Rows of one seal: 240 kB of leaves.
const MOST_LEAVES: u32 = 4_096;

/// Reads the sealing key at `file`; without one, the key under `data_dir`, making it at the first start.
///
/// # Errors
/// [`KeyFileError`]. A key that cannot be read is never replaced.
pub fn sealing_key(data_dir: &Path, file: Option<&Path>) -> Result<SealingKey, KeyFileError> {
    let own = data_dir.join(KEY_FILE);
    let seed = file.map_or_else(|| key_file::read_or_make(&own), key_file::read)?;
    SealingKey::from_seed(&seed).ok_or(KeyFileError::Malformed(own))
}

/// Is there a sealing key under `data_dir`? Nothing is made.
#[must_use]
pub fn has_sealing_key(data_dir: &Path) -> bool {
    data_dir.join(KEY_FILE).exists()
}

/// The public half of the key that [`sealing_key`] reads; no key is made.
///
/// # Errors
/// As above.
pub fn public_key(data_dir: &Path, file: Option<&Path>) -> Result<PublicKey, KeyFileError> {
    let own = data_dir.join(KEY_FILE);
    let path = file.unwrap_or(&own);
    let key = SealingKey::from_seed(&key_file::read(path)?);
    Ok(key.ok_or_else(|| KeyFileError::Malformed(path.to_owned()))?.public())
}

/// The published head as JSON, for everybody who asks. Cheap to clone; all clones share it.
#[derive(Clone, Default)]
pub struct SealHead(Arc<RwLock<Option<Bytes>>>);

impl SealHead {
    /// The document; None before the first look.
    #[must_use]
    pub fn document(&self) -> Option<Bytes> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, document: Bytes) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(document);
    }
}

/// Reads the head that was published under `data_dir`; None where there is none.
///
/// # Errors
/// The file cannot be read, or it is no head.
pub fn published_head(data_dir: &Path) -> std::io::Result<Option<Heads>> {
    read_head(&data_dir.join(HEAD_FILE))
}

/// Reads the head at `path`.
///
/// # Errors
/// As for [`published_head`].
pub fn read_head(path: &Path) -> std::io::Result<Option<Heads>> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(std::io::Error::other),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Seals the rows of every tenant.
pub struct Sealer {
    store: Store,
    key: SealingKey,
    holder: Uuid,
    distance: Duration,
    file: PathBuf,
    heads: Heads,
    shown: SealHead,
    line: Option<SealerConnection>,
    /// The newest seal of each tenant, as far as it is known.
    newest: HashMap<String, Seal>,
    clock: fn() -> Timestamp,
    /// It was told that another key is in use.
    knows_other_key: bool,
    /// The key of the pseudonyms was made at this instant: are there decisions from before?
    new_pseudonyms: Option<Timestamp>,
}

impl Sealer {
    /// A sealer that has not looked yet. Rows younger than `distance` are left for later; `clock` tells the time of seals.
    ///
    /// # Errors
    /// The head that was published before cannot be read: without it nobody would see that seals are missing.
    pub fn new(
        store: Store,
        key: SealingKey,
        data_dir: &Path,
        distance: Duration,
        clock: fn() -> Timestamp,
    ) -> std::io::Result<Self> {
        let heads = published_head(data_dir)?.unwrap_or_else(|| Heads::new(key.public()));
        Ok(Self {
            store,
            holder: Uuid::now_v7(),
            distance,
            file: data_dir.join(HEAD_FILE),
            heads: heads.signed_with(key.public()),
            key,
            shown: SealHead::default(),
            line: None,
            newest: HashMap::new(),
            clock,
            knows_other_key: false,
            new_pseudonyms: None,
        })
    }

    /// The key of the pseudonyms was made just now: decisions that are older will be said to be out of its reach.
    #[must_use]
    pub fn with_new_pseudonyms(self) -> Self {
        Self { new_pseudonyms: Some((self.clock)()), ..self }
    }

    /// Where the newest head can be read.
    #[must_use]
    pub fn head(&self) -> SealHead {
        self.shown.clone()
    }

    /// Looks again and again, until dropped. A fault is told once.
    pub async fn keep(mut self) {
        let mut tick = tokio::time::interval(SEAL_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tick.tick().await;
            let looked = self.look().await;
            if let Err(error) = &looked
                && !failing
            {
                tracing::warn!(%error, "the record cannot be sealed at present");
            }
            failing = looked.is_err();
        }
    }

    /// Seals what is old enough, and publishes. Says how many rows were sealed.
    ///
    /// # Errors
    /// [`StoreError`]; what was sealed before stays sealed.
    pub async fn look(&mut self) -> Result<u64, StoreError> {
        let mut line = match self.line.take() {
            Some(line) => line,
            None => self.store.open_sealer().await?,
        };
        if let Some(made_at) = self.new_pseudonyms {
            // What this service itself has stored is younger, also by a clock that is a little late.
            if line.has_rows_before(made_at - SEALING_DISTANCE).await? {
                tracing::error!(
                    "the key of the pseudonyms was made at this start, and there are decisions from before: they are not found by \
                     the new references, and the same patients get others. Put pseudonym.key back from its backup, or name the \
                     key that the services of this site share (pseudonym_key_file), and start again"
                );
            }
            self.new_pseudonyms = None;
        }
        let mut sealed = 0;
        for tenant in line.tenants().await? {
            match self.seal_tenant(&mut line, &tenant).await {
                Ok(count) => sealed += count,
                // Somebody damaged it. The others are sealed all the same, and an audit says what it is.
                Err(StoreError::Inconsistent(what)) => {
                    tracing::error!(condition = what, "the seals or rows of a tenant are damaged; it is not sealed");
                }
                Err(error) => return Err(error),
            }
        }
        self.line = Some(line);
        if self.shown.document().is_none() {
            self.publish();
        }
        Ok(sealed)
    }

    async fn seal_tenant(&mut self, line: &mut SealerConnection, tenant: &str) -> Result<u64, StoreError> {
        let newest = line.newest(tenant).await?;
        if self.newest.get(tenant).map_or(0, |seal| seal.draft.seq) != newest {
            self.newest.remove(tenant);
            if let Some(seal) = line.seal(tenant, newest).await? {
                if !self.may_follow(&seal) {
                    tracing::error!(
                        "the newest seal of a tenant was not made with the sealing key of this service; this tenant is not sealed"
                    );
                    return Ok(0);
                }
                self.say_if_of_another_key(&seal);
                self.learn(seal);
            }
        }
        let known = self.newest.get(tenant);
        if !self.heads.agree(tenant, known) {
            tracing::error!(
                "the newest seals are missing from the database or are not those that were published; this tenant is not sealed"
            );
            return Ok(0);
        }
        if !line.lease(tenant, self.holder, TERM).await? {
            return Ok(0);
        }
        let mut sealed = 0;
        loop {
            let before = self.newest.get(tenant);
            // The leaves of a seal are in the order of storing.
            let last = before.and_then(|seal| seal.draft.leaves.last()).map(|leaf| (leaf.stored_at, leaf.id));
            let leaves = line.unsealed(tenant, last, self.distance, MOST_LEAVES).await?;
            let count = leaves.len() as u64;
            if count == 0 {
                return Ok(sealed);
            }
            let draft = Draft {
                tenant: tenant.to_owned(),
                seq: before.map_or(0, |seal| seal.draft.seq) + 1,
                previous: before.map_or([0; 32], Seal::hash),
                // PostgreSQL keeps microseconds.
                sealed_at: to_the_microsecond((self.clock)()),
                leaves,
            };
            let seal = draft.sealed(&self.key);
            if !line.add(&seal).await? {
                // Another service was quicker; its seal is looked at next time.
                return Ok(sealed);
            }
            sealed += count;
            self.learn(seal);
            if count < u64::from(MOST_LEAVES) {
                return Ok(sealed);
            }
        }
    }

    /// Whoever can write to the database can put a seal there. What goes on the chain has our signature or is what was published;
    /// where nothing is, a key that was used before this one is believed, and the audit is given it.
    fn may_follow(&self, seal: &Seal) -> bool {
        match seal.check(&[self.key.public()]) {
            Ok(()) => true,
            Err(SealFault::UnknownKey) if self.heads.of(&seal.draft.tenant).is_none() => true,
            Err(_) => self.heads.names(seal),
        }
    }

    /// Once: replicas with keys of their own would say it all day.
    fn say_if_of_another_key(&mut self, seal: &Seal) {
        if seal.key != self.key.public().id() && !std::mem::replace(&mut self.knows_other_key, true) {
            tracing::warn!(
                "the newest seal was made with another key than this service has. Unless that is meant, put keys/sealing.key \
                 back from its backup; services of one site share a key by sealing_key_file. Audits need both public keys"
            );
        }
    }

    /// Keeps the newest seal of its tenant and publishes it.
    fn learn(&mut self, seal: Seal) {
        if self.heads.put(&seal) {
            self.publish();
            let digest = self.heads.of(&seal.draft.tenant).map(|head| head.seal_hash.clone()).unwrap_or_default();
            tracing::info!(%digest, batch = seal.draft.seq, count = seal.draft.leaves.len(), "sealed");
        }
        self.newest.insert(seal.draft.tenant.clone(), seal);
    }

    fn publish(&self) {
        // Strings and numbers: nothing in them can fail to be written.
        let document = serde_json::to_vec_pretty(&self.heads).unwrap_or_default();
        if let Err(error) = replace(&self.file, &document) {
            tracing::error!(%error, "the head of the seals cannot be written to its file");
        }
        self.shown.publish(document.into());
    }
}

fn to_the_microsecond(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// Whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    File::open(directory)?.sync_all()
}
