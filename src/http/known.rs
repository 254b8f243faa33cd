//! What is known beside the patient, as of now: the rules of this binary, and the trials that the database told last.
//!
//! A service answers before its database does; the trials come in when they are there. A request keeps what it began with.

use std::sync::{Arc, PoisonError, RwLock};

use crate::assessment::Knowledge;

/// The knowledge that holds now. Cheap to clone; all clones share it.
#[derive(Debug, Clone)]
pub struct Known(Arc<RwLock<Arc<Knowledge>>>);

impl Known {
    /// This knowledge, until another one is set.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(knowledge))))
    }

    /// For the time of one request.
    #[must_use]
    pub fn now(&self) -> Arc<Knowledge> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From the next request on.
    pub fn set(&self, knowledge: Knowledge) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(knowledge);
    }
}
