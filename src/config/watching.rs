//! Who watches the service, what it logs, and how long a balancer gets to notice that it stops.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;

use super::log;

/// Time for a balancer to see that `/readyz` says no, where other machines can reach the service.
const BALANCER_WAIT: u64 = 5;
/// Longer, and the service would not be gone within 25 seconds.
const LONGEST_WAIT: u64 = 10;

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub struct WatchingGiven {
    /// `HERALD_METRICS_LISTEN`
    pub metrics_listen: Option<String>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`
    pub traces_endpoint: Option<String>,
    /// `HERALD_LOG`
    pub log: Option<String>,
    /// `HERALD_LOG_FORMAT`
    pub log_format: Option<String>,
}

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TracesFile {
    endpoint: Option<String>,
}

/// How the service is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watching {
    /// Where `/metrics` is; None: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The OTLP/HTTP collector that spans go to; None: none are made.
    pub traces_endpoint: Option<String>,
    /// Levels of the log; None: the usual ones.
    pub log: Option<String>,
    /// The log is JSON also on a terminal.
    pub log_is_json: bool,
    /// How long hooks are still answered once `/readyz` says no.
    pub stop_wait: Duration,
}

/// What can be wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum WatchingFault {
    /// No address.
    #[error("metrics_listen: `{0}` is no address; write host:port, for example 127.0.0.1:9464")]
    NoAddress(String),
    /// Clients would read the figures of the service.
    #[error("metrics_listen: {0} is where the service itself listens; metrics need a port of their own")]
    PublicListener(SocketAddr),
    /// Nothing that spans could be sent to.
    #[error("traces.endpoint: must begin with http:// or https://")]
    NoEndpoint,
    /// Spans name tenants, and should not pass over a network in clear.
    #[error("traces.endpoint: plain http is for a collector on this machine; use https://")]
    EndpointNotHttps,
    /// It would silence the log.
    #[error("HERALD_LOG: `{0}` is no level; write off, error, warn, info, debug or trace, or target=level")]
    NoLevel(String),
    /// There is one form to ask for.
    #[error("HERALD_LOG_FORMAT: `{0}` is no form; write json, or leave it out")]
    NoForm(String),
    /// It would not be gone in time.
    #[error("stop_wait_seconds: at most {LONGEST_WAIT}")]
    TooLongWait,
}

/// Settings of the file that concern this.
#[derive(Debug, Default)]
pub(super) struct WatchingFile {
    pub(super) metrics_listen: Option<String>,
    pub(super) traces: Option<TracesFile>,
    pub(super) stop_wait_seconds: Option<u64>,
}

/// Puts environment, file and defaults together, for a service that listens on `listen`.
pub(super) fn watching(
    given: WatchingGiven,
    file: WatchingFile,
    listen: SocketAddr,
) -> Result<Watching, Vec<WatchingFault>> {
    let mut faults = Vec::new();
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let metrics = said(given.metrics_listen).or_else(|| said(file.metrics_listen));
    let metrics_listen = metrics.and_then(|text| own_listener(&text, listen).map_err(|fault| faults.push(fault)).ok());
    let endpoint = said(given.traces_endpoint).or_else(|| said(file.traces.and_then(|traces| traces.endpoint)));
    if let Some(fault) = endpoint.as_deref().and_then(fault_of_endpoint) {
        faults.push(fault);
    }
    let log = said(given.log).and_then(|text| log::levels(&text).map_err(|fault| faults.push(fault)).ok());
    let form = said(given.log_format);
    if let Some(form) = form.as_deref().filter(|form| !form.eq_ignore_ascii_case("json")) {
        faults.push(WatchingFault::NoForm(form.to_owned()));
    }
    let default_wait = if listen.ip().is_loopback() { 0 } else { BALANCER_WAIT };
    let wait = file.stop_wait_seconds.unwrap_or(default_wait);
    if wait > LONGEST_WAIT {
        faults.push(WatchingFault::TooLongWait);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Watching {
        metrics_listen,
        traces_endpoint: endpoint,
        log,
        log_is_json: form.is_some(),
        stop_wait: Duration::from_secs(wait),
    })
}

/// An address that is not the one of the service. An address of all interfaces takes its port on each of them.
fn own_listener(text: &str, listen: SocketAddr) -> Result<SocketAddr, WatchingFault> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address: SocketAddr =
        local.as_deref().unwrap_or(text).parse().map_err(|_| WatchingFault::NoAddress(text.to_owned()))?;
    let everywhere = address.ip().is_unspecified() || listen.ip().is_unspecified();
    if address.port() != 0 && address.port() == listen.port() && (everywhere || address.ip() == listen.ip()) {
        return Err(WatchingFault::PublicListener(address));
    }
    Ok(address)
}

fn fault_of_endpoint(endpoint: &str) -> Option<WatchingFault> {
    if endpoint.starts_with("https://") {
        return None;
    }
    let Some(rest) = endpoint.strip_prefix("http://") else { return Some(WatchingFault::NoEndpoint) };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority
        .strip_prefix('[')
        .and_then(|v6| v6.split(']').next())
        .unwrap_or_else(|| authority.rsplit_once(':').map_or(authority, |(host, _)| host));
    let is_local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    (!is_local).then_some(WatchingFault::EndpointNotHttps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(listen: &str, metrics: Option<&str>, traces: Option<&str>, wait: Option<u64>) -> Result<Watching, String> {
        let given = WatchingGiven {
            metrics_listen: metrics.map(str::to_owned),
            traces_endpoint: traces.map(str::to_owned),
            ..WatchingGiven::default()
        };
        let file = WatchingFile { stop_wait_seconds: wait, ..WatchingFile::default() };
        watching(given, file, listen.parse().unwrap())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn nobody_watches_unless_the_configuration_says_so() {
        let watching = on("127.0.0.1:8080", None, Some(""), None).unwrap();
        assert_eq!((watching.metrics_listen, watching.traces_endpoint), (None, None));
        assert_eq!((watching.log, watching.log_is_json, watching.stop_wait), (None, false, Duration::ZERO));
    }

    #[test]
    fn metrics_are_refused_on_the_address_of_the_service() {
        for metrics in ["127.0.0.1:8080", "localhost:8080", "0.0.0.0:8080", "[::]:8080"] {
            let refusal = on("127.0.0.1:8080", Some(metrics), None, None).unwrap_err();
            assert!(refusal.contains("metrics need a port of their own"), "{refusal}");
        }
        for metrics in ["127.0.0.1:9464", "127.0.0.1:0", "192.0.2.1:9464", "[::1]:8080"] {
            assert!(on("127.0.0.1:8080", Some(metrics), None, None).is_ok(), "{metrics}");
        }
        assert!(on("127.0.0.1:8080", Some("somewhere"), None, None).unwrap_err().contains("is no address"));
    }

    #[test]
    fn spans_leave_this_machine_over_tls_only() {
        for endpoint in
            ["https://otel.example.org", "http://127.0.0.1:4318", "http://localhost:4318/x", "http://[::1]:1"]
        {
            assert!(on("127.0.0.1:1", None, Some(endpoint), None).is_ok(), "{endpoint}");
        }
        for endpoint in ["otel.example.org", "http://otel.example.org:4318", "http://127.0.0.1.example.org"] {
            assert!(
                on("127.0.0.1:1", None, Some(endpoint), None).unwrap_err().contains("traces.endpoint"),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn a_balancer_gets_five_seconds_where_there_can_be_one() {
        let wait = |listen, wait| on(listen, None, None, wait).map(|watching| watching.stop_wait.as_secs());
        assert_eq!(wait("127.0.0.1:1", None), Ok(0));
        assert_eq!(wait("192.0.2.1:1", None), Ok(5));
        assert_eq!(wait("192.0.2.1:1", Some(0)), Ok(0));
        assert!(wait("192.0.2.1:1", Some(11)).unwrap_err().contains("at most 10"));
    }
}
