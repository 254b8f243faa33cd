//! A record of two tenants with its seals, and what an audit says of it.

use std::path::Path;
use std::time::Duration;

use herald::record::{AuditReport, Decision, Recorder, Sealer, audit, published_head, sealing_key};
use herald::seal::PublicKey;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::support::{Database, decision, stored};

pub const TENANTS: [&str; 2] = ["north", "south"];

pub struct Sealed {
    pub database: Database,
    pub recorder: Recorder,
    pub key: PublicKey,
    directory: TempDir,
}

impl Sealed {
    /// Nothing is recorded yet.
    pub async fn empty() -> Self {
        let (database, directory) = (Database::fresh().await, tempfile::tempdir().unwrap());
        let key = sealing_key(directory.path(), None).unwrap().public();
        let recorder = database.recorder();
        Self { database, recorder, key, directory }
    }

    /// `seals` seals of each tenant with `rows` decisions each, one of them a second content under its key.
    pub async fn with(seals: usize, rows: usize) -> Self {
        let sealed = Self::empty().await;
        let mut sealer = sealed.sealer(Duration::ZERO);
        for seal in 0..seals {
            for tenant in TENANTS {
                for row in 0..rows - 1 {
                    sealed.record(of(tenant, &format!("{seal}-{row}"), 1)).await;
                }
                sealed.record(of(tenant, &format!("{seal}-0"), 2)).await;
            }
            assert_eq!(sealer.look().await.unwrap(), (TENANTS.len() * rows) as u64);
        }
        sealed
    }

    pub async fn record(&self, decision: Decision) {
        stored(&self.recorder, decision).await;
    }

    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }

    pub fn sealer(&self, distance: Duration) -> Sealer {
        let key = sealing_key(self.data_dir(), None).unwrap();
        Sealer::new(self.database.store.clone(), key, self.data_dir(), distance, noon).unwrap()
    }

    /// An audit of everybody, against the published head.
    pub async fn audit(&self) -> AuditReport {
        let mut line = self.database.store.open_audit().await.unwrap();
        let head = published_head(self.data_dir()).unwrap();
        let report = audit(&mut line, None, &[self.key], head.as_ref()).await.unwrap();
        line.close().await;
        report
    }
}

pub fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub fn of(tenant: &str, key: &str, content: u8) -> Decision {
    let mut decision = decision(key, content);
    decision.tenant = tenant.into();
    decision
}
