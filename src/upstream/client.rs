//! The HTTP client of one registered FHIR server.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::registered::UpstreamError;
use super::resolver::{CheckedNames, system};
use crate::config::{FhirAccess, authorities, may_be_contacted};

/// Longest time in which a connection that nobody uses stays open.
const IDLE: Duration = Duration::from_secs(60);

/// A client that speaks HTTP/1.1 over TLS with the server of `access`, follows nothing and takes no detour by a proxy.
pub(super) fn client(access: &FhirAccess) -> Result<Client, UpstreamError> {
    // an address instead of a name is never resolved, so it is checked here
    if let Some(address) = literal(access.base())
        && !may_be_contacted(address, access.addresses())
    {
        return Err(UpstreamError::NotContacted(address));
    }
    with_names(access, CheckedNames::new(system, access.addresses()))
}

fn with_names(access: &FhirAccess, names: impl Resolve + 'static) -> Result<Client, UpstreamError> {
    // Taken for all of TLS in this process; whoever comes second finds it there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let builder = Client::builder()
        .https_only(true)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent("herald")
        .pool_idle_timeout(IDLE)
        .dns_resolver(names);
    let builder = match access.ca() {
        Some(path) => {
            let fault = |cause| UpstreamError::Authority { path: path.to_owned(), cause };
            builder.tls_certs_only(authorities(path).map_err(fault)?)
        }
        None => builder,
    };
    builder.build().map_err(|_| UpstreamError::Tls)
}

fn literal(base: &str) -> Option<IpAddr> {
    let base = Url::parse(base).ok()?;
    base.host_str()?.trim_matches(['[', ']']).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{Ipv4Addr, TcpListener};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn access(base: &str) -> FhirAccess {
        FhirAccess::parse(base, None, &[]).unwrap()
    }

    #[test]
    fn an_address_inside_a_network_is_refused_at_the_start_until_the_site_opens_it() {
        for base in ["https://127.0.0.1/r4", "https://10.0.0.1", "https://[::1]:8443/r4", "https://[::ffff:10.0.0.1]"] {
            assert!(matches!(client(&access(base)), Err(UpstreamError::NotContacted(_))), "{base}");
        }
        let opened = FhirAccess::parse("https://127.0.0.1/r4", None, &["127.0.0.0/8".to_owned()]).unwrap();
        assert!(client(&opened).is_ok());
    }

    #[tokio::test]
    async fn a_resolver_that_changes_its_answer_to_an_address_of_this_machine_reaches_nothing() {
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        let port = trap.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let changing = move |_: String| {
            // first an address of the documentation range, which is refused, then the trap
            let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
            let address = if first { Ipv4Addr::new(192, 0, 2, 1) } else { Ipv4Addr::LOCALHOST };
            std::future::ready(Ok::<Vec<IpAddr>, io::Error>(vec![IpAddr::V4(address)]))
        };
        let base = format!("https://fhir.example.org:{port}/r4");
        let client = with_names(&access(&base), CheckedNames::new(changing, &[])).unwrap();
        for _ in 0..3 {
            assert!(client.get(format!("{base}/Patient/p1")).send().await.is_err());
        }
        assert_eq!(asked.load(Ordering::Relaxed), 3);
        assert!(trap.accept().is_err(), "a connection reached the trap");
    }
}
