//! How many requests may be in the house at once: all of them, and those of one tenant.
//!
//! A request counts from before its body is read until its reply is made, so one client with many slow bodies fills its own
//! places and nobody else's. The number of tenants is known at the start; nothing is locked and nothing grows.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests at once, whoever sends them. A reply takes less than half a second: this is several thousand a second.
const IN_ALL: usize = 4_096;
/// Requests at once of one tenant.
const OF_ONE_TENANT: usize = 1_024;

/// The places, shared by all threads.
#[derive(Debug, Clone)]
pub struct Crowd(Option<Arc<Places>>);

#[derive(Debug)]
struct Places {
    all: Arc<Semaphore>,
    tenants: HashMap<Arc<str>, Arc<Semaphore>>,
}

/// One place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Inside {
    _place: Option<(OwnedSemaphorePermit, Option<OwnedSemaphorePermit>)>,
}

impl Crowd {
    /// The loopback mode has no limit: the whole machine belongs to whoever calls.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// The places of these tenants.
    #[must_use]
    pub fn of(tenants: impl IntoIterator<Item = Arc<str>>) -> Self {
        Self::with(IN_ALL, OF_ONE_TENANT, tenants)
    }

    /// So many places in all, and so many for each tenant.
    #[must_use]
    pub fn with(all: usize, of_one: usize, tenants: impl IntoIterator<Item = Arc<str>>) -> Self {
        let tenants = tenants.into_iter().map(|tenant| (tenant, Arc::new(Semaphore::new(of_one)))).collect();
        Self(Some(Arc::new(Places { all: Arc::new(Semaphore::new(all)), tenants })))
    }

    /// A place for a request of `tenant`, or none at this moment.
    pub(super) fn enter(&self, tenant: &str) -> Option<Inside> {
        let Some(places) = &self.0 else { return Some(Inside { _place: None }) };
        let of_tenant = match places.tenants.get(tenant) {
            Some(tenant) => Some(Arc::clone(tenant).try_acquire_owned().ok()?),
            None => None,
        };
        let of_all = Arc::clone(&places.all).try_acquire_owned().ok()?;
        Some(Inside { _place: Some((of_all, of_tenant)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_that_fills_its_places_leaves_those_of_the_others() {
        let crowd = Crowd::with(3, 2, ["north".into(), "south".into()]);
        let first = crowd.enter("north");
        let second = crowd.enter("north");
        assert!(first.is_some() && second.is_some());
        assert!(crowd.enter("north").is_none());
        let other = crowd.enter("south");
        assert!(other.is_some());
        assert!(crowd.enter("south").is_none(), "there are three places in all");
        drop(first);
        assert!(crowd.enter("south").is_some(), "a refusal takes no place, and a reply gives one back");
    }

    #[test]
    fn the_loopback_mode_counts_nobody() {
        let crowd = Crowd::unlimited();
        let inside: Vec<_> = (0..10_000).map(|_| crowd.enter("local")).collect();
        assert!(inside.iter().all(Option::is_some));
    }
}
