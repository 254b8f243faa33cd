//! What is known beside the patient, as of now: the rules of this binary, and the trials that the database told last.
//!
//! A service answers before its database does; the trials come in when they are there. A request keeps what it began with.

use std::sync::{Arc, PoisonError, RwLock};

use super::printed::PrintedMemory;
use crate::assessment::Knowledge;

/// The knowledge that holds now. Cheap to clone; all clones share it.
#[derive(Debug, Clone)]
pub struct Known(Arc<RwLock<Arc<Held>>>);

/// One knowledge, with what was printed under it: text of other trials is never taken for its own.
#[derive(Debug)]
pub struct Held {
    /// Rules and trials.
    pub knowledge: Knowledge,
    pub(super) printed: PrintedMemory,
}

impl Known {
    /// This knowledge, until another one is set.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Self {
        Self(Arc::new(RwLock::new(Self::held(knowledge))))
    }

    /// For the time of one request.
    #[must_use]
    pub fn now(&self) -> Arc<Held> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From the next request on.
    pub fn set(&self, knowledge: Knowledge) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Self::held(knowledge);
    }

    fn held(knowledge: Knowledge) -> Arc<Held> {
        Arc::new(Held { knowledge, printed: PrintedMemory::default() })
    }
}
