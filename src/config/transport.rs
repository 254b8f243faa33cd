//! How clients reach the service: from this machine or from others, in the clear or over TLS.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::fault::Fault;

/// Who ends TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Nobody: plain HTTP, which never leaves this machine.
    Plain,
    /// A proxy before the service.
    BehindProxy,
    /// The service itself.
    Tls(TlsFiles),
}

/// `[tls]`: PEM files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate of the service, then those that lead to its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Roots of the certificates that clients must show. None: clients need no certificate.
    pub client_ca: Option<PathBuf>,
}

impl TlsFiles {
    /// Relative paths are meant from `folder`.
    pub(super) fn in_folder(self, folder: &Path) -> Self {
        Self {
            certificate: folder.join(self.certificate),
            key: folder.join(self.key),
            client_ca: self.client_ca.map(|roots| folder.join(roots)),
        }
    }
}

/// Does anybody have to show who they are?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// No client is configured: whoever is on this machine may call, and nobody else.
    Loopback,
    /// Clients are configured, and only they may call.
    Clients,
}

/// What is unsafe about listening at `listen`.
pub(super) fn faults(listen: SocketAddr, mode: Mode, transport: &Transport) -> Vec<Fault> {
    if listen.ip().is_loopback() {
        return Vec::new();
    }
    let unknown = (mode == Mode::Loopback).then_some(Fault::NoAuthentication(listen));
    let clear = (*transport == Transport::Plain).then_some(Fault::NoTls(listen));
    unknown.into_iter().chain(clear).collect()
}

/// Names are not resolved: what a name server says must not decide who can reach the service. `localhost` is the exception.
pub(super) fn address(text: &str) -> Result<SocketAddr, Fault> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    local.as_deref().unwrap_or(text).parse().map_err(|_| Fault::NoAddress(text.to_owned()))
}

/// The public base without a slash at its end, or none if it is no address that clients may be given.
pub(super) fn public_base(text: &str) -> Result<String, Fault> {
    let base = text.trim_end_matches('/');
    let is_safe = match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
        (Some(rest), _) => names_a_host(rest),
        (None, Some(rest)) => names_a_host(rest) && is_of_this_machine(host(rest)),
        (None, None) => false,
    };
    is_safe.then(|| base.to_owned()).ok_or(Fault::PublicBaseNotHttps)
}

fn names_a_host(rest: &str) -> bool {
    let clean = rest.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '?' | '#' | '\\'));
    clean && !host(rest).is_empty()
}

/// The name of the host, without its port and what follows.
pub(super) fn host(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.starts_with('[') {
        return authority.split_inclusive(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

/// A loopback name that no name server can point elsewhere.
pub(super) fn is_of_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_base_is_https_or_a_name_of_this_machine() {
        for (good, kept) in [
            ("https://cds.example.org", "https://cds.example.org"),
            ("https://cds.example.org:8443/herald/", "https://cds.example.org:8443/herald"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
        ] {
            assert_eq!(public_base(good).unwrap(), kept);
        }
        for bad in [
            "",
            "https://",
            "https:///x",
            "http://cds.example.org",
            "http://localhost.example.org",
            "http://127.0.0.1@example.org",
            "https://user@example.org",
            "https://a b",
            "ftp://x",
            "https://x?y",
        ] {
            assert!(public_base(bad).is_err(), "{bad}");
        }
    }
}
