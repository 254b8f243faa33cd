//! Labels and trials that were printed before.
//!
//! They are three quarters of a reply, and the same for every patient for whom the same labels come with the same verdicts and
//! the same trials. So their JSON is made once, and packed for the record once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::assessment::{Assessment, PrintedLists};
use crate::cdshooks::SharedPart;
use crate::store::SharedPiece;

/// There are some hundred combinations of tumour, status and verdicts. More would mean that something else is counted.
const MOST: usize = 512;

/// The lists of one assessment.
#[derive(Debug)]
pub(super) struct Printed {
    /// As they stand in a reply.
    pub lists: PrintedLists,
    considerations: Arc<SharedPiece>,
    up_to_trials: Arc<SharedPiece>,
}

impl Printed {
    fn of(assessment: &Assessment<'_>) -> Self {
        let lists = PrintedLists::of(assessment);
        let packed = |piece: &str| Arc::new(SharedPiece::pack(piece.as_bytes()));
        Self { considerations: packed(lists.considerations()), up_to_trials: packed(lists.in_one_piece()), lists }
    }

    /// The part as it is stored.
    pub(super) fn packed(&self, part: SharedPart) -> Arc<SharedPiece> {
        Arc::clone(match part {
            SharedPart::Considerations => &self.considerations,
            SharedPart::UpToTrials => &self.up_to_trials,
        })
    }
}

/// What was printed under one knowledge.
#[derive(Debug, Default)]
pub(super) struct PrintedMemory(Mutex<HashMap<Vec<u8>, Arc<Printed>>>);

impl PrintedMemory {
    /// The lists of `assessment`.
    pub(super) fn printed(&self, assessment: &Assessment<'_>) -> Arc<Printed> {
        let key = assessment.lists_key();
        if let Some(printed) = self.known().get(&key) {
            return Arc::clone(printed);
        }
        let printed = Arc::new(Printed::of(assessment));
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, Arc::clone(&printed));
        printed
    }

    /// Every entry is whole before it is put in, so a panic elsewhere leaves the map usable.
    fn known(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<Printed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
