//! Considerations that were printed before.
//!
//! They are two thirds of a reply, and the same for every patient for whom the same labels come with the same verdicts. So
//! their JSON is made once, and packed for the record once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::{RawValue, to_raw_value};

use crate::assessment::{Assessment, Considerations};
use crate::store::SharedPiece;

/// There are some hundred combinations of tumour, status and verdicts. More would mean that something else is counted.
const MOST: usize = 512;

/// One list of considerations.
#[derive(Debug)]
pub(super) struct PrintedLabels {
    /// As it stands in a reply.
    pub json: Box<RawValue>,
    /// As it is stored.
    pub packed: Arc<SharedPiece>,
}

/// The lists that were printed under one knowledge.
#[derive(Debug, Default)]
pub struct LabelMemory(Mutex<HashMap<Vec<u8>, Arc<PrintedLabels>>>);

impl LabelMemory {
    /// The considerations of `assessment`, as they are printed.
    pub(super) fn printed(&self, assessment: &Assessment<'_>) -> Arc<PrintedLabels> {
        let key = assessment.labels_key();
        if let Some(printed) = self.known().get(&key) {
            return Arc::clone(printed);
        }
        // Writing strings to memory cannot fail.
        let json = to_raw_value(&Considerations(assessment)).unwrap_or_default();
        let packed = Arc::new(SharedPiece::pack(json.get().as_bytes()));
        let printed = Arc::new(PrintedLabels { json, packed });
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, Arc::clone(&printed));
        printed
    }

    /// Every entry is whole before it is put in, so a panic elsewhere leaves the map usable.
    fn known(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<PrintedLabels>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
