//! Few decisions in a row on each thread, and a look at the sockets in between.
//!
//! A decision is a tenth of a millisecond of work without a pause. tokio asks the system for news only after some sixty
//! tasks, so with many requests at once a commit that PostgreSQL has long acknowledged would wait for all of them, the next
//! batch behind it, and the database would idle meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::record::Patience;

/// Decisions between two looks. With 64 clients four gave a tenth more replies than one or two, because the batches for
/// PostgreSQL are twice as large; with 16 clients no number from one to six made a difference.
const IN_A_ROW: usize = 4;

/// The turns of one thread, taken in the order of asking.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    free: Semaphore,
    patience: Mutex<Patience>,
    slow: AtomicBool,
}

impl Default for Turns {
    fn default() -> Self {
        let (patience, slow) = (Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Shared { free: Semaphore::new(IN_A_ROW), patience, slow }))
    }
}

impl Turns {
    /// Waits for its turn and lets the thread look up first. The turn ends when the answer is dropped.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        let asked = Instant::now();
        // Nobody closes it; without a permit the work would only be done a little earlier.
        let turn = self.0.free.acquire().await.ok();
        self.came_out(asked, Instant::now());
        tokio::task::yield_now().await;
        turn
    }

    fn came_out(&self, asked: Instant, now: Instant) {
        let waited = now.saturating_duration_since(asked);
        let slow = self.0.patience.lock().unwrap_or_else(PoisonError::into_inner).came_out(waited, now);
        self.0.slow.store(slow, Ordering::Release);
    }

    /// Whoever asked now would wait too long for its turn.
    pub(super) fn are_slow(&self) -> bool {
        self.0.free.available_permits() == 0 && self.0.slow.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::guarded::guarded;
    use super::*;

    #[tokio::test]
    async fn whoever_would_wait_too_long_is_sent_away_only_while_all_turns_are_taken() {
        let (turns, start) = (Turns::default(), Instant::now());
        let taken = turns.0.free.acquire_many(u32::try_from(IN_A_ROW).unwrap()).await.unwrap();
        let after = |millis| start + Duration::from_millis(millis);
        turns.came_out(start, after(300));
        assert!(!turns.are_slow(), "one long wait is a burst");
        turns.came_out(start, after(400));
        assert!(turns.are_slow());
        drop(taken);
        assert!(!turns.are_slow(), "nobody waits in an empty queue");
        let _taken = turns.0.free.acquire_many(u32::try_from(IN_A_ROW).unwrap()).await.unwrap();
        assert!(turns.are_slow());
        turns.came_out(after(400), after(401));
        assert!(!turns.are_slow());
    }

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
        assert_eq!(turns.0.free.available_permits(), IN_A_ROW);
        assert!(turns.take().await.is_some());
    }
}
