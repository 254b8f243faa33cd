//! Few decisions in a row on each thread, and a look at the sockets in between.
//!
//! A decision is a tenth of a millisecond of work without a pause. tokio asks the system for news only after some sixty
//! tasks, so with many requests at once a commit that PostgreSQL has long acknowledged would wait for all of them, the next
//! batch behind it, and the database would idle meanwhile.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Decisions between two looks. With 64 clients four gave a tenth more replies than one or two, because the batches for
/// PostgreSQL are twice as large; with 16 clients no number from one to six made a difference.
const IN_A_ROW: usize = 4;

/// The turns of one thread, taken in the order of asking.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(IN_A_ROW)))
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

#[cfg(test)]
mod tests {
    use super::super::guarded::guarded;
    use super::*;

    #[tokio::test]
    async fn a_turn_ends_when_the_work_in_it_panics_and_when_nobody_waits_for_it_any_more() {
        let turns = Turns::default();
        for _ in 0..3 * IN_A_ROW {
            let broken = guarded::<()>(async {
                let _turn = turns.take().await;
                panic!("for the test")
            });
            assert!(broken.await.is_err());
            let mut given_up = Box::pin(turns.take());
            assert!(
                std::future::poll_fn(|context| std::task::Poll::Ready(given_up.as_mut().poll(context).is_pending()))
                    .await
            );
        }
        assert_eq!(turns.0.available_permits(), IN_A_ROW);
        assert!(turns.take().await.is_some());
    }
}
