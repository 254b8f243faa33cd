//! Which requests were answered from this process and lie in the spool: a repeated one gets the reply that it was given.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::store::DecisionRow;

/// Where a decision lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) struct Place {
    pub(in crate::record) segment: u64,
    pub(in crate::record) at: u64,
}

/// Forty bytes for each decision in the spool.
#[derive(Debug, Default)]
pub(in crate::record) struct Index {
    places: Mutex<HashMap<u128, Place>>,
    /// So that nobody asks while the spool is empty.
    length: AtomicUsize,
}

/// What stands for key and content of a decision in the index.
pub(in crate::record) fn mark(row: &DecisionRow) -> u128 {
    let mut hash = Sha256::new();
    for part in [&*row.tenant, &*row.service, &*row.hook_instance] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let hash = hash.chain_update(row.request_hash).finalize();
    hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

impl Index {
    pub(in crate::record) fn is_empty(&self) -> bool {
        self.length.load(Ordering::Acquire) == 0
    }

    pub(in crate::record) fn find(&self, mark: u128) -> Option<Place> {
        self.places().get(&mark).copied()
    }

    /// The first one under a mark stays.
    pub(super) fn add(&self, entries: impl Iterator<Item = (u128, Place)>) {
        let mut places = self.places();
        entries.for_each(|(mark, place)| {
            places.entry(mark).or_insert(place);
        });
        self.length.store(places.len(), Ordering::Release);
    }

    pub(super) fn forget(&self, segment: u64) {
        let mut places = self.places();
        places.retain(|_, place| place.segment != segment);
        self.length.store(places.len(), Ordering::Release);
    }

    /// A map without invariants: a panic elsewhere leaves it usable.
    fn places(&self) -> std::sync::MutexGuard<'_, HashMap<u128, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
