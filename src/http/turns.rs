//! One decision after the other on each thread, and a look at the sockets in between.
//!
//! A decision is a tenth of a millisecond of work without a pause. tokio asks the system for news only after some sixty
//! tasks, so with many requests at once a commit that PostgreSQL has long acknowledged would wait for all of them, the next
//! batch behind it, and the database would idle meanwhile.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

/// The turns of one thread, taken in the order of asking.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turns {
    /// Waits for its turn and lets the thread look up first. The turn ends when the answer is dropped.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it; without a permit the work would only be done a little earlier.
        let turn = self.0.acquire().await.ok();
        tokio::task::yield_now().await;
        turn
    }
}
