//! A panic while a request is answered ends that request, not its connection and not the service.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use super::error::ApiError;

/// Runs `work`; a panic inside becomes [`ApiError::Fault`]. What the work held is dropped with it, so nothing half-done is
/// seen again. The panic hook has logged the place by then.
pub(super) async fn guarded<T>(work: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))).unwrap_or(Poll::Ready(Err(ApiError::Fault)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_fault_and_a_result_passes_unchanged() {
        let broken = guarded::<()>(async { panic!("for the test") }).await;
        assert_eq!(broken, Err(ApiError::Fault));
        assert_eq!(guarded(async { Ok(7) }).await, Ok(7));
    }
}
