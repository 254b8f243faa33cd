//! Names become addresses here and nowhere else, and what was checked is what is connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::{AddressRange, may_be_contacted};

/// Asks `lookup` for the addresses of a name and lets through those that may be contacted. The answer goes straight to the
/// connection, so a name that answers otherwise the next time gains nothing.
pub(super) struct CheckedNames<L> {
    lookup: Arc<L>,
    opened: Arc<[AddressRange]>,
}

impl<L> CheckedNames<L> {
    pub(super) fn new(lookup: L, opened: &[AddressRange]) -> Self {
        Self { lookup: Arc::new(lookup), opened: opened.into() }
    }
}

/// The names that the machine knows.
pub(super) async fn system(name: String) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
}

/// No address of a name may be contacted.
#[derive(Debug, thiserror::Error)]
#[error("the name has no address that may be contacted")]
struct NoneAllowed;

impl<L, F> Resolve for CheckedNames<L>
where
    L: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
{
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, opened) = (Arc::clone(&self.lookup), Arc::clone(&self.opened));
        Box::pin(async move {
            let mut found = lookup(name.as_str().to_owned()).await?;
            found.retain(|address| may_be_contacted(*address, &opened));
            if found.is_empty() {
                return Err(NoneAllowed.into());
            }
            // port 0: the connection takes the port of the URL
            let checked: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(checked)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    async fn resolved(names: &impl Resolve) -> Option<Vec<String>> {
        let found = names.resolve("fhir.example.org".parse().unwrap()).await.ok()?;
        Some(found.map(|address| address.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn a_name_that_answers_with_a_private_address_the_second_time_is_refused_then() {
        let asked = AtomicUsize::new(0);
        let changing = move |_: String| {
            let address = if asked.fetch_add(1, Ordering::Relaxed) == 0 { "93.184.215.14" } else { "127.0.0.1" };
            std::future::ready(Ok::<Vec<IpAddr>, io::Error>(vec![address.parse().unwrap()]))
        };
        let names = CheckedNames::new(changing, &[]);
        assert_eq!(resolved(&names).await.unwrap(), ["93.184.215.14"]);
        assert_eq!(resolved(&names).await, None);
    }

    #[tokio::test]
    async fn of_several_addresses_only_those_are_tried_that_may_be() {
        let mixed = |_: String| {
            let addresses = ["127.0.0.1", "93.184.215.14", "::ffff:10.0.0.1", "fd00::1", "2600::1"];
            std::future::ready(Ok::<Vec<IpAddr>, io::Error>(addresses.iter().map(|one| one.parse().unwrap()).collect()))
        };
        assert_eq!(resolved(&CheckedNames::new(mixed, &[])).await.unwrap(), ["93.184.215.14", "2600::1"]);
        let opened = ["127.0.0.0/8".parse().unwrap()];
        let found = resolved(&CheckedNames::new(mixed, &opened)).await.unwrap();
        assert_eq!(found, ["127.0.0.1", "93.184.215.14", "2600::1"]);
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        assert!(CheckedNames::new(system, &[]).resolve("localhost".parse().unwrap()).await.is_err());
    }
}
